import type { Series } from '#core/desk/numbers.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { LogItem, Version } from '#core/store/replica/contract.ts';
import type { Facts, PushedEntry, Verdict } from '#core/sync/contract.ts';
import { judge } from '#core/sync/judge.ts';
import type { SetBack } from '#core/sync/set-back.ts';
import { nameOf, type Table } from './records.ts';

/** How one entry of a push was answered. */
export type Answer =
  | {
      readonly answer: LogItem['outcome'];
      readonly sequence: number;
      readonly position: number;
      readonly duplicate: boolean;
    }
  | { readonly answer: 'gap'; readonly expected: number }
  | { readonly answer: 'fork' }
  | { readonly answer: 'turned-away' };
export interface Logged {
  readonly item: LogItem;
  readonly entry: PushedEntry;
}
/** Numbers that a device may print. */
export interface Range {
  readonly series: Series;
  readonly first: number;
  readonly last: number;
}
/** Records as they were at a position, in pages. */
export interface Page {
  readonly at: number;
  readonly records: readonly (readonly [string, Version])[];
  readonly next: string | undefined;
}

/** What a backup of the authority holds. */
export interface AuthorityBackup {
  readonly log: readonly Logged[];
  readonly history: ReadonlyMap<string, { readonly position: number; readonly version: Version }[]>;
  readonly heads: Table;
  readonly devices: Authority['devices'];
  readonly chains: ReadonlyMap<string, { readonly sequence: number; readonly hash: string }>;
  readonly places: ReadonlyMap<string, number>;
  readonly versions: ReadonlyMap<string, JsonObject | null>;
  readonly refused: ReadonlyMap<string, { readonly position: number; readonly conflict: string | null }>;
  readonly numbers: ReadonlyMap<string, string>;
  readonly setBacks: readonly SetBack[];
}

function refill<V>(map: Map<string, V>, from: ReadonlyMap<string, V>): void {
  map.clear();
  for (const [name, value] of from) map.set(name, value);
}

/** The authority's database in memory: what any number of copies of the cloud work on, one transaction after the other. */
export class Authority {
  readonly log: Logged[] = [];
  readonly heads: Table = new Map();
  /** By record, what it became and where: a snapshot is of one position. */
  readonly history = new Map<string, { readonly position: number; readonly version: Version }[]>();
  /** By device: the one that it was before a restore, and whether it is still let in. */
  readonly devices = new Map<string, { readonly formerly: string | undefined; revoked: boolean; wipe: boolean }>();
  readonly grants: (Range & { readonly device: string })[] = [];
  readonly #chains = new Map<string, { readonly sequence: number; readonly hash: string }>();
  readonly #places = new Map<string, number>();
  readonly #versions = new Map<string, JsonObject | null>();
  readonly #refused = new Map<string, { readonly position: number; readonly conflict: string | null }>();
  readonly #numbers = new Map<string, string>();
  /** Checks the shape of a record; throws what is wrong. */
  validate: Facts['validate'] = () => undefined;
  readonly #nextNumber = new Map<Series, number>();
  /** Each time that it was set back to a backup (SY96). */
  setBacks: readonly SetBack[] = [];

  /** Everything but the numbers that were granted: how these come back is the real cloud's (cloud/SPEC.md CL68). */
  backup(): AuthorityBackup {
    return {
      log: [...this.log],
      history: new Map([...this.history].map(([name, versions]) => [name, [...versions]])),
      heads: new Map(this.heads),
      devices: new Map([...this.devices].map(([id, device]) => [id, { ...device }])),
      chains: new Map(this.#chains),
      places: new Map(this.#places),
      versions: new Map(this.#versions),
      refused: new Map(this.#refused),
      numbers: new Map(this.#numbers),
      setBacks: this.setBacks,
    };
  }
  /** It is as the backup has it, and says so from now on. */
  setBack(backup: AuthorityBackup, id: string): void {
    const { setBacks, log, devices } = backup;
    this.log.splice(0, this.log.length, ...log);
    refill(this.history, new Map([...backup.history].map(([name, versions]) => [name, [...versions]])));
    refill(this.heads, backup.heads);
    refill(this.devices, new Map([...devices].map(([device, known]) => [device, { ...known }])));
    refill(this.#chains, backup.chains);
    refill(this.#places, backup.places);
    refill(this.#versions, backup.versions);
    refill(this.#refused, backup.refused);
    refill(this.#numbers, backup.numbers);
    this.setBacks = [...setBacks, { id, position: log.length, at: 0 }];
  }

  enrol(device: string, formerly: string | undefined): void {
    if (!this.devices.has(device)) this.devices.set(device, { formerly, revoked: false, wipe: false });
  }

  chain(device: string): { readonly sequence: number; readonly hash: string } {
    return this.#chains.get(device) ?? { sequence: 0, hash: '0'.repeat(64) };
  }

  /** One entry in one transaction. */
  push(entry: PushedEntry): Answer {
    if (!this.letsIn(entry.device)) return { answer: 'turned-away' };
    const verdict = judge(entry, this.#facts(entry.device));
    const { sequence } = entry;
    if (verdict.kind === 'item') {
      this.#write(entry, verdict);
      return { answer: verdict.item.outcome, sequence, position: verdict.item.position, duplicate: false };
    }
    if (verdict.kind !== 'duplicate')
      return verdict.kind === 'gap' ? { answer: 'gap', expected: verdict.expected } : { answer: 'fork' };
    const position = this.#places.get(`${entry.device} ${sequence}`) ?? 0;
    const outcome = this.log[position - 1]?.item.outcome;
    if (!outcome) throw new Error('a duplicate of nothing');
    return { answer: outcome, sequence, position, duplicate: true };
  }

  letsIn(device: string): boolean {
    return this.devices.get(device)?.revoked === false;
  }

  pull(after: number, count: number): readonly Logged[] {
    return this.log.slice(after, after + count);
  }

  snapshot(at: number, after: string | undefined, count: number): Page {
    const names = [...this.history.keys()].sort().filter((name) => after === undefined || name > after);
    const page = names.slice(0, count);
    const records = page.flatMap((name): [string, Version][] => {
      const found = this.history.get(name)?.findLast(({ position }) => position <= at);
      return found ? [[name, found.version]] : [];
    });
    return { at, records, next: names.length > count ? page.at(-1) : undefined };
  }

  grant(device: string, series: Series, count: number): Range {
    const first = this.#nextNumber.get(series) ?? 1;
    this.#nextNumber.set(series, first + count);
    const range = { device, series, first, last: first + count - 1 };
    this.grants.push(range);
    return range;
  }

  /** A device and those that it was before (SY11). */
  lineage(device: string): readonly string[] {
    const formerly = this.devices.get(device)?.formerly;
    return formerly === undefined ? [device] : [device, ...this.lineage(formerly)];
  }

  #facts(device: string): Facts {
    const lineage = this.lineage(device);
    return {
      position: this.log.length,
      chain: this.chain(device),
      hashAt: (sequence) => this.log[(this.#places.get(`${device} ${sequence}`) ?? 0) - 1]?.item.hash,
      head: (key) => this.heads.get(nameOf(key)),
      versionAt: (key, etag) => this.#versions.get(`${nameOf(key)} ${etag}`),
      refused: (_, name) =>
        lineage
          .flatMap((one) => this.#refused.get(`${one} ${name}`) ?? [])
          .sort((a, b) => b.position - a.position)
          .at(0),
      numberOf: (series, number) => this.#numbers.get(`${series} ${number}`),
      granted: (_, series, number) =>
        this.grants.some(
          (range) =>
            range.series === series &&
            lineage.includes(range.device) &&
            Number(number) >= range.first &&
            Number(number) <= range.last,
        ),
      validate: (type, record) => this.validate(type, record),
      setBack: this.setBacks.at(-1)?.id,
    };
  }

  #write(entry: PushedEntry, { item, refuses, conflict }: Extract<Verdict, { kind: 'item' }>): void {
    const { device, sequence, hash } = entry;
    const { position } = item;
    this.log.push({ item, entry });
    this.#chains.set(device, { sequence, hash });
    this.#places.set(`${device} ${sequence}`, position);
    for (const { type, locator, record } of entry.changes) this.#versions.set(`${type} ${locator} ${entry.id}`, record);
    for (const name of refuses) this.#refused.set(`${device} ${name}`, { position, conflict });
    for (const { type, locator, from, version, etag, record } of item.effects) {
      const name = nameOf({ type, locator });
      const content = from === 'head' && record === undefined ? this.heads.get(name)?.record : record;
      if (content === undefined) throw new Error(`nothing is known of ${name}`);
      const next = { version, etag, record: content };
      this.heads.set(name, next);
      const before = this.history.get(name);
      if (before) before.push({ position, version: next });
      else this.history.set(name, [{ position, version: next }]);
      this.#versions.set(`${name} ${etag}`, content);
      const series = seriesOf(type, content);
      if (series !== undefined) this.#numbers.set(`${series} ${content?.displayId}`, locator);
    }
  }
}

/** The series of the number that is printed on a record. */
export function seriesOf(type: string, record: JsonObject | null): Series | undefined {
  if (type === 'invoice' || type === 'payment') return type;
  return type === 'policy' && record?.issuedAt !== undefined ? 'policyNumber' : undefined;
}
