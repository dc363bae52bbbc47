import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SyncStatus } from '#core/api/contracts/sync.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { startTestCloud, type TestCloud } from '../../cloud/testing.ts';
import { exampleRequest } from '../contract/support.ts';
import { type Ask, askerOf, issuedPolicy } from './issued-policy.ts';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

const POLL = { timeout: 20_000, interval: 100 };

/** A workbench with a person in front of it. */
interface Desk {
  readonly workbench: RunningWorkbench;
  readonly page: Page;
  readonly complaints: string[];
  readonly ask: Ask;
  open(place: string): Promise<unknown>;
}

async function openDesk(name: string): Promise<Desk> {
  const workbench = await openWorkbenchInBrowser();
  const context = await workbench.browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'en-US',
    colorScheme: 'light',
  });
  context.setDefaultTimeout(20_000);
  const { page, complaints } = await openPage(context);
  await page.goto(workbench.address);
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Enter');
  await page.getByText('No risks yet').waitFor();
  return {
    workbench,
    page,
    complaints,
    ask: askerOf(page, workbench.origin),
    open: (place) => page.goto(`${workbench.origin}/#/${place}`),
  };
}

/** The walkthrough of the user guide: two workbenches, a cloud, and people who change the same thing without a network. */
describe('replication with a cloud, in two real browsers', () => {
  let cloud: TestCloud;
  let tenant: string;
  let uma: Desk;
  let bo: Desk;
  let draft: PolicyResponse;

  beforeAll(async () => {
    [cloud, uma, bo] = await Promise.all([startTestCloud(), openDesk('Uma Writer'), openDesk('Bo Lund')]);
    tenant = await cloud.newTenant('Northwind Mutual');
  }, 180_000);
  afterAll(async () => {
    await Promise.all([uma?.workbench.close(), bo?.workbench.close()]);
    await cloud?.stop();
  });

  const enrol = async ({ page, open }: Desk): Promise<void> => {
    await open('replication');
    await page.getByLabel('Address of the cloud').fill(cloud.copies[0]?.address ?? '');
    await page.getByLabel('One-time code').fill(await cloud.newCode(tenant));
    await page.keyboard.press('Enter');
    await page.getByTestId('sync').filter({ hasText: 'In step' }).waitFor();
  };
  const status = (desk: Desk) => desk.ask<SyncStatus>('GET', '/api/sync');
  /** Replicates until it agreed with the cloud after now; by itself it would within half a minute. */
  const meet = async (...desks: readonly Desk[]): Promise<void> => {
    for (const desk of desks) {
      const before = (await status(desk)).lastSuccess ?? 0;
      await expect
        .poll(async () => {
          await desk.ask('POST', '/api/sync/now', {});
          return (await status(desk)).lastSuccess;
        }, POLL)
        .toBeGreaterThan(before);
      await expect.poll(async () => (await status(desk)).waiting.entries, POLL).toBe(0);
    }
  };
  const leaveNetwork = (...desks: readonly Desk[]) =>
    Promise.all(desks.map(({ ask }) => ask('PUT', '/api/sync', { on: false })));
  const riskOf = async ({ ask }: Desk) => {
    const { characteristics, exposures } = await ask<PolicyResponse>('GET', `/policy/${draft.locator}`);
    return {
      channel: characteristics[0]?.fieldValues.channel?.[0],
      value: exposures[0]?.characteristics[0]?.fieldValues.vehicle_value?.[0],
    };
  };
  const setValue = (desk: Desk, value: number) =>
    desk.ask('POST', `/policy/${draft.locator}/update`, {
      updateExposures: [{ exposureLocator: draft.exposures[0]?.locator, fieldValues: { vehicle_value: value } }],
    });

  it('enrols both with a code each', async () => {
    await uma.page.getByTestId('sync').filter({ hasText: 'This laptop only' }).click();
    await uma.page.getByRole('heading', { name: 'Connect with a cloud' }).waitFor();
    await screenshots(uma.page, 'sync-enrol');
    await enrol(uma);
    await uma.ask('POST', '/api/examples/personal-auto', {});
    await meet(uma);
    await enrol(bo);
    expect(await findings(bo.page)).toEqual([]);
    await screenshots(bo.page, 'sync-in-step');
  });

  it('shows everywhere what one of them issued', async () => {
    await bo.open('desk');
    const policy = await issuedPolicy(uma.ask);
    await meet(uma, bo);
    await bo.page.getByText(policy.displayId).first().waitFor();
  });

  it('merges by itself what two people changed in different fields without a network', async () => {
    const { policyholder, policy } = exampleRequest('personal-auto', 'golden-new-business');
    const holder = await uma.ask<PolicyholderResponse>('POST', '/policyholder/create', policyholder);
    draft = await uma.ask('POST', '/policy', { ...policy, policyholderLocator: holder.locator });
    await meet(uma, bo);
    await leaveNetwork(uma, bo);
    await setValue(uma, 11_000);
    await bo.ask('POST', `/policy/${draft.locator}/update`, { fieldValues: { channel: 'Direct' } });
    await bo.page.getByTestId('sync').filter({ hasText: 'waiting' }).click();
    await bo.page.getByRole('listitem').filter({ hasText: 'Changed the quote' }).getByText('Bo Lund').waitFor();
    await screenshots(bo.page, 'sync-waiting');
    await meet(uma, bo, uma);
    expect(await riskOf(uma)).toEqual(await riskOf(bo));
    expect(await riskOf(uma)).toMatchObject({ value: '11000', channel: 'Direct' });
    expect((await status(bo)).conflicts).toBe(0);
  });

  it('keeps both sides of what they changed in the same field, until somebody says which', async () => {
    await setValue(uma, 12_000);
    await setValue(bo, 15_000);
    await meet(uma, bo);
    await bo.page.getByTestId('sync-conflicts').filter({ hasText: '1 conflict' }).click();
    const row = bo.page.getByRole('row').filter({ hasText: 'Both changed it' });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/Value.*11000.*12000.*15000/);
    expect(await findings(bo.page)).toEqual([]);
    await screenshots(bo.page, 'sync-conflict');
    if (process.env.FIELDWRITER_SCREENSHOTS) {
      await bo.page.setViewportSize({ width: 1024, height: 768 });
      await screenshots(bo.page, 'sync-conflict-1024');
      await bo.page.setViewportSize({ width: 1440, height: 900 });
    }
    // Without the mouse: mine on top, and that is it.
    await bo.page.keyboard.press('2');
    await bo.page.keyboard.press('Control+Enter');
    await bo.page.getByText('The refused version was put on top by Bo Lund').waitFor();
    await bo.page.getByTestId('sync-conflicts').waitFor({ state: 'detached' });
    await meet(bo, uma);
    expect(await riskOf(uma)).toMatchObject({ value: '15000', channel: 'Direct' });
    expect((await status(uma)).conflicts).toBe(0);
  });

  it('says before a trip whether one can leave', async () => {
    await setValue(bo, 16_000);
    await bo.open('replication/departure');
    await bo.page.getByText('One thing to do before you leave').waitFor();
    expect(await findings(bo.page)).toEqual([]);
    await screenshots(bo.page, 'sync-departure-todo');
    await bo.page.getByTestId('departure').getByRole('button', { name: 'Sync now' }).click();
    await bo.page.getByText(/^Ready\./).waitFor();
    await screenshots(bo.page, 'sync-departure');
    expect([...uma.complaints, ...bo.complaints]).toEqual([]);
  });
});
