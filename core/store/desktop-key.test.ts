import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { desktopKey, type Kept, type KeyStore, type Locked, type Unlocked } from './desktop-key.ts';
import { keyFileOf, loadKey } from './key.ts';
import { openStore } from './open.ts';
import { recoveryKeyOf } from './recovery-key.ts';
import { inFolder, storeOptions } from './store.fixture.ts';

/** A key store in memory, whose troubles are switched on one by one. */
class Vault implements KeyStore {
  keys = new Map<string, Uint8Array>();
  trouble: Kept | undefined;
  deaf = false;
  answer = true;
  asked: string[] = [];
  async read(id: string): Promise<Kept> {
    const key = this.keys.get(id);
    return this.trouble ?? (key ? { state: 'kept', key } : { state: 'none' });
  }
  async keep(id: string, key: Uint8Array): Promise<void> {
    if (!this.deaf) this.keys.set(id, key);
    if (this.trouble?.state === 'lost') this.trouble = undefined;
  }
  async mayUseFile(reason: string): Promise<boolean> {
    this.asked.push(reason);
    return this.answer;
  }
}

interface Bench {
  readonly vault: Vault;
  readonly folder: string;
  readonly file: string;
  readonly id: string;
  unlock(): Promise<Unlocked | Locked>;
  /** Makes a database with a key. */
  fill(key: Uint8Array): void;
  /** The headless mode on the same folder. */
  headless(): Uint8Array;
}
const onBench = (work: (bench: Bench) => Promise<void>): Promise<void> =>
  inFolder(async (home) => {
    const vault = new Vault();
    const env = { XDG_CONFIG_HOME: join(home, 'config') };
    const folder = join(home, 'data');
    await work({
      vault,
      folder,
      ...keyFileOf(env, folder),
      unlock: () => desktopKey({ env, folder, store: vault }),
      fill: (key) => openStore(storeOptions(home, { key })).close(),
      headless: () => loadKey(env, folder),
    });
  });
const key = (result: Unlocked | Locked): Uint8Array => {
  if ('locked' in result) throw new Error(result.locked);
  return result.key;
};
const locked = (result: Unlocked | Locked): Locked => {
  if ('locked' in result) return result;
  throw new Error('it opened');
};

test('J31 a first start keeps a new key in the key store, writes no file, and later starts find it', () =>
  onBench(async ({ vault, file, id, unlock, fill }) => {
    const first = await unlock();
    expect(first).toMatchObject({ place: 'key-store' });
    expect(vault.keys.get(id)).toEqual(key(first));
    expect(existsSync(file)).toBe(false);
    fill(key(first));
    expect(key(await unlock())).toEqual(key(first));
  }));

test('J31 a key file moves into the key store, and is removed only once the key was read back', () =>
  onBench(async ({ vault, file, id, unlock, fill, headless }) => {
    const before = headless();
    fill(before);
    vault.deaf = true;
    await expect(unlock()).rejects.toThrow('did not give back');
    expect(readFileSync(file, 'utf8').trim()).toBe(Buffer.from(before).toString('hex'));
    vault.deaf = false;
    expect(await unlock()).toEqual({ key: before, place: 'key-store' });
    expect(vault.keys.get(id)).toEqual(before);
    expect(existsSync(file)).toBe(false);
  }));

test('J31 a move that was interrupted after keeping is finished; a file with another key stays', () =>
  onBench(async ({ vault, file, id, unlock, fill, headless }) => {
    const before = headless();
    fill(before);
    vault.keys.set(id, before);
    await unlock();
    expect(existsSync(file)).toBe(false);

    const other = new Uint8Array(32).fill(9);
    vault.keys.set(id, other);
    expect(locked(await unlock()).locked).toContain('other data');
  }));

test('J31 of two keys the one that opens the database is taken', () =>
  onBench(async ({ vault, file, id, unlock, fill, headless }) => {
    const before = headless();
    fill(before);
    vault.keys.set(id, new Uint8Array(32).fill(9));
    expect(await unlock()).toEqual({ key: before, place: 'key-store' });
    expect(vault.keys.get(id)).toEqual(before);
    expect(existsSync(file)).toBe(false);
  }));

test('J32 a lost key store locks; the recovery key opens again and is kept; another one changes nothing', () =>
  onBench(async ({ vault, id, unlock, fill }) => {
    const first = key(await unlock());
    fill(first);
    for (const trouble of [undefined, { state: 'lost', reason: 'it was reset' }] as const) {
      vault.keys.clear();
      vault.trouble = trouble;
      const shut = locked(await unlock());
      await expect(shut.recover(recoveryKeyOf(new Uint8Array(32)))).rejects.toThrow('of other data');
      await expect(shut.recover('nonsense')).rejects.toThrow('recovery key');
      expect(vault.keys.size).toBe(0);
      expect(await shut.recover(recoveryKeyOf(first).toLowerCase())).toEqual({ key: first, place: 'key-store' });
      expect(vault.keys.get(id)).toEqual(first);
      expect(key(await unlock())).toEqual(first);
    }
  }));

test('J31 without a key store a file holds the key only if the user says so, and one that is there goes on', () =>
  onBench(async ({ vault, file, unlock, fill }) => {
    vault.trouble = { state: 'unavailable', reason: 'no keyring' };
    vault.answer = false;
    await expect(unlock()).rejects.toThrow('no keyring');
    expect(existsSync(file)).toBe(false);
    vault.answer = true;
    const first = await unlock();
    expect(first).toMatchObject({ place: 'key-file' });
    expect(vault.asked).toEqual(['no keyring', 'no keyring']);
    fill(key(first));
    expect(key(await unlock())).toEqual(key(first));
    expect(vault.asked).toHaveLength(2);
  }));
