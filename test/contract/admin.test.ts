import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type {
  Backups,
  Environment,
  IntegrationTrial,
  RecentExchange,
  RepairStatement,
  Schedule,
  SupportBundle,
  VerifyReport,
} from '#core/api/contracts/admin.ts';
import { ENGINE } from '#core/model/engine.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { deployRated, draftRated, json, startRater } from './rater-support.ts';
import { ACTOR, deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct } from './support.ts';

/** The machine room, through the door. */

const LIMITS = { connect: 1_000, total: 3_000, body: 65_536, pause: 5 };
const PASSWORD = 'SECRET-PASSWORD-OF-THE-RATER';

describe('trying an integration', () => {
  const scene = async () => {
    const rater = await startRater();
    const opened = await openTestWorkbench({ integrations: { limits: LIMITS, secret: () => undefined } });
    await deployRated(opened, 'another-rater');
    await opened.call('POST', '/integrations', {
      name: 'my-rater',
      url: `${rater.address}/rate?key=HIDDEN`,
      headers: { Authorization: `Bearer ${PASSWORD}` },
      securitySpec: { hmacEnabled: true, secret: PASSWORD },
    });
    const attempt = (of: object, name = 'my-rater') =>
      opened.call<IntegrationTrial>('POST', `/api/integrations/${name}/try`, of);
    const stored = () => [...opened.workbench.desk.store.exportCanonical()].join('\n');
    return { rater, opened, attempt, stored };
  };

  it('asks for real with a sampled risk, signed and marked as a trial, and stores nothing', async () => {
    const { rater, attempt, stored } = await scene();
    const before = stored();
    const { status, body } = await attempt({ product: 'rated', seed: 's' });
    expect(status).toBe(200);
    expect(body.price?.currency).toBe('USD');
    expect(body).toMatchObject({ fieldErrors: [], exchange: { status: 200, attempts: 1 } });
    expect(body.exchange?.request).toMatchObject({ operation: 'new_business', tenantTimeZone: 'America/Los_Angeles' });
    expect(rater.asked).toHaveLength(1);
    expect(rater.asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${PASSWORD}`,
      'fieldwriter-trial': 'true',
      'socotra-signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(stored()).toBe(before);
  });

  it('shows what was sent and what came back without any secret', async () => {
    const { rater, attempt } = await scene();
    rater.answer = (asked, response) => json(response, { echo: asked.headers.authorization });
    const { body } = await attempt({ product: 'rated' });
    expect(body.exchange?.headers).toMatchObject({ authorization: '[secret]', 'fieldwriter-trial': 'true' });
    expect(body.exchange?.response).toContain('[secret]');
    expect(JSON.stringify(body)).not.toMatch(/SECRET|HIDDEN/);
    expect(body.problem).toMatchObject({ code: 'pricing-failed' });
  });

  it('says in words why there is no price', async () => {
    const { rater, attempt } = await scene();
    rater.answer = (_, response) => json(response, { exceptionMessage: 'We do not insure things.' });
    expect((await attempt({ product: 'rated' })).body.problem).toMatchObject({
      code: 'rater-refused',
      detail: 'We do not insure things.',
    });
    await rater.close();
    const away = await attempt({ product: 'rated' });
    expect([away.status, away.body.problem?.code, away.body.exchange?.attempts]).toEqual([200, 'rater-unavailable', 2]);
  });

  it('takes a stored policy too, and leaves it and its exchanges as they are', async () => {
    const { rater, opened, attempt, stored } = await scene();
    const policy = await draftRated(opened);
    const before = stored();
    const { body } = await attempt({ policy: policy.locator });
    expect(body.price?.grossPremium).toBe('120.00');
    expect(rater.asked[0]?.body.policy.locator).toBe(policy.locator);
    expect(stored()).toBe(before);
    expect((await opened.call<RecentExchange[]>('GET', '/api/exchanges')).body).toEqual([]);
  });

  it('refuses what can not be tried', async () => {
    const { opened, attempt } = await scene();
    await opened.call('POST', '/integrations', { name: 'hook', url: 'https://example.org', type: 'webhook' });
    expect((await opened.call('POST', '/api/integrations/hook/try', { product: 'rated' })).body.code).toBe(
      'wrong-state',
    );
    expect((await attempt({ product: 'none' })).status).toBe(404);
    expect((await attempt({ product: 'rated', policy: 'x' })).status).toBe(400);
    expect((await attempt({ product: 'rated' }, 'nobody')).body.problem).toMatchObject({ code: 'rater-unavailable' });
  });

  it('takes a change or the removal of an integration back, with its secrets', async () => {
    const { rater, opened, attempt } = await scene();
    await opened.call('PUT', '/integrations/my-rater', { url: 'https://elsewhere.example.org' });
    await opened.call('POST', '/api/integrations/my-rater/undo', {});
    await opened.call('DELETE', '/integrations/my-rater');
    expect((await opened.call('POST', '/api/integrations/my-rater/undo', {})).status).toBe(200);
    expect((await attempt({ product: 'rated' })).body.price).toBeDefined();
    expect(rater.asked[0]?.headers.authorization).toBe(`Bearer ${PASSWORD}`);
    await opened.call('POST', '/integrations', { name: 'fresh', url: 'https://example.org' });
    expect((await opened.call('POST', '/api/integrations/fresh/undo', {})).body.code).toBe('wrong-state');
  });

  it('lists the last real exchanges of all policies', async () => {
    const { rater, opened } = await scene();
    await opened.call('POST', '/integrations', { name: 'another-rater', url: rater.address });
    rater.answer = (_, response) => json(response, {}, 503);
    const policy = await draftRated(opened);
    await opened.call('POST', `/policy/${policy.locator}/finalize`, {});
    const [exchange] = (await opened.call<RecentExchange[]>('GET', '/api/exchanges')).body;
    expect(exchange).toMatchObject({
      integration: 'another-rater',
      status: 503,
      policyLocator: policy.locator,
      problem: { code: 'rater-unavailable' },
    });
  });
});

describe('what runs by itself', () => {
  it('says how it went and when it is next, and runs when it is told to', async () => {
    let now = 1_750_000_000_000;
    const opened = await openTestWorkbench({ now: () => now });
    now += 60_000;
    for (const name of ['billing', 'rerates'] as const) {
      const ran = await opened.call<Schedule>('POST', `/api/schedules/${name}/run`, {});
      expect(ran.body).toMatchObject({ name, running: false, last: { timestamp: String(now) } });
      expect(ran.body.nextTimestamp).toBe(String(now + ran.body.every));
    }
    const list = (await opened.call<Schedule[]>('GET', '/api/schedules')).body;
    expect(list.map(({ name, last }) => [name, last?.counts])).toEqual([
      ['billing', expect.objectContaining({ issued: 0 })],
      ['rerates', { done: 0, waiting: 0, stopped: 0 }],
      ['backup', undefined],
      ['drill', undefined],
    ]);
    expect((await opened.call('POST', '/api/schedules/nothing/run', {})).status).toBe(404);
  });
});

describe('backups', () => {
  const target = mkdtempSync(path.join(tmpdir(), 'fieldwriter-backups-'));
  afterAll(() => rmSync(target, { recursive: true, force: true }));

  it('are made, verified, remembered, and missed when they are gone', async () => {
    const opened = await openTestWorkbench();
    const list = async () => (await opened.call<Backups>('GET', '/api/backups')).body;
    expect(await list()).toMatchObject({ made: [], suggested: expect.stringContaining('fieldwriter-backups') });
    expect(existsSync((await list()).suggested)).toBe(false);
    const [first, second] = [path.join(target, 'one'), path.join(target, 'two')];
    await opened.call('POST', '/api/backup', { folder: first });
    await opened.call('POST', '/api/backup', { folder: second });
    const made = (await list()).made;
    expect(made.map(({ folder, present }) => [folder, present])).toEqual([
      [second, true],
      [first, true],
    ]);
    expect(made.every(({ bytes }) => bytes > 10_000)).toBe(true);
    const again = await opened.call('POST', '/api/backup', { folder: first });
    expect([again.status, again.body.code]).toEqual([409, 'wrong-state']);
    rmSync(first, { recursive: true });
    expect((await list()).made.map(({ present }) => present)).toEqual([true, false]);
    expect((await opened.call<VerifyReport>('GET', '/api/verify')).body).toMatchObject({ ok: true, faults: [] });
  });

  it('BK7 J60 J64: a damaged database is repaired when it is opened, and it is said what was kept, until somebody has read it', async () => {
    const before = await openTestWorkbench();
    await deployProduct(before, 'small', smallProduct());
    const { store, now } = before.workbench.desk;
    const blob = await store.blobs.put(Buffer.from('a file'));
    store.commit({ name: 'test.file', version: 1, arguments: {}, actor: ACTOR, at: now() }, [
      { type: 'setting', locator: 'test', base: 0, record: { blob } },
    ]);
    await before.call('POST', '/api/backup', { folder: path.join(target, 'for-repair') });
    const policy = await draft(before, { policy: { productName: 'small', ...SMALL_RISK } });
    expect((await before.call<RepairStatement>('GET', '/api/repair')).body).toEqual({ repair: null });
    const { folder, key } = before;
    await before.workbench.close();
    const file = path.join(folder, 'workbench.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0, 0, 4096));

    const after = await openTestWorkbench({ folder, key });
    const told = (await after.call<RepairStatement>('GET', '/api/repair')).body.repair;
    expect(told).toMatchObject({ lost: 0, news: true, settled: true });
    const words = told?.sentences.join('\n');
    for (const said of ['Damaged: ', 'Restored: the backup', 'Read from the damaged file: ', 'Nothing is lost.'])
      expect(words).toContain(said);
    expect((await after.call('GET', `/policy/${policy.locator}`)).status).toBe(200);
    const seen = await after.call<RepairStatement>('POST', '/api/repair/seen');
    expect(seen.body.repair).toMatchObject({ news: false, sentences: told?.sentences });
    expect((await after.call<VerifyReport>('GET', '/api/verify')).body.faults).toEqual([]);
    // A file that is lost keeps a backup from being made, and comes back from an older one at the next start.
    const lost = path.join(folder, 'blobs', blob.slice(0, 2), blob);
    rmSync(lost);
    expect((await after.call('POST', '/api/backup', { folder: path.join(target, 'not-whole') })).body.code).toBe(
      'store-damaged',
    );
    await after.workbench.close();
    const whole = await openTestWorkbench({ folder, key });
    expect(existsSync(lost)).toBe(true);
    // The next backup does not wait for tomorrow.
    await whole.call('PUT', '/api/backups/plan', { folder: path.join(target, 'after-repair') });
    await whole.call('POST', '/api/schedules/backup/run', {});
    const { body: schedules } = await whole.call<Schedule[]>('GET', '/api/schedules');
    expect(Number(schedules.find(({ name }) => name === 'backup')?.nextTimestamp)).toBeGreaterThan(
      Date.now() + 86_000_000,
    );
  });

  it('BK1 to BK6: are made every day by themselves, outlived, and proven by restoring them', async () => {
    let now = Date.UTC(2026, 0, 5, 9);
    const opened = await openTestWorkbench({ now: () => now });
    await deployProduct(opened, 'small', smallProduct());
    const policy = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    await opened.call('POST', `/policy/${policy.locator}/finalize`, {});
    const list = async () => (await opened.call<Backups>('GET', '/api/backups')).body;
    const next = async () =>
      Object.fromEntries(
        (await opened.call<Schedule[]>('GET', '/api/schedules')).body.map((one) => [one.name, one.nextTimestamp]),
      );
    expect(await next()).toMatchObject({ backup: String(now + 600_000), drill: undefined });
    const run = (name: 'backup' | 'drill') => opened.call<Schedule>('POST', `/api/schedules/${name}/run`, {});
    expect((await list()).plan).toMatchObject({ on: true, made: [] });
    expect((await run('drill')).status).toBe(409);
    const inside = await opened.call('PUT', '/api/backups/plan', { folder: path.join(opened.folder, 'here') });
    expect([inside.status, inside.body.code]).toEqual([400, 'invalid-fields']);
    const daily = path.join(target, 'daily');
    await opened.call('PUT', '/api/backups/plan', { folder: daily });

    await run('backup');
    now += 60_000;
    // Of one day the newest stays, and nothing is removed that only lies there.
    mkdirSync(path.join(daily, 'somebody-elses'));
    expect((await run('backup')).body.last?.counts).toEqual({ made: 1, removed: 1 });
    const { made } = (await list()).plan;
    expect(made).toMatchObject([{ present: true, timestamp: String(now) }]);
    expect((await next()).backup).toBe(String(now + 24 * 3_600_000));
    const folder = made[0]?.folder ?? '';
    expect(readdirSync(daily).sort()).toEqual([path.basename(folder), 'somebody-elses']);

    await run('drill');
    expect((await list()).drill).toMatchObject({
      ok: true,
      prices: 1,
      compared: 1,
      faults: [],
      lastSuccess: String(now),
    });
    const succeeded = String(now);
    now += 60_000;
    const database = path.join(folder, STORE_FILES.database);
    writeFileSync(database, readFileSync(database).fill(7, 40_000, 44_000));
    await run('drill');
    const { drill } = await list();
    expect(drill).toMatchObject({ ok: false, prices: 0, backup: folder, lastSuccess: succeeded });
    expect(drill?.faults[0]).toMatch(/damaged|verify/i);
    expect(readdirSync(daily).sort()).toEqual([path.basename(folder), 'somebody-elses']);
  });
});

describe('the environment', () => {
  it('says where the workbench runs, on what, and how much room it has', async () => {
    const opened = await openTestWorkbench({ environment: 'staging' });
    await deployProduct(opened, 'small', smallProduct());
    const { body } = await opened.call<Environment>('GET', '/api/environment');
    expect(body).toMatchObject({
      name: 'staging',
      folder: path.resolve(opened.folder),
      device: opened.workbench.desk.store.device,
      engine: ENGINE,
      cipher: 'aegis',
      products: [{ name: 'small', configVersion: 1, errors: 0 }],
    });
    expect(body.sqlite).toMatch(/^3\.\d+\.\d+$/);
    expect(body.size.database).toBeGreaterThan(10_000);
    expect(body.disk?.free).toBeGreaterThan(0);
  });
});

describe('the support bundle', () => {
  it('says what helps, and nothing of what anybody typed, of a secret or of where the data lies', async () => {
    const logged: unknown[] = [];
    const opened = await openTestWorkbench({
      user: 'MARKER-user',
      documents: 'produce',
      log: (...line) => logged.push(line),
    });
    await deployProduct(opened, 'small', {
      ...smallProduct({
        'policy/policy.json': JSON.stringify({
          fields: [{ name: 'note', title: 'Note', type: 'string', optional: true }],
          documents: [{ displayName: 'bad', fileName: 'bad.html', templateName: 'bad.template.liquid', type: 'html' }],
        }),
      }),
      'policy/bad.template.liquid': 'MARKER {% for i in (1..1000000000) %}{{ i }}{% endfor %}',
    });
    const made = await draft(opened, {
      policyholder: { values: { first_name: 'MARKER-first', last_name: 'MARKER-last', email: 'MARKER@example.org' } },
      policy: { productName: 'small', ...SMALL_RISK, fieldValues: { note: 'MARKER-field' } },
    });
    await opened.call('POST', '/integrations', {
      name: 'MARKER-rater',
      url: 'https://MARKER.example.org/rate',
      headers: { Authorization: 'MARKER-secret' },
    });
    await opened.call('PUT', '/api/secrets/MARKER-key', { value: 'MARKER-value' });
    await opened.call('POST', `/api/policies/${made.locator}/notes`, { text: 'MARKER-note' });
    await opened.call('POST', `/policy/${made.locator}/finalize`, {});
    const { desk } = opened.workbench;
    desk.log('A request broke', {
      path: `/policy/${made.locator}`,
      error: 'Error: MARKER-error\n at x',
      who: 'MARKER',
    });

    const response = await opened.raw('/api/support-bundle', {
      headers: { authorization: 'Bearer the-token-of-this-test' },
    });
    const text = await response.text();
    expect(text).not.toMatch(/MARKER/i);
    for (const locator of [made.locator, made.policyholderLocator, desk.store.device])
      expect(text).not.toContain(locator);
    expect(text).not.toContain(opened.folder);
    expect(JSON.stringify(logged)).toContain('MARKER-error');

    const bundle = JSON.parse(text) as SupportBundle;
    expect(bundle).toMatchObject({
      format: 'fieldwriter-support-1',
      environment: { engine: ENGINE, name: 'production' },
      store: { records: { policy: 1, policyholder: 1, note: 1, integration: 1 } },
      configurations: [{ configVersion: 1, products: [{ name: 'small' }] }],
      jobs: { pending: 0, failed: { 'document-failed': 1 } },
      integrations: { registered: { external_rater: 1 } },
      timings: { 'POST /policy/:locator/finalize': { count: 1 } },
      log: [
        { message: 'A request broke', details: { path: '/policy/:x', error: { kind: 'Error' } }, withheld: ['who'] },
      ],
    });
  });
});
