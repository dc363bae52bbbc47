import { Text } from '@mantine/core';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { day, money, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';

/** A bar for everything that is insured, over the terms of the contract; each piece can be read as text. */
export function Segments({ timeline }: { readonly timeline: TimelineResponse }) {
  const { terms, segments, timeZone, currency } = timeline;
  const from = Math.min(...terms.map(({ start }) => start));
  const to = Math.max(...terms.map(({ end }) => end));
  const share = (at: number): string => `${(((at - from) / (to - from)) * 100).toFixed(3)}%`;
  const dates = apart([from, ...segments.flatMap(({ start, end }) => [start, end]), to], (to - from) * 0.13);
  const names = [...new Set(segments.map(({ of }) => of))];
  return (
    <figure className="segments" aria-label={text.transactions.segments}>
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
