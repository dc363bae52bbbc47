import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobFile } from './blobs.ts';
import type { Store } from './contract.ts';
import { openDatabase, takeLock } from './database.ts';
import { hashOf, packed, unpacked } from './entry.ts';
import { openStore, storeOn } from './open.ts';
import { change, command, inFolder, KEY, policyholder, seededBytes, storeOptions } from './store.fixture.ts';
import { verify } from './verify.ts';

const DATABASE = 'data/workbench.db';

/** A small store with something of everything, closed. @returns the hash of its blob */
async function filled(folder: string): Promise<string> {
  const store = openStore(storeOptions(folder));
  const blob = await store.blobs.put(Buffer.from('a document'));
  store.commit(command('a', { arguments: { ssn: '123' }, personal: { person: 'h-1', paths: ['ssn'] } }), [
    policyholder('h-1', 0, { name: ['Greta'] }),
  ]);
  store.commit(command('b'), [
    change('policy', 'p-1', 0, { displayId: 'POL-1', policyholderLocator: 'h-1' }),
    change('document', 'd-1', 0, { policyLocator: 'p-1', pages: [{ blob }] }),
  ]);
  store.commit(command('c'), [change('policy', 'p-1', 1, { displayId: 'POL-1', state: 'issued' })]);
  store.close();
  return blob;
}

/** Does something to the database behind the store's back. @returns what verify finds */
async function faultsAfter(folder: string, ...statements: readonly string[]): Promise<readonly string[]> {
  const database = openDatabase(join(folder, DATABASE), KEY);
  database.pragma('foreign_keys = OFF');
  for (const statement of statements) database.exec(statement);
  database.close();
  return (await verify(join(folder, 'data'), KEY)).faults;
}

function readsAs(bytes: Uint8Array, text: string): boolean {
  try {
    return unpacked(bytes) === text;
  } catch {
    return false;
  }
}

test('J27 a whole store is proven, in use and closed', async () => {
  await inFolder(async (folder) => {
    await filled(folder);
    const whole = { ok: true, entries: 3, records: 3, blobs: 1, notFetched: 0, faults: [] };
    expect(await verify(join(folder, 'data'), KEY)).toEqual(whole);
    const store = openStore(storeOptions(folder, {}, 1));
    const running = store.verify();
    store.commit(command('meanwhile'), [change('policy', 'p-2', 0, {})]);
    expect(await running).toMatchObject({ ok: true, faults: [] });
    expect(await store.verify()).toMatchObject({ ok: true, entries: 4, records: 4 });
    store.close();
  });
});

test('J27 any changed byte of an entry is found, with its place', async () => {
  await inFolder(async (folder) => {
    await filled(folder);
    const database = openDatabase(join(folder, DATABASE), KEY);
    const read = database.prepare<[number], { body: Buffer; hash: string }>(
      'SELECT body, hash FROM journal WHERE position = ?',
    );
    const write = database.prepare('UPDATE journal SET body = ?, hash = ? WHERE position = ?');
    const random = seededBytes('tamper');
    const pick = (below: number): number => Buffer.from(random(4)).readUInt32LE() % below;
    const expectFound = async (what: string, position: number): Promise<void> => {
      const report = await verify(join(folder, 'data'), KEY);
      expect(report.faults.join('\n'), what).toContain(`Journal entry ${position} (position ${position}`);
    };
    for (let round = 0; round < 60; round += 1) {
      const position = (round % 3) + 1;
      const { body, hash } = read.get(position) ?? { body: Buffer.alloc(0), hash: '' };
      const text = unpacked(body);
      const at = pick(text.length);
      write.run(packed(`${text.slice(0, at)}${text[at] === '7' ? '8' : '7'}${text.slice(at + 1)}`), hash, position);
      await expectFound(`character ${at} of entry ${position}`, position);
      const digit = pick(hash.length);
      write.run(body, `${hash.slice(0, digit)}${hash[digit] === '7' ? '8' : '7'}${hash.slice(digit + 1)}`, position);
      await expectFound(`digit ${digit} of the hash of entry ${position}`, position);
      // A byte of the compressed form either changes the text, or breaks it, or says nothing.
      const changed = Buffer.from(body);
      const byte = pick(body.length);
      changed[byte] = (changed[byte] ?? 0) ^ 1;
      write.run(changed, hash, position);
      if (!readsAs(changed, text)) await expectFound(`byte ${byte} of entry ${position}`, position);
      write.run(body, hash, position);
    }
    database.close();
    expect(await verify(join(folder, 'data'), KEY)).toMatchObject({ ok: true });
  });
});

test.each([
  ['an entry that was taken out', ['DELETE FROM journal WHERE position = 2'], 'follows sequence 1'],
  ['the first entry taken out', ['DELETE FROM journal WHERE position = 1'], 'Positions 1 to 1'],
  [
    'the last entry taken out',
    ['DELETE FROM journal WHERE position = 3'],
    'policy p-1 is at version 2, in the journal at 1',
  ],
  [
    'two entries exchanged',
    [
      'UPDATE journal SET position = 9 WHERE position = 2',
      'UPDATE journal SET position = 2 WHERE position = 3',
      'UPDATE journal SET position = 3 WHERE position = 9',
    ],
    'the chain is broken',
  ],
  [
    'an entry under another sequence',
    ['UPDATE journal SET sequence = 7 WHERE position = 3'],
    'another id, device or sequence',
  ],
  ['an entry under another id', ["UPDATE journal SET id = 'x' WHERE position = 3"], 'another id, device or sequence'],
  [
    'a record that was edited',
    ['UPDATE record SET record = \'{"state":"x"}\' WHERE locator = \'p-1\''],
    'policy p-1 differs from version 2',
  ],
  [
    'a personal record that was edited',
    ["UPDATE record SET record = '{}' WHERE locator = 'h-1'"],
    'policyholder h-1 differs from version 1',
  ],
  [
    'a record that was put in',
    ["INSERT INTO record (type, locator, version, schema, updated, record) VALUES ('policy', 'p-9', 1, 0, 1, '{}')"],
    'policy p-9 is in no entry',
  ],
  [
    'a record that was taken out',
    ["DELETE FROM record WHERE locator = 'd-1'"],
    'document d-1 is in the journal but not',
  ],
  ['a record set back', ["UPDATE record SET version = 1 WHERE locator = 'p-1'"], 'policy p-1'],
  ['a person forgotten', ["UPDATE record SET person = NULL WHERE locator = 'h-1'"], 'policyholder h-1 differs'],
  [
    'a line of the index of changes lost',
    ["DELETE FROM journal_change WHERE locator = 'p-1' AND version = 1"],
    'missing in the index of changes',
  ],
  ['a person key lost', ['DELETE FROM person_key'], 'is missing'],
  ['a person key exchanged', ['UPDATE person_key SET key = zeroblob(32)'], 'does not open'],
])('J27 %s is found', async (_what, statements, sentence) => {
  await inFolder(async (folder) => {
    await filled(folder);
    expect((await faultsAfter(folder, ...statements)).join('\n')).toContain(sentence);
  });
});

test('J27 a rewritten entry with a fitting hash still breaks the chain behind it', async () => {
  await inFolder(async (folder) => {
    await filled(folder);
    const database = openDatabase(join(folder, DATABASE), KEY);
    const body = database.prepare<[], Buffer>('SELECT body FROM journal WHERE position = 2').pluck().get();
    const forged = unpacked(body ?? Buffer.alloc(0)).replace('POL-1', 'POL-2');
    database.prepare('UPDATE journal SET body = ?, hash = ? WHERE position = 2').run(packed(forged), hashOf(forged));
    database.close();
    expect((await verify(join(folder, 'data'), KEY)).faults).toEqual([
      expect.stringContaining('Journal entry 3 (position 3'),
    ]);
  });
});

test('J27 a rebuild mends records that differ from the journal', async () => {
  await inFolder(async (folder) => {
    await filled(folder);
    await faultsAfter(
      folder,
      "UPDATE record SET record = '{}'",
      'DELETE FROM journal_change',
      "DELETE FROM record WHERE locator = 'd-1'",
    );
    const store = openStore(storeOptions(folder, {}, 1));
    store.rebuild();
    expect(await store.verify()).toMatchObject({ ok: true, records: 3 });
    expect(store.find('document', 'policyLocator', 'p-1')).toHaveLength(1);
    store.close();
  });
});

test('J19 J27 missing and damaged blobs are found by their names', async () => {
  await inFolder(async (folder) => {
    const hash = await filled(folder);
    const file = blobFile(join(folder, 'data/blobs'), hash);
    writeFileSync(file, readFileSync(file).fill(0, 40));
    expect((await verify(join(folder, 'data'), KEY)).faults).toEqual([
      expect.stringContaining(`The blob ${hash} no longer holds`),
    ]);
    rmSync(file);
    expect((await verify(join(folder, 'data'), KEY)).faults).toEqual([`The blob ${hash} is missing.`]);
  });
});

test('J27 J21 a damaged page is found by verify, and is store-damaged for who reads it', async () => {
  await inFolder(async (folder) => {
    const store = openStore(storeOptions(folder));
    for (let i = 0; i < 40; i += 1)
      store.commit(command('a'), [change('policy', `p-${i}`, 0, { text: 'x'.repeat(20_000) })]);
    store.close();
    const file = join(folder, DATABASE);
    const bytes = readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const report = await verify(join(folder, 'data'), KEY);
    expect(report.ok).toBe(false);
    expect(() => openStore(storeOptions(folder, {}, 1))).toThrow(
      expect.objectContaining({ code: 'store-damaged', message: expect.stringContaining('fieldwriter verify') }),
    );
  });
});

test('J26 a full disk refuses the command, loses nothing, and the store goes on', async () => {
  await inFolder(async (folder) => {
    const options = storeOptions(folder);
    openStore(options).close();
    const database = openDatabase(join(folder, DATABASE), KEY);
    const store: Store = storeOn(database, takeLock(join(folder, 'data/lock'), folder), storeOptions(folder, {}, 1));
    const save = (n: number, size: number): unknown =>
      store.commit(command('a'), [change('policy', `p-${n}`, 0, { productName: 'auto', text: 'x'.repeat(size) })]);
    save(1, 10);
    database.pragma(`max_page_count = ${(database.pragma('page_count', { simple: true }) as number) + 4}`);
    for (let i = 0; i < 3; i += 1) {
      expect(() => save(2, 200_000)).toThrow(
        expect.objectContaining({ code: 'disk-full', message: expect.stringContaining('Free some space') }),
      );
    }
    expect(store.get('policy', 'p-2')).toBeUndefined();
    expect(store.find('policy', 'productName', 'auto')).toHaveLength(1);
    save(3, 10);
    database.pragma('max_page_count = 100000');
    expect(save(2, 200_000)).toMatchObject({ sequence: 3 });
    expect(await store.verify()).toMatchObject({ ok: true, entries: 3, records: 3 });
    store.close();
  });
});
