import { createHmac } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { type Connection, openDatabase } from './database.ts';
import { damaged } from './trouble.ts';

/** What lies in a data folder. */
export const STORE_FILES = {
  database: 'workbench.db',
  blobs: 'blobs',
  lock: 'lock',
  header: 'store.json',
  id: 'id',
  backups: 'backups',
  /** The repository of the configurations, kept by core/policy; a backup takes it along. */
  configurations: 'configurations.git',
  /** That the database was found damaged, and how; until it is repaired. */
  damage: 'damage-found',
  /** On which pages the database's tables begin. */
  places: 'tables.zst',
  /** Databases that were found damaged, as they were, by instant. */
  damaged: 'damaged',
  /** A repaired database that is complete and about to take its place. */
  repaired: 'workbench.db.repaired',
  /** Where backups of this folder were written to, newest first. */
  copies: 'backups.json',
} as const;

/** What stands in the clear beside the database: enough to tell a wrong key from a damaged file, and a lost file from a new folder. */
interface Header {
  readonly format: 1;
  /** HMAC-SHA-256 under the key: recognises it, gives nothing of it away. */
  readonly keyCheck: string;
}

/** Makes a folder that only its owner may enter, durably, if it is not there. */
export function makeFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) syncNames(dirname(made));
}

/** Makes the names in a folder durable. Windows has no such call and needs none: its file system journals them. */
export function syncNames(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Opens the database of a data folder; a new, empty one where there is none.
 * @throws wrong-key, store-damaged, store-from-the-future
 */
export function openWithHeader(folder: string, key: Uint8Array): Connection {
  const file = join(folder, STORE_FILES.database);
  const header = checkHeader(folder, key);
  // Opening would quietly begin an empty store in its place.
  if (header && !(existsSync(file) && statSync(file).size > 0)) throw damaged(`${file} is missing or empty`);
  try {
    return openDatabase(file, key);
  } catch (error) {
    if (header && error instanceof Problem && error.code === 'wrong-key') throw damaged(`${file} is damaged`, error);
    throw error;
  }
}

/** The header of a folder, if it has one. @throws wrong-key when the folder was made with another key */
export function checkHeader(folder: string, key: Uint8Array): Header | undefined {
  const header = readHeader(folder);
  if (!header || header.keyCheck === keyCheck(key)) return header;
  throw new Problem(
    'wrong-key',
    `${folder} was made with another key. Set FIELDWRITER_KEY, or put the key file back, that it was made with.`,
  );
}

function readHeader(folder: string): Header | undefined {
  const file = join(folder, STORE_FILES.header);
  if (!existsSync(file)) return undefined;
  const header = parseHeader(readFileSync(file, 'utf8'));
  if (!header) throw damaged(`${file} is damaged: it can be deleted, the right key makes it again`);
  if (header.format === 1) return header as Header;
  throw new Problem(
    'store-from-the-future',
    `${folder} has format ${String(header.format)}, this Fieldwriter knows 1. Nothing was changed. Install the newer Fieldwriter again.`,
  );
}

function parseHeader(text: string): { format: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && 'format' in value && 'keyCheck' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Written once the store is complete, so that a header always has its database. */
export function writeHeader(folder: string, key: Uint8Array): void {
  const file = join(folder, STORE_FILES.header);
  if (existsSync(file)) return;
  const header: Header = { format: 1, keyCheck: keyCheck(key) };
  writeFileSync(`${file}.new`, `${JSON.stringify(header)}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  syncNames(folder);
}

function keyCheck(key: Uint8Array): string {
  return createHmac('sha256', key).update('fieldwriter key check').digest('hex');
}
