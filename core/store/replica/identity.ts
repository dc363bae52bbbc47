import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import { type EntryBody, hashOf, NO_HASH, packed, parseBody, unpacked } from '../entry.ts';
import type { StateTable } from './state.ts';

/** Ends the device's name under which a restored store keeps what it has not journaled again yet. */
export const FORMER = '~';
const NEXT = 'next-device';

/** Which identity a restored store takes, and which it had. */
export interface Becoming {
  readonly device: string;
  readonly formerly: string;
}

export function becoming(database: Connection, device: string): Becoming | undefined {
  const next = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get(NEXT);
  return next === undefined ? undefined : { device: next, formerly: device.slice(0, -FORMER.length) };
}

/**
 * Begins the change of identity of a store that was restored from a backup (core/sync/SPEC.md SY11), in the transaction of the
 * caller: what waits, and what is journaled until the log was fetched to its end, stands aside under a name of its own, because the
 * log may hold other entries in its place. Asked again it changes nothing.
 * @param next the identity that it takes
 */
export function beginIdentity(database: Connection, device: string, next: string): Becoming {
  const begun = becoming(database, device);
  if (begun) return begun;
  const aside = `${device}${FORMER}`;
  database.prepare('UPDATE journal SET device = ? WHERE device = ? AND log_position IS NULL').run(aside, device);
  database.prepare("UPDATE meta SET value = ? WHERE name = 'device'").run(aside);
  database.prepare('INSERT INTO meta (name, value) VALUES (?, ?)').run(NEXT, next);
  return { device: next, formerly: device };
}

interface Waiting {
  readonly position: number;
  readonly body: Uint8Array;
  readonly bases: string | null;
}

/**
 * Ends it, once the log was fetched to its end: what the log does not hold is journaled again under the new identity, from sequence 1
 * on, in order, with the same `seen` and under new ids: another store restored from the same backup may do the same.
 */
export function endIdentity(database: Connection, state: StateTable, aside: string, newId: () => string): void {
  const next = becoming(database, aside);
  if (!next) return;
  const waiting = database
    .prepare<[string], Waiting>('SELECT position, body, bases FROM journal WHERE device = ? ORDER BY sequence')
    .all(aside);
  const write = database.prepare(
    'UPDATE journal SET device = @device, sequence = @sequence, id = @id, hash = @hash, body = @body, bases = @bases WHERE position = @position',
  );
  let previousHash = NO_HASH;
  const ids = new Map<string, string>();
  for (const [index, { position, body, bases: before }] of waiting.entries()) {
    const { device } = next;
    const sequence = index + 1;
    const id = newId();
    const made = parseBody(unpacked(body));
    ids.set(made.id, id);
    // What was made from one of these is made from it under its new id.
    const etags = before === null ? null : (JSON.parse(before) as (string | null)[]);
    const bases = etags && JSON.stringify(etags.map((etag) => (etag === null ? null : (ids.get(etag) ?? etag))));
    const said: EntryBody = { ...made, id, device, sequence, previousHash };
    const text = canonicalJson(said);
    previousHash = hashOf(text);
    write.run({ position, id, bases, device, sequence, hash: previousHash, body: packed(text) });
  }
  database.prepare("UPDATE meta SET value = ? WHERE name = 'device'").run(next.device);
  database.prepare('DELETE FROM meta WHERE name = ?').run(NEXT);
  const standing = state.read();
  if (standing) state.write({ ...standing, settled: 0 });
}
