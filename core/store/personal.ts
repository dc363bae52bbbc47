import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
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
  /**
   * The value with its sealed members in the clear, or empty where the person was erased. @throws store-damaged
   * @param own nobody else has the value: it is opened in itself, without a copy
   */
  unseal(value: JsonObject, seal: Seal, own?: 'own'): JsonObject;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;
/** So many keys that just came are kept at hand. */
const MOST_TAKEN = 1_000;

/**
 * Seals personal members with a key per person (J15). All of a value are enciphered together, as a JSON list: one by one it takes ten
 * times as long where there are many. What stands in a member's place is the text `kind:index`, and in the first place of the last path
 * that leads anywhere, which is sealed inside no other, `kind:index:base64(nonce, tag, ciphertext)`. The kind says what an erased member
 * becomes: an empty value of the kind that readers expect there. Format 1 of entries had `kind.base64(nonce, tag, ciphertext)` in each
 * place.
 */
export interface PersonKeys extends PersonReader {
  seal(value: JsonObject, personal: Personal): { readonly value: JsonObject; readonly seal: Seal };
  /** Throws the person's keys away for good. */
  erase(person: string): void;
  /** Keeps a key that another device made; one that was thrown away stays away. */
  take(key: { readonly id: string; readonly person: string; readonly key: string }): void;
  /** Whether what is sealed with a key may be read: it is the one that is kept, and was not thrown away. */
  holds(key: { readonly id: string; readonly key: string }): boolean;
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
  const byId = keyById(database);
  // A page of the log or of its heads brings a key and opens something with it at once.
  const taken = new Map<string, { readonly bytes: Uint8Array; readonly text: string }>();
  const kept = database.prepare<[string], Buffer | null>('SELECT key FROM person_key WHERE id = ?').pluck();

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
    unseal: (value, seal, own) => openedWith(value, seal, taken.get(seal.key)?.bytes ?? byId(seal), own),
    erase(person) {
      taken.clear();
      erase.run(person);
    },
    take({ id, person, key }) {
      const bytes = Buffer.from(key, 'base64');
      if (take.run(id, person, bytes).changes === 0) return;
      if (taken.size >= MOST_TAKEN) taken.clear();
      taken.set(id, { bytes, text: key });
    },
    holds: ({ id, key }) => (taken.get(id)?.text ?? kept.get(id)?.toString('base64')) === key,
    missing({ key, person }) {
      take.run(key, person, null);
    },
  };
}

export function personReader(database: Connection): PersonReader {
  const byId = keyById(database);
  return { unseal: (value, seal, own) => openedWith(value, seal, byId(seal), own) };
}

/** The key of a seal; null: erased. */
function keyById(database: Connection): (seal: Seal) => Uint8Array | null {
  const byId = database.prepare<[string], { key: Buffer | null }>('SELECT key FROM person_key WHERE id = ?');
  return ({ key, person }) => {
    const row = byId.get(key);
    if (!row) throw damaged(`The key ${key} of ${person} is missing`);
    return row.key;
  };
}

/** The value with its personal members sealed with a key of the person. */
export function sealedWith(
  value: JsonObject,
  personal: Personal,
  { id, key: bytes }: { readonly id: string; readonly key: Uint8Array },
  random: RandomBytes,
): { readonly value: JsonObject; readonly seal: Seal } {
  const members: JsonValue[] = [];
  let sealed: JsonValue = value;
  let carrying: { readonly path: readonly string[]; readonly first: string } | undefined;
  for (const text of personal.paths) {
    const path = text.split('.');
    const before = members.length;
    let first = '';
    sealed = mapAt(sealed, path, (member) => {
      const place = `${kindOf(member)}:${members.length}`;
      if (members.length === before) first = place;
      members.push(member);
      return place;
    });
    if (members.length > before) carrying = { path, first };
  }
  if (carrying) {
    const { path, first } = carrying;
    const text = enciphered(members, bytes, id, random(NONCE));
    sealed = mapAt(sealed, path, (place) => (place === first ? `${first}:${text}` : place));
  }
  return { value: sealed as JsonObject, seal: { person: personal.person, paths: personal.paths, key: id } };
}

/**
 * The value with its sealed members in the clear. @param key null: erased, they become empty @throws store-damaged
 * @param own nobody else has the value: it is opened in itself, without a copy
 */
export function openedWith(value: JsonObject, seal: Seal, key: Uint8Array | null, own?: 'own'): JsonObject {
  let open: JsonValue = value;
  // From raw bytes Node makes such an object each time, at three times the cost of the deciphering itself.
  const secret = key && createSecretKey(key);
  let members: readonly JsonValue[] = [];
  const inPlace = (place: JsonValue): JsonValue => {
    const { kind, index, text } = sealedPlace(place);
    if (!secret) return EMPTY[kind];
    if (index === undefined) return deciphered(text, secret, seal.key);
    if (text !== '') members = listIn(deciphered(text, secret, seal.key));
    const member = members[index];
    if (member === undefined) throw damaged(`A sealed member is not among those of ${seal.key}`);
    return member;
  };
  // Backwards, so that a member that was sealed inside another comes into sight first.
  for (const path of [...seal.paths].reverse())
    open = own ? changeAt(open, path.split('.'), inPlace) : mapAt(open, path.split('.'), inPlace);
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

function enciphered(value: JsonValue, key: Uint8Array, keyId: string, nonce: Uint8Array): string {
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(keyId));
  const text = cipher.update(canonicalJson(value), 'utf8');
  // The end of this cipher adds nothing to the text.
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

function deciphered(text: string, key: KeyObject, keyId: string): JsonValue {
  const bytes = Buffer.from(text, 'base64');
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(keyId))
      .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    const clear = decipher.update(bytes.subarray(NONCE + TAG));
    // Throws when the tag is not that of the text: nothing of it is looked at before.
    decipher.final();
    return JSON.parse(clear.toString('utf8')) as JsonValue;
  } catch (error) {
    throw damaged(`A sealed member does not open with the key ${keyId}`, error);
  }
}

function listIn(value: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(value)) throw damaged('What is sealed together is no list');
  return value as readonly JsonValue[];
}

const PLACE = /^([a-z]+)(?:\.|:(\d{1,9})(?::|$))([\w+/=]*)$/;

/** What stands in the place of a sealed member; without an index it is one by itself (format 1), without a text another place has it. */
function sealedPlace(place: JsonValue): {
  readonly kind: Kind;
  readonly index: number | undefined;
  readonly text: string;
} {
  const [, kind, index, text] = PLACE.exec(typeof place === 'string' ? place : '') ?? [];
  if (kind === undefined || text === undefined || !Object.hasOwn(EMPTY, kind))
    throw damaged('A member that should be sealed is not');
  return { kind: kind as Kind, index: index === undefined ? undefined : Number(index), text };
}

/** The value itself, its members at a path changed. */
function changeAt(
  value: JsonValue,
  path: readonly string[],
  change: (member: JsonValue) => JsonValue,
  depth = 0,
): JsonValue {
  const member = path[depth];
  if (member === undefined) return change(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = changeAt(value[i] as JsonValue, path, change, depth);
    return value;
  }
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, member)) return value;
  const members = value as { [name: string]: JsonValue | undefined };
  const inner = members[member];
  // A member that was read from JSON is there, whatever its name: no setter of a prototype is met.
  if (inner !== undefined) members[member] = changeAt(inner, path, change, depth + 1);
  return value;
}

/** A copy of the value in which the members at a path are changed; a path into a list covers every item, one that leads nowhere nothing. */
function mapAt(
  value: JsonValue,
  path: readonly string[],
  change: (member: JsonValue) => JsonValue,
  depth = 0,
): JsonValue {
  const member = path[depth];
  if (member === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => mapAt(item, path, change, depth));
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, member)) return value;
  const inner = (value as JsonObject)[member];
  if (inner === undefined) return value;
  return { ...value, [member]: mapAt(inner, path, change, depth + 1) };
}
