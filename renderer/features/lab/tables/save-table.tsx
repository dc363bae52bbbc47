import { Alert, Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Deployment } from '#core/api/contract.ts';
import type { SaveTable as Save } from '#core/api/contracts/lab-tables.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import { call, Refusal } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';
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
  const [message, setMessage] = useState('');
  const { revision } = session.table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another revision differs otherwise
  const words = useMemo(() => (opened ? wordsOf(session) : []), [opened, session, revision]);
  const save = useMutation({
    mutationFn: () =>
      call<Deployment>('POST', '/api/lab/tables/save', {
        base: session.base,
        path: session.info.path,
        changes: session.table.changes(),
        message,
      } satisfies Save),
    onSuccess: async ({ configVersion }) => {
      setMessage('');
      onClose();
      onSaved();
      toast(names.saved(configVersion));
      await queries.invalidateQueries();
    },
    onError: (error) => {
      if (!(error instanceof Refusal) || error.problem.code !== 'version-conflict') return;
      // The list learns of the newer version; the notice above the sheet says so and offers to merge.
      onClose();
      void queries.invalidateQueries({ queryKey: ['lab', 'tables'] });
    },
  });
  const blocked = session.conflicts.length > 0 || words.length === 0;
  return (
    <Modal
      opened={opened}
      onClose={() => {
        save.reset();
        onClose();
      }}
      title={names.title(session.info.name)}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (message.trim() !== '' && !blocked) save.mutate();
        }}
      >
        <ul className="difference-words">
          {(words.length > 0 ? words : [names.nothing]).map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
        <Text size="sm" c="dimmed" my="xs">
          {names.effect(session.base)}
        </Text>
        <Textarea
          label={names.message}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
          maxLength={500}
          autosize
          minRows={1}
          maxRows={4}
          data-autofocus
        />
        {session.conflicts.length > 0 ? (
          <Alert color="orange" variant="light" p="xs" my="sm">
            {names.conflicts(session.conflicts.length)}
          </Alert>
        ) : null}
        {save.error ? <Failure error={save.error} /> : null}
        <Group justify="flex-end" mt="sm">
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={message.trim() === '' || blocked}>
            {names.confirm}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function wordsOf({ table, info }: TableSession): readonly string[] {
  const before = new RateTable(table.csv.text, { schema: info.schema });
  return differenceWords(before, table, compareTables(before, table));
}
