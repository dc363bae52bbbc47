import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import { type EntryBody, hashOf, NO_HASH, packed, parseBody, unpacked } from '../entry.ts';
import type { StateTable } from './state.ts';

interface Waiting {
  readonly position: number;
  readonly id: string;
  readonly bases: string | null;
  readonly body: Uint8Array;
}

/**
 * Gives this store a new identity (core/sync/SPEC.md SY11), in the transaction of the caller: the entries that wait are written
 * again as the new device's, from sequence 1 on, because they stand in no log yet and their old places are taken there. What
 * they changed, and were made from, stays.
 */
export function takeNewIdentity(database: Connection, state: StateTable, device: string, newId: () => string): string {
  const standing = state.read();
  const next = newId();
  const waiting = database
    .prepare<[string], Waiting>(
      `SELECT position, id, bases, body FROM journal WHERE device = ? AND log_position IS NULL ORDER BY sequence`,
    )
    .all(device);
  const write = database.prepare(
    'UPDATE journal SET id = @id, device = @device, sequence = @sequence, hash = @hash, body = @body, bases = @bases WHERE position = @position',
  );
  const ids = new Map<string, string>();
  let previousHash = NO_HASH;
  for (const [index, { position, id: was, bases, body }] of waiting.entries()) {
    const id = newId();
    ids.set(was, id);
    const said: EntryBody = {
      ...parseBody(unpacked(body)),
      id,
      device: next,
      sequence: index + 1,
      previousHash,
    };
    const text = canonicalJson(said);
    previousHash = hashOf(text);
    const from = bases && (JSON.parse(bases) as (string | null)[]).map((base) => (base && ids.get(base)) ?? base);
    write.run({
      position,
      id,
      device: next,
      sequence: index + 1,
      hash: previousHash,
      body: packed(text),
      bases: from && JSON.stringify(from),
    });
  }
  database.prepare("UPDATE meta SET value = ? WHERE name = 'device'").run(next);
  if (standing) state.write({ ...standing, settled: 0 });
  return next;
}
