/** A pricing table as it was read: cells are text, exactly as authored except for padding blanks (formats §1.10). */
export interface TableSource {
  readonly name: string;
  /** Relative to the configuration's root. */
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** File line (1-based) of each row; absent when row i stands on line i + 2. */
  readonly lines?: readonly number[];
  readonly schema?: TableSchema;
}
/** The sidecar `<table>.schema.json` (formats §10): our superset over `key,value`. */
export interface TableSchema {
  readonly keys: readonly KeyColumn[];
  /** Value columns; the first is what `lookup` returns. */
  readonly values: readonly string[];
  /** Returned instead of a miss; the worksheet still says that the default answered. */
  readonly default?: string;
  /** Columns with the dates (YYYY-MM-DD, tenant zone, or milliseconds) between which a row holds: from inclusive, to exclusive. */
  readonly effective?: { readonly from: string; readonly to?: string };
  /** What columns are held to, by name: asked by the checks of tables only, never by a lookup. */
  readonly columns?: Readonly<Record<string, ColumnRule>>;
}
/** What the author of a table says of a column (core/model/rate-table/SPEC.md, RT14). Numbers are decimal texts. */
export interface ColumnRule {
  readonly type?: 'number' | 'text';
  readonly min?: string;
  readonly max?: string;
  /** Along the table's ordered key. */
  readonly monotone?: 'up' | 'down';
  /** The most that a row may differ from the one before, as a share of it: `0.25`. */
  readonly step?: string;
  /** How the column is worked out of the others of its row, in words of a spreadsheet: shown, and compared where it can be. */
  readonly formula?: string;
  /** The field whose values the key column is looked up with. */
  readonly field?: string;
}
export type KeyColumn =
  | { readonly column: string; readonly match: 'exact' | 'prefix' }
  /** Row holds from `column` to `to`, both inclusive; an empty cell is open. */
  | { readonly column: string; readonly match: 'range'; readonly to: string }
  /** The last row not above the key. */
  | { readonly column: string; readonly match: 'floor'; readonly below?: 'miss' | 'clamp' }
  | {
      readonly column: string;
      readonly match: 'interpolate';
      readonly below?: 'miss' | 'clamp' | 'extrapolate';
      readonly above?: 'miss' | 'clamp' | 'extrapolate';
    };

export interface LookupResult {
  readonly found: boolean;
  readonly value: string | null;
  /** File lines that answered. */
  readonly rows: readonly number[];
  /** Why nothing was found, or how the ends or a default answered. */
  readonly why?: string;
}
/** An indexed table; the cost of `lookup` does not depend on the number of rows. */
export interface TableIndex {
  readonly source: TableSource;
  /**
   * @param keys one text per key column
   * @param asOf milliseconds; only for tables with effective dates
   * @param column value column; default the first
   */
  lookup(keys: readonly string[], asOf?: number, column?: string): LookupResult;
}
