import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import { moneyText } from '#core/model/money.ts';
import { chargesOf, fullPayInvoice, type Priced, sumOf } from './full-pay.ts';

const cents = (min: number) =>
  fc.integer({ min, max: 10_000_000 }).map((amount) => moneyText(new Decimal(amount).div(100), 2));
const priced: fc.Arbitrary<Priced> = fc.record({
  start: fc.constant(Date.UTC(2026, 0, 1)),
  end: fc.constant(Date.UTC(2027, 0, 1)),
  perils: fc.array(
    fc.record({
      locator: fc.uuid(),
      name: fc.string(),
      premium: cents(-100),
      taxes: fc.array(fc.record({ name: fc.string(), amount: cents(-100) }), { maxLength: 3 }),
    }),
    { maxLength: 8 },
  ),
  fees: fc.array(fc.record({ name: fc.string(), amount: cents(-10_000) }), { maxLength: 4 }),
});
const TERMS = { issued: Date.UTC(2026, 0, 15, 12), days: 7, timeZone: 'UTC', currency: 'USD' };

describe('the full-pay invoice', () => {
  it('money law: invoice items = charges = premium + taxes + fees, to the cent', () => {
    fc.assert(
      fc.property(priced, (price) => {
        const gross = sumOf([
          ...price.perils.map(({ premium }) => ({ amount: premium })),
          ...price.perils.flatMap(({ taxes }) => taxes),
          ...price.fees,
        ]);
        const invoice = fullPayInvoice(price, TERMS);
        expect(sumOf(invoice.items).equals(gross)).toBe(true);
        expect(invoice.totalDue).toBe(moneyText(gross, 2));
        expect(sumOf(chargesOf(price)).equals(gross)).toBe(true);
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });

  it('names where each amount comes from, and leaves out what is nothing', () => {
    const { items } = fullPayInvoice(
      {
        start: 1,
        end: 2,
        perils: [
          { locator: 'a', name: 'fire', premium: '10.00', taxes: [{ name: 'vat', amount: '1.90' }] },
          { locator: 'b', name: 'theft', premium: '0.00', taxes: [{ name: 'vat', amount: '0.00' }] },
        ],
        fees: [{ name: 'policy', amount: '5.00' }],
      },
      TERMS,
    );
    expect(items).toEqual([
      { type: 'premium', amount: '10.00', start: 1, end: 2, perilCharacteristicsLocator: 'a', perilName: 'fire' },
      {
        type: 'tax',
        amount: '1.90',
        start: 1,
        end: 2,
        perilCharacteristicsLocator: 'a',
        perilName: 'fire',
        taxName: 'vat',
      },
      { type: 'fee', amount: '5.00', start: 1, end: 2, feeName: 'policy' },
    ]);
  });

  it.each([
    ['the same day', 'America/Los_Angeles', '2026-01-15T23:30:00-08:00', 0, '2026-01-15T23:59:59.999-08:00'],
    ['a week later', 'America/Los_Angeles', '2026-01-15T00:00:00-08:00', 7, '2026-01-22T23:59:59.999-08:00'],
    [
      'over the change to summer time',
      'America/Los_Angeles',
      '2026-03-07T12:00:00-08:00',
      1,
      '2026-03-08T23:59:59.999-07:00',
    ],
    [
      'on a day that has no midnight',
      'America/Sao_Paulo',
      '2018-11-03T12:00:00-03:00',
      1,
      '2018-11-04T23:59:59.999-02:00',
    ],
  ])('is due at the end of the day: %s', (_, timeZone, issued, days, due) => {
    const invoice = fullPayInvoice(
      { start: 1, end: 2, perils: [], fees: [] },
      { ...TERMS, issued: Date.parse(issued), days, timeZone },
    );
    expect(invoice.due).toBe(Date.parse(due));
  });
});
