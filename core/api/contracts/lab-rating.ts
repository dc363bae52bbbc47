/** What the lab's batch rating takes and answers (core/lab/rating/SPEC.md). Amounts are decimal text. */

/** `POST /api/lab/books`: a book that is kept. `content`: NDJSON of requests, or CSV with dotted headers. */
export interface KeepBook {
  readonly name: string;
  readonly format: 'ndjson' | 'csv';
  readonly content: string;
  /** Columns of a CSV by what they are called here; null leaves one out. Kept with the book. */
  readonly columns?: Readonly<Record<string, string | null>>;
  readonly constants?: Readonly<Record<string, string>>;
}
/** `GET /api/lab/books` answers `{books}`, newest first. */
export interface KeptBook {
  readonly locator: string;
  readonly name: string;
  readonly format: 'ndjson' | 'csv';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds. */
  readonly createdAt: number;
}
/** `POST /api/lab/rate` answers a RatingRun; its lines are `GET /api/lab/rate/{id}/lines`. */
export interface StartRating {
  readonly product: string;
  /** Configuration version. */
  readonly version: number;
  readonly book:
    | { readonly kind: 'in-force' }
    | {
        readonly kind: 'stored';
        readonly locator: string;
        /** Instead of what was kept with the book. */
        readonly columns?: Readonly<Record<string, string | null>>;
        readonly constants?: Readonly<Record<string, string>>;
      };
}
/** `GET /api/lab/rate` answers `{runs}`, newest first. `GET /api/lab/rate/{id}?wait=` (milliseconds: answers when the run ends, at the latest then) */
export interface RatingRun {
  readonly id: string;
  readonly product: string;
  readonly version: number;
  /** The name of a kept book; null: the policies in force. */
  readonly book: string | null;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** Risks so far. */
  readonly done: number;
  /** Lines of a kept book, about; 0 while nobody knows. */
  readonly total: number;
  readonly summary: {
    readonly risks: number;
    readonly failed: number;
    readonly sums: readonly {
      readonly currency: string;
      readonly risks: number;
      readonly premium: string;
      readonly taxes: string;
      readonly fees: string;
      readonly total: string;
    }[];
    readonly seconds: number;
  };
  readonly problem?: string;
}
