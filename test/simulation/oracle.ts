import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
import type { Version } from '#core/store/replica/contract.ts';
import type { PushedChange, PushedEntry } from '#core/sync/contract.ts';
import { type Authority, type Logged, seriesOf } from './authority.ts';
import { START } from './laptop.ts';
import { difference, hashOf, nameOf, type Table } from './records.ts';

/**
 * A second opinion of the whole log: what may have been accepted, merged and refused, worked out without any of the code that
 * decided it. Everything that must hold of the authority is said here, in the words of core/sync/SPEC.md. Throws what does not.
 * @param hash what the text of an entry hashes to
 */
export function inspect(authority: Judged, hash: (entry: PushedEntry) => string = hashOfEntry): void {
  const oracle = new Oracle(authority, hash);
  for (const logged of authority.log) {
    try {
      oracle.next(logged);
    } catch (error) {
      const { position, id, outcome } = logged.item;
      throw new Error(
        `position ${position}, ${id} ${logged.entry.command} (${outcome}): ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }
  oracle.end();
}

/** What is looked at: of an authority in memory, or read out of a real one. */
export type Judged = Pick<Authority, 'log' | 'heads' | 'history' | 'grants' | 'lineage'> &
  Partial<Pick<Authority, 'setBacks'>>;

function hashOfEntry({ hash: _, seen: __, ...body }: PushedEntry): string {
  return hashOf(body);
}

function must(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** A refused entry, what it holds back, and the conflict that it belongs to: one of these, where nothing says which. */
interface Refused {
  readonly entry: PushedEntry;
  readonly position: number;
  readonly groups: ReadonlySet<string>;
  /** What it would have made or changed, and was not there. */
  readonly missing: ReadonlySet<string>;
  readonly conflicts: readonly (string | null)[];
  /** The workbench did it by itself and nobody is asked: it holds back only what the workbench did (SY17). */
  readonly itself: boolean;
}

class Oracle {
  readonly #authority: Judged;
  readonly #hash: (entry: PushedEntry) => string;
  readonly #heads: Table = new Map();
  readonly #versions = new Map<string, JsonObject | null>();
  readonly #chains = new Map<string, PushedEntry>();
  readonly #refusals: Refused[] = [];
  readonly #ids = new Set<string>();
  readonly #charged = new Set<string>();
  readonly #numbers = new Map<string, string>();
  #position = 0;

  constructor(authority: Judged, hash: (entry: PushedEntry) => string) {
    this.#authority = authority;
    this.#hash = hash;
  }

  next({ item, entry }: Logged): void {
    this.#position += 1;
    must(item.position === this.#position, 'positions have a gap (SY1)');
    this.#chain({ item, entry });
    const moved = entry.changes.filter((change) => (this.#heads.get(nameOf(change))?.etag ?? null) !== change.base);
    const groups = this.#groups(entry);
    const unseen = this.#unseen(entry, groups);
    const lost = this.#lost(entry);
    const disagreeing = moved.filter((change) => !this.#canMerge(change));
    if (item.outcome === 'refused') this.#refusal({ item, entry }, { moved, disagreeing, groups, unseen, lost });
    else {
      must(!unseen[0], `it rests on the refused ${unseen[0]?.entry.id} that its author had not seen (SY16)`);
      must(lost.length === 0, `it names ${lost[0]}, which is not there (SY99)`);
      must((item.outcome === 'merged') === moved.length > 0, `${moved.length} records had moved on (SY13, SY14)`);
      must(disagreeing.length === 0, `${disagreeing.map(nameOf)} can not be merged (SY25, SY26)`);
      must(item.effects.length === entry.changes.length, 'it does something else than it says');
    }
    for (const change of entry.changes) this.#change({ item, entry }, change, moved.includes(change));
    for (const change of entry.changes) this.#versions.set(`${nameOf(change)} ${entry.id}`, change.record);
    this.#ids.add(entry.id);
    if (item.outcome !== 'refused') for (const change of entry.changes) this.#law(change, entry);
  }

  /** What must hold of all records together. */
  end(): void {
    const other = difference(this.#heads, this.#authority.heads);
    must(other === undefined, `${other} is not what the log makes of it (SY2)`);
    for (const [name, { record }] of this.#heads) {
      for (const [member, type] of Object.entries(NAMES)) {
        const named = record?.[member];
        const found = this.#heads.get(`${type} ${named}`)?.record;
        must(typeof named !== 'string' || !!found, `${name} names the ${type} ${named}, which is not there`);
      }
      const version = record?.configVersion;
      const commit = this.#heads.get(`configuration ${String(version).padStart(9, '0')}`)?.record;
      must(version === undefined || !!commit, `${name} names configuration ${version}, which is not there`);
    }
  }

  #chain({ item, entry }: Logged): void {
    const { hash } = entry;
    // Hashing is what costs most here: a sample.
    must(item.position % 4 > 0 || this.#hash(entry) === hash, 'its hash is not that of its text (SY12)');
    must(item.hash === hash, 'it is logged under another hash (SY12)');
    must(!this.#ids.has(item.id), 'its id stands in the log already (SY1)');
    must(item.id === entry.id && item.device === entry.device, 'it is logged as something else');
    const before = this.#chains.get(entry.device);
    must(entry.sequence === (before?.sequence ?? 0) + 1, `it follows sequence ${before?.sequence} (SY10)`);
    must(entry.previousHash === (before?.hash ?? START), 'it does not continue the chain of its device (SY12)');
    this.#chains.set(entry.device, entry);
  }

  /** Every change by itself: its number, what it is called, and its content. */
  #change({ item, entry }: Logged, change: PushedChange, moved: boolean): void {
    const name = nameOf(change);
    const before = this.#heads.get(name);
    const effects = item.effects.filter((effect) => nameOf(effect) === name);
    const [effect] = effects;
    must(effect !== undefined && effects.length === 1, `${name} has ${effects.length} effects`);
    const { version, etag } = effect;
    const merged = item.outcome === 'merged' && moved;
    const record = effect.record === undefined ? (before?.record ?? null) : effect.record;
    must(version > (before?.version ?? 0), `${name} goes from number ${before?.version} to ${version} (SY3)`);
    must(version >= change.version, `${name} has number ${version}, its author ${change.version} (SY3)`);
    must(
      (item.outcome !== 'refused' && !merged) || version > change.version,
      `${name} has other content under its author's number ${version} (SY3)`,
    );
    const called =
      item.outcome === 'refused' ? (before?.etag ?? `${entry.id}-`) : merged ? `${this.#ownName(entry)}+` : entry.id;
    must(etag === called, `${name} is called ${etag} and should be ${called} (SY3)`);
    if (item.outcome === 'refused')
      must(same(record, before?.record ?? null), `${name} was changed by a refusal (SY15)`);
    else if (!merged) must(same(record, change.record), `${name} is not what its author made of it (SY13)`);
    else this.#merged(change, before, record);
    this.#heads.set(name, { version, etag, record });
    this.#versions.set(`${name} ${etag}`, record);
  }

  /** Nothing that either side changed is lost (SY26), and nobody priced what came of it (SY27). */
  #merged(change: PushedChange, before: Version | undefined, record: JsonObject | null): void {
    const base = this.#base(change);
    const result = record ?? {};
    const sides = [before?.record ?? {}, change.record ?? {}] as const;
    for (const [side, other] of [sides, [sides[1], sides[0]] as const])
      for (const [path, value] of changes(base, side, other)) {
        const list = path.endsWith(IN_ORDER) ? locators(result[path.slice(0, -IN_ORDER.length)]) : undefined;
        const found = list?.filter((one) => (value as readonly string[]).includes(one)) ?? leaves(result).get(path);
        must(same(found ?? null, value ?? null), `${nameOf(change)} lost ${path} = ${canonicalJson(value)} (SY26)`);
      }
    const times = [before?.record, change.record].map((side) => Number(side?.updatedAt ?? 0));
    must(Number(record?.updatedAt ?? 0) === Math.max(...times), 'the merge has the time of neither (SY26)');
    must(record?.price === undefined && record?.effect === undefined, 'a merged draft has a price (SY27)');
  }

  #refusal(
    { item, entry }: Logged,
    why: {
      readonly moved: readonly PushedChange[];
      readonly disagreeing: readonly PushedChange[];
      readonly groups: ReadonlySet<string>;
      readonly unseen: readonly Refused[];
      readonly lost: readonly string[];
    },
  ): void {
    const unlawful = this.#unlawful(entry);
    const follows = why.unseen.length > 0 || why.lost.length > 0;
    must(follows || why.disagreeing.length > 0 || unlawful !== undefined, 'nothing speaks against it');
    const opened = item.effects.find(({ from }) => from === 'conflict');
    const settled = ({ type, locator }: PushedChange) =>
      type === 'conflict' && this.#heads.get(`conflict ${locator}`)?.record?.state === 'resolved';
    const nobodys = entry.user === 'workbench' || entry.changes.every(settled);
    must(nobodys === (opened === undefined), nobodys ? 'it needs nobody (SY17, SY32)' : 'it has no work item (SY15)');
    const first = why.unseen.flatMap(({ conflicts }) => conflicts);
    const said = (opened?.record?.reason as { readonly conflict?: string | null } | undefined)?.conflict;
    const itself = entry.user === 'workbench' && !follows;
    const conflicts = said ? [said] : opened ? [item.id] : first.length > 0 ? first : [null];
    const missing = entry.changes.filter((change) => change.base === null || !this.#heads.get(nameOf(change))?.record);
    const holds = { groups: why.groups, missing: new Set(missing.map(nameOf)) };
    this.#refusals.push({ entry, position: item.position, ...holds, conflicts, itself });
    if (!opened) return;
    const {
      reason,
      changes: sides,
      position,
    } = opened.record as unknown as {
      reason: { code: string; conflict?: string | null };
      position: number;
      changes: readonly { base: string | null; head: string | null }[];
    };
    const code = follows ? 'follows' : why.disagreeing.length > 0 ? 'moved-on' : unlawful;
    must(reason.code === code, `it says ${reason.code} and should say ${code}`);
    must(position === item.position, 'the work item names another position');
    entry.changes.forEach((change, i) => {
      const head = this.#heads.get(nameOf(change))?.etag ?? null;
      must(sides[i]?.base === change.base && sides[i]?.head === head, 'the work item names other sides (SY15)');
    });
    must(
      code !== 'follows' ||
        reason.conflict === (first.find((one) => one !== null) ?? null) ||
        first.includes(reason.conflict ?? ''),
      `it follows ${reason.conflict} and should follow ${first} (SY16)`,
    );
    this.#heads.set(nameOf(opened), { version: opened.version, etag: opened.etag, record: opened.record ?? null });
    this.#versions.set(`${nameOf(opened)} ${opened.etag}`, opened.record ?? null);
  }

  /** What hangs together: a policy with all that is its, or one record, or what it can not be without. */
  #groups({ changes: made }: PushedEntry): ReadonlySet<string> {
    const of = (change: PushedChange, record: JsonObject | null): string =>
      change.type === 'policy' || change.type === 'billing'
        ? `policy ${change.locator}`
        : typeof record?.policyLocator === 'string'
          ? `policy ${record.policyLocator}`
          : nameOf(change);
    return new Set(
      made.flatMap((change) => {
        const head = this.#heads.get(nameOf(change))?.record;
        return [of(change, change.record), ...(head ? [of(change, head)] : [])];
      }),
    );
  }

  /** Refusals of the same author's work that he had not seen, and that this rests on (SY16). */
  #unseen(entry: PushedEntry, groups: ReadonlySet<string>): readonly Refused[] {
    const lives = this.#authority.lineage(entry.device);
    const rests = entry.changes.flatMap(({ record }) => [
      ...(record?.policyholderLocator === undefined ? [] : [`policyholder ${record.policyholderLocator}`]),
      ...(record?.configVersion === undefined
        ? []
        : [`configuration ${String(record.configVersion).padStart(9, '0')}`]),
    ]);
    return this.#refusals.filter(
      ({ entry: refused, position, groups: others, missing, itself }) =>
        lives.includes(refused.device) &&
        position > entry.seen &&
        (((!itself || entry.user === 'workbench') && [...others].some((one) => groups.has(one))) ||
          rests.some((one) => missing.has(one))),
    );
  }

  /** The last time that the log was set back before this place. */
  #since(): string | undefined {
    return this.#authority.setBacks?.findLast(({ position }) => position < this.#position)?.id;
  }
  /** What the authority makes of an entry is another thing each time. */
  #ownName({ id }: PushedEntry): string {
    const since = this.#since();
    return since === undefined ? id : `${id}~${since}`;
  }

  /** What it names and nobody has: the log was set back, and who made it has not come again. */
  #lost({ command, changes: made }: PushedEntry): readonly string[] {
    if (this.#since() === undefined || command === 'person.erase') return [];
    const named = made.flatMap(({ record }) => [
      ...Object.entries(NAMES).flatMap(([member, type]) =>
        typeof record?.[member] === 'string' ? [`${type} ${record[member]}`] : [],
      ),
      ...(record?.configVersion === undefined
        ? []
        : [`configuration ${String(record.configVersion).padStart(9, '0')}`]),
    ]);
    const brought = new Set(made.filter(({ record }) => record !== null).map(nameOf));
    return named.filter((name) => !this.#heads.get(name)?.record && !brought.has(name));
  }

  #canMerge(change: PushedChange): boolean {
    const head = this.#heads.get(nameOf(change))?.record;
    // What it was made from may have been lost with a part of the log (SY97).
    if (change.base !== null && !this.#versions.has(`${nameOf(change)} ${change.base}`)) return false;
    const base = this.#base(change);
    if (!head || !change.record || (change.base === null && change.type !== 'auxData')) return false;
    if (![head, base, change.record].every((record) => isDraft(change.type, record))) return false;
    const [theirs, mine] = [changes(base, head, change.record), changes(base, change.record, head)];
    const clash = (a: ReadonlyMap<string, JsonValue | undefined>, b: ReadonlyMap<string, JsonValue | undefined>) =>
      [...a].some(([path, value]) => {
        if (b.has(path) && !same(b.get(path) ?? null, value ?? null)) return true;
        // What one took away the other may not have changed inside.
        return (
          value === undefined &&
          [...b.keys()].some((other) => other.startsWith(`${path}/`) && b.get(other) !== undefined)
        );
      });
    return !clash(theirs, mine) && !clash(mine, theirs);
  }

  #base(change: PushedChange): JsonObject {
    return (change.base === null ? null : this.#versions.get(`${nameOf(change)} ${change.base}`)) ?? {};
  }

  /** The code of the first law that it breaks, judged against what stands there. */
  #unlawful(entry: PushedEntry): string | undefined {
    const broken = entry.changes.flatMap((change): string[] => {
      const head = this.#heads.get(nameOf(change))?.record;
      const { type, record, locator } = change;
      const series = seriesOf(type, record);
      const issues = type === 'policy' && head?.issuedAt === undefined && record?.issuedAt !== undefined;
      if (issues && this.#heads.get(`quote ${record.quoteLocator}`)?.record?.state !== 'accepted') return ['unlawful'];
      const policy = type === 'quote' ? this.#heads.get(`policy ${record?.policyLocator}`)?.record : undefined;
      if (policy?.issuedAt !== undefined && policy.quoteLocator === locator) return ['unlawful'];
      if (type === 'conflict' && head?.state === 'resolved') return ['unlawful'];
      if (series !== undefined && (issues || !head)) {
        const owner = this.#numbers.get(`${series} ${record?.displayId}`);
        if (owner !== undefined && owner !== locator) return ['number-taken'];
        if (!this.#granted(entry.device, series, Number(record?.displayId))) return ['number-not-granted'];
      }
      return [];
    });
    return broken[0];
  }

  #granted(device: string, series: string, number: number): boolean {
    return this.#authority.grants.some(
      (range) =>
        range.series === series &&
        this.#authority.lineage(device).includes(range.device) &&
        range.first <= number &&
        number <= range.last,
    );
  }

  /** What must hold of a record that was changed, whoever changed it. */
  #law(change: PushedChange, entry: PushedEntry): void {
    const name = nameOf(change);
    const now = this.#heads.get(name)?.record;
    const before = this.#authority.history.get(name)?.findLast(({ position }) => position < this.#position)
      ?.version.record;
    const { type, locator } = change;
    must(!!now, `${name} is gone`);
    if (type === 'policy' && before?.issuedAt !== undefined)
      for (const member of ['issuedAt', 'displayId', 'quoteLocator'])
        must(same(now[member], before[member]), `the issued ${name} has another ${member} (SY20)`);
    if (type === 'conflict') must(before?.state !== 'resolved', `${name} was resolved already`);
    if (type === 'transaction' && before?.state === 'issued')
      must(same(now, before), `the issued ${name} was rewritten`);
    if (type === 'quote') {
      const policy = this.#heads.get(`policy ${now.policyLocator}`)?.record;
      const bound = policy?.issuedAt !== undefined && policy.quoteLocator === locator;
      must(!bound || !before, `the quote of the issued policy ${policy?.locator} was changed (SY20)`);
    }
    if (type === 'policy' && now.issuedAt !== undefined)
      must(
        this.#heads.get(`quote ${now.quoteLocator}`)?.record?.state === 'accepted',
        `${name} binds a quote that is not accepted`,
      );
    const series = seriesOf(type, now);
    if (series !== undefined && !(before && seriesOf(type, before))) {
      const number = `${series} ${now.displayId}`;
      must(!this.#numbers.has(number), `${number} is printed on ${this.#numbers.get(number)} and on ${locator}`);
      must(this.#granted(entry.device, series, Number(now.displayId)), `${number} was not granted to ${entry.device}`);
      this.#numbers.set(number, locator);
    }
    if (type === 'invoice' && !before) {
      const period = `${now.policyLocator} ${now.period}`;
      must(!this.#charged.has(period), `the period ${period} is charged twice`);
      this.#charged.add(period);
    }
  }
}

/** Members that name a record of another type. */
const NAMES: Readonly<Record<string, string>> = {
  policyholderLocator: 'policyholder',
  policyLocator: 'policy',
  invoiceLocator: 'invoice',
  quoteLocator: 'quote',
};

function isDraft(type: string, { state, issuedAt }: JsonObject): boolean {
  if (type === 'policyholder' || type === 'auxData') return true;
  if (type === 'policy') return issuedAt === undefined;
  if (type === 'quote') return state === undefined || state === 'draft';
  return type === 'transaction' && (state === 'draft' || state === 'application');
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** A record as paths: an object or an item of a list is there (`{}`), a list has an order, anything else has a value. */
function leaves(of: JsonObject, path = '', into = new Map<string, JsonValue>()): Map<string, JsonValue> {
  for (const [name, value] of Object.entries(of)) {
    if (path === '' && ['updatedAt', 'price', 'effect'].includes(name)) continue;
    const place = `${path}/${name}`;
    if (Array.isArray(value) && value.every((item) => item !== null && typeof item === 'object')) {
      const items = value as readonly JsonObject[];
      leaves(Object.fromEntries(items.map((item) => [String(item.locator), item])), place, into);
    } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      into.set(place, {});
      leaves(value as JsonObject, place, into);
    } else if (value !== undefined) into.set(place, value);
  }
  return into;
}

const IN_ORDER = ' in order';

/** The paths that a side changed; undefined: taken away. The order of a list is that of what all have. */
function changes(base: JsonObject, side: JsonObject, other: JsonObject): ReadonlyMap<string, JsonValue | undefined> {
  const [before, after] = [leaves(base), leaves(side)];
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changed = paths.filter((path) => !same(before.get(path) ?? null, after.get(path) ?? null));
  const orders = Object.keys(side).flatMap((member): [string, JsonValue][] => {
    const [from, to] = [locators(base[member]), locators(side[member])];
    const kept = from.filter((one) => to.includes(one) && locators(other[member]).includes(one));
    const order = to.filter((one) => kept.includes(one));
    return same(kept, order) ? [] : [[`${member}${IN_ORDER}`, order]];
  });
  return new Map<string, JsonValue | undefined>([
    ...changed.map((path) => [path, after.get(path)] as const),
    ...orders,
  ]);
}

function locators(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).flatMap((item) =>
    item !== null && typeof item === 'object' && !Array.isArray(item) ? [String((item as JsonObject).locator)] : [],
  );
}
