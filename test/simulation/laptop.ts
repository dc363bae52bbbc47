import type { JsonObject } from '#core/model/json.ts';
import type { RecordKey, Version } from '#core/store/replica/contract.ts';
import { applied } from '#core/store/replica/plan.ts';
import type { PushedChange, PushedEntry } from '#core/sync/contract.ts';
import type { Logged } from './authority.ts';
import { hashOf, nameOf, type Table } from './records.ts';

/** A change that a command makes; what it is made from is what the laptop shows. */
export interface Made extends RecordKey {
  readonly record: JsonObject | null;
}

/** A laptop's store in memory. What its methods do is one transaction: done or not. */
export class Laptop {
  readonly device: string;
  /** Its own entries in order; never shortened. */
  readonly journal: PushedEntry[] = [];
  readonly shown: Table = new Map();
  readonly #confirmed = new Map<string, Version | 'none'>();
  /** Log position that it has applied. */
  position = 0;
  /** Sequence of its last own entry that it has seen in the log. */
  settled = 0;

  constructor(device: string) {
    this.device = device;
  }

  /** What is made from a version that the caller read: a version that moved on refuses (store, J6). */
  commit(command: string, user: string, at: number, made: readonly Made[]): PushedEntry {
    const sequence = this.journal.length + 1;
    const id = `${this.device}.${sequence}`;
    const changes = made.map(({ type, locator, record }): PushedChange => {
      const shown = this.shown.get(nameOf({ type, locator }));
      return { type, locator, base: shown?.etag ?? null, version: (shown?.version ?? 0) + 1, record };
    });
    const body = {
      device: this.device,
      sequence,
      id,
      previousHash: this.journal.at(-1)?.hash ?? '0'.repeat(64),
      seen: this.position,
      command,
      user,
      at,
      changes,
    };
    const entry = { ...body, hash: hashOf(body) };
    for (const change of changes) {
      const name = nameOf(change);
      if (!this.#confirmed.has(name)) this.#confirmed.set(name, this.shown.get(name) ?? 'none');
      this.#show(name, { version: change.version, etag: id, record: change.record });
    }
    this.journal.push(entry);
    return entry;
  }

  /** The next item of the log. */
  apply({ item, entry }: Logged): void {
    const writes = applied(item, {
      owns: ({ device }) => device === this.device,
      position: this.position,
      shown: (key) => this.shown.get(nameOf(key)),
      confirmed: (key) => this.#confirmed.get(nameOf(key)),
      pendingBehind: (key, { sequence }) =>
        this.journal.slice(sequence).some(({ changes }) => changes.some((change) => nameOf(change) === nameOf(key))),
      inEntry: (key) => entry.changes.find((change) => nameOf(change) === nameOf(key))?.record,
    });
    for (const write of writes) {
      const name = nameOf(write);
      if (write.write === 'forget-confirmed') {
        this.#confirmed.delete(name);
        continue;
      }
      const { version, etag, record } = write;
      if (write.write === 'confirmed') this.#confirmed.set(name, { version, etag, record });
      else this.#show(name, { version, etag, record });
    }
    this.position = item.position;
    if (item.device === this.device) this.settled = item.sequence;
  }

  get pending(): number {
    return this.journal.length - this.settled;
  }
  /** Records of which it keeps a confirmed version beside its own. */
  get beside(): number {
    return this.#confirmed.size;
  }

  /** Nobody may save over what he has not seen: other content has a higher number (SY3). */
  #show(name: string, next: Version): void {
    const before = this.shown.get(name);
    if (before && next.version <= before.version && next.etag !== before.etag)
      throw new Error(`${name} goes from ${before.version} (${before.etag}) to ${next.version} (${next.etag})`);
    this.shown.set(name, next);
  }
}
