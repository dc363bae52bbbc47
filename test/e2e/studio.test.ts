import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../../examples');
const GUIDELINES = 'products/personal-auto/policy/underwriting.guidelines.liquid';
const POLICY = 'products/personal-auto/policy/policy.json';
const TEMPLATE = 'products/personal-auto/policy/quote.template.liquid';

describe('the product studio in a real browser', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser([
      '--user',
      'Paula Author',
      '--configuration',
      path.join(EXAMPLES, 'personal-auto'),
    ]);
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
  });
  afterAll(async () => workbench?.close());

  const shot = async (name: string): Promise<void> => {
    // Small enough to be kept beside the sources.
    await page.setViewportSize({ width: 1220, height: 700 });
    await screenshots(page, `studio-${name}`);
    await page.setViewportSize({ width: 1440, height: 900 });
  };
  const part = (title: string): Locator =>
    page.getByRole('navigation', { name: 'Parts of the product' }).getByRole('link', { name: title, exact: true });
  /** Closes every notice, however many there are by now: some stay, some go by themselves. */
  const closeNotices = async (): Promise<void> => {
    const notices = page.locator('.mantine-Notification-root');
    await notices
      .getByRole('button', { name: 'Close' })
      .evaluateAll((buttons) => buttons.forEach((button) => void (button as unknown as { click(): void }).click()));
    await expect.poll(() => notices.count(), { timeout: 10_000 }).toBe(0);
  };
  const openFile = (file: string) =>
    page.goto(`${workbench.origin}/#/studio/personal-auto/${encodeURIComponent(file)}`);
  const editor = (file: string): Locator => page.getByRole('textbox', { name: `Text of ${file}` });
  const preview = (): Locator => page.getByRole('complementary', { name: 'Preview' });
  /** Replaces a text in the editor as somebody would: find it, type over it. */
  const typeOver = async (file: string, search: string, by: string): Promise<void> => {
    const content = editor(file);
    const line = content.locator('.cm-line').filter({ hasText: search }).first();
    await line.click();
    await page.keyboard.press('Home');
    const before = (await line.textContent()) ?? '';
    const at = before.indexOf(search) - before.search(/\S/);
    for (let i = 0; i < at; i += 1) await page.keyboard.press('ArrowRight');
    for (let i = 0; i < search.length; i += 1) await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.insertText(by);
  };

  it('opens a product as its parts', async () => {
    await page.goto(`${workbench.origin}/#/products`);
    await page.getByRole('link', { name: 'Open Personal Auto in studio' }).click();
    await part('Collision').first().waitFor();
    await page.getByText('Choose a part on the left').waitFor();
  });

  it('shows the new title in the form while it is typed, and nothing else changes in the file', async () => {
    await part('Policy').click();
    await page.getByLabel('Title channel').fill('Distribution channel');
    await preview().getByText('Distribution channel').waitFor();
    await page.getByText('1 file changed').waitFor();
    expect(await findings(page)).toEqual([]);
    await shot('fields');
    await page.getByText('Text', { exact: true }).click();
    await editor(POLICY).getByText('"Distribution channel"').waitFor();
  });

  it('marks a mistake in its place, and takes the mark away when it is repaired', async () => {
    await typeOver(POLICY, '"fields": [', '"fields": [,');
    const problems = page.getByRole('region', { name: 'Problems' });
    await problems.getByRole('button', { name: /^Error.*policy\.json, line 2/ }).waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    await preview().getByText('The product has errors').waitFor();
    expect(await preview().getByText('Distribution channel').count()).toBe(1);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByText('One error has to be repaired first', { exact: false }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await problems
      .getByRole('button', { name: /^Error/ })
      .first()
      .click();
    await page.locator('.cm-content:focus').waitFor();
    await typeOver(POLICY, '"fields": [,', '"fields": [');
    await problems.getByRole('status').filter({ hasNotText: 'error' }).waitFor();
    await page.locator('.cm-lintRange-error').waitFor({ state: 'detached' });
  });

  it('keeps the working copy over a reload', async () => {
    await page.reload();
    await page.getByText('1 file changed').waitFor();
    await preview().getByText('Distribution channel').waitFor();
  });

  it('shows which decisions flip, over made-up risks, with the rule that does it', async () => {
    await openFile(GUIDELINES);
    await editor(GUIDELINES).waitFor();
    await page.getByText('Decides each risk as the product is', { exact: false }).waitFor();
    await typeOver(GUIDELINES, '== "Yes"', '!= "Yes"');
    await page.getByRole('textbox', { name: 'How many' }).fill('40');
    await page.keyboard.press('Control+Enter');
    await preview()
      .getByText(/of 40 decisions flip/)
      .waitFor({ timeout: 60_000 });
    const flips = preview().getByRole('row').filter({ hasText: 'Accept → Reject' });
    await flips.first().getByText('license_suspended_past_3_years != "Yes"', { exact: false }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await page.locator('[data-mantine-color-scheme="dark"]').waitFor({ state: 'attached' });
    expect(await findings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await shot('dry-run');
    await flips
      .first()
      .getByRole('button', { name: /Show sample/ })
      .click();
    await page.getByRole('dialog').getByText('"productName": "personal-auto"').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('makes a document of the template that is typed', async () => {
    await openFile(TEMPLATE);
    await editor(TEMPLATE).waitFor();
    await preview()
      .getByRole('region', { name: 'Quote schedule' })
      .getByText('What we offer to insure', { exact: false })
      .waitFor({ timeout: 60_000 });
    await shot('document');
    await preview()
      .getByText(/fields? may be empty/)
      .click();
    await preview()
      .getByRole('button', { name: /^show sample/ })
      .first()
      .waitFor();
    const end = editor(TEMPLATE).locator('.cm-line').first();
    await end.click();
    await page.keyboard.press('Home');
    await page.keyboard.insertText('{% for %}');
    await preview()
      .getByRole('alert')
      .getByRole('button', { name: 'quote.template.liquid, line 1' })
      .waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Undo changes of this file' }).click();
    await preview()
      .getByRole('region', { name: 'Quote schedule' })
      .getByText('What we offer to insure', { exact: false })
      .waitFor({ timeout: 30_000 });
  });

  it('shows a table row by row, and finds in it', async () => {
    await page.getByLabel('Find a part').fill('tables vehicle');
    await page.keyboard.press('Enter');
    await page.getByRole('columnheader', { name: 'key' }).waitFor();
    await page.getByLabel('Find rows').fill('motor');
    await page
      .getByRole('status')
      .filter({ hasText: /^\d+ rows?$/ })
      .waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('saves as a version that new quotes use', async () => {
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What changed').fill('Only suspended drivers');
    await dialog.getByText(GUIDELINES).waitFor();
    expect(await findings(page)).toEqual([]);
    await dialog.getByText(GUIDELINES).click();
    await dialog.getByText('!= "Yes"', { exact: false }).waitFor();
    await shot('save');
    await dialog.getByRole('button', { name: 'Save version' }).click();
    await page.getByTestId('version').filter({ hasText: 'Version 2' }).waitFor();
    await page.getByText('As saved', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByText('Only suspended drivers').waitFor();
    await page.getByText('Paula Author', { exact: false }).first().waitFor();
    await shot('history');
    await page.keyboard.press('Escape');

    await page.goto(`${workbench.origin}/#/quote/personal-auto`);
    await page.getByText('Distribution channel').first().waitFor();
    const { configVersion } = (await (
      await page.request.get(`${workbench.origin}/api/products/personal-auto`)
    ).json()) as { configVersion: number };
    expect(configVersion).toBe(2);
  });

  it('loses no changes when another version came first', async () => {
    await closeNotices();
    await openFile(GUIDELINES);
    await typeOver(GUIDELINES, '>= 100000', '>= 90000');
    await page.getByText('1 file changed').waitFor();
    const other = await page.request.post(`${workbench.origin}/api/studio/save`, {
      data: { base: 2, changes: { 'notes.md': 'Somebody else was here.' }, message: 'A note' },
    });
    expect(other.status()).toBe(200);
    await page.keyboard.press('Control+s');
    await page.getByRole('dialog').getByLabel('What changed').fill('Lower limit');
    await page.keyboard.press('Enter');
    await page.getByText('You have unsaved changes to version 2').waitFor();
    await closeNotices();
    await page.getByTestId('version').filter({ hasText: 'Version 3' }).waitFor();
    await page.getByRole('button', { name: 'Take them over to version 3' }).click();
    await page.getByText('1 file changed').waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByText('As saved', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByText('1 file changed').waitFor();
    expect(await editor(GUIDELINES).getByText('>= 90000').count()).toBe(1);
  });

  it('makes a product from a template and opens it', async () => {
    await page.goto(`${workbench.origin}/#/products`);
    await page.getByRole('button', { name: 'New product…' }).click();
    await page.getByLabel('Name', { exact: true }).fill('company-cars');
    await page.getByText('Shown as “Company Cars”').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Company Cars' }).waitFor();
  });

  it('imports a folder', async () => {
    await page.goto(`${workbench.origin}/#/products`);
    await page.locator('input[webkitdirectory]').setInputFiles(path.join(EXAMPLES, 'homeowners'));
    await page.getByRole('link', { name: 'Open Homeowners in studio' }).waitFor();
    expect(await findings(page)).toEqual([]);
    await shot('products');
  });

  it('takes a ZIP that is dropped anywhere on the page', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('{"timezone":"UTC","currency":"USD"}'), 'config.json');
    zip.addBuffer(Buffer.from('{"fields":[]}'), 'products/dropped/policy/policy.json');
    zip.end();
    const bytes = (await buffer(zip.outputStream)).toString('base64');
    // As text: the types of these tests know no browser.
    const dropped = await page.evaluateHandle(`(() => {
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (sign) => sign.charCodeAt(0));
      data.items.add(new File([bytes], 'dropped.zip'));
      return data;
    })()`);
    await page.locator('main').dispatchEvent('dragover', { dataTransfer: dropped });
    await page.getByText('Drop a ZIP or a folder to put it into use').waitFor();
    await page.locator('main').dispatchEvent('drop', { dataTransfer: dropped });
    await page.getByRole('link', { name: 'Open Dropped in studio' }).waitFor();
  });

  it('left no complaint in the console', () => {
    // A refused form of a product with errors is an answer; the browser reports it by itself.
    expect(complaints.filter((complaint) => !/ (422|409) /.test(complaint))).toEqual([]);
  });
});
