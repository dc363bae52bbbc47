import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backup, restoreBackup } from './backup.ts';
import { blobFile } from './blobs.ts';
import type { Store } from './contract.ts';
import { openDatabase } from './database.ts';
import { openStore } from './open.ts';
import { change, command, inFolder, KEY, policyholder, storeOptions } from './store.fixture.ts';

async function filled(folder: string): Promise<{ store: Store; blob: string }> {
  const store = openStore(storeOptions(folder));
  const blob = await store.blobs.put(Buffer.from('Gretadocument'));
  store.commit(command('a'), [policyholder('h-1', 0, { name: ['Greta'] }), change('document', 'd-1', 0, { blob })]);
  return { store, blob };
}

test('J28 J29 a backup of a store in use restores to the same records, history and blobs', async () => {
  await inFolder(async (folder) => {
    const { store, blob } = await filled(folder);
    const repository = join(folder, 'data/configurations.git/objects');
    mkdirSync(repository, { recursive: true });
    writeFileSync(join(repository, 'c0ffee'), 'a configuration');
    const target = join(folder, 'backup');
    const running = store.backup(target);
    store.commit(command('meanwhile'), [change('policy', 'p-1', 0, {})]);
    await running;
    expect(readdirSync(target).sort()).toEqual(['blobs', 'configurations.git', 'store.json', 'workbench.db']);
    for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), 'latin1')).not.toMatch(/Greta|SQLite format/);
    }
    const restored = join(folder, 'restored');
    await restoreBackup(target, restored, KEY);
    expect(readFileSync(join(restored, 'configurations.git/objects/c0ffee'), 'utf8')).toBe('a configuration');
    const again = openStore({ ...storeOptions(folder, {}, 1), folder: restored });
    expect(again.device).toBe(store.device);
    expect(again.get('policyholder', 'h-1')).toEqual(store.get('policyholder', 'h-1'));
    expect(again.history('policyholder', 'h-1')).toEqual(store.history('policyholder', 'h-1'));
    expect(again.search('greta', 5)).toHaveLength(1);
    expect(Buffer.from((await again.blobs.get(blob)) ?? []).toString()).toBe('Gretadocument');
    expect(await again.verify()).toMatchObject({ ok: true });
    again.commit(command('goes on'), []);
    again.close();
    // The backup itself is as it was, and restores again.
    await restoreBackup(target, join(folder, 'second'), KEY);
    store.close();
  });
});

test('J28 a large store is copied and verified by a thread of its own, and answers meanwhile', async () => {
  await inFolder(async (folder) => {
    const { store } = await filled(folder);
    const data = join(folder, 'data');
    const database = openDatabase(join(data, 'workbench.db'), KEY);
    const target = join(folder, 'backup');
    let copied = false;
    const running = backup(database, data, KEY, target, true).then(() => {
      copied = true;
    });
    let commits = 0;
    while (!copied) {
      store.commit(command('meanwhile'), [change('policy', `p-${commits}`, 0, {})]);
      commits += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await running;
    expect(commits).toBeGreaterThan(1);
    await restoreBackup(target, join(folder, 'restored'), KEY);
    const again = openStore({ ...storeOptions(folder), folder: join(folder, 'restored') });
    expect(again.get('policyholder', 'h-1')).toEqual(store.get('policyholder', 'h-1'));
    again.close();
    const wrong = new Uint8Array(32).fill(1);
    await expect(backup(database, data, wrong, join(folder, 'other'), true)).rejects.toMatchObject({
      code: 'wrong-key',
    });
    expect(existsSync(join(folder, 'other'))).toBe(false);
    database.close();
    store.close();
  });
});

test('J28 J29 neither overwrites anything', async () => {
  await inFolder(async (folder) => {
    const { store } = await filled(folder);
    const target = join(folder, 'backup');
    await store.backup(target);
    const before = readFileSync(join(target, 'workbench.db'));
    await expect(store.backup(target)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(readFileSync(join(target, 'workbench.db'))).toEqual(before);
    await expect(restoreBackup(target, join(folder, 'data'), KEY)).rejects.toMatchObject({ code: 'wrong-state' });
    writeFileSync(join(folder, 'file'), '');
    await expect(restoreBackup(target, join(folder, 'file'), KEY)).rejects.toMatchObject({ code: 'wrong-state' });
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await restoreBackup(target, empty, KEY);
    expect(existsSync(join(empty, 'workbench.db'))).toBe(true);
    store.close();
  });
});

test('J28 a store with damage gives no backup and leaves nothing behind', async () => {
  await inFolder(async (folder) => {
    const { store, blob } = await filled(folder);
    rmSync(blobFile(join(folder, 'data/blobs'), blob));
    await expect(store.backup(join(folder, 'backup'))).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringContaining(blob),
    });
    expect(readdirSync(folder)).toEqual(['data']);
    store.close();
  });
});

test('J29 a damaged or torn backup, another key and something else are refused, and nothing is left', async () => {
  await inFolder(async (folder) => {
    const { store, blob } = await filled(folder);
    const good = join(folder, 'backup');
    await store.backup(good);
    store.close();
    const bad = join(folder, 'bad');
    const file = join(bad, 'workbench.db');
    const whole = readFileSync(join(good, 'workbench.db'));
    const changed = Buffer.from(whole);
    changed[whole.length - 3000] = (changed[whole.length - 3000] ?? 0) ^ 1;
    const harms: (() => void)[] = [
      () => writeFileSync(file, changed),
      () => writeFileSync(file, whole.subarray(0, whole.length / 2)),
      () => writeFileSync(file, ''),
      () => rmSync(blobFile(join(bad, 'blobs'), blob)),
    ];
    for (const harm of harms) {
      rmSync(bad, { recursive: true, force: true });
      cpSync(good, bad, { recursive: true });
      harm();
      await expect(restoreBackup(bad, join(folder, 'restored'), KEY)).rejects.toMatchObject({ code: 'store-damaged' });
    }
    await expect(restoreBackup(good, join(folder, 'restored'), new Uint8Array(32))).rejects.toMatchObject({
      code: 'wrong-key',
    });
    await expect(restoreBackup(folder, join(folder, 'restored'), KEY)).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(folder).sort()).toEqual(['backup', 'bad', 'data']);
  });
});
