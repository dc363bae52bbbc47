import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import type { RatingRules } from '#core/model/product.ts';
import { startOfDay } from '#core/model/time.ts';
import { Trace } from '#core/model/trace.ts';
import { segmentMonths } from './duration.ts';
import { type Money, type PerilRates, perilAmounts, type Rate, roundedCharge } from './premium.ts';

const LEGACY: RatingRules = {
  moneyUnit: 'cents',
  rounding: 'half_up',
  proration: 'months',
  taxOnProratedPiece: 'prorate',
};
const USD: Money = { currencyDecimals: 2, rules: LEGACY };
const money = (rules: Partial<RatingRules>): Money => ({ currencyDecimals: 2, rules: { ...LEGACY, ...rules } });
const d = (text: string): Decimal => new Decimal(text);
const yearly = (text: string): Rate => ({ yearly: d(text) });
const rates = (premium: Rate, more: Partial<PerilRates> = {}): PerilRates => ({ premium, commissions: [], ...more });
const price = (rate: Rate, months = '12', how = USD) => perilAmounts(rates(rate), d(months), how);

describe('amounts', () => {
  // formats §13; the yearly amounts by exact arithmetic
  test.each([
    ['third party liability', '210', '210.00', '17.5000', '168.00'],
    ['bodily injury', '259', '259.00', '21.5833', '207.20'],
    ['collision', '119', '119.00', '9.9167', '95.20'],
    ['comprehensive', '155', '155.00', '12.9167', '124.00'],
    ['roadside', '25', '25.00', '2.0833', '20.00'],
    ['underinsured motorist', '29.90133', '29.90', '2.4917', '23.92'],
    ['uninsured motorist', '8.6144016', '8.61', '0.7175', '6.89'],
  ])('P20, P23: golden new business, %s', (_peril, rate, premium, monthPremium, technicalPremium) => {
    const amounts = perilAmounts(rates(yearly(rate), { technical: { yearly: d(rate).times('0.8') } }), d('12'), USD);
    expect(amounts).toMatchObject({ premium, monthPremium, technicalPremium });
  });

  test.each([
    ['252', '224.00'],
    ['311', '276.44'],
    ['143', '127.11'],
    ['155', '137.78'],
    ['25', '22.22'],
    ['29.90133', '26.58'],
    ['8.6144016', '7.65'],
    ['168', '149.33'],
    ['207', '184.00'],
    ['95', '84.44'],
  ])('P20: golden endorsement, a yearly %s over 10.6666667 months is %s', (rate, premium) => {
    expect(price(yearly(rate), '10.6666667').premium).toBe(premium);
  });

  test('P20: the yearly amount is rounded before it is divided by twelve', () => {
    // 29.9013 ÷ 12 would store 2.4918
    expect(price(yearly('29.9013')).monthPremium).toBe('2.4917');
  });

  test.each([
    ['a product of factors, 182.50 × 2.55 (Dugan 13.1)', d('182.50').times('2.55'), '465.38', 182.5 * 2.55],
    ['a share, 79.50 × 9 % (Brechner, table 19-1)', d('79.50').times('0.09'), '7.16', 79.5 * 0.09],
  ])('P26: %s rounds as published, and binary floats do not', (_name, exact, published, binary) => {
    expect(price({ exact }).premium).toBe(published);
    expect(binary.toFixed(2)).not.toBe(published);
    expect(price({ exact: new Decimal(binary.toFixed(20)) }).premium).not.toBe(published);
  });

  test('P21: an exact amount alone; the month premium is derived from it', () => {
    expect(price({ exact: d('100.005') }, '6')).toEqual({
      premium: '100.01',
      monthPremium: '16.6683',
      commissions: [],
    });
    expect(price({ exact: d('100') }, '0')).toMatchObject({ premium: '100.00', monthPremium: '0.0000' });
  });

  test('P22: a rate and an exact amount; a monthly rate', () => {
    expect(price({ yearly: d('120'), exact: d('55.555') }, '6')).toMatchObject({
      premium: '55.56',
      monthPremium: '10.0000',
    });
    expect(price({ monthly: d('17.12345') }, '3')).toMatchObject({ premium: '51.37', monthPremium: '17.1235' });
  });

  test('P24: commissions add up by recipient and round once', () => {
    const { commissions } = perilAmounts(
      rates(yearly('100'), {
        commissions: [
          { recipient: 'agent', rate: { yearly: d('1.004') } },
          { recipient: 'broker', rate: { exact: d('2.345') } },
          { recipient: 'agent', rate: { monthly: d('0.001') } },
        ],
      }),
      d('1'),
      USD,
    );
    expect(commissions).toEqual([
      { recipient: 'agent', amount: '0.08' }, // 1.004 ÷ 12 + 0.001 = 0.0846…, not 0.08 + 0.00
      { recipient: 'broker', amount: '2.35' },
    ]);
  });

  test('P26: money units and modes of rating.json', () => {
    expect(price({ exact: d('763.625') }, '12', money({ moneyUnit: 'whole' })).premium).toBe('764.00');
    expect(price({ exact: d('764.99') }, '12', money({ moneyUnit: 'tens' })).premium).toBe('760.00');
    expect(price({ exact: d('1.25') }, '12', money({ moneyUnit: 'tenths' })).premium).toBe('1.30');
    expect(price({ exact: d('1.2345') }, '12', money({ moneyUnit: 'mills' })).premium).toBe('1.235');
    expect(price({ exact: d('1.005') }, '12', money({ rounding: 'half_even' })).premium).toBe('1.00');
    expect(price({ exact: d('1.009') }, '12', money({ rounding: 'down' })).premium).toBe('1.00');
    expect(price({ exact: d('1.001') }, '12', money({ rounding: 'up' })).premium).toBe('1.01');
    expect(perilAmounts(rates({ exact: d('1.5') }), d('12'), { currencyDecimals: 0, rules: LEGACY }).premium).toBe('2');
  });

  test('P20, P26: against integer arithmetic in cents (property)', () => {
    const cents = fc.bigInt({ min: 0n, max: 10n ** 11n });
    const monthsE7 = fc.bigInt({ min: 0n, max: 1_200_000_000n });
    fc.assert(
      fc.property(cents, monthsE7, (amount, months) => {
        // premium in cents = amount × months ÷ 12, half up; all in whole numbers
        const scale = 12n * 10_000_000n;
        const expected = (2n * amount * months + scale) / (2n * scale);
        const { premium } = price({ yearly: d(`${amount}e-2`) }, `${months}e-7`);
        expect(premium.replace('.', '').replace(/^0+(?=\d)/, '')).toBe(expected.toString());
      }),
      { seed: 13, numRuns: 500 },
    );
  });

  test('P28: an amount that can not be calculated to the cent fails; below it every cent is kept', () => {
    expect(price({ yearly: d('999999999999999999.99') }, '12').premium).toBe('999999999999999999.99');
    expect(price({ yearly: d('-999999999999999.99') }, '10.6666667').premium).toBe('-888888891666666.66');
    const tooLarge = [
      { yearly: d('1e18') },
      { exact: d('-1e18') },
      { monthly: d('1e33') },
      { yearly: d('999999999999999999.995') },
    ] as const;
    for (const rate of tooLarge) expect(() => price(rate, '12')).toThrow(/can not be calculated to the cent/);
    const commissions = [{ recipient: 'agent', rate: { exact: d('1e30') } }];
    expect(() => perilAmounts(rates(yearly('1'), { commissions }), d('12'), USD)).toThrow(/commission of agent/);
    expect(() => roundedCharge('tax t', d('1e18'), { ...USD, where: 'vehicle 1 / collision' })).toThrow(
      /^vehicle 1 \/ collision: the tax t is 1\.000e\+18/,
    );
  });

  test('P50, P52: the worksheet shows rate, month count and both roundings; without one the answer is the same', () => {
    const trace = new Trace();
    const traced = perilAmounts(rates(yearly('29.90133')), d('10.6666667'), USD, trace);
    expect(traced).toEqual(price(yearly('29.90133'), '10.6666667'));
    expect(trace.steps).toEqual([
      { kind: 'round', what: 'yearly premium', from: '29.90133', to: '29.90', decimals: 2 },
      { kind: 'amount', what: 'month premium', value: '2.4917', formula: '29.9 ÷ 12' },
      expect.objectContaining({ kind: 'amount', what: 'premium', formula: '29.9 ÷ 12 × 10.6666667 months' }),
      expect.objectContaining({ kind: 'round', what: 'premium', to: '26.58', decimals: 2 }),
    ]);
  });
});

describe('segment lengths', () => {
  const zone = 'America/Los_Angeles';
  const day = (date: string): number => startOfDay(date, zone);
  const share = (unit: RatingRules['proration'], from: string, to: string, anchor = '2021-01-01'): Decimal =>
    segmentMonths(day(from), day(to), day(anchor), zone, unit).div(12);

  // formats §13: the proration docs vector, 1000.00 over 2021 split on 1 July
  test.each([
    ['months', '500.00'],
    ['days', '495.89'],
    ['days365', '495.89'],
    ['days360', '500.00'],
    ['ms', '495.78'],
  ] as const)('P26: half a year in %s earns %s of 1000', (unit, earned) => {
    expect(share(unit, '2021-01-01', '2021-07-01').times(1000).toFixed(2)).toBe(earned);
  });

  test('P26: days lie in their contract year; a leap year is a whole year too', () => {
    expect(share('days', '2020-01-01', '2021-01-01', '2020-01-01').toNumber()).toBe(1);
    expect(share('days365', '2020-01-01', '2021-01-01', '2020-01-01').times(365).toNumber()).toBe(366);
    expect(share('days', '2020-07-01', '2022-07-01', '2020-07-01').toNumber()).toBe(2);
  });

  test('P26: linear units add up over any split (property)', () => {
    const unit = fc.constantFrom('days' as const, 'ms' as const, 'days360' as const, 'days365' as const);
    const at = fc.integer({ min: 0, max: 1_400 });
    fc.assert(
      fc.property(unit, at, at, at, (how, a, b, c) => {
        const [from = 0, split = 0, to = 0] = [a, b, c].sort((x, y) => x - y);
        const midnight = (days: number): number => startOfDay('2021-02-10', 'UTC') + days * 86_400_000;
        const months = (x: number, y: number): Decimal =>
          segmentMonths(midnight(x), midnight(y), midnight(0), 'UTC', how);
        const sum = months(from, split).plus(months(split, to));
        expect(sum.minus(months(from, to)).abs().lt('1e-25')).toBe(true);
      }),
      { seed: 26, numRuns: 200 },
    );
  });
});
