import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import type { RecordType, StoredRecord } from './contract.ts';
import type { Connection } from './database.ts';
import { emptyFullText } from './full-text.ts';
import { fieldsOf, INDEXED_MEMBERS, type IndexedField } from './members.ts';
import { searchQueries, searchText } from './search.ts';

/** Checks a record on its way in and throws what is wrong, like zod's `schema.parse`; what it returns is not used: nothing is dropped silently. */
export type Validator = (record: unknown) => unknown;
export type Validators = Partial<Record<RecordType, Validator>>;
/** One numbered step that brings a record of the version before to this one. Landed steps are never edited. */
export type Upgrade = (record: JsonObject) => JsonObject;
export type Upgrades = Partial<Record<RecordType, readonly Upgrade[]>>;

/** The state of a record that a change is checked against. */
export interface CurrentRecord {
  readonly version: number;
  readonly person: string | null;
  readonly personal: string | null;
  /** 1: its creation was refused (core/sync/SPEC.md SY3): to whoever makes it, it was never there. */
  readonly unmade: 0 | 1;
}
/** A record as the table holds it. */
export interface RecordRow {
  readonly type: RecordType;
  readonly locator: string;
  readonly version: number;
  readonly schema: number;
  /** Position of the entry that its content is of; 0: of a snapshot. */
  readonly updated: number;
  readonly person: string | null;
  /** JSON list of paths. */
  readonly personal: string | null;
  /** Canonical JSON; null for a tombstone. */
  readonly record: string | null;
  /** What version it is (core/sync/SPEC.md SY3); null: the id of the entry at `updated`. */
  readonly etag: string | null;
}
interface Row {
  readonly type: RecordType;
  readonly locator: string;
  readonly version: number;
  readonly schema: number;
  readonly record: string;
}

/** The current records and what is indexed of them. Writes run inside the transaction of the caller. */
export interface Records {
  current(type: RecordType, locator: string): CurrentRecord | undefined;
  /** A record as the table holds it, a tombstone too. */
  row(type: RecordType, locator: string): RecordRow | undefined;
  /** What a row says, brought up to date. */
  valueOf(row: RecordRow): JsonObject | null;
  /** Writes a record and its projections. @param value what `row.record` says, parsed */
  write(row: RecordRow, value: JsonObject | null): void;
  /**
   * Writes a record that is not here yet, without its words: `addWords` makes them afterwards.
   * @param fields of the record as it is read @returns false: it is here, nothing was done
   */
  addNew(row: RecordRow, fields: readonly IndexedField[]): boolean;
  /** Makes the words of a record that came without. @param id of its row @param value what it says */
  addWords(id: number, type: RecordType, value: JsonObject | null): void;
  /** Writes a record without its projections: `project` makes them afterwards. */
  restore(row: RecordRow): void;
  get(type: RecordType, locator: string): StoredRecord | undefined;
  list(
    type: RecordType,
    options?: { readonly after?: string; readonly limit?: number; readonly newestFirst?: boolean },
  ): readonly StoredRecord[];
  find(type: RecordType, member: string, value: string): readonly StoredRecord[];
  search(typed: string, limit: number): readonly SearchHit[];
  /** Current records with personal members of a person. */
  ofPerson(person: string): readonly (StoredRecord & { readonly paths: readonly string[] })[];
  /** Throws the indexes away and makes them again from the records. */
  project(): void;
  /** Every row by type and locator, tombstones too, in steps that leave the connection free between them. */
  rows(): Iterable<RecordRow>;
  clear(): void;
}
export interface SearchHit {
  readonly type: RecordType;
  readonly locator: string;
  readonly title: string;
  readonly snippet: string;
}

const STEP = 200;
const COLUMNS = 'type, locator, version, schema, updated, person, personal, record, etag';
const VALUES = '@type, @locator, @version, @schema, @updated, @person, @personal, @record, @etag';
/** Ranking looks at every match: what matches more records than this is too common to be ranked while somebody types. */
const MOST_RANKED = 2_000;

/** The records of an open database. @param upgrades steps that bring records of older engines up to date (J11) */
export function records(database: Connection, upgrades: Upgrades): Records {
  const current = database.prepare<[string, string], CurrentRecord>(
    `SELECT version, person, personal, record IS NULL AND coalesce(etag, '') LIKE '%-' AS unmade FROM record
     WHERE type = ? AND locator = ?`,
  );
  const upsert = database
    .prepare<[RecordRow], number>(
      `INSERT INTO record (${COLUMNS}) VALUES (${VALUES})
       ON CONFLICT (type, locator) DO UPDATE SET version = @version, schema = @schema, updated = @updated,
         person = @person, personal = @personal, record = @record, etag = @etag
       RETURNING id`,
    )
    .pluck();
  // Without RETURNING, which takes a third longer, and without names, which take another.
  const insertRow = database.prepare(
    `INSERT INTO record (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (type, locator) DO NOTHING`,
  );
  const insertNew = ({ type, locator, version, schema, updated, person, personal, record, etag }: RecordRow) =>
    insertRow.run(type, locator, version, schema, updated, person, personal, record, etag);
  const get = database.prepare<[string, string], Row>(
    'SELECT type, locator, version, schema, record FROM record WHERE type = ? AND locator = ? AND record IS NOT NULL',
  );
  const forwards = database.prepare<[string, string, number], Row>(
    `SELECT type, locator, version, schema, record FROM record
     WHERE type = ? AND locator > ? AND record IS NOT NULL ORDER BY locator LIMIT ?`,
  );
  const backwards = database.prepare<[string, string, number], Row>(
    `SELECT type, locator, version, schema, record FROM record
     WHERE type = ? AND locator < ? AND record IS NOT NULL ORDER BY locator DESC LIMIT ?`,
  );
  const find = database.prepare<[string, string, string], Row>(
    `SELECT r.type, r.locator, r.version, r.schema, r.record FROM field_index f
     JOIN record r ON r.type = f.type AND r.locator = f.locator
     WHERE f.type = ? AND f.member = ? AND f.value = ? AND r.record IS NOT NULL ORDER BY f.locator`,
  );
  const ofPerson = database.prepare<[string], Row & { personal: string }>(
    `SELECT type, locator, version, schema, personal, record FROM record
     WHERE person = ? AND record IS NOT NULL ORDER BY type, locator`,
  );
  const indexed = database.prepare<[string, string], { member: string; value: string }>(
    'SELECT member, value FROM field_index WHERE type = ? AND locator = ? ORDER BY member, value',
  );
  const unindex = database.prepare('DELETE FROM field_index WHERE type = ? AND locator = ?');
  const index = database.prepare(
    'INSERT OR IGNORE INTO field_index (type, member, value, locator) VALUES (?, ?, ?, ?)',
  );
  const searched = database.prepare<[number], { title: string; body: string }>(
    'SELECT title, body FROM search WHERE rowid = ?',
  );
  const unsearch = database.prepare('DELETE FROM search WHERE rowid = ?');
  const addSearch = database.prepare('INSERT INTO search (rowid, title, body) VALUES (?, ?, ?)');
  // 10 : 1 puts a hit in the title before one in a value.
  const search = database.prepare<[string, number], SearchHit>(
    `SELECT r.type, r.locator, s.title, snippet(search, -1, '', '', '…', 12) AS snippet
     FROM search s JOIN record r ON r.id = s.rowid
     WHERE search MATCH ? ORDER BY bm25(search, 10.0, 1.0), r.id DESC LIMIT ?`,
  );
  const many = database
    .prepare<[string], number>(
      `SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ${MOST_RANKED + 1})`,
    )
    .pluck();
  const newest = database.prepare<[string, number], SearchHit>(
    `SELECT r.type, r.locator, s.title, snippet(search, -1, '', '', '…', 12) AS snippet
     FROM search s CROSS JOIN record r ON r.id = s.rowid WHERE search MATCH ? ORDER BY s.rowid DESC LIMIT ?`,
  );
  const rows = database.prepare<[string, string, number], RecordRow>(
    `SELECT ${COLUMNS} FROM record WHERE (type, locator) > (?, ?) ORDER BY type, locator LIMIT ?`,
  );
  const row = database.prepare<[string, string], RecordRow>(
    `SELECT ${COLUMNS} FROM record WHERE type = ? AND locator = ?`,
  );
  const idOf = database
    .prepare<[string, string], number>('SELECT id FROM record WHERE type = ? AND locator = ?')
    .pluck();

  const read = (row: Row): StoredRecord => ({
    type: row.type,
    locator: row.locator,
    version: row.version,
    record: upgraded(row, upgrades),
  });

  /** @param isNew nothing of it is indexed yet */
  function indexFields(type: RecordType, locator: string, value: JsonObject | null, isNew = false): void {
    if (!INDEXED_MEMBERS[type]) return;
    const wanted = value ? fieldsOf(type, value) : [];
    if (isNew) {
      for (const [member, text] of wanted) index.run(type, member, text, locator);
      return;
    }
    const names = wanted.map(([member, text]) => `${member}\n${text}`).sort();
    const had = indexed.all(type, locator).map(({ member, value: text }) => `${member}\n${text}`);
    // Most changes leave the indexed members alone: reading is cheaper than writing pages again.
    if (had.length === names.length && had.sort().every((item, i) => item === names[i])) return;
    unindex.run(type, locator);
    for (const [member, text] of wanted) index.run(type, member, text, locator);
  }

  function indexSearch(type: RecordType, id: number, value: JsonObject | null, isNew = false): void {
    const wanted = value ? searchText(type, value) : undefined;
    const had = isNew ? undefined : searched.get(id);
    if (had?.title === wanted?.title && had?.body === wanted?.body) return;
    if (had) unsearch.run(id);
    if (wanted) addSearch.run(id, wanted.title, wanted.body);
  }

  function* allRows(): Generator<RecordRow> {
    let after: readonly [string, string] = ['', ''];
    while (true) {
      const step = rows.all(...after, STEP);
      yield* step;
      const last = step.at(-1);
      if (!last) return;
      after = [last.type, last.locator];
    }
  }

  return {
    current: (type, locator) => current.get(type, locator),
    row: (type, locator) => row.get(type, locator),
    valueOf: ({ record, ...rest }) => (record === null ? null : upgraded({ ...rest, record }, upgrades)),
    write(row, value) {
      const made = insertNew(row);
      const isNew = made.changes === 1;
      const id = isNew ? Number(made.lastInsertRowid) : upsert.get(row);
      if (id === undefined) throw new Problem('internal', 'SQLite gave no row for a written record.');
      indexFields(row.type, row.locator, value, isNew);
      indexSearch(row.type, id, value, isNew);
    },
    addNew(row, fields) {
      if (insertNew(row).changes === 0) return false;
      for (const [member, text] of fields) index.run(row.type, member, text, row.locator);
      return true;
    },
    addWords: (id, type, value) => indexSearch(type, id, value),
    restore: (row) => void upsert.get(row),
    get(type, locator) {
      const row = get.get(type, locator);
      return row && read(row);
    },
    list(type, options = {}) {
      const limit = options.limit ?? -1;
      // U+10FFFF sorts behind every locator.
      const found = options.newestFirst
        ? backwards.all(type, options.after ?? '\u{10ffff}', limit)
        : forwards.all(type, options.after ?? '', limit);
      return found.map(read);
    },
    find(type, member, value) {
      if (!INDEXED_MEMBERS[type]?.includes(member)) {
        throw new Problem(
          'internal',
          `${type}.${member} is not indexed: add it to INDEXED_MEMBERS in core/store/members.ts.`,
        );
      }
      return find.all(type, member, value).map(read);
    },
    search(typed, limit) {
      const most = Math.max(0, Math.floor(limit));
      const hits = new Map<string, SearchHit>();
      // Whole words first: who types `POL-1` means that one before POL-10.
      for (const query of searchQueries(typed)) {
        const common = (many.get(query) ?? 0) > MOST_RANKED;
        const found = common
          ? [...newest.all(`title : (${query})`, most), ...newest.all(query, most)]
          : search.all(query, most);
        for (const hit of found) hits.set(`${hit.type} ${hit.locator}`, hits.get(`${hit.type} ${hit.locator}`) ?? hit);
        if (hits.size >= most) break;
      }
      return [...hits.values()].slice(0, most);
    },
    ofPerson: (person) =>
      ofPerson.all(person).map((row) => ({ ...read(row), paths: JSON.parse(row.personal) as string[] })),
    project() {
      database.exec('DELETE FROM field_index;');
      emptyFullText(database, 'search');
      for (const row of allRows()) {
        if (row.record === null) continue;
        const value = upgraded({ ...row, record: row.record }, upgrades);
        indexFields(row.type, row.locator, value);
        const id = idOf.get(row.type, row.locator);
        if (id !== undefined) indexSearch(row.type, id, value);
      }
    },
    rows: allRows,
    clear() {
      database.exec('DELETE FROM field_index; DELETE FROM record;');
      emptyFullText(database, 'search');
    },
  };
}

/** How many upgrade steps a type has: the schema that records are written with. */
export function schemaOf(type: RecordType, upgrades: Upgrades): number {
  return upgrades[type]?.length ?? 0;
}

function upgraded(row: Row, upgrades: Upgrades): JsonObject {
  const steps = upgrades[row.type] ?? [];
  if (row.schema > steps.length) {
    throw new Problem(
      'store-from-the-future',
      `${row.type} ${row.locator} was written with schema ${row.schema}, this Fieldwriter knows ${steps.length}. Install the newer Fieldwriter again.`,
      { place: { locator: row.locator } },
    );
  }
  let record = JSON.parse(row.record) as JsonObject;
  for (const step of steps.slice(row.schema)) record = step(record);
  return record;
}
