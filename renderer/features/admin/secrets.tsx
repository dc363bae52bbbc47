import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SecretName } from '#core/api/contracts/admin.ts';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { localMoment } from './parts.tsx';

/** Secrets that configurations refer to by name: set and forgotten here, shown nowhere. */
export function Secrets() {
  const words = text.admin.integrations;
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const [forgetting, setForgetting] = useState<string>();
  const secrets = useQuery({
    queryKey: ['secrets'],
    queryFn: () => call<readonly SecretName[]>('GET', '/api/secrets'),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ['secrets'] });
  const set = useMutation({
    mutationFn: () => call('PUT', `/api/secrets/${encodeURIComponent(name.trim())}`, { value }),
    onSuccess: () => {
      toast(words.secretSet(name.trim()));
      setName('');
      setValue('');
      return refresh();
    },
  });
  const forget = useMutation({
    mutationFn: (secret: string) => call('DELETE', `/api/secrets/${encodeURIComponent(secret)}`),
    onSuccess: () => {
      setForgetting(undefined);
      return refresh();
    },
  });
  return (
    <section aria-label={words.secrets}>
      <Title order={2}>{words.secrets}</Title>
      <Text size="sm" c="dimmed">
        {words.secretsHint}
      </Text>
      {secrets.error ? <Failure error={secrets.error} /> : null}
      <ul className="plain-list">
        {(secrets.data ?? []).map((secret) => (
          <li key={secret.name}>
            <span>
              <strong>{secret.name}</strong>{' '}
              <span className="hint">{words.secretSince(localMoment(secret.setTimestamp))}</span>
            </span>
            <Button
              variant="subtle"
              color="gray"
              aria-label={words.forgetNamed(secret.name)}
              onClick={() => setForgetting(secret.name)}
            >
              {words.forget}
            </Button>
          </li>
        ))}
      </ul>
      {secrets.data?.length === 0 ? <p className="hint">{words.secretsEmpty}</p> : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() && value) set.mutate();
        }}
      >
        <Group align="end" gap="sm">
          <TextInput label={words.secretName} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <PasswordInput
            label={words.secretValue}
            size="xs"
            w={220}
            autoComplete="off"
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!name.trim() || !value} loading={set.isPending}>
            {words.setSecret}
          </Button>
        </Group>
      </form>
      {set.error ? <Failure error={set.error} /> : null}
      <Modal
        opened={forgetting !== undefined}
        onClose={() => setForgetting(undefined)}
        title={words.forgetTitle(forgetting ?? '')}
        transitionProps={{ duration: 0 }}
      >
        <Stack>
          <Text size="sm">{words.forgetEffect}</Text>
          {forget.error ? <Failure error={forget.error} /> : null}
          <Group justify="end">
            <Button variant="default" onClick={() => setForgetting(undefined)}>
              {text.frame.cancel}
            </Button>
            <Button color="red" data-autofocus onClick={() => forgetting !== undefined && forget.mutate(forgetting)}>
              {words.forget}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}
