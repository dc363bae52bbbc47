import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Scope } from '../database/scope.ts';
import type { GitObject, ObjectKind } from './object.ts';
import type { PackedObject } from './write-pack.ts';

export interface Ref {
  readonly name: string;
  readonly oid: string;
  /** What an annotated tag leads to. */
  readonly peeled: string | null;
}
/** A new value of a reference; null: it goes. */
export interface RefMove {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A statement carries so many octets of objects. */
const BATCH = 4 * 1024 * 1024;
const packed = promisify(deflate);

/** References as Git lists them. */
export function refsOf(scope: Scope): Promise<readonly Ref[]> {
  return scope.rows<Ref>(
    'git-refs',
    `SELECT r.name, r.oid, CASE WHEN o.kind = 'tag' THEN o.links[1] END AS peeled
     FROM git_ref r
     CROSS JOIN LATERAL (SELECT kind, links FROM git_object WHERE tenant = $1 AND oid = r.oid LIMIT 1) o
     WHERE r.tenant = $1 ORDER BY r.name COLLATE "C"`,
  );
}

/** Nobody else moves references of the tenant until this transaction ends. @returns number of their last change */
export async function lockRepository(scope: Scope): Promise<number> {
  await scope.rows('git-begin', 'INSERT INTO git_repository (tenant, changes) VALUES ($1, 0) ON CONFLICT DO NOTHING');
  const [row] = await scope.rows<{ changes: number }>(
    'git-lock',
    'SELECT changes FROM git_repository WHERE tenant = $1 FOR UPDATE',
  );
  return row?.changes ?? 0;
}

/** Of these, the ones that are here. */
export async function present(scope: Scope, oids: readonly string[]): Promise<ReadonlyMap<string, ObjectKind>> {
  if (oids.length === 0) return new Map();
  const rows = await scope.rows<{ oid: string; kind: ObjectKind }>(
    'git-present',
    `SELECT o.* FROM unnest($2::text[]) AS w (oid)
     CROSS JOIN LATERAL (SELECT oid, kind FROM git_object WHERE tenant = $1 AND oid = w.oid LIMIT 1) o`,
    [[...new Set(oids)]],
  );
  return new Map(rows.map(({ oid, kind }) => [oid, kind]));
}

/** What a reference names or once named: the only ones that may be asked for. */
export async function offered(scope: Scope, oids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await scope.rows<{ oid: string }>(
    'git-offered',
    'SELECT DISTINCT after AS oid FROM git_ref_change WHERE tenant = $1 AND after = ANY($2)',
    [oids],
  );
  return new Set(rows.map(({ oid }) => oid));
}

/** Everything that leads from the wanted and not from what the other side has. */
export async function missing(
  scope: Scope,
  wanted: readonly string[],
  had: readonly string[],
): Promise<readonly string[]> {
  const rows = await scope.rows<{ oid: string }>(
    'git-missing',
    `WITH RECURSIVE
       there (oid) AS (
         SELECT unnest($3::text[])
         UNION SELECT unnest(o.links) FROM there
           CROSS JOIN LATERAL (SELECT links FROM git_object WHERE tenant = $1 AND oid = there.oid LIMIT 1) o
       ),
       reached (oid) AS (
         SELECT unnest($2::text[])
         UNION SELECT unnest(o.links) FROM reached
           CROSS JOIN LATERAL (SELECT links FROM git_object WHERE tenant = $1 AND oid = reached.oid LIMIT 1) o
       )
     SELECT oid FROM reached EXCEPT SELECT oid FROM there`,
    [wanted, had],
  );
  return rows.map(({ oid }) => oid);
}

/** Whether a commit is another one, or comes after it. */
export async function goesOn(scope: Scope, commit: string, from: string): Promise<boolean> {
  const rows = await scope.rows(
    'git-goes-on',
    `WITH RECURSIVE before (oid) AS (
       SELECT $2::text
       UNION SELECT unnest(o.links[2:]) FROM before
         CROSS JOIN LATERAL (
           SELECT links FROM git_object WHERE tenant = $1 AND oid = before.oid AND kind = 'commit' LIMIT 1) o
         WHERE before.oid <> $3
     ) SELECT 1 FROM before WHERE oid = $3`,
    [commit, from],
  );
  return rows.length > 0;
}

/** Objects as a pack has them, in groups that fit into memory. */
export async function sizesOf(scope: Scope, oids: readonly string[]): Promise<readonly (readonly string[])[]> {
  const rows = await scope.rows<{ oid: string; length: number }>(
    'git-sizes',
    `SELECT o.oid, octet_length(o.body) AS length FROM unnest($2::text[]) WITH ORDINALITY AS w (oid, n)
     CROSS JOIN LATERAL (SELECT oid, body FROM git_object WHERE tenant = $1 AND oid = w.oid LIMIT 1) o ORDER BY w.n`,
    [oids],
  );
  return inGroups(rows, ({ length }) => length).map((group) => group.map(({ oid }) => oid));
}

export function packedObjects(scope: Scope, oids: readonly string[]): Promise<readonly PackedObject[]> {
  return scope.rows<PackedObject>(
    'git-objects',
    `SELECT o.* FROM unnest($2::text[]) AS w (oid)
     CROSS JOIN LATERAL (SELECT kind, size, body FROM git_object WHERE tenant = $1 AND oid = w.oid LIMIT 1) o`,
    [oids],
  );
}

/** Keeps objects. @returns the first that names what is neither here nor what it is taken for; undefined: all is well */
export async function keepObjects(scope: Scope, objects: readonly GitObject[]): Promise<string | undefined> {
  const known = await present(
    scope,
    objects.map(({ oid }) => oid),
  );
  const fresh = objects.filter(({ oid }) => !known.has(oid));
  for (const group of inGroups(fresh, ({ content }) => content.length)) await insert(scope, group);
  const links = new Map(fresh.flatMap((object) => object.links.map((link) => [`${link.oid} ${link.kind}`, link])));
  if (links.size === 0) return undefined;
  const [gap] = await scope.rows<{ oid: string }>(
    'git-gap',
    `SELECT w.oid FROM unnest($2::text[], $3::text[]) AS w (oid, kind)
     LEFT JOIN LATERAL (SELECT kind FROM git_object WHERE tenant = $1 AND oid = w.oid LIMIT 1) o ON true
     WHERE o.kind IS DISTINCT FROM w.kind LIMIT 1`,
    [[...links.values()].map(({ oid }) => oid), [...links.values()].map(({ kind }) => kind)],
  );
  return gap?.oid;
}

/** Contents go as one value with the length of each: a list of byte strings would cross as text, twice as long. */
async function insert(scope: Scope, objects: readonly GitObject[]): Promise<void> {
  const bodies = await Promise.all(objects.map(({ content }) => packed(content)));
  let at = 1;
  const starts = bodies.map(({ length }) => {
    at += length;
    return at - length;
  });
  await scope.rows(
    'git-keep',
    `INSERT INTO git_object (tenant, oid, kind, size, links, body)
     SELECT $1::uuid, oid, kind, size, string_to_array(links, ' '), substring($2::bytea FROM start FOR length)
     FROM unnest($3::text[], $4::text[], $5::bigint[], $6::text[], $7::int[], $8::int[])
       AS n (oid, kind, size, links, start, length)
     ON CONFLICT DO NOTHING`,
    [
      Buffer.concat(bodies),
      objects.map(({ oid }) => oid),
      objects.map(({ kind }) => kind),
      objects.map(({ content }) => content.length),
      objects.map(({ links }) => links.map(({ oid }) => oid).join(' ')),
      starts,
      bodies.map(({ length }) => length),
    ],
  );
}

/** Moves references, and writes down who did. Under the lock. @param changes number of the last change */
export async function moveRefs(
  scope: Scope,
  changes: number,
  moves: readonly RefMove[],
  who: string,
  at: number,
): Promise<void> {
  let number = changes;
  for (const { name, before, after } of moves) {
    number += 1;
    await scope.rows(
      'git-note',
      'INSERT INTO git_ref_change (tenant, number, name, before, after, who, at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [number, name, before, after, who, at],
    );
    if (after === null) await scope.rows('git-drop', 'DELETE FROM git_ref WHERE tenant = $1 AND name = $2', [name]);
    else
      await scope.rows(
        'git-move',
        `INSERT INTO git_ref (tenant, name, oid) VALUES ($1, $2, $3)
         ON CONFLICT (tenant, name) DO UPDATE SET oid = excluded.oid`,
        [name, after],
      );
  }
  await scope.rows('git-count', 'UPDATE git_repository SET changes = $2 WHERE tenant = $1', [number]);
}

function inGroups<T>(all: readonly T[], sizeOf: (one: T) => number): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let size = BATCH;
  for (const one of all) {
    size += sizeOf(one);
    if (size > BATCH) {
      groups.push([]);
      size = sizeOf(one);
    }
    groups.at(-1)?.push(one);
  }
  return groups;
}
