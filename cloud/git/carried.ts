import type { Logger } from 'pino';
import { carriedAs } from '#core/desk/carried-configurations.ts';
import { type ConfigurationRecord, contentsOf } from '#core/desk/records.ts';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { parseBody, unpacked } from '#core/store/entry.ts';
import { contentAt } from '../authority/known.ts';
import type { HeadRow, StoredEffect } from '../authority/ledger.ts';
import type { CloudBlobs } from '../blobs.ts';
import type { CloudDatabase } from '../database/contract.ts';
import type { Scope } from '../database/scope.ts';
import type { GitObject } from './object.ts';
import { readPack } from './read-pack.ts';
import { MAIN } from './ref-rules.ts';
import { goesOn, keepObjects, lockRepository, moveRefs, present, type RefMove } from './repository.ts';

interface Parts {
  readonly database: CloudDatabase;
  readonly blobs: CloudBlobs;
  readonly log: Logger;
  now(): number;
}
/** A version of a deployment's record that the repository has not heard of. */
interface Deployment {
  readonly etag: string;
  readonly record: ConfigurationRecord;
  /** It was tried a moment ago, and rested on what had not come. */
  readonly lately: boolean;
}
/**
 * `settled`: taken, or never to be taken; `away`: its file is not here; `waits`: it rests on what is not here, and files are missing;
 * `gap`: it does, and none is.
 */
type Outcome = 'settled' | 'away' | 'waits' | 'gap';

/** Stands in the place of a fault as long as it may still come. */
const WAITS = 'waits';
/** Packs that wait for others are read again after this, or as soon as something came. */
const LATELY = 60_000;
/** As whom the cloud moves references. */
const ITSELF = 'cloud';

/**
 * Takes the commits that laptops carried as packs (SY90) into the tenant's repository: `main` goes on where a deployment goes on from
 * it, and every version has a tag of its own. What has not come yet is left for the next time; asked again, nothing is done again.
 */
export async function takeCarried(parts: Parts, tenant: string): Promise<void> {
  const { database, log, now } = parts;
  let waiting = await database.inTenant(tenant, (scope) => untaken(scope, now() - LATELY));
  for (let came = false; waiting.length > 0; ) {
    const left: { readonly deployment: Deployment; readonly outcome: Outcome }[] = [];
    for (const deployment of waiting) {
      const outcome = deployment.lately && !came ? 'away' : await takeOne(parts, tenant, deployment);
      if (outcome === 'settled') came = true;
      else left.push({ deployment, outcome });
    }
    if (left.length < waiting.length) {
      waiting = left.map(({ deployment }) => deployment);
      continue;
    }
    // Nothing came any more. Where every file is here, what these rest on never comes.
    const never = left.every(({ outcome }) => outcome === 'gap');
    if (never) log.warn({ event: 'refused', reason: 'gap', what: 'carried configuration', tenant });
    await database.inTenant(tenant, async (scope) => {
      for (const { deployment, outcome } of left)
        if (outcome !== 'away')
          await note(scope, deployment.etag, never ? 'What it rests on never came.' : WAITS, now());
    });
    return;
  }
}

async function takeOne(parts: Parts, tenant: string, { etag, record }: Deployment): Promise<Outcome> {
  const { database, log, now } = parts;
  // A version as it was before each repair, and as it is.
  const [newest = record.commit, ...before] = contentsOf(record).map(({ commit }) => commit);
  const commits = [...before, newest];
  const keep = (objects: readonly GitObject[]): Promise<Outcome> =>
    database.inTenant<Outcome>(tenant, async (scope) => {
      const changes = await lockRepository(scope);
      if ((await keepObjects(scope, objects)) !== undefined) throw new Waiting();
      const kinds = await present(scope, commits);
      if (commits.some((commit) => kinds.get(commit) !== 'commit'))
        throw new Problem('malformed-request', 'The pack does not hold the commit that was deployed.', {
          details: { reason: 'pack' },
        });
      await moveRefs(scope, changes, await movesOf(scope, record, commits), ITSELF, now());
      await note(scope, etag, null, now());
      return 'settled';
    });
  try {
    const packs = await database.inTenant(tenant, (scope) => packsOf(scope, commits));
    const own = packs && (await objectsOf(parts, tenant, packs, 'refuse'));
    if (!own) return 'away';
    return await keep(own).catch(async (error: unknown) => {
      if (!(error instanceof Waiting)) throw error;
      // It may rest on a commit that no record names any more.
      const others = await objectsOf(parts, tenant, await database.inTenant(tenant, unnamedPacks), 'pass over');
      return others ? keep([...own, ...others]) : 'waits';
    });
  } catch (error) {
    if (error instanceof Waiting) return 'gap';
    if (!(error instanceof Problem)) throw error;
    const line = { code: error.code, reason: error.details?.reason, what: 'carried configuration', tenant };
    if (error.code === 'store-damaged') {
      log.error({ event: 'damaged', ...line, error: error.message });
      return 'away';
    }
    if (error.code !== 'malformed-request') throw error;
    log.warn({ event: 'refused', ...line });
    await database.inTenant(tenant, (scope) => note(scope, etag, error.message, now()));
    return 'settled';
  }
}

/** What the pack rests on is not here. */
class Waiting extends Error {}

/** The objects of packs; undefined: a file is not here. @param onBad what becomes of one that can not be read */
async function objectsOf(
  { blobs }: Parts,
  tenant: string,
  packs: readonly string[],
  onBad: 'refuse' | 'pass over',
): Promise<readonly GitObject[] | undefined> {
  const objects = new Map<string, GitObject>();
  for (const hash of packs) {
    const pack = await blobs.get(tenant, hash);
    if (!pack) return undefined;
    const read = await readPack(pack).catch((error: unknown) => {
      if (onBad === 'refuse') throw error;
      return [];
    });
    for (const object of read) objects.set(object.oid, object);
  }
  return [...objects.values()];
}

/** @param since what was tried after that was tried lately */
async function untaken(scope: Scope, since: number): Promise<readonly Deployment[]> {
  const where = `h.type = 'configuration' AND (d.at IS NULL OR d.fault = '${WAITS}')`;
  return (await headContents(scope, 'git-untaken', where)).map(({ etag, at, record }) => ({
    etag,
    record: record as unknown as ConfigurationRecord,
    lately: (at ?? 0) > since,
  }));
}

/** Hashes of the packs of those commits that are not here; undefined: a pack is not known yet. */
async function packsOf(scope: Scope, commits: readonly string[]): Promise<readonly string[] | undefined> {
  const here = await present(scope, commits);
  const wanted = commits.filter((commit) => !here.has(commit)).map(carriedAs);
  if (wanted.length === 0) return [];
  const where = "h.type = 'media' AND h.locator = ANY($2)";
  const hashes = blobsOf(await headContents(scope, 'git-packs', where, [wanted]));
  return hashes.length === wanted.length ? hashes : undefined;
}

/** Of all packs whose commit is not here. */
async function unnamedPacks(scope: Scope): Promise<readonly string[]> {
  const where = "h.type = 'media' AND h.locator LIKE $2";
  const carried = await headContents(scope, 'git-all-packs', where, [carriedAs('%')]);
  const commitOf = ({ locator }: { readonly locator: string }): string => locator.slice(carriedAs('').length);
  const here = await present(scope, carried.map(commitOf));
  return blobsOf(carried.filter((one) => !here.has(commitOf(one))));
}

function blobsOf(records: readonly { readonly record: JsonObject }[]): string[] {
  return records.flatMap(({ record: { blob } }) => (typeof blob === 'string' ? [blob] : []));
}

/** Heads with their records, and when they were last tried. @param where over `h`, a head, and `d`, what is written down of it */
async function headContents(scope: Scope, name: string, where: string, values: readonly unknown[] = []) {
  const rows = await scope.rows<HeadRow & { body: Uint8Array; effects: string; at: number | null }>(
    name,
    `SELECT h.*, l.body, l.effects
     FROM (
       SELECT h.type, h.locator, h.version, h.etag, h.schema, h.made, h.since, h.gone, d.at
       FROM head h
       LEFT JOIN LATERAL (SELECT fault, at FROM git_deployment WHERE tenant = $1 AND etag = h.etag LIMIT 1) d ON true
       WHERE h.tenant = $1 AND NOT h.gone AND ${where}
       -- Settles first which ones they are: their texts are large.
       OFFSET 0
     ) h
     CROSS JOIN LATERAL (SELECT body, effects FROM log WHERE tenant = $1 AND position = h.made LIMIT 1) l
     ORDER BY h.locator COLLATE "C"`,
    values,
  );
  return rows.flatMap((row): { locator: string; etag: string; at: number | null; record: JsonObject }[] => {
    const effects = JSON.parse(row.effects) as readonly StoredEffect[];
    const { record } = contentAt({ body: parseBody(unpacked(row.body)), effects }, row, row.etag) ?? {};
    return record ? [{ locator: row.locator, etag: row.etag, at: row.at, record }] : [];
  });
}

/** The references of a version. Its tags never move: a repair gets one of its own. */
async function movesOf(
  scope: Scope,
  { configVersion, commit: newest }: ConfigurationRecord,
  commits: readonly string[],
): Promise<readonly RefMove[]> {
  const name = (n: number): string => `refs/tags/version-${configVersion}${n === 0 ? '' : `.${n}`}`;
  const rows = await scope.rows<{ name: string; oid: string }>(
    'git-version-tags',
    'SELECT name, oid FROM git_ref WHERE tenant = $1 AND (name = $2 OR name = $3 OR name LIKE $4)',
    [MAIN, name(0), `${name(0)}.%`],
  );
  const tags = new Map(rows.flatMap((row) => (row.name === MAIN ? [] : [[row.oid, row.name] as const])));
  const moves: RefMove[] = [];
  for (const commit of commits) {
    if (tags.has(commit)) continue;
    const tag = name(tags.size);
    tags.set(commit, tag);
    moves.push({ name: tag, before: null, after: commit });
  }
  const main = rows.find((row) => row.name === MAIN)?.oid ?? null;
  if (main !== newest && (main === null || (await goesOn(scope, newest, main))))
    moves.push({ name: MAIN, before: main, after: newest });
  return moves;
}

async function note(scope: Scope, etag: string, fault: string | null, now: number): Promise<void> {
  await scope.rows(
    'git-note-deployment',
    `INSERT INTO git_deployment (tenant, etag, fault, at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant, etag) DO UPDATE SET fault = excluded.fault, at = excluded.at
       WHERE git_deployment.fault IS NOT NULL`,
    [etag, fault, now],
  );
}
