import { ActionIcon, Alert, Button, FileButton, Modal, Table, Tooltip } from '@mantine/core';
import { IconFileExport, IconFileImport } from '@tabler/icons-react';
import { useState } from 'react';
import type { ImportedCellError, ImportedTable } from '#core/api/contracts/lab-tables.ts';
import { Problem } from '#core/model/problem.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import type { TableChanges } from '#core/model/rate-table/edit.ts';
import { importCsv } from '#core/model/rate-table/import-csv.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import { call, Refusal } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast, toastFailure } from '../../../app/toast.tsx';
import { TableSession } from './session.ts';
import { tableText } from './table-text.ts';

const names = text.labTables.importing;
const actions = text.labTables.actions;

interface Refused {
  readonly message: string;
  readonly cells: readonly ImportedCellError[];
}

/** To Excel and back. What comes back is one edit of the sheet: it can be looked at, undone, and is saved as any other. */
export function Exchange({ session }: { readonly session: TableSession }) {
  const [refused, setRefused] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const { info, base } = session;
  const take = (changes: TableChanges): void => {
    const before = new RateTable(session.table.csv.text, { schema: info.schema });
    const after = new RateTable(session.table.csv.text, { schema: info.schema });
    after.applyChanges(changes);
    const words = differenceWords(before, after, compareTables(before, after));
    if (words.length === 0) {
      toast(names.same);
      return;
    }
    session.take(changes);
    toast(names.done(words.slice(0, 3).join('; ')), () => session.undo());
  };
  const read = async (file: File): Promise<void> => {
    setBusy(true);
    try {
      if (/\.csv$/i.test(file.name)) return take(importCsv(session.table, await file.text()));
      const { path, configVersion, changes } = await call<ImportedTable>(
        'POST',
        '/api/lab/tables/import',
        new Blob([file]),
      );
      if (path !== info.path) return setRefused({ message: names.other(path), cells: [] });
      if (configVersion === base) return take(changes);
      const old = await tableText(configVersion, path);
      const there = new TableSession(info, configVersion, old);
      there.take(changes);
      const merged = there.mergedInto(info, base, session.table.csv.text);
      take(merged.table.changes());
      session.conflicts = merged.conflicts;
      session.changed();
    } catch (error) {
      const cells = cellsOf(error);
      if (cells) setRefused({ message: error instanceof Error ? error.message : '', cells });
      else toastFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const choose = (file: File | null): void => {
    if (!file) return;
    if (session.isEdited) setRefused({ message: names.editedFirst, cells: [] });
    else void read(file);
  };
  return (
    <>
      <Tooltip label={actions.exportExcel}>
        <ActionIcon
          component="a"
          href={`/api/lab/tables/export?version=${base}&path=${encodeURIComponent(info.path)}`}
          download
          variant="subtle"
          color="gray"
          aria-label={actions.exportExcel}
        >
          <IconFileExport size={17} />
        </ActionIcon>
      </Tooltip>
      <FileButton onChange={choose} accept=".xlsx,.csv" inputProps={{ 'aria-label': actions.importExcel }}>
        {(props) => (
          <Tooltip label={actions.importExcel}>
            <ActionIcon {...props} variant="subtle" color="gray" loading={busy} aria-label={actions.importExcel}>
              <IconFileImport size={17} />
            </ActionIcon>
          </Tooltip>
        )}
      </FileButton>
      <Modal opened={refused !== undefined} onClose={() => setRefused(undefined)} title={names.title} size="xl">
        <Alert color="red" variant="light" p="xs" mb="sm">
          {refused?.message}
        </Alert>
        {refused && refused.cells.length > 0 ? (
          <Table aria-label={names.cells} striped>
            <Table.Thead>
              <Table.Tr>
                {[names.sheet, names.cell, names.column, names.found, names.wanted].map((title) => (
                  <Table.Th key={title}>{title}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {refused.cells.slice(0, 200).map((cell) => (
                <Table.Tr key={`${cell.sheet} ${cell.cell}`}>
                  <Table.Td>{cell.sheet}</Table.Td>
                  <Table.Td>{cell.cell}</Table.Td>
                  <Table.Td>{cell.column}</Table.Td>
                  <Table.Td>{cell.found}</Table.Td>
                  <Table.Td>{cell.wanted}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        ) : null}
        <Button variant="default" mt="sm" onClick={() => setRefused(undefined)}>
          {text.frame.close}
        </Button>
      </Modal>
    </>
  );
}

function cellsOf(error: unknown): readonly ImportedCellError[] | undefined {
  const details =
    error instanceof Problem ? error.details : error instanceof Refusal ? error.problem.details : undefined;
  const cells = typeof details === 'object' && details !== null && 'cells' in details ? details.cells : undefined;
  return Array.isArray(cells) ? (cells as ImportedCellError[]) : undefined;
}
