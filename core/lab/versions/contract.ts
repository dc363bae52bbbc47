/** What the history of a product's versions says (SPEC.md). Times are milliseconds. */

export interface CommitInfo {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  readonly at: number;
}
/** A commit of a product's history, its parents only those that hold the product too (VE1). */
export interface HistoryCommit extends CommitInfo {
  /** The version that it was deployed as; absent on a branch. */
  readonly configVersion?: number;
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}
export interface VersionHistory {
  /** Newest first; a parent always stands below its children. */
  readonly commits: readonly HistoryCommit[];
  /** `ahead`: how many commits of it were never deployed. */
  readonly branches: readonly { readonly name: string; readonly commit: string; readonly ahead: number }[];
  readonly tags: readonly {
    readonly name: string;
    readonly commit: string;
    readonly message: string;
    readonly author: string;
    readonly at: number;
  }[];
}

export interface VersionDifference {
  readonly from: string;
  readonly to: string;
  readonly files: readonly FileDifference[];
}
export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Null for what is no text, or is not there on that side. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of a table that both sides have: by key, cell by cell; the first cells of many. */
  readonly table?: TableChange;
}
export interface TableChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly {
    readonly key: string;
    readonly column: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** Changed cells that are not listed. */
  readonly more: number;
  /** What changed as a person says it: `territory 014: factor +3 %, 212 rows`. */
  readonly words: readonly string[];
}

/** The commit that last set a line or a cell. */
export type BlamedCommit = Pick<HistoryCommit, 'commit' | 'message' | 'author' | 'at' | 'configVersion'>;
export type Blame =
  | {
      readonly kind: 'lines';
      readonly commits: Readonly<Record<string, BlamedCommit>>;
      readonly lines: readonly { readonly text: string; readonly commit: string }[];
    }
  | {
      readonly kind: 'cells';
      readonly commits: Readonly<Record<string, BlamedCommit>>;
      readonly columns: readonly string[];
      readonly total: number;
      readonly rows: readonly {
        readonly key: string;
        /** As many as columns: the text of the cell, and the commit that last set it. */
        readonly cells: readonly { readonly text: string; readonly commit: string }[];
      }[];
    };
