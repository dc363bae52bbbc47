import { Alert } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Deployment } from '#core/api/contract.ts';
import type { SaveTable as Save } from '#core/api/contracts/lab-tables.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { SaveVersion } from '../../../components/save-version.tsx';
import type { TableSession } from './session.ts';

const names = text.labTables.save;

interface SaveTableProps {
  readonly session: TableSession;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

/** What changed, in words, before it becomes a version. A save that came late goes to the newer version with its edits. */
export function SaveTable({ session, opened, onClose, onSaved }: SaveTableProps) {
  const queries = useQueryClient();
  const { revision } = session.table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision differs otherwise
  const words = useMemo(() => (opened ? wordsOf(session) : []), [opened, session, revision]);
  const { length: conflicts } = session.conflicts;
  return (
    <SaveVersion
      opened={opened}
      onClose={onClose}
      title={names.title(session.info.name)}
      size="lg"
      effect={names.effect(session.base)}
      names={names}
      above={
        <ul className="difference-words">
          {(words.length > 0 ? words : [names.nothing]).map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      }
      refusal={
        conflicts > 0 ? (
          <Alert color="orange" variant="light" p="xs" my="sm">
            {names.conflicts(conflicts)}
          </Alert>
        ) : null
      }
      blocked={conflicts > 0 || words.length === 0}
      save={(message) =>
        call<Deployment>('POST', '/api/lab/tables/save', {
          base: session.base,
          path: session.info.path,
          changes: session.table.changes(),
          message,
        } satisfies Save)
      }
      onSaved={onSaved}
      // The list learns of the newer version; the notice above the sheet says so and offers to merge.
      onOvertaken={() => void queries.invalidateQueries({ queryKey: ['lab', 'tables'] })}
    />
  );
}

function wordsOf({ table, info }: TableSession): readonly string[] {
  const before = new RateTable(table.csv.text, { schema: info.schema });
  return differenceWords(before, table, compareTables(before, table));
}
