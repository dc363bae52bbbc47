import { describe, expect, it } from 'vitest';
import type { BillingRun } from '#core/billing/run.ts';
import type { InvoiceResponse, PaymentResponse, PolicyResponse } from '#core/model/policy.ts';
import { calendarDay } from '#core/model/time.ts';
import type { GraceWithDocument } from '#core/policy/invoices.ts';
import { type Billed, day, deployBilled, openBilling, ZONE } from './billing-support.ts';

const LAPSE = { lapse: { gracePeriodDays: 30, reinstatementPeriodDays: 90 } };
const opened = await openBilling();
await deployBilled(opened, 'lapsing', LAPSE);
await deployBilled(opened, 'patient');

const run = async (on: Billed = opened): Promise<BillingRun> =>
  (await on.call<BillingRun>('POST', '/api/billing/run')).body;
const graces = async (policy: { locator: string }, on: Billed = opened) =>
  (await on.call<GraceWithDocument[]>('GET', `/policy/${policy.locator}/gracePeriods`)).body;
const pay = (invoice: { locator: string } | undefined, on: Billed = opened) =>
  on.call<PaymentResponse>('POST', `/invoice/${invoice?.locator}/pay`);
const dayOf = (timestamp: string | undefined): string => calendarDay(Number(timestamp), ZONE);
/** A policy whose invoice of 20 December was due on 3 January. */
async function late(product = 'lapsing', on: Billed = opened): Promise<PolicyResponse> {
  on.at('2025-12-20');
  const policy = await on.issue(product, 'full-pay');
  on.at('2026-01-04');
  return policy;
}

describe('an invoice that is not paid in time', () => {
  it('BI60, BI61: opens one grace period, which paying settles', async () => {
    const policy = await late();
    const first = await run();
    expect([first.graceOpened.length, (await run()).graceOpened.length]).toEqual([1, 0]);
    const [grace] = await graces(policy);
    expect(grace).toMatchObject({
      invoiceLocator: policy.invoices[0]?.locator,
      startTimestamp: String(day('2026-01-04')),
    });
    expect([dayOf(grace?.endTimestamp), grace?.settledTimestamp]).toEqual(['2026-02-02', undefined]);
    opened.at('2026-01-20');
    await pay(policy.invoices[0]);
    expect(await opened.call('GET', `/gracePeriod/${grace?.locator}`)).toMatchObject({
      body: { settledTimestamp: String(day('2026-01-20')) },
    });
    opened.at('2026-03-01');
    expect(await run()).toMatchObject({ graceOpened: [], lapsed: [], failures: [] });
  });

  it('BI60: is nothing where the product grants no grace, and before it is due', async () => {
    const policy = await late('patient');
    const early = await opened.issue('lapsing', 'full-pay');
    expect((await run()).failures).toEqual([]);
    expect([await graces(policy), await graces(early)]).toEqual([[], []]);
    await pay(early.invoices[0]);
  });

  it('BI63, BI64: lapses at its end: a cancellation named lapse, what is owed is settled', async () => {
    const policy = await late();
    await run();
    opened.at(day('2026-02-03') + 1);
    const done = await run();
    expect([done.lapsed, done.failures]).toEqual([[policy.locator], []]);
    const [grace] = await graces(policy);
    // A payment on another device would settle it: every step of the lapse says that it knew of none (SY33).
    expect(
      opened.workbench.desk.store.history('gracePeriod', grace?.locator ?? '').map(({ command }) => command),
    ).toEqual(['gracePeriod.open', 'cancellation.create', 'transaction.issue', 'gracePeriod.end']);
    const { body } = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(body.cancellation).toMatchObject({
      modificationName: 'modification.policy.lapse',
      effectiveTimestamp: String(day('2026-02-03') + 1),
    });
    expect(await opened.call('GET', `/cancellations/${grace?.cancellationLocator}`)).toMatchObject({
      body: { name: 'lapse', state: 'issued' },
    });
    // 1200.00 were invoiced, 107.14 of it is for January and two days: 1092.86 come back as a credit, the rest is given up.
    expect(
      body.invoices.map(({ totalDue, settlementType, payments }) => [
        totalDue,
        settlementType,
        payments.map(({ amount }) => amount),
      ]),
    ).toEqual([
      ['1200.00', 'writtenOff', ['1092.86']],
      ['-1092.86', 'carriedForward', ['-1092.86']],
    ]);
    expect(await run()).toMatchObject({ graceOpened: [], lapsed: [], graceSettled: [], failures: [] });
  });

  it('BI63: lapses a policy that has not begun from its beginning', async () => {
    opened.at('2025-09-01');
    const policy = await opened.issue('lapsing', 'full-pay');
    opened.at('2025-09-16');
    await run();
    opened.at('2025-10-17');
    expect(await run()).toMatchObject({ lapsed: [policy.locator], failures: [] });
    const { body } = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(body.cancellation?.effectiveTimestamp).toBe(String(day('2026-01-01')));
    expect(body.invoices.map(({ settlementType }) => settlementType)).toEqual(['paid', 'carriedForward']);
  });

  it('BI63: is not kept from lapsing by what is accepted and even paid for', async () => {
    const policy = await late();
    await run();
    const { body: endorsement } = await opened.call<{ locator: string }>(
      'POST',
      `/policies/${policy.locator}/endorsements`,
      {
        endorsementName: 'change',
        startTimestamp: String(day('2026-07-01')),
        addExposures: [{ exposureName: 'thing', fieldValues: { value: 1 }, perils: [{ name: 'loss' }] }],
        state: 'accepted',
      },
    );
    const added = (await opened.billing(policy)).invoices[1];
    expect([added?.totalDue, (await pay(added)).status]).toEqual(['600.00', 200]);
    opened.at(day('2026-02-03') + 1);
    expect(await run()).toMatchObject({ lapsed: [policy.locator], failures: [] });
    const back = (await opened.billing(policy)).invoices[1];
    expect(back).toMatchObject({ settlementType: 'invalidated', payments: [{ reversedTimestamp: expect.anything() }] });
    expect((await opened.call<{ state: string }>('GET', `/endorsements/${endorsement.locator}`)).body.state).toBe(
      'invalidated',
    );
  });

  it('BI60: a laptop that was closed for months lets nothing lapse before the day is over', async () => {
    const policy = await late();
    opened.at('2026-06-10');
    expect(await run()).toMatchObject({ lapsed: [] });
    expect(dayOf((await graces(policy))[0]?.endTimestamp)).toBe('2026-06-10');
    opened.at('2026-06-11');
    expect((await run()).lapsed).toEqual([policy.locator]);
  });

  it('PATCH moves its end and the time of the lapse; one that is over stays', async () => {
    const policy = await late();
    await run();
    const [grace] = await graces(policy);
    const patch = (body: object) => opened.call<GraceWithDocument>('PATCH', `/gracePeriod/${grace?.locator}`, body);
    const moved = await patch({ endTimestamp: String(day('2026-01-10')), cancelEffectiveTimestamp: day('2026-01-31') });
    expect(moved.body).toMatchObject({
      endTimestamp: String(day('2026-01-10')),
      cancelEffectiveTimestamp: String(day('2026-01-31')),
    });
    expect((await patch({ resetCancelEffectiveTimestamp: true })).body.cancelEffectiveTimestamp).toBeUndefined();
    await patch({ cancelEffectiveTimestamp: day('2026-01-31') });
    expect((await patch({ endTimestamp: '1' })).status).toBe(400);
    opened.at('2026-01-11');
    expect((await run()).lapsed).toEqual([policy.locator]);
    const { body } = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(body.cancellation?.effectiveTimestamp).toBe(String(day('2026-01-31')));
    expect((await patch({ endTimestamp: String(day('2026-09-01')) })).status).toBe(409);
  });

  it('BI63: a policy that is cancelled already does not lapse; its debt stays', async () => {
    const policy = await late();
    await run();
    await opened.call('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'lapse',
      effectiveTimestamp: String(day('2026-01-02')),
      issue: true,
    });
    await opened.call('PATCH', `/invoice/${policy.invoices[0]?.locator}/writeOff`);
    opened.at('2026-04-01');
    expect(await run()).toMatchObject({ lapsed: [], failures: [] });
  });

  it('BI61, BI62: a reversed payment gives grace once more', async () => {
    const policy = await late();
    await run();
    const payment = await pay(policy.invoices[0]);
    expect((await graces(policy)).length).toBe(1);
    opened.at('2026-03-01');
    await opened.call('POST', `/payment/${payment.body.locator}/reverse`);
    await run();
    const periods = await graces(policy);
    expect([periods.length, dayOf(periods[1]?.endTimestamp)]).toEqual([2, '2026-03-01']);
    opened.at('2026-03-02');
    expect((await run()).lapsed).toEqual([policy.locator]);
  });
});

describe('the plugins of grace', async () => {
  const asked = await openBilling();
  const plugins = Object.fromEntries(
    ['getPreGraceResult', 'getPostPaymentReversal'].map((name) => [name, { path: 'main/grace.js', enabled: true }]),
  );
  await deployBilled(
    asked,
    'asked',
    { ...LAPSE, plugins },
    {
      'scripts/main/grace.js': `
      const DAY = 86400000;
      exports.getPreGraceResult = (data) => {
        const types = [typeof data.defaultGracePeriodDays, typeof data.policy.originalContractStartTimestamp];
        if (types.join() !== 'string,string' || data.tenantTimeZone !== 'America/Los_Angeles' || !data.invoiceLocator) throw 'bad data';
        return { gracePeriodEndTimestamp: Date.now() + 3 * DAY, cancelEffectiveTimestamp: String(Date.now() + 5 * DAY) };
      };
      exports.getPostPaymentReversal = (data) => {
        if (data.operationType !== 'payment_reversal' || data.invoiceAmount !== '1200.00') throw 'bad data';
        return { gracePeriodEndTimestamp: Math.max(Date.now(), Number(data.invoiceDueTimestamp)) + Number(data.gracePeriodDays) * DAY };
      };`,
    },
  );
  await deployBilled(
    asked,
    'broken',
    { ...LAPSE, plugins: { getPreGraceResult: { path: 'main/broken.js', enabled: true } } },
    {
      'scripts/main/broken.js': 'exports.getPreGraceResult = () => ({ gracePeriodEndTimestamp: "soon" });',
    },
  );

  it('BI60: getPreGraceResult moves the end and the time of the lapse', async () => {
    const policy = await late('asked', asked);
    await run(asked);
    const [grace] = await graces(policy, asked);
    expect([dayOf(grace?.endTimestamp), dayOf(grace?.cancelEffectiveTimestamp)]).toEqual(['2026-01-07', '2026-01-09']);
  });

  it('BI62: getPostPaymentReversal names the end of the grace after a reversal', async () => {
    const policy = await late('asked', asked);
    const payment = await pay(policy.invoices[0], asked);
    asked.at('2026-05-01');
    const reversed = await asked.call('POST', `/payment/${payment.body.locator}/reverse`);
    expect(reversed.status).toBe(200);
    const [grace] = await graces(policy, asked);
    expect(dayOf(grace?.endTimestamp)).toBe('2026-05-31');
  });

  it('BI60: one that fails is reported and holds nobody else up', async () => {
    const broken = await late('broken', asked);
    const policy = await asked.issue('asked', 'full-pay');
    asked.at('2026-06-30');
    const done = await run(asked);
    expect(done.failures).toMatchObject([
      { policyLocator: broken.locator, code: 'plugin-failed', message: expect.stringContaining('"soon" is no time') },
    ]);
    expect((await graces(policy, asked)).length).toBe(1);
  });
});

describe('what a closed workbench missed', async () => {
  it('BI60: is done when it is opened again', async () => {
    const before = await openBilling();
    await deployBilled(before, 'reopened', LAPSE);
    const policy = await before.issue('reopened', 'monthly');
    await before.workbench.close();
    const after = await openBilling({ folder: before.folder, key: before.key }, '2026-02-20');
    const issued = async (): Promise<number> =>
      (await after.call<InvoiceResponse[]>('GET', `/policies/${policy.locator}/invoices`)).body.length;
    await expect.poll(issued, { timeout: 20_000 }).toBe(3);
  });
});
