import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { exampleRequest } from '../contract/support.ts';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

/** What WCAG 2.2 AA finds on the page as it stands. */
const EXAMPLE = path.resolve(import.meta.dirname, '../../examples/external-rater');
const CREDENTIALS = `Basic ${Buffer.from('fieldwriter:example').toString('base64')}`;

/** The example rater as a process of its own, on any port. */
async function startRater(): Promise<{ readonly process: ChildProcess; readonly url: string }> {
  const { EXAMPLE_RATER_PASSWORD: _, ...env } = process.env;
  const started = spawn(process.execPath, [path.join(EXAMPLE, 'rater/server.mjs'), '0'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: started.stdout ?? process.stdin }), 'line')) as [string];
  return { process: started, url: /http:\S+/.exec(line)?.[0] ?? '' };
}

describe('what surrounds the work, in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let policy: PolicyResponse;
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-e2e-backups-'));

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
  });
  afterAll(async () => {
    await workbench?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is ready within a minute: a name, a sample product, and a tour of five places', async () => {
    await page.getByLabel('Your name').fill('Uma Writer');
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'first-start');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    const welcome = page.getByRole('region', { name: 'Ready to write' });
    await welcome.getByRole('button', { name: 'Take Personal auto' }).click();
    await welcome.getByRole('link', { name: 'Quote Personal auto' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'first-steps');

    await welcome.getByRole('button', { name: 'Take the tour' }).click();
    const tour = page.getByRole('dialog', { name: 'Tour' });
    for (const title of ['The desk', 'Anything by name', 'The price, while you type', 'Where a number comes from']) {
      await tour.getByRole('heading', { name: title }).waitFor();
      await page.locator('.tour-ring').waitFor();
      if (title === 'Where a number comes from') await screenshots(page, 'tour');
      await tour.getByRole('button', { name: 'Next' }).click();
    }
    await tour.getByRole('heading', { name: 'Products are yours' }).waitFor();
    expect(page.url()).toContain('#/products');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await tour.waitFor({ state: 'detached' });

    // Again from the palette, and left again; the first steps go when nobody wants them.
    await open('desk');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('take the tour');
    await page
      .getByRole('button', { name: /Take the tour/ })
      .or(page.getByRole('option', { name: /Take the tour/ }))
      .last()
      .waitFor();
    await page.keyboard.press('Enter');
    await tour.getByRole('heading', { name: 'The desk' }).waitFor();
    await page.keyboard.press('Escape');
    await welcome.getByRole('button', { name: 'Not now' }).click();
    await page.reload();
    await page.getByText('No risks yet').waitFor();
    expect(await welcome.count()).toBe(0);

    const request = exampleRequest('personal-auto', 'golden-new-business');
    const { locator } = await ask<PolicyholderResponse>('POST', '/policyholder/create', request.policyholder);
    policy = await ask<PolicyResponse>('POST', '/policy', { ...request.policy, policyholderLocator: locator });
    expect(complaints).toEqual([]);
  });

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
    await screenshots(page, 'notes');

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
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual(['10000', '12000']);
    await changed.getByText('Uma Writer').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Finalized' }).getByText('Draft').waitFor();
    await page
      .getByText(/\d+ values entered/)
      .first()
      .click();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'history');

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

  it('registers a rater, tries it for real and shows what was said, without secrets', async () => {
    const rater = await startRater();
    await ask('POST', '/api/examples/external-rater', {});
    try {
      await open('admin/integrations');
      await page.getByText('No service is registered').waitFor();
      expect(await findings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Add integration' }).click();
      const form = page.getByRole('dialog', { name: 'Add an integration' });
      await form.getByLabel('Name').fill('example-rater');
      await form.getByLabel('Address').fill(rater.url);
      await form.getByRole('button', { name: 'Add header' }).click();
      await form.getByLabel('Header', { exact: true }).fill('Authorization');
      await form.getByLabel('Value', { exact: true }).fill(CREDENTIALS);
      expect(await findings(page)).toEqual([]);
      await form.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Try example-rater' }).click();
      const trial = page.getByRole('dialog', { name: 'Try example-rater' });
      // A product that it has no rates for: its refusal in its own words.
      await trial.getByRole('button', { name: 'Try it' }).click();
      await trial.getByRole('alert').getByText('There is no rate for bodily_injury.').waitFor();
      await trial
        .getByRole('combobox', { name: 'Product' })
        .or(trial.getByRole('textbox', { name: 'Product' }))
        .first()
        .click();
      await page.getByRole('option', { name: /^Rated/i }).click();
      await trial.getByRole('button', { name: 'Try it' }).click();
      await trial.getByText(/^Premium \$/).waitFor();
      await trial.getByText('"policyExposurePerils"').waitFor();
      await trial.getByText('authorization: [secret]').waitFor();
      expect(await trial.textContent()).not.toContain(CREDENTIALS);
      expect(await findings(page)).toEqual([]);
      await screenshots(page, 'try-integration');
      await page.keyboard.press('Escape');

      await page.getByRole('button', { name: 'Change example-rater' }).click();
      expect(await page.getByRole('dialog').getByLabel('Value', { exact: true }).inputValue()).toBe('********');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Remove example-rater' }).click();
      await page.getByText('No service is registered').waitFor();
      await page.getByRole('button', { name: 'Undo' }).last().click();
      await page.getByRole('button', { name: 'Try example-rater' }).waitFor();
      await screenshots(page, 'integrations');
      expect(complaints).toEqual([]);
    } finally {
      rater.process.kill();
    }
  });

  it('runs what runs by itself when it is told to', async () => {
    await open('admin/schedules');
    await page.getByRole('button', { name: 'Run Billing now' }).click();
    await page.getByText('Billing ran.').waitFor();
    await page.getByRole('region', { name: 'Billing' }).getByText('Nothing was due').waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'schedules');
  });

  it('backs the data up, remembers it, and proves that the data is sound', async () => {
    await open('admin/backups');
    const daily = page.getByRole('region', { name: 'Every day by itself' });
    await daily.getByLabel('Into this folder').fill(path.join(folder, 'daily'));
    await daily.getByRole('button', { name: 'Use this folder' }).click();
    await daily.getByRole('button', { name: 'Make today’s now' }).click();
    await daily.getByText('Proven when made').waitFor();
    await daily.getByRole('button', { name: 'Try a restore now' }).click();
    await daily.getByText('Last restored without a fault').waitFor({ timeout: 60_000 });
    await page.getByLabel('Into a new folder').fill(path.join(folder, 'first'));
    await page.getByRole('button', { name: 'Back up now' }).click();
    await page
      .getByRole('row')
      .filter({ hasText: path.join(folder, 'first') })
      .getByText('Proven when made')
      .waitFor();
    await page.getByRole('button', { name: 'Prove now' }).click();
    await page.getByText('The data is sound').waitFor();
    await page.getByText(/in an unbroken chain/).waitFor();
    await page.getByLabel('Into a new folder').fill(path.join(folder, 'first'));
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'backups');
    expect(complaints).toEqual([]);
  });

  it('says where it runs, and gives a support bundle that names nobody', async () => {
    await open('admin/environment');
    await page.getByText(/Encrypted \(/).waitFor();
    await page.getByRole('row').filter({ hasText: 'Personal Auto' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'environment');
    await open('admin/about');
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByText('Store: versions, records by type').click();
    await page.getByText('"policyholder": 1').waitFor();
    expect(await findings(page)).toEqual([]);
    await screenshots(page, 'support-bundle');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save…' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^fieldwriter-support-.*\.json$/);
    const bundle = readFileSync(await download.path(), 'utf8');
    expect(JSON.parse(bundle)).toMatchObject({ format: 'fieldwriter-support-1' });
    for (const word of ['Uma Writer', 'Marsh', 'Survey report', CREDENTIALS, policy.locator])
      expect(bundle).not.toContain(word);
    expect(complaints).toEqual([]);
  });

  it('keeps what was said for whoever looked away, and says when the workbench stops answering', async () => {
    await page.getByRole('button', { name: /new notices?$/ }).click();
    await page.getByRole('dialog', { name: 'Notices' }).getByText('The support bundle was saved.').waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.route('**/api/health', (route) => route.abort('connectionrefused'));
    const banner = page.getByRole('alert').filter({ hasText: 'The workbench does not answer.' });
    await banner.waitFor();
    await screenshots(page, 'connection-lost');
    await page.unroute('**/api/health');
    await banner.getByRole('button', { name: 'Try again' }).click();
    await banner.waitFor({ state: 'detached' });
    await page.getByText('The workbench answers again.').waitFor();
    // The browser itself reports the requests that were cut.
    expect(complaints.filter((text) => !text.includes('ERR_CONNECTION_REFUSED'))).toEqual([]);
  });

  it('is usable on a small laptop', async () => {
    await page.setViewportSize({ width: 1024, height: 768 });
    for (const place of [
      'admin/integrations',
      'admin/schedules',
      'admin/backups',
      'admin/environment',
      'admin/about',
    ]) {
      await open(place);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const wider = await page
        .locator('.work')
        .evaluate((work: { scrollWidth: number; clientWidth: number }) => work.scrollWidth - work.clientWidth);
      expect([place, wider]).toEqual([place, 0]);
    }
    await open('admin/integrations');
    await page.getByRole('button', { name: 'Try example-rater' }).waitFor();
    await screenshots(page, 'integrations-1024');
  });
});
