import { carriedAs } from '#core/desk/carried-configurations.ts';
import { parseBody, unpacked } from '#core/store/entry.ts';
import { contentAt } from '../authority/known.ts';
import type { StoredEffect } from '../authority/ledger.ts';
import type { Scope } from '../database/scope.ts';

/** The files that the packs of these commits lie in, by commit, as the log knows them now (SY90). */
export async function packBlobs(scope: Scope, commits: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const commitOf = new Map(commits.map((commit) => [carriedAs(commit), commit]));
  const rows = await scope.rows<{ locator: string; etag: string; body: Uint8Array; effects: string }>(
    'pack-blobs',
    `SELECT h.locator, h.etag, l.body, l.effects FROM head h
     JOIN log l ON l.tenant = h.tenant AND l.position = h.made
     WHERE h.tenant = $1 AND h.type = 'media' AND h.locator = ANY($2) AND NOT h.gone`,
    [[...commitOf.keys()]],
  );
  const found = new Map<string, string>();
  for (const { locator, etag, body, effects } of rows) {
    const entry = { body: parseBody(unpacked(body)), effects: JSON.parse(effects) as StoredEffect[] };
    const blob = contentAt(entry, { type: 'media', locator }, etag)?.record?.blob;
    const commit = commitOf.get(locator);
    if (typeof blob === 'string' && commit !== undefined) found.set(commit, blob);
  }
  return found;
}
