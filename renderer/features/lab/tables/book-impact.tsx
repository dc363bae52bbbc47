import { Anchor, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ImpactResult } from '#core/api/contracts/lab-impact.ts';
import { call } from '../../../app/client.ts';
import { money, number } from '../../../app/format.ts';
import { address } from '../../../app/route.ts';
import { text } from '../../../app/text.ts';
import { toastFailure } from '../../../app/toast.tsx';
import { Amount } from '../../../components/amount.tsx';
import { Failure } from '../../../components/failure.tsx';
import { BookFields, bookAsked, FIRST_BOOK } from '../impact/book-choice.tsx';
import { Histogram } from '../impact/histogram.tsx';
import { type ImpactSettings, useImpact } from '../impact/use-impact.ts';
import { percent } from '../impact/view.ts';
import type { TableSession } from './session.ts';

const names = text.labTables.impact;
/** How long nothing is edited before the book is rated with it. */
const LIVE = 200;
/** A longer table crosses whole with every edit: its book is rated when one says so. */
const MOST_LIVE_ROWS = 100_000;

interface BookImpactProps {
  readonly product: string;
  readonly session: TableSession;
}

/** What the edits of the sheet do to a whole book, while one edits; the version that is edited is what they are held against. */
export function BookImpact({ product, session }: BookImpactProps) {
  const work = useImpact();
  const [choice, choose] = useState(FIRST_BOOK);
  const book = useRef<{ readonly of: typeof choice; readonly book: ImpactSettings['book'] }>(undefined);
  const { table, base, info } = session;
  const { revision } = table;
  const live = table.rowCount <= MOST_LIVE_ROWS;
  const rate = async (): Promise<void> => {
    if (book.current?.of !== choice) {
      const asked = await bookAsked(choice);
      if (!asked) return;
      book.current = { of: choice, book: asked };
    }
    const changes = session.isEdited ? { [info.path]: table.toText() } : {};
    work.start({ product, before: { version: base }, after: { version: base, changes }, book: book.current.book });
  };
  const newest = useRef(rate);
  newest.current = rate;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision, and each book, is another picture
  useEffect(() => {
    if (!live) return;
    const timer = setTimeout(() => newest.current().catch(toastFailure), LIVE);
    return () => clearTimeout(timer);
  }, [live, revision, choice, session]);
  const result = useQuery({
    queryKey: ['impact', work.done?.id, 'table'],
    queryFn: ({ signal }) =>
      call<ImpactResult>('GET', `/api/lab/impact/runs/${work.done?.id}/result`, undefined, signal),
    enabled: work.done !== undefined,
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const running = work.run !== undefined && work.run.id !== work.done?.id && work.run.state !== 'failed';
  const { data } = result;
  return (
    <aside className="table-pane" aria-label={text.labTables.actions.impact}>
      <h2>{names.title}</h2>
      <div className="book-impact">
        <BookFields value={choice} onChange={choose} />
      </div>
      {live ? null : (
        <Group gap={6}>
          <Button variant="default" loading={running} onClick={() => void rate().catch(toastFailure)}>
            {text.labImpact.start}
          </Button>
          <Text size="xs" c="dimmed">
            {names.large}
          </Text>
        </Group>
      )}
      {(work.failure ?? result.error) ? <Failure error={work.failure ?? result.error ?? new Error()} /> : null}
      {data ? (
        <div aria-busy={running} data-testid="book-impact">
          <p className="book-change">
            <strong>
              <Amount value={percent(data.whole.percent)} />
            </strong>{' '}
            {names.premium(money(data.whole.before, data.currency), money(data.whole.after, data.currency))}
          </p>
          <Histogram bands={data.histogram} height={210} />
          <Text size="xs" c="dimmed">
            {names.risks(number(String(data.whole.count)), number(String(data.failures.count)))}
          </Text>
        </div>
      ) : (
        <Text size="sm" c="dimmed">
          {running ? text.labImpact.phase[work.run?.state ?? 'loading'] : live ? text.labImpact.phase.loading : ''}
        </Text>
      )}
      <Anchor size="sm" href={address({ screen: 'lab', product, part: 'impact' })}>
        {names.whole}
      </Anchor>
    </aside>
  );
}
