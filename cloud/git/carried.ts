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
}
/** As whom the cloud moves references. */
const ITSELF = 'cloud';
/** Read at once. */
const PAGE = 100;

/**
 * Takes the commits that laptops carried as packs (SY90) into the tenant's repository: `main` goes on where a deployment goes on from
 * it, and every version has a tag of its own. What has not come yet is left for the next time; asked again, nothing is done again.
 */
export async function takeCarried(parts: Parts, tenant: string): Promise<void> {
  let after = '';
  for (let more = true; more; ) {
    const page = await parts.database.inTenant(tenant, (scope) => untaken(scope, after));
    for (const deployment of page) await takeOne(parts, tenant, deployment);
    after = page.at(-1)?.record.locator ?? after;
    more = page.length === PAGE;
  }
}

async function takeOne({ database, blobs, log, now }: Parts, tenant: string, { etag, record }: Deployment) {
  const commits = contentsOf(record).map(({ commit }) => commit);
  // A version, then what it became with each repair.
  const [newest = record.commit, ...before] = commits;
  const inOrder = [...before, newest];
  try {
    const packs = await database.inTenant(tenant, (scope) => packsOf(scope, inOrder));
    if (packs === undefined) return;
    const objects = [];
    for (const hash of packs) {
      const pack = await blobs.get(tenant, hash);
      if (!pack) return;
      objects.push(...(await readPack(pack)));
    }
    const unique = [...new Map(objects.map((object) => [object.oid, object])).values()];
    await database.inTenant(tenant, async (scope) => {
      const changes = await lockRepository(scope);
      const gap = await keepObjects(scope, unique);
      if (gap !== undefined) throw new Waiting();
      const kinds = await present(scope, inOrder);
      if (inOrder.some((commit) => kinds.get(commit) !== 'commit'))
        throw new Problem('malformed-request', 'The pack does not hold the commit that was deployed.', {
          details: { reason: 'pack' },
        });
      const moves = await movesOf(scope, record, inOrder);
      await moveRefs(scope, changes, moves, ITSELF, now());
      await note(scope, etag, null, now());
    });
  } catch (error) {
    if (error instanceof Waiting) return;
    if (!(error instanceof Problem) || error.code !== 'malformed-request') throw error;
    log.warn({
      event: 'refused',
      code: error.code,
      reason: error.details?.reason,
      what: 'carried configuration',
      tenant,
    });
    await database.inTenant(tenant, (scope) => note(scope, etag, error.message, now()));
  }
}

/** What the pack rests on has not come yet. */
class Waiting extends Error {}

async function untaken(scope: Scope, after: string): Promise<readonly Deployment[]> {
  const rows = await headContents(
    scope,
    'git-untaken',
    `h.type = 'configuration' AND h.locator > $2
       AND NOT EXISTS (SELECT 1 FROM git_deployment d WHERE d.tenant = h.tenant AND d.etag = h.etag)`,
    after,
  );
  return rows.map(({ etag, record }) => ({ etag, record: record as unknown as ConfigurationRecord }));
}

/** Hashes of the packs of those commits that are not here; undefined: a pack is not known yet. */
async function packsOf(scope: Scope, commits: readonly string[]): Promise<readonly string[] | undefined> {
  const here = await present(scope, commits);
  const wanted = commits.filter((commit) => !here.has(commit));
  const rows = await headContents(
    scope,
    'git-packs',
    "h.type = 'media' AND h.locator = ANY($2)",
    wanted.map((commit) => carriedAs(commit)),
  );
  const found = new Map(rows.map(({ locator, record }) => [locator, record.blob]));
  const hashes = wanted.flatMap((commit) => {
    const hash = found.get(carriedAs(commit));
    return typeof hash === 'string' ? [hash] : [];
  });
  return hashes.length === wanted.length ? hashes : undefined;
}

async function headContents(scope: Scope, name: string, where: string, value: string | readonly string[]) {
  const rows = await scope.rows<HeadRow & { body: Uint8Array; effects: string }>(
    name,
    `SELECT h.type, h.locator, h.version, h.etag, h.schema, h.made, h.since, h.gone, l.body, l.effects
     FROM head h JOIN log l ON l.tenant = h.tenant AND l.position = h.made
     WHERE h.tenant = $1 AND NOT h.gone AND ${where} ORDER BY h.locator COLLATE "C" LIMIT ${PAGE}`,
    [value],
  );
  return rows.flatMap((row): { locator: string; etag: string; record: JsonObject }[] => {
    const effects = JSON.parse(row.effects) as readonly StoredEffect[];
    const { record } = contentAt({ body: parseBody(unpacked(row.body)), effects }, row, row.etag) ?? {};
    return record ? [{ locator: row.locator, etag: row.etag, record }] : [];
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
    'INSERT INTO git_deployment (tenant, etag, fault, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [etag, fault, now],
  );
}
