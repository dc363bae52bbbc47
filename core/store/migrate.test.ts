import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { MIGRATIONS_FOLDER, migrate, readMigrations } from './migrate.ts';
import { openStore, type StoreOptions } from './open.ts';
import { change, command, inFolder, KEY, storeOptions } from './store.fixture.ts';

/** Our migrations, copied, and one more. */
function withNext(folder: string, sql: string): string {
  const migrations = join(folder, 'migrations');
  cpSync(MIGRATIONS_FOLDER, migrations, { recursive: true, filter: (name) => !name.endsWith('.test.ts') });
  const number = String(readMigrations().length + 1).padStart(4, '0');
  writeFileSync(join(migrations, `${number}-next.sql`), sql);
  return migrations;
}

function oldStore(folder: string): StoreOptions {
  const options = storeOptions(folder);
  const store = openStore(options);
  store.commit(command('a'), [change('policy', 'p-1', 0, { n: 1 })]);
  store.close();
  return options;
}

test('J23 an old store with rows is backed up and brought to the new version', async () => {
  await inFolder((folder) => {
    const options = oldStore(folder);
    const migrations = withNext(folder, "ALTER TABLE record ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';");
    const store = openStore({ ...options, migrations });
    expect(store.get('policy', 'p-1')?.record).toEqual({ n: 1 });
    store.close();

    const database = openDatabase(join(options.folder, 'workbench.db'), KEY);
    expect(database.prepare('SELECT colour FROM record').pluck().all()).toEqual(['red']);
    database.close();
    const [backup = ''] = readdirSync(join(options.folder, 'backups'));
    const before = openDatabase(join(options.folder, 'backups', backup), KEY);
    expect(before.prepare('SELECT record FROM record').pluck().all()).toEqual(['{"n":1}']);
    expect(() => before.prepare('SELECT colour FROM record')).toThrow();
    before.close();
    // Nothing to do, nothing to back up.
    openStore({ ...options, migrations }).close();
    expect(readdirSync(join(options.folder, 'backups'))).toHaveLength(1);
  });
});

test('J23 a step that fails changes nothing', async () => {
  await inFolder((folder) => {
    const options = oldStore(folder);
    const migrations = withNext(folder, 'CREATE TABLE half (a) STRICT; DROP TABLE record; SELECT broken;');
    expect(() => openStore({ ...options, migrations })).toThrow();
    const store = openStore(options);
    expect(store.get('policy', 'p-1')?.record).toEqual({ n: 1 });
    store.close();
  });
});

test('J24 a store from the future is refused, untouched, with both versions and what to do', async () => {
  await inFolder((folder) => {
    const options = oldStore(folder);
    const migrations = withNext(folder, 'CREATE TABLE next (a TEXT) STRICT;');
    openStore({ ...options, migrations }).close();
    const known = readMigrations().length;
    expect(() => openStore(options)).toThrow(
      expect.objectContaining({
        code: 'store-from-the-future',
        message: expect.stringMatching(
          new RegExp(`schema version ${known + 1} .*knows up to ${known}.*newer Fieldwriter`),
        ),
      }),
    );
    openStore({ ...options, migrations }).close();
  });
});

test('J23 an edited or renamed step is refused; other line ends are the same text', async () => {
  await inFolder((folder) => {
    const options = oldStore(folder);
    const migrations = withNext(folder, 'CREATE TABLE next (\n  a TEXT\n) STRICT;\n');
    openStore({ ...options, migrations }).close();
    const [name = ''] = readdirSync(migrations).slice(-1);
    writeFileSync(join(migrations, name), 'CREATE TABLE next (\r\n  a TEXT\r\n) STRICT;\r\n');
    openStore({ ...options, migrations }).close();
    writeFileSync(join(migrations, name), 'CREATE TABLE next (\n  b TEXT\n) STRICT;\n');
    expect(() => openStore({ ...options, migrations })).toThrow(`${name} was changed after it had run`);
    writeFileSync(join(migrations, name), 'CREATE TABLE next (\n  a TEXT\n) STRICT;\n');
    renameSync(join(migrations, name), join(migrations, name.replace('next', 'other')));
    expect(() => openStore({ ...options, migrations })).toThrow(`${name} was changed`);
  });
});

test('J23 gaps, doubles and other names are refused before anything runs', async () => {
  await inFolder((folder) => {
    const named = (...names: string[]): string => {
      const migrations = join(folder, 'm');
      if (existsSync(migrations)) rmSync(migrations, { recursive: true });
      mkdirSync(migrations);
      for (const name of names) writeFileSync(join(migrations, name), '');
      return migrations;
    };
    expect(readMigrations(named('0001-a.sql', '0002-b.sql', 'notes.md')).map(({ number }) => number)).toEqual([1, 2]);
    for (const names of [
      ['0002-a.sql'],
      ['0001-a.sql', '0003-b.sql'],
      ['0001-a.sql', '0001-b.sql'],
      ['1-a.sql'],
      ['0001-A b.sql'],
    ]) {
      expect(() => readMigrations(named(...names))).toThrow('without a gap');
    }
  });
});

test('J23 the landed migrations still have the text that they landed with', () => {
  // Never change a line here: add one for a new migration.
  const landed = [
    '0001-journal-and-records.sql 30b1b9b404cebdb026cafac29237d28e49baffdeab8f1474484ac2aa2d2bc69f',
    '0002-risks.sql 697abe51b2bc77cd4ac24dcd58fb1e098af9f97f11cf9be3faa678744529a616',
    '0003-replication.sql 80ff2ab977c929e7b66c8b7ac4cf274d329f903579747f83b856e067f0037d22',
    '0004-files-that-wait.sql 6f5161e06a412f1c12ddd285fd2f7748e29dabb2e85256975204d5af27bf00c7',
    '0005-a-cloud-that-was-set-back.sql 4bead01f67b4979a9f645b1bf8ddfa2dd1beb65f9ce6b6cbf9397687c82d76df',
  ];
  expect(readMigrations().map(({ name, hash }) => `${name} ${hash}`)).toEqual(landed);
});

test('J23 migrating runs every step once, in order', async () => {
  await inFolder((folder) => {
    const database = openDatabase(join(folder, 'x.db'), KEY);
    const step = (number: number, sql: string): { number: number; name: string; sql: string; hash: string } => ({
      number,
      name: `${number}`,
      sql,
      hash: sql,
    });
    const steps = [
      step(1, 'CREATE TABLE t (n INTEGER) STRICT'),
      step(2, 'INSERT INTO t VALUES (2)'),
      step(3, 'INSERT INTO t VALUES (3)'),
    ];
    const backups: number[][] = [];
    migrate(database, steps.slice(0, 2), 1, (...range) => backups.push(range));
    migrate(database, steps, 2, (...range) => backups.push(range));
    migrate(database, steps, 3, (...range) => backups.push(range));
    expect(database.prepare('SELECT n FROM t').pluck().all()).toEqual([2, 3]);
    expect(database.prepare('SELECT number, at FROM migration').raw().all()).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
    ]);
    expect(backups).toEqual([[2, 3]]);
    database.close();
  });
});
