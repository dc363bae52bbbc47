import { Table, Text } from '@mantine/core';
import { useState } from 'react';
import type { VersionDifference } from '#core/api/contracts/lab-versions.ts';
import { text } from '../../../app/text.ts';
import { DiffView } from '../../studio/diff-view.tsx';

type File = VersionDifference['files'][number];

/** How one file differs: a table in words and cells, any other text by lines. */
export function FileDifference({ file, open: first }: { readonly file: File; readonly open: boolean }) {
  const names = text.labVersions.history;
  const [open, setOpen] = useState(first);
  return (
    <details className="versions-file" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <code>{file.path}</code> <span>{names.kinds[file.kind]}</span>
      </summary>
      {open ? <Body file={file} /> : null}
    </details>
  );
}

function Body({ file }: { readonly file: File }) {
  const names = text.labVersions.history;
  const { table } = file;
  if (table)
    return (
      <>
        <ul className="versions-words">
          {table.words.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        {table.changed.length > 0 ? (
          <Table aria-label={names.cells} withTableBorder verticalSpacing={2} maw={640}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{names.key}</Table.Th>
                <Table.Th>{names.column}</Table.Th>
                <Table.Th className="amount">{names.was}</Table.Th>
                <Table.Th className="amount">{names.is}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {table.changed.slice(0, 100).map(({ key, column, before, after }) => (
                <Table.Tr key={`${key} ${column}`}>
                  <Table.Td>{key}</Table.Td>
                  <Table.Td>{column}</Table.Td>
                  <Table.Td className="amount">{before}</Table.Td>
                  <Table.Td className="amount">{after}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        ) : null}
        {table.changed.length > 100 || table.more > 0 ? (
          <Text size="sm" c="dimmed">
            {names.more(Math.max(0, table.changed.length - 100) + table.more)}
          </Text>
        ) : null}
      </>
    );
  if (file.before === null && file.after === null)
    return (
      <Text size="sm" c="dimmed">
        {names.binary}
      </Text>
    );
  return <DiffView before={file.before ?? ''} after={file.after ?? ''} label={file.path} />;
}
