import type { JsonObject } from '#core/model/json.ts';
import { type EntryBody, parseBody, unpacked } from '#core/store/entry.ts';
import type { Seal } from '#core/store/personal.ts';
import type { RecordKey } from '#core/store/replica/contract.ts';
import { entryOf } from '#core/store/replica/effects.ts';
import type { TenantSetBack } from '../database/directory.ts';
import type { Scope } from '../database/scope.ts';
import {
  type Content,
  type HeadRow,
  type Known,
  nameOf,
  numberName,
  type Refused,
  type StoredEffect,
  versionName,
} from './ledger.ts';
import type { MasterKey } from './master-key.ts';
import { loadKeys, opener, type PersonKeys } from './person-keys.ts';

/** What a push is about, as far as its messages tell. */
export interface Asked {
  readonly device: string;
  readonly entries: readonly {
    readonly sequence: number;
    readonly seen: number;
    readonly changes: readonly (RecordKey & { readonly base: string | null })[];
    /** Records that the judge looks at beside them. */
    readonly beside: readonly RecordKey[];
    /** Printed numbers that come up. */
    readonly numbers: readonly { readonly series: string; readonly number: string }[];
  }[];
}

/** Where a device stands. */
interface Standing {
  /** How far its chain has got. */
  readonly chain: Known['chain'];
  /** The device and those that it was before it was restored from a backup (SY11). */
  readonly lives: readonly string[];
}

/** Where the tenant's log ends, and when it was set back; nobody else appends until this transaction ends (SY1). */
export async function lockLog(
  scope: Scope,
): Promise<{ readonly position: number; readonly setBacks: readonly TenantSetBack[] }> {
  const [row] = await scope.rows<{ position: number; setBacks: string }>(
    'lock',
    'SELECT position, set_backs AS "setBacks" FROM tenant WHERE id = $1::uuid FOR UPDATE',
  );
  if (!row) throw new Error(`There is no tenant ${scope.tenant}.`);
  return { position: row.position, setBacks: JSON.parse(row.setBacks) as readonly TenantSetBack[] };
}

/**
 * Everything that the entries of a push can touch, in a handful of statements however many they are; run under the lock. Here and
 * elsewhere, rows are looked up by their key one by one (`LATERAL … LIMIT 1`): as a join, or by `= ANY`, PostgreSQL reads all rows of a
 * tenant as long as it believes them few, which it does for minutes after they came (CL5).
 */
export async function loadKnown(
  scope: Scope,
  master: MasterKey,
  position: number,
  { chain, lives }: Standing,
  { device, entries }: Asked,
  had: PersonKeys,
): Promise<{ known: Known; keys: PersonKeys }> {
  const changes = entries.flatMap((entry) => entry.changes);
  const beside = entries.flatMap((entry) => entry.beside.map((key) => ({ ...key, base: null })));
  const touched = [...changes, ...beside];
  const again = entries.map(({ sequence }) => sequence).filter((sequence) => sequence <= chain.sequence);
  // Only a refusal that an author could not know of holds anything back.
  const seen = Math.min(...entries.map((entry) => entry.seen));
  const printed = entries.flatMap((entry) => entry.numbers);
  const [heads, hashes, refusals, numbers, ranges] = await Promise.all([
    loadHeads(scope, touched),
    ifAny(again, () =>
      scope.rows<{ sequence: number; hash: string }>(
        'hashes',
        `SELECT l.* FROM unnest($3::bigint[]) AS w (sequence) CROSS JOIN LATERAL (
         SELECT sequence, hash FROM log WHERE tenant = $1 AND device = $2 AND sequence = w.sequence LIMIT 1) l`,
        [device, again],
      ),
    ),
    scope.rows<Refused & { aggregate: string }>(
      'refusals',
      `SELECT aggregate, position, conflict FROM refusal
     WHERE tenant = $1 AND device = ANY($2) AND position > $3 ORDER BY position`,
      [lives, seen],
    ),
    ifAny(printed, () =>
      scope.rows<{ series: string; number: string; owner: string }>(
        'numbers',
        `SELECT n.series, n.number, n.owner FROM unnest($2::text[], $3::text[]) AS w (series, number)
       CROSS JOIN LATERAL (
         SELECT * FROM number WHERE tenant = $1 AND series = w.series AND number = w.number LIMIT 1) n`,
        [printed.map(({ series }) => series), printed.map(({ number }) => number)],
      ),
    ),
    ifAny(printed, () =>
      scope.rows<{ series: string; first: number; last: number }>(
        'ranges',
        'SELECT series, first, last FROM granted_range WHERE tenant = $1 AND device = ANY($2)',
        [lives],
      ),
    ),
  ]);
  const { contents, keys } = await loadContents(scope, master, touched, heads, had);
  const known: Known = {
    position,
    chain,
    hashes: new Map(hashes.map(({ sequence, hash }) => [sequence, hash])),
    heads,
    contents,
    refusals: new Map(refusals.map(({ aggregate, ...refusal }) => [aggregate, refusal])),
    numbers: new Map(numbers.map(({ series, number, owner }) => [numberName(series, number), owner])),
    ranges,
  };
  return { known, keys };
}

export async function loadStanding(scope: Scope, device: string): Promise<Standing> {
  const [chain, lives] = await Promise.all([chainOf(scope, device), livesOf(scope, device)]);
  return { chain, lives };
}

/** Where a device's chain has got to. */
export async function chainOf(scope: Scope, device: string): Promise<{ sequence: number; hash: string }> {
  const [chain] = await scope.rows<{ sequence: number; hash: string }>(
    'chain',
    'SELECT sequence, hash FROM device WHERE tenant = $1 AND id = $2',
    [device],
  );
  if (!chain) throw new Error(`There is no device ${device}.`);
  return chain;
}

async function livesOf(scope: Scope, device: string): Promise<readonly string[]> {
  const rows = await scope.rows<{ id: string }>(
    'lives',
    `WITH RECURSIVE life AS (
       SELECT id, formerly FROM device WHERE tenant = $1 AND id = $2
       UNION SELECT d.id, d.formerly FROM device d JOIN life ON d.id = life.formerly WHERE d.tenant = $1
     ) SELECT id FROM life`,
    [device],
  );
  return rows.map(({ id }) => id);
}

async function ifAny<T>(wanted: readonly unknown[], ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  return wanted.length === 0 ? [] : ask();
}

async function loadHeads(scope: Scope, keys: readonly RecordKey[]): Promise<ReadonlyMap<string, HeadRow>> {
  const rows = await ifAny(keys, () =>
    scope.rows<HeadRow>(
      'heads',
      `SELECT h.type, h.locator, h.version, h.etag, h.schema, h.made, h.since, h.gone
       FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS w (type, locator)) w
       CROSS JOIN LATERAL (SELECT * FROM head WHERE tenant = $1 AND type = w.type AND locator = w.locator LIMIT 1) h`,
      [keys.map(({ type }) => type), keys.map(({ locator }) => locator)],
    ),
  );
  return new Map(rows.map((row) => [nameOf(row), row]));
}

/** The contents of these heads, and of what the changes were made from. */
async function loadContents(
  scope: Scope,
  master: MasterKey,
  changes: readonly (RecordKey & { readonly base: string | null })[],
  heads: ReadonlyMap<string, HeadRow>,
  had: PersonKeys,
): Promise<{ contents: ReadonlyMap<string, Content>; keys: PersonKeys }> {
  const wanted = new Map<string, { key: RecordKey; etag: string }>();
  for (const change of changes) {
    const head = heads.get(nameOf(change));
    if (!head) continue;
    for (const etag of [head.etag, change.base])
      if (etag !== null) wanted.set(versionName(change, etag), { key: change, etag });
  }
  const ids = [...new Set([...wanted.values()].map(({ etag }) => entryOf(etag)))];
  const rows = await ifAny(ids, () =>
    scope.rows<{ id: string; body: Uint8Array; effects: string }>(
      'bodies',
      `SELECT l.* FROM unnest($2::text[]) AS w (id)
       CROSS JOIN LATERAL (SELECT id, body, effects FROM log WHERE tenant = $1 AND id = w.id LIMIT 1) l`,
      [ids],
    ),
  );
  const logged = new Map(
    rows.map(({ id, body, effects }) => [
      id,
      { body: parseBody(unpacked(body)), effects: JSON.parse(effects) as readonly StoredEffect[] },
    ]),
  );
  const sealed = [...wanted].flatMap(([name, { key, etag }]) => {
    const entry = logged.get(entryOf(etag));
    const content = entry && contentAt(entry, key, etag);
    return content ? [{ name, content }] : [];
  });
  const wantedKeys = sealed.flatMap(({ content }) => content.seal?.key ?? []);
  const others = await loadKeys(
    scope,
    master,
    wantedKeys.filter((id) => !had.has(id)),
  );
  const keys = new Map([...others, ...had]);
  const open = opener(keys);
  const opened = ({ record, seal }: Content): Content => ({
    record: record && seal ? open(record, seal, 'own') : record,
    seal,
  });
  return { contents: new Map(sealed.map(({ name, content }) => [name, opened(content)])), keys };
}

/** A record as it stands in the log under its etag, sealed; undefined: that entry made no such version. */
export function contentAt(
  { body, effects }: { readonly body: EntryBody; readonly effects: readonly StoredEffect[] },
  key: RecordKey,
  etag: string,
): Content | undefined {
  const name = nameOf(key);
  if (etag.endsWith('-')) return { record: null };
  const made = etag.endsWith('+') ? undefined : body.changes.find((change) => nameOf(change) === name);
  if (made) return contentOf(made);
  const effect = effects.find((one) => one.etag === etag && nameOf(one) === name && one.record !== undefined);
  return effect && contentOf({ record: effect.record ?? null, seal: effect.seal });
}

function contentOf({ record, seal }: { record: JsonObject | null; seal?: Seal | undefined }): Content {
  return { record, seal };
}
