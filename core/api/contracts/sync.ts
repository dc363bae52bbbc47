import type { JsonValue } from '#core/model/json.ts';

/** What the resources of replication take and answer (core/sync/SPEC.md). Times are milliseconds, amounts text. */

/** `GET /api/sync`, and the answer of every command below but `resolve`. */
export interface SyncStatus {
  /** Null: a stand-alone workbench. */
  readonly cloud: {
    readonly tenantName: string;
    /** In the order in which they are tried. */
    readonly addresses: readonly string[];
    /** The one that answered last. */
    readonly address: string | null;
  } | null;
  /** Its identity. */
  readonly device: string;
  /** False: nothing is sent or fetched until somebody switches it on or asks for it. */
  readonly on: boolean;
  /** Entries only: documents and other files wait for another network. */
  readonly metered: boolean;
  readonly activity: SyncActivity;
  /** Why it stands still, where a person has to do something. */
  readonly blocked: SyncBlocked | null;
  /** Position of the log that is applied here, and the last that the cloud told of. */
  readonly position: number;
  readonly cloudPosition: number | null;
  /** False until the first fetch is complete; the workbench is usable meanwhile (SY43). */
  readonly complete: boolean;
  readonly waiting: { readonly entries: number; readonly bytes: number; readonly files: number };
  /** Items of a newer version that are kept until the update (SY42). */
  readonly parked: number;
  readonly conflicts: number;
  /** When both sides last agreed. */
  readonly lastSuccess: number | null;
  readonly lastFailure: { readonly at: number; readonly message: string } | null;
  /** When it tries again by itself. */
  readonly nextTry: number | null;
  /** The cloud's clock minus this one's: advice, never a gate (SY50). */
  readonly clockOffset: number | null;
  /** Bytes since this program started. */
  readonly traffic: { readonly sent: number; readonly received: number };
  readonly numbers: readonly { readonly series: string; readonly left: number }[];
}
export type SyncActivity =
  | { readonly phase: 'off' | 'waiting' | 'handshaking' | 'blocked' }
  /** `done` of `total` records, entries or files; `total` null: not known yet. */
  | {
      readonly phase: 'snapshot' | 'pulling' | 'pushing' | 'blobs';
      readonly done: number;
      readonly total: number | null;
      readonly bytes: number;
    };
export type SyncBlocked =
  | {
      readonly reason: 'device-too-old' | 'cloud-too-old' | 'revoked' | 'wiped' | 'disk-full';
      readonly message: string;
    }
  /** SY60: goes on after `POST /api/sync/confirm`. */
  | {
      readonly reason: 'brake';
      readonly message: string;
      readonly direction: 'push' | 'pull';
      readonly changed: number;
      readonly deleted: number;
      readonly of: number;
    }
  /** The store was restored from a backup: it goes on under a new identity after `POST /api/sync/enrol` with a new code (SY11). */
  | { readonly reason: 'fork'; readonly message: string };

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

/** `GET /api/sync/waiting`: what is not in the cloud yet, oldest first, at most 200. */
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
  /** What it comes to in money, where both sides carry a price. */
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
export interface ConflictChoice {
  readonly choice: 'theirs' | 'mine' | 'fields';
  readonly recommended: boolean;
  /** False: `mine` and `fields` only where what stands is a draft. `why` then says what to do instead. */
  readonly possible: boolean;
  readonly why: ConflictWhy;
}
export type ConflictWhy =
  /** It stands; one's own was no more than that. */
  | 'same'
  | 'keep-what-stands'
  | 'put-mine-on-top'
  | 'choose-by-field'
  /** Issued, cancelled or billed: make the change again on what stands now. */
  | 'make-it-again'
  /** What it was a change of is gone. */
  | 'gone'
  /** Resolve the one that it follows first. */
  | 'after-the-first';

/** `POST /api/sync/conflicts/{locator}/resolve`; answers the ConflictDetail. `fields`: by record, the paths to take from `mine`. */
export interface ConflictResolution {
  readonly choice: 'theirs' | 'mine' | 'fields';
  readonly fields?: readonly { readonly type: string; readonly locator: string; readonly paths: readonly string[] }[];
}

// `GET /api/sync/departure?days=3` answers the Departure of core/model/departure.ts.
