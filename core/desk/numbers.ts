import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';
import { type Desk, look, write } from './desk.ts';
import type { CounterRecord } from './records.ts';

/** Series of printed numbers, with the first of the range that a stand-alone workbench grants itself (settled questions, 6). */
export const FIRST = {
  locator: 100_000_001,
  policyNumber: 200_000_001,
  invoice: 300_000_001,
  payment: 400_000_001,
} as const;
const RANGE = 99_999_999;
export type Series = keyof typeof FIRST;

/** Every series, as text. */
export const SERIES: readonly Series[] = ['locator', 'policyNumber', 'invoice', 'payment'];

/**
 * The next numbers of a series, nine digits each, and the change that takes them out of this device's ranges. Commit the change
 * in the same turn of the event loop: between taking and committing nothing may be awaited.
 * Throws `wrong-state` when the ranges are used up.
 */
export function takeNumbers(desk: Desk, series: Series, count: number): { numbers: string[]; change: Change } {
  const { range, version } = rangeOf(desk, series);
  const numbers: string[] = [];
  let left = range;
  while (numbers.length < count) {
    const { locator, next, last, behind: [first, ...behind] = [] } = left;
    if (next <= last) {
      numbers.push(String(next));
      left = { ...left, next: next + 1 };
    } else if (first) left = { locator, next: first.first, last: first.last, ...(behind.length > 0 && { behind }) };
    else
      throw new Problem(
        'wrong-state',
        `The numbers granted to this device for ${series} are used up: they are granted anew when it meets the cloud.`,
      );
  }
  return { numbers, change: write('counter', series, version, left) };
}

/** How many numbers of a series are left. */
export function numbersLeft(desk: Desk, series: Series): number {
  const { next, last, behind = [] } = rangeOf(desk, series).range;
  return behind.reduce((sum, range) => sum + range.last - range.first + 1, Math.max(0, last - next + 1));
}

/** The change that adds a range that the cloud granted. */
export function grantNumbers(desk: Desk, series: Series, first: number, last: number): Change {
  const { range, version } = rangeOf(desk, series);
  const { locator, behind = [] } = range;
  const record: CounterRecord =
    range.next > range.last && behind.length === 0
      ? { locator, next: first, last }
      : { ...range, behind: [...behind, { first, last }] };
  return write('counter', series, version, record);
}

/** What this device numbered while it granted itself: nobody else may have these. */
export function numbersUsed(desk: Desk, series: Series): { readonly first: number; readonly last: number } | undefined {
  const { next } = rangeOf(desk, series).range;
  return next > FIRST[series] ? { first: FIRST[series], last: next - 1 } : undefined;
}

/** The changes that take all ranges away: those of another time, or of a device that this was (core/sync/SPEC.md SY11). */
export function withoutNumbers(desk: Desk): readonly Change[] {
  return SERIES.map((series) => {
    const { range, version } = rangeOf(desk, series);
    return write('counter', series, version, { locator: series, next: range.next, last: range.next - 1 });
  });
}

function rangeOf(desk: Desk, series: Series): { readonly range: CounterRecord; readonly version: number } {
  const found = look(desk, 'counter', series);
  if (found) return { range: found.record, version: found.version };
  const first = FIRST[series];
  // A workbench with a cloud prints only what was granted to it there.
  const last = desk.store.replication.status() ? first - 1 : first + RANGE;
  return { range: { locator: series, next: first, last }, version: 0 };
}
