import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { exampleRequest } from '../contract/support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

/** What WCAG 2.2 AA finds on the page as it stands. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Pictures of the screen as it stands, light and dark, where somebody asked for them. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.FIELDWRITER_SCREENSHOTS;
  if (!folder) return;
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`) });
  }
}

describe('what surrounds the work, in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let policy: PolicyResponse;

  const ask = async <T>(method: string, at: string, data?: object): Promise<T> => {
    const response = await context.request.fetch(`${workbench.origin}${at}`, { method, ...(data ? { data } : {}) });
    if (!response.ok()) throw new Error(`${method} ${at}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const open = (hash: string): Promise<unknown> => page.goto(`${workbench.origin}/#/${hash}`);

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    await ask('POST', '/api/examples/personal-auto', {});
    const request = exampleRequest('personal-auto', 'golden-new-business');
    const { locator } = await ask<PolicyholderResponse>('POST', '/policyholder/create', request.policyholder);
    policy = await ask<PolicyResponse>('POST', '/policy', { ...request.policy, policyholderLocator: locator });
  });
  afterAll(async () => workbench?.close());

  it('takes notes without the mouse, and has what is due in the diary of the status bar', async () => {
    await open(`policy/${policy.locator}/notes`);
    await page.getByText('No notes yet').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('n');
    await page.keyboard.type('Broker asks for a higher deductible.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('listitem').filter({ hasText: 'higher deductible' }).waitFor();
    // The draft around it was not finalized by the same keys.
    await page.getByTestId('state').filter({ hasText: 'Draft' }).waitFor();

    await page.getByLabel('Write a note').fill('Survey report is outstanding.');
    await page.getByLabel('Due').fill('2026-01-15');
    await page.getByRole('button', { name: 'Add note' }).click();
    const note = page.getByRole('listitem').filter({ hasText: 'Survey report' });
    await note.getByText(/Overdue since .*15/).waitFor();
    expect(await findings(page)).toEqual([]);
    await picture(page, 'notes');

    await open('desk');
    await page.getByTestId('diary').filter({ hasText: 'Diary: 1 due' }).click();
    const diary = page.getByRole('dialog', { name: 'Diary' });
    expect(await findings(page)).toEqual([]);
    await diary.getByRole('link', { name: /Survey report/ }).click();
    await note.getByRole('button', { name: 'Mark done' }).click();
    await page
      .getByTestId('diary')
      .filter({ hasText: /^Diary$/ })
      .waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByTestId('diary').filter({ hasText: 'Diary: 1 due' }).waitFor();

    await page
      .getByRole('listitem')
      .filter({ hasText: 'higher deductible' })
      .getByRole('button', { name: 'Remove' })
      .click();
    await page.getByRole('listitem').filter({ hasText: 'higher deductible' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByRole('listitem').filter({ hasText: 'higher deductible' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('says who changed what, from what to what, and gives it to a spreadsheet', async () => {
    await ask('POST', `/policy/${policy.locator}/update`, {
      updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: 12_000 } }],
    });
    await ask('POST', `/policy/${policy.locator}/finalize`, {});
    await open(`policy/${policy.locator}/history`);
    const changed = page.getByRole('listitem').filter({ hasText: 'Changed the quote' });
    const row = changed.getByRole('row').filter({ hasText: 'Vehicle 1 › Value' });
    expect(await row.getByRole('cell').allTextContents()).toEqual(['10000', '12000']);
    await changed.getByText('Uma Writer').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Finalized' }).getByText('Draft').waitFor();
    await page
      .getByText(/\d+ values entered/)
      .first()
      .click();
    expect(await findings(page)).toEqual([]);
    await picture(page, 'history');

    await page.getByLabel('Find in the history').fill('survey');
    await changed.waitFor({ state: 'detached' });
    await page.getByText('Survey report is outstanding.').first().waitFor();
    await page.getByLabel('Find in the history').fill('vehicle');
    await changed.waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const csv = readFileSync(await download.path(), 'utf8');
    expect(csv.split('\r\n')[0]).toBe('Time,By,What,Record,Field,Before,After');
    expect(csv).toMatch(/Uma Writer,Changed the quote,Quote 1,Vehicle 1 › Value \(USD\),10000,12000/);
    expect(complaints).toEqual([]);
  });
});
