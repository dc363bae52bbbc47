import { Alert, Button, Group, Progress, Skeleton, Switch, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { SyncSettings, SyncStatus } from '#core/api/contracts/sync.ts';
import { useActions } from '../../app/actions.tsx';
import { titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { bytes, Facts } from '../admin/parts.tsx';
import { Blocked } from './blocked.tsx';
import { Enrol } from './enrol.tsx';
import { useSync, useSyncCommand, useSyncNow } from './use-sync.ts';
import { Waiting } from './waiting.tsx';
import { clockWords, shortMoment, statusWords } from './words.ts';

const words = text.sync.state;
const COUNT = new Intl.NumberFormat();

/** Where replication stands, what it does, and how it is set up. */
export function ReplicationState() {
  const { data: status, error } = useSync();
  if (!status) return error ? <Failure error={error} /> : <Skeleton height={240} mt="md" />;
  const { reason } = status.blocked ?? {};
  const again = reason === 'fork' || reason === 'revoked' || reason === 'wiped';
  return (
    <>
      {status.blocked ? <Blocked blocked={status.blocked} /> : null}
      {status.setBack ? <SetBack setBack={status.setBack} /> : null}
      {status.cloud && !again ? (
        <Working status={status} />
      ) : (
        <Enrol again={again} known={status.cloud?.addresses ?? []} />
      )}
      {status.cloud ? <Waiting status={status} /> : null}
      {status.cloud ? <StatusFacts status={status} cloud={status.cloud} /> : null}
    </>
  );
}

/** Told once, until somebody has read it. */
function SetBack({ setBack }: { readonly setBack: NonNullable<SyncStatus['setBack']> }) {
  const read = useSyncCommand('POST', '/api/sync/set-back-read');
  const { at, again, lost } = setBack;
  return (
    <Alert color="orange" title={words.setBackTitle} role="status" my="sm" maw={760}>
      <Text size="sm">{words.setBack(shortMoment(at, Date.now()), again, lost)}</Text>
      <Button mt="sm" size="xs" variant="default" loading={read.isPending} onClick={() => read.mutate()}>
        {words.setBackRead}
      </Button>
      {read.error ? <Failure error={read.error} /> : null}
    </Alert>
  );
}

function Working({ status }: { readonly status: SyncStatus }) {
  const now = useSyncNow();
  const change = useSyncCommand<SyncSettings>('PUT', '/api/sync');
  const { hint, words: state } = statusWords(status);
  useActions(text.sync.title, [
    { label: words.now, keys: 's', run: () => now.mutate() },
    { label: words.on, keys: 'o', run: () => change.mutate({ on: !status.on }) },
    { label: words.metered, keys: 'm', run: () => change.mutate({ metered: !status.metered }) },
  ]);
  return (
    <section aria-label={text.sync.sections.state}>
      <div className="sync-head">
        <div className="grow">
          <Title order={2} data-testid="sync-headline">
            {state}
          </Title>
          <Text size="sm" c="dimmed">
            {status.blocked ? '' : hint}
          </Text>
        </div>
        <Button
          leftSection={<IconRefresh size={14} />}
          loading={now.isPending}
          onClick={() => now.mutate()}
          variant={status.waiting.entries > 0 ? 'filled' : 'default'}
        >
          {words.now}
        </Button>
      </div>
      <Activity activity={status.activity} />
      {now.error ? <Failure error={now.error} /> : null}
      {change.error ? <Failure error={change.error} /> : null}
      <Group gap="xl" mt="md" align="start">
        <Switch
          label={words.on}
          description={words.onHint}
          checked={status.on}
          onChange={(event) => change.mutate({ on: event.currentTarget.checked })}
        />
        <Switch
          label={words.metered}
          description={words.meteredHint}
          checked={status.metered}
          onChange={(event) => change.mutate({ metered: event.currentTarget.checked })}
        />
      </Group>
    </section>
  );
}

/** How far it is; the place is kept while nothing runs, so that nothing jumps. */
function Activity({ activity }: { readonly activity: SyncStatus['activity'] }) {
  if (!('done' in activity)) return <div className="sync-activity" />;
  const { phase, done, total, bytes: size } = activity;
  return (
    <div className="sync-activity" role="status">
      <Progress
        value={total === null ? 100 : total === 0 ? 0 : (done / total) * 100}
        animated={total === null}
        aria-label={words.phases[phase]}
      />
      <Text size="xs" c="dimmed">
        {words.phases[phase]} · {words.progress(done, total, bytes(size))}
      </Text>
    </div>
  );
}

type Cloud = NonNullable<SyncStatus['cloud']>;

function StatusFacts({ status, cloud }: { readonly status: SyncStatus; readonly cloud: Cloud }) {
  const now = Date.now();
  const series: Readonly<Record<string, string>> = words.series;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [words.cloud, cloud.tenantName],
    [
      words.addresses,
      cloud.addresses.map((one) => (
        <div key={one}>
          {one}
          {one === cloud.address ? (
            <Text span c="dimmed" size="xs">
              {` · ${words.answered}`}
            </Text>
          ) : null}
        </div>
      )),
    ],
    [words.lastSuccess, status.lastSuccess === null ? words.never : shortMoment(status.lastSuccess, now)],
    ...(status.lastFailure
      ? [[words.lastFailure, `${shortMoment(status.lastFailure.at, now)}: ${status.lastFailure.message}`] as const]
      : []),
    ...(status.nextTry === null ? [] : [[words.nextTry, shortMoment(status.nextTry, now)] as const]),
    [words.behind, words.position(status.position, status.cloudPosition)],
    ...(status.parked > 0 ? [[words.parked, words.parkedHint(status.parked)] as const] : []),
    ...(status.lost > 0 ? [[words.lost, words.lostHint(status.lost)] as const] : []),
    [words.clock, clockFact(status.clockOffset)],
    [words.traffic, words.sentReceived(bytes(status.traffic.sent), bytes(status.traffic.received))],
    [
      words.numbers,
      status.numbers
        .map((one) => `${series[one.series] ?? titled(one.series)}: ${COUNT.format(one.left)}`)
        .join(' · ') || '–',
    ],
    [words.device, <code key="device">{status.device}</code>],
  ];
  return (
    <section aria-label={words.facts}>
      <Title order={2}>{words.facts}</Title>
      <Facts facts={facts} />
    </section>
  );
}

function clockFact(offset: number | null): ReactNode {
  const clock = clockWords(offset);
  if (!clock || clock.fine) return clock?.words ?? '–';
  return <span className="sync-advice">{clock.words}</span>;
}
