import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Connection } from '../database.ts';
import { hashOf, parseBody, unpacked } from '../entry.ts';
import { fieldsOf } from '../members.ts';
import { emptied, type PersonKeys } from '../personal.ts';
import { type RecordRow, type Records, schemaOf, type Upgrades } from '../records.ts';
import { type Risks, readerOver } from '../risks.ts';
import type { ConfirmedTable } from './confirmed.ts';
import type { RecordKey, Version } from './contract.ts';
import { type Content, changeOf, contentOf, isVerbatim, packEffects } from './effects.ts';
import { becoming, FORMER } from './identity.ts';
import type { LateIndex } from './late-index.ts';
import { appliedParked } from './plan.ts';
import { type ItemBody, wholeEntry } from './ready.ts';
import type { IncomingEffect, IncomingItem } from './replication-contract.ts';
import type { StateTable } from './state.ts';

/** What items are applied to. */
export interface Target {
  readonly database: Connection;
  readonly records: Records;
  readonly risks: Risks;
  readonly keys: PersonKeys;
  readonly state: StateTable;
  readonly confirmed: ConfirmedTable;
  readonly upgrades: Upgrades;
  device(): string;
}
interface Row {
  readonly position: number;
  readonly id: string;
  readonly hash: string;
  readonly body: Uint8Array;
  readonly log_position: number | null;
  readonly seen: number | null;
}
const ROW = 'position, id, hash, body, log_position, seen';
/** An item on its place in this store's journal, where it may not stand yet; `body` is undefined where only a newer program reads it. */
interface Placed {
  readonly item: IncomingItem;
  readonly body: ItemBody | undefined;
  readonly position: number;
  /** Whether it was made here (core/sync/SPEC.md SY11). */
  readonly own: boolean;
  /** Whether it stands in the journal already. */
  readonly there: boolean;
}
/** Applies items of the log (SPEC J52, J53): one for each transaction, inside which it runs. */
export interface Incoming {
  take(item: IncomingItem): 'applied' | 'parked' | 'known';
  /** Applies what of a received item was parked and can be read by now. @returns whether all of it could */
  replay(item: IncomingItem): boolean;
  /** Writes how far it has come, and the rows of the list of risks of everything that was taken. Once, at the end. @returns what was done to records that were there */
  finish(): { readonly changed: number; readonly deleted: number };
}

/** @param later where much comes: what is new is indexed behind it (SPEC J66) */
export function incoming(target: Target, later?: LateIndex): Incoming {
  const { database, records, risks, keys, state, confirmed, upgrades } = target;
  const ofSequence = database.prepare<[string, number], Row>(
    `SELECT ${ROW} FROM journal WHERE device = ? AND sequence = ?`,
  );
  const aside = database.prepare<[string], Row>(
    `SELECT ${ROW} FROM journal WHERE id = ? AND log_position IS NULL AND outcome IS NOT NULL`,
  );
  const anyAside = database
    .prepare<[], number>('SELECT 1 FROM journal WHERE log_position IS NULL AND outcome IS NOT NULL LIMIT 1')
    .pluck();
  const lastPosition = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM journal').pluck();
  const insert = database.prepare(
    `INSERT INTO journal (position, id, device, sequence, hash, body, log_position, outcome, effects, seen)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
  );
  const answer = database.prepare(
    `UPDATE journal SET device = @device, log_position = @logPosition, outcome = @outcome, effects = @effects
     WHERE position = @position`,
  );
  const insertChange = database.prepare(
    'INSERT OR IGNORE INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  const waitingBehind = database
    .prepare<[string, string, number], number>(
      `SELECT 1 FROM journal_change c JOIN journal j ON j.position = c.position
       WHERE c.type = ? AND c.locator = ? AND c.position > ? AND j.seen IS NOT NULL AND (j.outcome IS NULL OR EXISTS (
         SELECT 1 FROM parked p WHERE p.type = c.type AND p.locator = c.locator AND p.log_position = j.log_position))
       LIMIT 1`,
    )
    .pluck();
  const parkedBefore = database
    .prepare<[string, string, number], number>(
      'SELECT 1 FROM parked WHERE type = ? AND locator = ? AND log_position < ? LIMIT 1',
    )
    .pluck();
  const anyParked = database.prepare<[], number>('SELECT 1 FROM parked LIMIT 1').pluck();
  const parkedOf = database.prepare<[number], RecordKey>('SELECT type, locator FROM parked WHERE log_position = ?');
  const park = database.prepare('INSERT INTO parked (type, locator, log_position) VALUES (?, ?, ?)');
  const unpark = database.prepare('DELETE FROM parked WHERE type = ? AND locator = ? AND log_position = ?');
  const idAt = database.prepare<[number], string>('SELECT id FROM journal WHERE position = ?').pluck();
  const shownAt = database
    .prepare<[string, string, number, number], number>(
      'SELECT 1 FROM record WHERE type = ? AND locator = ? AND updated = ? AND version = ? AND etag IS NULL',
    )
    .pluck();
  const touched = new Set<string>();
  const counts = { changed: 0, deleted: 0 };
  later?.begin();
  const began = state.read();
  // Neither comes to be while items are applied, but for parking, which says so.
  const waits = confirmed.any();
  let parks = anyParked.get() !== undefined;
  const asides = anyAside.get() !== undefined;
  const restored = asides || becoming(database, target.device()) !== undefined;
  let last = lastPosition.get() ?? 0;
  let place = began;
  const versionOf = (row: RecordRow): Version => ({
    version: row.version,
    etag: row.etag ?? idAt.get(row.updated) ?? '',
    // Few look at it.
    get record() {
      return row.record === null ? null : (JSON.parse(row.record) as JsonObject);
    },
  });

  /** Where the item stands in the journal, or will stand. */
  function placed(item: IncomingItem): Placed {
    const { device, sequence, hash } = item;
    // What a log that was set back had lost comes again (SPEC J67).
    const lost = asides ? aside.get(item.id) : undefined;
    if (lost?.hash === hash) {
      const own = lost.seen !== null;
      return { item, body: readBody(item, lost.body), position: lost.position, own, there: true };
    }
    // What a restored store has not journaled again yet waits under its old name (identity.ts).
    const former = restored ? ofSequence.get(`${device}${FORMER}`, sequence) : undefined;
    const row = former?.hash === hash ? former : ofSequence.get(device, sequence);
    if (row?.hash === hash && row.log_position === null && row.seen !== null)
      return { item, body: parsed(unpacked(row.body)), position: row.position, own: true, there: true };
    if (row || device === target.device()) throw forked(item);
    return { item, body: readBody(item, item.body), position: last + 1, own: false, there: false };
  }

  /** The effects that this program can not read, or that would come before others that wait for the update (SY42). */
  function splitEffects({ item, body }: Placed): { readonly now: IncomingEffect[]; readonly later: IncomingEffect[] } {
    const now: IncomingEffect[] = [];
    const later: IncomingEffect[] = [];
    const fetchedLater = (place?.baseline ?? 0) > 0;
    for (const effect of item.effects) {
      const { type, locator } = effect;
      // A first fetch leaves out what is younger than it: the log behind brings that whole.
      const bare = effect.from === 'head' && effect.record === undefined;
      if (bare && fetchedLater && !confirmed.get(effect) && !records.row(type, locator)) continue;
      const inEntry = effect.from === 'entry' && effect.record === undefined;
      const schema = inEntry ? body && changeOf(effect, body)?.schema : (effect.schema ?? 0);
      const unreadable = schema === undefined || schema > schemaOf(type, upgrades);
      const behind = parks && parkedBefore.get(type, locator, item.position) !== undefined;
      (unreadable || behind ? later : now).push(effect);
    }
    return { now, later };
  }

  function applyEffects({ item, body, position, own }: Placed, effects: readonly IncomingEffect[]): void {
    const came = new Set(item.keys.map(({ id }) => id));
    for (const { seal } of [...(own ? [] : (body?.changes ?? [])), ...effects])
      if (seal && !came.has(seal.key)) keys.missing(seal);
    const writes = appliedParked(
      { ...item, effects },
      {
        owns: () => own,
        position: item.position - 1,
        shown(key) {
          const row = records.row(key.type, key.locator);
          return row && versionOf(row);
        },
        confirmed(key) {
          const row = waits ? confirmed.get(key) : undefined;
          return row === undefined || row === 'none' ? row : versionOf(row);
        },
        pendingBehind: ({ type, locator }) => waitingBehind.get(type, locator, position) !== undefined,
        // Only whether it is there: the content is read below, with what stands beside it.
        inEntry: (key) => (body && changeOf(key, body) ? null : undefined),
      },
    );
    for (const write of writes) {
      if (write.write === 'forget-confirmed') {
        confirmed.forget(write);
        continue;
      }
      // What is shown is the answer already: an own entry that was accepted as it was made.
      if (write.write === 'shown' && own && stands(write, item.id, position)) continue;
      const content = contentOf(effectOf(write, effects), item.id, body, position, keys.unseal, keys.holds);
      const { type, locator, version } = write;
      const { schema, updated, person, personal, record, etag } = content ?? standing(write);
      const row: RecordRow = { type, locator, version, schema, updated, person, personal, record, etag };
      if (write.write === 'confirmed') confirmed.put(row);
      else show(row, content && schema === schemaOf(type, upgrades) ? content : opened(row), own);
    }
    for (const { type, locator, version } of effects) insertChange.run(type, locator, version, position);
  }

  /**
   * Writes a record that is shown, and notes whose row of the list of risks it has a say in, before and after.
   * @param own the answer to what was made here: no brake counts it, also where that was refused (core/sync/SPEC.md SY60)
   */
  function show(row: RecordRow, content: Pick<Content, 'value' | 'fields'>, own = false): void {
    const { type, locator } = row;
    if (later && records.addNew(row, content.fields ?? fieldsOf(type, content.value))) return;
    const { value } = content;
    const reader = readerOver([], records);
    const before = records.get(type, locator)?.record;
    if (before && !own) counts[value ? 'changed' : 'deleted'] += 1;
    for (const record of [before, value])
      if (record) for (const policy of risks.concerned([{ type, locator, record }], reader)) touched.add(policy);
    records.write(row, value);
  }

  /** Whether a record is shown as the entry at a position of this journal left it, under that number. */
  function stands({ type, locator, version, etag }: RecordKey & Version, id: string, position: number): boolean {
    return etag === id && shownAt.get(type, locator, position, version) !== undefined;
  }

  function opened(row: RecordRow): Pick<Content, 'value'> {
    return { value: records.valueOf(row) };
  }

  /** What the log says of a record now. */
  function standing(key: RecordKey): RecordRow {
    const row = confirmed.get(key) ?? records.row(key.type, key.locator);
    if (!row || row === 'none') throw new Error(`${key.type} ${key.locator} is not here.`);
    return row;
  }

  /** Another device erased a person: what waits here must not keep the words either (J16). */
  function erase(person: string): void {
    for (const { type, locator, paths } of records.ofPerson(person)) {
      const row = records.row(type, locator);
      if (!row?.record) continue;
      const made = { ...row, record: canonicalJson(emptied(JSON.parse(row.record) as JsonObject, paths)) };
      show(made, opened(made));
    }
    confirmed.empty(person);
    keys.erase(person);
  }

  /** The entry, where this program can read it. Throws when it is not what the item says: nothing of it is to be taken. */
  function readBody(item: IncomingItem, packed: Uint8Array): ItemBody | undefined {
    const body = item.read ? wholeEntry(item.read, packed) : parsed(hashed(item, packed));
    if (body && (body.id !== item.id || body.sequence !== item.sequence)) throw garbled(item);
    return body;
  }

  function advance(item: IncomingItem): void {
    if (!place) throw new Problem('wrong-state', 'This workbench has no cloud: enrol it first.');
    const settled = item.device === target.device() ? Math.max(place.settled, item.sequence) : place.settled;
    place = { ...place, position: item.position, settled };
  }

  return {
    take(item) {
      if (place && item.position <= place.position) return 'known';
      if (item.position !== (place?.position ?? 0) + 1)
        throw new Problem(
          'malformed-request',
          `Item ${item.position} of the log does not follow position ${place?.position ?? 0}: nothing of it was taken.`,
        );
      for (const key of item.keys) keys.take(key);
      const one = placed(item);
      const { now, later } = splitEffects(one);
      const { body, position, own, there } = one;
      const { id, device, sequence, hash, outcome } = item;
      const effects = body && later.length === 0 && isVerbatim(item.effects, body) ? null : packEffects(item.effects);
      if (there) answer.run({ position, device, logPosition: item.position, outcome, effects });
      else {
        insert.run(position, id, device, sequence, hash, item.body, item.position, outcome, effects);
        last = position;
      }
      applyEffects(one, now);
      for (const { type, locator } of later) park.run(type, locator, item.position);
      parks ||= later.length > 0;
      if (body?.command === 'person.erase' && outcome !== 'refused' && !own) erase(String(body.arguments.person));
      advance(item);
      return later.length === 0 ? 'applied' : 'parked';
    },
    replay(item) {
      const row = ofSequence.get(item.device, item.sequence);
      if (!row) return false;
      const parked = parkedOf.all(item.position);
      const effects = item.effects.filter((effect) => parked.some((key) => isSame(key, effect)));
      const one = {
        item: { ...item, effects },
        body: readBody(item, row.body),
        position: row.position,
        own: row.seen !== null,
        there: true,
      };
      const { now, later } = splitEffects(one);
      for (const { type, locator } of now) unpark.run(type, locator, item.position);
      applyEffects(one, now);
      return later.length === 0;
    },
    finish() {
      risks.refresh(touched, readerOver([], records));
      if (place && place !== began) state.write(place);
      return counts;
    },
  };
}

function hashed(item: IncomingItem, packed: Uint8Array): string {
  const text = unpacked(packed);
  if (hashOf(text) !== item.hash) throw garbled(item);
  return text;
}

function parsed(text: string): ItemBody | undefined {
  try {
    return parseBody(text);
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-from-the-future') return undefined;
    throw error;
  }
}

function effectOf(key: RecordKey, effects: readonly IncomingEffect[]): IncomingEffect {
  const effect = effects.find((one) => isSame(one, key));
  if (!effect) throw new Error(`There is no effect on ${key.type} ${key.locator}.`);
  return effect;
}

function isSame(a: RecordKey, b: RecordKey): boolean {
  return a.type === b.type && a.locator === b.locator;
}

function garbled({ position }: IncomingItem): Problem {
  return new Problem(
    'malformed-request',
    `Item ${position} of the log is not what its hash says: nothing of it was taken. Fetch it again.`,
  );
}

/** The log holds another entry under this device's name and number: this store was restored from a backup (SY11). */
function forked({ device, sequence }: IncomingItem): Problem {
  return new Problem(
    'wrong-state',
    'The cloud holds work of this computer that is not here: this data was restored from a backup. Nothing was changed. Enrol it again with a new code; what waits here is kept and sent under the new identity.',
    { details: { fork: true, device, sequence } },
  );
}
