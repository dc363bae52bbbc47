import path from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/published-cases');
const BUILDING = 'products/fire/policy/exposures/premises/perils/building.premium.liquid';

describe('pricing logic and tests of a product in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser(['--user', 'Paula Author', '--configuration', EXAMPLE]);
    context = await workbench.browser.newContext({ viewport: { width: 1380, height: 800 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
  });
  afterAll(async () => workbench?.close());

  const result = (): Locator => page.getByRole('complementary', { name: 'What it makes of a risk' });
  const editor = (): Locator => page.getByRole('textbox', { name: `Text of ${BUILDING}` });
  const total = (): Promise<string | null> => page.getByTestId('logic-total').textContent();
  const typeAtEndOf = async (line: string, typed: string): Promise<void> => {
    await editor().locator('.cm-line').filter({ hasText: line }).first().click();
    await page.keyboard.press('End');
    await page.keyboard.insertText(typed);
  };

  it('runs the logic on a risk while it is typed, the worksheet beside the code', async () => {
    await page.goto(`${workbench.origin}/#/lab/fire/logic`);
    await editor().waitFor();
    await page.getByTestId('logic-total').waitFor();
    const before = await total();
    await typeAtEndOf('assign risk', '\n{% assign loading = 2 %}');
    const line = editor().locator('.cm-line').filter({ hasText: 'set_year_premium' });
    await line.click();
    await page.keyboard.press('End');
    for (let i = 0; i < ' | set_year_premium }}'.length; i += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.insertText(' | times: loading');
    await expect.poll(total, { timeout: 15_000 }).not.toBe(before);
    await result().getByText('as saved', { exact: false }).waitFor();
    await page
      .getByTestId('line-steps')
      .filter({ hasText: /lines? of the worksheet comes? from building/ })
      .waitFor();
    expect(await result().locator('.step-line.marked').count()).toBeGreaterThan(0);
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'lab-logic');
  });

  it('leads from a line of the worksheet to the line that made it', async () => {
    await result()
      .getByRole('button', { name: /^Go to building\.premium\.liquid, line 3/ })
      .first()
      .click();
    await page.locator('.cm-content:focus').waitFor();
    await page.locator('.cm-activeLine').filter({ hasText: 'assign loading' }).waitFor();
    await page.getByTestId('line-steps').filter({ hasText: 'building.premium.liquid, line 3' }).waitFor();
  });

  it('completes filters, tables and fields, and shows what check finds in its place', async () => {
    await page.keyboard.press('End');
    await page.keyboard.type('{{ 2.5 | ROUNDU');
    await page.locator('.cm-tooltip-autocomplete').getByText('ROUNDUP').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.type('X: 0 }}');
    await page
      .getByRole('region', { name: 'Problems' })
      .getByText('There is no filter "ROUNDUX"', { exact: false })
      .waitFor();
    await page.locator('.cm-lintRange').first().waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
  });

  it('runs all tests, filters the failing, and opens the worksheet of one', async () => {
    await page.goto(`${workbench.origin}/#/lab/fire/tests`);
    await page.getByRole('button', { name: 'Run all' }).click();
    await page.getByTestId('test-summary').filter({ hasText: '3 passed · none failed' }).waitFor({ timeout: 20_000 });
    const file = 'products/fire/tests/wrong.cases.csv';
    const law = 'products/fire/tests/cheaper.property.json';
    const header =
      'description,start,end,premises[0].area,premises[0].class,premises[0].building_value,premises[0].contents_value,expect.grossPremium';
    const saved = await page.request.post(`${workbench.origin}/api/studio/save`, {
      data: {
        base: 1,
        message: 'Tests that fail',
        changes: {
          [file]: `${header}\nAs the page prints it,2026-01-01,2027-01-01,1,C,721000,672000,5554.20\n`,
          [law]: JSON.stringify({
            description: 'A worse class is cheaper',
            law: 'monotone',
            field: 'premises[0].class',
            direction: 'decreasing',
            samples: 5,
          }),
        },
      },
    });
    expect([saved.status(), await saved.text()]).toEqual([200, expect.anything()]);
    await page.reload();
    await page.getByRole('button', { name: 'Run all' }).click();
    await page.getByTestId('test-summary').filter({ hasText: '3 passed · 2 failed' }).waitFor({ timeout: 20_000 });
    await page.getByRole('switch', { name: 'Failing only' }).click();
    const list = page.getByRole('region', { name: 'Tests', exact: true });
    expect(await list.getByRole('listitem').count()).toBe(2);
    const detail = page.getByRole('region', { name: 'What came out' });
    await list.getByRole('button', { name: 'A worse class is cheaper' }).click();
    await detail.getByText(/rises from .* at A to .* at B/).waitFor();
    await screenshots(page, 'lab-tests-property');
    await list.getByRole('button', { name: 'As the page prints it' }).click();
    await detail.getByRole('row', { name: 'grossPremium 5554.20 5562.20' }).waitFor();
    await detail.getByRole('region', { name: 'Worksheet of what came out' }).getByText('premises 1').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'lab-tests');
  });

  it('makes a case of a quote, beside its price', async () => {
    const post = async (at: string, data: object) =>
      (await page.request.post(`${workbench.origin}${at}`, { data })).json();
    const holder = (await post('/policyholder/create', { completed: false, values: {} })) as { locator: string };
    const quote = (await post('/policy', {
      policyholderLocator: holder.locator,
      productName: 'fire',
      exposures: [
        {
          exposureName: 'premises',
          fieldValues: { area: '4', class: 'B', building_value: 82000, contents_value: 25000 },
          perils: [{ name: 'building' }, { name: 'contents' }],
        },
      ],
      finalize: true,
    })) as { locator: string };
    await page.goto(`${workbench.origin}/#/policy/${quote.locator}`);
    await page.getByRole('button', { name: 'Make a case' }).click();
    await page.getByLabel('Name of the case').fill('as-quoted');
    await page.getByLabel('What it shows').fill('A quote that was right');
    await page.getByRole('button', { name: 'Save the case' }).click();
    await page.getByText('products/fire/tests/as-quoted.case.json was saved as version 3').waitFor();
    await page.goto(`${workbench.origin}/#/lab/fire/tests`);
    await page.getByRole('button', { name: 'A quote that was right' }).waitFor();
  });

  it('asks for a second opinion', async () => {
    await page.getByRole('textbox', { name: 'Risks' }).fill('20');
    await page.getByRole('button', { name: 'Ask now' }).click();
    await page.getByTestId('opinion').filter({ hasText: '20 of 20 risks agree' }).waitFor({ timeout: 20_000 });
    expect(complaints).toEqual([]);
  });
});
