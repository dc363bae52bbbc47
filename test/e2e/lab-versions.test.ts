/** The lab's versions and experiments, and a price receipt on its way from a risk to its confirmation, in a real browser. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from '#core/api/contract.ts';
import type { FileContent } from '#core/api/contracts/studio.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { choose, findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const TABLE = 'products/personal-auto/policy/tables/personal_auto_vehicle_factors.csv';
const QUOTE = 'products/personal-auto/policy/quote.template.liquid';
const AT = '/api/lab/versions/personal-auto';

describe('versions, receipts and experiments', () => {
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
  const quote = async (number: number): Promise<PolicyResponse> => {
    const values = { first_name: 'Ada', last_name: `Marsh ${number}`, email: `ada${number}@example.com` };
    const holder = await post<{ locator: string }>('/policyholder/create', { completed: false, values });
    return post<PolicyResponse>('/policy', {
      policyholderLocator: holder.locator,
      productName: 'personal-auto',
      fieldValues: { channel: 'Agent', atfault_claims_past_5_years: 'None', license_suspended_past_3_years: 'No' },
      exposures: [
        {
          exposureName: 'vehicle',
          fieldValues: { vehicle_type: 'Car', vehicle_value: 10_000 },
          perils: [{ name: 'bodily_injury' }, { name: 'collision' }],
        },
      ],
    });
  };

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    page.setDefaultTimeout(10_000);
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    await post('/api/examples/personal-auto', {});
    const file = await page.request.get(`${workbench.origin}/api/configurations/1/file?path=${TABLE}`);
    const text = ((await file.json()) as FileContent).text ?? '';
    const up = text.replace(/^(Motorcycle),.*$/m, '$1,0.75').replace(/^(Car),.*$/m, '$1,1.03');
    await post('/api/studio/save', { base: 1, changes: { [TABLE]: up }, message: 'Cars 3 % up' });
    policy = await quote(0);
    await post(`/policy/${policy.locator}/finalize`, {});
    await page.goto(`${workbench.origin}/#/lab/personal-auto/versions`);
  });
  afterAll(async () => workbench?.close());

  it('shows the history with its differences in words, releases a version and takes one back', async () => {
    const list = page.getByRole('list', { name: 'Versions, newest first' });
    await list.getByRole('button', { name: /Cars 3 % up/ }).waitFor();
    await page.getByText('value', { exact: false }).first().waitFor();
    await page.getByRole('table', { name: 'Cells that differ' }).waitFor();
    await page.getByRole('button', { name: 'Release…' }).click();
    await page.getByLabel('Name of the release').fill('spring-2027');
    await page.getByLabel('What it is about').fill('Filed on 1 March');
    await page.keyboard.press('Enter');
    await list.getByText('Release spring-2027').waitFor();
    // Work in progress beside it, so that the graph has a branch.
    const { commit } = await post<{ commit: string }>(`${AT}/branches`, { name: 'summer' });
    const changes = { 'products/personal-auto/notes.md': 'To be continued.\n' };
    await post(`${AT}/branches/summer/save`, { base: commit, changes, message: 'Notes on summer' });
    await page.reload();
    await list.getByRole('button', { name: /Notes on summer/ }).click();
    await page.getByText('To be continued.').waitFor();
    await screenshots(page, 'lab-versions-history');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Deploy branch' }).click();
    await page.getByText('Deployed as version 3.').waitFor();
    await list.getByRole('button', { name: /Cars 3 % up/ }).click();
    await page.getByRole('button', { name: 'Take back…' }).click();
    await page.getByRole('button', { name: 'Take back and deploy' }).click();
    await list.getByRole('button', { name: /Revert "Cars 3 % up"/ }).waitFor();
  });

  it('blames each cell of a table on the version that last set it', async () => {
    await page.keyboard.press('b');
    await page
      .getByRole('textbox', { name: 'File' })
      .or(page.getByRole('combobox', { name: 'File' }))
      .first()
      .click();
    await page.getByRole('option', { name: TABLE }).click();
    const grid = page.getByRole('region', { name: TABLE });
    await grid.getByRole('cell', { name: 'Car v1', exact: true }).waitFor();
    await screenshots(page, 'lab-versions-blame');
    expect(await findings(page)).toEqual([]);
  });

  it('saves the receipt of a price, confirms it, and shows the first step of one that was tampered with', async () => {
    await page.goto(`${workbench.origin}/#/policy/${policy.locator}`);
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Price receipt' }).click();
    const text = readFileSync(await (await saving).path(), 'utf8');
    await page.goto(`${workbench.origin}/#/lab/personal-auto/versions`);
    await page.getByRole('list', { name: 'Versions, newest first' }).waitFor();
    await page.keyboard.press('r');
    const drop = async (content: string): Promise<void> =>
      page.locator('input[type=file]').setInputFiles({
        name: 'receipt.json',
        mimeType: 'application/json',
        buffer: Buffer.from(content),
      });
    await drop(text);
    await page.getByText('Confirmed to the cent').waitFor();
    const forged = JSON.parse(text) as { input: { policy: { exposures: { characteristics: object[] }[] } } };
    Object.assign(forged.input.policy.exposures[0]?.characteristics[0] ?? {}, {
      fieldValues: { vehicle_type: ['Car'], vehicle_value: ['5000'] },
    });
    await drop(JSON.stringify(forged));
    await page.getByText('Not confirmed').waitFor();
    await page.getByText('First step that differs').waitFor();
    await page.getByText(/vehicle_value is 5000/).waitFor();
    await screenshots(page, 'lab-receipt-differs');
    expect(await findings(page)).toEqual([]);
  });

  it('makes an environment beside this one, shows what a promotion would change there, and lets promotions wait', async () => {
    await page.goto(`${workbench.origin}/#/lab/personal-auto/versions`);
    await page.keyboard.press('e');
    await page.getByText('open here').waitFor();
    await page.getByRole('switch').click();
    await page.getByRole('switch', { checked: true }).waitFor();
    await page.getByRole('button', { name: 'New environment…' }).click();
    await page.getByLabel('Name').fill('staging');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByText('staging is there, with', { exact: false }).waitFor();
    await screenshots(page, 'lab-environments');
    expect(await findings(page)).toEqual([]);
    const [newest] = (await (await page.request.get(`${workbench.origin}/api/configurations`)).json()) as Deployment[];
    const base = newest?.configVersion ?? 0;
    const at = `${workbench.origin}/api/configurations/${base}/file?path=`;
    const read = async (file: string) =>
      ((await (await page.request.get(at + encodeURIComponent(file))).json()) as FileContent).text ?? '';
    const changes = {
      [TABLE]: (await read(TABLE)).replace(/^(Car),.*$/m, '$1,1.07'),
      [QUOTE]: `${await read(QUOTE)}<p>Rates of spring.</p>`,
    };
    await post('/api/studio/save', { base, changes, message: 'Cars 7 % up' });
    await page.getByRole('button', { name: 'Promote to it…' }).click();
    const plan = page.getByRole('dialog');
    await plan.getByText('Impact on the book there').waitFor({ timeout: 60_000 });
    await plan.getByText('Documents that come out otherwise').waitFor();
    await screenshots(page, 'lab-promotion');
    expect(await findings(page)).toEqual([]);
  });

  it('begins an experiment, counts its arms, and sets the cohorts beside each other', async () => {
    await page.goto(`${workbench.origin}/#/lab/personal-auto/experiments`);
    await page.getByText('No experiment yet', { exact: false }).waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Name/).fill('Cars up again');
    await choose(page, /first arm/, '2: Cars 3 % up');
    await dialog.getByLabel(/Fields that name/).fill('policyholder.email');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Begin' }).click();
    await page.getByText('“Cars up again” runs.').waitFor();
    for (const number of [1, 2, 3, 4]) {
      const made = await quote(number);
      await post(`/policy/${made.locator}/finalize`, {});
      if (number % 2 === 0) await post(`/policy/${made.locator}/issue`, {});
    }
    await page.reload();
    await page.getByText('Chance alone explains', { exact: false }).waitFor();
    await page.getByRole('img', { name: 'Conversion and loss ratio by cohort' }).waitFor();
    await screenshots(page, 'lab-experiments');
    expect(await findings(page)).toEqual([]);
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByText('Ended', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
