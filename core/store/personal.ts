import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import type { Personal } from './contract.ts';
import type { Connection } from './database.ts';
import { damaged } from './trouble.ts';

/** What an entry says about its sealed members: whose they are, which key opens them, where they are. */
export interface Seal extends Personal {
  /** Id of the person's key at that time. */
  readonly key: string;
}

export interface PersonReader {
  /** The value with its sealed members in the clear, or empty where the person was erased. @throws store-damaged */
  unseal(value: JsonObject, seal: Seal): JsonObject;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

/**
 * Seals personal members with a key per person (J15). A sealed member is the text `kind.base64(nonce, tag, ciphertext)`; the
 * kind says what an erased member becomes: an empty value of the kind that readers expect there.
 */
export interface PersonKeys extends PersonReader {
  seal(value: JsonObject, personal: Personal): { readonly value: JsonObject; readonly seal: Seal };
  /** Throws the person's keys away for good. */
  erase(person: string): void;
  /** Keeps a key that another device made; one that was thrown away stays away. */
  take(key: { readonly id: string; readonly person: string; readonly key: string }): void;
  /** Something is sealed with a key that did not come along: the person was erased. */
  missing(seal: Seal): void;
}

export function personKeys(database: Connection, random: RandomBytes, newId: () => string): PersonKeys {
  const live = database.prepare<[string], { id: string; key: Buffer }>(
    'SELECT id, key FROM person_key WHERE person = ? AND key IS NOT NULL ORDER BY id LIMIT 1',
  );
  const insert = database.prepare('INSERT INTO person_key (id, person, key) VALUES (?, ?, ?)');
  // Position 0: nobody has to be sent it from here.
  const take = database.prepare('INSERT OR IGNORE INTO person_key (id, person, key, position) VALUES (?, ?, ?, 0)');
  const erase = database.prepare('UPDATE person_key SET key = NULL WHERE person = ?');

  const keyOf = (person: string): { id: string; key: Uint8Array } => {
    const found = live.get(person);
    if (found) return found;
    const made = { id: newId(), key: random(32) };
    insert.run(made.id, person, made.key);
    return made;
  };

  return {
    seal(value, personal) {
      return sealedWith(value, personal, keyOf(personal.person), random);
    },
    ...personReader(database),
    erase(person) {
      erase.run(person);
    },
    take({ id, person, key }) {
      take.run(id, person, Buffer.from(key, 'base64'));
    },
    missing({ key, person }) {
      take.run(key, person, null);
    },
  };
}

export function personReader(database: Connection): PersonReader {
  const byId = database.prepare<[string], { key: Buffer | null }>('SELECT key FROM person_key WHERE id = ?');
  return {
    unseal(value, seal) {
      const row = byId.get(seal.key);
      if (!row) throw damaged(`The key ${seal.key} of ${seal.person} is missing`);
      return openedWith(value, seal, row.key);
    },
  };
}

/** The value with its personal members sealed with a key of the person. */
export function sealedWith(
  value: JsonObject,
  personal: Personal,
  { id, key: bytes }: { readonly id: string; readonly key: Uint8Array },
  random: RandomBytes,
): { readonly value: JsonObject; readonly seal: Seal } {
  const key = createSecretKey(bytes);
  let sealed: JsonValue = value;
  for (const path of personal.paths) {
    sealed = mapAt(sealed, path.split('.'), (member) => sealMember(member, key, id, random(NONCE)));
  }
  return { value: sealed as JsonObject, seal: { person: personal.person, paths: personal.paths, key: id } };
}

/** The value with its sealed members in the clear. @param key null: erased, they become empty @throws store-damaged */
export function openedWith(value: JsonObject, seal: Seal, key: Uint8Array | null): JsonObject {
  let open: JsonValue = value;
  // From raw bytes Node makes such an object each time, at three times the cost of the deciphering itself.
  const secret = key && createSecretKey(key);
  // Backwards, so that a member that was sealed inside another comes into sight first.
  for (const path of [...seal.paths].reverse()) {
    open = mapAt(open, path.split('.'), (member) =>
      secret ? openMember(member, secret, seal.key) : emptyMember(member),
    );
  }
  return open as JsonObject;
}

/** The value with its members at these paths emptied, as erasing leaves them. */
export function emptied(value: JsonObject, paths: readonly string[]): JsonObject {
  let result: JsonValue = value;
  for (const path of paths) result = mapAt(result, path.split('.'), (member) => EMPTY[kindOf(member)]);
  return result as JsonObject;
}

const EMPTY = { object: {}, list: [], text: '', other: null } as const;
type Kind = keyof typeof EMPTY;

function kindOf(value: JsonValue): Kind {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'text';
  return value !== null && typeof value === 'object' ? 'object' : 'other';
}

function sealMember(member: JsonValue, key: KeyObject, keyId: string, nonce: Uint8Array): string {
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(keyId));
  const text = Buffer.concat([cipher.update(JSON.stringify(member), 'utf8'), cipher.final()]);
  return `${kindOf(member)}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')}`;
}

function openMember(member: JsonValue, key: KeyObject, keyId: string): JsonValue {
  const bytes = Buffer.from(sealedText(member).text, 'base64');
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(keyId))
      .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw damaged(`A sealed member does not open with the key ${keyId}`, error);
  }
}

function emptyMember(member: JsonValue): JsonValue {
  return EMPTY[sealedText(member).kind];
}

function sealedText(member: JsonValue): { kind: Kind; text: string } {
  const [kind, text] = typeof member === 'string' ? member.split('.') : [];
  if (kind === undefined || text === undefined || !Object.hasOwn(EMPTY, kind)) {
    throw damaged('A member that should be sealed is not');
  }
  return { kind: kind as Kind, text };
}

/** A copy of the value in which the members at a path are changed; a path into a list covers every item, one that leads nowhere nothing. */
function mapAt(value: JsonValue, path: readonly string[], change: (member: JsonValue) => JsonValue): JsonValue {
  const [member, ...rest] = path;
  if (member === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapAt(item, path, change));
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, member)) return value;
  const inner = (value as JsonObject)[member];
  if (inner === undefined) return value;
  return { ...value, [member]: mapAt(inner, rest, change) };
}
