import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumOf } from '#core/billing/amounts.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { InvoiceResponse, PolicyResponse } from '#core/model/policy.ts';
import { addCalendar } from '#core/model/time.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import type { PriceChange } from '#core/policy/transactions/price.ts';
import { LONG, tries } from '#core/pricing/testing/tries.ts';
import { day, deployBilled, openBilling, SCHEDULES, ZONE } from './billing-support.ts';

/** A product with all that is charged: premium, tax, commission, fees of both kinds, and a holdback on what is given back. */
const opened = await openBilling();
await deployBilled(
  opened,
  'whole',
  { plugins: { getProrationResult: { path: 'main/prorate.js', enabled: true } }, lapse: { gracePeriodDays: 20 } },
  {
    'policy/exposures/thing/perils/loss.premium.liquid':
      "{{ value | times: 1.37 | plus: 1234.56 | set_year_premium }}{{ 61.73 | add_commission: 'broker' }}",
    'policy/taxes/taxes.json': '{"taxes":[{"name":"state","displayName":"State"}]}',
    'policy/taxes/state.premium.liquid':
      '{{ data.peril_characteristics.premium | times: 0.0475 | set_peril_tax: "State" }}',
    'policy/fees.json': JSON.stringify({
      fees: [
        { name: 'service', displayName: 'Service', proration: 'proratable' },
        { name: 'stamp', displayName: 'Stamp', proration: 'flat' },
      ],
    }),
    'policy/policy.calculations.liquid':
      "{{ 36.5 | add_fee: 'service', 'Service' }}{{ 10 | add_fee: 'stamp', 'Stamp' }}",
    'scripts/main/prorate.js': `
      exports.getProrationResult = ({ operation, items, segmentSplitTimestamp: split }) => ({
        items: items.map((item) => {
          const [start, end] = [item.segmentStartTimestamp, item.segmentEndTimestamp].map(Number);
          const kept = Math.round((Number(item.amount) * 100 * (Number(split) - start)) / (end - start)) / 100;
          const held = operation === 'cancellation' ? Math.round((Number(item.amount) - kept) * 10) / 100 : 0;
          return { id: item.id, proratedAmount: String(kept), holdbackAmount: held.toFixed(2) };
        }),
      });`,
  },
);

type Move =
  | { readonly kind: 'endorse'; readonly day: number; readonly value: number; readonly state: 'accepted' | 'issued' }
  | { readonly kind: 'cancel' | 'reinstateLater' | 'fee'; readonly day: number }
  | { readonly kind: 'issue' | 'invalidate' | 'renew' | 'reinstate' | 'next' | 'reverse' | 'writeOff' | 'settle' }
  | { readonly kind: 'pay'; readonly percent: number }
  | { readonly kind: 'schedule'; readonly name: string }
  | { readonly kind: 'wait'; readonly days: number };

const days = fc.integer({ min: 0, max: 380 });
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('endorse' as const),
      day: days,
      value: fc.integer({ min: -900, max: 900 }),
      state: fc.constantFrom('issued' as const, 'issued' as const, 'accepted' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'reinstateLater' as const, 'fee' as const),
      day: days,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['issue', 'invalidate', 'renew', 'reinstate', 'next', 'reverse', 'writeOff', 'settle'] as const),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pay' as const), percent: fc.constantFrom(1, 33, 50, 100, 100) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('schedule' as const),
      name: fc.constantFrom(...SCHEDULES.map(({ name }) => name)),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 60 }) }) },
);

/** Refusals are answers; what breaks is not. @returns the body of what was done */
async function ask<T>(method: string, path: string, body: object = {}): Promise<T | undefined> {
  const { status, body: answer } = await opened.call<T>(method, path, body);
  expect(status, `${method} ${path}: ${JSON.stringify(answer)}`).toBeLessThan(500);
  return status === 200 ? answer : undefined;
}
async function get<T>(path: string): Promise<T> {
  const { status, body } = await opened.call<T>('GET', path);
  expect(status, path).toBe(200);
  return body;
}

interface Waiting {
  readonly locator: string;
  readonly state: string;
  readonly price?: PriceChange;
}
/** What was accepted and is not issued: billed already, and no part of the policy yet. */
async function waitingOf(policy: PolicyResponse): Promise<readonly Waiting[]> {
  const lists = await Promise.all(
    ['endorsements', 'renewals'].map((kind) => get<readonly Waiting[]>(`/policies/${policy.locator}/${kind}`)),
  );
  return lists.flat().filter(({ state }) => state === 'accepted');
}

/** Settled questions, 3, as anybody can check it through the door: to the cent, in all and for each kind of charge. */
async function obeys({ locator }: PolicyResponse): Promise<void> {
  const policy = await get<PolicyResponse>(`/policy/${locator}`);
  const { gross } = await get<TimelineResponse>(`/api/policies/${locator}/timeline`);
  const billing = await opened.billing(policy);
  const invoices = billing.invoices.filter(({ settlementType }) => settlementType !== 'invalidated');
  const items = [...invoices, ...billing.plannedInvoices].flatMap((invoice) => invoice.financialTransactions);
  const of = (type: string): string => sumOf(items.filter((item) => item.type === type)).toFixed(2);
  const waiting = (await waitingOf(policy)).flatMap(({ price }) => price ?? []);
  const with_ = (amount: string, change: 'premiumChange' | 'taxChange' | 'feeChange' | 'holdbackChange'): string =>
    sumOf([{ amount }, ...waiting.map((price) => ({ amount: price[change] }))]).toFixed(2);
  expect({ premium: of('premium'), tax: of('tax'), fee: of('fee'), holdback: of('holdback') }).toEqual({
    premium: with_(gross.premium, 'premiumChange'),
    tax: with_(gross.taxes, 'taxChange'),
    fee: with_(gross.fees, 'feeChange'),
    holdback: with_(gross.holdbacks, 'holdbackChange'),
  });
  expect(policy.grossFees).toBe(gross.fees);
  const due = sumOf([...invoices, ...billing.plannedInvoices].map(({ totalDue: amount }) => ({ amount })));
  expect(due.toFixed(2)).toBe(sumOf(items.filter(({ type }) => type !== 'commission')).toFixed(2));
  for (const { totalDue, settlementStatus, settlementType, payments } of invoices) {
    const paid = sumOf(payments.filter(({ reversedTimestamp }) => reversedTimestamp === undefined));
    const left = new Decimal(totalDue).minus(paid);
    if (settlementType === 'paid' || settlementType === 'carriedForward') expect(left.toFixed(2)).toBe('0.00');
    if (settlementStatus === 'outstanding') expect(left.isZero()).toBe(false);
    expect(paid.isZero() || paid.isNegative() === new Decimal(totalDue).isNegative()).toBe(true);
  }
}

async function perform(policy: PolicyResponse, what: Move): Promise<void> {
  const path = `/policies/${policy.locator}`;
  const at = (count: number): string => String(addCalendar(day('2026-01-01'), { days: count }, ZONE));
  switch (what.kind) {
    case 'endorse': {
      const made = await ask<Waiting>('POST', `${path}/endorsements`, {
        endorsementName: 'change',
        startTimestamp: at(what.day),
        updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { value: what.value } }],
        conflictHandling: what.value % 2 === 0 ? 'invalidate' : 'block',
        state: what.state,
      });
      if (made) expect(['accepted', 'issued']).toContain(made.state);
      return;
    }
    case 'cancel':
      await ask('POST', `${path}/cancellations`, { name: 'lapse', effectiveTimestamp: at(what.day), issue: true });
      return;
    case 'reinstate':
    case 'reinstateLater': {
      const cancellations = await get<readonly Waiting[]>(`${path}/cancellations`);
      const last = cancellations.findLast(({ state }) => state === 'issued');
      const gap = 'day' in what ? { effectiveTimestamp: at(what.day) } : {};
      if (last) await ask('PATCH', `/cancellations/${last.locator}/reinstate`, { ...gap, issue: true });
      return;
    }
    case 'fee':
      await ask('PATCH', `/policy/${policy.locator}/fees`, {
        addFees: [
          { feeName: what.day % 2 === 0 ? 'service' : 'stamp', amount: what.day % 3 === 0 ? '-7.77' : '33.33' },
        ],
        startTimestamp: at(what.day),
      });
      return;
    case 'renew':
      await ask('POST', `${path}/renewals`, { state: 'issued' });
      return;
    case 'issue':
    case 'invalidate': {
      const [one] = await waitingOf(policy);
      if (one) await ask('PATCH', `/endorsements/${one.locator}/${what.kind}`);
      return;
    }
    case 'schedule':
      await ask('POST', `/policy/${policy.locator}/paymentSchedule`, { newPaymentScheduleName: what.name });
      return;
    case 'next':
      await ask('POST', `/policy/${policy.locator}/issueNextInvoice`);
      return;
    case 'wait': {
      opened.at(addCalendar(opened.clock.now, { days: what.days }, ZONE));
      const done = await ask<{ failures: readonly { policyLocator: string }[] }>('POST', '/api/billing/run');
      expect(done?.failures.filter(({ policyLocator }) => policyLocator === policy.locator)).toEqual([]);
      return;
    }
    default:
      return money(policy, what);
  }
}

/** What people do with invoices, of accepted transactions too. */
async function money(policy: PolicyResponse, what: Move): Promise<void> {
  const { invoices } = await opened.billing(policy);
  const open = invoices.filter(({ settlementStatus }) => settlementStatus === 'outstanding');
  const isCredit = ({ totalDue }: InvoiceResponse): boolean => new Decimal(totalDue).isNegative();
  const owed = open.find((invoice) => !isCredit(invoice));
  const credit = open.find(isCredit);
  if (what.kind === 'pay' && owed) {
    const left = new Decimal(owed.totalDue).minus(
      sumOf(owed.payments.filter(({ reversedTimestamp }) => !reversedTimestamp)),
    );
    await ask('POST', `/invoice/${owed.locator}/pay`, { amount: left.times(what.percent).div(100).toFixed(2) });
  }
  if (what.kind === 'writeOff' && owed) await ask('PATCH', `/invoice/${owed.locator}/writeOff`);
  if (what.kind === 'settle' && credit)
    await ask('POST', `/invoice/${credit.locator}/${owed ? 'carryForward' : 'refund'}`);
  if (what.kind === 'reverse') {
    const payments = invoices.flatMap((invoice) => invoice.payments);
    const last = payments.findLast(({ reversedTimestamp }) => reversedTimestamp === undefined);
    if (last) await ask('PATCH', `/payment/${last.locator}/reverse`);
  }
}

/** Lapsed, reinstated with a gap, and to lapse again within the gap. */
const FOUND: [string, Move[]] = [
  'full-pay',
  [
    { kind: 'wait', days: 15 },
    { kind: 'wait', days: 20 },
    { kind: 'reinstateLater', day: 59 },
    { kind: 'wait', days: 22 },
    { kind: 'wait', days: 13 },
  ],
];

describe('the money law through the door', LONG, () => {
  it('BI1: issued + planned = gross premium, taxes, fees and holdbacks, each, whatever happens to a policy', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('monthly', 'full-pay', 'quarterly'),
        fc.array(move, { minLength: 6, maxLength: 14 }),
        async (schedule, moves) => {
          opened.at('2025-12-20');
          const policy = await opened.issue('whole', schedule, {
            exposures: [{ exposureName: 'thing', fieldValues: { value: 100 }, perils: [{ name: 'loss' }] }],
          });
          await obeys(policy);
          for (const one of moves) {
            await perform(policy, one);
            await obeys(policy);
          }
        },
      ),
      { ...tries(8), examples: [FOUND] },
    );
  });
});
