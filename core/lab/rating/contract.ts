import type { Configuration } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { BookColumn, DecidedBook, RatedBook } from '../contract.ts';

/** What every risk of a run is rated with: the same product, clock and seed, so that a book is rated the same twice (BR3). */
export interface RatingProgram {
  readonly configuration: Configuration;
  /** Name of the product; every request of the book is rated as one of it. */
  readonly product: string;
  /** What the deployed version is called in policies; 0 for a configuration that is not deployed. */
  readonly configVersion?: number;
  /** Milliseconds. */
  readonly clock: Millis;
  /** Of `Math.random` in scripts. */
  readonly seed: string;
}

/** A piece of a book: requests as JSON text, one a line (NDJSON). */
export interface BookLines {
  /** Number of the first line, from 1. */
  readonly first: number;
  /** How many lines `text` has, empty ones too. */
  readonly count: number;
  readonly text: string;
  /** The same in UTF-8, where it came so: whoever only passes it on needs no text. */
  readonly bytes?: Uint8Array;
}

/** One peril of a rated risk; amounts as text with the currency's decimals. */
export interface RatedPeril {
  /** `vehicle 1` */
  readonly exposure: string;
  readonly peril: string;
  readonly premium: string;
  readonly taxes: string;
}
/** What a risk costs as new business; amounts as text with the currency's decimals. */
export interface RatedRisk {
  readonly ok: true;
  readonly line: number;
  readonly key: string;
  readonly currency: string;
  readonly premium: string;
  readonly taxes: string;
  readonly fees: string;
  readonly total: string;
  readonly perils: readonly RatedPeril[];
}
export interface FailedRisk {
  readonly ok: false;
  readonly line: number;
  readonly key: string;
  readonly error: RiskError;
}
/** Why a risk has no price, and what to do. `field` as in the request, e.g. `exposures[0].age`. */
export interface RiskError {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  /** Of the configuration: the script or Liquid file that failed. */
  readonly file?: string;
  readonly fileLine?: number;
}
export type Rated = RatedRisk | FailedRisk;

/** Sums in one currency, decimal text. */
export interface CurrencySums {
  readonly currency: string;
  readonly risks: number;
  readonly premium: string;
  readonly taxes: string;
  readonly fees: string;
}
/** A batch as it is written (BR8): a line for each risk, without a last line break. */
export interface RatedLines {
  readonly text: string;
  /** How many lines: rated or failed. */
  readonly rated: number;
  readonly failed: number;
  readonly sums: readonly CurrencySums[];
}

/** How far a long run is. `total` is 0 while nobody knows. */
export interface RatingProgress {
  readonly done: number;
  readonly total: number;
}
export interface RatingControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RatingProgress) => void;
}

/** Where a book comes from: opened anew whenever it has to be read (again). */
export type BookSource = () => AsyncIterable<BookLines>;

/**
 * A book that is loaded once and rated again and again: after a table was edited, by another version, with another clock. Every worker
 * holds its share; only amounts come back (BR20).
 */
export interface ResidentBook {
  /** Number of risks. */
  readonly size: number;
  /** What the book calls each risk, in its order. */
  readonly keys: readonly string[];
  /** The fields of the book over all its risks, read from the same load: what people group and filter by. */
  columns(): Promise<readonly BookColumn[]>;
  /**
   * Rates the whole book. A run that is aborted throws the signal's reason and leaves the book as it was. Runs wait for each other:
   * abort the last one before asking for the next.
   */
  rate(program: RatingProgram, control?: RatingControl): Promise<RatedBook>;
  /**
   * Prices the whole book and lets the rules of the version decide (UB1). Throws `wrong-state` for a product without rules; otherwise
   * as `rate`.
   */
  decide(program: RatingProgram, control?: RatingControl): Promise<DecidedBook>;
  close(): Promise<void>;
}
