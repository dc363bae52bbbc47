import type { Book, Decision, DryRunSlice, Flip } from '#core/api/contracts/studio.ts';
import { Decimal } from '#core/model/decimal.ts';

/** Decisions in the order in which the matrix shows them. */
export const DECISIONS: readonly Decision[] = ['accept', 'reject', 'none', 'failed'];
export const SLICE = 25;

/** A dry run so far: slices add up (ST15). */
export type RunTotals = Omit<DryRunSlice, 'flips'> & { readonly flips: readonly Flip[] };

export const NOTHING_YET: RunTotals = {
  risks: 0,
  matrix: [],
  flips: [],
  premium: { risks: 0, before: '0', after: '0', changed: 0 },
  missing: {},
  priced: true,
};

export function added(totals: RunTotals, slice: DryRunSlice): RunTotals {
  const matrix = new Map(totals.matrix.map((cell) => [`${cell.before} ${cell.after}`, cell]));
  for (const cell of slice.matrix) {
    const key = `${cell.before} ${cell.after}`;
    matrix.set(key, { ...cell, risks: cell.risks + (matrix.get(key)?.risks ?? 0) });
  }
  const missing = { ...totals.missing };
  for (const [field, risks] of Object.entries(slice.missing)) missing[field] = (missing[field] ?? 0) + risks;
  const sum = (a: string, b: string): string => new Decimal(a).plus(b).toFixed();
  return {
    risks: totals.risks + slice.risks,
    matrix: [...matrix.values()],
    flips: [...totals.flips, ...slice.flips],
    premium: {
      risks: totals.premium.risks + slice.premium.risks,
      before: sum(totals.premium.before, slice.premium.before),
      after: sum(totals.premium.after, slice.premium.after),
      changed: totals.premium.changed + slice.premium.changed,
    },
    missing,
    priced: totals.priced && slice.priced,
  };
}

export function cellOf(totals: RunTotals, before: Decision, after: Decision): number {
  return totals.matrix.find((cell) => cell.before === before && cell.after === after)?.risks ?? 0;
}

/** Premium after less before; undefined where one side has none. */
export function premiumChange({ before, after }: Flip): string | undefined {
  if (before.premium === undefined || after.premium === undefined) return undefined;
  return new Decimal(after.premium).minus(before.premium).toFixed();
}

/** The slices of a book, each as one request asks for it. */
export function sampledSlices(seed: string, count: number): readonly Book[] {
  const starts = Array.from({ length: Math.ceil(count / SLICE) }, (_, index) => index * SLICE);
  return starts.map((from) => ({ kind: 'sampled', seed, from, count: Math.min(SLICE, count - from) }));
}

export function storedSlices(locators: readonly string[]): readonly Book[] {
  const starts = Array.from({ length: Math.ceil(locators.length / SLICE) }, (_, index) => index * SLICE);
  return starts.map((from) => ({ kind: 'stored', locators: locators.slice(from, from + SLICE) }));
}
