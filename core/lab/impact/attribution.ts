import { Problem } from '#core/model/problem.ts';
import type { RatedBook } from '../contract.ts';
import { compareBooks, type Measure, sumsOf } from './comparison.ts';
import { percentOf } from './exact.ts';

/** What one group of changes did to the book, made on top of those before it. */
export interface AttributionStep {
  readonly name: string;
  /** Cents before and after this group of changes. */
  readonly before: bigint;
  readonly after: bigint;
  /** Part of the whole change in percent; null when the book as a whole does not move. */
  readonly share: string | null;
}
export interface Attribution {
  readonly steps: readonly AttributionStep[];
  /** Risks that have a price in every step, and how many do not. */
  readonly count: number;
  readonly leftOut: number;
}

/**
 * Says what of a book's change comes from which group of changes, when the groups are made one after another (IM13). The steps add up
 * to the whole to the cent. Another order may share it out otherwise: it is told with the answer.
 * @param books the book before everything, then after each group; @param names one for each group
 */
export function attribute(books: readonly RatedBook[], names: readonly string[], measure: Measure): Attribution {
  const [first, ...later] = books;
  if (!first || later.length !== names.length)
    throw new Problem('internal', `${books.length} ratings for ${names.length} groups of changes.`);
  const priced = (index: number): boolean => books.every(({ premium }) => !Number.isNaN(premium[index] ?? Number.NaN));
  const common = books.map((book) => ({
    ...book,
    premium: book.premium.map((cents, index) => (priced(index) ? cents : Number.NaN)),
  }));
  const steps = names.map((name, at) => {
    const [before, after] = [common[at] ?? first, common[at + 1] ?? first];
    return { name, sums: sumsOf(compareBooks(before, after, measure)) };
  });
  const [start, end] = [steps[0]?.sums, steps.at(-1)?.sums];
  const whole = (end?.after ?? 0n) - (start?.before ?? 0n);
  const count = start?.count ?? 0;
  return {
    steps: steps.map(({ name, sums: { before, after } }) => ({
      name,
      before,
      after,
      share: whole === 0n ? null : percentOf(after - before, whole),
    })),
    count,
    leftOut: first.keys.length - count,
  };
}
