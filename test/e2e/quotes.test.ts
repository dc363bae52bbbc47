import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

describe('quotes side by side', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let policy: PolicyResponse;

  const post = async <T>(path: string, data: object): Promise<T> => {
    const answer = await page.request.post(`${workbench.origin}${path}`, { data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as T;
  };
  const row = (name: string) =>
    page.getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
  const cells = async (name: string): Promise<string[]> => row(name).getByRole('cell').allInnerTexts();
  const column = (name: string) => page.getByRole('columnheader').filter({ hasText: name });
  const choose = async (quote: string, action: string): Promise<void> => {
    await page.getByRole('button', { name: `More for “${quote}”` }).click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    await post('/api/examples/personal-auto', {});
    const values = { first_name: ['Ada'], last_name: ['Marsh'] };
    const holder = await post<{ locator: string }>('/policyholder/create', { completed: false, values });
    policy = await post<PolicyResponse>('/policy', {
      policyholderLocator: holder.locator,
      productName: 'personal-auto',
      fieldValues: { channel: 'Agent', atfault_claims_past_5_years: 'None', license_suspended_past_3_years: 'No' },
      exposures: [
        {
          exposureName: 'vehicle',
          fieldValues: { vehicle_type: 'Car', make: 'Saab', vehicle_value: 10_000 },
          perils: [{ name: 'bodily_injury' }, { name: 'collision' }, { name: 'comprehensive' }],
        },
      ],
    });
    await page.goto(`${workbench.origin}/#/policy/${policy.locator}/quotes`);
  });
  afterAll(async () => workbench?.close());

  it('teaches while there is one, and makes another from it with a name', async () => {
    await page.getByText('There is one quote', { exact: false }).waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Higher deductible');
    await page.keyboard.press('Enter');
    await column('Higher deductible').getByText('Draft').waitFor();
    await column('Quote 1').getByText('Current').waitFor();
  });

  it('is changed like any risk: made current, edited, saved', async () => {
    await choose('Higher deductible', 'Open');
    await page.getByLabel(/^Value/).waitFor();
    await page.getByLabel('Deductible').first().fill('1000');
    await page.getByLabel(/^Make/).fill('Volvo');
    await page.getByLabel(/^Value/).fill('12000');
    await page.keyboard.press('Control+s');
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Quotes' }).click();
    await column('Higher deductible').getByText('Current').waitFor();
  });

  it('marks what differs from the base, in words too, and says by how much', async () => {
    await page.getByRole('button', { name: 'Compare with “Quote 1”' }).click();
    await row('Make').getByText('differs from “Quote 1”').waitFor({ state: 'attached' });
    expect(await cells('Make')).toEqual(['Saab', expect.stringMatching(/^≠[\s\S]*Volvo$/)]);
    expect((await cells('Type')).every((cell) => !cell.includes('≠'))).toBe(true);
    const [, difference = ''] = await cells('Difference to “Quote 1”');
    expect(difference).toMatch(/^[+-]\$\d+\.\d\d$/);
    await screenshots(page, 'quotes');
    expect(await findings(page)).toEqual([]);

    await page.keyboard.press('d');
    await row('Type').waitFor({ state: 'detached' });
    await row('Make').waitFor();
    await row('Total to pay').waitFor();
    await page.keyboard.press('b');
    await row('Difference to “Higher deductible”').waitFor();
    expect((await cells('Difference to “Higher deductible”'))[0]).toBe(
      difference.startsWith('-') ? difference.replace('-', '+') : difference.replace('+', '-'),
    );
    await page.keyboard.press('d');
  });

  it('prints the comparison and nothing else', async () => {
    // A browser without a printer is done at once: what it was given to print is kept as a copy.
    await page.evaluate(`addEventListener('beforeprint', () => {
      const copy = document.querySelector('.print-sheet').cloneNode(true);
      copy.id = 'printed';
      document.body.append(copy);
    }, { once: true })`);
    await page.keyboard.press('Control+p');
    await page.emulateMedia({ media: 'print' });
    const sheet = page.locator('#printed');
    await sheet.getByRole('heading', { name: 'Quotes side by side' }).waitFor();
    await sheet.getByText('All amounts in USD', { exact: false }).waitFor();
    await sheet.getByText('Ada Marsh', { exact: false }).waitFor();
    expect(await sheet.getByRole('row').filter({ hasText: 'Total to pay' }).isVisible()).toBe(true);
    expect(await page.getByRole('button', { name: 'Finalize' }).isVisible()).toBe(false);
    expect(await sheet.getByRole('button').count()).toBe(0);
    await screenshots(page, 'quotes-print');
    await page.emulateMedia({ media: 'screen' });
    await sheet.evaluate((element) => element.remove());
  });

  it('accepts the other one, and takes it back', async () => {
    await choose('Quote 1', 'Accept');
    await column('Quote 1').getByText('Accepted').waitFor({ timeout: 60_000 });
    await column('Quote 1').getByText('Current').waitFor();
    const accepted = await page.request.get(`${workbench.origin}/policy/${policy.locator}`);
    expect(((await accepted.json()) as PolicyResponse).invoices.length).toBe(1);
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await column('Quote 1').getByText('Quoted').waitFor();
  });

  it('discards a draft, which undo brings back, and asks before it discards what is locked', async () => {
    await choose('Higher deductible', 'Discard…');
    await column('Higher deductible').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await column('Higher deductible').getByText('Draft').waitFor();
    await choose('Quote 1', 'Discard…');
    await page.getByRole('dialog').getByText('can not be undone', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    expect(await column('Quote 1').count()).toBe(1);
    expect(await findings(page)).toEqual([]);
  });

  it('left no complaint in the console', () => {
    expect(complaints).toEqual([]);
  });
});
