import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';
import { type Desk, look, write } from './desk.ts';

/** Series of printed numbers, with the first of the range that a stand-alone workbench grants itself (settled questions, 6). */
export const FIRST = {
  locator: 100_000_001,
  policyNumber: 200_000_001,
  invoice: 300_000_001,
  payment: 400_000_001,
} as const;
const RANGE = 99_999_999;
export type Series = keyof typeof FIRST;

/**
 * The next numbers of a series, nine digits each, and the change that takes them out of this device's range. Commit the change
 * in the same turn of the event loop: between taking and committing nothing may be awaited.
 * Throws `wrong-state` when the range is used up.
 */
export function takeNumbers(desk: Desk, series: Series, count: number): { numbers: string[]; change: Change } {
  const found = look(desk, 'counter', series);
  const range = found?.record ?? { locator: series, next: FIRST[series], last: FIRST[series] + RANGE };
  if (range.next + count - 1 > range.last)
    throw new Problem(
      'wrong-state',
      `The numbers granted to this device for ${series} are used up: ask for a new range.`,
    );
  const numbers = Array.from({ length: count }, (_, i) => String(range.next + i));
  return { numbers, change: write('counter', series, found?.version ?? 0, { ...range, next: range.next + count }) };
}
