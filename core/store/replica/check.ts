import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import { type EntryBody, parseBody, unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import type { PersonReader } from '../personal.ts';
import type { RecordRow } from '../records.ts';
import type { RecordKey } from './contract.ts';
import { changeOf, contentOf, effectsOf } from './effects.ts';
import { bodyOf, loggedRows, ownRows, parkedTable } from './fold.ts';
import type { IncomingEffect } from './replication-contract.ts';
import { isReplicated } from './scope.ts';

/** What the journal says that a record is: its number, and the place of its content (0: the first fetch brought it). */
interface Expected {
  readonly version: number;
  readonly updated: number;
  readonly etag: string;
}
/** By place; null: the log has no such record. */
type Expectations = Map<string, Expected | null>;

/**
 * Compares the records of a store with a cloud with what its journal says of them (SPEC J55): the log in its order, then what waits.
 * What the first fetch brought stands in no entry: it is proven by its etag alone.
 * @returns how many records there are
 */
export function checkReplicated(
  database: Connection,
  keys: PersonReader,
  faults: { add(sentence: string): void },
): number {
  const { shown, confirmed } = expectations(database, faults);
  const contents = contentReader(database, keys);
  const compare = (table: 'record' | 'confirmed', expected: Expectations): number => {
    let rows = 0;
    for (const row of database.prepare<[], RecordRow>(`SELECT * FROM ${table} ORDER BY updated`).iterate()) {
      rows += 1;
      const name = nameOf(row);
      const what = table === 'record' ? name : `The log's version of ${name}`;
      const said = expected.get(name);
      expected.delete(name);
      if (row.version === null) {
        if (said !== null) faults.add(`${what} should not be missing; a rebuild mends it.`);
      } else if (said === undefined || said === null) {
        if (row.updated !== 0) faults.add(`${what} is in no entry of the journal.`);
      } else if (said.version !== row.version || said.updated !== row.updated)
        faults.add(`${what} is at version ${row.version}, in the journal at ${said.version}; a rebuild mends it.`);
      else if (!contents.same(row, said))
        faults.add(`${what} differs from version ${row.version} in the journal; a rebuild mends it.`);
    }
    for (const name of expected.keys())
      faults.add(
        `${name} is in the journal but not among the ${table === 'record' ? 'records' : "log's versions"}; a rebuild mends it.`,
      );
    return rows;
  };
  compare('confirmed', confirmed);
  return compare('record', shown);
}

function expectations(
  database: Connection,
  faults: { add(sentence: string): void },
): { readonly shown: Expectations; readonly confirmed: Expectations } {
  const shown: Expectations = new Map();
  const confirmed: Expectations = new Map();
  const indexed = database
    .prepare<[string, string, number], number>(
      'SELECT 1 FROM journal_change WHERE type = ? AND locator = ? AND position = ?',
    )
    .pluck();
  const fetched = database
    .prepare<[string, string], number>('SELECT count(*) FROM record WHERE type = ? AND locator = ? AND updated = 0')
    .pluck();
  const parked = parkedTable(database);
  const index = (key: RecordKey, row: JournalRow): void => {
    if (indexed.get(key.type, key.locator, row.position) === undefined)
      faults.add(
        `Journal entry ${row.sequence} (position ${row.position}, ${row.id}): ${nameOf(key)} is missing in the index of changes; a rebuild mends it.`,
      );
  };
  for (const row of loggedRows(database)) {
    for (const effect of effectsOf(row)) {
      if (parked(effect, row.log_position)) continue;
      // Of what the first fetch left out, the log's head says nothing.
      if (!bringsContent(effect) && indexed.get(effect.type, effect.locator, row.position) === undefined) continue;
      index(effect, row);
      const before = shown.get(nameOf(effect));
      const updated = bringsContent(effect) ? row.position : (before?.updated ?? 0);
      shown.set(nameOf(effect), { version: effect.version, updated, etag: effect.etag });
    }
  }
  for (const row of ownRows(database, false))
    for (const change of parseBody(unpacked(row.body)).changes) {
      index(change, row);
      const expected = { version: change.version, updated: row.position, etag: row.id };
      if (!isReplicated(change)) shown.set(nameOf(change), expected);
    }
  for (const row of ownRows(database, true))
    for (const change of parseBody(unpacked(row.body)).changes) {
      if (!isReplicated(change) || (row.outcome !== null && !parked(change, row.log_position))) continue;
      const name = nameOf(change);
      // A record of the first fetch has no expectation: its confirmed version is what it says of itself.
      const standing = shown.get(name) ?? null;
      if (!confirmed.has(name) && (standing || fetched.get(change.type, change.locator) === 0))
        confirmed.set(name, standing);
      shown.set(name, { version: change.version, updated: row.position, etag: row.id });
    }
  return { shown, confirmed };
}

function bringsContent({ from, record }: IncomingEffect): boolean {
  return from === 'entry' || record !== undefined;
}

/** Compares rows with their entries; rows come by entry, so that each is read once. */
function contentReader(database: Connection, keys: PersonReader): { same(row: RecordRow, said: Expected): boolean } {
  const at = database.prepare<[number], JournalRow>('SELECT * FROM journal WHERE position = ?');
  let read:
    | { readonly row: JournalRow; readonly body: EntryBody | undefined; readonly effects: readonly IncomingEffect[] }
    | undefined;
  return {
    same(record, said) {
      const id = read?.row.id;
      const etag = record.etag ?? (read?.row.position === record.updated ? id : at.get(record.updated)?.id);
      if (etag !== said.etag) return false;
      if (record.updated === 0) return true;
      if (read?.row.position !== record.updated) {
        const row = at.get(record.updated);
        if (!row) return false;
        read = { row, body: bodyOf(row), effects: row.outcome === null ? [] : effectsOf(row) };
      }
      const { row, body, effects } = read;
      const is = (one: RecordKey): boolean => one.type === record.type && one.locator === record.locator;
      const effect = effects.find((one) => is(one) && one.etag === said.etag && bringsContent(one));
      const content = effect
        ? contentOf(effect, row.id, body, row.position, keys.unseal)
        : body && ownContent(record, body, keys);
      return (
        content !== undefined &&
        content.record === record.record &&
        content.schema === record.schema &&
        content.person === record.person &&
        content.personal === record.personal
      );
    },
  };
}

function ownContent(
  key: RecordKey,
  body: EntryBody,
  keys: PersonReader,
): Pick<RecordRow, 'record' | 'schema' | 'person' | 'personal'> | undefined {
  const change = changeOf(key, body);
  if (!change) return undefined;
  const { record, seal, schema } = change;
  const value = record && seal ? keys.unseal(record, seal) : record;
  return {
    record: value === null ? null : canonicalJson(value),
    schema,
    person: seal?.person ?? null,
    personal: seal ? JSON.stringify(seal.paths) : null,
  };
}

function nameOf({ type, locator }: RecordKey): string {
  return `${type} ${locator}`;
}
