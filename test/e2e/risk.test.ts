import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { enterCar, findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

describe('one risk in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser(['--configuration', 'examples/personal-auto', '--user', 'Uma Writer']);
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
  });
  afterAll(async () => workbench?.close());

  const total = (amount: string) => page.getByTestId('total').filter({ hasText: amount }).waitFor();

  it('goes from nothing to an issued policy without the mouse', async () => {
    const { keyboard } = page;
    /** Tabs on until a field of this name has the focus. */
    const to = async (name: RegExp): Promise<void> => {
      for (let step = 0; step < 40; step++) {
        await keyboard.press('Tab');
        if ((await page.getByLabel(name).and(page.locator(':focus')).count()) > 0) return;
      }
      throw new Error(`Tab does not lead to ${name}`);
    };
    const select = async (name: RegExp, letters: string): Promise<void> => {
      await to(name);
      await keyboard.type(letters);
      await keyboard.press('Enter');
    };
    await page.getByText('No risks yet').waitFor();
    await keyboard.press('n');
    await page.getByLabel('First name').waitFor();
    await to(/First name/);
    await keyboard.type('Grace');
    await to(/Last name/);
    await keyboard.type('Hopper');
    await select(/Sold by/, 'Agent');
    await select(/At-fault claims/, 'None');
    await select(/suspended/, 'No');
    await select(/^Type/, 'Car');
    await to(/^Value/);
    await keyboard.type('10000');
    await total('$915.33');
    await screenshots(page, 'new-business');
    await keyboard.press('Control+Enter');
    await page.getByTestId('state').filter({ hasText: 'Accepted' }).waitFor({ timeout: 60_000 });
    await keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByText('$915.33', { exact: false }).waitFor();
    await keyboard.press('Enter');
    await page.getByTestId('state').filter({ hasText: 'Issued' }).waitFor({ timeout: 60_000 });
    await screenshots(page, 'issued');
  });

  it('shows its documents in place, and makes one again', async () => {
    await page.keyboard.press('5');
    const shown = page.getByRole('region', { name: 'Policy schedule' });
    await shown.getByText('This schedule is part of your policy', { exact: false }).waitFor();
    const download = page.getByRole('link', { name: 'Save…' });
    const before = await download.getAttribute('href');
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'documents');
    await page.getByRole('button', { name: 'Make again' }).click();
    await page.getByText('Policy schedule was made again').waitFor();
    await page.locator(`a[download]:not([href="${before}"])`).waitFor();
    await shown.getByText('This schedule is part of your policy', { exact: false }).waitFor();
  });

  it('keeps what was typed when another screen is opened, and takes it back step by step', async () => {
    await page.goto(`${workbench.origin}/#/quote/personal-auto`);
    await enterCar(page, '10000');
    await total('$915.33');
    await page.keyboard.press('Control+1');
    await page.getByRole('heading', { name: 'Desk' }).waitFor();
    await page.goBack();
    await total('$915.33');
    expect(await page.getByLabel('Last name').inputValue()).toBe('Marsh');

    // A pause ends a step: what follows is one of its own.
    await page.waitForFunction(
      (since) => performance.now() > since + 800,
      await page.evaluate(() => performance.now()),
    );
    await page.getByLabel(/^Value/).fill('20000');
    await page.keyboard.press('Control+z');
    await total('$915.33');
    expect(await page.getByLabel(/^Value/).inputValue()).toBe('10000');
    await page.keyboard.press('Control+Shift+z');
    expect(await page.getByLabel(/^Value/).inputValue()).toBe('20000');
    await page.keyboard.press('Control+z');
  });

  it('tries a change in a scratch copy, shows how the price moves to the cent, and keeps it', async () => {
    await page.keyboard.press('Control+i');
    await page.getByLabel(/^Value/).fill('12000');
    const panel = page.getByTestId('what-if');
    await panel.getByTestId('moved').filter({ hasText: '+' }).waitFor();
    const moved = Number(((await panel.getByTestId('moved').textContent()) ?? '').replace(/[^\d.-]/g, ''));
    await panel.getByText('As a table').click();
    const parts = await panel.getByRole('row').evaluateAll((rows) =>
      rows.slice(1).map((row) => {
        const [before = 0, after = 0] = [...row.querySelectorAll('.amount')].map(({ textContent }) =>
          Number(textContent.replace(/[^\d.-]/g, '')),
        );
        return Math.round((after - before) * 100);
      }),
    );
    expect(parts.reduce((sum, cents) => sum + cents, 0)).toBe(Math.round(moved * 100));
    await panel.getByRole('img', { name: /part by part/ }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'what-if');
    await page.getByRole('button', { name: 'Drop it' }).click();
    expect(await page.getByLabel(/^Value/).inputValue()).toBe('10000');

    await page.getByRole('button', { name: 'What if' }).click();
    await page.getByLabel(/^Value/).fill('12000');
    await page.getByRole('button', { name: 'Keep the change' }).click();
    await panel.waitFor({ state: 'detached' });
    expect(await page.getByLabel(/^Value/).inputValue()).toBe('12000');
  });

  it('keeps a change of a locked quote as a new quote beside it', async () => {
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('state').filter({ hasText: 'Accepted' }).waitFor({ timeout: 60_000 });
    const locator = page.url().split('/')[5] ?? '';
    await page.getByRole('button', { name: 'What if' }).click();
    await page.getByLabel(/^Value/).fill('9000');
    await page.getByTestId('moved').filter({ hasText: '-' }).waitFor();
    await page.getByRole('button', { name: 'Keep as a new quote' }).click();
    await page.getByTestId('state').filter({ hasText: 'Draft' }).waitFor();
    expect(await page.getByLabel(/^Value/).inputValue()).toBe('9000');
    const policy = (await (await page.request.get(`${workbench.origin}/policy/${locator}`)).json()) as PolicyResponse;
    expect(policy.quoteSummary?.notDiscarded.map(({ state }) => state).sort()).toEqual(['accepted', 'draft']);
  });

  it('shows two parts side by side, and fits a small laptop', async () => {
    await page.setViewportSize({ width: 1024, height: 768 });
    await page.getByRole('combobox', { name: 'What is shown beside' }).click();
    await page.getByRole('option', { name: 'Documents' }).click();
    await page.getByRole('complementary').getByRole('region', { name: 'Documents' }).waitFor();
    const overflow = await page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'side-by-side-1024');
    expect(complaints).toEqual([]);
  });

  it('loses neither the frame nor the other screens when one breaks', async () => {
    await page.route('**/api/products/personal-auto', (route) => route.fulfill({ json: { name: 'personal-auto' } }));
    await page.goto(`${workbench.origin}/#/desk`);
    await page.reload();
    await page.goto(`${workbench.origin}/#/quote/personal-auto`);
    await page.getByRole('alert').filter({ hasText: 'That did not work' }).waitFor();
    await page.unroute('**/api/products/personal-auto');
    await page.getByRole('link', { name: 'Products' }).click();
    await page.getByRole('heading', { name: 'Products', level: 1 }).waitFor();
  });
});
