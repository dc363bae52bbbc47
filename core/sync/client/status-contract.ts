/** What a person may know of replication; the door answers it as it is. Times are milliseconds. */

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
  /** `files`: that are here and not in the cloud; `fetches`: that records name and that have not come yet. */
  readonly waiting: {
    readonly entries: number;
    readonly bytes: number;
    readonly files: number;
    readonly fetches: number;
  };
  /** Items of a newer version that are kept until the update (SY42). */
  readonly parked: number;
  /** The cloud was set back to a backup since (SY97): its time, and how many pieces of work are sent again from here, and of others stand aside; null once it was read. */
  readonly setBack: { readonly at: number; readonly again: number; readonly lost: number } | null;
  /** Pieces of others' work that the cloud lost and nobody sent again yet (SY98). */
  readonly lost: number;
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
      readonly reason: 'device-too-old' | 'cloud-too-old' | 'cloud-behind' | 'revoked' | 'wiped' | 'disk-full';
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
