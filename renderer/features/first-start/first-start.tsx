import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DesktopBridge } from '#core/api/contracts/desktop.ts';
import { call } from '../../app/client.ts';
import { desktop } from '../../app/save-file.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import './tour.css';
import { useWelcome } from './welcome.tsx';

/** The first start: in the desktop the recovery key comes first; every write has an author, so somebody says who they are. */
export function FirstStart() {
  const [name, setName] = useState('');
  const [, setWelcome] = useWelcome();
  const queries = useQueryClient();
  const bridge = desktop();
  const begin = useMutation({
    mutationFn: () => call('POST', '/api/session/user', { name: name.trim() }),
    onSuccess: () => {
      setWelcome('open');
      return queries.invalidateQueries();
    },
  });
  return (
    <div className="first-start">
      <Paper withBorder p="xl" w={440} component="main">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) begin.mutate();
          }}
        >
          <Stack>
            <Title order={1}>{text.session.welcome}</Title>
            {bridge ? <DataFolder bridge={bridge} /> : null}
            {bridge ? <RecoveryKey bridge={bridge} /> : null}
            <Text size="sm">{text.session.who}</Text>
            <TextInput
              label={text.session.name}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-autofocus
              autoFocus
            />
            {begin.error ? <Failure error={begin.error} /> : null}
            <Button type="submit" disabled={!name.trim()} loading={begin.isPending}>
              {text.session.begin}
            </Button>
          </Stack>
        </form>
      </Paper>
    </div>
  );
}

/** Before anything is written: later there would be data to move. */
function DataFolder({ bridge }: { readonly bridge: DesktopBridge }) {
  const words = text.tour.place;
  const choose = useMutation({ mutationFn: () => bridge.chooseDataFolder() });
  return (
    <div>
      <Text size="sm" c="dimmed">
        {choose.data ? words.again(choose.data) : words.hint}
      </Text>
      {choose.error ? <Failure error={choose.error} /> : null}
      <Button variant="subtle" size="compact-sm" px={0} loading={choose.isPending} onClick={() => choose.mutate()}>
        {words.choose}
      </Button>
    </div>
  );
}

/** Offered first, not forced: it can be printed again later. */
function RecoveryKey({ bridge }: { readonly bridge: DesktopBridge }) {
  const words = text.tour.recovery;
  const print = useMutation({ mutationFn: () => bridge.printRecoveryKey() });
  return (
    <section className="recovery" aria-label={words.title}>
      <Title order={2}>{words.title}</Title>
      <Text size="sm" my="xs">
        {print.data ? words.printed : words.hint}
      </Text>
      {print.error ? <Failure error={print.error} /> : null}
      <Button variant={print.data ? 'default' : 'filled'} loading={print.isPending} onClick={() => print.mutate()}>
        {words.print}
      </Button>
    </section>
  );
}
