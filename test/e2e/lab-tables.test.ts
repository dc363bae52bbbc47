import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');
const FACTORS = 'products/commercial-property/policy/tables/commercial_construction_factors.csv';

describe('rate tables in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser([
      '--user',
      'Ada Actuary',
      '--configuration',
      path.join(EXAMPLES, 'commercial-property'),
    ]);
    context = await workbench.browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.goto(`${workbench.origin}/#/lab/commercial-property/tables`);
  });
  afterAll(async () => workbench?.close());

  const grid = (): Locator => page.getByRole('grid', { name: 'Table commercial_construction_factors' });
  const cell = (row: number, column: number): Locator =>
    grid().locator(`[aria-rowindex="${row + 1}"] [aria-colindex="${column + 1}"]`);
  const keys = async (...pressed: string[]): Promise<void> => {
    for (const key of pressed) await page.keyboard.press(key);
  };
  const save = async (message: string): Promise<void> => {
    await keys('Control+s');
    await page.getByLabel('What changed and why').fill(message);
    await page.getByRole('button', { name: 'Save as a version' }).click();
  };

  it('edits with the keys of a spreadsheet, and echoes at once', async () => {
    await page.getByRole('button', { name: /^commercial_construction_factors/ }).click();
    await cell(1, 4).click();
    expect(await cell(1, 4).textContent()).toBe('1.00');
    await page.keyboard.type('1.05');
    await keys('Enter', 'F2', 'End', 'Backspace', 'Enter');
    expect([await cell(1, 4).textContent(), await cell(2, 4).textContent()]).toEqual(['1.05', '1.2']);
    await keys('Control+z', 'Control+z');
    expect(await cell(1, 4).textContent()).toBe('1.00');
    await keys('Control+y');
    expect(await cell(1, 4).textContent()).toBe('1.05');
    await keys('Control+Home', 'Control+ArrowDown', 'End');
    await page.getByText('factor · 12', { exact: true }).waitFor();
    await page.evaluate("navigator.clipboard.writeText('0.66\\n0.77\\t9\\n')");
    await keys('Control+v', 'Control+Home');
    expect([await cell(12, 4).textContent(), await cell(13, 4).textContent()]).toEqual(['0.66', '0.77']);
    await keys('Control+z');
    await page.getByText('12 rows · not saved').waitFor();
  });

  it('marks what is wrong while one types, and goes there', async () => {
    await cell(2, 2).click();
    await page.keyboard.type('7');
    await keys('Enter');
    const problems = page.getByRole('region', { name: 'Problems' });
    await problems
      .getByText('no band holds 5: the one before ends with 4, this one begins with 7', { exact: false })
      .waitFor();
    await expect.poll(() => cell(2, 2).getAttribute('class')).toContain('found-warning');
    await keys('Control+Home');
    await problems.getByRole('button', { name: /no band holds 5/ }).click();
    await page.getByText('protection_from · 2', { exact: true }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'lab-tables-problems');
    await keys('Control+z');
    await problems.getByText('Nothing was found.').waitFor();
  });

  it('keeps edits while one looks elsewhere, and saves them as a version with a message', async () => {
    await page.goto(`${workbench.origin}/#/desk`);
    await page.getByRole('heading', { name: 'Desk' }).first().waitFor();
    await page.goto(`${workbench.origin}/#/lab/commercial-property/tables`);
    await expect.poll(() => cell(1, 4).textContent()).toBe('1.05');
    await grid().focus();
    await keys('Control+s');
    await page.getByText('construction Frame, protection_from 1: factor 1.00 → 1.05 (+5 %)').waitFor();
    await keys('Escape');
    await save('Frame is dearer');
    await page.getByText('Saved as version 2.').waitFor();
    await page.locator('.table-size').getByText('12 rows', { exact: true }).waitFor();
  });

  it('merges what somebody else saved meanwhile, with the conflict in the sheet', async () => {
    await cell(1, 4).click();
    await page.keyboard.type('1.10');
    await keys('Enter');
    await page.keyboard.type('1.30');
    await keys('Enter');
    const late = await page.evaluate(
      async ({ file }) => {
        const response = await fetch('/api/lab/tables/save', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            base: 2,
            path: file,
            changes: { cells: { rows: [0, 11], columns: [3, 3], texts: ['1.07', '0.70'] }, removed: [], inserted: [] },
            message: 'Another opinion',
          }),
        });
        return response.status;
      },
      { file: FACTORS },
    );
    expect(late).toBe(200);
    await save('Mine');
    await page.getByRole('button', { name: 'Take my edits over to version 3' }).click();
    const conflicts = page.getByRole('complementary', { name: '1 conflict' });
    await conflicts.getByText('was 1.05').waitFor();
    expect([await cell(1, 4).textContent(), await cell(2, 4).textContent(), await cell(12, 4).textContent()]).toEqual([
      '1.07',
      '1.30',
      '0.70',
    ]);
    await screenshots(page, 'lab-tables-conflict');
    await conflicts.getByRole('button', { name: 'Mine: 1.10' }).click();
    expect(await cell(1, 4).textContent()).toBe('1.10');
    await save('Mine, merged');
    await page.getByText('Saved as version 4.').waitFor();
  });

  it('shows two versions side by side and the factor as a curve', async () => {
    await page.getByRole('button', { name: 'Compare' }).click();
    const pane = page.getByRole('complementary', { name: 'Differences' });
    await pane.getByText('construction Frame, protection_from 1: factor 1.07 → 1.10 (+2.8 %)').waitFor();
    await expect.poll(() => cell(1, 4).getAttribute('class')).toContain('differs');
    await screenshots(page, 'lab-tables-difference');
    await page.getByRole('button', { name: 'Chart', exact: true }).click();
    await page.getByRole('img', { name: 'factor by protection_from' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'lab-tables-chart');
    await keys('Control+i');
    const impact = page.getByRole('complementary', { name: 'Impact on a book' });
    await impact.getByRole('img', { name: 'How many risks change by how much' }).waitFor({ timeout: 30_000 });
    await cell(1, 4).click();
    await page.keyboard.type('1.60');
    await keys('Enter');
    await expect.poll(() => impact.locator('strong').textContent(), { timeout: 30_000 }).toMatch(/^\+/);
    await screenshots(page, 'lab-tables-impact');
    await keys('Control+z', 'Control+i');
  });

  it('goes to Excel and back; a workbook with a wrong cell is refused whole', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export to Excel' }).click(),
    ]);
    const bytes = await buffer(await download.createReadStream());
    const input = page.locator('input[type=file]');
    await input.setInputFiles({ name: 'same.xlsx', mimeType: 'application/octet-stream', buffer: bytes });
    await page.getByText('The file says the same as the table.').waitFor();
    await input.setInputFiles({
      name: 'wrong.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('construction,protection_from,protection_to,factor\nFrame,one,4,1\n'),
    });
    const refused = page.getByRole('dialog', { name: 'Nothing was imported' });
    await refused.getByRole('cell', { name: 'the text "one"' }).waitFor();
    await screenshots(page, 'lab-tables-refused');
    await refused.getByRole('button', { name: 'Close' }).last().click();
    expect(complaints.filter((complaint) => !complaint.includes('409'))).toEqual([]);
  });
});
