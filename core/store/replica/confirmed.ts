import type { JsonObject } from '#core/model/json.ts';
import { canonicalJson } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import { emptied } from '../personal.ts';
import type { RecordRow } from '../records.ts';
import type { RecordKey } from './contract.ts';

/** The log's version of every record that waiting entries have changed (core/sync/SPEC.md SY41). */
export interface ConfirmedTable {
  /** `none`: the log has no such record; undefined: what is shown is what the log says. */
  get(key: RecordKey): RecordRow | 'none' | undefined;
  /** Whether anything is kept. */
  any(): boolean;
  put(row: RecordRow): void;
  forget(key: RecordKey): void;
  /** Keeps what is shown now, unless something is kept already. */
  keepShown(key: RecordKey): void;
  /** Empties the personal members of a person. */
  empty(person: string): void;
}

type Stored = { [Member in keyof RecordRow]: RecordRow[Member] | null };
const COLUMNS = 'type, locator, version, schema, updated, person, personal, record, etag';

export function confirmedTable(database: Connection): ConfirmedTable {
  const get = database.prepare<[string, string], Stored>(
    `SELECT ${COLUMNS} FROM confirmed WHERE type = ? AND locator = ?`,
  );
  const put = database.prepare<[RecordRow]>(
    `INSERT INTO confirmed (${COLUMNS})
     VALUES (@type, @locator, @version, @schema, @updated, @person, @personal, @record, @etag)
     ON CONFLICT (type, locator) DO UPDATE SET version = @version, schema = @schema, updated = @updated,
       person = @person, personal = @personal, record = @record, etag = @etag`,
  );
  const any = database.prepare<[], number>('SELECT 1 FROM confirmed LIMIT 1').pluck();
  const forget = database.prepare('DELETE FROM confirmed WHERE type = ? AND locator = ?');
  const keep = database.prepare(
    `INSERT OR IGNORE INTO confirmed (${COLUMNS}) SELECT ${COLUMNS} FROM record WHERE type = ? AND locator = ?`,
  );
  const keepNone = database.prepare('INSERT OR IGNORE INTO confirmed (type, locator) VALUES (?, ?)');
  const ofPerson = database.prepare<[string], { type: string; locator: string; personal: string; record: string }>(
    'SELECT type, locator, personal, record FROM confirmed WHERE person = ? AND record IS NOT NULL',
  );
  const replace = database.prepare('UPDATE confirmed SET record = ? WHERE type = ? AND locator = ?');

  return {
    get({ type, locator }) {
      const row = get.get(type, locator);
      return row && row.version === null ? 'none' : (row as RecordRow | undefined);
    },
    any: () => any.get() !== undefined,
    put: (row) => void put.run(row),
    forget: ({ type, locator }) => void forget.run(type, locator),
    keepShown({ type, locator }) {
      keep.run(type, locator);
      keepNone.run(type, locator);
    },
    empty(person) {
      for (const { type, locator, personal, record } of ofPerson.all(person)) {
        const value = emptied(JSON.parse(record) as JsonObject, JSON.parse(personal) as string[]);
        replace.run(canonicalJson(value), type, locator);
      }
    },
  };
}
