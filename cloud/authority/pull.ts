import type * as z from 'zod';
import { type Frame, framed } from '#core/sync/frames.ts';
import { type ItemHead, MOST_BYTES, MOST_ENTRIES, type PullHead, type PullQuery } from '#core/sync/protocol.ts';
import type { Scope } from '../database/scope.ts';
import type { StoredEffect } from './ledger.ts';
import { loadKeys, type PersonKeys } from './person-keys.ts';
import type { Authority } from './push.ts';

interface Row {
  readonly position: number;
  readonly device: string;
  readonly sequence: number;
  readonly id: string;
  readonly hash: string;
  readonly outcome: z.infer<typeof ItemHead>['outcome'];
  readonly effects: string;
  readonly keys: readonly string[];
  /** Empty for the device's own. */
  readonly body: Uint8Array;
}

/**
 * What is behind a position, whole items in order: as many as fit in count and bytes, at least one (SY40).
 * @returns frames: PullHead, then an ItemHead with the entry's text each
 */
export async function pull(
  { database, master }: Authority,
  device: { readonly id: string; readonly tenant: string },
  { after, entries = MOST_ENTRIES, bytes = MOST_BYTES }: z.infer<typeof PullQuery>,
): Promise<Uint8Array> {
  return database.inTenant(device.tenant, async (scope) => {
    // The position first: items that come between the two statements only make `more` true a moment later.
    const position = await lastPosition(scope);
    const rows = after >= position ? [] : await itemsBehind(scope, device.id, after, entries, bytes);
    const keys = await loadKeys(scope, master, rows.flatMap(wantedKeys(device.id)));
    const end = rows.at(-1)?.position ?? after;
    const head: z.infer<typeof PullHead> = { position: Math.max(position, end), more: end < position };
    return framed([{ head, body: new Uint8Array() }, ...rows.map((row) => itemFrame(row, device.id, keys))]);
  });
}

export async function lastPosition(scope: Scope): Promise<number> {
  const [row] = await scope.rows<{ position: number }>('last', 'SELECT position FROM tenant WHERE id = $1::uuid');
  return row?.position ?? 0;
}

/** One statement sees one moment, and positions are given in the order of commit: nothing can appear in between later (SY1). */
function itemsBehind(
  scope: Scope,
  device: string,
  after: number,
  entries: number,
  bytes: number,
): Promise<readonly Row[]> {
  return scope.rows<Row>(
    'pull',
    `SELECT position, device, sequence, id, hash, outcome, effects, keys,
       CASE WHEN device = $2 THEN ''::bytea ELSE body END AS body
     FROM (
       SELECT *, sum(size) OVER (ORDER BY position) - size AS before FROM (
         SELECT *, CASE WHEN device = $2 THEN 0 ELSE octet_length(body) END + octet_length(effects) AS size
         FROM log WHERE tenant = $1 AND position > $3 ORDER BY position LIMIT $4
       ) AS next
     ) AS counted WHERE before < $5 ORDER BY position`,
    [device, after, entries, bytes],
  );
}

function itemFrame(row: Row, device: string, known: PersonKeys): Frame {
  const { position, sequence, id, hash, outcome, body } = row;
  const effects = JSON.parse(row.effects) as z.infer<typeof ItemHead>['effects'];
  const keys = sentKeys(wantedKeys(device)(row), known);
  const head: z.infer<typeof ItemHead> = {
    position,
    device: row.device,
    sequence,
    id,
    hash,
    outcome,
    effects,
    ...(keys.length > 0 && { keys }),
  };
  return { head, body };
}

/** A device has the keys of its own entries; not those that a merge with another's was sealed with. */
function wantedKeys(device: string): (row: Row) => readonly string[] {
  return (row) => {
    if (row.device !== device) return row.keys;
    if (!row.effects.includes('"seal"')) return [];
    return (JSON.parse(row.effects) as StoredEffect[]).flatMap(({ seal }) => seal?.key ?? []);
  };
}

/** Keys as they cross; those of erased persons are left out. */
export function sentKeys(
  ids: readonly string[],
  known: PersonKeys,
): { readonly id: string; readonly person: string; readonly key: string }[] {
  return ids.flatMap((wanted) => {
    const { id, person, key } = known.get(wanted) ?? { id: wanted, person: '', key: null };
    return key ? [{ id, person, key: Buffer.from(key).toString('base64') }] : [];
  });
}
