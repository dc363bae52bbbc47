import { Button, NumberInput, Skeleton, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Departure, DepartureCheck } from '#core/model/departure.ts';
import { useActions } from '../../app/actions.tsx';
import { call } from '../../app/client.ts';
import { dayOf, titled } from '../../app/format.ts';
import { address, type Route } from '../../app/route.ts';
import { text } from '../../app/text.ts';
import { toastFailure } from '../../app/toast.tsx';
import { Failure } from '../../components/failure.tsx';
import { bytes } from '../admin/parts.tsx';
import { batteryCheck, useBattery } from './battery.ts';
import { SYNC, useSyncNow } from './use-sync.ts';
import { shortMoment } from './words.ts';

const words = text.sync.departure;
const MOST_DAYS = 60;

/** "Am I ready to leave?": one tick, or every thing that is to be done. */
export function DepartureCheckList() {
  const [days, setDays] = useState(1);
  const departure = useQuery({
    queryKey: [SYNC, 'departure', days],
    queryFn: () => call<Departure>('GET', `/api/sync/departure?days=${days}`),
    placeholderData: (before) => before,
  });
  const battery = batteryCheck(useBattery());
  const again = (): void => void departure.refetch();
  useActions(words.title, [{ label: words.again, keys: 'r', run: again }]);
  return (
    <>
      <div className="departure-bar">
        <NumberInput
          label={words.days}
          size="xs"
          w={260}
          min={1}
          max={MOST_DAYS}
          allowDecimal={false}
          value={days}
          onChange={(value) => {
            const next = Number(value);
            if (Number.isInteger(next) && next >= 1 && next <= MOST_DAYS) setDays(next);
          }}
        />
        <Button variant="default" loading={departure.isFetching} onClick={again}>
          {words.again}
        </Button>
      </div>
      {departure.error ? <Failure error={departure.error} /> : null}
      {departure.isPending ? <Skeleton height={220} mt="md" /> : null}
      {departure.data ? <Answer departure={departure.data} battery={battery} /> : null}
    </>
  );
}

interface Line {
  readonly name: keyof typeof words.names;
  readonly fine: boolean;
  readonly words: ReactNode;
  readonly action?: ReactNode;
}

function Answer({
  departure,
  battery,
}: {
  readonly departure: Departure;
  readonly battery: ReturnType<typeof batteryCheck>;
}) {
  const lines: readonly Line[] = [
    ...departure.checks.filter(({ state }) => state !== 'none').map(lineOf),
    ...(battery ? [{ name: 'battery' as const, ...battery }] : []),
  ];
  const todo = lines.filter(({ fine }) => !fine).length;
  return (
    <section aria-label={words.title} data-testid="departure">
      <div className="departure-answer" data-fine={todo === 0} role="status">
        {todo === 0 ? (
          <IconCircleCheck size={28} className="departure-sign" aria-hidden />
        ) : (
          <IconCircleDashed size={28} className="departure-sign" aria-hidden />
        )}
        <Title order={2}>{todo === 0 ? words.ready(dayOf(departure.until)) : words.todo(todo)}</Title>
      </div>
      <ul className="departure-list">
        {[...lines]
          .sort((a, b) => Number(a.fine) - Number(b.fine))
          .map((line) => (
            <li key={line.name} data-fine={line.fine}>
              {line.fine ? (
                <IconCircleCheck size={18} className="departure-sign" aria-hidden />
              ) : (
                <IconCircleDashed size={18} className="departure-sign" aria-hidden />
              )}
              <span className="departure-name">
                <span className="visually-hidden">{line.fine ? words.states.ok : words.states.todo}: </span>
                {words.names[line.name]}
              </span>
              <div className="departure-words">{line.words}</div>
              {line.action}
            </li>
          ))}
      </ul>
    </section>
  );
}

/** What a question says, and what does something about it. */
function lineOf(check: DepartureCheck): Line {
  const fine = check.state === 'ok';
  const { name } = check;
  const line = (said: ReactNode, action?: ReactNode): Line => ({
    name,
    fine,
    words: said,
    ...(fine ? {} : { action }),
  });
  switch (name) {
    case 'current': {
      const when = check.lastSuccess === null ? '' : shortMoment(check.lastSuccess, Date.now());
      const said =
        check.why === null
          ? words.current.ok(when)
          : check.why === 'old'
            ? words.current.old(when)
            : words.current[check.why];
      return line(said, <SyncNow />);
    }
    case 'waiting':
      return line(fine ? words.waiting.ok : words.waiting.todo(check.entries, check.files), <SyncNow />);
    case 'conflicts':
      return line(
        fine ? words.conflicts.ok : words.conflicts.todo(check.count),
        <Door route={{ screen: 'replication', section: 'conflicts' }} label={words.actions.conflicts} />,
      );
    case 'products':
      return line(fine ? words.products.ok : words.products.todo(check.missing.join(', ')), <SyncNow />);
    case 'documents':
      return line(fine ? words.documents.ok(check.count) : <MissingDocuments check={check} />, <SyncNow />);
    case 'numbers': {
      const series: Readonly<Record<string, string>> = text.sync.state.series;
      const said = check.short.map((one) =>
        words.numbers.todo(series[one.series] ?? titled(one.series), one.left, one.needed),
      );
      return line(fine ? words.numbers.ok : said.join(' '), <SyncNow />);
    }
    case 'authority': {
      const until = check.validUntil === null ? undefined : shortMoment(check.validUntil, Date.now());
      const said = check.blocked === null ? until && words.authority.ends(until) : blockedWords(check.blocked);
      return line(
        fine ? (until === undefined ? words.authority.ok : words.authority.until(until)) : said,
        <Door route={{ screen: 'replication' }} label={words.actions.state} />,
      );
    }
    case 'disk': {
      const free = bytes(check.free ?? 0);
      return line(fine ? words.disk.ok(free) : words.disk.todo(free, bytes(check.needed)));
    }
  }
}

function blockedWords(reason: string): string {
  const titles: Readonly<Record<string, string>> = text.sync.state.blockedTitle;
  return titles[reason] ?? reason;
}

function MissingDocuments({ check }: { readonly check: Extract<DepartureCheck, { readonly name: 'documents' }> }) {
  return (
    <>
      {words.documents.todo(check.missing.length, check.count)}
      <ul className="notes">
        {check.missing.slice(0, 10).map(({ policyLocator, policyTitle, displayName }) => (
          <li key={`${policyLocator} ${displayName}`}>
            <a href={address({ screen: 'policy', locator: policyLocator, tab: 'documents' })}>{policyTitle}</a>:{' '}
            {displayName}
          </li>
        ))}
      </ul>
    </>
  );
}

function SyncNow() {
  const now = useSyncNow();
  return (
    <Button variant="light" loading={now.isPending} onClick={() => now.mutate(undefined, { onError: toastFailure })}>
      {words.actions.sync}
    </Button>
  );
}

function Door({ route, label }: { readonly route: Route; readonly label: string }) {
  return (
    <Button component="a" variant="light" href={address(route)}>
      {label}
    </Button>
  );
}
