import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import { number, numberText, round, times } from './exact.ts';

/** Decimals as tables hold them, from factors near one to sums with many digits, and whole numbers. */
const FACTOR = fc
  .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat({ max: 20 }), fc.nat({ max: 16 }))
  .map(([digits, scale, fewer]) => new Decimal(`${digits / 10n ** BigInt(fewer)}e-${scale}`).toFixed());

test('L52 a product of any number of factors has the 34 digits that decimals give it, after every step', () => {
  fc.assert(
    fc.property(fc.array(FACTOR, { minLength: 2, maxLength: 24 }), fc.nat({ max: 6 }), (factors, places) => {
      let ours = number(factors[0]);
      let theirs = new Decimal(factors[0] ?? 0);
      for (const factor of factors.slice(1)) {
        ours = times(ours, factor);
        theirs = theirs.times(factor);
        expect(numberText(ours)).toBe(theirs.isZero() ? '0' : theirs.toFixed());
        expect(numberText(round(ours, places))).toBe(numberText(number(theirs.toDecimalPlaces(places).toFixed())));
      }
    }),
    { numRuns: 2_000, seed: 34 },
  );
});
