import type { JsonValue } from '#core/model/json.ts';
import type { ConflictChoice } from '#core/sync/conflicts/contract.ts';

export type { SyncBlocked, SyncStatus } from '#core/sync/client/status-contract.ts';
export type { ConflictChoice, ConflictWhy } from '#core/sync/conflicts/contract.ts';

/** What the resources of replication take and answer (core/sync/SPEC.md). Times are milliseconds, amounts text. */

/** `POST /api/sync/enrol`: an address of the cloud (or several, by comma) and the one-time code of an administrator. */
export interface SyncEnrol {
  readonly address: string;
  readonly code: string;
  /** What the device is called there; default the computer's name. */
  readonly name?: string;
}
/** `PUT /api/sync`: what is left out stays. */
export interface SyncSettings {
  readonly on?: boolean;
  readonly metered?: boolean;
  readonly addresses?: readonly string[];
}
/** `POST /api/sync/confirm`: lets what the brake holds pass, once. */
export interface SyncConfirm {
  readonly direction: 'push' | 'pull';
}
// `POST /api/sync/now`: one round, whether it is switched on or not. It is over when `activity.phase` is `waiting`, `off` or `blocked`.
// `GET /api/sync?wait=ms` (at most 10,000) answers as soon as anything changed, at the latest then.

/**
 * `GET /api/sync/waiting`: what is not in the cloud yet, oldest first, at most 200; `GET /api/sync/lost`: what others made and a cloud
 * that was set back lost. `POST /api/sync/set-back-read` takes `SyncStatus.setBack` away.
 */
export interface SyncWaiting {
  readonly total: number;
  readonly entries: readonly {
    readonly id: string;
    readonly sequence: number;
    /** e.g. `policy.issue`: the words are the reader's. */
    readonly command: string;
    /** The name of who did it. */
    readonly user: string;
    readonly at: number;
    readonly bytes: number;
    readonly records: readonly { readonly type: string; readonly locator: string; readonly title: string }[];
  }[];
}

/** `GET /api/sync/conflicts?state=open|resolved`, newest first; default the open ones. */
export interface ConflictSummary {
  readonly locator: string;
  readonly command: string;
  /** Whose work was refused. */
  readonly user: string;
  readonly userName: string;
  readonly device: string;
  /** Whether it was made here. */
  readonly own: boolean;
  readonly at: number;
  readonly state: 'open' | 'resolved';
  /** What it is about: the policy's number or the policyholder's name. */
  readonly title: string;
  /** Of the policy, where there is one. */
  readonly policyLocator: string | null;
  readonly reason: ConflictReason;
  /** The first refusal that this one followed (SY16). */
  readonly follows: string | null;
}
export type ConflictReason =
  | 'moved-on'
  | 'follows'
  | 'invalid-record'
  | 'unlawful'
  | 'number-taken'
  | 'number-not-granted';

/** `GET /api/sync/conflicts/{locator}` */
export interface ConflictDetail extends ConflictSummary {
  readonly records: readonly ConflictRecordSides[];
  /**
   * What it comes to in money, where both sides carry a price; of a refused change of an issued policy: the gross premium as it stands, and
   * the same with what the change did to the premium it was priced on.
   */
  readonly premium: { readonly currency: string; readonly theirs: string; readonly mine: string } | null;
  readonly choices: readonly ConflictChoice[];
  readonly resolution: {
    readonly choice: 'theirs' | 'mine' | 'fields';
    /** The name of who resolved it. */
    readonly by: string;
    readonly at: number;
  } | null;
}
export interface ConflictRecordSides {
  readonly type: string;
  readonly locator: string;
  readonly title: string;
  /** What both came from, what stands now, what was refused; null: there was none, or it is not known here. */
  readonly before: JsonValue;
  readonly theirs: JsonValue;
  readonly mine: JsonValue;
  /** Where they differ; `clash`: both sides changed it. Paths as in `exposures[<locator>].fieldValues.color`. */
  readonly fields: readonly {
    readonly path: string;
    readonly before?: JsonValue;
    readonly theirs?: JsonValue;
    readonly mine?: JsonValue;
    readonly clash: boolean;
  }[];
}
/** `POST /api/sync/conflicts/{locator}/resolve`; answers the ConflictDetail. `fields`: by record, the paths to take from `mine`. */
export interface ConflictResolution {
  readonly choice: 'theirs' | 'mine' | 'fields';
  readonly fields?: readonly { readonly type: string; readonly locator: string; readonly paths: readonly string[] }[];
}

// `GET /api/sync/departure?days=3` answers the Departure of core/model/departure.ts.
