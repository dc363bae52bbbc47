import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from '#core/api/parse.ts';
import { QuoteRequest } from '#core/api/schemas.ts';
import { sumOf } from '#core/billing/full-pay.ts';
import { Decimal } from '#core/model/decimal.ts';
import { need } from '#core/policy/desk.ts';
import { runQuote } from '#core/policy/quote-run.ts';
import { replayPolicy } from '#core/policy/replay.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { ACTOR, deployExample, openTestWorkbench, ROOT } from './support.ts';

const COUNT = 12;

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
    for (const request of requests) {
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
