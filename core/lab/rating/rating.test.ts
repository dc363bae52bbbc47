import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Configuration } from '#core/model/product.ts';
import { newPolicy } from '#core/policy/policies.ts';
import { previewRequest } from '#core/policy/preview.ts';
import { policyResponse } from '#core/policy/responses.ts';
import { newRisk, RiskErrors } from '#core/policy/risk.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import type { PricingInput } from '#core/pricing/contract.ts';
import { raterRequest } from '#core/pricing/rater.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { batchesOf, linesOf } from './book-lines.ts';
import { targetsOf } from './csv-columns.ts';
import { requestOfRow } from './csv-request.ts';
import { openRatingEngine } from './engine.ts';
import { inOrder } from './in-order.ts';
import { CountedLocators, newBusiness, newBusinessRequest } from './new-business.ts';
import { readRequest } from './request.ts';
import { openResidentBook } from './resident.ts';
import { oneByOne, ratingCase } from './slow.ts';

const CLOCK = Date.UTC(2026, 5, 1);
const EXAMPLES = ['personal-auto', 'homeowners', 'commercial-property'];
let configurations: readonly Configuration[];
let workbench: ThrowawayDesk;

beforeAll(async () => {
  configurations = await Promise.all(EXAMPLES.map((name) => loadConfiguration({ folder: `examples/${name}` })));
  workbench = await openThrowawayDesk(configurations[0] as Configuration, { documents: 'later' });
  workbench.clock.set(CLOCK);
});
afterAll(() => workbench.close());

function samples(configuration: Configuration, count: number): object[] {
  const [product] = configuration.products;
  return product ? [...sampleRequests(product, configuration, { count, seed: 'rating', now: CLOCK })] : [];
}
function caseOf(configuration: Configuration) {
  const product = configuration.products[0]?.name ?? '';
  return ratingCase({ configuration, product, clock: CLOCK, seed: '1', configVersion: 1 });
}

test('what the engines see of a risk is what they see of a new quote, byte by byte (BR1)', () => {
  for (const configuration of configurations) {
    const { deployed, product } = caseOf(configuration);
    for (const sample of samples(configuration, 20)) {
      const { policy: request } = readRequest(JSON.stringify(sample), product.name, configuration.timeZone);
      const locators = new CountedLocators();
      const identity = locators.identity();
      const at = { configuration, product, now: CLOCK, newLocator: locators.next };
      const risk = newRisk(request, at, new RiskErrors());
      const named = {
        policyLocator: identity.policy,
        quoteLocator: identity.quote,
        policyholderLocator: identity.policyholder,
      };
      const { policy, quote } = newPolicy(workbench.desk, named, risk, deployed, product);
      const { row, modification } = identity;
      const { quoteSummary: _, ...shown } = policyResponse({
        policy,
        quote: { ...quote, row, modification },
        quotes: [],
        transactions: [],
        invoices: [],
        payments: [],
        documents: [],
        media: () => undefined,
      });
      const made = newBusiness(risk, product.name, 1, CLOCK, identity);
      expect(JSON.stringify(made.policy)).toBe(JSON.stringify(shown));
      const input = {
        operation: 'new_business',
        policy: made.policy,
        toPrice: made.toPrice,
        configuration,
      } as PricingInput;
      const asked = raterRequest({ ...input, locators: { quoteLocator: identity.quote } });
      expect(JSON.stringify(newBusinessRequest(made, configuration.timeZone, identity.quote))).toBe(
        JSON.stringify(asked),
      );
    }
  }
});

test('a risk of a book costs what its quote costs (BR1, BR8)', async () => {
  const [configuration] = configurations as [Configuration];
  const requests = samples(configuration, 6);
  const lines = requests.map((request) => JSON.stringify(request));
  const rater = oneByOne(workbench.desk, caseOf(configuration), 4);
  const rated = await rater({ first: 1, count: lines.length, text: lines.join('\n') });
  for (const [i, request] of requests.entries()) {
    const { quote } = await previewRequest(workbench.desk, request as Parameters<typeof previewRequest>[1]);
    const { grossPremium, grossTaxes, grossFees } = quote?.price ?? {};
    expect(rated[i]).toMatchObject({
      ok: true,
      line: i + 1,
      premium: grossPremium,
      taxes: grossTaxes,
      fees: grossFees,
    });
  }
});

test('what is wrong with a line is its own error, with field and what to do (BR2, BR5, BR6)', async () => {
  const [configuration] = configurations as [Configuration];
  const [good] = samples(configuration, 1) as [{ policy: object; policyholder: object }];
  const { product } = caseOf(configuration);
  const lines = [
    '{"policy":',
    '',
    JSON.stringify({ ...good, polcy: 1 }),
    JSON.stringify({ policy: { ...good.policy, productName: 'other' } }),
    JSON.stringify({ key: 'K-5', policy: { exposures: [{ exposureName: 'boat' }] } }),
    JSON.stringify({ ...good, policyholder: { values: {} }, key: 7 }),
  ];
  const rater = oneByOne(workbench.desk, caseOf(configuration), 2);
  const rated = await rater({ first: 11, count: lines.length, text: lines.join('\n') });
  expect(rated.map(({ line, key, ok }) => [line, key, ok])).toEqual([
    [11, '11', false],
    [13, '13', false],
    [14, '14', false],
    [15, 'K-5', false],
    [16, '7', true],
  ]);
  expect(rated[1]).toMatchObject({
    error: { code: 'malformed-request', field: 'polcy', message: 'polcy: there is no such member.' },
  });
  expect(rated[2]).toMatchObject({
    error: { field: 'policy.productName', message: expect.stringContaining(product.name) },
  });
  expect(rated[3]).toMatchObject({
    error: { code: 'invalid-fields', message: expect.stringContaining('is required. (and 3 more)') },
  });
});

test('a row of a CSV book is a request (BR10, BR11)', () => {
  const [configuration] = configurations as [Configuration];
  const { product } = caseOf(configuration);
  const holder = configuration.policyholder.fields;
  const map = { columns: { Ref: 'key', Remark: '' } };
  const header = [
    'Ref',
    'start',
    'policyholder.first_name',
    'policy.channel',
    'vehicle[0].make',
    'vehicle[0].collision.deductible',
    'vehicle[0].comprehensive',
    'vehicle[1].make',
    'Remark',
  ];
  const targets = targetsOf(header, map, product, holder, 'book.csv');
  const row = ['P-1', '2026-02-01', 'Ann', 'Direct', 'Fiat', '500', 'no', '', 'x'];
  expect(requestOfRow(row, targets, product)).toEqual({
    key: 'P-1',
    policyholder: { values: { first_name: 'Ann' } },
    policy: {
      policyStartTimestamp: '2026-02-01',
      fieldValues: { channel: 'Direct' },
      fieldGroups: [],
      exposures: [
        {
          exposureName: 'vehicle',
          fieldValues: { make: 'Fiat' },
          fieldGroups: [],
          perils: [{ name: 'collision', fieldValues: {}, fieldGroups: [], deductible: '500' }],
        },
      ],
    },
  });
  expect(() => targetsOf([...header, 'vehicle[0].colour', 'Area'], map, product, holder, 'book.csv')).toThrow(
    /"vehicle\[0\]\.colour": vehicle has neither a field nor a peril "colour".*"Area": it is none of key/,
  );
});

test('answers come in the order of the book, and it is read no faster than they are taken (BR7)', async () => {
  let read = 0;
  async function* source() {
    for (; read < 20; ) yield read++;
  }
  const taken: number[] = [];
  for await (const item of inOrder(source(), 3, async (n) => {
    await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5));
    return n;
  })) {
    expect(read - taken.length).toBeLessThanOrEqual(3);
    taken.push(item);
  }
  expect(taken).toEqual(Array.from({ length: 20 }, (_, i) => i));
});

test('lines are cut the same wherever the bytes are (BR2, BR7)', async () => {
  const lines = Array.from({ length: 700 }, (_, i) => (i % 9 === 0 ? '' : `{"n":${i},"ü":"${'é'.repeat(i % 50)}"}`));
  const bytes = Buffer.from(`\uFEFF${lines.join('\n')}`);
  for (const size of [1, 7, 997, 1 << 20]) {
    for (const skip of [0, 5, 699]) {
      const chunks = async function* () {
        for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
      };
      const found: string[] = [];
      let next = skip + 1;
      for await (const batch of linesOf(chunks(), skip)) {
        expect(batch.first).toBe(next);
        next += batch.count;
        found.push(...batch.text.split('\n'));
      }
      expect(found).toEqual(lines.slice(skip));
    }
  }
  const batches = [];
  for await (const batch of batchesOf(lines, 3)) batches.push(batch);
  expect(batches.flatMap(({ text }) => text.split('\n'))).toEqual(lines);
  expect(batches[0]?.first).toBe(3);
});

test('a resident book is rated as its file is, and knows its fields (BR20)', async () => {
  const [configuration] = configurations as [Configuration];
  const lines = [...samples(configuration, 8).map((request) => JSON.stringify(request)), '{"key":"broken"}'];
  const program = { configuration, product: 'personal-auto', configVersion: 1, clock: CLOCK, seed: '1' };
  const expected = await oneByOne(
    workbench.desk,
    ratingCase(program),
    2,
  )({ first: 1, count: 9, text: lines.join('\n') });
  const resident = await openResidentBook(workbench.desk, () => batchesOf(lines));
  const book = await resident.rate(program);
  const cents = (text: string) => Number(text.replace('.', ''));
  expect([...book.premium]).toEqual(expected.map((rated) => (rated.ok ? cents(rated.premium) : Number.NaN)));
  expect(book.failures).toMatchObject([{ index: 8, code: 'malformed-request' }]);
  expect(resident.keys).toEqual([...Array.from({ length: 8 }, (_, i) => `${i + 1}`), 'broken']);
  const columns = await resident.columns();
  const make = columns.find(({ name }) => name === 'vehicle[0].make');
  const first = JSON.parse(lines[0] ?? '').policy.exposures[0].fieldValues.make;
  expect(make?.labels[make.codes[0] ?? 0]).toBe(first);

  const engine = openRatingEngine(workbench.desk, 1);
  // Edits of cells one after the other: what stands and what is priced anew is what a run from the beginning gives (BR35).
  const table = 'personal_auto_vehicle_factors';
  const source = configuration.tables[table];
  if (!source) throw new Error('no table');
  let edited = configuration;
  let moved = 0;
  for (const row of [0, 2, 1, 3]) {
    const before = edited.tables[table] ?? source;
    const rows = before.rows.map((cells, i) => (i === row ? [...cells.slice(0, -1), '1.37'] : cells));
    edited = { ...edited, hash: `${edited.hash} ${row}`, tables: { ...edited.tables, [table]: { ...before, rows } } };
    const next = { ...program, configuration: edited };
    const again = await resident.rate(next);
    const { text } = await engine.rater(next).rate({ first: 1, count: lines.length, text: lines.join('\n') });
    const anew = text.split('\n').map((line) => JSON.parse(line) as { premium?: string; error?: object });
    expect([...again.premium]).toEqual(anew.map(({ premium }) => (premium ? cents(premium) : Number.NaN)));
    moved += [...again.premium].filter((premium, i) => premium > (book.premium[i] ?? 0)).length;
  }
  expect(moved).toBeGreaterThan(0);
  await Promise.all([resident.close(), engine.close()]);
});
