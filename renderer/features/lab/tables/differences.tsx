import { Button, Group, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { ConfigurationVersion } from '#core/api/contracts/studio.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toastFailure } from '../../../app/toast.tsx';
import { rowName } from './cell-name.ts';
import type { Corner, TableSession } from './session.ts';
import { tableText } from './table-text.ts';

const names = text.labTables.difference;
const MOST_SHOWN = 100;

interface DifferencesProps {
  readonly product: string;
  readonly session: TableSession;
  readonly onGo: (to: Corner) => void;
}

/** What differs from another version: in words on top, cell by cell below, marked in the sheet. */
export function Differences({ product, session, onGo }: DifferencesProps) {
  const versions = useQuery({
    queryKey: ['studio', 'versions', product],
    queryFn: () => call<ConfigurationVersion[]>('GET', `/api/studio/products/${encodeURIComponent(product)}/versions`),
  });
  const [chosen, setChosen] = useState<number>();
  const list = versions.data ?? [];
  // Unsaved edits are compared with what they are edits of, a saved table with the version before.
  const usual = session.isEdited
    ? session.base
    : list.find(({ configVersion }) => configVersion < session.base)?.configVersion;
  const version = chosen ?? session.comparison?.version ?? usual;
  useEffect(() => {
    if (version === undefined) return;
    let wanted = true;
    tableText(version, session.info.path).then(
      (content) => wanted && session.compareWith(version, content),
      (error: unknown) => wanted && toastFailure(error),
    );
    return () => {
      wanted = false;
    };
  }, [version, session]);
  useEffect(() => () => session.stopComparing(), [session]);
  const { comparison, table } = session;
  const rows = useMemo(
    () =>
      [...(comparison?.marks.keys() ?? [])]
        .map((row) => ({ row, position: table.positionOf(row) }))
        .sort((a, b) => a.position - b.position),
    [comparison, table],
  );
  const columnOf = (row: number): number => Math.min(...(comparison?.marks.get(row) ?? [0]));
  const next = (): void => {
    const target = rows.find(({ position }) => position > session.active.row) ?? rows[0];
    if (target) onGo({ row: target.position, column: columnOf(target.row) });
  };
  return (
    <aside className="table-pane" aria-label={names.title}>
      <h2>{names.title}</h2>
      <Select
        label={names.against}
        data={list.map(({ configVersion, message }) => ({
          value: String(configVersion),
          label: names.version(configVersion, message ?? ''),
        }))}
        value={version === undefined ? null : String(version)}
        allowDeselect={false}
        onChange={(value) => value !== null && setChosen(Number(value))}
      />
      {version === undefined && versions.data ? (
        <Text size="sm" c="dimmed">
          {names.only}
        </Text>
      ) : null}
      {comparison ? (
        <>
          <ul className="difference-words" aria-live="polite">
            {(comparison.words.length > 0 ? comparison.words : [names.none]).map((word) => (
              <li key={word}>{word}</li>
            ))}
          </ul>
          <Group gap={6}>
            <Button variant="default" disabled={rows.length === 0} onClick={next}>
              {names.next}
            </Button>
          </Group>
          <ul>
            {rows.slice(0, MOST_SHOWN).map(({ row, position }) => (
              <li key={row}>
                <button
                  type="button"
                  className="pane-place"
                  onClick={() => onGo({ row: position, column: columnOf(row) })}
                >
                  {rowName(session, row)}
                </button>
                <p>{changeText(session, row)}</p>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </aside>
  );
}

function changeText({ comparison, table }: TableSession, row: number): string {
  const columns = comparison?.marks.get(row);
  if (!columns) return names.newRow;
  return [...columns]
    .map(
      (column) =>
        `${table.columns[column] ?? ''} ${table.cell(row, column) || '—'} (${names.was(comparison?.before(row, column) ?? '')})`,
    )
    .join(', ');
}
