/** What the resources of versions take and answer (core/lab/versions/SPEC.md). Times are milliseconds. */

export interface VersionCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  readonly at: number;
  /** The version that it was deployed as; absent on a branch. */
  readonly configVersion?: number;
  readonly branches: readonly string[];
  readonly tags: readonly string[];
}
/** `GET /api/lab/versions/{product}`; the newest first. */
export interface VersionHistory {
  readonly commits: readonly VersionCommit[];
  readonly branches: readonly { readonly name: string; readonly commit: string; readonly ahead: number }[];
  readonly tags: readonly {
    readonly name: string;
    readonly commit: string;
    readonly message: string;
    readonly author: string;
    readonly at: number;
  }[];
}
/** `GET /api/lab/versions/{product}/difference?from=&to=` */
export interface VersionDifference {
  readonly from: string;
  readonly to: string;
  readonly files: readonly {
    readonly path: string;
    readonly kind: 'added' | 'removed' | 'changed';
    readonly before: string | null;
    readonly after: string | null;
    readonly table?: {
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly {
        readonly key: string;
        readonly column: string;
        readonly before: string;
        readonly after: string;
      }[];
      readonly words: readonly string[];
      /** Changed cells that are not listed. */
      readonly more: number;
    };
  }[];
}
export interface BlamedCommit {
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  readonly at: number;
  readonly configVersion?: number;
}
/** `GET /api/lab/versions/{product}/blame?ref=&path=&q=&from=&count=` */
export type VersionBlame =
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
        readonly cells: readonly { readonly text: string; readonly commit: string }[];
      }[];
    };
/** `GET /api/lab/versions/{product}/files?ref=` */
export interface VersionFiles {
  readonly commit: string;
  readonly paths: readonly string[];
}
/** Answers of what writes: the commit, and the version where it was deployed. */
export interface VersionWritten {
  readonly commit: string;
  readonly configVersion?: number;
}
