import { describe, expect, test } from 'vitest';
import type { FieldDefinition } from './field.ts';
import { draftPolicy, policyholder } from './policy.fixture.ts';
import type { Product } from './product.ts';
import { liquidNumber, numbersAsText, policyholderScope, policyScope, typedValues } from './scope.ts';

const field = (name: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  name,
  title: name,
  type,
  optional: true,
  repeatable: false,
  ...more,
});
const driver = field('driver', 'group', { repeatable: true, fields: [field('age', 'number'), field('id', 'string')] });
const vehicle = {
  name: 'vehicle',
  fields: [field('vehicle_value', 'number'), driver],
  perils: [{ name: 'fire', fields: [field('limit', 'number')] }],
};
const product = { fields: [field('channel', 'select')], exposures: [vehicle] } as unknown as Product;
const policy = draftPolicy({
  productName: 'auto',
  start: 1_624_863_600_000,
  end: 1_656_399_600_000,
  fieldValues: { channel: ['Agent'], shared: ['policy'] },
  exposures: [
    {
      name: 'vehicle',
      fieldValues: { vehicle_value: ['10000'], driver: ['g1'], only_first: ['1'], shared: ['exposure'] },
      fieldGroupsByLocator: { g1: { age: ['45'], id: ['007'] } },
      perils: [
        { name: 'fire', fieldValues: { limit: ['12.50'] }, indemnityInAggregate: '30000.00', deductible: '500' },
      ],
    },
    { name: 'vehicle', fieldValues: { vehicle_value: ['8000'] }, perils: [] },
  ],
});
const scope = policyScope(policy, product);

describe('what Liquid sees (core/pricing/SPEC.md)', () => {
  test('P30: snake_case, and the rows are the ones inside the policy', () => {
    expect(Object.keys(scope.policy)).toContain('original_contract_start_timestamp');
    expect(scope.rows.get('x0')).toBe(
      (scope.policy.exposures as never as [{ characteristics: [object] }])[0].characteristics[0],
    );
  });

  test('P31, P32: scalars, lists, integers, decimals, text that only looks numeric', () => {
    const fields = [
      field('n', 'number'),
      field('list', 'number', { repeatable: true }),
      field('text', 'string'),
      field('none', 'number'),
      field('empty', 'string', { repeatable: true }),
    ];
    expect(
      typedValues(
        { n: ['10000.00'], list: ['1'], text: ['0012'], none: [''], empty: [], unknown: ['5'], many: ['5', '6'] },
        fields,
      ),
    ).toEqual({
      n: { $decimal: '10000.00' },
      list: [1],
      text: '0012',
      none: null,
      empty: [],
      unknown: '5',
      many: ['5', '6'],
    });
  });

  test.each([
    ['7', 7],
    ['-7', -7],
    ['007', 7],
    ['1e3', 1000],
    ['.5', { $decimal: '0.5' }],
    ['9007199254740993', { $decimal: '9007199254740993' }],
    ['unlimited', 'unlimited'],
  ])('P32: the number %s', (text, expected) => {
    expect(liquidNumber(text)).toEqual(expected);
  });

  test('P33: dates stay text, milliseconds become an integer', () => {
    const born = [field('born', 'date')];
    expect(typedValues({ born: ['1980-05-01'] }, born)).toEqual({ born: '1980-05-01' });
    expect(typedValues({ born: ['325987200000'] }, born)).toEqual({ born: 325_987_200_000 });
  });

  test('P34: timestamps are integers, amounts numbers', () => {
    expect(scope.rows.get('x0-fire')).toMatchObject({
      coverage_start_timestamp: 1_624_863_600_000,
      indemnity_in_aggregate: { $decimal: '30000.00' },
      deductible: 500,
      field_values: { limit: { $decimal: '12.50' } },
    });
  });

  test('P35: a repeatable group is a list of locators, its values typed by the group', () => {
    expect(scope.rows.get('x0')).toMatchObject({
      field_values: { driver: ['g1'] },
      field_groups_by_locator: { g1: { age: 45, id: '007' } },
    });
  });

  test('field names of the language itself do no harm', () => {
    const hostile = typedValues(JSON.parse('{"__proto__": ["1"], "constructor": ["2"]}'), []);
    expect(Object.keys(hostile)).toEqual(['__proto__', 'constructor']);
  });

  test('the policyholder has an id and typed values', () => {
    expect(policyholderScope(policyholder({ age: ['30'], name: ['Ann'] }), [field('age', 'number')])).toMatchObject({
      id: 'holder',
      entity: { values: { age: 30, name: 'Ann' }, completed: true },
    });
  });

  test('P10: plugins get every number as text', () => {
    expect(numbersAsText({ a: 1, b: [2.5, 'x', null, true], c: undefined })).toEqual({
      a: '1',
      b: ['2.5', 'x', null, true],
    });
  });
});
