import { describe, expect, it } from 'vitest';
import type { FieldDefinition } from './field.ts';
import {
  type FieldContext,
  type FieldGroupInput,
  type FieldInput,
  shownFields,
  validateFields,
} from './field-values.ts';

const field = (name: string, more: Partial<FieldDefinition> = {}): FieldDefinition => ({
  name,
  title: name,
  type: 'string',
  optional: true,
  repeatable: false,
  ...more,
});
let counter = 0;
const context: FieldContext = {
  now: Date.UTC(2021, 5, 28, 3),
  timeZone: 'America/New_York',
  tables: {
    cars: {
      name: 'cars',
      file: 'cars.csv',
      columns: ['make', 'model', 'year'],
      rows: [
        ['Audi', 'A1', '2019'],
        ['Audi', 'A4', '2020'],
        ['Fiat', 'Uno', '1990'],
      ],
    },
  },
  newLocator: () => {
    counter += 1;
    return `new-${counter}`;
  },
};
const check = (definition: Partial<FieldDefinition>, value: unknown) => {
  const { values, errors } = validateFields([field('f', definition)], { f: value }, [], context);
  return errors.length > 0 ? errors.map(({ code }) => code).join() : values.f?.join('|');
};

describe('values (F1–F8)', () => {
  it('F1 takes scalars, numbers, booleans and lists, and stores lists of text', () => {
    const definitions = [field('a'), field('b'), field('c'), field('d', { repeatable: true }), field('e')];
    const { values, errors } = validateFields(
      definitions,
      { a: 'x', b: 12.5, c: true, d: ['p', 1], e: ['y'] },
      [],
      context,
    );
    expect(errors).toEqual([]);
    expect(values).toEqual({ a: ['x'], b: ['12.5'], c: ['true'], d: ['p', '1'], e: ['y'] });
  });
  it('F2 refuses unknown fields and names them, with their place', () => {
    const { errors } = validateFields([field('a')], { a: 'x', b: 'y' }, [], { ...context, path: 'exposures[0]' });
    expect(errors).toEqual([
      { fieldName: 'b', code: 'INVALID_FIELD', message: expect.stringContaining('"b"'), path: 'exposures[0]' },
    ]);
  });
  it.each([[undefined], [null], [''], [[]], [['']]])('F3 a required field without value is MISSING: %j', (value) => {
    expect(check({ optional: false }, value)).toBe('MISSING');
    expect(check({ optional: true }, value)).toBeUndefined();
  });
  it.each([
    [{}, '12.5', '12.5'],
    [{}, '.05', '.05'],
    [{}, 1e21, '1000000000000000000000'],
    [{}, 'many', 'INVALID_TYPE'],
    [{}, '10,000', 'INVALID_TYPE'],
    [{ decimalPlaces: 0 }, '12.0', '12.0'],
    [{ decimalPlaces: 0 }, '12.5', 'INVALID_VALUE'],
    [{ minimum: '1', maximum: '10' }, 1, '1'],
    [{ minimum: '1', maximum: '10' }, '0.99', 'INVALID_VALUE'],
    [{ minimum: '1', maximum: '10' }, '10.01', 'INVALID_VALUE'],
  ] as const)('F4 numbers %j %j', (definition, value, expected) => {
    expect(check({ type: 'number', ...definition }, value)).toBe(expected);
  });
  it('F5 selects take one of their values, strings their form and length', () => {
    const select = { type: 'select', values: ['Yes', 'No', '1'] } as const;
    expect([check(select, 'Yes'), check(select, 1), check(select, 'yes')]).toEqual(['Yes', '1', 'INVALID_VALUE']);
    expect([check({ regex: '[0-9]{5}' }, '68102'), check({ regex: '[0-9]{5}' }, '681023')]).toEqual([
      '68102',
      'INVALID_VALUE',
    ]);
    expect([check({ maxLength: 3 }, 'abc'), check({ maxLength: 3 }, 'abcd')]).toEqual(['abc', 'INVALID_VALUE']);
    expect(check({ regex: '(' }, 'any')).toBe('any');
    expect(check({}, 'x'.repeat(20_001))).toBe('INVALID_VALUE');
    expect([check({ type: 'email' }, 'a@b.c'), check({ type: 'email' }, 'a')]).toEqual(['a@b.c', 'INVALID_TYPE']);
  });
  it('F6 one value where the field is not repeatable; objects are no values', () => {
    expect(check({}, ['a', 'b'])).toBe('INVALID_VALUE');
    expect(check({ repeatable: true }, ['a', 'b'])).toBe('a|b');
    expect(check({}, { a: 1 })).toBe('INVALID_TYPE');
  });
  it.each([
    [{}, '2021-02-28', '2021-02-28'],
    [{}, '2021-02-30', 'INVALID_TYPE'],
    [{}, '02/28/2021', 'INVALID_TYPE'],
    [{ precision: 'year' }, 1990, '1990'],
    [{ precision: 'month' }, '1990', 'INVALID_TYPE'],
    [{ precision: 'second' }, '2021-02-28T10:00:00Z', '2021-02-28T10:00:00Z'],
    [{ precision: 'second' }, 1624852800000, '1624852800000'],
    [{ minimum: '1900-01-01' }, '1899-12-31', 'INVALID_VALUE'],
    [{ maximum: '2020-12-31' }, '2020-12-31', '2020-12-31'],
    [{ maximumOffset: { field: 'year', amount: -18, roundToDay: false } }, '2003-06-27', '2003-06-27'],
    [{ maximumOffset: { field: 'year', amount: -18, roundToDay: false } }, '2003-06-28', 'INVALID_VALUE'],
    [{ minimumOffset: { field: 'day', amount: 0, roundToDay: true } }, '2021-06-27', '2021-06-27'],
    [{ minimumOffset: { field: 'day', amount: 0, roundToDay: true } }, '2021-06-26', 'INVALID_VALUE'],
  ] as const)('F7 dates %j %j: now is 2021-06-27 23:00 in the tenant zone', (definition, value, expected) => {
    expect(check({ type: 'date', ...definition }, value)).toBe(expected);
  });
  it('F8 lookups cascade through the columns of their table', () => {
    const definitions = [
      field('make', { type: 'lookup', table: 'cars' }),
      field('model', { type: 'lookup', table: 'cars', match: ['make'] }),
      field('year', { type: 'lookup', table: 'cars', match: ['model'] }),
      field('free', { type: 'lookup', table: 'none' }),
    ];
    const codes = (input: FieldInput) =>
      validateFields(definitions, input, [], context).errors.map(({ fieldName, code }) => `${fieldName} ${code}`);
    expect(codes({ make: 'Audi', model: 'A4', year: '2020', free: 'any' })).toEqual([]);
    expect(codes({ make: 'Audi', model: 'Uno' })).toEqual(['model INVALID_VALUE']);
    expect(codes({ make: 'Audi', model: 'A4', year: '2019' })).toEqual(['year INVALID_VALUE']);
  });
});

describe('conditions (F9)', () => {
  const definitions = [
    field('claims', { type: 'select', values: ['Yes', 'No'] }),
    field('count', { type: 'number', optional: false, condition: { claims: ['Yes'] } }),
    field('why', { condition: { count: ['3', '4'], claims: ['Yes'] } }),
  ];
  const codes = (input: FieldInput, more: Partial<FieldContext> = {}) =>
    validateFields(definitions, input, [], { ...context, ...more }).errors.map(
      ({ fieldName, code }) => `${fieldName} ${code}`,
    );

  it('F9 a field is asked for only while its condition holds', () => {
    expect(shownFields(definitions, {}).map(({ name }) => name)).toEqual(['claims']);
    expect(shownFields(definitions, { claims: ['Yes'], count: ['3'] })).toHaveLength(3);
    expect(shownFields(definitions, { claims: ['No'], count: ['3'] })).toHaveLength(1);
    expect(codes({ claims: 'No' })).toEqual([]);
    expect(codes({ claims: 'Yes' })).toEqual(['count MISSING']);
  });
  it('F10 refuses a value whose condition does not hold, or drops it where it was carried over', () => {
    expect(codes({ claims: 'No', count: 1 })).toEqual(['count INVALID_FIELD']);
    expect(codes({ claims: 'No', count: '' })).toEqual([]);
    expect(codes({ claims: 'No', count: 1 }, { hidden: 'drop' })).toEqual([]);
  });
  it('F9 a field that depends on itself is decided by its own value', () => {
    const self = [field('a', { optional: false, condition: { a: ['Yes'] } })];
    expect(validateFields(self, { a: 'Yes' }, [], context).errors).toEqual([]);
    expect(validateFields(self, {}, [], context).errors).toEqual([]);
    expect(validateFields(self, { a: 'No' }, [], context).errors).toMatchObject([{ code: 'INVALID_FIELD' }]);
  });
  it('F9 names of built-in members are plain names', () => {
    const odd = [field('constructor', { condition: { toString: ['x'] } })];
    expect(validateFields(odd, {}, [], context).errors).toEqual([]);
  });
});

describe('groups (F11)', () => {
  const drivers = field('drivers', {
    type: 'group',
    repeatable: true,
    maximum: '2',
    optional: false,
    fields: [field('name', { optional: false }), field('age', { type: 'number' })],
  });
  const run = (input: FieldInput, groups: FieldGroupInput[] = []) => validateFields([drivers], input, groups, context);

  it('F11 takes repeats beside the values or within them, and gives each a locator', () => {
    const { values, groups, errors } = run({}, [
      { fieldName: 'drivers', fieldValues: { name: 'Ann', age: 40 } },
      { fieldName: 'drivers', fieldValues: { name: 'Bob' }, locator: 'kept' },
    ]);
    expect(errors).toEqual([]);
    const [first = '', second] = values.drivers ?? [];
    expect(second).toBe('kept');
    expect(groups).toEqual({ [first]: { name: ['Ann'], age: ['40'] }, kept: { name: ['Bob'] } });
    expect(Object.values(run({ drivers: [{ name: 'Ann' }] }).groups)).toEqual([{ name: ['Ann'] }]);
    expect(run({ drivers: 'elsewhere' }).errors).toMatchObject([{ code: 'INVALID_VALUE' }, { code: 'MISSING' }]);
  });
  it('F12 names the repeat and field that is wrong', () => {
    expect(run({}).errors).toMatchObject([{ fieldName: 'drivers', code: 'MISSING' }]);
    const wrong = run({}, [{ fieldName: 'drivers', fieldValues: { age: 'old', speed: 1 } }]);
    expect(wrong.errors).toMatchObject([
      { fieldName: 'speed', code: 'INVALID_FIELD', path: 'drivers[0]' },
      { fieldName: 'name', code: 'MISSING', path: 'drivers[0]' },
      { fieldName: 'age', code: 'INVALID_TYPE', path: 'drivers[0]' },
    ]);
    expect(run({ drivers: [{ name: 'A' }, { name: 'B' }, { name: 'C' }] }).errors).toMatchObject([
      { code: 'INVALID_VALUE' },
    ]);
    expect(run({}, [{ fieldName: 'boats' }]).errors).toMatchObject([
      { fieldName: 'boats', code: 'INVALID_FIELD' },
      { fieldName: 'drivers', code: 'MISSING' },
    ]);
  });
});
