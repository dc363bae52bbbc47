/** What the resources of versions take and answer (core/lab/versions/SPEC.md). Times are milliseconds. */
export type {
  /** `GET /api/lab/versions/{product}/blame?ref=&path=&q=&from=&count=` */
  Blame as VersionBlame,
  BlamedCommit,
  HistoryCommit as VersionCommit,
  /** `GET /api/lab/versions/{product}/difference?from=&to=` */
  VersionDifference,
  /** `GET /api/lab/versions/{product}`; the newest first. */
  VersionHistory,
} from '#core/lab/versions/contract.ts';

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
