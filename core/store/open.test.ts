import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openDatabase, takeLock } from './database.ts';
import { openStore } from './open.ts';
import { change, command, inFolder, KEY, policyholder, storeOptions } from './store.fixture.ts';

const OPEN = fileURLToPath(new URL('./open.ts', import.meta.url));

/** A store of some pages, closed. */
function filled(folder: string): { options: ReturnType<typeof storeOptions>; file: string } {
  const options = storeOptions(folder);
  const store = openStore(options);
  for (let i = 0; i < 30; i += 1)
    store.commit(command('a'), [policyholder(`h-${i}`, 0, { name: [`Greta ${'long '.repeat(500)}`] })]);
  store.close();
  return { options, file: join(folder, 'data', 'workbench.db') };
}

test('J20 a second process is told that the store is in use, and may open it afterwards', async () => {
  await inFolder((folder) => {
    const options = storeOptions(folder);
    const script = `import { openStore } from ${JSON.stringify(OPEN)};
      try { openStore({ folder: ${JSON.stringify(options.folder)}, key: new Uint8Array(32).fill(7), engine: '1', now: () => 1, random: (n) => new Uint8Array(n) }).close(); console.log('opened'); }
      catch (error) { console.log(error.code, error.message); }`;
    const second = (): string =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const store = openStore(options);
    expect(second()).toMatch(/^store-locked .*data is in use by another Fieldwriter/);
    expect(() => openStore(options)).toThrow(expect.objectContaining({ code: 'store-locked' }));
    expect(store.commit(command('a'), [])).toMatchObject({ sequence: 1 });
    store.close();
    expect(second()).toBe('opened\n');
  });
});

test('J20 the lock dies with its process', async () => {
  await inFolder((folder) => {
    const options = storeOptions(folder);
    openStore(options).close();
    const script = `import { takeLock } from ${JSON.stringify(OPEN.replace('open.ts', 'database.ts'))};
      takeLock(${JSON.stringify(join(options.folder, 'lock'))}, 'x'); process.kill(process.pid, 'SIGKILL');`;
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL');
    takeLock(join(options.folder, 'lock'), 'x').release();
    openStore(options).close();
  });
});

test('J21 a wrong key is told from a damaged file, and changes nothing', async () => {
  await inFolder((folder) => {
    const { options, file } = filled(folder);
    const before = readFileSync(file);
    const wrong = { ...options, key: new Uint8Array(32).fill(8) };
    expect(() => openStore(wrong)).toThrow(expect.objectContaining({ code: 'wrong-key' }));
    expect(() => openStore({ ...options, key: new Uint8Array(16) })).toThrow(
      expect.objectContaining({ code: 'wrong-key' }),
    );
    expect(readFileSync(file)).toEqual(before);
    // Without its header the database itself refuses the key, and the right one makes the header again.
    rmSync(join(options.folder, 'store.json'));
    expect(() => openStore(wrong)).toThrow(expect.objectContaining({ code: 'wrong-key' }));
    openStore(options).close();
    expect(() => openStore(wrong)).toThrow('made with another key');
  });
});

test('J21 a damaged, torn, emptied or lost database is damage, with what to do', async () => {
  await inFolder((folder) => {
    const { options, file } = filled(folder);
    const whole = readFileSync(file);
    const overwritten = Buffer.from(whole);
    overwritten.fill(0x55, 16, 5_000);
    for (const bytes of [overwritten, whole.subarray(0, 3_000), Buffer.alloc(8_192)]) {
      writeFileSync(file, bytes);
      expect(() => openStore(options)).toThrow(
        expect.objectContaining({ code: 'store-damaged', message: expect.stringContaining('fieldwriter repair') }),
      );
    }
    writeFileSync(file, '');
    expect(() => openStore(options)).toThrow(expect.objectContaining({ code: 'store-damaged' }));
    rmSync(file);
    expect(() => openStore(options)).toThrow('workbench.db is missing or empty');
    writeFileSync(file, whole);
    openStore(options).close();
    writeFileSync(join(options.folder, 'store.json'), '{');
    expect(() => openStore(options)).toThrow(expect.objectContaining({ code: 'store-damaged' }));
    writeFileSync(join(options.folder, 'store.json'), '{"format":2,"keyCheck":""}');
    expect(() => openStore(options)).toThrow(expect.objectContaining({ code: 'store-from-the-future' }));
  });
});

test('J22 nothing readable lies in the folder, in use or closed, and nobody else may enter it', async () => {
  await inFolder(async (folder) => {
    const store = openStore(storeOptions(folder));
    const text = 'Gretaverylongname';
    store.commit(command('a'), [change('policyholder', 'h-1', 0, { entity: { values: { name: [text] } } })]);
    await store.blobs.put(Buffer.from(text));
    const readable = (): string[] =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => /Gretaverylongname|SQLite format|CREATE TABLE/.test(readFileSync(file, 'latin1')));
    expect(readdirSync(join(folder, 'data'))).toContain('workbench.db-wal');
    expect(readable()).toEqual([]);
    store.close();
    expect(readable()).toEqual([]);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'data')).mode & 0o077).toBe(0);
  });
});

test('J22 its files are for their owner alone also in a folder that is open to others', async () => {
  await inFolder(async (folder) => {
    const options = storeOptions(folder);
    mkdirSync(options.folder, { mode: 0o755 });
    const store = openStore(options);
    store.commit(command('a'), [policyholder('h-1', 0, { name: ['Greta'] })]);
    await store.blobs.put(Buffer.from('x'));
    const open = readdirSync(options.folder, { withFileTypes: true })
      .filter(({ name }) => (statSync(join(options.folder, name)).mode & 0o077) !== 0)
      .map(({ name }) => name);
    store.close();
    if (process.platform !== 'win32') expect(open).toEqual([]);
  });
});

test('J2 every commit syncs the log, and nothing decrypted goes to temporary files', async () => {
  await inFolder((folder) => {
    const database = openDatabase(join(folder, 'x.db'), KEY);
    const pragma = (name: string): unknown => database.pragma(name, { simple: true });
    expect(['journal_mode', 'synchronous', 'foreign_keys', 'temp_store', 'secure_delete'].map(pragma)).toEqual([
      'wal',
      2,
      1,
      2,
      1,
    ]);
    database.close();
  });
});

test('a store whose first start was cut off anywhere opens at the next', async () => {
  await inFolder((folder) => {
    const { options, file } = filled(folder);
    rmSync(join(options.folder, 'store.json'));
    truncateSync(file, 0);
    const store = openStore(options);
    expect(store.list('policyholder')).toEqual([]);
    store.close();
  });
});
