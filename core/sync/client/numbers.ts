import type * as z from 'zod';
import { type Caller, commit, type Desk } from '#core/desk/desk.ts';
import { grantNumbers, numbersLeft, SERIES, type Series } from '#core/desk/numbers.ts';
import type { RangeAnswer } from '../protocol.ts';

/** How many numbers are asked for at once; a draft takes several of `locator`, an issue one of the others. */
const ASKED: Readonly<Record<Series, number>> = { locator: 5_000, policyNumber: 500, invoice: 1_000, payment: 1_000 };
/** Below this share of what is asked for it is asked again: a trip must not end with the numbers. */
const LOW = 0.5;

/** The series of which few numbers are left. */
export function lowSeries(desk: Desk): readonly Series[] {
  return SERIES.filter((series) => numbersLeft(desk, series) < ASKED[series] * LOW);
}

export function askedFor(series: Series): number {
  return ASKED[series];
}

/** Keeps a range that the cloud granted. A grant whose answer was lost is never used, which costs nothing but numbers. */
export function keepRange(desk: Desk, caller: Caller, { series, first, last }: z.infer<typeof RangeAnswer>): void {
  const known = SERIES.find((one) => one === series);
  if (!known) return;
  commit(desk, caller, {
    name: 'numbers.grant',
    arguments: { series, first, last },
    changes: [grantNumbers(desk, known, first, last)],
    result: series,
  });
}
