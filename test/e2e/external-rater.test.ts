import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

/** The words of an external rater reach the person who asked (seed: External Rater, Error Handling). */

const root = path.resolve(import.meta.dirname, '../..');
const EXAMPLE = path.join(root, 'examples/external-rater');
const REFUSAL = 'Vehicles worth more than 100000 are priced by hand: call the motor desk.';
const CREDENTIALS = `Basic ${Buffer.from('fieldwriter:example').toString('base64')}`;

/** The example as a process of its own. @param port 0 takes any @returns it, and its address */
async function startRater(port: string): Promise<{ readonly process: ChildProcess; readonly url: string }> {
  const { EXAMPLE_RATER_PASSWORD: _, ...env } = process.env;
  const started = spawn(process.execPath, [path.join(EXAMPLE, 'rater/server.mjs'), port], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: started.stdout ?? process.stdin }), 'line')) as [string];
  return { process: started, url: /http:\S+/.exec(line)?.[0] ?? '' };
}

describe('a product that the example rater prices, in a real browser', () => {
  let rater: ChildProcess;
  let url: string;
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    ({ process: rater, url } = await startRater('0'));
    workbench = await openWorkbenchInBrowser(['--configuration', EXAMPLE]);
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    // The rater took any port: the registry counts before what the configuration brings.
    const registered = await context.request.post(`${workbench.origin}/integrations`, {
      data: { name: 'example-rater', url, headers: { Authorization: CREDENTIALS } },
    });
    expect(registered.status()).toBe(200);
  });
  afterAll(async () => {
    rater?.kill();
    await workbench?.close();
  });

  const enterRisk = async (value: string): Promise<void> => {
    await page.goto(`${workbench.origin}/#/quote/rated-auto`);
    await page.getByLabel('First name').fill('Ada');
    await page.getByLabel('Last name').fill('Marsh');
    await page
      .getByRole('combobox', { name: /Sold by/ })
      .or(page.getByRole('textbox', { name: /Sold by/ }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Agent', exact: true }).click();
    await page.getByLabel(/^Value/).fill(value);
  };

  it('shows its prices while typing', async () => {
    await enterRisk('10000');
    await page.getByTestId('total').filter({ hasText: '$386.75' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows its refusal while typing and when finalizing; the work stays a draft that can be changed', async () => {
    await page.getByLabel(/^Value/).fill('100001');
    const price = page.getByRole('complementary').getByRole('alert');
    await price.getByText(REFUSAL, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Finalize' }).click();
    const failure = page.getByRole('main').getByRole('alert').filter({ hasText: 'The rater refused' });
    await failure.getByText(REFUSAL, { exact: true }).waitFor();
    await page.getByTestId('state').filter({ hasText: 'Draft' }).waitFor();
    expect(page.url()).toContain('#/policy/');

    await page.getByLabel(/^Value/).fill('10000');
    await page.getByTestId('total').filter({ hasText: '$386.75' }).waitFor();
    await price.waitFor({ state: 'detached' });
  });

  it('says that the work waits while it is away; it is finalized when the rater is back', async () => {
    rater.kill();
    await once(rater, 'exit');
    await page.getByRole('button', { name: 'Finalize' }).click();
    const failure = page.getByRole('main').getByRole('alert').filter({ hasText: 'The rater does not answer' });
    await failure.getByRole('paragraph').getByText('queued to be rated again').waitFor();
    await page.getByTestId('state').filter({ hasText: 'Draft' }).waitFor();

    ({ process: rater } = await startRater(new URL(url).port));
    await context.request.post(`${workbench.origin}/api/rerates/run`, { data: {} });
    await page.reload();
    await page.getByTestId('state').filter({ hasText: 'Accepted' }).waitFor({ timeout: 60_000 });
    await page.getByTestId('total').filter({ hasText: '$386.75' }).waitFor();
    // The browser itself reports the two answers that were no success.
    expect(complaints.map((text) => /status of (\d+)/.exec(text)?.[1])).toEqual(['409', '503']);
  });
});
