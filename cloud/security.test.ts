import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hashOf } from '#core/store/entry.ts';
import { ATTEMPTS, type Scene } from './attempts.fixture.ts';
import { revokeDevice } from './authority/devices.ts';
import { takeCarried } from './git/carried.ts';
import { makeGitCode, revokeGitCode } from './git/codes.ts';
import { TestDeployments } from './git/deploy.fixture.ts';
import { blobOf, commitOf, oidOf, packOf, treeOf } from './git/pack.fixture.ts';
import { refsOf } from './git/repository.ts';
import { TestDevice } from './test-device.ts';
import { startTestCloud, type TestCloud } from './testing.ts';

let running: TestCloud;
let scene: Scene;
beforeAll(async () => {
  running = await startTestCloud({ durable: true });
  const { cloud, address } = running.copies[0] ?? expect.unreachable();
  const [tenant, other] = [await running.newTenant('Victim'), await running.newTenant('Stranger')];
  const used = await running.newCode(tenant, ['anna']);
  const victim = await new TestDevice(address).enrol(used, [{ series: 'policyNumber', first: 1000, last: 1999 }]);
  const [revoked, wiped, stranger] = [new TestDevice(address), new TestDevice(address), new TestDevice(address)];
  for (const device of [revoked, wiped]) await device.enrol(await running.newCode(tenant));
  await stranger.enrol(await running.newCode(other));
  await revokeDevice(cloud, tenant, revoked.id, false);
  await revokeDevice(cloud, tenant, wiped.id, true);
  const record = { locator: 'p', createdAt: 1, updatedAt: 1, completed: true, entity: { values: { first: ['Anna'] } } };
  const entry = victim.entry([
    { type: 'policyholder', locator: 'p', base: null, record, personal: { person: 'p', paths: ['entity.values'] } },
  ]);
  await victim.push([entry]);
  await victim.ask('PUT', `/v1/blobs/${hashOf('a document')}?offset=0&total=10`, 'a document');
  const deployed = await new TestDeployments(victim, running.folder).deploy(1, '1.10', 'Uma');
  const others = await new TestDeployments(stranger, running.folder).deploy(1, '2.20', 'Sue');
  for (const { send } of [deployed, others]) await send();
  for (const { tenant: whose } of [victim, stranger]) await takeCarried(cloud, whose);
  const gitCode = (writes: boolean) => makeGitCode(cloud, tenant, { holder: 'Ann', writes, life: 60_000 });
  const [reader, writer, withdrawn] = [await gitCode(false), await gitCode(true), await gitCode(true)];
  await revokeGitCode(cloud, tenant, withdrawn.id);
  const git = {
    main: deployed.commit,
    foreign: others.commit,
    reader: reader.code,
    writer: writer.code,
    withdrawn: withdrawn.code,
  };
  const codes = { used, good: await running.newCode(tenant) };
  const policyholder = { locator: 'p', etag: entry.head.id };
  scene = { cloud, victim, revoked, wiped, stranger, codes, policyholder, git };
});
afterAll(() => running.stop());

const TABLES = [
  'device',
  'enrolment_code',
  'log',
  'head',
  'former_head',
  'refusal',
  'number',
  'granted_range',
  'person_key',
  'erased_person',
  'git_object',
  'git_ref',
  'git_ref_change',
  'git_deployment',
  'git_code',
];

/** Everything that the tenants have: rows of every table, and blobs. */
async function everything(): Promise<string> {
  const { cloud, victim, stranger } = scene;
  const tables = TABLES.map(
    (table) => `SELECT '${table}' AS name, to_jsonb(t) AS row FROM ${table} t WHERE tenant = $1`,
  );
  const all = ["SELECT 'tenant' AS name, to_jsonb(t) AS row FROM tenant t WHERE id = $1::uuid", ...tables];
  const dump = `${all.join(' UNION ALL ')} ORDER BY 1, 2`;
  const rows = await Promise.all(
    [victim, stranger].map(({ tenant }) => cloud.database.inTenant(tenant, (scope) => scope.rows('everything', dump))),
  );
  const blobs = readdirSync(path.join(running.folder, 'blobs'), { recursive: true, withFileTypes: true });
  return JSON.stringify(
    [
      rows,
      blobs
        .filter((one) => one.isFile())
        .map(({ name }) => name)
        .sort(),
    ],
    null,
    1,
  );
}

test('SY21 SY12 CL10 whatever is tried is refused and logged, and changes nothing', async () => {
  expect(ATTEMPTS.length).toBeGreaterThanOrEqual(25);
  const before = await everything();
  for (const { what, status, reason, make } of ATTEMPTS) {
    const lines = running.logged.length;
    const response = await make(scene);
    const told = await response.text();
    // Git is answered in its own words; the reason stands in the log.
    const answer = told.includes('ng ') ? { details: running.logged.at(-1) } : JSON.parse(told);
    expect({ what, status: response.status, reason: answer.details?.reason }).toEqual({ what, status, reason });
    expect({ what, log: running.logged.slice(lines).at(-1) }).toMatchObject({
      what,
      log: { event: 'refused', status },
    });
    expect(await everything(), what).toBe(before);
  }
  // What is logged names no person and holds no content.
  expect(JSON.stringify(running.logged)).not.toMatch(/anna|mallory|Anna/);
});

test('CL52 CL53 what a laptop carries is looked at as closely: a hostile pack is logged and left, and others come', async () => {
  const { cloud, stranger } = scene;
  const deployments = new TestDeployments(stranger, running.folder);
  const tree = treeOf(['120000', 'rates.csv', oidOf(blobOf('/etc/passwd'))]);
  const commit = commitOf(oidOf(tree), [], 'Hello');
  const bad = await deployments.carry(2, oidOf(commit), packOf([blobOf('/etc/passwd'), tree, commit]), 'Hello');
  const on = commitOf(oidOf(treeOf()), [oidOf(commit)], 'On top of it');
  const top = await deployments.carry(3, oidOf(on), packOf([treeOf(), on]), 'On top of it');
  const good = await deployments.deploy(4, '4.40', 'Sue');
  for (const { send } of [bad, top, good]) await send();
  const lines = running.logged.length;
  await takeCarried(cloud, stranger.tenant);
  await takeCarried(cloud, stranger.tenant);
  const refused = { event: 'refused', what: 'carried configuration', tenant: stranger.tenant };
  expect(running.logged.slice(lines)).toMatchObject([
    { ...refused, reason: 'object' },
    { ...refused, reason: 'gap' },
  ]);
  const refs = await cloud.database.inTenant(stranger.tenant, refsOf);
  expect(refs.map(({ name }) => name)).toEqual(['refs/heads/main', 'refs/tags/version-1', 'refs/tags/version-4']);
});

test('SY11 a chain that is continued wrongly is told as a fork, logged, and changes nothing', async () => {
  const { victim } = scene;
  const before = await everything();
  const { sequence, hash } = victim;
  const answer = await victim.push([victim.entry([], { previousHash: 'f'.repeat(64) })]);
  Object.assign(victim, { sequence, hash });
  expect(answer.answers).toEqual([{ answer: 'fork', sequence: sequence + 1 }]);
  expect(running.logged.at(-1)).toMatchObject({ event: 'fork', device: victim.id });
  expect(await everything()).toBe(before);
});

test('CL11 a device that is to be wiped hears it with its greeting; a cloud that closes lets nothing new in', async () => {
  const { wiped } = scene;
  await wiped.newToken();
  const greeting = { protocol: { oldest: 1, newest: 1 }, journalFormat: 1, schemas: {}, engine: 'test' };
  const hello = await wiped.ask('POST', '/v1/hello', JSON.stringify(greeting));
  expect(await hello.json()).toMatchObject({ order: 'wipe', protocol: 1, chain: { sequence: 0 } });
  const copy = await running.addCopy();
  const closing = copy.close();
  await expect(fetch(`${copy.address}/v1/challenge`).then(({ status }) => status)).rejects.toThrow();
  await closing;
});

test('CL8 CL41 a copy and the database are killed: what was acknowledged is there, and the next request succeeds', async () => {
  const { victim, policyholder } = scene;
  const copy = await running.spawnCopy();
  const before = await victim.pull(0);
  // It dies between two statements of a transaction too, when nobody waits for an answer.
  const { database } = running.copies[0]?.cloud ?? {};
  const cut = database?.inTenant(victim.tenant, async (scope) => {
    const look = () => scope.rows('look', 'SELECT to_jsonb(t) AS row FROM tenant t WHERE id = $1::uuid');
    await look();
    await running.killPostgres();
    return look();
  });
  await expect(cut).rejects.toThrow('not queryable');
  const answered = async (): Promise<number> => (await victim.ask('GET', '/v1/pull?after=0')).status;
  await expect.poll(answered).toBe(200);
  expect(await victim.pull(0)).toEqual(before);
  // The other copy's connections died with the server too; it opens new ones.
  victim.address = copy.address;
  await expect.poll(answered).toBe(200);
  const entry = victim.entry([], { arguments: { of: policyholder.locator } });
  expect((await victim.push([entry])).answers).toMatchObject([{ answer: 'accepted', duplicate: false }]);
  await copy.kill();
  victim.address = running.copies[0]?.address ?? '';
  expect((await victim.push([entry])).answers).toMatchObject([{ answer: 'accepted', duplicate: true }]);
});
