import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { choose as chooseIn, enterCar, findings } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

describe('the main job in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
  });
  afterAll(async () => workbench?.close());

  const choose = (label: RegExp, option: string): Promise<void> => chooseIn(page, label, option);
  const enterRisk = (value: string): Promise<void> => enterCar(page, value);

  it('asks who works here at the first start', async () => {
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    await page.getByText('Uma Writer').waitFor();
    expect(page.url()).not.toContain('token');
  });

  it('puts a sample product into use', async () => {
    await page.getByRole('link', { name: 'Products' }).first().click();
    await page.getByRole('button', { name: 'Add Personal auto' }).click();
    await page.getByRole('link', { name: 'New quote' }).waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('prices while typing, to the cent, and says where every number comes from', async () => {
    await page.getByRole('link', { name: 'New quote' }).click();
    await page.getByRole('button', { name: /fields? needs? attention/ }).click();
    await page.getByLabel('First name').and(page.locator(':focus')).waitFor();
    expect(await page.getByLabel('First name').getAttribute('aria-invalid')).toBe('true');
    await enterRisk('10000');
    await page.getByTestId('total').filter({ hasText: '$915.33' }).waitFor();
    await page.getByTestId('decision').filter({ hasText: 'Accepted' }).waitFor();
    expect(await findings(page)).toEqual([]);

    // Every letter can be typed, also those that are shortcuts where nobody types.
    await page.getByLabel('First name').fill('');
    await page.getByLabel('First name').pressSequentially('Ada w/n');
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada w/n');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByLabel('First name').fill('Ada');
    await page.getByTestId('total').filter({ hasText: '$915.33' }).waitFor();

    await page.getByRole('button', { name: '$119.00' }).click();
    const worksheet = page.getByRole('dialog');
    await worksheet.getByText('vehicle.vehicle_value | times: 0.0119', { exact: false }).first().waitFor();
    await worksheet.getByText('collision.premium.liquid:6').first().waitFor();
    await page.keyboard.press('Escape');
    await worksheet.waitFor({ state: 'hidden' });
  });

  it('says what is wrong with a field in its place', async () => {
    await page.getByLabel(/^Value/).fill('a lot');
    await page.getByLabel('First name').focus();
    await page
      .getByText(/number/i)
      .first()
      .waitFor();
    await page.getByLabel(/^Value/).fill('10000');
    await page.getByTestId('total').filter({ hasText: '$915.33' }).waitFor();
  });

  it('finalizes: decision with notes, documents, and nothing to edit any more', async () => {
    await page.getByRole('button', { name: 'Finalize' }).click();
    await page.getByTestId('state').filter({ hasText: 'Accepted' }).waitFor({ timeout: 60_000 });
    await page.getByText('claims-free rates', { exact: false }).waitFor();
    await page.getByText('Quote schedule').waitFor();
    expect(await page.getByLabel('First name').count()).toBe(0);
    expect(await findings(page)).toEqual([]);
  });

  it('shows a document as a real PDF', async () => {
    const [href] = await page
      .getByRole('link', { name: /PDF/ })
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    const response = await page.request.get(new URL(href ?? '', workbench.origin).href);
    expect(response.headers()['content-type']).toContain('application/pdf');
    expect((await response.body()).subarray(0, 5).toString('latin1')).toBe('%PDF-');
  });

  it('issues after saying what that means, and finds the policy on the desk', async () => {
    await page.getByRole('button', { name: 'Issue policy' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('$915.33', { exact: false }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('state').filter({ hasText: 'Issued' }).waitFor({ timeout: 60_000 });
    await page.getByText('Policy schedule').waitFor();

    await page.getByRole('link', { name: 'Desk' }).first().click();
    await page.getByLabel('Search policies and policyholders').fill('mars');
    const row = page.getByRole('row').filter({ hasText: 'Ada Marsh' });
    await row.getByText('Issued').waitFor();
    await row.getByText('$806.51').waitFor();
    await row.getByText('Personal Auto').waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('shows the life of an issued policy: transactions, and every segment with its premium', async () => {
    await page.getByRole('row').filter({ hasText: 'Ada Marsh' }).getByRole('link').first().click();
    await page.getByTestId('state').filter({ hasText: 'Issued' }).waitFor();
    const locator = page.url().split('/')[5] ?? '';
    const endorsed = await page.evaluate(async (policy) => {
      const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
        const content = body ? { body: JSON.stringify(body) } : {};
        const answer = await fetch(path, { method, headers: { 'content-type': 'application/json' }, ...content });
        return (await answer.json()) as T;
      };
      const { exposures, originalContractStartTimestamp } = await ask<PolicyResponse>('GET', `/policy/${policy}`);
      return ask<{ state: string }>('POST', `/policies/${policy}/endorsements`, {
        endorsementName: 'standardChange',
        startTimestamp: Number(originalContractStartTimestamp) + 60 * 86_400_000,
        updateExposures: [{ exposureLocator: exposures[0]?.locator, fieldValues: { vehicle_value: 12_000 } }],
        state: 'issued',
      });
    }, locator);
    expect(endorsed.state).toBe('issued');
    await page.getByRole('link', { name: 'Timeline' }).click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline
      .getByRole('row')
      .filter({ hasText: 'Change of vehicles or cover' })
      .getByText('Issued', { exact: true })
      .waitFor();
    // Begin, change and end of the cover stand below the bars.
    expect(await timeline.locator('.segments-dates li').count()).toBe(3);
    expect(await timeline.getByRole('listitem').count()).toBeGreaterThan(14);
    expect(await findings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Desk' }).first().click();
  });

  it('rejects a risk that the guidelines refuse, and offers nothing but to discard it', async () => {
    await page.goto(`${workbench.origin}/#/quote/personal-auto`);
    await enterRisk('10000');
    await choose(/suspended/, 'Yes');
    await page.getByTestId('decision').filter({ hasText: 'Rejected' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('state').filter({ hasText: 'Declined' }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('button', { name: 'Issue policy' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByTestId('state').filter({ hasText: 'Discarded' }).waitFor();
  });

  it('keeps the draft when finalize fails, and says why', async () => {
    await page.goto(`${workbench.origin}/#/quote/personal-auto`);
    await enterRisk('10000');
    await page.getByTestId('total').filter({ hasText: '$915.33' }).waitFor();
    const detail = 'The plugin host ran out of memory.';
    await page.route('**/finalize', (route) =>
      route.fulfill({ status: 422, contentType: 'application/problem+json', json: { title: 'Plugin failed', detail } }),
    );
    await page.getByRole('button', { name: 'Finalize' }).click();
    await page.getByRole('alert').getByText(detail, { exact: true }).waitFor();
    expect(page.url()).toContain('#/policy/');
    await page.unroute('**/finalize');
    complaints.length = 0; // the browser itself reports the refusal that was just made up

    await page.getByRole('button', { name: 'Finalize' }).click();
    await page.getByTestId('state').filter({ hasText: 'Accepted' }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('is as readable in the dark', async () => {
    await page.getByRole('button', { name: 'Colours' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await findings(page)).toEqual([]);
    await page.getByRole('link', { name: 'Desk' }).first().click();
    await page.getByRole('row').first().waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('left no complaint in the console', () => {
    expect(complaints).toEqual([]);
  });
});
