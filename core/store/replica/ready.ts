import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import type { RecordType } from '../contract.ts';
import { type BodyChange, type EntryBody, hashOf, parseBody, unpacked } from '../entry.ts';
import { fieldsOf } from '../members.ts';
import { openedWith, type Seal } from '../personal.ts';
import type { PersonKey, ReadEntry, Ready, SnapshotPage } from './replication-contract.ts';

const decoder = new TextDecoder();

/**
 * @param sealed it is opened in itself: nobody else has it
 * @param keys that came along @param text canonical text, where it is at hand
 * @returns undefined: the key did not come along, only the store may have it
 * Throws `store-damaged`.
 */
function readyRecord(
  type: RecordType,
  sealed: JsonObject | null,
  seal: Seal | undefined,
  keys: readonly PersonKey[],
  text?: string,
): Ready | undefined {
  if (sealed === null) return { text: null, fields: [] };
  if (!seal) return { text: text ?? canonicalJson(sealed), fields: fieldsOf(type, sealed) };
  const key = keys.find(({ id }) => id === seal.key);
  if (!key) return undefined;
  const value = openedWith(sealed, seal, Buffer.from(key.key, 'base64'), 'own');
  return { text: canonicalJson(value), fields: fieldsOf(type, value), key };
}

/**
 * The entry of an item. @param packed its text, compressed
 * @returns undefined: it is not what its hash says, or a newer program reads it; the store says which
 */
export function readEntry(hash: string, packed: Uint8Array, keys: readonly PersonKey[]): ReadEntry | undefined {
  try {
    const text = unpacked(packed);
    if (hashOf(text) !== hash) return undefined;
    const { id, sequence, command, changes } = parseBody(text);
    return {
      id,
      sequence,
      command,
      changes: changes.map(({ record, ...change }) => ({
        ...change,
        ready: readyRecord(change.type, record, change.seal, keys),
      })),
    };
  } catch {
    return undefined;
  }
}

/** A head as it came. @returns undefined: only the store can read it, or say what is wrong with it */
export function readHead({ type, seal, keys, body }: SnapshotPage['records'][number]): Ready | undefined {
  if (body.length === 0) return readyRecord(type, null, seal, keys);
  try {
    const text = decoder.decode(body);
    return readyRecord(type, JSON.parse(text) as JsonObject, seal, keys, text);
  } catch {
    return undefined;
  }
}

/** A read entry with what is seldom looked at, read when it is. */
export function wholeEntry(read: ReadEntry, packed: Uint8Array): ItemBody {
  let known: EntryBody | undefined;
  const whole = (): EntryBody => {
    known ??= parseBody(unpacked(packed));
    return known;
  };
  const changes = read.changes.map((change, i) => ({
    ...change,
    get record() {
      return whole().changes[i]?.record ?? null;
    },
  }));
  return {
    ...read,
    changes,
    get arguments() {
      return whole().arguments;
    },
  };
}
/** An entry as an item is applied from it. */
export interface ItemBody extends Pick<EntryBody, 'id' | 'sequence' | 'command' | 'arguments'> {
  readonly changes: readonly (BodyChange & { readonly ready?: Ready | undefined })[];
}
