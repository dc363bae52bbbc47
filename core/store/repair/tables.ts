import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Connection, openDamaged, openDatabase } from '../database.ts';
import { packed, unpacked } from '../entry.ts';
import { STORE_FILES } from '../folder.ts';
import { mendLog } from './log.ts';

/** What a salvage reads: each begins on a page of its own, and so do the indexes that SQLite makes for them. */
const NEEDED = ['journal', 'person_key', 'journal_change', 'record', 'meta', 'replica'] as const;
const PAGE = 4096;

/** A row of `sqlite_schema`. */
interface Place {
  readonly type: string;
  readonly name: string;
  readonly tbl_name: string;
  readonly rootpage: number;
  readonly sql: string | null;
}

/**
 * Keeps beside the database on which pages its tables begin (SPEC J61): the file says so in its first pages alone, and without
 * them nothing of it can be read. It changes with a migration only.
 */
export function keepPlaces(database: Connection, folder: string): void {
  const file = join(folder, STORE_FILES.places);
  const version = Number(database.pragma('schema_version', { simple: true }));
  if (keptPlaces(folder)?.version === version) return;
  const names = NEEDED.map(() => '?').join(', ');
  const places = database
    .prepare<string[], Place>(
      `SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema
       WHERE tbl_name IN (${names}) AND (type = 'table' OR sql IS NULL)`,
    )
    .all(...NEEDED);
  writeFileSync(file, packed(JSON.stringify({ version, places })), { mode: 0o600 });
}

/** After the database was replaced: what was kept is another one's. */
export function forgetPlaces(folder: string): void {
  rmSync(join(folder, STORE_FILES.places), { force: true });
}

function keptPlaces(folder: string): { readonly version: number; readonly places: readonly Place[] } | undefined {
  try {
    return JSON.parse(unpacked(readFileSync(join(folder, STORE_FILES.places)))) as ReturnType<typeof keptPlaces>;
  } catch {
    return undefined;
  }
}

/**
 * Opens a copy of the damaged database in a scratch folder, as far as anything of it can be read at all: with a new first page that
 * says where the tables begin, where its own do not.
 */
export function openOld(folder: string, key: Uint8Array, scratch: string): Connection | undefined {
  const file = join(folder, STORE_FILES.database);
  if (!existsSync(file)) return undefined;
  const copy = join(scratch, 'damaged.db');
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  mendLog(copy);
  try {
    return withTables(openDamaged(copy, key));
  } catch {
    const kept = keptPlaces(folder);
    if (!kept) return undefined;
    try {
      const page = firstPage(kept.places, Math.ceil(statSync(file).size / PAGE), key, scratch);
      // What the log holds of the first pages would go before it.
      rmSync(`${copy}-wal`, { force: true });
      copyFileSync(file, copy);
      writeStart(copy, page);
      return withTables(openDamaged(copy, key));
    } catch {
      return undefined;
    }
  }
}

/** @throws where a table is not known */
function withTables(database: Connection): Connection {
  try {
    for (const name of NEEDED) database.prepare(`SELECT 1 FROM ${name}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The first page of a database of so many pages in which these tables begin where they do: of one made for that. */
function firstPage(places: readonly Place[], pages: number, key: Uint8Array, scratch: string): Buffer {
  const file = join(scratch, 'places.db');
  const database = openDatabase(file, key);
  database.pragma('journal_mode = DELETE');
  database.pragma('synchronous = OFF');
  database.unsafeMode(true);
  database.exec('CREATE TABLE filling (bytes BLOB)');
  const fill = database.prepare('INSERT INTO filling VALUES (zeroblob(?))');
  // It has to know of at least as many pages; a value has a bound.
  for (let left = pages; left > 0; left -= 100_000) fill.run(Math.min(left, 100_000) * PAGE);
  database.pragma('writable_schema = ON');
  database.exec('DELETE FROM sqlite_schema');
  const insert = database.prepare(
    'INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES (?, ?, ?, ?, ?)',
  );
  for (const { type, name, tbl_name, rootpage, sql } of places)
    insert.run(type, name, tbl_name, rootpage, sql?.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ') ?? null);
  database.close();
  const page = Buffer.alloc(PAGE);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, page, 0, PAGE, 0);
  } finally {
    closeSync(handle);
  }
  rmSync(file);
  return page;
}

function writeStart(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, bytes, 0, bytes.length, 0);
  } finally {
    closeSync(handle);
  }
}
