import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaimResponse, PayableResponse, TotalsResponse } from '#core/claims/responses.ts';
import { Decimal } from '#core/model/decimal.ts';
import { issued } from './claim-case.ts';
import { deployExample, openTestWorkbench } from './support.ts';

const DAY = 86_400_000;
/** Cover of the policy: see test/cases/claims/out-of-cover.json. */
const START = Date.parse('2021-06-28T00:00:00-07:00');
const END = Date.parse('2022-06-28T00:00:00-07:00');

const incident = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: START, max: END - 1 }) },
  fc.integer({ min: START - 90 * DAY, max: END + 90 * DAY }),
  fc.constantFrom(START - 1, START, END - 1, END),
);
const text = (cents: number): string => new Decimal(cents).div(100).toFixed(2);
const reserve = fc.integer({ min: -90_000, max: 10_000 }).map(text);
const amount = fc.integer({ min: -30_000, max: 10_000 }).map(text);
const type = fc.constantFrom('loss', 'expense');
const which = fc.nat(2);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: which, expensesOnly: fc.boolean(), reserve, type }) },
  { weight: 3, arbitrary: fc.record({ set: which, reserve, type }) },
  { weight: 5, arbitrary: fc.record({ pay: which, amount, type }) },
  { weight: 2, arbitrary: fc.record({ reverse: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ move: incident }) },
  { weight: 1, arbitrary: fc.record({ status: fc.constantFrom('open', 'closed') }) },
  { weight: 1, arbitrary: fc.record({ sub: which, status: fc.constantFrom('open', 'closed') }) },
  { weight: 1, arbitrary: fc.constant({ discard: true as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
/** Most histories have something to pay from. */
const FIRST: Step = { add: 0, expensesOnly: false, reserve: '-900.00', type: 'loss' };

describe('any history of a claim', async () => {
  const opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  const policy = await issued(opened, 'personal-auto', 'golden-new-business');
  const perils = policy.exposures.flatMap((exposure) => exposure.perils.map(({ locator }) => locator));
  const fieldValues = { incident_summary: 'x', incident_type: 'Other', police_report: 'No' };
  const seen = { refused: 0, paid: 0, outOfCover: 0 };

  it('K10, K20 to K25, K29: pays no loss on a period not in force, and adds up to the cent at every moment', async () => {
    await fc.assert(
      fc.asyncProperty(incident, fc.array(step, { minLength: 4, maxLength: 16 }), async (happened, steps) => {
        const reported = await opened.call<ClaimResponse>('POST', '/claim', {
          policyLocator: policy.locator,
          incidentTimestamp: happened,
          status: 'open',
          fieldValues,
        });
        let claim = reported.body;
        if (happened < START || happened >= END) seen.outOfCover += 1;
        const payables: string[] = [];
        for (const one of [FIRST, ...steps]) {
          const answer = await take(one, claim, payables);
          const after = (await opened.call<ClaimResponse>('GET', `/claim/${claim.locator}`)).body;
          expect([200, 400, 404, 409]).toContain(answer.status);
          if (answer.status !== 200) {
            seen.refused += 1;
            expect(after).toEqual(claim);
          } else if ('pay' in one || 'reverse' in one)
            payables.push((answer.body as unknown as PayableResponse).locator);
          claim = after;
          await check(claim);
        }
      }),
      // Pinned, so that what the histories must have met is met in every run.
      { numRuns: 40, seed: 3 },
    );
    expect(Math.min(seen.refused, seen.paid, seen.outOfCover)).toBeGreaterThan(5);
    expect(await opened.workbench.desk.store.verify()).toMatchObject({ ok: true });
  });

  function take(one: Step, claim: ClaimResponse, payables: readonly string[]) {
    const at = `/claim/${claim.locator}`;
    const sub = (index: number) => claim.subClaims[index]?.locator ?? 'none';
    const reserves = (given: { type: string; reserve: string }) => ({ [`${given.type}Reserve`]: given.reserve });
    const update = (change: object) => opened.call('POST', `${at}/update`, change);
    if ('add' in one)
      return update({
        addSubClaims: [{ perilLocator: perils[one.add], expensesOnly: one.expensesOnly, ...reserves(one) }],
      });
    if ('set' in one) return update({ updateSubClaims: [{ subClaimLocator: sub(one.set), ...reserves(one) }] });
    if ('pay' in one)
      return opened.call('POST', '/claims/payables', {
        subClaimLocator: sub(one.pay),
        reserveType: one.type,
        amount: one.amount,
        recipient: 'x',
      });
    if ('reverse' in one)
      return opened.call('POST', '/claims/payables/reversals', { payableLocator: payables[one.reverse] ?? 'none' });
    if ('move' in one) return update({ incidentTimestamp: one.move });
    if ('sub' in one) return update({ updateSubClaims: [{ subClaimLocator: sub(one.sub), status: one.status }] });
    if ('discard' in one) return opened.call('POST', `${at}/discard`, {});
    return update({ status: one.status });
  }

  async function check(claim: ClaimResponse): Promise<void> {
    const happened = Number(claim.incidentTimestamp);
    const inForce = happened >= START && happened < END;
    let sum = new Decimal(0);
    for (const subclaim of claim.subClaims) {
      const payables = await opened.call<PayableResponse[]>('GET', `/subClaim/${subclaim.locator}/payables`);
      const paid = payables.body.reduce((all, one) => all.plus(one.amount), new Decimal(0));
      expect(paid.toFixed(2)).toBe(subclaim.totals.paid);
      expect(new Decimal(subclaim.lossReserve).plus(subclaim.expenseReserve).toFixed(2)).toBe(subclaim.totals.reserved);
      addsUp(subclaim.totals);
      if (subclaim.status === 'closed') expect(new Decimal(subclaim.totals.reserved).isZero()).toBe(true);
      const losses = payables.body.filter(({ reserveType }) => reserveType === 'loss');
      seen.paid += losses.length;
      if (!inForce || subclaim.expensesOnly)
        expect([losses.length, Number(subclaim.lossReserve)], 'no loss without cover').toEqual([0, 0]);
      sum = sum.plus(subclaim.totals.incurred);
    }
    addsUp(claim.totals);
    expect(sum.toFixed(2)).toBe(claim.totals.incurred);
    if (claim.currentStatus !== 'open') expect(new Decimal(claim.totals.reserved).isZero()).toBe(true);
  }
});

function addsUp({ reserved, paid, incurred }: TotalsResponse): void {
  expect(new Decimal(reserved).plus(paid).toFixed(2)).toBe(incurred);
}
