import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openStore } from './open.ts';
import { change, command, inFolder, storeOptions } from './store.fixture.ts';

test('J10 a validator refuses a record with its place, and nothing is written', async () => {
  await inFolder((folder) => {
    const validators = { invoice: (record: unknown) => z.object({ amount: z.string() }).parse(record) };
    const store = openStore(storeOptions(folder, { validators }));
    expect(() => store.commit(command('a'), [change('invoice', 'i-1', 0, { amount: 12 })])).toThrow(
      expect.objectContaining({ code: 'invalid-fields', place: { locator: 'i-1' } }),
    );
    expect(store.get('invoice', 'i-1')).toBeUndefined();
    // A schema that does not name a member does not drop it.
    store.commit(command('b'), [change('invoice', 'i-1', 0, { amount: '12.00', note: 'kept' })]);
    expect(store.get('invoice', 'i-1')?.record).toEqual({ amount: '12.00', note: 'kept' });
    store.close();
  });
});

test('J11 old records are upgraded step by step when they are read, new ones are refused by an old engine', async () => {
  await inFolder(async (folder) => {
    const renamed = (record: object): { title: unknown } => ({ title: (record as { name?: string }).name });
    const shouted = (record: object): { title: string } => ({ title: `${(record as { title: string }).title}!` });
    let store = openStore(storeOptions(folder));
    store.commit(command('a'), [change('setting', 's-1', 0, { name: 'one' })]);
    store.close();

    store = openStore(storeOptions(folder, { upgrades: { setting: [renamed as never] } }, 1));
    expect(store.get('setting', 's-1')?.record).toEqual({ title: 'one' });
    store.commit(command('b'), [change('setting', 's-2', 0, { title: 'two' })]);
    store.close();

    store = openStore(storeOptions(folder, { upgrades: { setting: [renamed as never, shouted as never] } }));
    expect(store.list('setting').map(({ record }) => record)).toEqual([{ title: 'one!' }, { title: 'two!' }]);
    expect(await store.verify()).toMatchObject({ ok: true });
    store.rebuild();
    expect(store.list('setting').map(({ record }) => record)).toEqual([{ title: 'one!' }, { title: 'two!' }]);
    store.close();

    store = openStore(storeOptions(folder));
    expect(store.get('setting', 's-1')?.record).toEqual({ name: 'one' });
    expect(() => store.get('setting', 's-2')).toThrow(expect.objectContaining({ code: 'store-from-the-future' }));
    store.close();
  });
});

test('J12 records are listed by locator, from one on, either way', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    for (const n of [3, 1, 4, 2]) store.commit(command('a'), [change('job', `j-${n}`, 0, { n })]);
    store.commit(command('b'), [change('user', 'j-5', 0, {})]);
    const numbers = (options?: object): unknown => store.list('job', options).map(({ record }) => record.n);
    expect(numbers()).toEqual([1, 2, 3, 4]);
    expect(numbers({ after: 'j-2', limit: 1 })).toEqual([3]);
    expect(numbers({ newestFirst: true, limit: 2 })).toEqual([4, 3]);
    expect(numbers({ newestFirst: true, after: 'j-3' })).toEqual([2, 1]);
    store.close();
  });
});

test('J13 records are found by an indexed member as it is now; one that is not indexed is an error', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a'), [
      change('quote', 'q-1', 0, { policyLocator: 'p-1' }),
      change('quote', 'q-2', 0, { policyLocator: 'p-1' }),
    ]);
    store.commit(command('b'), [change('quote', 'q-1', 1, { policyLocator: 'p-2' })]);
    const found = (value: string): unknown => store.find('quote', 'policyLocator', value).map(({ locator }) => locator);
    expect([found('p-1'), found('p-2'), found('')]).toEqual([['q-2'], ['q-1'], []]);
    expect(() => store.find('quote', 'colour', 'red')).toThrow('quote.colour is not indexed');
    store.close();
  });
});

test('J14 search finds people, policies and quotes by the beginnings of words', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    const values = { first_name: ['José'], last_name: ["O'Brien-Łuk"], city: ['Zürich'] };
    store.commit(command('a'), [
      change('policyholder', 'h-1', 0, { locator: 'h-1', entity: { values } }),
      change('policy', 'p-10', 0, { locator: 'p-10', displayId: 'POL-10', productName: 'auto' }),
      change('policy', 'p-1', 0, {
        locator: 'p-1',
        displayId: 'POL-1',
        productName: 'auto',
        exposures: [{ fieldValues: { plate: ['ZH 123'] } }],
      }),
      change('invoice', 'i-1', 0, { displayId: 'POL-1', fieldValues: { a: ['jose'] } }),
    ]);
    const found = (text: string): unknown => store.search(text, 5).map(({ locator }) => locator);
    expect(store.search('jos', 5)).toEqual([
      { type: 'policyholder', locator: 'h-1', title: "José O'Brien-Łuk", snippet: expect.stringContaining('José') },
    ]);
    expect([found('obrien jose'), found("o'br"), found('ZURI'), found('zh 12')]).toEqual([
      ['h-1'],
      ['h-1'],
      ['h-1'],
      ['p-1'],
    ]);
    expect(found('pol-1')).toEqual(['p-1', 'p-10']);
    expect(found('jose nobody')).toEqual([]);
    store.commit(command('b'), [
      change('policyholder', 'h-1', 1, { locator: 'h-1', entity: { values: { name: ['Ann'] } } }),
    ]);
    expect([found('jose'), found('ann')]).toEqual([[], ['h-1']]);
    store.close();
  });
});

test('J14 nothing that is typed is query syntax', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a'), [
      change('policyholder', 'h-1', 0, { locator: 'h-1', entity: { values: { name: ['near or'] } } }),
    ]);
    for (const text of [
      '"',
      'a"b',
      'title:x',
      'near/2',
      '*',
      'a AND',
      'NOT',
      '(',
      '^a',
      '{a}:',
      "'; DROP TABLE record; --",
      '\0',
    ]) {
      expect(() => store.search(text, 5)).not.toThrow();
    }
    expect(store.search('NEAR OR', 5)).toHaveLength(1);
    expect(store.search(' \t', 5)).toEqual([]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(store.search(text, 3))),
      { seed: 20261121, numRuns: 300 },
    );
    store.close();
  });
});
