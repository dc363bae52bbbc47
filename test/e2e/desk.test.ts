import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { exampleRequest } from '#test/contract/support.ts';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

/** What WCAG 2.2 AA finds on the page as it stands. */
const PEOPLE = ['Ada Marsh', 'Ben Ortega', 'Clara Winter', 'Dev Quill', 'Elif Stone', 'Femi Hart'] as const;

/** The machine may have other things to do. */
const SOON = { timeout: 10_000 };

describe('the desk in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  const policies = new Map<string, string>();

  const ask = async <T>(method: string, path: string, data?: object): Promise<T> => {
    const answer = await context.request.fetch(`${workbench.origin}${path}`, { method, ...(data ? { data } : {}) });
    if (!answer.ok()) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const draftFor = async (name: string, value: number): Promise<string> => {
    const [first_name = '', last_name = ''] = name.split(' ');
    const { policyholder, policy } = exampleRequest('personal-auto', 'golden-new-business');
    const values = { ...policyholder.values, first_name, last_name };
    const { locator } = await ask<PolicyholderResponse>('POST', '/policyholder/create', { values });
    const text = JSON.stringify({ ...policy, policyholderLocator: locator });
    const body = JSON.parse(text.replace(/"vehicle_value":"?\d+"?/, `"vehicle_value":${value}`)) as object;
    return (await ask<PolicyResponse>('POST', '/policy', body)).locator;
  };
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const insured = () => page.locator('.risk-rows .risk-line a').allTextContents();
  const shoot = (name: string): Promise<void> => screenshots(page, `desk-${name}`);

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    context = await workbench.browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
      acceptDownloads: true,
    });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    await ask('POST', '/api/examples/personal-auto');
    for (const [index, name] of PEOPLE.entries()) policies.set(name, await draftFor(name, 10_000 + 1_000 * index));
    await ask('POST', `/policy/${policies.get('Femi Hart')}/finalize`);
    await page.reload();
    await row('Ada Marsh').waitFor();
  }, 180_000);
  afterAll(async () => workbench?.close());

  it('lists every risk, orders by a column and narrows as one types', async () => {
    expect(await insured()).toEqual([
      'Femi Hart',
      'Elif Stone',
      'Dev Quill',
      'Clara Winter',
      'Ben Ortega',
      'Ada Marsh',
    ]);
    await row('Femi Hart').getByText('Ready to issue').waitFor();
    expect(await findings(page)).toEqual([]);
    await shoot('list');
    await page.getByRole('columnheader', { name: 'Insured', exact: true }).getByRole('button').click();
    await expect
      .poll(insured, SOON)
      .toEqual(['Ada Marsh', 'Ben Ortega', 'Clara Winter', 'Dev Quill', 'Elif Stone', 'Femi Hart']);
    await page.getByLabel('Search policies and policyholders').fill('orte');
    await expect.poll(insured, SOON).toEqual(['Ben Ortega']);
    await page.getByLabel('Search policies and policyholders').fill('nobody');
    await page.getByText('No risk matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await expect.poll(insured, SOON).toHaveLength(6);
  });

  it('keeps filters, order and columns as a view, which can be renamed, deleted and had back', async () => {
    const views = page.getByRole('complementary', { name: 'Views' });
    await page
      .getByRole('textbox', { name: 'Stage' })
      .or(page.getByRole('combobox', { name: 'Stage' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Ready to issue' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(insured, SOON).toEqual(['Femi Hart']);
    await views.getByRole('button', { name: 'Save this view' }).click();
    await page.keyboard.type('To bind');
    await page.keyboard.press('Enter');
    await views.getByRole('button', { name: 'All risks' }).click();
    await expect.poll(insured, SOON).toHaveLength(6);
    await page.reload();
    await views.getByRole('button', { name: 'To bind', exact: true }).click();
    await expect.poll(insured, SOON).toEqual(['Femi Hart']);

    await views.getByRole('button', { name: 'Rename or delete To bind' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('To issue today');
    await page.keyboard.press('Enter');
    await views.getByRole('button', { name: 'Rename or delete To issue today' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await views.getByRole('button', { name: 'To issue today', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await views.getByRole('button', { name: 'To issue today', exact: true }).waitFor();
    await views.getByRole('button', { name: 'All risks' }).click();
    await expect.poll(insured, SOON).toHaveLength(6);
  });

  it('is walked without a mouse: to the list, along it, into a risk and back; pins what one is at', async () => {
    await page.reload();
    await row('Ada Marsh').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a');
    await page.keyboard.press('Escape');
    await expect.poll(insured, SOON).toHaveLength(6);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.locator('.risk-line.active').filter({ hasText: 'Ada Marsh' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('p');
    await page.getByRole('region', { name: 'Pinned' }).getByText('Ben Ortega').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('state').waitFor();
    expect(page.url()).toContain(policies.get('Ben Ortega'));
    await page.goBack();
    await page.getByRole('region', { name: 'Recent' }).getByText('Ben Ortega').waitFor();
  });

  it('finalizes many at once: one that fails is named, the others go on; the list is fresh at the end', async () => {
    // Discarded behind the list's back: it still looks like a draft.
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('Shift+ArrowDown');
    const bar = page.getByRole('region', { name: 'Selected risks' });
    await bar.getByText('3 selected').waitFor();
    await shoot('selected');
    expect(await findings(page)).toEqual([]);
    await ask('POST', `/policy/${policies.get('Dev Quill')}/discard`);
    await bar.getByRole('button', { name: 'Finalize' }).click();
    await row('Clara Winter').getByText('Ready to issue').waitFor({ timeout: 60_000 });
    await row('Elif Stone').getByText('Ready to issue').waitFor();
    await page.getByTestId('jobs').click();
    await page.getByText('1 did not work', { exact: true }).click();
    await page.getByText(/Dev Quill \(\d+\): .*discarded/).waitFor();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    complaints.length = 0; // the browser reports the refusal that was meant
  });

  it('ends a long work where it is told to, with nothing half done', async () => {
    for (let index = 0; index < 8; index += 1) await draftFor(`Gale Many${index}`, 10_000);
    await page.reload();
    await row('Gale Many7').waitFor();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The second is held on its way, so that there is a moment to cancel in.
    let asked = 0;
    await page.route('**/finalize', async (route) => {
      asked += 1;
      if (asked === 2) await held;
      await route.continue();
    });
    await page.getByRole('grid').focus();
    await page.keyboard.press('Space');
    for (let step = 0; step < 7; step += 1) await page.keyboard.press('Shift+ArrowDown');
    await page.getByRole('region', { name: 'Selected risks' }).getByText('8 selected').waitFor();
    await page.getByRole('button', { name: 'Finalize' }).click();
    await expect.poll(() => asked, { timeout: 60_000 }).toBe(2);
    await page.getByTestId('jobs').click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    release();
    await page.getByText('2 of 8 · Cancelled').waitFor({ timeout: 60_000 });
    await page.unroute('**/finalize');
    await expect
      .poll(async () => (await ask<{ total: number }>('GET', '/api/risks?q=gale&stage=ready&limit=1')).total)
      .toBe(6);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
  });

  it('issues many after saying how many and for how much, and exports what is selected', async () => {
    await page.getByLabel('Search policies and policyholders').fill('hart');
    await expect.poll(insured, SOON).toEqual(['Femi Hart']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const csv = Buffer.concat(chunks).toString('utf8');
    const { rows } = await ask<{ rows: { premium: string }[] }>('GET', '/api/risks?q=hart');
    expect(csv.split('\r\n')[1]).toContain(`${rows[0]?.premium},USD`);
    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Issue 1 risk?' });
    await dialog.getByText('can not be undone', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Issue' }).click();
    await row('Femi Hart').getByText('Issued').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
  });

  it('shows the same risks as a board, by what is to be done next', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('b');
    const column = (name: string) => page.getByRole('region', { name, exact: true });
    await column('To issue')
      .getByRole('link', { name: /Clara Winter/ })
      .waitFor();
    await column('Issued lately')
      .getByRole('link', { name: /Femi Hart/ })
      .waitFor();
    expect(await column('Ready to finalize').getByRole('link').count()).toBe(8);
    expect(await findings(page)).toEqual([]);
    await shoot('board');
    await column('Ready to finalize').getByRole('link').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await column('To issue').locator(':focus').count()).toBe(1);
    await page.reload();
    await column('To issue').waitFor();
    await page.setViewportSize({ width: 1024, height: 768 });
    expect(await findings(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('finds anything from anywhere as one types, and runs commands by name', async () => {
    // An address that names no screen says so, and leads on.
    await page.goto(`${workbench.origin}/#/quotations/12`);
    await page.getByText('Nothing is at #/quotations/12.').waitFor();
    await page.getByRole('button', { name: 'Open the desk' }).click();
    await page.getByRole('button', { name: 'Search' }).click();
    const palette = page.getByRole('dialog');
    await palette
      .getByRole('button', { name: /Ben Ortega/ })
      .first()
      .waitFor();
    await page.keyboard.type('quil');
    await palette
      .getByRole('button', { name: /Dev Quill/ })
      .first()
      .waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('winter');
    await palette
      .getByRole('button', { name: /Clara Winter/ })
      .first()
      .waitFor();
    expect(await findings(page)).toEqual([]);
    await shoot('palette');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByTestId('state').waitFor();
    expect(page.url()).toContain(policies.get('Clara Winter'));
    await page.keyboard.press('Control+k');
    await page.keyboard.type('new quote: personal');
    await palette.getByRole('button', { name: /New quote: Personal Auto/ }).click();
    await page.getByLabel('First name').waitFor();
  });

  it('left no complaint in the console', () => {
    expect(complaints).toEqual([]);
  });
});
