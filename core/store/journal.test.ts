import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import type { Change, Store } from './contract.ts';
import { hashOf } from './entry.ts';
import { openStore } from './open.ts';
import { change, command, inFolder, policyholder, storeOptions } from './store.fixture.ts';

test('J3 J4 J5 an entry carries who, what, when, under what, and the hash of the entry before it', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    const first = store.commit(command('policy.create', { arguments: { product: 'auto' }, configuration: 'c0ffee' }), [
      change('policy', 'p-1', 0, { state: 'draft' }),
    ]);
    const second = store.commit(command('policy.issue', { at: 5 }), [
      change('policy', 'p-1', 1, { state: 'issued' }),
      change('invoice', 'i-1', 0, { policyLocator: 'p-1' }),
    ]);
    expect(first).toMatchObject({
      device: store.device,
      sequence: 1,
      command: 'policy.create',
      commandVersion: 1,
      arguments: { product: 'auto' },
      user: 'u-1',
      configuration: 'c0ffee',
      engine: '0.1.0',
      previousHash: '0'.repeat(64),
    });
    expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(second).toMatchObject({ sequence: 2, at: 5, configuration: null, previousHash: first.hash });
    expect(second.changes).toEqual([
      { type: 'policy', locator: 'p-1', base: 1, version: 2, record: { state: 'issued' } },
      { type: 'invoice', locator: 'i-1', base: 0, version: 1, record: { policyLocator: 'p-1' } },
    ]);
    expect(store.history('policy', 'p-1')).toEqual([first, second]);
    // The hash can be computed by anyone from what the entry says: nothing here is sealed.
    const { hash, ...body } = second;
    const changes = body.changes.map((item) => ({ ...item, schema: 0 }));
    expect(hashOf(canonicalJson({ ...body, changes, format: 2 }))).toBe(hash);
    store.close();
  });
});

test('J1 J6 a record that moved on refuses the whole command and nothing is written', async () => {
  await inFolder(async (folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a'), [change('policy', 'p-1', 0, { productName: 'auto' })]);
    const before = [...store.exportCanonical()];
    const stale = [change('quote', 'q-1', 0, { name: 'new' }), change('policy', 'p-1', 0, { productName: 'home' })];
    expect(() => store.commit(command('b'), stale)).toThrow(
      expect.objectContaining({
        code: 'version-conflict',
        place: { locator: 'p-1' },
        details: expect.objectContaining({ version: 1 }),
      }),
    );
    expect([...store.exportCanonical()]).toEqual(before);
    expect(store.search('new', 5)).toEqual([]);
    // The next one continues the chain as if nothing had been.
    expect(store.commit(command('c'), []).sequence).toBe(2);
    expect(await store.verify()).toMatchObject({ ok: true, entries: 2, records: 1 });
    store.close();
  });
});

test('J7 a command changes a record at most once', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    const twice = [change('policy', 'p-1', 0, { n: 1 }), change('policy', 'p-1', 1, { n: 2 })];
    expect(() => store.commit(command('a'), twice)).toThrow('changes policy p-1 twice');
    expect(store.get('policy', 'p-1')).toBeUndefined();
    store.close();
  });
});

test('J8 a deleted record is not found, and is made again only from its tombstone', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder));
    store.commit(command('a'), [change('policy', 'p-1', 0, { productName: 'auto', displayId: 'POL-1' })]);
    store.commit(command('b'), [change('policy', 'p-1', 1, null)]);
    expect(store.get('policy', 'p-1')).toBeUndefined();
    expect(store.list('policy')).toEqual([]);
    expect(store.find('policy', 'productName', 'auto')).toEqual([]);
    expect(store.search('POL-1', 5)).toEqual([]);
    expect(() => store.commit(command('c'), [change('policy', 'p-1', 0, { n: 1 })])).toThrow('at 2');
    store.commit(command('d'), [change('policy', 'p-1', 2, { n: 1 })]);
    expect(store.get('policy', 'p-1')).toMatchObject({ version: 3, record: { n: 1 } });
    expect(store.history('policy', 'p-1')).toHaveLength(3);
    store.close();
  });
});

test('the journal goes on where it stopped when a store is opened again', async () => {
  await inFolder(async (folder) => {
    const options = storeOptions(folder);
    let store = openStore(options);
    const { device } = store;
    const first = store.commit(command('a'), [change('policy', 'p-1', 0, { n: 1 })]);
    store.close();
    store = openStore(options);
    expect(store.device).toBe(device);
    expect(store.commit(command('b'), [])).toMatchObject({ sequence: 2, previousHash: first.hash });
    expect(await store.verify()).toMatchObject({ ok: true, entries: 2 });
    store.close();
  });
});

/** A random life of a store: some records saved, deleted, made personal, erased. */
const step = fc.record({
  locator: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('save', 'save', 'save', 'personal', 'delete', 'erase', 'stale'),
  values: fc.dictionary(fc.string({ maxLength: 5 }), fc.array(fc.string(), { maxLength: 2 }), { maxKeys: 3 }),
});

function live(
  store: Store,
  steps: readonly { locator: string; kind: string; values: Record<string, string[]> }[],
): void {
  for (const { locator, kind, values } of steps) {
    if (kind === 'erase') {
      store.erasePerson(locator, { user: 'u', name: 'U' }, 1);
      continue;
    }
    const base = store.history('policyholder', locator).length;
    const record: JsonObject = { locator, entity: { values } };
    const next: Change =
      kind === 'personal'
        ? policyholder(locator, base, values)
        : change('policyholder', locator, base, kind === 'delete' ? null : record);
    if (kind === 'stale') expect(() => store.commit(command('stale'), [{ ...next, base: base + 1 }])).toThrow();
    else store.commit(command(kind), [next]);
  }
}

test('J9 replaying the journal gives the same records and projections, twice the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      await inFolder(async (folder) => {
        const store = openStore(storeOptions(folder));
        live(store, steps);
        const words = steps.flatMap(({ values }) => Object.values(values).flat()).slice(0, 5);
        const seen = (): unknown => [
          [...store.exportCanonical()],
          words.map((word) => store.search(word, 10)),
          ['a', 'b', 'c'].map((locator) => store.history('policyholder', locator)),
        ];
        const before = seen();
        expect((await store.verify()).faults).toEqual([]);
        store.rebuild();
        const once = seen();
        store.rebuild();
        expect(once).toEqual(before);
        expect(seen()).toEqual(once);
        expect((await store.verify()).faults).toEqual([]);
        store.close();
      });
    }),
    { seed: 20261121, numRuns: 25 },
  );
});
