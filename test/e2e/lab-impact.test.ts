import path from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import { choose, findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/private-motor-france');

describe('the impact of a change on a book, in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser(['--user', 'Paula Actuary', '--configuration', EXAMPLE]);
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.goto(`${workbench.origin}/#/lab/private-motor-france/impact`);
  });
  afterAll(async () => workbench?.close());

  it('rates a sampled book of the newest version against itself: nothing changes', async () => {
    await page.getByLabel('Risks', { exact: true }).fill('40');
    await page.getByRole('button', { name: 'Rate the book' }).click();
    await page.locator('[data-testid=progress][data-state=done]').waitFor();
    await expect.poll(() => page.getByTestId('change').textContent()).toBe('0 %');
    await page.getByRole('row', { name: /Unchanged 40 100/ }).waitFor();
  });

  it('rates the whole book again while a cell is typed, and keeps nothing', async () => {
    await choose(page, /^Table/, 'fr_base.csv');
    await page.getByLabel('value, line 5').fill('561');
    await expect.poll(() => page.getByTestId('change').textContent(), { timeout: 10_000 }).toMatch(/^\+\d/);
    await page.getByText('1 file changed here, kept nowhere').waitFor();
    await choose(page, /^Table/, 'fr_usage.csv');
    await page.getByLabel('value, line 3').fill('0.8');
    await page.getByRole('row', { name: /^−?-?20 % to/ }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'lab-impact');
  });

  it('says of one risk why its price moved, to the cent', async () => {
    await page.getByRole('tab', { name: 'Winners and losers' }).click();
    await page.getByRole('region', { name: 'Largest rises' }).getByRole('button').first().click();
    const risk = page.getByTestId('risk');
    await risk.getByRole('img', { name: 'Why this price moved' }).waitFor();
    await risk.getByRole('row', { name: /Fr base 510 → 561/ }).waitFor();
    await screenshots(page, 'lab-impact-risk');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await risk.waitFor({ state: 'detached' });
  });

  it('shows the book by field, what comes from which table, caps and the solved base rate', async () => {
    await page.getByRole('tab', { name: 'By field' }).click();
    await choose(page, /^By$/, 'policy.coverage');
    await choose(page, /^And$/, 'policy.usage');
    await page.getByTestId('two-way').getByRole('row', { name: /Maxi/ }).waitFor();
    await page.getByRole('img', { name: 'Change by policy.coverage' }).waitFor();
    await screenshots(page, 'lab-impact-fields');
    await page.getByRole('tab', { name: 'Causes' }).click();
    await page.getByRole('button', { name: 'What comes from which file' }).click();
    await page
      .getByTestId('moves')
      .getByRole('row', { name: /Fr usage\.csv/ })
      .waitFor();
    await page.getByLabel('Cap, + %').fill('5');
    await page.getByTestId('caps').getByText('held by the cap', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Solve' }).click();
    await page.getByTestId('solution').waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'lab-impact-causes');
  });

  it('keeps a book, rates it with a fault in it, and takes it out again', async () => {
    const configuration = await loadConfiguration({ folder: EXAMPLE });
    const [product] = configuration.products;
    const sample = product ? [...sampleRequests(product, configuration, { count: 30, seed: 'kept' })] : [];
    const lines = [...sample.map((request, at) => ({ key: `R${at + 1}`, ...request })), { key: 'None', policy: {} }];
    await page.goto(`${workbench.origin}/#/lab/private-motor-france/books`);
    await page.getByText('Nothing rated yet', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Keep a book…' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: /^Book \(CSV/ }).click(),
    ]);
    await file.setFiles({
      name: 'spring.ndjson',
      mimeType: 'application/x-ndjson',
      buffer: Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n')),
    });
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByRole('button', { name: 'Rate spring.ndjson' }).click();
    const run = page.getByRole('region', { name: 'spring.ndjson, version 1' });
    await run.getByText(/^Done · 31 · 1 without a price/).waitFor({ timeout: 30_000 });
    await run.getByRole('button', { name: 'Show the first lines' }).click();
    await run.getByRole('row', { name: /^R30/ }).waitFor();
    await screenshots(page, 'lab-books');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete: spring.ndjson' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('spring.ndjson is deleted.').waitFor();
    expect(complaints).toEqual([]);
  });
});
