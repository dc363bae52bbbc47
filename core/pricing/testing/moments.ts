import fc from 'fast-check';
import { type Millis, startOfDay, zoned } from '#core/model/time.ts';

/** Where in covered time something takes effect: anywhere, or where calendars and ties are hard. */
export interface Moment {
  readonly way: 'any' | 'midnight' | 'month end' | 'same' | 'edge' | 'clock change';
  /** 0 to 1: the share of the covered time before it. */
  readonly share: number;
}
export interface Span {
  readonly start: Millis;
  readonly end: Millis;
}

export const moment: fc.Arbitrary<Moment> = fc.record({
  way: fc.constantFrom('any', 'midnight', 'midnight', 'midnight', 'month end', 'same', 'same', 'edge', 'clock change'),
  share: fc.nat(9_999).map((n) => n / 10_000),
});

/** The instant within spans of time that a moment names; undefined when there is no time at all. @param taken instants to meet again */
export function instantOf(
  { way, share }: Moment,
  spans: readonly Span[],
  taken: readonly Millis[],
  timeZone: string,
): Millis | undefined {
  const length = spans.reduce((sum, { start, end }) => sum + end - start, 0);
  let rest = Math.floor(length * share);
  const span = spans.find(({ start, end }) => {
    if (rest < end - start) return true;
    rest -= end - start;
    return false;
  });
  if (!span) return undefined;
  const drawn = span.start + rest;
  const inside = (instant: Millis): boolean => spans.some(({ start, end }) => instant >= start && instant < end);
  const wanted = nearby(way, drawn, span, taken.filter(inside), timeZone, share);
  return wanted !== undefined && inside(wanted) ? wanted : drawn;
}

function nearby(
  way: Moment['way'],
  drawn: Millis,
  span: Span,
  taken: readonly Millis[],
  timeZone: string,
  share: number,
): Millis | undefined {
  const at = zoned(drawn, timeZone);
  switch (way) {
    case 'any':
      return drawn;
    case 'midnight':
      return at.startOfDay().epochMilliseconds;
    case 'month end':
      return at.with({ day: at.daysInMonth }).startOfDay().epochMilliseconds;
    case 'same':
      return taken[Math.floor(taken.length * share)];
    case 'edge':
      return share < 0.5 ? span.start : span.end - 1;
    case 'clock change': {
      // Half past two on a day that has or has not such a time, by the calendars of the zones below.
      const day = ['03-14', '11-07', '03-28', '10-31'][Math.floor(share * 4)];
      return startOfDay(`${at.year}-${day}`, timeZone) + 9_000_000;
    }
  }
}

export const ZONES = ['America/Los_Angeles', 'Europe/Berlin', 'Asia/Kolkata', 'UTC'] as const;
/** First days of contracts: ends of months, leap days, days of 23 and 25 hours. */
export const STARTS = [
  '2021-06-28',
  '2023-12-31',
  '2024-02-29',
  '2024-01-31',
  '2021-03-14',
  '2021-10-31',
  '2023-02-28',
] as const;
