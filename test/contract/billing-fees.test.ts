import { describe, expect, it } from 'vitest';
import { sumOf } from '#core/billing/amounts.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { calendarDay } from '#core/model/time.ts';
import { day, deployBilled, openBilling, totals, ZONE } from './billing-support.ts';

const opened = await openBilling();
await deployBilled(
  opened,
  'charged',
  {},
  {
    'policy/fees.json': JSON.stringify({
      fees: [
        { name: 'inspection', displayName: 'Inspection', proration: 'flat' },
        { name: 'service', displayName: 'Service' },
      ],
    }),
  },
);
const add = (policy: { locator: string }, body: object, headers: Record<string, string> = {}) =>
  opened.call<PolicyResponse>('PATCH', `/policy/${policy.locator}/fees`, body, headers);
const fee = (feeName: string, amount: string | number, more: object = {}) => ({ feeName, amount, ...more });

describe('BI18: ad hoc fees', () => {
  it('are fees of the policy from their time on, invoiced with it, and shrink as fees.json says', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('charged', 'full-pay');
    opened.at('2026-03-31');
    const request = {
      addFees: [fee('inspection', 40, { description: 'Roof' }), fee('service', '75.50')],
      startTimestamp: String(day('2026-04-01')),
    };
    const added = await add(policy, request, { 'idempotency-key': 'fees' });
    expect((await add(policy, request, { 'idempotency-key': 'fees' })).body).toEqual(added.body);
    expect(
      added.body.fees.map(({ name, description, amount, startTimestamp, endTimestamp }) => [
        name,
        description,
        amount,
        ...[startTimestamp, endTimestamp].map((at) => calendarDay(Number(at), ZONE)),
      ]),
    ).toEqual([
      ['inspection', 'Roof', '40.00', '2026-04-01', '2027-01-01'],
      ['service', 'Service', '75.50', '2026-04-01', '2027-01-01'],
    ]);
    expect([added.body.grossFees, added.body.modifications[1]?.name]).toEqual(['115.50', 'modification.policy.fees']);
    const { invoices, plannedInvoices } = await opened.billing(policy);
    expect([totals(invoices), plannedInvoices]).toEqual([['1200.00', '115.50'], []]);
    expect(invoices[1]).toMatchObject({ invoiceType: 'other', transactionIssued: true });

    const { status } = await opened.call('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'lapse',
      effectiveTimestamp: String(day('2026-07-01')),
      issue: true,
    });
    expect(status).toBe(200);
    const { body: after } = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    const standing = after.fees.filter(({ reversed }) => !reversed);
    // Three of nine months of the service, the inspection whole.
    expect(standing.map(({ name, amount }) => [name, amount])).toEqual([
      ['inspection', '40.00'],
      ['service', '25.17'],
    ]);
    expect(sumOf(after.invoices.map(({ totalDue: amount }) => ({ amount }))).toFixed(2)).toBe('665.17');
  });

  it('are spread over the installments ahead, and given back by a negative one', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('charged', 'quarterly');
    await add(policy, { addFees: [fee('service', 100)] });
    expect(totals((await opened.billing(policy)).plannedInvoices)).toEqual(['325.00', '325.00', '325.00']);
    const back = await add(policy, { addFees: [fee('service', -100)] });
    expect(back.body.grossFees).toBe('0.00');
    // The first quarter is invoiced: its part is caught up, and comes back on the next one (BI16, BI20).
    const { invoices, plannedInvoices } = await opened.billing(policy);
    expect(totals(invoices)).toEqual(['300.00', '25.00']);
    expect(totals(plannedInvoices)).toEqual(['275.00', '300.00', '300.00']);
  });

  it('are refused where something is wrong with them, naming all of it', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('charged', 'full-pay');
    const wrong = await add(policy, { addFees: [fee('nothing', 1), fee('service', '0.001'), fee('service', 0)] });
    expect(wrong).toMatchObject({
      status: 400,
      body: {
        code: 'invalid-fields',
        fieldErrors: [
          { path: 'addFees[0]', fieldName: 'feeName', message: expect.stringContaining('inspection, service') },
          { path: 'addFees[1]', fieldName: 'amount' },
          { path: 'addFees[2]', fieldName: 'amount' },
        ],
      },
    });
    expect((await add(policy, { addFees: [] })).status).toBe(400);
    const beyond = await add(policy, { addFees: [fee('service', 1)], startTimestamp: String(day('2027-02-01')) });
    expect(beyond.status).toBe(400);
    expect((await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`)).body.fees).toEqual([]);
  });
});
