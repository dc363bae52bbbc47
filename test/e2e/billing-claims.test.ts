import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClaimResponse, PolicyBilling } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { type Ask, askerOf, beginWork, issuedPolicy, shown } from './issued-policy.ts';
import { choose, findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

describe('the money of a policy and its claims, in a real browser', () => {
  let workbench: RunningWorkbench;
  let page: Page;
  let complaints: string[];
  let ask: Ask;
  let policy: PolicyResponse;

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    const context = await workbench.browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      locale: 'en-US',
      colorScheme: 'light',
    });
    context.setDefaultTimeout(10_000);
    ({ page, complaints } = await openPage(context));
    ask = askerOf(page, workbench.origin);
    await beginWork(page, workbench.address, ask);
    policy = await issuedPolicy(ask);
  }, 180_000);
  afterAll(async () => workbench?.close());

  const billing = () => ask<PolicyBilling>('GET', `/api/policies/${policy.locator}/billing`);
  const open = () => page.getByTestId('open');
  const dialog = () => page.getByRole('dialog');

  it('shows what is charged, invoiced, paid and open; the columns add up to what the policy costs', async () => {
    await page.goto(`${workbench.origin}/#/policy/${policy.locator}/billing`);
    const { characteristics, grossFees } = policy;
    const { grossPremium = '', grossTaxes = '' } = characteristics[0] ?? {};
    const charges = page.getByRole('table', { name: 'Charges' });
    await charges.getByRole('row', { name: `Premium ${shown(grossPremium)}` }).waitFor();
    await charges.getByRole('row', { name: shown(grossTaxes) }).waitFor();
    expect(await charges.getByRole('row').allTextContents()).toHaveLength(5);
    const cents = [grossPremium, grossTaxes, grossFees].reduce(
      (sum, amount) => sum + Math.round(Number(amount) * 100),
      0,
    );
    await page
      .getByTestId('charged')
      .filter({ hasText: shown((cents / 100).toFixed(2)) })
      .waitFor();
    await open().filter({ hasText: '$915.33' }).waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('takes a payment in part and says what stays open before it does', async () => {
    await page.getByRole('table', { name: 'Invoices' }).getByRole('button', { name: 'Pay…' }).click();
    const amount = dialog().getByLabel('Amount (USD)');
    expect(await amount.inputValue()).toBe('915.33');
    await amount.fill('1000');
    await dialog().getByText('not more than what is open', { exact: false }).waitFor();
    await amount.fill('400');
    await dialog().getByText('$400.00 is paid, $515.33 stays open.').waitFor();
    await choose(page, /^Payment method/, 'Card');
    await screenshots(page, 'pay-invoice');
    await dialog().getByRole('button', { name: 'Pay $400.00' }).click();
    await open().filter({ hasText: '$515.33' }).waitFor();
    const { invoices } = await billing();
    expect(invoices[0]?.payments.map(({ amount: paid }) => paid)).toEqual(['400.00']);
    await page.getByText('Partly paid').waitFor();
  });

  it('takes a payment back, and pays the whole', async () => {
    const account = page.getByRole('table', { name: 'Running account' });
    await account.getByRole('button', { name: 'Take back…' }).click();
    await dialog().getByText('$400.00 is owed again.').waitFor();
    await dialog().getByRole('button', { name: 'Take back' }).click();
    await open().filter({ hasText: '$915.33' }).waitFor();
    await page.getByRole('table', { name: 'Invoices' }).getByRole('button', { name: 'Pay…' }).click();
    await choose(page, /^Payment method/, 'Card');
    await dialog().getByRole('button', { name: 'Pay $915.33' }).click();
    await open().filter({ hasText: '$0.00' }).waitFor();
    expect((await billing()).invoices[0]?.settlementType).toBe('paid');
    // Invoice, payment, taken back, payment: the last balance is what is open.
    await account.getByRole('row').nth(4).getByText('$0.00').waitFor();
    await page.getByRole('button', { name: /^What invoice/ }).click();
    await page
      .getByRole('link', { name: /invoice/i })
      .first()
      .waitFor({ timeout: 30_000 });
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'billing');
  });

  it('reports a claim: what was covered at the date of loss stands beside it', async () => {
    await page.getByRole('link', { name: 'Claims', exact: true }).click();
    await page.getByText('No claims on this policy.').waitFor();
    await page.keyboard.press('n');
    const coverage = page.getByRole('table', { name: 'Covered at that time' });
    await page.getByLabel('When it happened').fill('2020-01-01T10:00');
    await page.getByText('Nothing was covered on Jan 1, 2020', { exact: false }).waitFor();
    await page.getByLabel('When it happened').fill('2021-11-03T17:40');
    await coverage.getByText('Collision').waitFor();
    expect(await coverage.getByRole('row').count()).toBe(7);

    await page.getByRole('button', { name: 'Report and open' }).click();
    await page.getByRole('alert').first().waitFor();
    complaints.length = 0; // the browser itself reports the refusal of an incomplete claim
    await page.getByLabel(/^What happened/).fill('Hit from behind at a red light.');
    await choose(page, /^Kind of incident/, 'Collision');
    await choose(page, /^Police report/, 'No');
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'claim-report');
    await page.getByRole('button', { name: 'Report and open' }).click();
    await page.getByTestId('claim-status').filter({ hasText: 'Open' }).waitFor();
  });

  it('reserves and pays on a cover: what is incurred stays, and the amounts are those of the claim', async () => {
    await page.getByRole('button', { name: 'Add a sub-claim…' }).click();
    await choose(page, /^Cover/, 'Vehicle · Collision');
    await dialog().getByLabel('Loss reserve (USD)').fill('2500');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByTestId('claim-reserved').filter({ hasText: '$2,500.00' }).waitFor();

    await page.getByRole('button', { name: 'Pay…' }).click();
    await dialog().getByLabel('Amount (USD)').fill('1200.50');
    await dialog().getByLabel('Paid to').fill('Marin Motors');
    await dialog().getByText('$1,200.50 is paid to Marin Motors', { exact: false }).waitFor();
    await dialog().getByRole('button', { name: 'Pay $1,200.50' }).click();
    await page.getByTestId('claim-paid').filter({ hasText: '$1,200.50' }).waitFor();
    const [claim] = await ask<ClaimResponse[]>('GET', `/policy/${policy.locator}/claims`);
    expect(claim?.totals).toEqual({ reserved: '-1299.50', paid: '-1200.50', incurred: '-2500.00' });
    await page.getByTestId('claim-incurred').filter({ hasText: '$2,500.00' }).waitFor();
    await page.getByRole('button', { name: 'Vehicle · Collision' }).click();
    await page.getByRole('table', { name: 'Payments' }).getByText('Marin Motors').waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'claim');
  });

  it('refuses to close a claim with money set aside, says so, and closes it after that', async () => {
    await page.getByRole('button', { name: 'Close claim' }).click();
    await page
      .getByRole('alert')
      .getByText(/reserve/i)
      .first()
      .waitFor();
    complaints.length = 0; // the browser itself reports the refusal
    await page.getByRole('table', { name: 'Sub-claims' }).getByRole('button', { name: 'Close' }).click();
    await page.getByTestId('claim-reserved').filter({ hasText: '$0.00' }).waitFor();
    await page.getByRole('button', { name: 'Close claim' }).click();
    await page.getByTestId('claim-status').filter({ hasText: 'Closed' }).waitFor();
    await page.getByRole('table', { name: 'History' }).getByText('Reported').waitFor();
    expect(complaints).toEqual([]);
  });
});
