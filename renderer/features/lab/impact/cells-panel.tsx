import { Button, Group, Select, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Changes, ConfigurationFiles, FileContent } from '#core/api/contracts/studio.ts';
import { setCell } from '#core/model/rate-table/block.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { Failure } from '../../../components/failure.tsx';

const names = text.labImpact;
const MOST_ROWS = 60;

interface CellsPanelProps {
  readonly product: string;
  readonly version: number;
  /** What is changed already, the cells of this panel among it. */
  readonly changes: Changes;
  readonly dirty: boolean;
  readonly onChange: (path: string, content: string) => void;
  readonly onReset: () => void;
  readonly onKeep: () => void;
}

/** The cells of a table, to be changed while one looks at the book; kept nowhere unless somebody says so. */
export function CellsPanel({ product, version, changes, dirty, onChange, onReset, onKeep }: CellsPanelProps) {
  const files = useQuery({
    queryKey: ['configuration', version, 'files'],
    queryFn: () => call<ConfigurationFiles>('GET', `/api/configurations/${version}/files`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const tables = useMemo(
    () =>
      (files.data?.files ?? []).filter(
        ({ path, product: of }) => /\.csv$/i.test(path) && (of === null || of === product),
      ),
    [files.data, product],
  );
  const [chosen, choose] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const path =
    chosen ?? Object.keys(changes).find((file) => tables.some((table) => table.path === file)) ?? tables[0]?.path;
  const saved = useQuery({
    queryKey: ['configuration', version, 'file', path],
    queryFn: () =>
      call<FileContent>('GET', `/api/configurations/${version}/file?path=${encodeURIComponent(path ?? '')}`),
    enabled: path !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const content = (path === undefined ? undefined : changes[path]) ?? saved.data?.text ?? undefined;
  return (
    <section className="impact-cells" aria-label={names.cells}>
      <Group justify="space-between" gap="xs">
        <Title order={2}>{names.cells}</Title>
        {dirty ? (
          <Button variant="subtle" color="gray" onClick={onReset}>
            {names.reset}
          </Button>
        ) : null}
      </Group>
      {files.error || saved.error ? <Failure error={files.error ?? saved.error ?? new Error()} /> : null}
      {files.data && tables.length === 0 ? <Text c="dimmed">{names.noTables}</Text> : null}
      {path === undefined ? null : (
        <>
          <Select
            aria-label={names.table}
            data={tables.map((table) => ({
              value: table.path,
              label: `${table.title}${changes[table.path] === undefined ? '' : ' •'}`,
            }))}
            value={path}
            allowDeselect={false}
            searchable
            onChange={choose}
          />
          <TextInput
            aria-label={names.findRow}
            placeholder={names.findRow}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {content === undefined ? null : (
            <Cells key={path} content={content} words={typed} onChange={(next) => onChange(path, next)} />
          )}
        </>
      )}
      {dirty ? (
        <Group gap="xs">
          <Text size="xs" c="dimmed">
            {names.changed(Object.keys(changes).length)}
          </Text>
          <Button variant="default" onClick={onKeep}>
            {names.keep}
          </Button>
        </Group>
      ) : null}
    </section>
  );
}

interface CellsProps {
  readonly content: string;
  readonly words: string;
  readonly onChange: (content: string) => void;
}

function Cells({ content, words, onChange }: CellsProps) {
  const table = useMemo(() => new RateTable(content), [content]);
  const wanted = words.trim().toLowerCase();
  const rows = useMemo(() => {
    const found: number[] = [];
    let all = 0;
    for (let position = 0; position < table.rowCount; position += 1) {
      const row = table.idAt(position);
      if (wanted !== '' && !table.cells(row).some((cell) => cell.toLowerCase().includes(wanted))) continue;
      all += 1;
      if (found.length < MOST_ROWS) found.push(position);
    }
    return { found, all };
  }, [table, wanted]);
  const edit = (position: number, column: number, value: string): void => {
    const change = setCell(table, position, column, value);
    if (!change) return;
    table.apply(change);
    onChange(table.toText());
  };
  return (
    <div className="impact-scroll">
      <table className="impact-grid">
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.found.map((position) => {
            const row = table.idAt(position);
            return (
              <tr key={row}>
                {table.columns.map((column, at) => (
                  <td key={column}>
                    <input
                      aria-label={names.cell(column, table.lineOf(row) ?? position + 2)}
                      value={table.cell(row, at)}
                      onChange={(event) => edit(position, at, event.currentTarget.value)}
                    />
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.all > rows.found.length ? (
        <Text size="xs" c="dimmed">
          {names.more(rows.all - rows.found.length)}
        </Text>
      ) : null}
    </div>
  );
}
