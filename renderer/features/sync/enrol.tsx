import { Button, Group, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import type { SyncEnrol } from '#core/api/contracts/sync.ts';
import { text } from '../../app/text.ts';
import { toast } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { useSyncCommand } from './use-sync.ts';

const words = text.sync.enrol;

/** Connects the workbench with a cloud; Enter is enough once address and code are there. */
export function Enrol({ again, known }: { readonly again: boolean; readonly known: readonly string[] }) {
  const [address, setAddress] = useState(known.join(', '));
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const enrol = useSyncCommand<SyncEnrol>('POST', '/api/sync/enrol');
  const send = (): void =>
    enrol.mutate(
      { address: address.trim(), code: code.trim(), ...(name.trim() === '' ? {} : { name: name.trim() }) },
      { onSuccess: ({ cloud }) => toast(words.done(cloud?.tenantName ?? address)) },
    );
  return (
    <section aria-label={again ? words.again : words.title}>
      <Title order={2}>{again ? words.again : words.title}</Title>
      <Text size="sm" c="dimmed" maw={680} mb="sm">
        {again ? words.againHint : words.hint}
      </Text>
      <form
        className="sync-enrol"
        onSubmit={(event) => {
          event.preventDefault();
          if (address.trim() !== '' && code.trim() !== '') send();
        }}
      >
        <TextInput
          label={words.address}
          description={words.addressHint}
          value={address}
          autoComplete="url"
          spellCheck={false}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <TextInput
          label={words.code}
          value={code}
          autoComplete="one-time-code"
          spellCheck={false}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <TextInput
          label={words.name}
          description={words.nameHint}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={enrol.isPending} disabled={address.trim() === '' || code.trim() === ''}>
            {words.go}
          </Button>
        </Group>
      </form>
      {enrol.error ? <Failure error={enrol.error} /> : null}
    </section>
  );
}
