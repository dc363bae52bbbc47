import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConfigurations } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { openVault } from '#core/integrations/vault.ts';
import { openStore } from '#core/store/open.ts';
import { ACTOR, change, command, KEY, policyholder, seededBytes, storeOptions } from '#core/store/store.fixture.ts';
import { openSyncClient, type SyncClient } from '#core/sync/client/client.ts';
import { HelloAnswer } from '#core/sync/protocol.ts';
import { LETS_GO_FIRST, SINCE_HEADER } from '#core/sync/set-back.ts';
import { makeCode } from './authority/devices.ts';
import { masterKey } from './authority/master-key.ts';
import { drill } from './backup/drill.ts';
import { restoreBackup } from './backup/restore.ts';
import { type BackupSource, writeBackup } from './backup/write.ts';
import { folderPlace } from './blob-folder.ts';
import { cloudBlobs } from './blobs.ts';
import { openCloud } from './open-cloud.ts';
import { serveCloud } from './serve.ts';
import { TestDevice } from './test-device.ts';
import { startTestCloud, type TestCloud } from './testing.ts';

let server: TestCloud;
let root: string;
beforeAll(async () => {
  server = await startTestCloud();
  root = mkdtempSync(path.join(tmpdir(), 'fieldwriter-set-back-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});

const log = pino({ level: 'silent' });
const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

/** An empty one; it goes with the server. */
async function database(name: string): Promise<string> {
  await server.sql(`CREATE DATABASE ${name}`);
  const url = new URL(server.databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** A copy over a database; what records look like is not what this is about. */
async function copyOver(databaseUrl: string) {
  const folder = mkdtempSync(path.join(root, 'copy-'));
  const cloud = await openCloud({ databaseUrl, key: server.key, folder, log });
  const served = await serveCloud({ ...cloud, validate: () => undefined }, { host: '127.0.0.1', port: 0 });
  const source: BackupSource = {
    databaseUrl,
    master: masterKey(server.key, random),
    blobs: cloudBlobs(folderPlace(path.join(folder, 'blobs'), random), cloud.master.blobs, random),
    random,
    now: Date.now,
  };
  const code = async (tenant: string) => (await makeCode(cloud, tenant, null, 60_000)).code;
  return { cloud, served, source, code, address: served.address };
}
type Copy = Awaited<ReturnType<typeof copyOver>>;

/** Workbenches are so much later, milliseconds. */
let later = 0;

interface Workbench {
  readonly desk: Desk;
  readonly client: SyncClient;
}
function workbench(name: string): Workbench {
  const bytes = seededBytes(`${name} ${root}`);
  const store = openStore({ ...storeOptions(root), folder: path.join(root, name), random: bytes });
  const desk = {
    store,
    configurations: openConfigurations(store),
    vault: openVault(KEY, bytes),
    now: () => Date.now() + later,
    random: bytes,
    log: () => undefined,
  } as unknown as Desk;
  return { desk, client: openSyncClient(desk, { every: 1e9 }) };
}
async function joins({ client }: Workbench, { address }: Copy, code: string): Promise<void> {
  await client.enrol({ actor: ACTOR }, { address, code, name: 'a laptop' });
  await client.idle();
  isInStep(client);
}
function isInStep(client: SyncClient): void {
  const { blocked, lastFailure, lastSuccess } = client.status();
  expect(blocked).toBeNull();
  expect((lastFailure?.at ?? 0) < (lastSuccess ?? 0), lastFailure?.message).toBe(true);
}
async function meets(...all: readonly Workbench[]): Promise<void> {
  for (const { client } of all) {
    client.now();
    await client.idle();
  }
}
async function moves({ client }: Workbench, { address }: Copy): Promise<void> {
  client.configure({ actor: ACTOR }, { addresses: [address], on: false });
  await client.idle();
}
const shown = ({ desk }: Workbench): string => [...desk.store.exportCanonical({ replicated: true })].join('');
function writes({ desk: { store } }: Workbench, type: 'note' | 'invoice', locator: string, record: object): void {
  const base = store.get(type, locator)?.version ?? 0;
  store.commit(command('work'), [change(type, locator, base, { locator, ...record })]);
}

test('SY96 SY97 SY98 SY99 CL68 CL69 a cloud that was set back, once and again: everybody brings what it lost, nothing is there twice, and what nobody brings is known', async () => {
  const first = await copyOver(await database('before'));
  const tenant = crypto.randomUUID();
  await first.cloud.database.directory.createTenant(tenant, 'Set back', 1);
  const [a, b, early, late, lost] = ['a', 'b', 'early', 'late', 'lost'].map(workbench) as [
    Workbench,
    Workbench,
    Workbench,
    Workbench,
    Workbench,
  ];
  for (const one of [a, b]) await joins(one, first, await first.code(tenant));
  const holder = policyholder('h-1', 0, { name: ['Greta Unforgotten'] });
  a.desk.store.commit(command('h'), [holder]);
  for (const n of ['n-0', 'n-1']) writes(a, 'note', n, { text: 'in the backup' });
  await meets(a, b, a);
  // What its first fetch brings is changed behind the backup.
  await joins(early, first, await first.code(tenant));
  const backup = await writeBackup(first.source, path.join(root, 'backups'));

  // From here on the cloud will know nothing.
  writes(b, 'note', 'n-1', { text: 'changed by b' });
  writes(a, 'note', 'n-2', { text: 'of a' });
  await meets(b, a);
  writes(a, 'note', 'n-1', { text: 'changed by a on top of it' });
  await joins(late, first, await first.code(tenant));
  await joins(lost, first, await first.code(tenant));
  const { numbers, change: taken } = takeNumbers(late.desk, 'invoice', 1);
  late.desk.store.commit(command('number'), [taken]);
  writes(late, 'invoice', 'i-1', { displayId: numbers[0] });
  writes(lost, 'note', 'n-lost', { text: 'of a laptop that nobody sees again' });
  writes(lost, 'note', 'n-0', { text: 'changed by it' });
  lost.desk.store.erasePerson('h-1', ACTOR, 1);
  await meets(lost, late, a);
  // Made on what is lost, by somebody who comes again.
  writes(b, 'note', 'n-3', { text: 'of b' });
  await meets(b);
  writes(b, 'note', 'n-lost', { text: 'changed by b' });
  await meets(b, a, late, early);
  const agreed = shown(a);
  expect([shown(b), shown(late), shown(early)]).toEqual([agreed, agreed, agreed]);
  await first.served.close();
  await lost.client.close();
  lost.desk.store.close();

  const back = async (name: string, work: (copy: Copy) => Promise<void>): Promise<void> => {
    const databaseUrl = await database(name);
    await restoreBackup({ ...first.source, databaseUrl, setsBack: true }, backup);
    const copy = await copyOver(databaseUrl);
    try {
      for (const one of [a, b, early, late]) await moves(one, copy);
      await work(copy);
    } finally {
      await copy.served.close();
    }
  };

  for (const time of [1, 2])
    await back(`back_${time}`, async (copy) => {
      // Who came after the backup is not known any more, and joins again as who it is.
      await meets(late);
      expect(late.client.status().blocked, JSON.stringify(late.client.status())).toMatchObject({ reason: 'revoked' });
      const { device: same } = late.desk.store;
      await joins(late, copy, await copy.code(tenant));
      expect(late.desk.store.device).toBe(same);
      // a's change of what b had changed waits for that, although a comes first.
      await meets(a, late);
      expect(a.client.status().waiting.entries).toBeGreaterThan(0);
      await meets(b, a, late, b);
      expect(a.client.status()).toMatchObject({ conflicts: 0, waiting: { entries: 0 } });
      // Whoever does not come holds nobody up for ever.
      expect(b.client.status().waiting.entries).toBeGreaterThan(0);
      later += LETS_GO_FIRST;
      await meets(b, a, late, early);
      for (const { client } of [a, b, early, late]) {
        isInStep(client);
        expect(client.status().waiting.entries).toBe(0);
      }
      // Everybody sees the same, and a newcomer too.
      const fresh = workbench(`fresh-${time}`);
      await joins(fresh, copy, await copy.code(tenant));
      for (const one of [b, early, late, fresh]) expect(shown(one)).toBe(shown(a));
      expect(a.desk.store.get('note', 'n-1')?.record.text).toBe('changed by a on top of it');
      expect(early.desk.store.get('note', 'n-0')?.record.text).toBe('in the backup');
      for (const n of ['n-2', 'n-3']) expect(a.desk.store.get('note', n)).toBeDefined();
      // The number was granted in what is lost, and is its device's all the same.
      expect(a.desk.store.get('invoice', 'i-1')?.record.displayId).toBe(numbers[0]);
      // What was forgotten stays forgotten, also for who never knew.
      expect(fresh.desk.store.get('policyholder', 'h-1')?.record.entity).toEqual({ values: {} });
      // The laptop that is gone: what it made is known to who had it, and what b made of it is a conflict.
      const status = a.client.status();
      expect(status).toMatchObject({ lost: 3, setBack: { again: expect.any(Number), lost: expect.any(Number) } });
      expect(a.desk.store.replication.lost(9)).toMatchObject([
        { command: 'work', changes: [{ locator: 'n-lost' }] },
        { command: 'work', changes: [{ locator: 'n-0' }] },
        { command: 'person.erase' },
      ]);
      const open = a.desk.store.find('conflict', 'state', 'open').map(({ record }) => record);
      expect(open).toMatchObject([{ reason: { code: 'moved-on', records: [{ locator: 'n-lost' }] } }]);
      expect(a.desk.store.replication.lost(9)[0]?.changes[0]?.record).toMatchObject({ text: /nobody sees again/ });
      for (const one of time === 2 ? [a, b, early, late, fresh] : []) {
        expect((await one.desk.store.verify()).faults).toEqual([]);
        const was = shown(one);
        one.desk.store.rebuild();
        expect(shown(one)).toBe(was);
      }
      if (time === 2)
        expect(await drill(copy.source, await writeBackup(copy.source, path.join(root, `after-${time}`)))).toEqual([]);
      await fresh.client.close();
      fresh.desk.store.close();

      // Numbers that are granted from now on are nobody's of before; who does not know of setting back is too old.
      const device = await new TestDevice(copy.address).enrol(await copy.code(tenant));
      const range = (await (
        await device.ask('POST', '/v1/ranges', JSON.stringify({ series: 'invoice', count: 5 }))
      ).json()) as { first: number };
      expect(range.first).toBeGreaterThan(Number(numbers[0]) + 100_000);
      const hello = async (newest: number) => {
        const body = { protocol: { oldest: 1, newest }, journalFormat: 1, schemas: {}, engine: 'test' };
        return HelloAnswer.parse(await (await device.ask('POST', '/v1/hello', JSON.stringify(body))).json());
      };
      expect(await hello(1)).toMatchObject({ tooOld: 'device' });
      expect((await hello(2)).setBacks).toHaveLength(1);
      // A request of a round that began before is refused: its position is of another log.
      const headers = { ...device.headers('GET', '/v1/pull?after=1', new Uint8Array()), [SINCE_HEADER]: '' };
      const stale = await fetch(`${copy.address}/v1/pull?after=1`, { headers });
      expect([stale.status, ((await stale.json()) as { details: object }).details]).toEqual([
        409,
        { reason: 'set-back' },
      ]);
    });
  for (const { client, desk } of [a, b, early, late]) {
    client.setBackRead();
    expect(client.status().setBack).toBeNull();
    await client.close();
    desk.store.close();
  }
}, 60_000);
