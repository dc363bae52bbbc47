import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldDefinition } from '#core/model/field.ts';
import { type FieldContext, validateFields } from '#core/model/field-values.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { loadConfiguration } from './load.ts';
import { type SampleRequest, sampleRequests } from './sample.ts';

const examples = new URL('../../examples/', import.meta.url);
const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Every fault of a request against the definitions that it was made from. */
function faultsOf(request: SampleRequest, product: Product, configuration: Configuration, now: number): string[] {
  const context: FieldContext = {
    now,
    timeZone: configuration.timeZone,
    tables: configuration.tables,
    newLocator: () => 'new',
  };
  const check = (
    fields: readonly FieldDefinition[],
    entity: { fieldValues: object; fieldGroups?: SampleRequest['policy']['fieldGroups'] },
  ) =>
    validateFields(fields, { ...entity.fieldValues }, entity.fieldGroups ?? [], context).errors.map(
      ({ fieldName, code, message }) => `${fieldName} ${code} ${message}`,
    );
  const { policy, policyholder } = request;
  return [
    ...check(configuration.policyholder.fields, { fieldValues: policyholder.values }),
    ...check(product.fields, policy),
    ...policy.exposures.flatMap((exposure) => {
      const definition = product.exposures.find(({ name }) => name === exposure.exposureName);
      return [
        ...check(definition?.fields ?? [], exposure),
        ...exposure.perils.flatMap((peril) =>
          check(definition?.perils.find(({ name }) => name === peril.name)?.fields ?? [], peril),
        ),
      ];
    }),
  ];
}

describe.each(folders.map(({ name }) => name))('samples of the example %s', (name) => {
  it('G1 are valid, and the same for the same seed', async () => {
    const configuration = await loadConfiguration({ folder: new URL(name, examples).pathname });
    const now = Date.UTC(2026, 10, 21);
    for (const product of configuration.products) {
      const make = (seed: string) => [...sampleRequests(product, configuration, { count: 100, seed, now })];
      const requests = make('one');
      expect(requests.flatMap((request) => faultsOf(request, product, configuration, now))).toEqual([]);
      expect(make('one')).toEqual(requests);
      expect(make('two')).not.toEqual(requests);
      for (const { policy } of requests) {
        expect(policy.exposures.length).toBeGreaterThan(0);
        const days = (Number(policy.policyEndTimestamp) - Number(policy.policyStartTimestamp)) / 86_400_000;
        expect(days).toBeCloseTo(365, -1);
      }
    }
  });
});

it('G1 gives amounts that a premium file reads, declared or not', async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const perils = 'products/life/policy/exposures/insured/perils';
  const configuration = await loadConfiguration({
    files: new Map([
      ['products/life/policy/exposures/insured/exposure.json', text('{"name": "insured"}')],
      [`${perils}/death.json`, text('{"name": "death"}')],
      [
        `${perils}/death.premium.liquid`,
        text('{{ data.peril_characteristics.lump_sum_payment | times: 0.01 | set_year_premium }}'),
      ],
    ]),
  });
  const [product] = configuration.products;
  if (!product) throw new Error('expected a product');
  const sampled = [...sampleRequests(product, configuration, { count: 20, seed: 'one' })].flatMap(({ policy }) =>
    policy.exposures.flatMap((exposure) => exposure.perils),
  );
  expect(sampled.some(({ lumpSumPayment }) => Number(lumpSumPayment) > 0)).toBe(true);
  expect(sampled.every(({ deductible }) => deductible === undefined)).toBe(true);
});

it('G1 keeps to the bounds where the usual size of a number lies largely outside', async () => {
  const policy = '{"fields": [{"name": "limit", "type": "number", "minimum": 50000, "maximum": 2000000}]}';
  const files = new Map([['products/home/policy/policy.json', new TextEncoder().encode(policy)]]);
  const configuration = await loadConfiguration({ files });
  const [product] = configuration.products;
  if (!product) throw new Error('expected a product');
  const limits = [...sampleRequests(product, configuration, { count: 50, seed: 'one' })].map(({ policy }) =>
    Number(policy.fieldValues.limit),
  );
  expect(Math.min(...limits)).toBeGreaterThanOrEqual(50_000);
  expect(limits.filter((limit) => limit > 1_000_000).length).toBeGreaterThan(10);
});

const names = ['a', 'b', 'c', 'd', 'e', 'age', 'year', 'vehicle_value', 'zip'];
const offset = fc.record({
  field: fc.constantFrom('day' as const, 'month' as const, 'year' as const),
  amount: fc.integer({ min: -40, max: 40 }),
  roundToDay: fc.boolean(),
});
const leaf: fc.Arbitrary<Partial<FieldDefinition>> = fc.oneof(
  fc.record({ type: fc.constant('string' as const), maxLength: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    type: fc.constant('string' as const),
    regex: fc.constantFrom(
      '[0-9]{5}',
      '^[A-Z]{2}-\\d{3,5}$',
      '(yes|no)',
      '\\w+@\\w+\\.com',
      '[^0-9]+',
      '^(?=.*\\d)[a-z\\d]{4,8}$',
    ),
  }),
  fc
    .record({
      from: fc.integer({ min: -1_000, max: 1_000 }),
      span: fc.integer({ min: 1, max: 1_000 }),
      decimalPlaces: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ from, span, decimalPlaces }) => ({
      type: 'number' as const,
      minimum: `${from}`,
      maximum: `${from + span}`,
      decimalPlaces,
    })),
  fc.record({ type: fc.constant('select' as const), values: fc.constant(['x', 'y', 'z']) }),
  fc.record({
    type: fc.constant('date' as const),
    precision: fc.constantFrom('second' as const, 'day' as const, 'month' as const, 'year' as const),
    maximumOffset: offset,
  }),
  fc.record({ type: fc.constant('date' as const), minimumOffset: offset }),
  fc.record({ type: fc.constant('lookup' as const), table: fc.constantFrom('cars', 'none') }),
  fc.record({ type: fc.constantFrom('email' as const, 'media' as const) }),
);
const definition = (name: string, earlier: readonly string[], base: fc.Arbitrary<Partial<FieldDefinition>>) =>
  fc
    .record({
      base,
      optional: fc.boolean(),
      repeatable: fc.boolean(),
      on: fc.option(fc.constantFrom(...earlier, name), { freq: 3 }),
    })
    .map(
      ({ base, optional, repeatable, on }): FieldDefinition => ({
        name,
        title: name,
        type: 'string',
        optional,
        repeatable,
        ...(on && on !== name ? { condition: { [on]: ['x', 'y'] } } : {}),
        ...base,
      }),
    );
const definitions = fc.tuple(...names.map((name, i) => definition(name, names.slice(0, i), leaf))).chain((fields) =>
  definition(
    'group',
    names,
    fc.record({
      type: fc.constant('group' as const),
      maximum: fc.constantFrom('1', '5'),
      fields: fc.constant(fields.slice(0, 4)),
    }),
  ).map((group) => [...fields, group]),
);

describe('samples of any definitions', () => {
  it('G2 pass validation', async () => {
    const empty = await loadConfiguration({
      files: new Map([['products/p/policy/policy.json', new TextEncoder().encode('{}')]]),
    });
    const cars = { name: 'cars', file: 'cars.csv', columns: ['make'], rows: [['Audi'], ['Fiat']] };
    const configuration = { ...empty, timeZone: 'America/New_York', tables: { cars } };
    fc.assert(
      fc.property(definitions, fc.string(), (fields, seed) => {
        const [base] = configuration.products;
        if (!base) throw new Error('no product');
        const product = { ...base, fields, exposures: [] };
        const now = Date.UTC(2026, 10, 21, 3);
        for (const request of sampleRequests(product, configuration, { count: 5, seed, now }))
          expect(faultsOf(request, product, configuration, now)).toEqual([]);
      }),
      { seed: 20261121, numRuns: 200 },
    );
  });
});
