import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import type { Migration } from '#core/store/migrate.ts';
import type { Spoken } from '#core/sync/handshake.ts';
import { HelloAnswer, ItemHead } from '#core/sync/protocol.ts';
import { makeCode } from './authority/devices.ts';
import { masterKey } from './authority/master-key.ts';
import { SPOKEN } from './authority/spoken.ts';
import { drill } from './backup/drill.ts';
import { startKeepingSafe } from './backup/keep-safe.ts';
import { proveRestored } from './backup/prove.ts';
import { restoreBackup } from './backup/restore.ts';
import { type BackupSource, writeBackup } from './backup/write.ts';
import { folderPlace } from './blob-folder.ts';
import { cloudBlobs } from './blobs.ts';
import type { Upkeep } from './database/directory.ts';
import { inScratchDatabase } from './database/dump.ts';
import { cloudMigrations } from './database/migrate.ts';
import { openDatabase } from './database/pool.ts';
import { openCloud } from './open-cloud.ts';
import { serveCloud } from './serve.ts';
import { TestDevice } from './test-device.ts';
import { startTestCloud, type TestCloud } from './testing.ts';

let cloud: TestCloud;
let root: string;
beforeAll(async () => {
  cloud = await startTestCloud();
  root = mkdtempSync(path.join(tmpdir(), 'fieldwriter-cloud-backups-'));
});
afterAll(async () => {
  await cloud.stop();
  rmSync(root, { recursive: true });
});

const log = pino({ level: 'silent' });
let now = 1_800_000_000_000;
const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
const source = (databaseUrl = cloud.databaseUrl): BackupSource => ({
  databaseUrl,
  master: masterKey(cloud.key, random),
  blobs: cloud.copies[0]?.cloud.blobs ?? expect.unreachable(),
  random,
  now: () => (now += 1),
});
const holder = (locator: string, first: string, base: string | null = null, version = 1) => ({
  type: 'policyholder' as const,
  locator,
  base,
  version,
  record: {
    locator,
    createdAt: 1,
    updatedAt: 1,
    completed: true,
    entity: { values: { first: [first] } },
  } as JsonObject,
  personal: { person: locator, paths: ['entity.values'] },
});

/** A tenant with two devices: accepted, merged, refused and erased work, and a file. */
async function worked(): Promise<{ tenant: string; devices: [TestDevice, TestDevice]; file: string }> {
  const tenant = await cloud.newTenant('Backed up');
  const address = cloud.copies[0]?.address ?? '';
  const a = await new TestDevice(address).enrol(await cloud.newCode(tenant));
  const b = await new TestDevice(address).enrol(await cloud.newCode(tenant));
  const first = a.entry([holder('p1', 'Anna "the\\ first"\n, (née) {Ö}')]);
  await a.push([first, a.entry([holder('p2', 'Gone')])]);
  const key = a.persons.get('p1');
  if (key) b.persons.set('p1', key);
  await a.push([a.entry([holder('p1', 'Annabel', first.head.id, 2)])]);
  const refused = await b.push([b.entry([holder('p1', 'Anni', first.head.id, 2)])]);
  expect(refused.answers[0]?.answer).toBe('refused');
  const content = Buffer.from('a document of the tenant');
  const file = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex');
  await a.ask('PUT', `/v1/blobs/${file}?offset=0&total=${content.length}`, content);
  return { tenant, devices: [a, b], file };
}

test('CL60 CL61 CL62 a backup is the cloud at one moment, proven by its drill, and a cloud restored from it goes on', async () => {
  const { tenant, devices, file } = await worked();
  const [a, b] = devices;
  const began = writeBackup(source(), root);
  // Others go on meanwhile: the backup is of one moment.
  await b.push([b.entry([holder('m1', 'Meanwhile')])]);
  await began;
  const backup = await writeBackup(source(), root);
  for (const name of readdirSync(backup))
    expect(readFileSync(path.join(backup, name), 'latin1')).not.toMatch(/policyholder|Backed up/);
  await a.push([a.entry([holder('p5', 'After the backup')])]);
  await inScratchDatabase(cloud.databaseUrl, async (databaseUrl) => {
    const folder = mkdtempSync(path.join(root, 'restored-'));
    const blobs = cloudBlobs(folderPlace(path.join(folder, 'blobs'), random), source().master.blobs, random);
    const manifest = await restoreBackup({ ...source(databaseUrl), blobs }, backup);
    expect(await proveRestored(databaseUrl, manifest, source().master)).toEqual([]);
    await expect(restoreBackup({ ...source(databaseUrl), blobs }, backup)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    const restored = await openCloud({ databaseUrl, key: cloud.key, folder, log });
    const served = await serveCloud(restored, { host: '127.0.0.1', port: 0 });
    try {
      expect(Buffer.from((await restored.blobs.get(tenant, file)) ?? []).toString()).toBe('a document of the tenant');
      a.address = served.address;
      expect(await a.pull(0)).toHaveLength(1 + 5);
      // What came after the backup is asked for again from its device.
      expect((await a.push([a.entry([holder('p6', 'Anew')])])).answers[0]).toMatchObject({
        answer: 'gap',
        expected: 4,
      });
    } finally {
      await served.close();
    }
  });
});

test('CL63 a backup each day and a drill each week, by one copy at a time; how it went is told', async () => {
  const { cloud: copy } = cloud.copies[0] ?? expect.unreachable();
  const home = mkdtempSync(path.join(root, 'kept-'));
  let at = Date.UTC(2030, 0, 1);
  const options = { ...source(), directory: copy.database.directory, root: home, log, now: () => (at += 1) };
  const [one, other] = [startKeepingSafe(options), startKeepingSafe(options)];
  const kept = (): number => readdirSync(home).filter((name) => name !== 'blobs').length;
  await Promise.all([one.look(), other.look()]);
  expect(kept()).toBe(1);
  at += 23 * 3_600_000;
  await one.look();
  expect(kept()).toBe(1);
  at += 3_600_000;
  await other.look();
  expect(kept()).toBe(2);
  const address = cloud.copies[0]?.address ?? '';
  const headers = { authorization: `Bearer ${cloud.adminToken}` };
  const { upkeep } = (await (await fetch(`${address}/v1/admin/upkeep`, { headers })).json()) as { upkeep: Upkeep[] };
  const [backup, tried] = upkeep;
  expect(backup).toMatchObject({ what: 'backup', faults: [] });
  expect(backup?.lastSuccess).toBeGreaterThan((tried?.lastAt ?? 0) + 23 * 3_600_000);
  expect(tried).toMatchObject({ what: 'drill', lastSuccess: tried?.lastAt, faults: [] });
  expect(await (await fetch(`${address}/metrics`)).text()).toContain(
    `fieldwriter_upkeep_last_success_seconds{what="drill"} ${(tried?.lastAt ?? 0) / 1000}`,
  );
  await Promise.all([one.close(), other.close()]);
});

test('CL62 a backup that was changed, is incomplete, of another key, or of a cloud that is wrong in itself, is found', async () => {
  const { tenant, file } = await worked();
  const backup = await writeBackup(source(), root);
  const harmed = async (name: string, change: (bytes: Buffer) => Buffer): Promise<readonly string[]> => {
    const place = path.join(backup, name);
    const whole = readFileSync(place);
    writeFileSync(place, change(Buffer.from(whole)));
    const faults = await drill(source(), backup);
    writeFileSync(place, whole);
    return faults;
  };
  const flip = (bytes: Buffer): Buffer => {
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
    return bytes;
  };
  expect(await harmed('blobs.list.fwc', flip)).toEqual([expect.stringContaining('can not be read')]);
  expect(
    await harmed('manifest.json', (bytes) => Buffer.from(bytes.toString().replace(/"rows": \d+/, '"rows": 0'))),
  ).toEqual([expect.stringContaining('was changed')]);
  expect(await drill({ ...source(), master: masterKey(new Uint8Array(32), random) }, backup)).toEqual([
    expect.stringContaining('another FIELDWRITER_CLOUD_KEY'),
  ]);
  rmSync(path.join(root, 'blobs', tenant, file.slice(0, 2)), { recursive: true });
  expect(await drill(source(), backup)).toEqual([expect.stringContaining(file)]);

  // A cloud that is wrong in itself gives a backup that fails its drill.
  await cloud.sql(`UPDATE head SET etag = 'forged' WHERE tenant = '${tenant}' AND locator = 'p2'`);
  await cloud.sql(`DELETE FROM log WHERE tenant = '${tenant}' AND position = 3`);
  const wrong = (await drill(source(), await writeBackup(source(), root))).join(' ');
  for (const sentence of ['The head of policyholder p2', 'follows 2: what lies between is missing', 'The chain of'])
    expect(wrong).toContain(sentence);
});

const steps = cloudMigrations();
/** A step of a later program. @param readable from which one on others may go on beside it; absent: none before it */
const step = (number: number, sql: string, readable?: number): Migration => {
  const text = `${readable === undefined ? '' : `-- Readable from: ${readable}\n`}${sql}`;
  return { number, name: `000${number}-later.sql`, sql: text, hash: `hash ${number}` };
};
const NEXT = steps.length + 1;

/** A copy with what its version knows, over a database of its own. */
async function copyOf(databaseUrl: string, migrations: readonly Migration[], spoken: Spoken, backups?: string) {
  const copy = await openCloud({
    databaseUrl,
    key: cloud.key,
    folder: root,
    log,
    backups,
    knows: { migrations, spoken },
  });
  return { copy, ...(await serveCloud(copy, { host: '127.0.0.1', port: 0 })) };
}
const speaks = (oldest: number, newest: number): Spoken => ({ ...SPOKEN, protocol: { oldest, newest } });
async function hello(device: TestDevice, address: string, protocol: Spoken['protocol']) {
  device.address = address;
  const body = JSON.stringify({ protocol, journalFormat: 1, schemas: {}, engine: 'test' });
  return HelloAnswer.parse(await (await device.ask('POST', '/v1/hello', body)).json());
}

test('CL65 CL66 CL67 SY50 two versions serve one database side by side and lose nothing; what fails leaves it as it was, and a backup leads back', async () => {
  const backups = path.join(root, 'before-migrations');
  const expand = step(NEXT, 'ALTER TABLE log ADD COLUMN more text', steps.length);
  const contract = step(NEXT + 1, 'ALTER TABLE log DROP COLUMN more');
  await inScratchDatabase(cloud.databaseUrl, async (databaseUrl) => {
    const old = await copyOf(databaseUrl, steps, speaks(1, 1), backups);
    // A new database has nothing to lose.
    expect(existsSync(backups)).toBe(false);
    const tenant = crypto.randomUUID();
    await old.copy.database.directory.createTenant(tenant, 'Rolling', 1);
    const enrolled = async () =>
      new TestDevice(old.address).enrol((await makeCode(old.copy, tenant, null, 60_000)).code);
    const devices = [await enrolled(), await enrolled()];
    const asker = await enrolled();
    let going = true;
    const addresses = [old.address];
    const worked = devices.map(async (device, of) => {
      let count = 0;
      // When all copies are there, each is met once more.
      for (let left = 3; left > 0; count += 1) {
        if (!going) left -= 1;
        // Whichever copy the balancer gives.
        device.address = addresses[count % addresses.length] ?? '';
        const { answers } = await device.push([device.entry([holder(`d${of}-${count}`, 'x')])]);
        expect(answers[0]?.answer).toBe('accepted');
        await device.pull(0, '&entries=5');
      }
      return count;
    });

    const fails = step(NEXT, 'ALTER TABLE log ADD COLUMN more text; SELECT 1 / 0');
    await expect(copyOf(databaseUrl, [...steps, fails], speaks(1, 2), backups)).rejects.toThrow(
      /-later.sql failed and was rolled back: division by zero/,
    );
    writeFileSync(path.join(root, 'file'), '');
    await expect(copyOf(databaseUrl, [...steps, expand], speaks(1, 2), path.join(root, 'file'))).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('Nothing was changed'),
    });
    // The newer one migrates under the older one's feet.
    const newer = await copyOf(databaseUrl, [...steps, expand], speaks(1, 2), backups);
    addresses.push(newer.address);
    expect(await hello(asker, old.address, { oldest: 1, newest: 1 })).toMatchObject({ protocol: 1 });
    expect(await hello(asker, newer.address, { oldest: 1, newest: 1 })).toMatchObject({ protocol: 1 });
    expect(await hello(asker, newer.address, { oldest: 1, newest: 2 })).toMatchObject({ protocol: 2 });
    expect(await hello(asker, old.address, { oldest: 2, newest: 2 })).toMatchObject({ tooOld: 'cloud' });
    // The older one may even be started again: the step can be read by it.
    const again = await copyOf(databaseUrl, steps, speaks(1, 1));
    addresses.push(again.address);
    going = false;
    const total = (await Promise.all(worked)).reduce((sum, count) => sum + count, 0);
    const positions: number[] = [];
    while (positions.length < total) {
      const frames = (await asker.pull(positions.length)).slice(1);
      if (frames.length === 0) break;
      positions.push(...frames.map(({ head }) => ItemHead.parse(head).position));
    }
    expect(positions).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    for (const one of [old, again]) await one.close();
    // Only when nobody needs it any more does a step take something away.
    const last = await copyOf(databaseUrl, [...steps, expand, contract], speaks(2, 2));
    await expect(copyOf(databaseUrl, steps, speaks(1, 1))).rejects.toMatchObject({ code: 'store-from-the-future' });
    await expect(copyOf(databaseUrl, [...steps, expand], speaks(1, 2))).rejects.toThrow('can not read it any more');
    expect(await hello(asker, last.address, { oldest: 1, newest: 1 })).toMatchObject({ tooOld: 'device' });
    for (const one of [newer, last]) await one.close();
  });
  const made = readdirSync(backups).filter((name) => name !== 'blobs');
  expect(made).toHaveLength(2);
  await inScratchDatabase(cloud.databaseUrl, async (databaseUrl) => {
    await restoreBackup(source(databaseUrl), path.join(backups, made.sort()[1] ?? ''));
    const back = await copyOf(databaseUrl, steps, speaks(1, 1));
    expect(await back.copy.database.directory.tenants()).toMatchObject([
      { name: 'Rolling', position: expect.any(Number) },
    ]);
    await back.close();
  });
});

test('CL40 copies that start together migrate once, and every tenant has a log of its own', async () => {
  await inScratchDatabase(cloud.databaseUrl, async (databaseUrl) => {
    const open = () =>
      openDatabase(
        databaseUrl,
        () => 1,
        () => undefined,
      );
    const [one, other] = await Promise.all([open(), open()]);
    const tenant = '018f0000-0000-7000-8000-000000000001';
    await one.directory.createTenant(tenant, 'First', 1);
    expect(await other.directory.tenants()).toEqual([{ id: tenant, name: 'First', position: 0 }]);
    const ran = await one.inTenant(tenant, (scope) =>
      scope.rows(
        'steps',
        'SELECT count(*) AS n FROM migration WHERE EXISTS (SELECT 1 FROM tenant WHERE id = $1::uuid)',
      ),
    );
    expect(ran).toEqual([{ n: steps.length }]);
    await expect(one.inTenant(tenant, (scope) => scope.rows('all', 'SELECT * FROM log'))).rejects.toThrow('whose rows');
    await Promise.all([one.close(), other.close()]);
  });
});
