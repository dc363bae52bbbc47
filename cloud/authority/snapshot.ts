import type * as z from 'zod';
import { canonicalJson } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { parseBody, unpacked } from '#core/store/entry.ts';
import { entryOf } from '#core/store/replica/effects.ts';
import { type Frame, framed } from '#core/sync/frames.ts';
import { MOST_BYTES, type SnapshotHead, type SnapshotQuery, type SnapshotRecord } from '#core/sync/protocol.ts';
import type { Scope } from '../database/scope.ts';
import { FORMER_HEADS } from './append.ts';
import { contentAt } from './known.ts';
import { type Content, type HeadRow, nameOf, type StoredEffect } from './ledger.ts';
import { loadKeys } from './person-keys.ts';
import { lastPosition, sentKeys } from './pull.ts';
import type { Authority } from './push.ts';

/** Most records of a page. */
const PAGE = 2_000;
/** Where a page ended: behind which record, of how many in all. */
interface Cursor {
  /** The end of a push: what heads were within one is not known. */
  readonly at: number;
  readonly made: number;
  readonly type: string;
  readonly locator: string;
  readonly total: number;
}
interface Entry {
  readonly position: number;
  readonly size: number;
}

/**
 * A page of the heads at a position, exactly as they were there, newest first (SY43).
 * @param options `most`: records of a page; `cuts`: positions at which the log was set back: a device that was ahead begins there, or where the
 * log that it knows was (SY97)
 * @returns frames: SnapshotHead, then a SnapshotRecord with the canonical text of the record, sealed, each
 */
export async function snapshot(
  { database, master }: Authority,
  tenant: string,
  query: z.infer<typeof SnapshotQuery>,
  { most = PAGE, cuts = [] }: { readonly most?: number; readonly cuts?: readonly number[] } = {},
): Promise<Uint8Array> {
  const cursor = query.after === undefined ? undefined : readCursor(query.after);
  return database.inTenant(tenant, async (scope) => {
    const last = await lastPosition(scope);
    const at = cursor?.at ?? (query.at !== undefined && isCommon(query.at, cuts) ? query.at : last);
    if (query.at !== undefined && query.at !== at)
      throw new Problem('malformed-request', `A snapshot begins at the end of the log, ${at}, and goes on there.`);
    if (at < last - FORMER_HEADS)
      throw new Problem('wrong-state', 'The log has left this snapshot too far behind: begin a new one.', {
        details: { reason: 'snapshot-expired' },
      });
    const total = cursor?.total ?? (await countHeads(scope, at));
    const heads = await page(scope, at, cursor, most);
    const { kept, contents } = await contentsOf(scope, heads);
    const found = kept.map((head) => ({ head, content: contents.get(nameOf(head)) ?? { record: null } }));
    const keys = await loadKeys(
      scope,
      master,
      found.flatMap(({ content }) => content.seal?.key ?? []),
    );
    const end = kept.at(-1);
    const more = end !== undefined && (kept.length < heads.length || heads.length === most);
    const next = more ? { next: writeCursor({ ...end, at, total }) } : {};
    const head: z.infer<typeof SnapshotHead> = { at, total, ...next };
    const frames = found.map(({ head: row, content }): Frame => {
      const sent = sentKeys(content.seal ? [content.seal.key] : [], keys);
      const { type, locator, version, etag, schema } = row;
      const record: z.infer<typeof SnapshotRecord> = {
        type,
        locator,
        version,
        etag,
        schema,
        ...(content.seal && { seal: { ...content.seal, paths: [...content.seal.paths] } }),
        ...(sent.length > 0 && { keys: sent }),
      };
      return { head: record, body: content.record ? Buffer.from(canonicalJson(content.record)) : new Uint8Array() };
    });
    return framed([{ head, body: new Uint8Array() }, ...frames]);
  });
}

/** Whether a device whose cloud was set back may have gone back to a position: it is one of these cuts, or an earlier one of a log that is no more. */
function isCommon(position: number, cuts: readonly number[]): boolean {
  return cuts.some((cut) => position <= cut);
}

/**
 * Where a snapshot at an earlier position begins. @param position the end of a push: what heads were within one is not known
 */
export async function snapshotFrom({ database }: Authority, tenant: string, position: number): Promise<string> {
  const total = await database.inTenant(tenant, (scope) => countHeads(scope, position));
  return writeCursor({ at: position, made: position, type: '', locator: '', total });
}

async function countHeads(scope: Scope, at: number): Promise<number> {
  const [row] = await scope.rows<{ total: number }>(
    'count-heads',
    'SELECT count(*) AS total FROM head WHERE tenant = $1 AND since <= $2',
    [at],
  );
  return row?.total ?? 0;
}

/** Heads that nothing touched since, and of the others what they were. Descending by position, ascending by name within it, behind the cursor. */
function page(scope: Scope, at: number, cursor: Cursor | undefined, most: number): Promise<readonly HeadRow[]> {
  const behind = 'AND made <= $3 AND (made < $3 OR (type, locator) > ($4, $5))';
  const order = `ORDER BY made DESC, type, locator LIMIT $6`;
  const columns = 'type, locator, version, etag, schema, made, since, gone';
  return scope.rows<HeadRow>(
    'snapshot',
    `SELECT * FROM (
       (SELECT ${columns} FROM head WHERE tenant = $1 AND since <= $2 ${behind} ${order})
       UNION ALL
       (SELECT ${columns} FROM former_head WHERE tenant = $1 AND until > $2 AND since <= $2 ${behind} ${order})
     ) AS h ${order}`,
    [at, cursor?.made ?? at, cursor?.type ?? '', cursor?.locator ?? '', most],
  );
}

/** The contents of as many heads of the page as fit into an answer; heads of one entry stand together, and it is read once. */
async function contentsOf(
  scope: Scope,
  heads: readonly HeadRow[],
): Promise<{ kept: readonly HeadRow[]; contents: ReadonlyMap<string, Content> }> {
  const sizes = await scope.rows<Entry>(
    'snapshot-sizes',
    `SELECT l.* FROM unnest($2::bigint[]) AS w (position) CROSS JOIN LATERAL (
       SELECT position, octet_length(body) + octet_length(effects) AS size FROM log
       WHERE tenant = $1 AND position = w.position LIMIT 1) l`,
    [[...new Set(heads.filter(({ gone }) => !gone).map(({ made }) => made))]],
  );
  const size = new Map(sizes.map((row) => [row.position, row.size]));
  const positions = new Set<number>();
  let sum = 0;
  const kept: HeadRow[] = [];
  for (const head of heads) {
    if (!head.gone && !positions.has(head.made)) {
      sum += size.get(head.made) ?? 0;
      if (sum > MOST_BYTES && kept.length > 0) break;
      positions.add(head.made);
    }
    kept.push(head);
  }
  const rows = await scope.rows<{ position: number; body: Uint8Array; effects: string }>(
    'snapshot-bodies',
    `SELECT l.* FROM unnest($2::bigint[]) AS w (position)
     CROSS JOIN LATERAL (SELECT position, body, effects FROM log WHERE tenant = $1 AND position = w.position LIMIT 1) l`,
    [[...positions]],
  );
  const logged = new Map(rows.map((row) => [row.position, row]));
  const opened = new Map<number, Parameters<typeof contentAt>[0]>();
  const contents = new Map<string, Content>();
  for (const head of kept) {
    if (head.gone) continue;
    const row = logged.get(head.made);
    const entry = opened.get(head.made) ?? (row && { body: parseBody(unpacked(row.body)), effects: effectsOf(row) });
    if (!entry) throw new Error(`The log does not hold position ${head.made}.`);
    opened.set(head.made, entry);
    const content = contentAt(entry, head, head.etag);
    if (!content)
      throw new Error(`Position ${head.made} does not hold ${head.type} ${head.locator} (${entryOf(head.etag)}).`);
    contents.set(nameOf(head), content);
  }
  return { kept, contents };
}

function effectsOf({ effects }: { readonly effects: string }): readonly StoredEffect[] {
  return JSON.parse(effects) as readonly StoredEffect[];
}

function writeCursor({ at, made, type, locator, total }: Cursor): string {
  return Buffer.from(JSON.stringify([at, made, total, type, locator])).toString('base64url');
}

function readCursor(text: string): Cursor {
  try {
    const [at, made, total, type, locator] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if ([at, made, total].every(Number.isSafeInteger) && typeof type === 'string' && typeof locator === 'string')
      return { at: Number(at), made: Number(made), total: Number(total), type, locator };
  } catch {
    // Said below.
  }
  throw new Problem('malformed-request', '"after" is not where a page ended.');
}
