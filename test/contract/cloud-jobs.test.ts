import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SyncStatus } from '#core/api/contracts/sync.ts';
import { packWorksheet, unpackWorksheet } from '#core/desk/worksheets.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startTestCloud, type TestCloud } from '../../cloud/testing.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct, type TestWorkbench } from './support.ts';

/** A workbench and two copies of a cloud that run background jobs over one PostgreSQL. */
let cloud: TestCloud;
let a: TestWorkbench;
let tenant: string;
/** How far the cloud's clock is ahead, milliseconds. */
let ahead = 0;
beforeAll(async () => {
  [cloud, a] = await Promise.all([
    startTestCloud({ copies: 2, jobs: true, now: () => Date.now() + ahead }),
    openTestWorkbench({ replication: { every: 3_600_000 } }),
  ]);
  tenant = await cloud.newTenant('Office');
});
afterAll(() => cloud.stop());

async function round(): Promise<void> {
  await a.call('POST', '/api/sync/now');
  while (true) {
    const { body } = await a.call<SyncStatus>('GET', '/api/sync?wait=200');
    if (!['off', 'waiting', 'blocked'].includes(body.activity.phase)) continue;
    expect({ blocked: body.blocked, lastFailure: body.lastFailure }).toEqual({ blocked: null, lastFailure: null });
    return;
  }
}
/** Asks as the administrator. */
async function admin<T>(method: string, place: string, body?: object, copy = 0): Promise<T> {
  const response = await fetch(`${cloud.copies[copy]?.address}/v1/admin/tenants/${tenant}/${place}`, {
    method,
    headers: { authorization: `Bearer ${cloud.adminToken}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return (await response.json()) as T;
}
interface Verifications {
  readonly counts: Record<string, number>;
  readonly verifications: readonly JsonObject[];
}
/** Has the log followed until there are so many verifications. */
async function verified(counts: Record<string, number>, copy = 0): Promise<readonly JsonObject[]> {
  await admin('POST', 'follow', {}, copy);
  const ask = () => admin<Verifications>('GET', 'verifications', undefined, copy);
  await expect.poll(async () => (await ask()).counts, { interval: 50 }).toMatchObject(counts);
  return (await ask()).verifications;
}
async function priced(): Promise<PolicyResponse> {
  const { locator } = await draft(a, { policy: { productName: 'small', ...SMALL_RISK } });
  return (await a.call<PolicyResponse>('POST', `/policy/${locator}/finalize`, {})).body;
}

/** Prices a quote as a device might that was tampered with: the amount, and the worksheet that explains it. */
function forge(policy: PolicyResponse): void {
  const { store } = a.workbench.desk;
  const quote = store.get('quote', String(store.get('policy', policy.locator)?.record.quoteLocator));
  const worksheet = store.get('worksheet', String(quote?.record.worksheet));
  if (!quote || !worksheet) throw new Error('The policy is not priced.');
  const text = JSON.stringify(unpackWorksheet(String(worksheet.record.pricing)));
  const pricing = packWorksheet(JSON.parse(text.replaceAll('120', '12')));
  const person = String(quote.record.policyholderLocator);
  const locator = `${worksheet.locator}-forged`;
  const command = { name: 'quote.finalize', version: 1, arguments: {}, actor: { user: 'u', name: 'U' }, at: 1 };
  store.commit(command, [
    {
      type: 'worksheet',
      locator,
      base: 0,
      record: { ...worksheet.record, locator, pricing },
      personal: { person, paths: ['policyholder', 'pricing'] },
    },
    { type: 'quote', locator: quote.locator, base: quote.version, record: { ...quote.record, worksheet: locator } },
  ]);
}

it('VJ1 VJ2 VJ11 VJ13 VJ14 received decisions are rated again: confirmed, could not be, or the first step that differs', async () => {
  expect(await admin('GET', 'settings')).toMatchObject({ verification: { oneIn: 20, above: '10000' }, mail: null });
  await admin('PUT', 'settings', { verification: { oneIn: 1 } });
  await deployProduct(a, 'small', smallProduct());
  await priced();
  // Files wait on a metered network: the entries come, and what they were priced with does not.
  await a.call('POST', '/api/sync/enrol', { address: cloud.copies[0]?.address, code: await cloud.newCode(tenant) });
  await a.call('PUT', '/api/sync', { on: true, metered: true });
  await round();
  const [unverifiable] = await verified({ unverifiable: 1, confirmed: 0, differs: 0 });
  expect(unverifiable).toMatchObject({ type: 'quote', why: 'sample', problem: 'not-found' });

  await a.call('PUT', '/api/sync', { on: true, metered: false });
  const second = await priced();
  forge(second);
  await round();
  const [differs] = await verified({ unverifiable: 1, confirmed: 1, differs: 1 }, 1);
  expect(differs).toMatchObject({
    what: 'pricing worksheet',
    first: { path: ['thing 1', 'loss'], before: 'set_year_premium 12', after: 'set_year_premium 120' },
  });
  // The log says where, and nothing of what anybody entered.
  const told = cloud.logged.find(({ event }) => event === 'verification differs');
  expect(told).toMatchObject({ tenant, level: 50, path: ['thing 1', 'loss'] });
  expect(JSON.stringify(told)).not.toContain('set_year_premium');
  // What came late is tried again, and where the copy's counters stand.
  ahead = 2 * 3_600_000;
  await verified({ unverifiable: 0, confirmed: 2, differs: 1 });
  const metrics = await (await fetch(`${cloud.copies[1]?.address}/metrics`)).text();
  expect(metrics).toContain('fieldwriter_verifications_total{verdict="differs"} 1');
  expect(metrics).toContain('# TYPE fieldwriter_jobs gauge');
  expect(metrics).toContain('fieldwriter_jobs_total{queue="follow",outcome="done"}');
});
