import type { Series } from '#core/desk/numbers.ts';
import { personalIn } from '#core/desk/records.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import type { EntryBody } from '#core/store/entry.ts';
import { type Seal, sealedWith } from '#core/store/personal.ts';
import type { Effect, LogItem, RecordKey, Version } from '#core/store/replica/contract.ts';
import type { Facts, PushedEntry, Verdict } from '#core/sync/contract.ts';
import type { PersonKeys } from './person-keys.ts';

/** A head as the database keeps it: its content stands in the log. */
export interface HeadRow extends RecordKey {
  readonly version: number;
  readonly etag: string;
  readonly schema: number;
  readonly made: number;
  readonly since: number;
  readonly gone: boolean;
}
/** A record as one version held it, in the clear, and what it was sealed with. */
export interface Content {
  readonly record: JsonObject | null;
  readonly seal?: Seal | undefined;
}
export interface Refused {
  readonly position: number;
  readonly conflict: string | null;
}
/** What the database knew when the tenant's row was locked. */
export interface Known {
  readonly position: number;
  readonly chain: { readonly sequence: number; readonly hash: string };
  /** Hashes of the device's entries that were sent again, by sequence. */
  readonly hashes: ReadonlyMap<number, string>;
  /** By `nameOf`. */
  readonly heads: ReadonlyMap<string, HeadRow>;
  /** By `versionName`. */
  readonly contents: ReadonlyMap<string, Content>;
  /** Of this device and those that it was, by name. */
  readonly refusals: ReadonlyMap<string, Refused>;
  /** Locator of whose it is, by `numberName`. */
  readonly numbers: ReadonlyMap<string, string>;
  /** Granted to this device, or to one that it was. */
  readonly ranges: readonly { readonly series: string; readonly first: number; readonly last: number }[];
}
/** An effect as log and items carry it: records sealed. */
export type StoredEffect = Effect & { readonly seal?: Seal; readonly schema?: number };
/** What goes into the log for an entry. */
export interface Appended {
  readonly item: LogItem;
  readonly entry: PushedEntry;
  readonly effects: readonly StoredEffect[];
}

export function nameOf({ type, locator }: RecordKey): string {
  return `${type} ${locator}`;
}
export function versionName(key: RecordKey, etag: string): string {
  return `${nameOf(key)} ${etag}`;
}
export function numberName(series: string, number: string): string {
  return `${series} ${number}`;
}
/** The series that a record's printed number is of, where it has one. */
export function seriesOf({ type }: RecordKey, record: JsonObject | null): Series | undefined {
  if (typeof record?.displayId !== 'string') return undefined;
  if (type === 'policy') return record.issuedAt === undefined ? undefined : 'policyNumber';
  return type === 'invoice' || type === 'payment' ? type : undefined;
}
/** A number that a range can hold. */
const NUMBER = /^\d{1,15}$/;

/**
 * What one transaction knows and is about to write: the facts for each entry of a push, in which the entries before it have left their
 * mark already. It touches no database.
 */
export class Ledger implements Facts {
  readonly appended: Appended[] = [];
  readonly heads = new Map<string, HeadRow>();
  readonly refusals = new Map<string, Refused>();
  readonly numbers = new Map<string, { readonly series: Series; readonly number: string; readonly owner: string }>();
  position: number;
  chain: { readonly sequence: number; readonly hash: string };
  readonly #known: Known;
  readonly #contents: Map<string, Content>;
  readonly #keys: PersonKeys;
  readonly #random: RandomBytes;

  readonly validate: Facts['validate'];
  readonly setBack: string | undefined;

  /** @param setBack id of the last time that the log was set back */
  constructor(
    known: Known,
    keys: PersonKeys,
    random: RandomBytes,
    validate: Facts['validate'],
    setBack: string | undefined,
  ) {
    this.validate = validate;
    this.setBack = setBack;
    this.#known = known;
    this.#contents = new Map(known.contents);
    this.#keys = keys;
    this.#random = random;
    this.position = known.position;
    this.chain = known.chain;
  }

  hashAt(sequence: number): string | undefined {
    return this.#known.hashes.get(sequence) ?? this.appended.find(({ item }) => item.sequence === sequence)?.item.hash;
  }
  head(key: RecordKey): Version | undefined {
    const row = this.#row(key);
    if (!row) return undefined;
    const { version, etag, gone } = row;
    return { version, etag, record: gone ? null : this.#content(key, etag).record };
  }
  versionAt(key: RecordKey, etag: string): JsonObject | null | undefined {
    return this.#contents.get(versionName(key, etag))?.record;
  }
  /** Of the pushing device; the judge asks for no other. */
  refused(_device: string, name: string): Refused | undefined {
    return this.refusals.get(name) ?? this.#known.refusals.get(name);
  }
  numberOf(series: Series, number: string): string | undefined {
    const name = numberName(series, number);
    return this.numbers.get(name)?.owner ?? this.#known.numbers.get(name);
  }
  granted(_device: string, series: Series, number: string): boolean {
    if (!NUMBER.test(number)) return false;
    const among = this.#known.ranges.filter((range) => range.series === series);
    return among.some(({ first, last }) => Number(number) >= first && Number(number) <= last);
  }

  /** Takes over what was judged of an entry: the next one is judged in its light. */
  take(entry: PushedEntry, body: EntryBody, { item, refuses, conflict }: Extract<Verdict, { kind: 'item' }>): void {
    this.position = item.position;
    this.chain = { sequence: item.sequence, hash: item.hash };
    for (const aggregate of refuses) this.refusals.set(aggregate, { position: item.position, conflict });
    for (const change of entry.changes) {
      const { seal } = body.changes.find((one) => nameOf(one) === nameOf(change)) ?? {};
      this.#contents.set(versionName(change, entry.id), { record: change.record, seal });
    }
    const effects = item.effects.map((effect) => this.#effect(effect, item.position, body));
    this.appended.push({ item, entry, effects });
  }

  #row(key: RecordKey): HeadRow | undefined {
    return this.heads.get(nameOf(key)) ?? this.#known.heads.get(nameOf(key));
  }
  #content(key: RecordKey, etag: string): Content {
    const content = this.#contents.get(versionName(key, etag));
    if (!content) throw new Error(`The log does not hold ${versionName(key, etag)}.`);
    return content;
  }

  /** Writes down what an effect does to the head, and gives it as it is kept. */
  #effect(effect: Effect, made: number, body: EntryBody): StoredEffect {
    const { type, locator, from, version, etag, record } = effect;
    const key = { type, locator };
    if (from === 'head' && record === undefined) {
      const row = this.#row(key);
      if (!row) throw new Error(`Nothing is known of ${nameOf(key)}.`);
      this.heads.set(nameOf(key), { ...row, version, since: made });
      return effect;
    }
    const change = body.changes.find((one) => nameOf(one) === nameOf(key));
    const schema = from === 'entry' ? (change?.schema ?? 0) : 0;
    this.heads.set(nameOf(key), { type, locator, version, etag, schema, made, since: made, gone: record === null });
    const series = seriesOf(key, record ?? null);
    if (series) {
      const number = String(record?.displayId);
      this.numbers.set(numberName(series, number), { series, number, owner: locator });
    }
    // Everybody who has the entry has the record.
    if (from === 'entry') return { type, locator, from, version, etag, schema };
    const sealed = from === 'merge' && record ? this.#sealed(key, record, change?.seal) : { value: record ?? null };
    this.#contents.set(versionName(key, etag), {
      record: record ?? null,
      ...('seal' in sealed && { seal: sealed.seal }),
    });
    const kept = { type, locator, from, version, etag, schema, record: sealed.value };
    return 'seal' in sealed ? { ...kept, seal: sealed.seal } : kept;
  }

  /** A merged record with the key of either side; without one (the person was erased) its personal members are empty anyway. */
  #sealed(key: RecordKey, record: JsonObject, mine: Seal | undefined): { value: JsonObject; seal?: Seal } {
    const before = this.#known.heads.get(nameOf(key));
    const seal = mine ?? (before && this.#contents.get(versionName(key, before.etag))?.seal);
    const bytes = seal && this.#keys.get(seal.key)?.key;
    const personal = seal && personalIn(key.type, seal.person, record);
    if (!seal || !bytes || !personal) return { value: record };
    return sealedWith(record, personal, { id: seal.key, key: bytes }, this.#random);
  }
}
