import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConflictSummary, SyncStatus } from '#core/api/contracts/sync.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { startTestCloud, type TestCloud } from '../../cloud/testing.ts';
import { exampleRequest } from '../contract/support.ts';
import { type Ask, askerOf, issuedPolicy } from './issued-policy.ts';
import { findings, screenshots } from './support.ts';
import { openPage, openWorkbenchInBrowser, type RunningWorkbench } from './workbench.ts';

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
  const switchTo = async (desk: Desk, on: boolean): Promise<void> => {
    await desk.ask('PUT', '/api/sync', { on });
  };
  const inStep = (desk: Desk) => desk.page.getByTestId('sync').filter({ hasText: 'In step' }).waitFor();
  const status = (desk: Desk) => desk.ask<SyncStatus>('GET', '/api/sync');
  const policyOf = (desk: Desk) => desk.ask<PolicyResponse>('GET', `/policy/${draft.locator}`);
  const carOf = async (desk: Desk): Promise<unknown> =>
    (await policyOf(desk)).exposures[0]?.characteristics[0]?.fieldValues;
  const setValue = (desk: Desk, value: number) =>
    desk.ask('POST', `/policy/${draft.locator}/update`, {
      updateExposures: [{ exposureLocator: draft.exposures[0]?.locator, fieldValues: { vehicle_value: value } }],
    });

  it('enrols both with a code each', async () => {
    await uma.page.getByTestId('sync').filter({ hasText: 'This laptop only' }).click();
    await uma.page.getByRole('heading', { name: 'Connect with a cloud' }).waitFor();
    expect(await findings(uma.page)).toEqual([]);
    await screenshots(uma.page, 'sync-enrol');
    await enrol(uma);
    await uma.ask('POST', '/api/examples/personal-auto', {});
    await inStep(uma);
    await enrol(bo);
    expect(await findings(bo.page)).toEqual([]);
    await screenshots(bo.page, 'sync-in-step');
  });

  it('shows everywhere what one of them issued', async () => {
    await bo.open('desk');
    const policy = await issuedPolicy(uma.ask);
    await bo.page.getByText(policy.displayId).first().waitFor();
  });

  it('merges by itself what two people changed in different fields without a network', async () => {
    const { policyholder, policy } = exampleRequest('personal-auto', 'golden-new-business');
    const holder = await uma.ask<PolicyholderResponse>('POST', '/policyholder/create', policyholder);
    draft = await uma.ask('POST', '/policy', { ...policy, policyholderLocator: holder.locator });
    await bo.open(`policy/${draft.locator}`);
    await bo.page.getByTestId('state').filter({ hasText: 'Draft' }).waitFor();
    await Promise.all([switchTo(uma, false), switchTo(bo, false)]);
    await setValue(uma, 11_000);
    await bo.ask('POST', `/policy/${draft.locator}/update`, { fieldValues: { channel: 'Direct' } });
    await bo.page.getByTestId('sync').filter({ hasText: '1 waiting' }).waitFor();
    await bo.open('replication');
    await bo.page.getByRole('listitem').filter({ hasText: 'Changed the quote' }).waitFor();
    await screenshots(bo.page, 'sync-waiting');
    await switchTo(uma, true);
    await inStep(uma);
    await switchTo(bo, true);
    await inStep(bo);
    await expect.poll(() => carOf(uma)).toEqual(await carOf(bo));
    expect((await status(bo)).conflicts).toBe(0);
  });

  it('keeps both sides of what they changed in the same field, until somebody says which', async () => {
    await Promise.all([switchTo(uma, false), switchTo(bo, false)]);
    await setValue(uma, 12_000);
    await setValue(bo, 15_000);
    await switchTo(uma, true);
    await inStep(uma);
    await switchTo(bo, true);
    await bo.page.getByTestId('sync-conflicts').filter({ hasText: '1 conflict' }).click();
    const row = bo.page.getByRole('row').filter({ hasText: 'Both changed it' });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/Value.*11000.*12000.*15000/);
    expect(await findings(bo.page)).toEqual([]);
    await screenshots(bo.page, 'sync-conflict');
    await bo.page.setViewportSize({ width: 1024, height: 768 });
    await screenshots(bo.page, 'sync-conflict-1024');
    await bo.page.setViewportSize({ width: 1440, height: 900 });
    // Without the mouse: mine on top, and that is it.
    await bo.page.keyboard.press('2');
    await bo.page.keyboard.press('Control+Enter');
    await bo.page.getByText('The refused version was put on top by Bo Lund').waitFor();
    await bo.page.getByTestId('sync-conflicts').waitFor({ state: 'detached' });
    await expect.poll(async () => JSON.stringify(await carOf(uma))).toContain('15000');
    expect(await uma.ask<readonly ConflictSummary[]>('GET', '/api/sync/conflicts?state=open')).toEqual([]);
  });

  it('says before a trip whether one can leave', async () => {
    await bo.open('replication/departure');
    await bo.page.getByText(/^Ready\./).waitFor();
    expect(await findings(bo.page)).toEqual([]);
    await screenshots(bo.page, 'sync-departure');
    await switchTo(bo, false);
    await setValue(bo, 16_000);
    await bo.page.getByRole('button', { name: 'Check again' }).click();
    await bo.page.getByText('One thing to do before you leave').waitFor();
    await screenshots(bo.page, 'sync-departure-todo');
    await bo.page.getByTestId('departure').getByRole('button', { name: 'Sync now' }).click();
    await bo.page.getByText(/^Ready\./).waitFor();
    expect([...uma.complaints, ...bo.complaints]).toEqual([]);
  });
});
