import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { unpacked } from './entry.ts';
import { openStore } from './open.ts';
import { openedWith, sealedWith } from './personal.ts';
import { ACTOR, change, command, inFolder, KEY, policyholder, storeOptions } from './store.fixture.ts';

/** Every text and number in every table, the parts of the search index included. */
function everything(folder: string): string {
  const database = openDatabase(`${folder}/data/workbench.db`, KEY);
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const rows = tables.flatMap((table) => database.prepare(`SELECT * FROM "${table}"`).raw().all().flat());
  rows.push(...database.prepare<[], Buffer>('SELECT body FROM journal').pluck().all().map(unpacked));
  database.close();
  return rows.map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value))).join('\n');
}

test('J15 personal members of records and arguments are sealed in the journal and clear for readers', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    const personal = { person: 'h-1', paths: ['drivers.name', 'ssn'] };
    const record = { drivers: [{ name: 'Greta', age: 3 }, { name: 'Hans' }, {}], ssn: 123456, open: 'policyword' };
    store.commit(command('policy.create', { arguments: { ssn: 'argument-secret' }, personal }), [
      { ...change('policy', 'p-1', 0, record), personal },
    ]);
    expect(store.get('policy', 'p-1')?.record).toEqual(record);
    expect(store.history('policy', 'p-1')).toMatchObject([
      { arguments: { ssn: 'argument-secret' }, changes: [{ record }] },
    ]);
    store.close();

    const database = openDatabase(`${folder}/data/workbench.db`, KEY);
    const body = unpacked(database.prepare<[], Buffer>('SELECT body FROM journal').pluck().get() ?? Buffer.alloc(0));
    database.close();
    expect(body).toContain('policyword');
    for (const secret of ['Greta', 'Hans', '123456', 'argument-secret']) expect(body).not.toContain(secret);
  });
});

test('J15 a record stays sealed when a later command forgets to say so', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a'), [policyholder('h-1', 0, { name: ['Greta'] })]);
    store.commit(command('b'), [
      change('policyholder', 'h-1', 1, { locator: 'h-1', entity: { values: { name: ['Margarete'] } } }),
    ]);
    store.erasePerson('h-1', ACTOR, 1);
    store.close();
    expect(everything(folder)).not.toMatch(/Greta|Margarete/);
  });
});

test('J16 erasing a person empties current records and history, leaves no word behind, and the chain holds', async () => {
  await inFolder(async (folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a', { arguments: { name: 'Gretaargument' }, personal: { person: 'h-1', paths: ['name'] } }), [
      policyholder('h-1', 0, { name: ['Greta'], city: ['Bremenstadt'] }),
      policyholder('h-2', 0, { name: ['Hans'] }),
    ]);
    store.commit(command('b'), [
      {
        ...change('policy', 'p-1', 0, { driver: 'Greta', displayId: 'POL-1' }),
        personal: { person: 'h-1', paths: ['driver'] },
      },
    ]);
    const entry = store.erasePerson('h-1', ACTOR, 9);
    expect(entry).toMatchObject({
      command: 'person.erase',
      arguments: { person: 'h-1' },
      user: 'u-1',
      at: 9,
      sequence: 3,
    });
    expect(store.get('policyholder', 'h-1')).toMatchObject({
      version: 2,
      record: { locator: 'h-1', entity: { values: {} } },
    });
    expect(store.get('policy', 'p-1')?.record).toEqual({ driver: '', displayId: 'POL-1' });
    expect(store.history('policyholder', 'h-1')[0]).toMatchObject({
      arguments: { name: '' },
      changes: [{ record: { entity: { values: {} } } }, {}],
    });
    expect([store.search('greta', 5), store.search('bremen', 5)]).toEqual([[], []]);
    expect(store.search('hans', 5)).toHaveLength(1);
    expect(await store.verify()).toMatchObject({ ok: true, entries: 3 });
    store.rebuild();
    expect(await store.verify()).toMatchObject({ ok: true, entries: 3 });
    store.close();

    const left = everything(folder).toLowerCase();
    expect(left).toContain('hans');
    for (const word of ['greta', 'bremen']) expect(left).not.toContain(word);
  });
});

test('J16 a person who comes back gets a new key; what was erased stays erased', async () => {
  await inFolder(async (folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a'), [policyholder('h-1', 0, { name: ['Greta'] })]);
    store.erasePerson('h-1', ACTOR, 1);
    store.commit(command('b'), [policyholder('h-1', 2, { name: ['Gretel'] })]);
    const versions = store.history('policyholder', 'h-1').map((entry) => entry.changes[0]?.record);
    expect(versions.map((record) => (record as { entity: { values: unknown } }).entity.values)).toEqual([
      {},
      {},
      { name: ['Gretel'] },
    ]);
    expect(await store.verify()).toMatchObject({ ok: true });
    store.close();
  });
});

test('J15 sealing reaches through lists, leaves absent members alone, and undoes nested paths', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    const record = { a: { b: [{ c: 'x' }, { c: null }, 'text', 4], d: true }, __proto__x: 1 };
    const personal = { person: 'h', paths: ['a.b.c', 'a', 'a.d', 'missing.member', '__proto__', 'constructor.name'] };
    store.commit(command('a'), [{ ...change('policy', 'p', 0, record), personal }]);
    expect(store.history('policy', 'p')[0]?.changes[0]?.record).toEqual(record);
    store.close();
  });
});

test('J15 members of a value are sealed together; what older programs sealed one by one still opens; what was changed does not', () => {
  const key = { id: 'k', key: KEY };
  const personal = { person: 'h', paths: ['name', 'cars.vin'] };
  const value = { name: { first: 'Greta' }, cars: [{ vin: 'a' }, { vin: 'b', open: 1 }] };
  const { value: sealed, seal } = sealedWith(value, personal, key, (count) => new Uint8Array(count).fill(9));
  expect(sealed).toMatchObject({
    name: 'object:0',
    cars: [{ vin: expect.stringMatching(/^text:1:/) }, { vin: 'text:2' }],
  });
  expect(openedWith(sealed, seal, KEY)).toEqual(value);
  const copy = structuredClone(sealed);
  expect(openedWith(copy, seal, KEY, 'own')).toBe(copy);
  expect(copy).toEqual(value);
  expect(openedWith(sealed, seal, null)).toEqual({ name: {}, cars: [{ vin: '' }, { vin: '', open: 1 }] });

  const nonce = new Uint8Array(12).fill(7);
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce).setAAD(Buffer.from('k'));
  const text = Buffer.concat([cipher.update('"Hans"', 'utf8'), cipher.final()]);
  const former = { name: `text.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')}` };
  expect(openedWith(former, { ...seal, paths: ['name'] }, KEY)).toEqual({ name: 'Hans' });
  expect(openedWith(former, { ...seal, paths: ['name'] }, null)).toEqual({ name: '' });

  const [first] = sealed.cars as readonly { vin: string }[];
  const damages = [
    { ...sealed, name: 'object:7' },
    { ...sealed, cars: [{ vin: first?.vin.replace(/.(?==*$)/, (letter) => (letter === 'A' ? 'B' : 'A')) }] },
    { ...sealed, cars: [] },
    { ...sealed, name: 'in the clear' },
  ];
  for (const damaged of damages)
    expect(() => openedWith(damaged, seal, KEY)).toThrow(expect.objectContaining({ code: 'store-damaged' }));
});
