import { canonicalJson } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { Connection } from '../database.ts';
import { type EntryBody, parseBody, unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import type { PersonReader } from '../personal.ts';
import type { RecordRow, Records } from '../records.ts';
import type { ConfirmedTable } from './confirmed.ts';
import type { RecordKey } from './contract.ts';
import { contentOf, effectsOf } from './effects.ts';
import { isReplicated } from './scope.ts';
import { stateTable } from './state.ts';

const STEP = 200;

/** Entries whose outcome is applied behind what the first fetch brought, in the order of the log. */
export function loggedRows(database: Connection): Generator<JournalRow> {
  return steps(
    database,
    'SELECT * FROM journal WHERE log_position > ? AND outcome IS NOT NULL ORDER BY log_position LIMIT ?',
    (row) => row.log_position ?? 0,
    stateTable(database).read()?.baseline,
  );
}
/** Entries that were made here, in their order; `waiting`: only those of which something is not answered, or parked. */
export function ownRows(database: Connection, waiting: boolean): Generator<JournalRow> {
  return steps(
    database,
    `SELECT * FROM journal WHERE position > ? AND seen IS NOT NULL
     ${waiting ? 'AND (outcome IS NULL OR log_position IN (SELECT log_position FROM parked))' : ''}
     ORDER BY position LIMIT ?`,
    (row) => row.position,
  );
}

/** Whether an effect on a record waits for the update (SY42). */
export function parkedTable(database: Connection): (key: RecordKey, logPosition: number | null) => boolean {
  const find = database
    .prepare<[string, string, number | null], number>(
      'SELECT 1 FROM parked WHERE type = ? AND locator = ? AND log_position = ?',
    )
    .pluck();
  return ({ type, locator }, logPosition) => find.get(type, locator, logPosition) !== undefined;
}

/** The entry of a row, where this program can read it. */
export function bodyOf(row: JournalRow): EntryBody | undefined {
  return bodyIn(unpacked(row.body));
}

/** The entry of a text, where this program can read it. */
export function bodyIn(text: string): EntryBody | undefined {
  try {
    return parseBody(text);
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-from-the-future') return undefined;
    throw error;
  }
}

function* steps(database: Connection, sql: string, at: (row: JournalRow) => number, begin = 0): Generator<JournalRow> {
  const next = database.prepare<[number, number], JournalRow>(sql);
  let after = begin;
  while (true) {
    const step = next.all(after, STEP);
    yield* step;
    const last = step.at(-1);
    if (!last) return;
    after = at(last);
  }
}

/**
 * Makes the records of a store with a cloud again (SPEC J55): what the first fetch brought stays, then the log in its order, then what
 * waits. Runs inside the transaction of the caller, without projections.
 */
export function fold(database: Connection, table: Records, confirmed: ConfirmedTable, keys: PersonReader): void {
  const fetched = [
    ...database.prepare<[], RecordRow>('SELECT * FROM confirmed WHERE updated = 0').all(),
    ...database
      .prepare<[], RecordRow>(
        `SELECT * FROM record r WHERE updated = 0
         AND NOT EXISTS (SELECT 1 FROM confirmed c WHERE c.type = r.type AND c.locator = r.locator)`,
      )
      .all(),
  ];
  const parked = parkedTable(database);
  table.clear();
  database.exec('DELETE FROM confirmed; DELETE FROM journal_change');
  for (const row of fetched) table.restore(plain(row));
  const insertChange = database.prepare(
    'INSERT OR IGNORE INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  for (const row of loggedRows(database)) {
    const body = bodyOf(row);
    for (const effect of effectsOf(row)) {
      const { type, locator, version } = effect;
      if (parked(effect, row.log_position)) continue;
      insertChange.run(type, locator, version, row.position);
      const content = contentOf(effect, row.id, body, row.position, keys.unseal) ?? table.row(type, locator);
      if (content) table.restore(plain({ ...content, type, locator, version }));
    }
  }
  const write = (row: JournalRow, wanted: (key: RecordKey) => boolean): void => {
    const body = parseBody(unpacked(row.body));
    for (const { type, locator, version } of body.changes) insertChange.run(type, locator, version, row.position);
    for (const change of body.changes.filter(wanted)) {
      const { type, locator, version, schema, seal } = change;
      const value = change.record && seal ? keys.unseal(change.record, seal) : change.record;
      if (isReplicated(change)) confirmed.keepShown(change);
      table.restore({
        type,
        locator,
        version,
        schema,
        updated: row.position,
        person: seal?.person ?? null,
        personal: seal ? JSON.stringify(seal.paths) : null,
        record: value === null ? null : canonicalJson(value),
        etag: null,
      });
    }
  };
  for (const row of ownRows(database, false)) write(row, (key) => !isReplicated(key));
  for (const row of ownRows(database, true))
    write(row, (key) => isReplicated(key) && (row.outcome === null || parked(key, row.log_position)));
}

function plain(row: RecordRow): RecordRow {
  const { type, locator, version, schema, updated, person, personal, record, etag } = row;
  return { type, locator, version, schema, updated, person, personal, record, etag };
}
