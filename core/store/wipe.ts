import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Problem } from '#core/model/problem.ts';
import type { KeyStore } from './desktop-key.ts';
import { type Environment, givenKey, keyFileOf, newKey, removeKeyFile } from './key.ts';

/**
 * Throws the key of a data folder away, on the order of its cloud (core/sync/SPEC.md SY85): the file that holds it, those that were set
 * aside beside it, and what the key store of the system keeps. The data stays as bytes that nobody opens, but for who wrote the
 * recovery key down. Each step can be done again; what is still there after a step that failed is thrown away the next time.
 * @param store the key store that the desktop's shell lends; absent without one
 * @throws wrong-state when the key comes from the environment, which is not this program's to clear
 */
export async function throwKeyAway(env: Environment, folder: string, store?: KeyStore): Promise<void> {
  const { id, file } = keyFileOf(env, folder);
  const beside = dirname(file);
  const names = existsSync(beside) ? readdirSync(beside) : [];
  for (const name of names) if (name.startsWith(basename(file))) overwriteAndRemove(join(beside, name));
  // In place of the key stands one that opens nothing: the key store has no door to forget by.
  if (store && (await store.read(id)).state === 'kept') await store.keep(id, newKey());
  if (givenKey(env))
    throw new Problem(
      'wrong-state',
      'The key of this data is in FIELDWRITER_KEY, where Fieldwriter can not throw it away: whoever set it has to.',
    );
}

function overwriteAndRemove(file: string): void {
  writeFileSync(file, Buffer.alloc(statSync(file).size), { flush: true });
  removeKeyFile(file);
}
