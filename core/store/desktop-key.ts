import { Problem } from '#core/model/problem.ts';
import { openWithHeader } from './folder.ts';
import {
  type Environment,
  givenKey,
  hasDatabase,
  keyFileOf,
  newKey,
  readKeyFile,
  removeKeyFile,
  writeKeyFile,
} from './key.ts';
import { keyOfRecovery } from './recovery-key.ts';

/** What a key store says about one id. */
export type Kept =
  | { readonly state: 'kept'; readonly key: Uint8Array }
  | { readonly state: 'none' }
  /** Something is kept that the key store no longer opens: it was reset, or belongs to another account. */
  | { readonly state: 'lost'; readonly reason: string }
  /** This machine has no key store that deserves the name. */
  | { readonly state: 'unavailable'; readonly reason: string };

/** The key store of the operating system, as the desktop's shell lends it. */
export interface KeyStore {
  read(id: string): Promise<Kept>;
  /** Keeps a key durably under an id, in place of what was there. */
  keep(id: string, key: Uint8Array): Promise<void>;
  /** Asks the user whether a file may hold the key where there is no key store. */
  mayUseFile(reason: string): Promise<boolean>;
}

export interface Unlocked {
  readonly key: Uint8Array;
  readonly place: 'environment' | 'key-store' | 'key-file';
}
export interface Locked {
  /** Why there is no key, as a sentence for the user. */
  readonly locked: string;
  /** Opens the folder with a recovery key and keeps its key again. @throws wrong-key */
  recover(text: string): Promise<Unlocked>;
}

interface Place {
  readonly env: Environment;
  readonly folder: string;
  readonly store: KeyStore;
}

/**
 * The key of a data folder in the desktop (SPEC J31): `FIELDWRITER_KEY`, else the key store of the system. A key file that is there
 * moves into the key store: kept, read back and compared, and only then removed. No step ever leaves the key nowhere.
 * @throws wrong-key when there is no key store and the user wants no file
 */
export async function desktopKey(place: Place): Promise<Unlocked | Locked> {
  const given = givenKey(place.env);
  if (given) return { key: given, place: 'environment' };
  const { env, folder, store } = place;
  const { id, file } = keyFileOf(env, folder);
  const kept = await store.read(id);
  const filed = readKeyFile(file);

  if (kept.state === 'kept' && fits(folder, kept.key)) {
    // What another start did not come to; a file with another key is nobody's to throw away.
    if (filed && same(filed, kept.key)) removeKeyFile(file);
    return { key: kept.key, place: 'key-store' };
  }
  if (filed && fits(folder, filed)) {
    if (kept.state === 'unavailable') return { key: filed, place: 'key-file' };
    await keepSurely(store, id, filed);
    removeKeyFile(file);
    return { key: filed, place: 'key-store' };
  }
  if (hasDatabase(folder))
    return { locked: reasonOf(kept), recover: async (text) => keep(place, fitting(folder, keyOfRecovery(text)), kept) };
  return keep(place, newKey(), kept);
}

/** Keeps a key of which no copy is kept yet, before anything is encrypted with it. */
async function keep({ env, folder, store }: Place, key: Uint8Array, kept: Kept): Promise<Unlocked> {
  const { id, file } = keyFileOf(env, folder);
  if (kept.state !== 'unavailable') {
    await keepSurely(store, id, key);
    return { key, place: 'key-store' };
  }
  if (!(await store.mayUseFile(kept.reason)))
    throw new Problem('wrong-key', `There is nowhere to keep the key: ${kept.reason}`);
  if (!readKeyFile(file)) writeKeyFile(file, key);
  return { key, place: 'key-file' };
}

async function keepSurely(store: KeyStore, id: string, key: Uint8Array): Promise<void> {
  await store.keep(id, key);
  const back = await store.read(id);
  if (back.state !== 'kept' || !same(back.key, key))
    throw new Problem('wrong-key', 'The key store of the system did not give back the key that it was given.');
}

/** Whether a key opens the database; where there is none yet, every key does. */
function fits(folder: string, key: Uint8Array): boolean {
  if (!hasDatabase(folder)) return true;
  try {
    openWithHeader(folder, key).close();
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'wrong-key') return false;
    // Damaged, or of a later version: the key is the right one, and opening the store says what is wrong.
    return true;
  }
}

function fitting(folder: string, key: Uint8Array): Uint8Array {
  if (fits(folder, key)) return key;
  throw new Problem('wrong-key', 'This recovery key is of other data: it does not open what lies on this computer.');
}

function reasonOf(kept: Kept): string {
  switch (kept.state) {
    case 'kept':
      return 'The key in the key store of this computer is of other data.';
    case 'none':
      return 'The key store of this computer does not hold the key of this data.';
    case 'lost':
      return `The key store of this computer no longer opens the key of this data (${kept.reason}).`;
    case 'unavailable':
      return `The key store of this computer can not be reached (${kept.reason}).`;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
