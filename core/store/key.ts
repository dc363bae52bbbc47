import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { makeFolder, STORE_FILES, syncNames } from './folder.ts';

/** The environment as the process got it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const KEY_BYTES = 32;
const ID = /^[0-9a-f-]{36}$/;

/** Where the key of a data folder lies when a file holds it. */
export interface KeyFile {
  /** The id of the data folder. */
  readonly id: string;
  readonly file: string;
}

/**
 * The key of a data folder without Electron (settled questions, 8; SPEC J25): `FIELDWRITER_KEY` in hexadecimal or base64, else the
 * key file `<configuration home>/fieldwriter/<id of the folder>.key`, made at the first start of a folder.
 * @returns 32 bytes
 * @throws wrong-key when the key is malformed, its file is missing beside a database, open to others, or inside the data folder
 */
export function loadKey(env: Environment, folder: string): Uint8Array {
  const given = givenKey(env);
  if (given) return given;
  const { file } = keyFileOf(env, folder);
  const found = readKeyFile(file);
  if (found) return found;
  if (hasDatabase(folder)) {
    throw refused(
      `The key file ${file} is missing. Put it back, make it again from the recovery key with "fieldwriter key restore", or set FIELDWRITER_KEY: ${folder} opens with nothing else. (The desktop keeps the key in the key store of the system.)`,
    );
  }
  const key = newKey();
  writeKeyFile(file, key);
  return key;
}

/** The key in `FIELDWRITER_KEY`, if there is one. @throws wrong-key when it is malformed */
export function givenKey(env: Environment): Uint8Array | undefined {
  const given = env.FIELDWRITER_KEY;
  return given === undefined || given === '' ? undefined : parseKey(given, 'FIELDWRITER_KEY');
}

/** Makes the folder and its id if they are not there. @throws wrong-key when the file would lie inside the folder */
export function keyFileOf(env: Environment, folder: string): KeyFile {
  makeFolder(folder);
  const id = folderId(folder);
  const file = join(configurationHome(env), 'fieldwriter', `${id}.key`);
  refuseInside(file, folder);
  return { id, file };
}

export function hasDatabase(folder: string): boolean {
  return existsSync(join(folder, STORE_FILES.database)) || existsSync(join(folder, STORE_FILES.header));
}

export function newKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_BYTES));
}

function parseKey(text: string, place: string): Uint8Array {
  const trimmed = text.trim();
  const hexadecimal = /^[0-9a-fA-F]{64}$/.test(trimmed);
  const base64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed);
  if (!hexadecimal && !base64) {
    throw refused(`${place} is no key: a key is 32 bytes as 64 hexadecimal digits or as base64.`);
  }
  return new Uint8Array(Buffer.from(trimmed, hexadecimal ? 'hex' : 'base64'));
}

/** @returns undefined where there is none @throws wrong-key when others can read it, or it holds no key */
export function readKeyFile(file: string): Uint8Array | undefined {
  if (!existsSync(file)) return undefined;
  const mode = statSync(file).mode & 0o777;
  // Windows has no such bits: there the folder's access list guards it.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw refused(
      `Others can read the key file ${file} (mode ${mode.toString(8)}). Close it with: chmod 600 "${file}"`,
    );
  }
  return parseKey(readFileSync(file, 'utf8'), file);
}

/** Writes a key file that is not there, durably. */
export function writeKeyFile(file: string, key: Uint8Array): void {
  makeFolder(dirname(file));
  // `wx`: of two first starts at once the second fails here rather than losing the first one's key.
  writeFileSync(file, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  syncNames(dirname(file));
}

/** Takes a key file out of use and leaves it beside, for nobody but a person should throw a key away. */
export function setAsideKeyFile(file: string, now: number): string {
  const aside = `${file}.replaced-${now}`;
  renameSync(file, aside);
  syncNames(dirname(file));
  return aside;
}

/** Removes a key file whose key is kept elsewhere. */
export function removeKeyFile(file: string): void {
  rmSync(file, { force: true });
  if (existsSync(dirname(file))) syncNames(dirname(file));
}

/** The id of a data folder, made at its first start: it stays when the folder is moved, and goes with its backups. */
function folderId(folder: string): string {
  const file = join(folder, STORE_FILES.id);
  if (!existsSync(file)) {
    writeFileSync(file, `${randomUUID()}\n`, { mode: 0o600, flag: 'wx', flush: true });
    syncNames(folder);
  }
  const id = readFileSync(file, 'utf8').trim();
  if (!ID.test(id))
    throw refused(`${file} does not hold the id of a data folder. Put it back, or set FIELDWRITER_KEY.`);
  return id;
}

function configurationHome(env: Environment): string {
  if (env.XDG_CONFIG_HOME) return env.XDG_CONFIG_HOME;
  if (process.platform === 'win32' && env.APPDATA) return env.APPDATA;
  const home = env.HOME || homedir();
  return process.platform === 'darwin' ? join(home, 'Library', 'Application Support') : join(home, '.config');
}

/** A key beside what it locks is no lock: a copied folder would carry it along. */
function refuseInside(file: string, folder: string): void {
  let existing = dirname(file);
  while (!existsSync(existing)) existing = dirname(existing);
  const way = relative(realpathSync(folder), realpathSync(existing));
  if (way.startsWith('..') || isAbsolute(way)) return;
  throw refused(
    `The key file ${file} would lie inside the data folder ${folder}. Set XDG_CONFIG_HOME to another place.`,
  );
}

function refused(message: string): Problem {
  return new Problem('wrong-key', message);
}
