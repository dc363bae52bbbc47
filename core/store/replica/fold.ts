import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import { parseBody, unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import type { PersonReader } from '../personal.ts';
import type { RecordRow, Records } from '../records.ts';
import type { ConfirmedTable } from './confirmed.ts';
import type { RecordKey } from './contract.ts';
import { contentOf, effectsOf } from './effects.ts';
import { isReplicated } from './scope.ts';

const STEP = 200;

/** Entries whose outcome is applied, in the order of the log. */
export function loggedRows(database: Connection): Generator<JournalRow> {
  return steps(
    database,
    'SELECT * FROM journal WHERE log_position > ? AND outcome IS NOT NULL ORDER BY log_position LIMIT ?',
    (row) => row.log_position ?? 0,
  );
}
/** Entries that were made here, in their order; `waiting`: only those whose outcome is not applied. */
export function ownRows(database: Connection, waiting: boolean): Generator<JournalRow> {
  return steps(
    database,
    `SELECT * FROM journal WHERE position > ? AND seen IS NOT NULL ${waiting ? 'AND outcome IS NULL' : ''}
     ORDER BY position LIMIT ?`,
    (row) => row.position,
  );
}

function* steps(database: Connection, sql: string, at: (row: JournalRow) => number): Generator<JournalRow> {
  const next = database.prepare<[number, number], JournalRow>(sql);
  let after = 0;
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
  table.clear();
  database.exec('DELETE FROM confirmed; DELETE FROM journal_change');
  for (const row of fetched) table.restore(plain(row));
  const insertChange = database.prepare(
    'INSERT OR IGNORE INTO journal_change (type, locator, version, position) VALUES (?, ?, ?, ?)',
  );
  for (const row of loggedRows(database)) {
    const body = parseBody(unpacked(row.body));
    for (const effect of effectsOf(row.effects, body)) {
      const { type, locator, version } = effect;
      insertChange.run(type, locator, version, row.position);
      const content = contentOf(effect, body, row.position, keys.unseal) ?? table.row(type, locator);
      if (content) table.restore({ ...plain({ type, locator, version, ...content }) });
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
  for (const row of ownRows(database, true)) write(row, isReplicated);
}

function plain(row: RecordRow): RecordRow {
  const { type, locator, version, schema, updated, person, personal, record, etag } = row;
  return { type, locator, version, schema, updated, person, personal, record, etag };
}
