import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PriceChange } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import { type Ask, askerOf, at, beginWork, issuedPolicy, shown } from './issued-policy.ts';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

describe('what is done to an issued policy, in a real browser', () => {
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

  const timeline = () => page.getByRole('region', { name: 'Timeline' });
  const openTimeline = async (): Promise<void> => {
    await page.goto(`${workbench.origin}/#/policy/${policy.locator}/timeline`);
    await timeline().getByRole('row').nth(1).waitFor();
  };
  const life = () => ask<TimelineResponse>('GET', `/api/policies/${policy.locator}/timeline`);
  const priceOf = async (locator: string, kind: string): Promise<PriceChange> =>
    (await ask<{ price: PriceChange }>('GET', `/${kind}s/${locator}`)).price;
  const totalChange = () => page.getByTestId('total-change');
  const total = async (): Promise<string> => (await totalChange().textContent()) ?? '';

  it('offers what the state of the policy allows, and says why the rest is not possible', async () => {
    await openTimeline();
    const reinstate = page.getByRole('button', { name: 'Reinstate…' });
    expect(await reinstate.getAttribute('aria-disabled')).toBe('true');
    expect(await reinstate.getAttribute('aria-description')).toContain('Only a cancelled policy');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('e');
    await page.getByRole('heading', { name: /^Endorsement/ }).waitFor();
    await page.getByText('Change something on the left', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    await timeline().waitFor();
  });

  it('endorses out of sequence: the conflict is shown with the price of each choice before anything is issued', async () => {
    const later = await ask<{ locator: string }>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'standardChange',
      startTimestamp: at('2021-12-28'),
      updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: 20_000 } }],
      state: 'issued',
    });
    await openTimeline();
    await page.getByRole('button', { name: 'Endorse…' }).click();
    await page.getByLabel('Takes effect on').fill('2021-09-28');
    await page
      .getByLabel(/^Value/)
      .and(page.locator('input[value="10000"]'))
      .fill('12000');

    const section = page.getByRole('region', { name: 'Out of sequence' });
    await section.getByText('priced again').waitFor();
    const keep = section.getByRole('radio', { name: /20000 from/ });
    const take = section.getByRole('radio', { name: /12000 throughout/ });
    expect(await keep.isChecked()).toBe(true);
    const before = await total();
    await section.getByText(before).waitFor();
    expect(await findings(page)).toEqual([]);
    await take.check();
    await totalChange().filter({ hasNotText: before }).waitFor();
    const chosen = await total();
    await section.getByText(chosen).waitFor();
    await screenshots(page, 'endorsement-conflict');

    await page.getByRole('button', { name: 'Issue…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Vehicle · Value (USD): 10000 → 12000').waitFor();
    await dialog.getByTestId('issue-effect').waitFor();
    // Escape closes the dialog; the screen beneath does not hear the same stroke.
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: /^Endorsement/ }).waitFor();
    await page.keyboard.press('Control+Enter');
    await dialog.getByRole('button', { name: 'Issue endorsement' }).click();
    await timeline().getByRole('row').nth(3).waitFor({ timeout: 60_000 });

    // What the screen said is what the policy says now.
    const { transactions } = await life();
    const early = transactions.find(({ effective }) => String(effective) === at('2021-09-28'));
    expect(shown((await priceOf(early?.locator ?? '', 'endorsement')).totalChange, true)).toBe(chosen);
    const rows = timeline().getByRole('row');
    await rows
      .filter({ hasText: 'Sep 28, 2021' })
      .getByText(shown(early?.premiumChange ?? '', true))
      .waitFor();
    await rows.filter({ hasText: 'Dec 28, 2021' }).waitFor();
    const after = await ask<PolicyResponse>('GET', `/policy/${policy.locator}`);
    const values = (after.exposures[0]?.characteristics ?? [])
      .filter(({ replacedTimestamp }) => replacedTimestamp === undefined)
      .map(({ fieldValues }) => fieldValues.vehicle_value?.[0]);
    expect(values).toEqual(['10000', '12000']);

    // The later one tells that its value gave way; arrows walk from row to row.
    await rows.filter({ hasText: 'Sep 28, 2021' }).getByRole('button').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await timeline().getByText('gave way to a back-dated change').waitFor();
    await timeline().getByText('Uma Writer').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'timeline');
    expect(later.locator).not.toBe('');
  });

  it('keeps a draft, quotes it with another exposure, takes it back and gives it up', async () => {
    await page.getByRole('button', { name: 'Endorse…' }).click();
    await page.getByLabel('Takes effect on').fill('2022-02-28');
    await page.getByRole('button', { name: 'Add Vehicle' }).click();
    await page
      .getByText(/fields? needs? attention/)
      .first()
      .waitFor();
    const second = page.getByRole('region', { name: 'Vehicle 2' });
    await second
      .getByRole('combobox', { name: /^Type/ })
      .or(second.getByRole('textbox', { name: /^Type/ }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Car', exact: true }).click();
    await second.getByLabel(/^Value/).fill('8000');
    await totalChange().waitFor();
    complaints.length = 0; // the browser itself reports that the vehicle could not be priced while it was incomplete
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.waitForURL(/\/endorse\/\d+$/);
    const quoted = await total();
    await page.getByRole('button', { name: 'Quote', exact: true }).click();
    await page.getByTestId('transaction-state').filter({ hasText: 'Quoted' }).waitFor({ timeout: 60_000 });
    await totalChange().filter({ hasText: quoted }).waitFor();
    await page.getByRole('link', { name: /^Policy 2/ }).click();
    const open = page.getByRole('region', { name: 'Not issued yet' });
    await open.getByText('Quoted').waitFor();
    await open.getByRole('button', { name: 'Take back' }).click();
    await open.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show 1 given up' }).waitFor();
  });

  it('renews: the new term beside the expiring one, line by line', async () => {
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: /^Renewal/ }).waitFor();
    await totalChange().waitFor();
    const quoted = await total();
    const compared = page.getByRole('complementary').getByRole('table');
    const expiring = (await life()).terms[0]?.grossPremium ?? '';
    await compared.getByRole('row', { name: `Premium ${shown(expiring)}` }).waitFor();
    await page
      .getByLabel(/^Value/)
      .and(page.locator('input[value="12000"]'))
      .fill('11000');
    await totalChange().filter({ hasNotText: quoted }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'renewal');
    const renewed = await total();
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Issue renewal' }).click();
    await timeline().getByRole('row').filter({ hasText: 'Renewal' }).waitFor({ timeout: 60_000 });
    const { transactions, terms } = await life();
    const renewal = transactions.find(({ kind }) => kind === 'renewal');
    const price = await priceOf(renewal?.locator ?? '', 'renewal');
    expect(shown(price.totalChange, true)).toBe(renewed);
    expect(price.premiumChange).toBe(terms[1]?.grossPremium);
  });

  it('cancels: what is given back, and of which later transactions nothing comes any more', async () => {
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: /^Cancellation/ }).waitFor();
    await page.getByLabel('Takes effect on').fill('2022-03-28');
    const section = page.getByRole('region', { name: 'Out of sequence' });
    await section.getByText('Renewal of Jun 28, 2022', { exact: false }).waitFor();
    const back = await total();
    expect(back).toMatch(/^-\$/);
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'cancellation');
    await page.getByRole('button', { name: 'Issue…' }).click();
    await page
      .getByRole('dialog')
      .getByText(`${back.slice(1)} is given back.`)
      .waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Issue cancellation' }).click();
    await timeline().getByTestId('status').filter({ hasText: 'Cancelled' }).waitFor({ timeout: 60_000 });
    const { transactions } = await life();
    const cancellation = transactions.find(({ kind }) => kind === 'cancellation');
    expect(shown((await priceOf(cancellation?.locator ?? '', 'cancellation')).totalChange, true)).toBe(back);
    expect(await page.getByRole('button', { name: 'Renew…' }).getAttribute('aria-disabled')).toBe('true');
  });

  it('reinstates without a gap: everything as it was, to the cent', async () => {
    const cancelled = await life();
    const given = cancelled.transactions.find(({ kind }) => kind === 'cancellation')?.locator ?? '';
    const lost = await priceOf(given, 'cancellation');
    await page.getByRole('button', { name: 'Reinstate…' }).click();
    await totalChange().waitFor();
    expect(await total()).toBe(shown(lost.totalChange.replace('-', ''), true));
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'reinstatement');
    await page.getByRole('button', { name: 'Issue…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Issue reinstatement' }).click();
    await timeline().getByRole('row').filter({ hasText: 'Reinstatement' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Renew…' }).waitFor();
    expect((await life()).terms).toHaveLength(2);
    expect(complaints).toEqual([]);
  });
});
