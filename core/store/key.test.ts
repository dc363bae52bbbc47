import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadKey } from './key.ts';
import { openStore } from './open.ts';
import { inFolder, KEY, storeOptions } from './store.fixture.ts';
import { throwKeyAway } from './wipe.ts';

function places(folder: string): { data: string; home: { XDG_CONFIG_HOME: string }; keys: string } {
  const config = join(folder, 'config');
  return { data: join(folder, 'data'), home: { XDG_CONFIG_HOME: config }, keys: join(config, 'fieldwriter') };
}

test('J25 FIELDWRITER_KEY is taken in hexadecimal and base64, and anything else refused without showing it', async () => {
  await inFolder((folder) => {
    const { data, home } = places(folder);
    const bytes = Buffer.from(KEY);
    for (const text of [
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      `${bytes.toString('base64')}\n`,
      bytes.toString('base64url'),
    ]) {
      expect(loadKey({ ...home, FIELDWRITER_KEY: text }, data)).toEqual(KEY);
    }
    expect(existsSync(data)).toBe(false);
    for (const text of ['secretpassword', bytes.toString('hex').slice(1), `${bytes.toString('hex')}00`]) {
      expect(() => loadKey({ ...home, FIELDWRITER_KEY: text }, data)).toThrow(
        expect.objectContaining({ code: 'wrong-key', message: expect.not.stringContaining(text) }),
      );
    }
  });
});

test('J25 the first start makes a key file that only its owner can read, later ones read it', async () => {
  await inFolder((folder) => {
    const { data, home, keys } = places(folder);
    const key = loadKey(home, data);
    expect(key).toHaveLength(32);
    const [name = ''] = readdirSync(keys);
    expect(readFileSync(join(keys, name), 'utf8').trim()).toBe(Buffer.from(key).toString('hex'));
    if (process.platform !== 'win32') expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
    expect(loadKey(home, data)).toEqual(key);
    expect(loadKey(home, join(folder, 'other'))).not.toEqual(key);
    for (const file of readdirSync(data))
      expect(readFileSync(join(data, file), 'latin1')).not.toContain(Buffer.from(key).toString('hex'));
  });
});

test('J25 a key file that others can read is refused, with the command that closes it', async () => {
  await inFolder((folder) => {
    if (process.platform === 'win32') return;
    const { data, home, keys } = places(folder);
    loadKey(home, data);
    const file = join(keys, readdirSync(keys)[0] ?? '');
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(file, mode);
      expect(() => loadKey(home, data)).toThrow(`chmod 600 "${file}"`);
    }
    chmodSync(file, 0o400);
    expect(loadKey(home, data)).toHaveLength(32);
  });
});

test('J25 no new key is made beside a database, and none inside the data folder', async () => {
  await inFolder((folder) => {
    const { data, home, keys } = places(folder);
    openStore({ ...storeOptions(folder), key: loadKey(home, data) }).close();
    rmSync(keys, { recursive: true });
    expect(() => loadKey(home, data)).toThrow(
      expect.objectContaining({ code: 'wrong-key', message: expect.stringContaining('Put it back') }),
    );
    expect(existsSync(keys)).toBe(false);
    const inside = join(folder, 'fresh');
    expect(() => loadKey({ XDG_CONFIG_HOME: inside }, inside)).toThrow('inside the data folder');
    mkdirSync(keys, { recursive: true });
    writeFileSync(join(keys, `${readFileSync(join(data, 'id'), 'utf8').trim()}.key`), 'nonsense', { mode: 0o600 });
    expect(() => loadKey(home, data)).toThrow('is no key');
  });
});

test('J58 SY85 a key that is thrown away is in no file any more, nor in the key store; one in the environment is named', async () => {
  await inFolder(async (folder) => {
    const { data, home, keys } = places(folder);
    const key = loadKey(home, data);
    openStore({ ...storeOptions(folder), key }).close();
    const [name = ''] = readdirSync(keys);
    writeFileSync(join(keys, `${name}.replaced-1`), Buffer.from(key).toString('hex'), { mode: 0o600 });
    writeFileSync(join(keys, 'other.key'), 'of another folder');
    let kept = key;
    const store = {
      read: async () => ({ state: 'kept', key: kept }) as const,
      keep: async (_id: string, next: Uint8Array) => {
        kept = next;
      },
      mayUseFile: async () => false,
    };
    await throwKeyAway(home, data, store);
    expect(readdirSync(keys)).toEqual(['other.key']);
    expect(kept).not.toEqual(key);
    expect(() => loadKey(home, data)).toThrow('missing');
    expect(() => openStore({ ...storeOptions(folder), key: kept })).toThrow(
      expect.objectContaining({ code: 'wrong-key' }),
    );
    const named = { ...home, FIELDWRITER_KEY: Buffer.from(key).toString('hex') };
    await expect(throwKeyAway(named, data)).rejects.toMatchObject({ code: 'wrong-state' });
  });
});
