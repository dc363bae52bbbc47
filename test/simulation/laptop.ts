import type { Series } from '#core/desk/numbers.ts';
import type { LogItem, RecordKey, Version } from '#core/store/replica/contract.ts';
import { applied, appliedParked, type ReplicaView } from '#core/store/replica/plan.ts';
import type { PushedChange, PushedEntry } from '#core/sync/contract.ts';
import type { SetBack } from '#core/sync/set-back.ts';
import type { Logged, Page, Range } from './authority.ts';
import { hashOf, nameOf, type Table } from './records.ts';

/** A change that a command makes; what it is made from is what the laptop shows. */
export interface Made extends RecordKey {
  /** It is new: where there is one already, nothing is done (store, J6). */
  readonly fresh?: true;
  readonly record: PushedChange['record'];
}
export const START = '0'.repeat(64);

/** The process ended, or a write failed: what the transaction had done until then never was. */
export class Died extends Error {
  /** What its client did. */
  inRound = false;
}
/** The log holds what another life of this store made. */
class OtherLife extends Error {}

/** What lies on a laptop's disk. */
interface Disk {
  device: string;
  /** Own entries by identity, in order; an identity that was left is cut to what the log holds of it. */
  journals: Map<string, PushedEntry[]>;
  shown: Table;
  confirmed: Map<string, Version | 'none'>;
  /** Log position that it has applied. */
  position: number;
  /** Sequence of the last entry of its identity that it has seen in the log. */
  settled: number;
  /** Effects that it can not read yet, in the order of the log (SY42). */
  parked: Logged[];
  parkedNames: Set<string>;
  /** Refused entries of anybody, for who resolves their conflicts. */
  refused: Map<string, PushedEntry>;
  numbers: Range[];
  /** How far a first sync has come; undefined: it is done. */
  joining: { at: number | undefined; after: string | undefined } | undefined;
  /** What it has applied, behind `base`, in the order of the log: what it can go back over. */
  applied: Logged[];
  /** The heads that its first sync brought, and their position. */
  base: Table;
  baseline: number;
  /** What it knows its cloud went through (SY96). */
  setBacks: readonly SetBack[];
  /** What stands aside: applied from a log that was set back, and not there again (SY98). */
  lost: Logged[];
  /** Its identity was used twice, or turned away (SY11): the new one, and how far to pull before it takes over. */
  forked: { device: string; until: number } | undefined;
}

/** A laptop's store in memory. What its methods do is one transaction: done or not. */
export class Laptop {
  disk: Disk;
  /** Newest record format that its program reads. */
  format: number;
  /** Writes until it dies; undefined: it lives. */
  fuse: number | undefined;
  #undo: (() => void)[] = [];
  #made = 0;
  /** What was done to records that were there. */
  #changed = 0;
  #deleted = 0;
  /** What is applied answers what was made here: nothing of that is counted (SY60). */
  #answer = false;
  /** Places that its own entries had in what the log lost. */
  readonly lostAt = new Map<string, number>();
  /** How many entries stood aside, ever. */
  stoodAside = 0;
  /** Ids that entries had before they were journaled again. */
  readonly renamed = new Map<string, string>();

  constructor(device: string, format: number, joining: Disk['joining']) {
    this.format = format;
    this.disk = {
      device,
      journals: new Map([[device, []]]),
      shown: new Map(),
      confirmed: new Map(),
      position: 0,
      settled: 0,
      parked: [],
      parkedNames: new Set(),
      refused: new Map(),
      numbers: [],
      joining,
      applied: [],
      base: new Map(),
      baseline: 0,
      setBacks: [],
      lost: [],
      forked: undefined,
    };
  }

  get device(): string {
    return this.disk.device;
  }
  get shown(): Table {
    return this.disk.shown;
  }
  get refused(): ReadonlyMap<string, PushedEntry> {
    return this.disk.refused;
  }
  /** Entries of its present identity. */
  get journal(): readonly PushedEntry[] {
    return this.disk.journals.get(this.device) ?? [];
  }
  get pending(): readonly PushedEntry[] {
    return this.journal.slice(this.disk.settled);
  }

  /** What its entries that wait would do to records that the log holds. */
  share(): { readonly changed: number; readonly deleted: number } {
    const counts = { changed: 0, deleted: 0 };
    for (const [name, version] of this.disk.confirmed)
      if (version !== 'none' && version.record) counts[this.shown.get(name)?.record ? 'changed' : 'deleted'] += 1;
    return counts;
  }

  /** A copy of the disk, as a backup has it. */
  backup(): Disk {
    const { disk } = this;
    return {
      ...disk,
      journals: new Map([...disk.journals].map(([device, entries]) => [device, [...entries]])),
      shown: new Map(disk.shown),
      confirmed: new Map(disk.confirmed),
      parked: [...disk.parked],
      parkedNames: new Set(disk.parkedNames),
      refused: new Map(disk.refused),
      numbers: [...disk.numbers],
      joining: disk.joining && { ...disk.joining },
      applied: [...disk.applied],
      base: new Map(disk.base),
      lost: [...disk.lost],
      forked: disk.forked && { ...disk.forked },
    };
  }

  /** What is made from a version that the caller read: a version that moved on refuses (store, J6). Undefined: it can not be done here. */
  commit(command: string, user: string, at: number, made: readonly Made[]): PushedEntry | undefined {
    // A record that is not understood whole is not edited (SY42).
    if (made.some((one) => this.disk.parkedNames.has(nameOf(one)))) return undefined;
    if (made.some((one) => one.fresh && this.shown.has(nameOf(one)))) return undefined;
    return this.#transaction(() => {
      const changes = made.map(({ type, locator, record }): PushedChange => {
        const shown = this.shown.get(nameOf({ type, locator }));
        return { type, locator, base: shown?.etag ?? null, version: (shown?.version ?? 0) + 1, record };
      });
      const id = this.#newId();
      const entry = this.#append({ id, seen: this.disk.position, command, user, at, changes });
      for (const change of changes) {
        const name = nameOf(change);
        if (!this.disk.confirmed.has(name)) this.#put(this.disk.confirmed, name, this.shown.get(name) ?? 'none');
        this.#show(name, { version: change.version, etag: id, record: change.record });
      }
      return entry;
    });
  }

  /** The next number of a series out of its ranges: undefined when they are used up. */
  takeNumber(series: Series): string | undefined {
    const { numbers } = this.disk;
    const i = numbers.findIndex((range) => range.series === series && range.first <= range.last);
    const range = numbers[i];
    if (!range) return undefined;
    numbers[i] = { ...range, first: range.first + 1 };
    return String(range.first);
  }
  addNumbers(range: Range): void {
    this.#transaction(() => this.#add(this.disk.numbers, range));
  }

  /**
   * The next items of the log, in one transaction. @returns false when another life of this store made one (SY11): nothing is done
   * @param allow told what was done to records that were there: when it throws, nothing is done
   */
  apply(items: readonly Logged[], allow?: (changed: number, deleted: number) => void): boolean {
    try {
      this.#transaction(() => {
        this.#changed = 0;
        this.#deleted = 0;
        for (const logged of items) this.#applyOne(logged);
        allow?.(this.#changed, this.#deleted);
      });
      return true;
    } catch (error) {
      if (error instanceof OtherLife) return false;
      throw error;
    }
  }
  #applyOne({ item, entry }: Logged): void {
    const own = this.#owns(item);
    this.#answer = own;
    if (item.device === this.device && !own && !this.disk.forked) throw new OtherLife();
    if (item.position !== this.disk.position + 1) throw new Error(`${item.position} does not follow`);
    const readable = item.effects.filter((effect) => {
      const name = nameOf(effect);
      const record =
        effect.record === undefined ? entry.changes.find((c) => nameOf(c) === name)?.record : effect.record;
      if (this.disk.parkedNames.has(name)) return false;
      return effect.from === 'head' || Number(record?.format ?? 1) <= this.format;
    });
    this.#write(applied({ ...item, effects: readable }, this.#view(entry)));
    const parked = item.effects.filter((effect) => !readable.includes(effect));
    if (parked.length > 0) {
      this.#add(this.disk.parked, { item: { ...item, effects: parked }, entry });
      const before = this.disk.parkedNames;
      this.#assign('parkedNames', new Set([...before, ...parked.map(nameOf)]));
    }
    if (item.outcome === 'refused') this.#put(this.disk.refused, item.id, entry);
    this.#assign('position', item.position);
    this.#add(this.disk.applied, { item, entry });
    if (this.disk.lost.some((one) => one.item.id === item.id))
      this.#assign(
        'lost',
        this.disk.lost.filter((one) => one.item.id !== item.id),
      );
    if (own && item.device === this.device) this.#assign('settled', item.sequence);
  }

  /** The program is a newer one: what was parked is understood. */
  upgrade(): void {
    this.#transaction(() => {
      for (const { item, entry } of this.disk.parked) this.#write(appliedParked(item, this.#view(entry)));
      this.#assign('parked', []);
      this.#assign('parkedNames', new Set());
    });
    this.format = 2;
  }

  /** A page of a first sync; what it already made of a record stays shown (SY43). */
  join({ at, records, next }: Page, asked: Disk['joining']): void {
    const { joining } = this.disk;
    // Only the page that comes next: one that answers an earlier question would leave records out.
    if (!joining || joining.at !== asked?.at || joining.after !== asked?.after) return;
    this.#transaction(() => {
      this.#assign('position', at);
      for (const [name, version] of records) {
        this.#put(this.disk.base, name, version);
        const known = this.disk.confirmed.get(name);
        if (known === undefined) this.#show(name, version);
        else this.#put(this.disk.confirmed, name, version);
      }
      this.#assign('joining', next === undefined ? undefined : { at, after: next });
      this.#assign('baseline', at);
    });
  }

  /** Its cloud was set back: it goes back to where both are the same (SY97). */
  rewind(to: number | undefined, setBacks: readonly SetBack[]): void {
    this.#transaction(() => {
      this.#assign('setBacks', setBacks);
      const { position, joining, forked } = this.disk;
      if (to !== undefined && forked) this.#assign('forked', { ...forked, until: Math.min(forked.until, to) });
      if (to !== undefined && (position > to || (joining?.at ?? 0) > to)) this.#goBack(to);
    });
  }
  #goBack(to: number): void {
    const { disk } = this;
    const whole = !disk.joining && disk.baseline <= to;
    const kept = disk.applied.filter(({ item }) => item.position <= to);
    const gone = disk.applied.filter(({ item }) => item.position > to);
    const mine = gone.filter(({ item }) => item.device === this.device && this.#owns(item));
    this.#assign('settled', this.journal.filter((_, i) => i < disk.settled - mine.length).length);
    this.#assign('lost', [...disk.lost, ...gone.filter((one) => !mine.includes(one))]);
    for (const { item } of mine) this.lostAt.set(item.id, item.position);
    this.stoodAside += gone.length - mine.length;
    this.#assign('applied', kept);
    this.#assign('position', Math.min(disk.position, to));
    // An identity that was left is cut to what the log still holds of it.
    for (const { item } of gone)
      if (item.device !== this.device && this.#owns(item))
        this.#put(disk.journals, item.device, disk.journals.get(item.device)?.slice(0, item.sequence - 1) ?? []);
    const pending = this.pending.map((entry) => ({ ...entry, seen: Math.min(entry.seen, to) }));
    this.#put(disk.journals, this.device, [...this.journal.slice(0, disk.settled), ...pending]);
    const parked = disk.parked.filter(({ item }) => whole && item.position <= to);
    this.#assign('parked', parked);
    this.#assign('parkedNames', new Set(parked.flatMap(({ item }) => item.effects.map(nameOf))));
    if (!whole) {
      this.#assign('base', new Map());
      this.#assign('baseline', to);
      this.#assign('joining', { at: to, after: undefined });
    }
    this.#assign('shown', this.#folded(kept.filter(({ item }) => item.position > disk.baseline)));
    this.#assign('confirmed', new Map());
    for (const { id, changes } of pending)
      for (const { type, locator, version, record } of changes) {
        const name = nameOf({ type, locator });
        if (!disk.confirmed.has(name)) disk.confirmed.set(name, disk.shown.get(name) ?? 'none');
        disk.shown.set(name, { version, etag: id, record });
      }
  }
  /** What the log said there, of what its program could read. */
  #folded(applied: readonly Logged[]): Table {
    const table: Table = new Map(this.disk.base);
    for (const { item, entry } of applied) {
      const later = this.disk.parked.filter((one) => one.item.position === item.position);
      const parked = new Set(later.flatMap((one) => one.item.effects.map(nameOf)));
      for (const effect of item.effects) {
        const { version, etag, from } = effect;
        const name = nameOf(effect);
        if (parked.has(name)) continue;
        const made = from === 'entry' ? entry.changes.find((one) => nameOf(one) === name)?.record : undefined;
        table.set(name, { version, etag, record: effect.record ?? made ?? table.get(name)?.record ?? null });
      }
    }
    return table;
  }

  /** It was enrolled again, when the log had got to `until`. */
  enrolled(device: string, until: number): void {
    if (this.disk.forked) return;
    this.#transaction(() => this.#assign('forked', { device, until }));
  }
  /** Journals what the log does not hold again under the new identity. */
  goOn(): void {
    const { forked } = this.disk;
    if (!forked) return;
    if (this.disk.position < forked.until) throw new Error(`${forked.device} begins before it has the log (SY11)`);
    const { device } = forked;
    this.#transaction(() => {
      const { pending, disk } = this;
      this.#put(disk.journals, this.device, this.journal.slice(0, disk.settled));
      this.#put(disk.journals, device, []);
      this.#assign('device', device);
      this.#assign('settled', 0);
      const ids = new Map<string, string>();
      for (const { id: before, seen, command, user, at, changes } of pending) {
        const id = this.#newId();
        ids.set(before, id);
        const again = changes.map((change) => ({ ...change, base: ids.get(change.base ?? '') ?? change.base }));
        this.#append({ id, seen, command, user, at, changes: again });
        for (const change of again) {
          const shown = this.shown.get(nameOf(change));
          if (shown?.etag === before) this.#put(this.shown, nameOf(change), { ...shown, etag: id });
        }
      }
      for (const [before, id] of ids) this.renamed.set(before, id);
      this.#assign('forked', undefined);
      // The life that was lost may have printed the others.
      this.#assign('numbers', []);
    });
  }

  /** An id is never made twice, not even by two lives of one backup. */
  #newId(): string {
    this.#made += 1;
    return `${this.device}.${this.journal.length + 1}.${this.#made}`;
  }

  #append(made: Pick<PushedEntry, 'id' | 'seen' | 'command' | 'user' | 'at' | 'changes'>): PushedEntry {
    const journal = this.disk.journals.get(this.device) ?? [];
    const body = {
      ...made,
      device: this.device,
      sequence: journal.length + 1,
      previousHash: journal.at(-1)?.hash ?? START,
    };
    // What was seen stands beside it, as in the head of a frame: a cloud that was set back takes some of it back.
    const { seen: _, ...said } = body;
    const entry = { ...body, hash: hashOf(said) };
    this.#add(journal, entry);
    return entry;
  }

  #owns({ device, sequence, hash }: LogItem): boolean {
    return this.disk.journals.get(device)?.[sequence - 1]?.hash === hash;
  }

  #view(entry: PushedEntry): ReplicaView {
    const changes = (of: PushedEntry, key: RecordKey) =>
      of.changes.find(({ type, locator }) => type === key.type && locator === key.locator);
    return {
      owns: (item) => this.#owns(item),
      position: this.disk.position,
      shown: (key) => this.shown.get(nameOf(key)),
      confirmed: (key) => this.disk.confirmed.get(nameOf(key)),
      pendingBehind: (key, { device, sequence }) =>
        this.journal.slice(device === this.device ? sequence : 0).some((one) => changes(one, key)),
      inEntry: (key) => changes(entry, key)?.record,
    };
  }

  #write(writes: ReturnType<typeof applied>): void {
    for (const write of writes) {
      const name = nameOf(write);
      if (write.write === 'forget-confirmed') {
        this.#put(this.disk.confirmed, name, undefined);
        continue;
      }
      const { version, etag, record } = write;
      if (write.write === 'confirmed') this.#put(this.disk.confirmed, name, { version, etag, record });
      else this.#show(name, { version, etag, record });
    }
  }

  /** Nobody may save over what he has not seen: other content has a higher number (SY3). */
  #show(name: string, next: Version): void {
    const before = this.shown.get(name);
    if (before && next.version <= before.version && next.etag !== before.etag)
      throw new Error(`${name} goes from ${before.version} (${before.etag}) to ${next.version} (${next.etag})`);
    if (before?.record && !this.#answer) {
      if (next.record) this.#changed += 1;
      else this.#deleted += 1;
    }
    this.#put(this.shown, name, next);
  }

  #transaction<T>(work: () => T): T {
    this.#undo = [];
    try {
      return work();
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo();
      throw error;
    }
  }
  #wrote(undo: () => void): void {
    this.#undo.push(undo);
    if (this.fuse === undefined) return;
    this.fuse -= 1;
    if (this.fuse <= 0) {
      this.fuse = undefined;
      throw new Died();
    }
  }
  #put<V>(into: Map<string, V>, name: string, value: V | undefined): void {
    const before = into.get(name);
    if (value === undefined) into.delete(name);
    else into.set(name, value);
    this.#wrote(() => (before === undefined ? into.delete(name) : into.set(name, before)));
  }
  #add<V>(to: V[], value: V): void {
    to.push(value);
    this.#wrote(() => to.pop());
  }
  #assign<K extends keyof Disk>(member: K, value: Disk[K]): void {
    const { disk } = this;
    const before = disk[member];
    disk[member] = value;
    this.#wrote(() => {
      disk[member] = before;
    });
  }
}
