import { Alert, Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Deployment } from '#core/api/contract.ts';
import { call, Refusal } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toast, toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { DiffView } from './diff-view.tsx';
import { useSavedFile } from './use-saved-file.ts';
import type { WorkingCopy } from './use-working-copy.ts';

interface SaveDialogProps {
  readonly base: number;
  readonly productName: string;
  readonly copy: WorkingCopy;
  readonly errors: number;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What changed, in words and in lines, before it becomes a version that new quotes use. */
export function SaveDialog({ base, productName, copy, errors, opened, onClose }: SaveDialogProps) {
  const names = text.studio.save;
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  const save = useMutation({
    mutationFn: () => call<Deployment>('POST', '/api/studio/save', { base, changes: copy.changes, message }),
    onSuccess: async ({ configVersion }) => {
      copy.replace({});
      setMessage('');
      onClose();
      toast(names.saved(configVersion));
      await queries.invalidateQueries();
    },
    onError: (error) => {
      if (!(error instanceof Refusal) || error.problem.code !== 'version-conflict') return;
      // The screen goes to the newest version and offers these changes there.
      onClose();
      toastFailure(error);
      void queries.invalidateQueries({ queryKey: ['studio', 'versions'] });
    },
  });
  return (
    <Modal
      opened={opened}
      onClose={() => {
        save.reset();
        onClose();
      }}
      title={names.title}
      size="xl"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (message.trim() !== '' && errors === 0) save.mutate();
        }}
      >
        <Text size="sm" mb="sm">
          {names.effect(productName, base)}
        </Text>
        <Textarea
          label={names.message}
          placeholder={names.placeholder}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }
          }}
          maxLength={500}
          autosize
          minRows={1}
          maxRows={4}
          data-autofocus
        />
        {errors > 0 ? (
          <Alert color="red" variant="light" p="xs" my="sm">
            {names.errors(errors)}
          </Alert>
        ) : null}
        {save.error ? <Failure error={save.error} /> : null}
        <Group justify="flex-end" my="sm">
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={message.trim() === '' || errors > 0}>
            {names.confirm}
          </Button>
        </Group>
      </form>
      {copy.paths.map((path) => (
        <ChangedFile
          key={path}
          base={base}
          path={path}
          now={copy.changes[path] ?? null}
          open={copy.paths.length === 1}
        />
      ))}
    </Modal>
  );
}

interface ChangedFileProps {
  readonly base: number;
  readonly path: string;
  readonly now: string | null;
  readonly open: boolean;
}

function ChangedFile({ base, path, now, open }: ChangedFileProps) {
  const [opened, setOpened] = useState(open);
  const saved = useSavedFile(base, opened ? path : undefined);
  const kinds = text.studio.history.kinds;
  return (
    <details className="studio-changed-file" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <code>{path}</code> <span>{now === null ? kinds.removed : kinds.changed}</span>
      </summary>
      {opened && !saved.isPending ? (
        <DiffView before={saved.data?.text ?? ''} after={now ?? ''} label={text.studio.history.compare(path)} />
      ) : null}
    </details>
  );
}
