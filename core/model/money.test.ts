import { describe, expect, it } from 'vitest';
import { Decimal } from './decimal.ts';
import { currencyDecimals, moneyText, roundHalfUp } from './money.ts';

describe('money', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    // The runtime's locale data says 0 here; the minor unit is 2.
    ['HUF', 2],
    ['COP', 2],
    ['IDR', 2],
  ])('%s has %i decimals (ISO 4217)', (currency, decimals) => {
    expect(currencyDecimals(currency)).toBe(decimals);
  });

  it.each([
    ['1.005', 2, '1.01'],
    ['-1.005', 2, '-1.01'],
    ['2.5', 0, '3'],
    ['-0.004', 2, '0.00'],
    ['1524.84', 2, '1524.84'],
  ])('%s rounds half away from zero to %i decimals: %s', (amount, decimals, text) => {
    expect(moneyText(new Decimal(amount), decimals)).toBe(text);
    expect(roundHalfUp(new Decimal(amount), decimals).equals(text)).toBe(true);
  });
});
