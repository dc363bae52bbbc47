import type { JsonObject } from '#core/model/json.ts';
import type { JournalEntry, Store } from '../contract.ts';
import type { BodyChange, EntryBody } from '../entry.ts';
import type { IndexedField } from '../members.ts';
import type { Seal } from '../personal.ts';
import type { Effect, Etag, LogItem, Outcome, RecordKey } from './contract.ts';
import type { Becoming } from './identity.ts';

/** Key of a person, in base64, empty where it was thrown away before it was ever sent; `id` is what seals name. */
export interface PersonKey {
  readonly id: string;
  readonly person: string;
  readonly key: string;
}
/** An entry that waits, as it is sent (core/sync/protocol.ts, EntryHead). */
export interface OutgoingEntry {
  readonly sequence: number;
  readonly id: string;
  readonly hash: string;
  /** Log position that was applied when it was made. */
  readonly seen: number;
  /** What each change of the entry was made from, in its order; null: new, or not replicated. */
  readonly bases: readonly (Etag | null)[];
  /** Keys that it is the first to seal with. */
  readonly keys: readonly PersonKey[];
  /** The log held it before the cloud was set back. */
  readonly again?: boolean | undefined;
  /** Its text as the journal keeps it: compressed, sealed. */
  readonly body: Uint8Array;
}
/**
 * A record that came, as the tables take it. It is made without the database, by whoever has the time for it
 * (core/sync/client/page-reader.ts): unpacking, opening and writing out take as long as the tables.
 */
export interface Ready {
  /** Canonical text, in the clear; null: gone. */
  readonly text: string | null;
  /** What it is found by, where it was written with the schema of this program. */
  readonly fields: readonly IndexedField[];
  /** What it was opened with: it counts only where the store holds that key, and nobody was erased. */
  readonly key?: PersonKey | undefined;
}
/** An entry as far as an item of the log needs it. */
export interface ReadEntry extends Pick<EntryBody, 'id' | 'sequence' | 'command'> {
  readonly changes: readonly (Omit<BodyChange, 'record'> & { readonly ready: Ready | undefined })[];
}

/** An effect as it comes: `record` sealed. */
export interface IncomingEffect extends Effect {
  readonly seal?: Seal | undefined;
  /** Upgrade steps that `record` was written after; absent without one. */
  readonly schema?: number | undefined;
}
/** An item of the log as it comes (ItemHead). */
export interface IncomingItem extends Omit<LogItem, 'effects'> {
  readonly effects: readonly IncomingEffect[];
  /** Keys that the entry is sealed with; without one the person was erased. */
  readonly keys: readonly PersonKey[];
  /** The entry's text, compressed; empty for the device's own. */
  readonly body: Uint8Array;
  /** The entry, where somebody has read it already. */
  readonly read?: ReadEntry | undefined;
}
/** A page of the log's heads, newest first (SY43). */
export interface SnapshotPage {
  /** Position that the heads are of. */
  readonly at: number;
  /** Where the next page begins; absent: this is the last. */
  readonly next?: string | undefined;
  /** Records in all. */
  readonly total: number;
  /** Only a part of the page: the place stays where the page begins, and comes with its last part. */
  readonly part?: boolean;
  readonly records: readonly (RecordKey & {
    readonly version: number;
    readonly etag: Etag;
    readonly schema: number;
    readonly seal?: Seal | undefined;
    readonly keys: readonly PersonKey[];
    /** Canonical text of the record in UTF-8, sealed; empty: a tombstone. */
    readonly body: Uint8Array;
    /** The record, where somebody has read it already. */
    readonly ready?: Ready | undefined;
  })[];
}
/** Records that are there and would be others, or gone, of all that are there. */
export interface Share {
  readonly changed: number;
  readonly deleted: number;
  /** Counts: not for every look. */
  of(): number;
}
export interface ReplicaStatus {
  /** The identity that it takes (beginIdentity); undefined: it has its own. */
  readonly becoming: Becoming | undefined;
  /** Log position that is applied here. */
  readonly position: number;
  /** Last sequence of this device that is known to stand in the log, and the last there is. */
  readonly settled: number;
  readonly lastSequence: number;
  /** Entries that wait, and their bytes as they are sent. */
  readonly waiting: { readonly entries: number; readonly bytes: number };
  readonly parked: number;
  /** Entries that stood in a log that was set back and that did not come again: of other devices, or of who this one was (SPEC J67). */
  readonly lost: number;
  /** Records of the first fetch that are not indexed yet: words do not find them, and the list of risks misses theirs. */
  readonly unindexed: number;
  /** Where the first fetch stands; undefined: it is complete. `at` is undefined before the first page. */
  readonly snapshot: { readonly at?: number; readonly next?: string; readonly done: number } | undefined;
}
/** An entry with what the log says of it. */
export interface LoggedEntry extends JournalEntry {
  readonly bases: readonly (Etag | null)[];
  readonly logPosition: number | null;
  /** Place that it had in a part of the log that was lost; null: none. */
  readonly lostAt: number | null;
  readonly outcome: Outcome | null;
  /** Bytes as it is sent. */
  readonly bytes: number;
}

/** A file that has not crossed yet. */
export interface WaitingFile {
  readonly hash: string;
  /** It is here, and the cloud may not have it; otherwise it is elsewhere. */
  readonly own: boolean;
  /** How often the cloud did not have it. */
  readonly tries: number;
}
/** Files that this store names and that have not crossed yet (SPEC J59). Each call is one transaction. */
export interface WaitingFiles {
  counts(): { readonly own: number; readonly others: number };
  /**
   * Notes the files that the next entries of this store's journal name, and at first those of the records that the first fetch brought,
   * in the order in which they are to move. @returns whether there is more to look at
   */
  look(entries: number, has: (hash: string) => Promise<boolean>): Promise<boolean>;
  /** Those whose time has come, the longest due first. */
  due(now: number, limit: number): readonly WaitingFile[];
  crossed(hash: string): void;
  /** The cloud did not have it: it is asked for again then. */
  later(hash: string, due: number): void;
  /** Whether it waits; it is asked for at the next occasion. */
  wanted(hash: string): boolean;
}

/** What going back did. */
export interface Rewound {
  /** Entries of this device that wait again, and of others that stand aside. */
  readonly again: number;
  readonly lost: number;
  /** Persons whom entries that stand aside forgot: they are to be forgotten again. */
  readonly erased: readonly string[];
}

/** The device's side of replication (core/store/SPEC.md J50 and on). Each call is one transaction: done or not. */
export interface Replication {
  /** Undefined: a stand-alone store. */
  status(): ReplicaStatus | undefined;
  /** From now on everything that is here waits for the log; nothing is written twice when it is asked again. */
  enrol(): void;
  /** Entries behind a sequence that wait, in order: at least one if there is any, however large. */
  pending(after: number, mostEntries: number, mostBytes: number): readonly OutgoingEntry[];
  /** The entries that wait, oldest first, in the clear. */
  waiting(limit: number): readonly LoggedEntry[];
  /**
   * The next items of the log; those that are applied already are passed over. Throws `wrong-state` with `details.fork` when the log
   * holds other entries of this device than this store: it was restored from a backup (SY11).
   * @param allow told what the items would do, in the transaction: when it throws, nothing is done
   */
  apply(
    items: readonly IncomingItem[],
    allow?: (counts: Share) => void,
  ): { readonly applied: number; readonly parked: number };
  /** What the entries that wait would do to records that the log holds. */
  share(): Share;
  /** Applies what was parked and can be read now, in order. @returns how many */
  replayParked(): number;
  /** One page of the first fetch, or a part of one. What it brings is found by its members at once, by its words once it is indexed. */
  applySnapshot(page: SnapshotPage): void;
  /** A first fetch that is not complete begins again, with the heads of another position. */
  fetchAgain(): void;
  /** Indexes some of what the first fetch brought, newest first. @returns whether there is more to do now */
  indexSome(): boolean;
  /** Files that have not crossed yet. */
  readonly files: WaitingFiles;
  /** A note of the client about this store, in no journal: how far it has come with something. */
  mark(name: string): string | undefined;
  setMark(name: string, value: string): void;
  /** Sequences of a device, behind one, that came here from the log, in order. */
  logged(device: string, after: number): readonly number[];
  /** Hash of an entry of this device: what the log must say too. */
  hashAt(sequence: number): string | undefined;
  /**
   * The log holds other entries under this device's name (SY11): begins to take a new identity, under which the log is fetched to its
   * end; until then nothing is pending. Asked again it gives the one that was begun.
   * @param next the one that the cloud took in; a new one when absent
   */
  beginIdentity(next?: string): Becoming;
  /** The log was fetched to its end: what it does not hold is journaled again under the new identity. */
  endIdentity(): void;
  /**
   * The cloud was set back (SPEC J67): goes back to the last position that both hold alike. What this device made behind it waits
   * again; what others made stands aside until it comes again. What is noted are marks (setMark) of the same transaction.
   * @returns undefined: it had met nothing of what was lost
   */
  rewind(
    position: number,
    notes: (rewound: Rewound | undefined) => Readonly<Record<string, string>>,
  ): Rewound | undefined;
  /** What stands aside, in the order of the log that was lost, in the clear. */
  lost(limit: number): readonly LoggedEntry[];
  /** An entry by its id. */
  entry(id: string): LoggedEntry | undefined;
  /** A record as a version held it; undefined: that version is not known here, null: gone. */
  versionAt(key: RecordKey, etag: Etag): JsonObject | null | undefined;
  /** What version of a record is shown here. */
  etagOf(key: RecordKey): Etag | undefined;
}
/** A store as it is opened: whether it has a cloud is for `replication.status()` to say. */
export interface ReplicatedStore extends Store {
  readonly replication: Replication;
}
