import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Connection } from '../database.ts';
import { type EntryBody, hashOf, parseBody, unpacked } from '../entry.ts';
import { emptied, type PersonKeys } from '../personal.ts';
import { type RecordRow, type Records, schemaOf, type Upgrades } from '../records.ts';
import { type Risks, readerOver } from '../risks.ts';
import type { ConfirmedTable } from './confirmed.ts';
import type { RecordKey, Version } from './contract.ts';
import { changeOf, contentOf, isVerbatim, type KeptEffects, packEffects } from './effects.ts';
import { applied } from './plan.ts';
import type { IncomingEffect, IncomingItem } from './replication-contract.ts';
import { isReplicated } from './scope.ts';
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
interface OwnRow {
  readonly position: number;
  readonly hash: string;
  readonly body: Uint8Array;
  readonly log_position: number | null;
}
/** An item with its entry read, on its place in this store's journal. */
interface Placed {
  readonly item: IncomingItem;
  readonly body: EntryBody;
  readonly position: number;
}
/** Applies items of the log (SPEC J52, J53); runs inside the transaction of the caller. */
export interface Incoming {
  take(item: IncomingItem): 'applied' | 'parked' | 'known';
  /** Applies a parked item that can be read by now. @returns whether it could */
  replay(item: IncomingItem): boolean;
  /** Makes the rows of the list of risks of everything that was taken. Once, at the end. */
  finish(): void;
}

export function incoming(target: Target): Incoming {
  const { database, records, risks, keys, state, confirmed, upgrades } = target;
  const ofSequence = database.prepare<[string, number], OwnRow>(
    'SELECT position, hash, body, log_position FROM journal WHERE device = ? AND sequence = ?',
  );
  const lastPosition = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM journal').pluck();
  const insert = database.prepare(
    `INSERT INTO journal (position, id, device, sequence, hash, body, log_position, outcome, seen, effects)
     VALUES (@position, @id, @device, @sequence, @hash, @body, @logPosition, @outcome, NULL, @effects)`,
  );
  const answer = database.prepare(
    'UPDATE journal SET log_position = @logPosition, outcome = @outcome, effects = @effects WHERE position = @position',
  );
  const insertChange = database.prepare(
    'INSERT OR IGNORE INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  const pendingBehind = database
    .prepare<[string, string, string, number], number>(
      `SELECT 1 FROM journal_change c JOIN journal j ON j.position = c.position
       WHERE c.type = ? AND c.locator = ? AND j.device = ? AND j.sequence > ? AND j.outcome IS NULL AND j.seen IS NOT NULL
       LIMIT 1`,
    )
    .pluck();
  const isParked = database
    .prepare<[string, string, number], number>(
      'SELECT 1 FROM parked WHERE type = ? AND locator = ? AND log_position < ? LIMIT 1',
    )
    .pluck();
  const park = database.prepare('INSERT OR IGNORE INTO parked (type, locator, log_position) VALUES (?, ?, ?)');
  const unpark = database.prepare('DELETE FROM parked WHERE log_position = ?');
  const idAt = database.prepare<[number], string>('SELECT id FROM journal WHERE position = ?').pluck();
  const touched = new Set<string>();
  const versionOf = (row: RecordRow): Version => ({
    version: row.version,
    etag: row.etag ?? idAt.get(row.updated) ?? '',
    record: row.record === null ? null : (JSON.parse(row.record) as JsonObject),
  });

  /** Puts the item into the journal, unless it is an entry of this store, which stands there. */
  function place(item: IncomingItem): { readonly position: number; readonly packed: Uint8Array } {
    const known = ofSequence.get(item.device, item.sequence);
    if (known) {
      if (known.hash === item.hash && known.log_position === null)
        return { position: known.position, packed: known.body };
      throw forked(item);
    }
    if (item.device === target.device()) throw forked(item);
    const position = (lastPosition.get() ?? 0) + 1;
    const { id, device, sequence, hash, body } = item;
    insert.run({
      position,
      id,
      device,
      sequence,
      hash,
      body,
      logPosition: item.position,
      outcome: null,
      effects: null,
    });
    return { position, packed: body };
  }

  function applyPlaced({ item, body, position }: Placed): void {
    const own = item.device === target.device();
    for (const change of body.changes) if (change.seal) keys.missing(change.seal);
    for (const effect of item.effects) if (effect.seal) keys.missing(effect.seal);
    const open = keys.unseal;
    const writes = applied(item, {
      device: target.device(),
      position: item.position - 1,
      shown(key) {
        const row = records.row(key.type, key.locator);
        return row && versionOf(row);
      },
      confirmed(key) {
        const row = confirmed.get(key);
        return row === undefined || row === 'none' ? row : versionOf(row);
      },
      pendingBehind: ({ type, locator }, sequence) =>
        pendingBehind.get(type, locator, target.device(), sequence) !== undefined,
      // Only whether it is there: the content is read below, with what stands beside it.
      inEntry: (key) => changeOf(key, body)?.record,
    });
    const reader = readerOver([], records);
    for (const policy of risks.concerned(shownAfter(item, body, open), reader)) touched.add(policy);
    for (const write of writes) {
      if (write.write === 'forget-confirmed') {
        confirmed.forget(write);
        continue;
      }
      const effect = effectOf(write, item.effects);
      const content = contentOf(effect, body, position, open) ?? standing(write);
      const { type, locator, version } = write;
      const { schema, updated, person, personal, record, etag } = content;
      const row: RecordRow = { type, locator, version, schema, updated, person, personal, record, etag };
      if (write.write === 'confirmed') confirmed.put(row);
      else records.write(row, records.valueOf(row));
    }
    for (const { type, locator, version } of item.effects) insertChange.run(type, locator, version, position);
    if (body.command === 'person.erase' && item.outcome !== 'refused' && !own) erase(String(body.arguments.person));
    const effects = isVerbatim(item.effects, body) ? null : packEffects(kept(item));
    answer.run({ position, logPosition: item.position, outcome: item.outcome, effects });
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
      const value = emptied(JSON.parse(row.record) as JsonObject, paths);
      const emptiedRow = { ...row, record: canonicalJson(value) };
      records.write(emptiedRow, records.valueOf(emptiedRow));
      for (const policy of risks.concerned([{ type, locator, record: value }], readerOver([], records)))
        touched.add(policy);
    }
    confirmed.empty(person);
    keys.erase(person);
  }

  /** The entry, where this program can read it and everything that it rests on (SY42). */
  function readable(item: IncomingItem, packed: Uint8Array): EntryBody | undefined {
    const text = unpacked(packed);
    if (hashOf(text) !== item.hash)
      throw new Problem(
        'malformed-request',
        `Item ${item.position} of the log is not what its hash says: nothing of it was taken. Fetch it again.`,
      );
    const body = parsed(text);
    if (!body) return undefined;
    if (body.id !== item.id || body.device !== item.device || body.sequence !== item.sequence)
      throw new Problem('malformed-request', `Item ${item.position} of the log is another entry than its text says.`);
    const newer = (type: RecordKey['type'], schema: number | undefined): boolean =>
      (schema ?? 0) > schemaOf(type, upgrades);
    if (body.changes.some((change) => isReplicated(change) && newer(change.type, change.schema))) return undefined;
    if (item.effects.some(({ type, schema }) => newer(type, schema))) return undefined;
    return item.effects.some(({ type, locator }) => isParked.get(type, locator, item.position) !== undefined)
      ? undefined
      : body;
  }

  function advance(item: IncomingItem): void {
    const before = state.read();
    if (!before) throw new Problem('wrong-state', 'This workbench has no cloud: enrol it first.');
    const settled = item.device === target.device() ? Math.max(before.settled, item.sequence) : before.settled;
    state.write({ ...before, position: item.position, settled });
  }

  return {
    take(item) {
      const before = state.read();
      if (before && item.position <= before.position) return 'known';
      if (item.position !== (before?.position ?? 0) + 1)
        throw new Problem(
          'malformed-request',
          `Item ${item.position} of the log does not follow position ${before?.position ?? 0}: nothing of it was taken.`,
        );
      const { position, packed } = place(item);
      for (const key of item.keys) keys.take(key);
      const body = readable(item, packed);
      if (body) applyPlaced({ item, body, position });
      else {
        for (const { type, locator } of item.effects) park.run(type, locator, item.position);
        answer.run({ position, logPosition: item.position, outcome: null, effects: packEffects(kept(item)) });
      }
      advance(item);
      return body ? 'applied' : 'parked';
    },
    replay(item) {
      const row = ofSequence.get(item.device, item.sequence);
      const body = row && readable(item, row.body);
      if (!row || !body) return false;
      unpark.run(item.position);
      applyPlaced({ item, body, position: row.position });
      return true;
    },
    finish() {
      risks.refresh(touched, readerOver([], records));
      touched.clear();
    },
  };
}

function kept({ outcome, effects }: IncomingItem): KeptEffects {
  return { outcome, effects };
}

function parsed(text: string): EntryBody | undefined {
  try {
    return parseBody(text);
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-from-the-future') return undefined;
    throw error;
  }
}

function effectOf(key: RecordKey, effects: readonly IncomingEffect[]): IncomingEffect {
  const effect = effects.find(({ type, locator }) => type === key.type && locator === key.locator);
  if (!effect) throw new Error(`There is no effect on ${key.type} ${key.locator}.`);
  return effect;
}

/** The records that the item brings: the list of risks asks them whose they are. A record that goes is asked as it is. */
function shownAfter(
  item: IncomingItem,
  body: EntryBody,
  open: PersonKeys['unseal'],
): readonly { type: RecordKey['type']; locator: string; record: JsonObject | null }[] {
  return item.effects.map((effect) => {
    const { type, locator } = effect;
    return { type, locator, record: contentOf(effect, body, 0, open)?.value ?? null };
  });
}

/** The log holds another entry under this device's name and number: this store was restored from a backup (SY11). */
function forked({ device, sequence }: IncomingItem): Problem {
  return new Problem(
    'wrong-state',
    'The cloud holds work of this computer that is not here: this data was restored from a backup. Nothing was changed. Enrol it again with a new code; what waits here is kept and sent under the new identity.',
    { details: { fork: true, device, sequence } },
  );
}
