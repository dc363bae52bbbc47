import { Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SyncStatus, SyncWaiting } from '#core/api/contracts/sync.ts';
import { call } from '../../app/client.ts';
import { address } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { bytes } from '../admin/parts.tsx';
import { SYNC } from './use-sync.ts';
import { recordTitle, shortMoment } from './words.ts';

const words = text.sync.waiting;

/** What is not in the cloud yet, in words, oldest first. */
export function Waiting({ status }: { readonly status: SyncStatus }) {
  const { entries, bytes: size, files, fetches } = status.waiting;
  const waiting = useQuery({
    // Another count is another list.
    queryKey: [SYNC, 'waiting', entries],
    queryFn: () => call<SyncWaiting>('GET', '/api/sync/waiting'),
    enabled: entries > 0,
    placeholderData: (before) => before,
  });
  return (
    <section aria-label={words.title}>
      <Title order={2}>{words.title}</Title>
      <Text size="sm" c="dimmed">
        {entries > 0 ? words.summary(entries, bytes(size), files) : files > 0 ? words.files(files) : words.none}
      </Text>
      {fetches > 0 ? (
        <Text size="sm" c="dimmed">
          {words.fetches(fetches)}
        </Text>
      ) : null}
      {waiting.error ? <Failure error={waiting.error} /> : null}
      {entries > 0 && waiting.isPending ? <Skeleton height={90} mt="xs" /> : null}
      {entries > 0 && waiting.data ? <List waiting={waiting.data} /> : null}
    </section>
  );
}

function List({ waiting }: { readonly waiting: SyncWaiting }) {
  const rest = waiting.total - waiting.entries.length;
  return (
    <>
      <ol className="sync-waiting">
        {waiting.entries.map((entry) => {
          const policy = entry.records.find(({ type }) => type === 'policy');
          const about = entry.records.find(({ type }) => type in text.sync.conflicts.types);
          return (
            <li key={entry.id}>
              <span className="sync-what">
                <strong>{text.history.commands[entry.command] ?? text.history.unnamed(entry.command)}</strong>
                {policy ? (
                  <a href={address({ screen: 'policy', locator: policy.locator })}>
                    {policy.title || recordTitle(policy)}
                  </a>
                ) : about ? (
                  <span>{recordTitle(about)}</span>
                ) : null}
              </span>
              <Text span size="xs" c="dimmed">
                {text.history.authors[entry.user] ?? entry.user} · {shortMoment(entry.at, Date.now())} ·{' '}
                {bytes(entry.bytes)}
              </Text>
            </li>
          );
        })}
      </ol>
      {rest > 0 ? (
        <Text size="sm" c="dimmed">
          {words.more(rest)}
        </Text>
      ) : null}
    </>
  );
}
