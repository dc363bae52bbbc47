import { Button, Group, Modal, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Deployment } from '#core/api/contract.ts';
import { Refusal } from '../app/client.ts';
import { text } from '../app/text.ts';
import { toast } from '../app/toast.tsx';
import { Failure } from './failure.tsx';

interface SaveVersionProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly size: string;
  /** What the save does to quotes, in a sentence. */
  readonly effect: string;
  readonly names: {
    readonly message: string;
    readonly placeholder?: string;
    readonly confirm: string;
    readonly saved: (version: number) => string;
  };
  /** What changed, above the message. */
  readonly above?: ReactNode;
  /** What changed, below the buttons: may be long. */
  readonly below?: ReactNode;
  /** Why it can not be saved, where it is said. */
  readonly refusal?: ReactNode;
  readonly blocked: boolean;
  readonly save: (message: string) => Promise<Deployment>;
  readonly onSaved: () => void;
  /** Somebody else saved first; the dialog is closed. */
  readonly onOvertaken: (error: Error) => void;
}

/** What changed becomes a version, with a message: of the studio's files and of a table alike. */
export function SaveVersion(props: SaveVersionProps) {
  const { opened, onClose, title, size, effect, names, above, below, refusal, blocked, onSaved, onOvertaken } = props;
  const queries = useQueryClient();
  const [message, setMessage] = useState('');
  const save = useMutation({
    mutationFn: () => props.save(message),
    onSuccess: async ({ configVersion }) => {
      setMessage('');
      onClose();
      onSaved();
      toast(names.saved(configVersion));
      await queries.invalidateQueries();
    },
    onError: (error) => {
      if (!(error instanceof Refusal) || error.problem.code !== 'version-conflict') return;
      onClose();
      onOvertaken(error);
    },
  });
  const empty = message.trim() === '';
  return (
    <Modal
      opened={opened}
      onClose={() => {
        save.reset();
        onClose();
      }}
      title={title}
      size={size}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!empty && !blocked) save.mutate();
        }}
      >
        {above}
        <Text size="sm" c="dimmed" mb="xs">
          {effect}
        </Text>
        <Textarea
          label={names.message}
          placeholder={names.placeholder}
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
        {refusal}
        {save.error ? <Failure error={save.error} /> : null}
        <Group justify="flex-end" my="sm">
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={empty || blocked}>
            {names.confirm}
          </Button>
        </Group>
      </form>
      {below}
    </Modal>
  );
}
