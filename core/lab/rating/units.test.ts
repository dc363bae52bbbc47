import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import { perilAmounts } from '#core/pricing/premium.ts';
import { termUnits, unitsOf, unitsOfNumber, unitsText } from './units.ts';

const digits = (least: number, most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789059'), minLength: least, maxLength: most });
/** Amounts with many nines, fives and zeros behind the point: where roundings differ. */
const amount = fc
  .tuple(digits(1, 9), fc.option(digits(1, 30)), fc.constantFrom('', '5', '50', '49999', '995', '005'))
  .map(([whole, part, tail]) => (part === null ? whole : `${whole}.${part.slice(0, 3)}${tail}${part.slice(3)}`));

test('whole units are what decimals give, by every number of decimals and months (BR34)', () => {
  fc.assert(
    fc.property(
      amount,
      fc.constantFrom(['USD', 2], ['JPY', 0], ['KWD', 3]),
      fc.integer({ min: 0, max: 240 }),
      (text, [, d], months) => {
        const decimals = d as number;
        const money = {
          currencyDecimals: decimals,
          rules: {
            moneyUnit: 'cents',
            rounding: 'half_up',
            proration: 'months',
            taxOnProratedPiece: 'prorate',
          } as const,
        };
        const { premium } = perilAmounts(
          { premium: { yearly: new Decimal(text) }, commissions: [] },
          new Decimal(months),
          money,
        );
        const yearly = unitsOf(text, decimals);
        const units = yearly === undefined ? undefined : termUnits(yearly, months);
        if (units !== undefined) expect(unitsText(units, decimals)).toBe(premium);
        if (text.length < 9) expect(units).toBeDefined();
      },
    ),
    { numRuns: 4_000, seed: 34 },
  );
  for (const text of ['-1', '1e3', ' 1', '1.', '', '1234567890123', 'NaN']) expect(unitsOf(text, 2)).toBeUndefined();
  const number = fc.oneof(
    fc.double({ noNaN: true, min: -10, max: 1e12 }),
    fc.integer({ min: 0, max: 1e9 }).map((n) => n / 1_000),
    fc.constantFrom(-0, 0.1 + 0.2, 1.005, 1e-7, 1e21, Number.NaN, Number.POSITIVE_INFINITY),
  );
  fc.assert(
    fc.property(number, fc.constantFrom(0, 2, 3), (value, decimals) => {
      expect(unitsOfNumber(value, decimals)).toBe(unitsOf(String(value), decimals));
    }),
    { numRuns: 4_000, seed: 34 },
  );
});
