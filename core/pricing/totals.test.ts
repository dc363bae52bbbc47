import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftPolicy } from '#core/model/policy.fixture.ts';
import type { PricedPeril } from './contract.ts';
import { applyPrices, policyTotals } from './totals.ts';

const text = (cents: number): string => {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};
const amount = fc.integer({ min: -1_000_000, max: 100_000_000 });
const row = fc.record({
  premium: amount,
  technical: fc.option(amount, { nil: undefined, freq: 20 }),
  taxes: fc.array(fc.record({ name: fc.constantFrom('state', 'city'), cents: amount }), { maxLength: 3 }),
  replaced: fc.boolean(),
  pricedNow: fc.boolean(),
});

test('P43: totals against sums of whole cents, over rows priced now, before, and replaced (property)', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      const prices: Record<string, PricedPeril> = {};
      const perils = rows.map((one, index) => {
        const technical = one.technical === undefined ? {} : { technicalPremium: text(one.technical) };
        const amounts = {
          premium: text(one.premium),
          ...technical,
          taxes: one.taxes.map(({ name, cents }) => ({ name, amount: text(cents) })),
        };
        if (one.pricedNow) prices[`x0-p${index}`] = { monthPremium: '0.0000', commissions: [], ...amounts };
        return {
          name: `p${index}`,
          ...(one.pricedNow ? {} : amounts),
          ...(one.replaced ? { replacedTimestamp: '1' } : {}),
        };
      });
      const policy = draftPolicy({ productName: 'p', start: 0, end: 1, exposures: [{ name: 'thing', perils }] });
      const current = rows.filter((one) => !one.replaced);
      const sum = (list: readonly number[]): string => text(list.reduce((total, cents) => total + cents, 0));
      const taxes = current.flatMap((one) => one.taxes);

      const totals = policyTotals(policy, prices, 2);
      expect(totals.grossPremium).toBe(sum(current.map((one) => one.premium)));
      expect(totals.grossTaxes).toBe(sum(taxes.map((tax) => tax.cents)));
      for (const { name, amount: group } of totals.taxGroups) {
        expect(group).toBe(sum(taxes.filter((tax) => tax.name === name).map((tax) => tax.cents)));
      }
      expect(totals.taxGroups.map(({ name }) => name).sort()).toEqual(
        [...new Set(taxes.map(({ name }) => name))].sort(),
      );
      const technical = current.map((one) => one.technical);
      expect(totals.grossTechnicalPremium).toBe(
        technical.includes(undefined) ? undefined : sum(technical.map((cents) => cents ?? 0)),
      );
      // With the prices in place the policy sums to the same: nothing is lost or counted twice.
      expect(policyTotals(applyPrices(policy, { perils: prices, ...totals }, 'USD'), {}, 2)).toEqual(totals);
    }),
    { seed: 43, numRuns: 200 },
  );
});
