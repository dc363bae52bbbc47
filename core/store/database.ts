import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Problem } from '#core/model/problem.ts';
import { asProblem, guarded, locked } from './trouble.ts';

export type Connection = Database.Database;

/**
 * The cipher of every file, an AEAD: a changed byte of a page is an error, never other data. Its keys are 32 random bytes taken as they are,
 * without a password's slow derivation. Measured beside ChaCha20-Poly1305 and SQLCipher's AES: half as much again in commits, four times in reads.
 */
const CIPHER = 'aegis';

/**
 * Opens an encrypted SQLite file, made if it is not there.
 * @param key 32 bytes @throws wrong-key when it does not decrypt the file
 */
export function openDatabase(file: string, key: Uint8Array, options: { readonly?: boolean } = {}): Connection {
  if (key.length !== 32) throw new Problem('wrong-key', 'The key of a store has 32 bytes.');
  const { readonly = false } = options;
  const database = guarded(file, () => {
    if (!readonly) makePrivate(file);
    return new Database(file, { readonly, timeout: 5_000 });
  });
  try {
    database.pragma(`cipher = '${CIPHER}'`);
    database.pragma(`key = 'raw:${Buffer.from(key).toString('hex')}'`);
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (!readonly) configure(database);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB') {
      throw new Problem(
        'wrong-key',
        `${file} does not open with this key. Set FIELDWRITER_KEY, or put the key file back, that the store was made with.`,
        { cause: error },
      );
    }
    throw asProblem(error, file);
  }
}

/**
 * Opens a copy of a damaged file to read what can still be read of it: nothing is checked on the way, every statement may throw.
 * @throws SqliteError when not even its first page decrypts
 */
export function openDamaged(file: string, key: Uint8Array): Connection {
  const database = new Database(file);
  try {
    database.pragma(`cipher = '${CIPHER}'`);
    database.pragma(`key = 'raw:${Buffer.from(key).toString('hex')}'`);
    // With it SQLite also opens a file that is shorter than its first page says.
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Makes the file, if it is not there, for its owner alone, which the log beside it takes after: the folder may be one that somebody
 * made open to others.
 */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}

function configure(database: Connection): void {
  // Taken by a new file only. A commit touches some forty pages, most of them of indexes: larger pages would double what it syncs.
  database.pragma('page_size = 4096');
  database.pragma('journal_mode = WAL');
  // Durable when commit returns: every commit syncs the log (on macOS down to the platter).
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma('checkpoint_fullfsync = ON');
  // 32 MiB in place of 2: a page that is read again is decrypted again, and a commit reads leaves all over the indexes.
  database.pragma('cache_size = -32768');
  database.pragma('foreign_keys = ON');
  // Nothing decrypted on the disk, and nothing erased left behind in free space.
  database.pragma('temp_store = MEMORY');
  database.pragma('secure_delete = ON');
}

/**
 * Takes the one lock of a store, which the system frees when the process ends, however it ends: an exclusive transaction on an
 * empty database beside the real one, so that it works alike on every system and leaves readers of the real one alone.
 * @throws store-locked
 */
export function takeLock(file: string, place: string): { release(): void } {
  const lock = guarded(file, () => {
    // Who can read it could hold it, and keep us out.
    makePrivate(file);
    return new Database(file, { timeout: 0 });
  });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) throw locked(place, error);
    throw asProblem(error, place);
  }
  return { release: () => lock.close() };
}
