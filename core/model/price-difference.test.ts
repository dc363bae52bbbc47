import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from './decimal.ts';
import { type PricedForm, priceSteps } from './price-difference.ts';

const names = { peril: (exposure: string, peril: string) => `${exposure}: ${peril}`, rest: 'the rest' };
const sum = (amounts: readonly string[]) => amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));

function priced(
  perils: readonly (readonly [exposure: number, peril: string, premium: string])[],
  taxes: readonly (readonly [string, string])[],
  fees: readonly (readonly [string, string])[],
  keys: readonly string[],
): PricedForm {
  const grossPremium = sum(perils.map(([, , premium]) => premium)).toFixed();
  const grossTaxes = sum(taxes.map(([, amount]) => amount)).toFixed();
  const grossFees = sum(fees.map(([, amount]) => amount)).toFixed();
  return {
    exposures: keys.map((key) => ({ key, title: key.toUpperCase() })),
    price: {
      grossTaxes,
      total: sum([grossPremium, grossTaxes, grossFees]).toFixed(),
      perils: perils.map(([exposureIndex, perilName, premium]) => ({
        exposureIndex,
        exposureName: 'vehicle',
        perilName,
        premium,
      })),
      taxGroups: taxes.map(([name, amount]) => ({ name, amount })),
      fees: fees.map(([name, amount]) => ({ name, description: '', amount })),
    },
  };
}

describe('the steps between two prices', () => {
  it('follows an exposure although another one before it was removed', () => {
    const before = priced(
      [
        [0, 'fire', '10'],
        [1, 'fire', '20'],
      ],
      [],
      [],
      ['a', 'b'],
    );
    const after = priced([[0, 'fire', '25.50']], [], [], ['b']);
    expect(priceSteps(before, after, names).filter(({ difference }) => difference !== '0')).toEqual([
      { key: 'peril b fire', label: 'B: fire', before: '20', after: '25.5', difference: '5.5' },
      { key: 'peril a fire', label: 'A: fire', before: '10', after: '0', difference: '-10' },
    ]);
  });

  it('names what the parts do not explain', () => {
    const before = priced([[0, 'fire', '10']], [], [], ['a']);
    const after = { ...before, price: { ...before.price, total: '10.01' } };
    expect(priceSteps(before, after, names).at(-1)).toEqual({
      key: 'rest',
      label: 'the rest',
      before: '0',
      after: '0.01',
      difference: '0.01',
    });
  });

  it('sums to the difference of the totals, to the cent', () => {
    const cents = fc.integer({ min: 0, max: 10_000_000 }).map((value) => new Decimal(value).div(100).toFixed(2));
    const risk = fc.record({
      perils: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('fire', 'theft', 'glass'), cents)),
      taxes: fc.array(fc.tuple(fc.constantFrom('vat', 'levy'), cents)),
      fees: fc.array(fc.tuple(fc.constantFrom('card', 'office'), cents)),
      keys: fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }),
    });
    fc.assert(
      fc.property(risk, risk, (one, other) => {
        const [before, after] = [one, other].map(({ perils, taxes, fees, keys }) => priced(perils, taxes, fees, keys));
        if (!before || !after) return false;
        const steps = priceSteps(before, after, names);
        const moved = sum(steps.map(({ difference }) => difference));
        return moved.equals(new Decimal(after.price.total).minus(before.price.total));
      }),
      { seed: 20261127, numRuns: 500 },
    );
  });
});
