import { expect, test } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import { openStore } from './open.ts';
import type { RiskProjector } from './projector.ts';
import type { RiskQuery } from './risk-contract.ts';
import { ACTOR, change, command, inFolder, NOW, policyholder, storeOptions } from './store.fixture.ts';

/** A projector of the tests' own: a policy names its holder; its row says what the holder is called. */
const risks: RiskProjector = {
  version: 1,
  policiesOf(type, record, reader) {
    if (type === 'policy') return [String(record.locator)];
    if (type !== 'policyholder') return [];
    return reader.find('policy', 'policyholderLocator', String(record.locator)).map(({ locator }) => String(locator));
  },
  row(locator, reader) {
    const policy = reader.get('policy', locator);
    if (!policy) return undefined;
    const holder = reader.get('policyholder', String(policy.policyholderLocator)) as
      | { entity: { values: Record<string, string[]> } }
      | undefined;
    const insured = Object.values(holder?.entity.values ?? {})
      .flat()
      .join(' ');
    const n = Number(policy.n ?? 0);
    return {
      words: `${insured} ${locator}`,
      row: {
        policy: locator,
        quote: 'q',
        policyholder: String(policy.policyholderLocator),
        product: 'auto',
        insured,
        items: '',
        state: n % 2 === 0 ? 'draft' : 'issued',
        stage: 'ready',
        number: null,
        starts: n,
        ends: n + 1,
        premium: n % 3 === 0 ? null : `${n}.50`,
        currency: 'USD',
        decision: null,
        missing: [],
        open: null,
        updated: n,
        created: n,
        issued: null,
      },
    };
  },
};
const ALL: RiskQuery = { order: 'updated', descending: true, offset: 0, limit: 100 };
const policy = (locator: string, base: number, holder: string, more: JsonObject = {}) =>
  change('policy', locator, base, { locator, policyholderLocator: holder, ...more });

test('J40 a row follows every record it is made from, in the same commit; a refused command leaves it', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder, { risks }));
    store.commit(command('a'), [policyholder('h-1', 0, { name: ['Ada Marsh'] }), policy('p-1', 0, 'h-1')]);
    store.commit(command('b'), [policy('p-2', 0, 'h-1', { n: 2 }), policy('p-3', 0, 'h-9', { n: 3 })]);
    const insured = () => store.risks(ALL).rows.map((row) => [row.policy, row.insured]);
    expect(insured()).toEqual([
      ['p-3', ''],
      ['p-2', 'Ada Marsh'],
      ['p-1', 'Ada Marsh'],
    ]);
    store.commit(command('c'), [policyholder('h-1', 1, { name: ['Ada Ortega'] })]);
    expect(insured().map(([, name]) => name)).toEqual(['', 'Ada Ortega', 'Ada Ortega']);
    expect(() =>
      store.commit(command('d'), [policyholder('h-1', 2, { name: ['Zoe'] }), policy('p-1', 0, 'h-1')]),
    ).toThrow('changed meanwhile');
    expect(store.risks({ ...ALL, text: 'zoe' }).total).toBe(0);
    store.commit(command('e'), [change('policy', 'p-2', 1, null)]);
    expect(insured().map(([locator]) => locator)).toEqual(['p-3', 'p-1']);
    expect(store.risks({ ...ALL, text: 'p-2' }).total).toBe(0);
    store.close();
  });
});

test('J41 a rebuild and a newer projector make the rows again, the same where nothing differs', async () => {
  await inFolder((folder) => {
    let store = openStore(storeOptions(folder, { risks }));
    store.commit(command('a'), [policyholder('h-1', 0, { name: ['Ada Marsh'] }), policy('p-1', 0, 'h-1', { n: 1 })]);
    store.commit(command('b'), [policy('p-2', 0, 'h-1', { n: 2 })]);
    store.commit(command('c'), [policyholder('h-1', 1, { name: ['Eve Ortega'] }), change('policy', 'p-1', 1, null)]);
    const before = store.risks(ALL);
    expect(before.rows).toMatchObject([{ policy: 'p-2', insured: 'Eve Ortega' }]);
    store.rebuild();
    expect(store.risks(ALL)).toEqual(before);
    expect([store.risks({ ...ALL, text: 'eve' }).total, store.risks({ ...ALL, text: 'marsh' }).total]).toEqual([1, 0]);
    store.close();

    store = openStore(storeOptions(folder, {}, 1));
    store.close();
    store = openStore(storeOptions(folder, { risks }, 2));
    expect(store.risks(ALL)).toEqual(before);
    store.close();

    const shouting: RiskProjector = {
      ...risks,
      version: 2,
      row: (locator, reader) => {
        const made = risks.row(locator, reader);
        return made && { ...made, row: { ...made.row, insured: made.row.insured.toUpperCase() } };
      },
    };
    store = openStore(storeOptions(folder, { risks: shouting }, 3));
    expect(store.risks(ALL).rows.map(({ insured }) => insured)).toEqual(['EVE ORTEGA']);
    store.close();
  });
});

test('J42 windows of an order fit together, filters combine, and nothing given is syntax', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder, { risks }));
    const changes = Array.from({ length: 50 }, (_, n) => policy(`p-${String(n).padStart(2, '0')}`, 0, 'h', { n }));
    store.commit(command('a'), changes);
    for (const order of [
      'updated',
      'insured',
      'product',
      'stage',
      'number',
      'starts',
      'ends',
      'premium',
      'issued',
    ] as const) {
      const windows = [0, 7, 14, 21, 28, 35, 42, 49].flatMap(
        (offset) => store.risks({ ...ALL, order, offset, limit: 7 }).rows,
      );
      expect(new Set(windows.map((row) => row.policy)).size).toBe(50);
    }
    const query: RiskQuery = {
      ...ALL,
      states: ['issued'],
      starts: { from: 10, to: 20 },
      premium: { from: 12 },
      order: 'premium',
      descending: false,
      limit: 2,
    };
    expect(store.risks(query)).toMatchObject({ total: 3, rows: [{ premium: '13.50' }, { premium: '17.50' }] });
    expect(store.risks({ ...ALL, products: ["auto' OR '1'='1"] }).total).toBe(0);
    expect(store.risks({ ...ALL, text: '"' }).total).toBe(0);
    expect(store.risks({ ...ALL, policies: ['p-07', 'p-nobody'] }).rows.map((row) => row.policy)).toEqual(['p-07']);
    store.close();
  });
});

test('J43 the name of an erased person is gone from the list and its words', async () => {
  await inFolder((folder) => {
    const store = openStore(storeOptions(folder, { risks }));
    store.commit(command('a'), [policyholder('h-1', 0, { name: ['Zenobia'] }), policy('p-1', 0, 'h-1')]);
    expect(store.risks({ ...ALL, text: 'zeno' }).total).toBe(1);
    store.erasePerson('h-1', ACTOR, NOW);
    expect(store.risks({ ...ALL, text: 'zeno' }).total).toBe(0);
    expect(store.risks(ALL).rows).toMatchObject([{ policy: 'p-1', insured: '' }]);
    store.close();
  });
});
