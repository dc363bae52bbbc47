import { Badge, Group, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { call } from '../../app/client.ts';
import { day, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { Failure } from '../../components/failure.tsx';

/** The life of an issued policy: its transactions, and what is covered from when to when for how much. */
export function PolicyTimeline({ locator }: { readonly locator: string }) {
  const timeline = useQuery({
    queryKey: ['timeline', locator],
    queryFn: () => call<TimelineResponse>('GET', `/api/policies/${encodeURIComponent(locator)}/timeline`),
  });
  if (timeline.error) return <Failure error={timeline.error} />;
  if (!timeline.data) return null;
  const { status, transactions, timeZone, currency } = timeline.data;
  return (
    <section aria-label={text.timeline.title}>
      <Group gap="sm">
        <Title order={2}>{text.timeline.title}</Title>
        <Badge variant="light" color={status === 'in force' ? 'teal' : 'gray'} data-testid="status">
          {titled(status)}
        </Badge>
      </Group>
      <Table className="amounts">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{text.timeline.effective}</Table.Th>
            <Table.Th scope="col">{text.timeline.transaction}</Table.Th>
            <Table.Th scope="col">{text.timeline.state}</Table.Th>
            <Table.Th scope="col">{text.timeline.issued}</Table.Th>
            <Table.Th scope="col" ta="right">
              {text.timeline.change}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {transactions.map((transaction) => (
            <Table.Tr key={transaction.locator}>
              <Table.Td>{day(transaction.effective, timeZone)}</Table.Td>
              <Table.Td>
                {text.timeline.kinds[transaction.kind as keyof typeof text.timeline.kinds] ?? titled(transaction.kind)}
                {transaction.kind === 'endorsement' || transaction.kind === 'cancellation' ? (
                  <Text span size="xs" c="dimmed">{` ${transaction.displayName ?? titled(transaction.name)}`}</Text>
                ) : null}
              </Table.Td>
              <Table.Td>{titled(transaction.state)}</Table.Td>
              <Table.Td>{transaction.issued === undefined ? '–' : day(transaction.issued, timeZone)}</Table.Td>
              <Table.Td ta="right">{money(transaction.premiumChange, currency)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Segments timeline={timeline.data} />
    </section>
  );
}

/** A bar for everything that is insured, over the terms of the contract; each piece can be read as text. */
function Segments({ timeline }: { readonly timeline: TimelineResponse }) {
  const { terms, segments, timeZone, currency } = timeline;
  const from = Math.min(...terms.map(({ start }) => start));
  const to = Math.max(...terms.map(({ end }) => end));
  const share = (at: number): string => `${(((at - from) / (to - from)) * 100).toFixed(3)}%`;
  const dates = apart([from, ...segments.flatMap(({ start, end }) => [start, end]), to], (to - from) * 0.13);
  const names = [...new Set(segments.map(({ of }) => of))];
  return (
    <figure className="segments" aria-label={text.timeline.segments}>
      {names.map((name) => (
        <div key={name} className="segments-row">
          <Text size="xs" className="segments-name">
            {titled(name)}
          </Text>
          <ol className="segments-bar">
            {segments
              .filter(({ of }) => of === name)
              .map((segment) => {
                const premium = segment.premium === undefined ? '' : money(segment.premium, currency);
                const span = `${day(segment.start, timeZone)} – ${day(segment.end, timeZone)}`;
                return (
                  <li
                    key={`${segment.start} ${segment.end} ${premium}`}
                    style={{
                      left: share(segment.start),
                      width: `calc(${share(segment.end)} - ${share(segment.start)})`,
                    }}
                    title={`${span} ${premium}`}
                  >
                    <span className="visually-hidden">{span} </span>
                    {premium}
                  </li>
                );
              })}
          </ol>
        </div>
      ))}
      <div className="segments-row" aria-hidden>
        <ol className="segments-dates">
          {dates.map((at) => (
            <li key={at} style={{ left: share(at) }}>
              {day(at, timeZone)}
            </li>
          ))}
        </ol>
      </div>
    </figure>
  );
}

/** The first and the last of these instants, and those between that have room for a date. @param room milliseconds */
function apart(instants: readonly number[], room: number): readonly number[] {
  const sorted = [...new Set(instants)].sort((a, b) => a - b);
  const last = sorted.at(-1);
  const kept: number[] = [];
  for (const at of sorted) {
    const before = kept.at(-1);
    if (before === undefined || at === last || (at - before >= room && last !== undefined && last - at >= room))
      kept.push(at);
  }
  return kept;
}
