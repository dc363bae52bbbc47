import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../app/client.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

/** The first start: every write has an author, so somebody says who they are. */
export function FirstStart() {
  const [name, setName] = useState('');
  const queries = useQueryClient();
  const begin = useMutation({
    mutationFn: () => call('POST', '/api/session/user', { name: name.trim() }),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <div className="first-start">
      <Paper withBorder p="xl" w={420} component="main">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) begin.mutate();
          }}
        >
          <Stack>
            <Title order={1}>{text.session.welcome}</Title>
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
