import { hashOf, NO_HASH, parseBody, unpackedWithin } from '#core/store/entry.ts';
import type { StoredEffect } from '../authority/ledger.ts';
import type { MasterKey } from '../authority/master-key.ts';
import { type Dump, openDump } from '../database/dump.ts';
import type { Manifest } from './manifest.ts';
import { digestOf } from './write.ts';

const MOST_FAULTS = 100;
const MOST_TEXT = 64 * 1024 * 1024;

/**
 * Proves a restored database against the backup and against itself (CL62): each table's rows are those of the manifest; each tenant's
 * positions have no gap; each device's chain is whole and ends where the device's row says; the heads are the fold of the log; every
 * person's key opens under the master key; what Git's references and objects name is there. @returns what is wrong, a sentence each
 */
export async function proveRestored(
  databaseUrl: string,
  manifest: Manifest,
  master: MasterKey,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const fault = (sentence: string): void => {
    if (faults.length < MOST_FAULTS) faults.push(sentence);
  };
  const dump = await openDump(databaseUrl);
  try {
    for (const table of dump.tables) {
      const said = manifest.tables.find(({ name }) => name === table.name);
      const { rows, sha256 } = await digestOf(dump.rows(table));
      if (said?.rows !== rows || said.sha256 !== sha256)
        fault(`${table.name} has other rows (${rows}) than the backup (${said?.rows ?? 'no such table'}).`);
    }
    for await (const rows of dump.query<{ check: string }>('SELECT key_check AS check FROM installation'))
      if (rows[0]?.check !== master.check) fault('The backup was made under another FIELDWRITER_CLOUD_KEY.');
    await proveLog(dump, fault);
    await proveKeys(dump, master, fault);
    await proveGit(dump, fault);
  } finally {
    await dump.close();
  }
  return faults;
}

interface LogRow {
  readonly tenant: string;
  readonly position: number;
  readonly device: string;
  readonly sequence: number;
  readonly id: string;
  readonly hash: string;
  readonly effects: string;
  readonly body: Buffer;
}
interface Head {
  readonly version: number;
  readonly etag: string;
  readonly made: number;
  readonly since: number;
  readonly gone: boolean;
}

/** Goes through every log once, in its order. A device's entries stand in it in the order of its chain (SY10). */
async function proveLog(dump: Dump, fault: (sentence: string) => void): Promise<void> {
  let tenant = '';
  let position = 0;
  let heads = new Map<string, Head>();
  const ends = new Map<string, number>();
  const chains = new Map<string, { sequence: number; hash: string }>();
  const derived = new Map<string, Map<string, Head>>();
  const rows = dump.query<LogRow>(
    `SELECT tenant::text AS tenant, position, device, sequence, id, hash, effects, body FROM log ORDER BY tenant, position`,
  );
  for await (const batch of rows)
    for (const row of batch) {
      if (row.tenant !== tenant) {
        heads = new Map();
        derived.set(row.tenant, heads);
        ({ tenant } = row);
        position = 0;
      }
      const place = `Entry ${row.position} of ${tenant}`;
      if (row.position !== position + 1) fault(`${place} follows ${position}: what lies between is missing.`);
      ({ position } = row);
      ends.set(tenant, position);
      try {
        proveEntry(row, chains, heads, (what) => fault(`${place} ${what}`));
      } catch (error) {
        fault(`${place} can not be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  for await (const batch of dump.query<{ id: string; position: number }>('SELECT id::text AS id, position FROM tenant'))
    for (const { id, position: said } of batch)
      if ((ends.get(id) ?? 0) !== said) fault(`The log of ${id} ends at ${ends.get(id) ?? 0}, not at ${said}.`);
  for await (const batch of dump.query<{ id: string; sequence: number; hash: string }>(
    'SELECT id, sequence, hash FROM device',
  ))
    for (const { id, sequence, hash } of batch) {
      const end = chains.get(id) ?? { sequence: 0, hash: NO_HASH };
      if (end.sequence !== sequence || end.hash !== hash)
        fault(`The chain of ${id} ends with ${end.sequence}, its device says ${sequence}.`);
    }
  await proveHeads(dump, derived, fault);
}

function proveEntry(
  row: LogRow,
  chains: Map<string, { sequence: number; hash: string }>,
  heads: Map<string, Head>,
  fault: (what: string) => void,
): void {
  const text = unpackedWithin(row.body, MOST_TEXT);
  if (hashOf(text) !== row.hash) fault('is not what its hash says.');
  const body = parseBody(text);
  const before = chains.get(row.device) ?? { sequence: 0, hash: NO_HASH };
  chains.set(row.device, { sequence: row.sequence, hash: row.hash });
  if (row.sequence !== before.sequence + 1 || body.previousHash !== before.hash)
    fault(`does not continue the chain of ${row.device}.`);
  if (body.id !== row.id || body.device !== row.device || body.sequence !== row.sequence)
    fault('stands under another id, device or sequence than its text says.');
  for (const { type, locator, from, version, etag, record } of JSON.parse(row.effects) as readonly StoredEffect[]) {
    const name = `${type} ${locator}`;
    const standing = heads.get(name);
    if (from === 'head' && record === undefined) {
      if (standing) heads.set(name, { ...standing, version, since: row.position });
      else fault(`says what stands of ${name}, and nothing does.`);
      continue;
    }
    const own = (): boolean =>
      body.changes.find((change) => change.type === type && change.locator === locator)?.record === null;
    const gone = record === undefined ? own() : record === null;
    heads.set(name, { version, etag, made: row.position, since: row.position, gone });
  }
}

async function proveHeads(
  dump: Dump,
  derived: ReadonlyMap<string, Map<string, Head>>,
  fault: (sentence: string) => void,
): Promise<void> {
  const rows = dump.query<Head & { tenant: string; type: string; locator: string }>(
    'SELECT tenant::text AS tenant, type, locator, version, etag, made, since, gone FROM head',
    1_000,
  );
  for await (const batch of rows)
    for (const { tenant, type, locator, ...head } of batch) {
      const name = `${type} ${locator}`;
      const said = derived.get(tenant)?.get(name);
      derived.get(tenant)?.delete(name);
      const same = (['version', 'etag', 'made', 'since', 'gone'] as const).every((one) => said?.[one] === head[one]);
      if (!same) fault(`The head of ${name} of ${tenant} is ${head.etag}, in its log ${said?.etag ?? 'nothing'}.`);
    }
  for (const [tenant, left] of derived)
    for (const name of left.keys()) fault(`${name} of ${tenant} is in its log and not among the heads.`);
}

async function proveKeys(dump: Dump, master: MasterKey, fault: (sentence: string) => void): Promise<void> {
  const rows = dump.query<{ tenant: string; id: string; key: Buffer }>(
    'SELECT tenant::text AS tenant, id, key FROM person_key WHERE key IS NOT NULL',
    1_000,
  );
  for await (const batch of rows)
    for (const { tenant, id, key } of batch)
      try {
        master.unwrap(key, `${tenant} ${id}`);
      } catch {
        fault(`The key ${id} of a person of ${tenant} does not open.`);
      }
}

async function proveGit(dump: Dump, fault: (sentence: string) => void): Promise<void> {
  if (!dump.tables.some(({ name }) => name === 'git_object')) return;
  const missing = dump.query<{ tenant: string; oid: string }>(
    `SELECT n.tenant::text AS tenant, n.oid FROM (
       SELECT tenant, oid FROM git_ref UNION SELECT tenant, unnest(links) FROM git_object) AS n
     WHERE NOT EXISTS (SELECT 1 FROM git_object o WHERE o.tenant = n.tenant AND o.oid = n.oid)`,
  );
  for await (const batch of missing)
    for (const { tenant, oid } of batch) fault(`The repository of ${tenant} lacks ${oid}.`);
}
