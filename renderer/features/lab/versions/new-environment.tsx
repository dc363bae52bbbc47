import { Button, Group, Modal, NumberInput, Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CloneEnvironment, EnvironmentCloned, EnvironmentKind } from '#core/api/contracts/lab-environments.ts';
import { call } from '../../../app/client.ts';
import { useJobs } from '../../../app/jobs.tsx';
import { text } from '../../../app/text.ts';
import { toast } from '../../../app/toast.tsx';
import { Failure } from '../../../components/failure.tsx';

const names = text.labVersions.environments;
const KINDS = ['development', 'staging', 'production'] as const;

interface NewEnvironmentProps {
  /** Data folder of the environment in use: the new one lies beside it. */
  readonly current: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Makes an environment beside this one: every version, and a sample of the book with personal data replaced. */
export function NewEnvironment({ current, opened, onClose }: NewEnvironmentProps) {
  const jobs = useJobs();
  const queries = useQueryClient();
  const [kind, setKind] = useState<EnvironmentKind>('development');
  const [typed, setTyped] = useState<string>();
  const [policies, setPolicies] = useState<string | number>(100);
  const name = typed ?? `${current.replace(/^.*[\\/]/, '')}-${kind}`;
  const make = useMutation({
    mutationFn: async () => {
      const body: CloneEnvironment = { kind, name, policies: Number(policies) || 0 };
      const done = await jobs.follow<EnvironmentCloned>(names.making(name), () =>
        call('POST', '/api/lab/environments/clone', body),
      );
      return done && names.made(name, done.policies, done.of);
    },
    onSuccess: async (words) => {
      if (words === undefined) return;
      setTyped(undefined);
      onClose();
      toast(words);
      await queries.invalidateQueries({ queryKey: ['lab-environments'] });
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={names.new}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Text size="sm" c="dimmed">
          {names.newHint}
        </Text>
        <Select
          label={names.kind}
          mt="sm"
          allowDeselect={false}
          value={kind}
          data={KINDS.map((value) => ({ value, label: names.kinds[value] }))}
          onChange={(chosen) => setKind(KINDS.find((one) => one === chosen) ?? kind)}
        />
        <TextInput
          label={names.name}
          description={names.beside}
          mt="sm"
          required
          value={name}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NumberInput label={names.policies} mt="sm" min={0} max={1_000_000} value={policies} onChange={setPolicies} />
        {make.error ? <Failure error={make.error} /> : null}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {text.frame.cancel}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {names.make}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
