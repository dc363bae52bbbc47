import type * as z from 'zod';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { type EntryBody, hashOf, parseBody, unpacked } from '#core/store/entry.ts';
import type { Seal } from '#core/store/personal.ts';
import { isReplicated } from '#core/store/replica/scope.ts';
import type { PushedEntry } from './contract.ts';
import type { EntryHead } from './protocol.ts';

/** An entry of a push as it was sent: what is wrong with it is the sender's (SY12). */
export type ReadEntry =
  | { readonly ok: true; readonly entry: PushedEntry; readonly body: EntryBody; readonly text: string }
  | { readonly ok: false; readonly why: 'hash' | 'not-canonical' | 'head' | 'device' | 'bases' | 'twice' };

/**
 * Reads a pushed entry against its head: the hash is that of its text, the text is canonical, and it is of the device that sends it.
 * @param packed the text as the journal keeps it @param open opens sealed members
 * Throws `store-damaged` for bytes that are no entry, `store-from-the-future` for a newer format.
 */
export function readEntry(
  head: z.infer<typeof EntryHead>,
  packed: Uint8Array,
  device: string,
  open: (value: JsonObject, seal: Seal) => JsonObject,
): ReadEntry {
  const text = unpacked(packed);
  if (hashOf(text) !== head.hash) return { ok: false, why: 'hash' };
  const body = parseBody(text);
  if (canonicalJson(body) !== text) return { ok: false, why: 'not-canonical' };
  if (body.device !== device) return { ok: false, why: 'device' };
  if (body.id !== head.id || body.sequence !== head.sequence) return { ok: false, why: 'head' };
  if (head.bases.length !== body.changes.length) return { ok: false, why: 'bases' };
  // J7: a record changes at most once in an entry.
  if (new Set(body.changes.map(({ type, locator }) => `${type} ${locator}`)).size !== body.changes.length)
    return { ok: false, why: 'twice' };
  const { sequence, id, previousHash, command, user, at } = body;
  const changes = body.changes.flatMap((change, i) => {
    const { type, locator, version, record, seal } = change;
    if (!isReplicated(change)) return [];
    return [
      { type, locator, base: head.bases[i] ?? null, version, record: record && seal ? open(record, seal) : record },
    ];
  });
  const entry = { device, sequence, id, hash: head.hash, previousHash, seen: head.seen, command, user, at, changes };
  return { ok: true, entry, body, text };
}
