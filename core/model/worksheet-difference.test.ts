import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from './decimal.ts';
import type { Worksheet, WorksheetStep } from './worksheet.ts';
import { worksheetDifference } from './worksheet-difference.ts';

const sheet = (steps: readonly WorksheetStep[]): Worksheet => ({
  engine: 'fieldwriter',
  product: 'auto',
  configuration: 'c',
  operation: 'new_business',
  steps,
});
const section = (title: string, steps: readonly WorksheetStep[]): WorksheetStep => ({ kind: 'section', title, steps });
const lookup = (table: string, value: string): WorksheetStep => ({
  kind: 'lookup',
  table,
  keys: ['k'],
  found: true,
  value,
  rows: [2],
});
const assign = (name: string, expression: string, value: string): WorksheetStep => ({
  kind: 'assign',
  name,
  expression,
  value,
});
const rounding = (what: string, from: Decimal | string, decimals = 2): WorksheetStep => ({
  kind: 'round',
  what,
  from: from.toString(),
  to: new Decimal(from).toFixed(decimals),
  decimals,
});
const cover = (name: string, base: string, factors: Readonly<Record<string, string>>, whole = false): WorksheetStep => {
  const product = Object.values(factors).reduce((so, factor) => so.times(factor), new Decimal(base));
  const yearly = whole ? new Decimal(product.toFixed(0)) : product;
  return section(name, [
    assign('base', base, base),
    ...Object.entries(factors).map(([table, value]) => lookup(table, value)),
    ...(whole ? [rounding('premium | round', product, 0)] : []),
    rounding('premium', yearly),
    section('Tax vat', [rounding('tax vat', yearly.toDecimalPlaces(2).times('0.2'))]),
  ]);
};
const car = (...covers: readonly WorksheetStep[]) => section('vehicle 1', covers);
const fees = (amount: string) => section('Fees', [rounding('fee card', amount)]);
const said = (before: Worksheet, after: Worksheet) =>
  worksheetDifference(before, after).steps.map(({ kind, label, difference }) => [kind, label, difference]);

describe('why a price moved', () => {
  it('charges each replaced value with what its replacement does, in the order of the calculation (IM20, IM21)', () => {
    const before = sheet([car(cover('fire', '100', { zone: '1.2', age: '0.9' })), fees('5')]);
    const after = sheet([car(cover('fire', '100', { zone: '1.5', age: '1.1' })), fees('6')]);
    expect(worksheetDifference(before, after)).toMatchObject({ before: '134.6', after: '204' });
    expect(said(before, after)).toEqual([
      ['value', 'zone', '27'],
      ['value', 'age', '30'],
      ['charge', 'vat', '11.4'],
      ['charge', 'card', '1'],
    ]);
  });

  it('adds one table up over the covers that use it, and names the rounding (IM22)', () => {
    const sides = ['1.2', '1.31'].map((zone) =>
      sheet([car(cover('fire', '111', { zone, age: '1.1' }, true), cover('theft', '57', { zone, age: '0.77' }, true))]),
    );
    const [before, after] = sides as [Worksheet, Worksheet];
    expect(worksheetDifference(before, after).steps.find(({ label }) => label === 'zone')).toMatchObject({
      before: '1.2',
      after: '1.31',
      parts: ['vehicle 1 / fire', 'vehicle 1 / theft'],
    });
  });

  it('puts into one step what can not be told apart, and into its own what only one side has (IM23)', () => {
    const sum = (zone: string, age: string, premium: string) =>
      section('fire', [lookup('zone', zone), lookup('age', age), rounding('premium', premium)]);
    const before = sheet([car(sum('10', '20', '30'), cover('glass', '8', {}))]);
    const after = sheet([car(sum('12', '25', '37'))]);
    expect(said(before, after)).toEqual([
      ['together', 'zone, age', '7'],
      ['part', 'vehicle 1 / glass (removed)', '-8'],
      ['part', 'vehicle 1 / glass / vat (removed)', '-1.6'],
    ]);
    // One value alone: whatever the formula is, it is the cause.
    expect(said(before, sheet([car(sum('12', '20', '32'), cover('glass', '8', {}))]))).toEqual([
      ['value', 'zone', '2'],
    ]);
  });

  it('sums to the cent, whatever the products, and blames no table that stayed as it was (IM24)', () => {
    const factor = fc.integer({ min: 50, max: 250 }).map((value) => new Decimal(value).div(100).toFixed());
    const covers = fc.dictionary(
      fc.constantFrom('fire', 'theft', 'glass'),
      fc.record({
        base: fc.integer({ min: 10, max: 900 }).map(String),
        zone: factor,
        age: factor,
        whole: fc.boolean(),
      }),
    );
    const made = (all: Record<string, { base: string; zone: string; age: string; whole: boolean }>, fee: string) =>
      sheet([
        car(
          ...Object.entries(all).map(([name, { base, zone, age, whole }]) => cover(name, base, { zone, age }, whole)),
        ),
        fees(fee),
      ]);
    fc.assert(
      fc.property(covers, covers, factor, factor, (one, other, feeBefore, feeAfter) => {
        const { before, after, steps } = worksheetDifference(made(one, feeBefore), made(other, feeAfter));
        const moved = steps.reduce((sum, { difference }) => sum.plus(difference), new Decimal(0));
        expect(moved.toFixed()).toBe(new Decimal(after).minus(before).toFixed());
        const rest = steps.find(({ kind }) => kind === 'rounding')?.difference ?? '0';
        // Two covers rounded to whole amounts: half a unit each side, at the later one's scale.
        expect(new Decimal(rest).abs().toNumber()).toBeLessThan(200);
        expect(worksheetDifference(made(one, feeBefore), made(one, feeBefore)).steps).toEqual([]);
      }),
      { seed: 20261127, numRuns: 200 },
    );
  });
});
