import { Button, Group, Modal, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { VersionCommit, VersionWritten } from '#core/api/contracts/lab-versions.ts';
import { call } from '../../../app/client.ts';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';

/** What is to be done with a version. */
export type Asked = 'release' | 'branch' | 'revert';

interface CommitDialogProps {
  readonly product: string;
  readonly commit: VersionCommit;
  readonly title: string;
  readonly asked: Asked | undefined;
  readonly onClose: () => void;
}

/** Asks for what a release, a branch or a revert needs, and does it. */
export function CommitDialog({ product, commit, title, asked, onClose }: CommitDialogProps) {
  const names = text.labVersions;
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [message, setMessage] = useState('');
  const at = `/api/lab/versions/${encodeURIComponent(product)}`;
  const ref = commit.commit;
  const act = useMutation({
    mutationFn: async (what: Asked): Promise<string> => {
      if (what === 'release') {
        await call('POST', `${at}/tags`, { name, ref, message });
        return names.release.done(name);
      }
      if (what === 'branch') {
        await call('POST', `${at}/branches`, { name, from: ref });
        return names.branch.done(name);
      }
      const { configVersion } = await call<VersionWritten>('POST', `${at}/revert`, { ref });
      return names.revert.done(configVersion ?? 0);
    },
    onSuccess: async (words) => {
      setName('');
      setMessage('');
      onClose();
      toast(words);
      await queries.invalidateQueries();
    },
  });
  const close = (): void => {
    act.reset();
    onClose();
  };
  const titles = { release: names.release.title(title), branch: names.branch.title, revert: names.revert.title(title) };
  return (
    <Modal opened={asked !== undefined} onClose={close} title={asked ? titles[asked] : ''}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (asked) act.mutate(asked);
        }}
      >
        {asked === 'release' || asked === 'branch' ? (
          <TextInput
            data-autofocus
            required
            label={asked === 'release' ? names.release.name : names.branch.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        ) : null}
        {asked === 'release' ? (
          <TextInput
            mt="sm"
            required
            label={names.release.message}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
          />
        ) : (
          <Text size="sm" c="dimmed" mt="sm">
            {asked === 'branch' ? names.branch.hint : names.revert.hint}
          </Text>
        )}
        {act.error ? <Failure error={act.error} /> : null}
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={act.isPending}>
            {asked ? names[asked].save : ''}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
