import type { UnderwritingDecision } from '#core/model/policy.ts';

/**
 * A rated book as columns, a place for each risk in the order of the book: small enough to keep, to compare and to hand between
 * processes. Amounts are whole numbers of the currency's smallest unit (cents), exact below 2^53; NaN where a risk has no price.
 */
export interface RatedBook {
  /** ISO 4217. */
  readonly currency: string;
  /** What the book calls each risk: its `key`, a policy number, or the number of its line. */
  readonly keys: readonly string[];
  readonly premium: Float64Array;
  readonly taxes: Float64Array;
  readonly fees: Float64Array;
  readonly failures: readonly RiskFailure[];
}
/** What the rules of a version say of each risk of a book, in its order. */
export interface DecidedBook {
  readonly keys: readonly string[];
  /** Undefined where there is no decision: its failure says why. */
  readonly decisions: readonly (UnderwritingDecision | undefined)[];
  readonly notes: readonly (readonly string[])[];
  readonly failures: readonly RiskFailure[];
}
export interface RiskFailure {
  /** Place in the book, from 0. */
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** A field of a book over all its risks, each value once: `labels[codes[index]]`. */
export interface BookColumn {
  /** As in the header of a CSV book: `policy.region`, `vehicle[0].age`, `policyholder.state`. */
  readonly name: string;
  readonly labels: readonly string[];
  readonly codes: Uint32Array;
}
