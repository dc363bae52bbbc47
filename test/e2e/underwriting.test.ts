import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const HOLDERS: Readonly<Record<string, object>> = {
  homeowners: { first_name: ['Ada'], last_name: ['Marsh'], state: ['MO'] },
  'commercial-property': { company_name: ['Marsh Joinery Ltd.'], state: ['NY'] },
};

describe('a risk that the guidelines refuse', () => {
  let workbench: RunningWorkbench;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  const post = async <T>(path: string, data: object): Promise<T> => {
    const answer = await page.request.post(`${workbench.origin}${path}`, { data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as T;
  };
  const draft = async (productName: string, policy: object): Promise<string> => {
    const values = HOLDERS[productName];
    const holder = await post<{ locator: string }>('/policyholder/create', { completed: false, values });
    const request = { policyholderLocator: holder.locator, productName, ...policy };
    return (await post<{ locator: string }>('/policy', request)).locator;
  };
  const rules = (name: RegExp) => page.getByRole('region', { name });

  beforeAll(async () => {
    workbench = await openWorkbenchInBrowser();
    context = await workbench.browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    ({ page, complaints } = await openPage(context));
    await page.goto(workbench.address);
    await page.getByLabel('Your name').fill('Uma Writer');
    await page.keyboard.press('Enter');
    await page.getByText('No risks yet').waitFor();
    await post('/api/examples/homeowners', {});
  });
  afterAll(async () => workbench?.close());

  it('shows the rules that fired and those that did not, each with the part that failed', async () => {
    const locator = await draft('homeowners', {
      fieldValues: { occupancy: 'Owner', losses_past_3_years: 3 },
      exposures: [
        { exposureName: 'dwelling', fieldValues: { limit: 800_000, roof_age: 5 }, perils: [{ name: 'all_risks' }] },
      ],
    });
    await page.goto(`${workbench.origin}/#/policy/${locator}/underwriting`);
    await page.getByTestId('verdict').filter({ hasText: 'Rejected' }).waitFor();
    const fired = rules(/^Rules that fired/);
    await fired.getByText('household.losses_past_3_years > 2').waitFor();
    await fired.getByText('note “More than two losses in the past 3 years.”', { exact: false }).waitFor();
    await fired.getByText('Losses in the past 3 years is 3').first().waitFor();
    const silent = rules(/^Rules that did not fire/);
    const vacant = silent.getByRole('listitem').filter({ hasText: 'household.occupancy == "Nobody"' }).first();
    await vacant.getByText('Who lives there? is Owner').waitFor();
    await vacant.getByText('Vacant dwellings are not insured.', { exact: false }).waitFor();
    await silent.getByText('underwriting.guidelines.liquid:9').waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it('finds the nearest changes that are accepted, and applies them with one key', async () => {
    const proposals = page.getByTestId('proposals');
    await proposals.getByText('750,000').waitFor();
    expect(await proposals.getByRole('button', { name: 'Apply' }).count()).toBe(1);
    await proposals.getByText('Losses in the past 3 years:').waitFor();
    await proposals.getByText('You can offer this').waitFor();
    await proposals.getByText('Has to be true').waitFor();
    await screenshots(page, 'underwriting-rejected');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('a');
    await page.getByTestId('verdict').filter({ hasText: 'Accepted' }).waitFor();
    expect(await proposals.count()).toBe(0);
    await screenshots(page, 'underwriting-accepted');
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await page.getByTestId('verdict').filter({ hasText: 'Rejected' }).waitFor();
    await page.getByTestId('proposals').getByRole('button', { name: 'Apply' }).click();
    await page.getByTestId('verdict').filter({ hasText: 'Accepted' }).waitFor();
  });

  it('says of a locked risk when and by what it was decided; a what-if tries the nearest change', async () => {
    const locator = await draft('homeowners', {
      fieldValues: { occupancy: 'Owner', losses_past_3_years: 1 },
      exposures: [
        { exposureName: 'dwelling', fieldValues: { limit: 800_000, roof_age: 5 }, perils: [{ name: 'all_risks' }] },
      ],
    });
    await post(`/policy/${locator}/finalize`, {});
    await page.goto(`${workbench.origin}/#/policy/${locator}/underwriting`);
    await page.getByText(/^Decided for good on .* under configuration version 1/).waitFor();
    await page.getByText('This risk is locked', { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0);
    await page.keyboard.press('Control+i');
    await page.getByTestId('proposals').getByRole('button', { name: 'Apply' }).waitFor();
    await page.keyboard.press('a');
    await page.getByTestId('verdict').filter({ hasText: 'Accepted' }).waitFor();
  });

  it('says of a script what it did, and finds its nearest changes as well', async () => {
    // Policyholders are those of the configuration deployed last.
    await post('/api/examples/commercial-property', {});
    const locator = await draft('commercial-property', {
      fieldValues: { industry: 'Woodworking', years_in_business: 12, producer: 'Marlow Brokers' },
      exposures: [
        {
          exposureName: 'location',
          fieldValues: {
            name: 'Joinery',
            state: 'NY',
            construction: 'Joisted masonry',
            protection_class: 6,
            sprinklered: 'No',
            building_value: 640_000,
            contents_value: 310_000,
            hazards: ['Spray booth', 'Flammable liquids'],
          },
          perils: [{ name: 'building' }, { name: 'contents' }],
        },
      ],
    });
    await page.goto(`${workbench.origin}/#/policy/${locator}/underwriting`);
    await page.getByText('rules that did not fire can only be listed for guidelines', { exact: false }).waitFor();
    await page.getByTestId('proposals').getByText('Sprinklered', { exact: false }).waitFor({ timeout: 20_000 });
    await screenshots(page, 'underwriting-script');
    expect(await findings(page)).toEqual([]);
  });

  it('works for a quote that nobody saved, and teaches while it can not be decided', async () => {
    await page.goto(`${workbench.origin}/#/quote/homeowners/underwriting`);
    await page.getByText('Not decided yet').waitFor();
  });

  it('left no complaint in the console', () => {
    expect(complaints).toEqual([]);
  });
});
