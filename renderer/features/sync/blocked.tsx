import { Alert, Button, Group, Text } from '@mantine/core';
import type { SyncBlocked, SyncConfirm } from '#core/api/contracts/sync.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { useSyncCommand } from './use-sync.ts';

const words = text.sync.state;

/** Why replication stands still, and what a person has to do. */
export function Blocked({ blocked }: { readonly blocked: SyncBlocked }) {
  return (
    <Alert color="red" title={words.blockedTitle[blocked.reason]} role="alert" my="sm" maw={760}>
      <Text size="sm">{blocked.message}</Text>
      {blocked.reason === 'brake' ? (
        <Brake brake={blocked} />
      ) : (
        <Text size="sm" mt="xs">
          {words.blockedWhat[blocked.reason]}
        </Text>
      )}
    </Alert>
  );
}

function Brake({ brake }: { readonly brake: Extract<SyncBlocked, { readonly reason: 'brake' }> }) {
  const confirm = useSyncCommand<SyncConfirm>('POST', '/api/sync/confirm');
  const { direction, changed, deleted, of } = brake;
  return (
    <>
      <Text size="sm" mt="xs">
        {words.brake(direction, changed, deleted, of)} {words.brakeWait}
      </Text>
      <Group mt="sm">
        <Button variant="default" loading={confirm.isPending} onClick={() => confirm.mutate({ direction })}>
          {words.brakePass[direction]}
        </Button>
      </Group>
      {confirm.error ? <Failure error={confirm.error} /> : null}
    </>
  );
}
