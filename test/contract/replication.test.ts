import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import git from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VersionHistory, VersionWritten } from '#core/api/contracts/lab-versions.ts';
import type { ConflictDetail, ConflictSummary, SyncStatus, SyncWaiting } from '#core/api/contracts/sync.ts';
import type { Departure } from '#core/model/departure.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { killAtRandom } from '#test/kills/kills.ts';
import { makeGitCode } from '../../cloud/git/codes.ts';
import { startTestCloud, type TestCloud } from '../../cloud/testing.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct, type TestWorkbench } from './support.ts';

/** Two workbenches and a cloud over PostgreSQL, through the door. */
let cloud: TestCloud;
let a: TestWorkbench;
let b: TestWorkbench;
beforeAll(async () => {
  [cloud, a, b] = await Promise.all([
    startTestCloud({ copies: 2, durable: true }),
    openTestWorkbench({ replication: { every: 3_600_000 } }),
    openTestWorkbench({ replication: { every: 3_600_000 }, user: 'Ben' }),
  ]);
});
afterAll(() => cloud.stop());

/** Waits until the round is over. */
async function settled(of: TestWorkbench): Promise<SyncStatus> {
  while (true) {
    const { body } = await of.call<SyncStatus>('GET', '/api/sync?wait=200');
    if (['off', 'waiting', 'blocked'].includes(body.activity.phase)) return body;
  }
}
async function round(...all: readonly TestWorkbench[]): Promise<void> {
  for (const of of all) {
    await of.call('POST', '/api/sync/now');
    const { blocked, lastFailure } = await settled(of);
    expect({ blocked, lastFailure }).toEqual({ blocked: null, lastFailure: null });
  }
}
const shown = ({ workbench }: TestWorkbench): string =>
  [...workbench.desk.store.exportCanonical({ replicated: true })].join('');

it('SY30 SY40 SY43 SY80 one joins with a code, sees what the other made, and resolves what can not be merged', async () => {
  await deployProduct(a, 'small', {
    ...smallProduct({
      'policy/endorsements.json': '{"endorsements":[{"name":"more","displayName":"More","reprice":"always"}]}',
    }),
    'policyholder/policyholder.json': '{}',
  });
  const { locator } = await draft(a, { policy: { productName: 'small', ...SMALL_RISK } });
  // Somebody who was forgotten before there was a cloud: the entries are still sealed with a key that is gone.
  const { body: gone } = await a.call<PolicyholderResponse>('POST', '/policyholder/create', { values: {} });
  const { store } = a.workbench.desk;
  const personal = { person: gone.locator, paths: ['entity.values'] };
  const held = { ...store.get('policyholder', gone.locator)?.record, entity: { values: { name: ['Greta'] } } };
  const by = { user: 'u', name: 'U' };
  store.commit({ name: 'x', version: 1, arguments: {}, actor: by, at: 1 }, [
    { type: 'policyholder', locator: gone.locator, base: 1, record: held, personal },
  ]);
  store.erasePerson(gone.locator, by, 1);
  const tenant = await cloud.newTenant('Office');
  const address = cloud.copies.map((copy) => copy.address).join(',');
  const refused = await a.call('POST', '/api/sync/enrol', { address, code: 'WRONG' });
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('code') } });
  for (const of of [a, b]) {
    const enrolled = await of.call<SyncStatus>('POST', '/api/sync/enrol', {
      address,
      code: await cloud.newCode(tenant),
    });
    expect(enrolled).toMatchObject({ status: 200, body: { on: true, cloud: { tenantName: 'Office' } } });
    expect(await settled(of)).toMatchObject({ complete: true, blocked: null, lastFailure: null });
  }
  await round(a, b, a, b);
  expect(shown(b)).toBe(shown(a));
  const policy = (await b.call<PolicyResponse>('GET', `/policy/${locator}`)).body;
  expect(policy.locator).toBe(locator);

  // Both change the same field of the policyholder, far from any network.
  const record = b.workbench.desk.store.get('policyholder', policy.policyholderLocator);
  for (const [of, name] of [
    [a, 'Anna'],
    [b, 'Berta'],
  ] as const) {
    const { store } = of.workbench.desk;
    const entity = { values: { name: [name] } };
    store.commit({ name: 'policyholder.update', version: 1, arguments: {}, actor: { user: 'u', name: 'U' }, at: 1 }, [
      {
        type: 'policyholder',
        locator: policy.policyholderLocator,
        base: record?.version ?? 0,
        record: { ...record?.record, entity },
        personal: { person: policy.policyholderLocator, paths: ['entity.values'] },
      },
    ]);
  }
  const waiting = (await b.call<SyncWaiting>('GET', '/api/sync/waiting')).body;
  expect(waiting).toMatchObject({
    total: 1,
    entries: [{ command: 'policyholder.update', records: [{ title: 'Berta' }] }],
  });
  await round(a, b);
  const [conflict] = (await b.call<ConflictSummary[]>('GET', '/api/sync/conflicts')).body;
  expect(conflict).toMatchObject({ own: true, reason: 'moved-on', title: 'Anna', command: 'policyholder.update' });
  const path = `/api/sync/conflicts/${conflict?.locator}`;
  expect((await b.call<ConflictDetail>('GET', path)).body).toMatchObject({
    records: [{ fields: [{ path: 'entity.values.name', theirs: ['Anna'], mine: ['Berta'], clash: true }] }],
    choices: [
      { choice: 'theirs' },
      { choice: 'mine', possible: true },
      { choice: 'fields', possible: true, recommended: true },
    ],
  });
  const fields = [{ type: 'policyholder', locator: policy.policyholderLocator, paths: ['entity.values.name'] }];
  expect(
    (await b.call('POST', `${path}/resolve`, { choice: 'fields', fields: [{ ...fields[0], paths: ['x'] }] })).status,
  ).toBe(400);
  expect((await b.call<ConflictDetail>('POST', `${path}/resolve`, { choice: 'fields', fields })).body.state).toBe(
    'resolved',
  );
  expect((await b.call('POST', `${path}/resolve`, { choice: 'theirs' })).status).toBe(409);
  await round(b, a);
  const holder = (await a.call<PolicyholderResponse>('GET', `/policyholder/${policy.policyholderLocator}`)).body;
  expect(holder.entity.values).toEqual({ name: ['Berta'] });
  expect(shown(b)).toBe(shown(a));
  for (const of of [a, b]) expect((await of.workbench.desk.store.verify()).faults).toEqual([]);
  expect((await a.call<Departure>('GET', '/api/sync/departure')).status).toBe(200);
  expect((await a.call<SyncStatus>('PUT', '/api/sync', { on: false, metered: true })).body).toMatchObject({
    on: false,
    metered: true,
    activity: { phase: 'off' },
  });
});

it('SY31 a policy that two endorse far from any network: the second sees what his change did to the premium that stands', async () => {
  await a.call('PUT', '/api/sync', { on: true, metered: false });
  // A year in the zone of the product, eight hours behind.
  const startTimestamp = Date.UTC(2026, 0, 1, 8);
  const period = { policyStartTimestamp: startTimestamp, policyEndTimestamp: Date.UTC(2027, 0, 1, 8) };
  const { locator } = await draft(a, { policy: { productName: 'small', ...SMALL_RISK, ...period } });
  for (const step of ['finalize', 'issue'])
    expect((await a.call('POST', `/policy/${locator}/${step}`)).status, step).toBe(200);
  await round(a, b);
  const endorsed = async (of: TestWorkbench, count: number) => {
    const addExposures = Array.from({ length: count }, () => SMALL_RISK.exposures[0]);
    const body = { endorsementName: 'more', startTimestamp, addExposures, state: 'issued' };
    const made = await of.call<{ state: string }>('POST', `/policies/${locator}/endorsements`, body);
    expect(made, JSON.stringify(made.body)).toMatchObject({ status: 200, body: { state: 'issued' } });
  };
  await endorsed(a, 1);
  await endorsed(b, 2);
  await round(a, b);
  const [conflict] = (await b.call<ConflictSummary[]>('GET', '/api/sync/conflicts')).body;
  const path = `/api/sync/conflicts/${conflict?.locator}`;
  expect((await b.call<ConflictDetail>('GET', path)).body).toMatchObject({
    // 120 for the first thing and 120 for the one that a added; b would have added two.
    premium: { currency: 'USD', theirs: '240.00', mine: '480.00' },
    choices: [
      { choice: 'theirs', recommended: true },
      { choice: 'mine', possible: false, why: 'make-it-again' },
      { choice: 'fields', possible: false },
    ],
  });
  expect((await b.call<ConflictDetail>('POST', `${path}/resolve`, { choice: 'theirs' })).body.state).toBe('resolved');
  await round(b, a);
  expect(shown(b)).toBe(shown(a));
});

it('SY95 CL50 CL52 branches and releases cross; what two saved at once stays twice; the cloud shows what was deployed', async () => {
  const file = 'products/small/policy/exposures/thing/perils/loss.premium.liquid';
  const at = '/api/lab/versions/small';
  const history = async (of: TestWorkbench) => (await of.call<VersionHistory>('GET', at)).body;
  const save = async (of: TestWorkbench, branch: string, premium: number) => {
    const base = (await history(of)).branches.find(({ name }) => name === branch)?.commit;
    const changes = { [file]: `{{ ${premium} | set_year_premium }}` };
    const body = { base, changes, message: `A premium of ${premium}` };
    const saved = await of.call<VersionWritten>('POST', `${at}/branches/${branch}/save`, body);
    expect(saved.status, JSON.stringify(saved.body)).toBe(200);
    return saved.body.commit;
  };
  await a.call('PUT', '/api/sync', { on: true, metered: false });
  await a.call('POST', `${at}/branches`, { name: 'spring' });
  const first = await save(a, 'spring', 130);
  await a.call('POST', `${at}/tags`, { name: 'r1', ref: 'main', message: 'Filed in March' });
  await round(a, b);
  expect((await history(b)).tags).toMatchObject([{ name: 'r1', message: 'Filed in March' }]);
  const second = await save(b, 'spring', 140);
  await round(b, a);
  expect((await history(a)).branches).toMatchObject([{ name: 'main' }, { name: 'spring', commit: second }]);

  const [mine, theirs] = [await save(b, 'spring', 150), await save(a, 'spring', 160)];
  await round(a, b, a);
  for (const of of [a, b]) {
    const { branches, commits } = await history(of);
    expect(branches.map(({ name }) => name.replace(/-\w{6}$/, '-SIGN'))).toEqual(['main', 'spring', 'spring-SIGN']);
    expect(branches.map(({ commit }) => commit).slice(1)).toEqual([theirs, mine]);
    expect(commits.map(({ commit }) => commit)).toEqual(expect.arrayContaining([first, second, mine, theirs]));
  }
  await a.call('DELETE', `${at}/branches/spring`);
  await round(a, b);
  expect((await history(b)).branches.map(({ name }) => name)).not.toContain('spring');

  const [copy] = cloud.copies;
  const [{ id = '' } = {}] = (await copy?.cloud.database.directory.tenants()) ?? [];
  const code = copy && (await makeGitCode(copy.cloud, id, { holder: 'Auditor', writes: false, life: 60_000 }));
  const refs = await git.listServerRefs({
    http,
    url: `${copy?.address}/v1/git/configurations.git`,
    onAuth: () => ({ username: 'auditor', password: code?.code }),
    protocolVersion: 1,
  });
  const main = (await history(a)).branches[0]?.commit;
  expect(refs.filter(({ oid }) => oid === main).map(({ ref }) => ref)).toEqual([
    'HEAD',
    'refs/heads/main',
    'refs/tags/version-1',
  ]);
});

it('SY1 SY10 J2 CL8 laptops, copies of the cloud and PostgreSQL are killed at random: nothing that was acknowledged is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwriter-kills-'));
  const seed = 14;
  // `npm run soak -- --only kills` does the same with five laptops, three copies and a hundred kills.
  const options = {
    laptops: 1,
    copies: 1,
    alsoUnkilled: true,
    kills: 3,
    pause: 250,
    until: Number.MAX_SAFE_INTEGER,
    said: () => undefined,
  };
  const { killed, found } = await killAtRandom({ cloud, folder, seed, ...options });
  expect(killed).toEqual({ laptops: 1, copies: 1, postgres: 1 });
  expect(found.acknowledged).toBeGreaterThanOrEqual(5);
  rmSync(folder, { recursive: true, force: true });
});
