import type { JsonObject } from '#core/model/json.ts';
import type { RecordType } from '../contract.ts';

/** What the log of many devices is made of (core/sync/SPEC.md); the store applies it, the authority makes it. */

/** What a version of a record is (SY3). */
export type Etag = string;

/** A record's place: type and locator. */
export interface RecordKey {
  readonly type: RecordType;
  readonly locator: string;
}
/** A version of a record; `record` is null when it is gone, a tombstone stays. */
export interface Version {
  /** Rises only; see SY3. */
  readonly version: number;
  readonly etag: Etag;
  readonly record: JsonObject | null;
}
export type Outcome = 'accepted' | 'merged' | 'refused';
/** What became of one record: `entry` the entry's own version, `merge` the authority's, `head` what stood there, `conflict` the work item. */
export interface Effect extends RecordKey {
  readonly from: 'entry' | 'merge' | 'head' | 'conflict';
  readonly version: number;
  readonly etag: Etag;
  /** Absent where everybody has it already: from `head`, and from `entry` where the entry itself is at hand. */
  readonly record?: JsonObject | null;
}
/** One place in the log (SY1). */
export interface LogItem {
  readonly position: number;
  readonly device: string;
  readonly sequence: number;
  readonly id: string;
  readonly hash: string;
  readonly outcome: Outcome;
  readonly effects: readonly Effect[];
}
