import { Problem } from '#core/model/problem.ts';
import type { RatedBook, RiskFailure } from '../contract.ts';
import { ExactSum } from './exact.ts';

/** What of a price is compared: always the premium, with the taxes and the fees or without. */
export interface Measure {
  readonly taxes: boolean;
  readonly fees: boolean;
}

/** A book before and after a change: the risks that have a price on both sides, and the others apart (IM1). */
export interface Comparison {
  /** ISO 4217. */
  readonly currency: string;
  /** Of every risk of the book. */
  readonly keys: readonly string[];
  /** Places in the book of the risks that are compared, ascending. */
  readonly places: Uint32Array;
  /** Cents before and after; entry i belongs to `places[i]`. */
  readonly before: Float64Array;
  readonly after: Float64Array;
  /** The risks that are not compared, in the order of the book. */
  readonly failures: readonly ComparedFailure[];
}
export interface ComparedFailure {
  readonly index: number;
  readonly key: string;
  /** Why it has no price on this side; absent where it has one. */
  readonly before?: string;
  readonly after?: string;
}
export interface Sums {
  readonly count: number;
  /** Cents. */
  readonly before: bigint;
  readonly after: bigint;
}

/**
 * Lays two ratings of one book side by side. Throws `malformed-request` when they are not of one book or not of one currency: a
 * change between other things means nothing.
 */
export function compareBooks(before: RatedBook, after: RatedBook, measure: Measure): Comparison {
  if (before.currency !== after.currency)
    throw new Problem(
      'malformed-request',
      `Before is in ${before.currency}, after in ${after.currency}: amounts of two currencies are not compared.`,
    );
  const { keys } = before;
  const same = keys === after.keys || keys.length !== after.keys.length;
  const differs = same ? -1 : keys.findIndex((key, index) => key !== after.keys[index]);
  if (keys.length !== after.keys.length || differs >= 0)
    throw new Problem(
      'malformed-request',
      differs >= 0
        ? `The two ratings are of different books: risk ${differs + 1} is "${keys[differs]}" before and "${after.keys[differs]}" after.`
        : `The two ratings are of different books: ${keys.length} risks before, ${after.keys.length} after.`,
    );
  const [was, is] = [priced(before, measure), priced(after, measure)];
  const both: number[] = [];
  const failures: ComparedFailure[] = [];
  const [why, whyAfter] = [reasons(before.failures), reasons(after.failures)];
  for (let index = 0; index < keys.length; index += 1) {
    const [lacksBefore, lacksAfter] = [Number.isNaN(was[index]), Number.isNaN(is[index])];
    if (!lacksBefore && !lacksAfter) {
      both.push(index);
      continue;
    }
    failures.push({
      index,
      key: keys[index] ?? '',
      ...(lacksBefore ? { before: why.get(index) ?? NO_REASON } : {}),
      ...(lacksAfter ? { after: whyAfter.get(index) ?? NO_REASON } : {}),
    });
  }
  return {
    currency: before.currency,
    keys,
    places: Uint32Array.from(both),
    before: Float64Array.from(both, (index) => was[index] ?? 0),
    after: Float64Array.from(both, (index) => is[index] ?? 0),
    failures,
  };
}

const NO_REASON = 'It has no price.';

function reasons(failures: readonly RiskFailure[]): ReadonlyMap<number, string> {
  return new Map(failures.map(({ index, message }) => [index, message]));
}

function priced({ premium, taxes, fees }: RatedBook, measure: Measure): Float64Array {
  if (!measure.taxes && !measure.fees) return premium;
  return premium.map(
    (cents, index) => cents + (measure.taxes ? (taxes[index] ?? 0) : 0) + (measure.fees ? (fees[index] ?? 0) : 0),
  );
}

/** Sums of all compared risks: after ÷ before − 1 is the premium-weighted mean change (IM4). */
export function sumsOf(comparison: Comparison): Sums {
  const sums = new SumsOf();
  for (let at = 0; at < comparison.places.length; at += 1) sums.add(comparison, at);
  return sums.result;
}

/** Sums that grow risk by risk. */
export class SumsOf {
  #count = 0;
  readonly #before = new ExactSum();
  readonly #after = new ExactSum();

  add({ before, after }: Pick<Comparison, 'before' | 'after'>, at: number): void {
    this.#count += 1;
    this.#before.add(before[at] ?? 0);
    this.#after.add(after[at] ?? 0);
  }

  get result(): Sums {
    return { count: this.#count, before: this.#before.value, after: this.#after.value };
  }
}
