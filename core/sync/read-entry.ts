import type * as z from 'zod';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { type EntryBody, hashOf, parseBody, unpackedWithin } from '#core/store/entry.ts';
import type { Seal } from '#core/store/personal.ts';
import { isReplicated } from '#core/store/replica/scope.ts';
import type { PushedEntry } from './contract.ts';
import { isEntry } from './entry-shape.ts';
import type { EntryHead } from './protocol.ts';

/** Most bytes that an entry's text may unpack to. */
const MOST_TEXT = 64 * 1024 * 1024;

/** An entry of a push as it was sent: what is wrong with it is the sender's (SY12). */
export type ReadEntry =
  | { readonly ok: true; readonly body: EntryBody }
  | { readonly ok: false; readonly why: 'hash' | 'not-canonical' | 'shape' | 'head' | 'device' | 'bases' | 'twice' };

/**
 * Reads a pushed entry against its head: the hash is that of its text, the text is canonical, and it is of the device that sends it.
 * @param packed the text as the journal keeps it
 * Throws `store-damaged` for bytes that are no entry, `store-from-the-future` for a newer format.
 */
export function readEntry(head: z.infer<typeof EntryHead>, packed: Uint8Array, device: string): ReadEntry {
  const text = unpackedWithin(packed, MOST_TEXT);
  if (hashOf(text) !== head.hash) return { ok: false, why: 'hash' };
  const body = parseBody(text);
  if (canonicalJson(body) !== text) return { ok: false, why: 'not-canonical' };
  if (!isEntry(body)) return { ok: false, why: 'shape' };
  if (body.device !== device) return { ok: false, why: 'device' };
  if (body.id !== head.id || body.sequence !== head.sequence) return { ok: false, why: 'head' };
  if (head.bases.length !== body.changes.length) return { ok: false, why: 'bases' };
  const names = new Set(body.changes.map(({ type, locator }) => `${type} ${locator}`));
  return names.size === body.changes.length ? { ok: true, body } : { ok: false, why: 'twice' };
}

/**
 * The entry as it is judged: its replicated changes, in the clear (SY4).
 * @param body its records are opened in themselves: what is sealed of it stays in the entry's text alone
 * @param open opens sealed members
 */
export function pushedEntry(
  head: z.infer<typeof EntryHead>,
  body: EntryBody,
  open: (value: JsonObject, seal: Seal, own: 'own') => JsonObject,
): PushedEntry {
  const { device, sequence, id, previousHash, command, user, at } = body;
  const changes = body.changes.flatMap((change, i) => {
    const { type, locator, version, record, seal } = change;
    if (!isReplicated(change)) return [];
    return [
      {
        type,
        locator,
        base: head.bases[i] ?? null,
        version,
        record: record && seal ? open(record, seal, 'own') : record,
      },
    ];
  });
  return { device, sequence, id, hash: head.hash, previousHash, seen: head.seen, command, user, at, changes };
}
