import { describe, expect, it } from 'vitest';
import { sumOf } from '#core/billing/amounts.ts';
import type { BillingRun } from '#core/billing/run.ts';
import type { InvoiceResponse, PaymentResponse, PolicyResponse } from '#core/model/policy.ts';
import { calendarDay } from '#core/model/time.ts';
import type { PolicyBilling } from '#core/policy/invoices.ts';
import { day, deployBilled, openBilling, PAYMENT_FILE, totals, ZONE } from './billing-support.ts';

const opened = await openBilling();
await deployBilled(opened, 'plain');
const post = <T>(path: string, body: object = {}, headers: Record<string, string> = {}) =>
  opened.call<T>('POST', path, body, headers);
const run = async (): Promise<BillingRun> => (await post<BillingRun>('/api/billing/run')).body;
const endorse = (policy: PolicyResponse, effective: string, more: object) =>
  post<{ locator: string; plannedInvoices?: readonly InvoiceResponse[] }>(`/policies/${policy.locator}/endorsements`, {
    endorsementName: 'change',
    startTimestamp: String(day(effective)),
    ...more,
  });
const second = { addExposures: [{ exposureName: 'thing', fieldValues: { value: 1 }, perils: [{ name: 'loss' }] }] };
const allOf = ({ invoices, plannedInvoices }: PolicyBilling) =>
  sumOf([
    ...invoices
      .filter(({ settlementType }) => settlementType !== 'invalidated')
      .flatMap(({ financialTransactions }) => financialTransactions),
    ...plannedInvoices.flatMap(({ financialTransactions }) => financialTransactions),
  ]).toFixed(2);
const gross = async ({ locator }: { locator: string }) => {
  const { body } = await opened.call<PolicyResponse>('GET', `/policy/${locator}`);
  const rows = body.exposures.flatMap(({ perils }) => perils.flatMap(({ characteristics }) => characteristics));
  const standing = rows.filter(({ replacedTimestamp }) => replacedTimestamp === undefined);
  return sumOf(standing.map(({ premium = '0' }) => ({ amount: premium }))).toFixed(2);
};

describe('a policy that is paid monthly', () => {
  it('is invoiced month by month as time goes on, and an endorsement bills the difference', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('plain', 'monthly');
    expect(policy.paymentScheduleName).toBe('monthly');
    expect(
      policy.invoices.map(({ totalDue, invoiceType, transactionIssued }) => [totalDue, invoiceType, transactionIssued]),
    ).toEqual([['100.00', 'newBusiness', true]]);
    expect(totals((await opened.billing(policy)).plannedInvoices)).toEqual(Array(11).fill('100.00'));
    expect((await run()).issued).toEqual([]);

    opened.at('2026-02-20');
    const first = await run();
    expect(first.issued.length).toBe(2);
    expect((await run()).issued).toEqual([]);
    const invoices = (await opened.billing(policy)).invoices;
    expect(
      invoices.map(({ startTimestamp, dueTimestamp }) =>
        [startTimestamp, dueTimestamp].map((at) => calendarDay(Number(at), ZONE)),
      ),
    ).toEqual([
      ['2026-01-01', '2026-01-03'],
      ['2026-02-01', '2026-03-06'],
      ['2026-03-01', '2026-03-06'],
    ]);

    const before = JSON.stringify(invoices);
    const { body: draft } = await endorse(policy, '2026-04-01', { ...second, state: 'quoted' });
    expect(totals(draft.plannedInvoices ?? [])).toEqual(Array(9).fill('200.00'));
    await opened.call('PATCH', `/endorsements/${draft.locator}/issue`);
    const after = await opened.billing(policy);
    expect(JSON.stringify(after.invoices)).toBe(before);
    expect(totals(after.plannedInvoices)).toEqual(Array(9).fill('200.00'));
    expect(allOf(after)).toBe(await gross(policy));
  });

  it('BI20: a cancellation gives back what was paid beyond it, the installments ahead fall away', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('plain', 'quarterly');
    opened.at('2026-01-10');
    const { status } = await post(`/policies/${policy.locator}/cancellations`, {
      name: 'lapse',
      effectiveTimestamp: String(day('2026-02-01')),
      issue: true,
    });
    expect(status).toBe(200);
    const billing = await opened.billing(policy);
    expect(billing.plannedInvoices).toEqual([]);
    expect(
      billing.invoices.map(({ totalDue, invoiceType, settlementStatus }) => [totalDue, invoiceType, settlementStatus]),
    ).toEqual([
      ['300.00', 'newBusiness', 'outstanding'],
      ['-200.00', 'cancellation', 'outstanding'],
    ]);
    expect(allOf(billing)).toBe(await gross(policy));
  });

  it('BI31, BI32: an accepted endorsement holds the run up; taken back, everything is planned as it was', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('plain', 'monthly');
    const before = await opened.billing(policy);
    opened.at('2026-01-10');
    const { body: endorsement } = await endorse(policy, '2026-01-01', { ...second, state: 'accepted' });
    expect(totals((await opened.billing(policy)).invoices)).toEqual(['100.00', '100.00']);
    opened.at('2026-02-20');
    expect((await run()).waiting).toEqual([policy.locator]);
    await opened.call('PATCH', `/endorsements/${endorsement.locator}/invalidate`);
    const after = await opened.billing(policy);
    expect(after.plannedInvoices).toEqual(before.plannedInvoices);
    expect(after.invoices.map(({ settlementType }) => settlementType)).toEqual([undefined, 'invalidated']);
    expect((await run()).issued.length).toBe(2);
  });

  it('BI21, BI24, BI33: changes its schedule for what is not invoiced, and issues the next invoice early', async () => {
    opened.at('2025-12-20');
    const policy = await opened.issue('plain', 'monthly');
    const path = `/policy/${policy.locator}`;
    const early = await post<InvoiceResponse>(`${path}/issueNextInvoice`, {}, { 'idempotency-key': 'next' });
    const again = await post<InvoiceResponse>(`${path}/issueNextInvoice`, {}, { 'idempotency-key': 'next' });
    expect([early.body.totalDue, early.body.locator]).toEqual(['100.00', again.body.locator]);
    const changed = await post<PolicyBilling>(`${path}/paymentSchedule`, { newPaymentScheduleName: 'quarterly' });
    expect(totals(changed.body.plannedInvoices)).toEqual(['300.00', '300.00', '300.00']);
    expect(totals(changed.body.invoices)).toEqual(['100.00', '100.00', '100.00']);
    expect((await opened.call<PolicyResponse>('GET', path)).body.paymentScheduleName).toBe('quarterly');
    const unknown = await post(`${path}/paymentSchedule`, { newPaymentScheduleName: 'hourly' });
    expect([unknown.status, unknown.body]).toMatchObject([400, { code: 'invalid-fields' }]);
  });
});

describe('paying', async () => {
  const paid = await openBilling();
  await deployBilled(paid, 'paid', {}, { 'payment/payment.json': PAYMENT_FILE });
  const pay = <T = PaymentResponse>(invoice: { locator: string }, body: object, headers: Record<string, string> = {}) =>
    paid.call<T>('POST', `/invoice/${invoice.locator}/pay`, body, headers);
  const read = async (invoice: { locator: string }) =>
    (await paid.call<InvoiceResponse>('GET', `/invoice/${invoice.locator}`)).body;
  const card = { fieldValues: { method: 'Card' } };
  const invoiced = async (schedule = 'full-pay') => {
    paid.at('2025-12-20');
    const policy = await paid.issue('paid', schedule);
    const [invoice] = policy.invoices;
    if (!invoice) throw new Error('no invoice');
    return { policy, invoice };
  };

  it('BI50: in parts, the rest by default; more than is outstanding is refused; a retry pays once', async () => {
    const { invoice } = await invoiced();
    const part = await pay(invoice, { amount: '200.5', ...card }, { 'idempotency-key': 'part' });
    expect(part.body).toMatchObject({ amount: '200.50', amountCurrency: 'USD', fieldValues: { method: ['Card'] } });
    const retry = await pay(invoice, { amount: '200.5', ...card }, { 'idempotency-key': 'part' });
    expect(retry.body.locator).toBe(part.body.locator);
    expect(await read(invoice)).toMatchObject({ settlementStatus: 'outstanding', payments: [{ amount: '200.50' }] });
    const much = await pay(invoice, { amount: 1000, ...card });
    expect(much).toMatchObject({ status: 400, body: { message: expect.stringContaining('Only 999.50 USD') } });
    for (const amount of ['0', '-1', '0.001', 'much'])
      expect((await pay(invoice, { amount, ...card })).status, amount).toBe(400);
    expect((await pay(invoice, card)).body.amount).toBe('999.50');
    expect(await read(invoice)).toMatchObject({
      settlementStatus: 'settled',
      settlementType: 'paid',
      statuses: [{ status: 'unfulfilled' }, { status: 'paid' }],
    });
    expect((await pay(invoice, card)).status).toBe(409);
  });

  it('BI50: checks the fields of payments as they are configured', async () => {
    const { invoice } = await invoiced();
    const wrong = await pay(invoice, { fieldValues: { method: 'Barter' } });
    expect(wrong).toMatchObject({
      status: 400,
      body: { code: 'invalid-fields', fieldErrors: [{ fieldName: 'method' }] },
    });
    expect((await pay(invoice, {})).status).toBe(400);
    expect((await read(invoice)).payments).toEqual([]);
  });

  it('BI52: a reversed payment is owed again', async () => {
    const { invoice } = await invoiced();
    const payment = await pay(invoice, card);
    const reverse = () => paid.call<PaymentResponse>('PATCH', `/payment/${payment.body.locator}/reverse`);
    expect((await reverse()).body.reversedTimestamp).toBe(String(paid.clock.now));
    const after = await read(invoice);
    expect(after.statuses.map(({ status }) => status)).toEqual(['unfulfilled', 'paid', 'unfulfilled']);
    expect([after.settlementStatus, after.settlementType]).toEqual(['outstanding', undefined]);
    expect((await reverse()).status).toBe(409);
  });

  it('BI51: a write-off settles what is outstanding', async () => {
    const { invoice } = await invoiced();
    await pay(invoice, { amount: 1, ...card });
    const off = await paid.call<InvoiceResponse>('PATCH', `/invoice/${invoice.locator}/writeOff`);
    expect(off.body).toMatchObject({ settlementStatus: 'settled', settlementType: 'writtenOff' });
    expect((await pay(invoice, card)).status).toBe(409);
  });

  it('BI53, BI54: a credit pays for what is owed before it is paid out', async () => {
    const { policy, invoice } = await invoiced();
    await pay(invoice, { amount: 1100, ...card });
    await paid.call('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'lapse',
      effectiveTimestamp: String(day('2026-07-01')),
      issue: true,
    });
    const credit = (await paid.billing(policy)).invoices.at(-1);
    if (!credit) throw new Error('no credit');
    expect(credit.totalDue).toBe('-600.00');
    const refund = (body: object = card) =>
      paid.call<PaymentResponse>('POST', `/invoice/${credit.locator}/refund`, body);
    expect((await pay(credit, card)).status).toBe(409);
    expect((await refund()).status).toBe(409);
    const carried = await paid.call<InvoiceResponse>('POST', `/invoice/${credit.locator}/carryForward`);
    expect(carried.body).toMatchObject({ settlementStatus: 'outstanding', payments: [{ amount: '-100.00' }] });
    expect(await read(invoice)).toMatchObject({
      settlementType: 'paid',
      payments: [{ amount: '1100.00' }, { amount: '100.00' }],
    });
    expect((await refund({ amount: 600, ...card })).status).toBe(400);
    expect((await refund()).body.amount).toBe('-500.00');
    expect(await read(credit)).toMatchObject({ settlementType: 'paid' });
    const { invoices } = await paid.billing(policy);
    const moved = sumOf(invoices.flatMap(({ payments }) => payments)).toFixed(2);
    expect(moved).toBe(sumOf(invoices.map(({ totalDue }) => ({ amount: totalDue }))).toFixed(2));
  });

  it('BI55: a credit that may still be taken back pays for nothing', async () => {
    const { policy } = await invoiced();
    const { body: added } = await paid.call<{ locator: string }>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'change',
      startTimestamp: String(day('2026-07-01')),
      ...second,
      state: 'issued',
    });
    const exposure = (await paid.call<PolicyResponse>('GET', `/policy/${policy.locator}`)).body.exposures[1];
    const { body: ended } = await paid.call<{ locator: string }>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'change',
      startTimestamp: String(day('2026-10-01')),
      endExposures: [exposure?.locator],
      state: 'accepted',
    });
    const credit = (await paid.billing(policy)).invoices[2];
    expect([added.locator === ended.locator, credit?.totalDue]).toEqual([false, '-300.00']);
    for (const action of ['refund', 'carryForward'])
      expect((await paid.call('POST', `/invoice/${credit?.locator}/${action}`)).status, action).toBe(409);
    expect((await paid.call('PATCH', `/endorsements/${ended.locator}/issue`)).status).toBe(200);
    expect((await paid.call('POST', `/invoice/${credit?.locator}/carryForward`)).status).toBe(200);
  });

  it('finds invoices by policy, policyholder, number; financial transactions by invoice', async () => {
    const { policy, invoice } = await invoiced('monthly');
    const lists = await Promise.all(
      [`/policies/${policy.locator}/invoices`, `/policyholder/${policy.policyholderLocator}/invoices`].map((path) =>
        paid.call<InvoiceResponse[]>('GET', path),
      ),
    );
    expect(lists.map(({ body }) => body.map(({ locator }) => locator))).toEqual([[invoice.locator], [invoice.locator]]);
    expect((await paid.call<InvoiceResponse>('GET', `/invoice/${invoice.displayId}`)).body.locator).toBe(
      invoice.locator,
    );
    const { body: items } = await paid.call('GET', `/invoice/${invoice.locator}/financialTransactions`);
    expect(items).toMatchObject({
      financialTransactions: [{ type: 'premium', amount: '100.00', perilName: 'loss' }],
    });
    const { body: planned } = await paid.call<InvoiceResponse[]>('GET', `/policies/${policy.locator}/plannedInvoices`);
    expect(totals(planned)).toEqual(Array(11).fill('100.00'));
    expect((await paid.call('GET', '/invoice/nothing')).status).toBe(404);
  });
});
