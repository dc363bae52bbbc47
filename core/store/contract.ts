import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { RiskPage, RiskQuery } from './risk-contract.ts';

/** Who does something. Every write has one. */
export interface Actor {
  readonly user: string;
  readonly name: string;
}
/** One command of one person: accepted or refused whole, one journal entry (settled questions, 7). */
export interface Command {
  /** e.g. `policy.finalize`; with its version names the meaning of the arguments. */
  readonly name: string;
  readonly version: number;
  readonly arguments: JsonObject;
  readonly actor: Actor;
  /** Wall time, milliseconds; display only, never an order. */
  readonly at: number;
  /** Commit of the configuration that it ran under, where there is one. */
  readonly configuration?: string;
  /** What must come with the arguments for personal data: see Change.personal. */
  readonly personal?: Personal;
}
/** The change of one record. `record: null` deletes (a tombstone stays). */
export interface Change {
  readonly type: RecordType;
  readonly locator: string;
  /** Version that the change was made from: 0 = create. A record that moved on refuses the whole command (version-conflict). */
  readonly base: number;
  readonly record: JsonObject | null;
  readonly personal?: Personal;
}
/** Members that hold personal data, encrypted in the journal with the person's own key, so that erasure never breaks the chain. */
export interface Personal {
  /** Locator of the policyholder whose key it is. */
  readonly person: string;
  /** Paths into the record or the arguments, e.g. `entity.values`; a path into a list applies to every item. */
  readonly paths: readonly string[];
}
export type RecordType =
  | 'policyholder'
  | 'policy'
  | 'quote'
  | 'invoice'
  | 'document'
  | 'media'
  | 'auxData'
  | 'user'
  | 'configuration'
  | 'setting'
  | 'worksheet'
  | 'counter'
  | 'job'
  | 'transaction'
  | 'payment'
  | 'billing'
  | 'gracePeriod'
  | 'integration'
  | 'exchange'
  | 'rerate'
  | 'claim'
  | 'subclaim'
  | 'note'
  | 'conflict';

export interface StoredRecord<T = JsonObject> {
  readonly type: RecordType;
  readonly locator: string;
  readonly version: number;
  readonly record: T;
}
export interface JournalEntry {
  readonly id: string;
  readonly device: string;
  /** Gapless from 1 per device. */
  readonly sequence: number;
  readonly command: string;
  readonly commandVersion: number;
  readonly arguments: JsonValue;
  readonly user: string;
  readonly at: number;
  readonly configuration: string | null;
  readonly engine: string;
  readonly changes: readonly {
    readonly type: RecordType;
    readonly locator: string;
    readonly base: number;
    readonly version: number;
    readonly record: JsonValue;
  }[];
  readonly previousHash: string;
  readonly hash: string;
}
export interface VerifyReport {
  readonly ok: boolean;
  readonly entries: number;
  readonly records: number;
  readonly blobs: number;
  /** Files that another device made and that have not come yet: no damage (core/sync/SPEC.md SY86). */
  readonly notFetched: number;
  /** Each damage in one sentence with its place. */
  readonly faults: readonly string[];
}
/** What the store is, in versions and counts. */
export interface StoreDescription {
  /** Version of SQLite. */
  readonly sqlite: string;
  /** What the database is encrypted with. */
  readonly cipher: string;
  /** Newest migration that was run. */
  readonly migrations: number;
  /** Entries of the journal. */
  readonly entries: number;
  /** Current records by type. */
  readonly records: Readonly<Record<string, number>>;
}
export interface Blobs {
  /** Durable before it returns. @returns the SHA-256 (hex) of the content: its name. */
  put(bytes: Uint8Array): Promise<string>;
  /** Throws store-damaged when the content no longer matches its name. */
  get(hash: string): Promise<Uint8Array | undefined>;
  /** Whether its file is here; whether it is whole is what `get` tells. */
  has(hash: string): Promise<boolean>;
}
export interface Store {
  /** Its identity in the journal; a store that was restored from a backup goes on under a new one. */
  readonly device: string;
  readonly blobs: Blobs;
  /** The only write path: durable when it returns. Throws version-conflict, disk-full, store-damaged. */
  commit(command: Command, changes: readonly Change[]): JournalEntry;
  get(type: RecordType, locator: string): StoredRecord | undefined;
  /** By locator (UUID v7: by creation), from behind `after` on; all of them without a limit. */
  list(
    type: RecordType,
    options?: { readonly after?: string; readonly limit?: number; readonly newestFirst?: boolean },
  ): readonly StoredRecord[];
  /** Records of a type whose indexed member equals a value, e.g. invoices of a policy. */
  find(type: RecordType, member: string, value: string): readonly StoredRecord[];
  /** A page of the list of risks, and how many there are in all (J40–J43). */
  risks(query: RiskQuery): RiskPage;
  /** Full text over what people search: policyholders, policies, quotes, claims, documents. */
  search(
    text: string,
    limit: number,
  ): readonly {
    readonly type: RecordType;
    readonly locator: string;
    readonly title: string;
    readonly snippet: string;
  }[];
  /** The entries that changed a record, oldest first, each with all its changes. */
  history(type: RecordType, locator: string): readonly JournalEntry[];
  /**
   * Forgets a person (settled questions, 7): empties the personal members of every current record as a command `person.erase`
   * and throws the person's key away, so that older versions show them empty too.
   * @param person locator of the policyholder @param at milliseconds
   */
  erasePerson(person: string, actor: Actor, at: number): JournalEntry;
  /** Makes records and projections again from the journal, in one transaction. */
  rebuild(): void;
  /**
   * Every record, tombstones too, as lines of canonical JSON by type and locator: equal states give equal bytes.
   * @param options `replicated`: only what all devices share, with etags
   */
  exportCanonical(options?: { readonly replicated?: boolean }): Iterable<string>;
  verify(): Promise<VerifyReport>;
  describe(): StoreDescription;
  /** Online backup into a new folder, encrypted with the same key and verified; safe while in use. Refuses to overwrite. */
  backup(target: string): Promise<void>;
  close(): void;
}
