import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from '#core/api/parse.ts';
import { QuoteRequest } from '#core/api/schemas.ts';
import { sumOf } from '#core/billing/amounts.ts';
import { need } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { runQuote } from '#core/policy/quote-run.ts';
import { replayPolicy } from '#core/policy/replay.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { ACTOR, deployExample, openTestWorkbench, ROOT } from './support.ts';

const COUNT = 12;

/** Terms of odd lengths: ends of months, a leap year, days of 23 and 25 hours, one millisecond. Start and length in milliseconds. */
const DAY = 86_400_000;
const TERMS = [
  ['2026-01-31T05:00:00Z', 180 * DAY],
  ['2028-02-29T08:00:00Z', 366 * DAY],
  ['2026-03-08T07:30:00Z', DAY],
  ['2026-11-01T05:30:00Z', 45 * DAY + 1],
  ['2026-08-30T06:00:00Z', 1],
  ['2026-06-15T05:00:00Z', 3_653 * DAY],
] as const;

/** Settled questions, 3: invoice items = charges = gross premium + taxes + fees, at every moment, to the cent. */
describe.each(['personal-auto', 'homeowners', 'commercial-property'])('a book of %s', async (name) => {
  const opened = await openTestWorkbench();
  await deployExample(opened, name);
  const { desk } = opened.workbench;
  const configuration = await loadConfiguration({ folder: path.join(ROOT, 'examples', name) });
  const [product] = configuration.products;
  const requests = product ? [...sampleRequests(product, configuration, { count: COUNT, seed: 'money' })] : [];

  it('obeys the money law and replays to the same price and decision', async () => {
    const decisions = new Set<string>();
    for (const [index, sample] of requests.entries()) {
      const [from, length] = TERMS[index % TERMS.length] ?? TERMS[0];
      const start = Date.parse(from);
      // Every other one keeps its year, from midnight to midnight.
      const term = { policyStartTimestamp: String(start), policyEndTimestamp: String(start + length) };
      const request = index % 2 === 0 ? sample : { ...sample, policy: { ...sample.policy, ...term } };
      const { policy, underwriting } = await runQuote(
        desk,
        { actor: ACTOR },
        parse(QuoteRequest, request, 'The sample'),
      );
      const [row] = policy.characteristics;
      const perils = policy.exposures.flatMap((exposure) =>
        exposure.perils.flatMap(({ characteristics }) => characteristics),
      );
      const premium = sumOf(perils.map(({ premium: amount = '0' }) => ({ amount })));
      const taxes = sumOf(perils.flatMap(({ taxes: list = [] }) => list));
      const fees = sumOf(policy.fees);
      expect([premium, taxes, fees].map((sum) => sum.toFixed(2))).toEqual([
        row?.grossPremium,
        row?.grossTaxes,
        policy.grossFees,
      ]);
      expect(sumOf(row?.taxGroups ?? []).equals(taxes)).toBe(true);
      decisions.add(underwriting?.decision ?? 'open');
      const accepted = underwriting?.decision === 'accept';
      expect(policy.invoices.length).toBe(accepted ? 1 : 0);
      for (const invoice of policy.invoices) {
        expect(new Decimal(invoice.totalDue).equals(premium.plus(taxes).plus(fees))).toBe(true);
        for (const [type, sum] of [
          ['premium', premium],
          ['tax', taxes],
          ['fee', fees],
        ] as const)
          expect(sumOf(invoice.financialTransactions.filter((item) => item.type === type)).equals(sum), type).toBe(
            true,
          );
      }
      expect(need(desk, 'policy', policy.locator).record.issuedAt).toBeUndefined();
      expect(await replayPolicy(desk, policy.locator)).toMatchObject({ same: true });
    }
    expect(decisions.size).toBeGreaterThan(0);
  });
});
