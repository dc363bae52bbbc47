import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What WCAG 2.2 AA finds on the page as it stands. */
export async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Chooses an option of a select field by mouse. */
export async function choose(page: Page, label: RegExp, option: string): Promise<void> {
  await page
    .getByRole('combobox', { name: label })
    .or(page.getByRole('textbox', { name: label }))
    .first()
    .click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Fills what examples/personal-auto asks about a car of this value; 10000 makes $915.33. */
export async function enterCar(
  page: Page,
  value: string,
  name: readonly [string, string] = ['Ada', 'Marsh'],
): Promise<void> {
  await page.getByLabel('First name').fill(name[0]);
  await page.getByLabel('Last name').fill(name[1]);
  await choose(page, /Sold by/, 'Agent');
  await choose(page, /At-fault claims/, 'None');
  await choose(page, /suspended/, 'No');
  await choose(page, /^Type/, 'Car');
  await page.getByLabel(/^Value/).fill(value);
}

/**
 * With FIELDWRITER_SCREENSHOTS=1 the page as it stands, light and dark, into test/e2e/screenshots: to be looked at.
 * Nothing without it, so that tests stay quick.
 */
export async function screenshots(page: Page, name: string): Promise<void> {
  if (!process.env.FIELDWRITER_SCREENSHOTS) return;
  const folder = path.join(import.meta.dirname, 'screenshots');
  mkdirSync(folder, { recursive: true });
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    await page.screenshot({ path: path.join(folder, `${name}-${scheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
