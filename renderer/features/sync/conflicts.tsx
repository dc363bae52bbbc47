import { SegmentedControl, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useState } from 'react';
import type { ConflictSummary } from '#core/api/contracts/sync.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { address, go } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';
import { ConflictPane } from './conflict-pane.tsx';
import { SYNC } from './use-sync.ts';
import { shortMoment } from './words.ts';

const words = text.sync.conflicts;
type State = ConflictSummary['state'];

/** The inbox: what met other people's work, newest first, and the one that is looked at. */
export function Conflicts({ chosen }: { readonly chosen: string | undefined }) {
  const [state, setState] = useState<State>('open');
  const conflicts = useQuery({
    queryKey: [SYNC, 'conflicts', state],
    queryFn: () => call<readonly ConflictSummary[]>('GET', `/api/sync/conflicts?state=${state}`),
  });
  const list = conflicts.data ?? [];
  const walk = (by: number): void => {
    const at = list.findIndex(({ locator }) => locator === chosen);
    const next = list[at < 0 ? 0 : at + by];
    if (next) go({ screen: 'replication', section: 'conflicts', locator: next.locator });
  };
  useActions(words.title, [
    { label: words.next, keys: 'j', run: () => walk(1) },
    { label: words.next, keys: 'k', run: () => walk(-1) },
  ]);
  const [first] = list;
  // The first one lies open for whoever comes without a wish.
  useEffect(() => {
    if (chosen === undefined && first)
      window.location.replace(address({ screen: 'replication', section: 'conflicts', locator: first.locator }));
  }, [chosen, first]);
  return (
    <>
      <div className="conflicts-bar">
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={words.which}
          value={state}
          onChange={(next) => {
            setState(next === 'resolved' ? 'resolved' : 'open');
            go({ screen: 'replication', section: 'conflicts' });
          }}
          data={[
            { value: 'open', label: words.open },
            { value: 'resolved', label: words.resolved },
          ]}
          transitionDuration={0}
        />
      </div>
      {conflicts.error ? <Failure error={conflicts.error} /> : null}
      {conflicts.isPending ? <Skeleton height={300} mt="md" /> : null}
      {conflicts.data && list.length === 0 && chosen === undefined ? <Nothing state={state} /> : null}
      {conflicts.data && (list.length > 0 || chosen !== undefined) ? (
        <div className="conflicts">
          <ConflictList list={list} chosen={chosen} onWalk={walk} />
          {chosen === undefined ? (
            <Text size="sm" c="dimmed">
              {words.choose}
            </Text>
          ) : (
            <ConflictPane key={chosen} locator={chosen} />
          )}
        </div>
      ) : null}
    </>
  );
}

function Nothing({ state }: { readonly state: State }) {
  return (
    <div className="empty">
      <Title order={2}>{state === 'open' ? words.none : words.noneResolved}</Title>
      {state === 'open' ? <Text c="dimmed">{words.noneHint}</Text> : null}
    </div>
  );
}

interface ListProps {
  readonly list: readonly ConflictSummary[];
  readonly chosen: string | undefined;
  readonly onWalk: (by: number) => void;
}

function ConflictList({ list, chosen, onWalk }: ListProps) {
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    onWalk(by);
  };
  return (
    <nav className="conflicts-list" aria-label={words.title} onKeyDown={onKeyDown}>
      {list.map((conflict) => (
        <a
          key={conflict.locator}
          href={address({ screen: 'replication', section: 'conflicts', locator: conflict.locator })}
          aria-current={conflict.locator === chosen ? 'true' : undefined}
        >
          <strong>{conflict.title}</strong>
          <span>{commandWords(conflict)}</span>
          <Text span size="xs" c="dimmed">
            {conflict.own ? words.own : words.by(conflict.userName)} · {shortMoment(conflict.at, Date.now())}
          </Text>
        </a>
      ))}
    </nav>
  );
}

/** What somebody did that was not taken, as a sentence. */
export function commandWords({ command }: Pick<ConflictSummary, 'command'>): string {
  return text.history.commands[command] ?? text.history.unnamed(command);
}
