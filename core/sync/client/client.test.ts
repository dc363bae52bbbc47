import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openConfigurations } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { openVault } from '#core/integrations/vault.ts';
import { blobOf } from '#core/policy/media.ts';
import { openStore } from '#core/store/open.ts';
import { repairStore } from '#core/store/repair/repair.ts';
import { repairStanding } from '#core/store/repair/report.ts';
import { repairWords } from '#core/store/repair/words.ts';
import { ACTOR, change, command, inFolder, KEY, NOW, seededBytes, storeOptions } from '#core/store/store.fixture.ts';
import { brake } from './brake.ts';
import { openSyncClient, type SyncClient, type SyncOptions } from './client.ts';
import type { SyncFacts } from './contract.ts';
import { FakeCloud } from './fake-cloud.fixture.ts';
import { firstState, next } from './machine.ts';
import { addressesIn } from './settings.ts';

const CALLER = { actor: ACTOR };

/** A workbench as far as replication sees it. */
function workbench(
  folder: string,
  name: string,
  cloud: FakeCloud,
  options: SyncOptions = {},
  opening = '',
): { desk: Desk; client: SyncClient } {
  const random = seededBytes(`${name} ${folder}${opening}`);
  const store = openStore({ ...storeOptions(folder), folder: join(folder, name), random });
  const log = (message: string, details?: unknown) => cloud.logged.push(`${message} ${JSON.stringify(details)}`);
  const configurations = openConfigurations(store);
  const vault = openVault(KEY, random);
  const desk = { store, configurations, vault, now: () => cloud.now, random, log } as unknown as Desk;
  return { desk, client: openSyncClient(desk, { fetch: cloud.fetch, every: 1e9, ...options }) };
}
const note = (desk: Desk, locator: string, text: string): void => {
  const base = desk.store.get('note', locator)?.version ?? 0;
  desk.store.commit(command('note.add'), [change('note', locator, base, { locator, policyLocator: 'p', text })]);
};
const shown = (desk: Desk): string => [...desk.store.exportCanonical({ replicated: true })].join('');
async function round(client: SyncClient): Promise<void> {
  client.now();
  await client.idle();
}

test('SY80 SY40 SY43 two workbenches meet through the cloud: enrol, first fetch, push, pull, numbers, files', async () => {
  await inFolder(async (folder) => {
    const cloud = new FakeCloud();
    const a = workbench(folder, 'a', cloud);
    const blob = await a.desk.store.blobs.put(Buffer.from('a document'));
    const document = { locator: 'd-1', policyLocator: 'p', blob };
    a.desk.store.commit(command('document.add'), [change('document', 'd-1', 0, document)]);
    note(a.desk, 'n-1', 'before there was a cloud');
    for (const n of ['n-3', 'n-4']) note(a.desk, n, 'more than a page');
    const own = takeNumbers(a.desk, 'policyNumber', 1);
    a.desk.store.commit(command('number'), [own.change]);
    await expect(a.client.gitAccess()).rejects.toMatchObject({ code: 'wrong-state' });
    await a.client.enrol(CALLER, { address: 'https://one.example, https://two.example/', code: 'CODE', name: 'a' });
    await a.client.idle();
    expect(await a.client.gitAccess()).toMatchObject({
      url: 'https://one.example/v1/git/configurations.git',
      password: `of ${cloud.enrolled[0]?.device}`,
    });
    expect(cloud.logged).toEqual([]);
    expect(a.client.status()).toMatchObject({
      on: true,
      complete: true,
      activity: { phase: 'waiting' },
      waiting: { entries: expect.any(Number) },
      cloud: { tenantName: 'Office', address: 'https://one.example' },
    });
    // What it printed by itself stays its own; what it prints from now on was granted.
    expect(cloud.enrolled[0]?.numbers).toEqual([{ series: 'policyNumber', first: 200_000_001, last: 200_000_001 }]);
    expect(takeNumbers(a.desk, 'policyNumber', 2).numbers).toEqual(['900000001', '900000002']);

    const b = workbench(folder, 'b', cloud);
    // The log went on too far meanwhile: it begins again (cloud/SPEC.md CL6).
    cloud.expires = true;
    await b.client.enrol(CALLER, { address: 'https://one.example', code: 'CODE', name: 'b' });
    await b.client.idle();
    expect(b.client.status()).toMatchObject({ complete: true, lastFailure: null });
    expect(cloud.expires).toBe(false);
    expect(b.desk.store.get('note', 'n-1')?.record.text).toBe('before there was a cloud');
    expect(Buffer.from((await b.desk.store.blobs.get(blob)) ?? [])).toEqual(Buffer.from('a document'));
    note(b.desk, 'n-1', 'from b');
    note(a.desk, 'n-2', 'from a');
    await round(b.client);
    // One address dies: the other goes on.
    cloud.down.add('https://one.example');
    await round(a.client);
    await round(a.client);
    cloud.down.clear();
    await round(b.client);
    expect(shown(a.desk)).toBe(shown(b.desk));
    expect(a.desk.store.get('note', 'n-1')?.record.text).toBe('from b');
    expect(a.client.status().cloud?.address).toBe('https://two.example');
    // Nothing to do is one question.
    await round(a.client);
    const before = cloud.requests;
    await round(a.client);
    expect(cloud.requests - before).toBe(1);
    for (const { client, desk } of [a, b]) {
      await client.close();
      expect((await desk.store.verify()).faults).toEqual([]);
      desk.store.close();
    }
  });
});

test('SY82 SY86 J59 a file that its device has not sent yet is waited for, told, asked for less and less, and comes', async () => {
  await inFolder(async (folder) => {
    const cloud = new FakeCloud();
    const [a, b] = [workbench(folder, 'a', cloud), workbench(folder, 'b', cloud)];
    for (const { client } of [a, b]) {
      await client.enrol(CALLER, { address: 'https://one.example', code: 'CODE', name: 'x' });
      await client.idle();
    }
    // Somebody travels on a metered network: the entry crosses, the file does not.
    a.client.configure(CALLER, { metered: true });
    await a.client.idle();
    const blob = await a.desk.store.blobs.put(Buffer.from('a photograph'));
    a.desk.store.commit(command('media.upload'), [change('media', 'm-1', 0, { locator: 'm-1', blob })]);
    await round(a.client);
    expect(a.client.status().waiting).toMatchObject({ entries: 0, files: 1, fetches: 0 });
    await round(b.client);
    expect(b.client.status()).toMatchObject({ lastFailure: null, waiting: { files: 0, fetches: 1 } });
    expect(await b.desk.store.verify()).toMatchObject({ ok: true, notFetched: 1 });
    // It is not asked for every time, but when somebody wants it.
    const asked = async (): Promise<number> => {
      const before = cloud.requests;
      await round(b.client);
      return cloud.requests - before;
    };
    expect(await asked()).toBe(1);
    await expect(blobOf(b.desk, blob, 'm-1')).rejects.toThrow('has not come');
    expect(await asked()).toBe(2);
    expect(await asked()).toBe(1);
    a.client.configure(CALLER, { metered: false });
    await a.client.idle();
    await round(a.client);
    expect(a.client.status().waiting.files).toBe(0);
    cloud.now += 60_000;
    await round(b.client);
    expect(await b.desk.store.verify()).toMatchObject({ ok: true, notFetched: 0 });
    expect(await blobOf(b.desk, blob, 'm-1')).toEqual(new Uint8Array(Buffer.from('a photograph')));
    expect(b.client.status().waiting.fetches).toBe(0);
    // What was here once and is not any more is damage.
    rmSync(join(folder, 'b', 'blobs', blob.slice(0, 2), blob));
    expect((await b.desk.store.verify()).faults).toEqual([`The blob ${blob} is missing.`]);
    for (const { client, desk } of [a, b]) {
      await client.close();
      desk.store.close();
    }
  });
});

test('SY11 J56 a store that was restored from a backup goes on under a new identity, and what waits is kept', async () => {
  await inFolder(async (folder) => {
    const cloud = new FakeCloud();
    const a = workbench(folder, 'a', cloud);
    await a.client.enrol(CALLER, { address: 'https://one.example', code: 'CODE', name: 'a' });
    await a.client.idle();
    note(a.desk, 'n-1', 'sent after the backup');
    await a.desk.store.backup(join(folder, 'backup'));
    await round(a.client);
    note(a.desk, 'n-2', 'lost with the laptop, but in the cloud');
    await round(a.client);
    await a.client.close();
    a.desk.store.close();

    const restored = workbench(folder, 'backup', cloud);
    note(restored.desk, 'n-3', 'made after the restore');
    await round(restored.client);
    expect(restored.client.status().blocked?.reason).toBe('fork');
    const { device } = restored.desk.store;
    await restored.client.enrol(CALLER, { address: 'https://one.example', code: 'CODE', name: 'a again' });
    await restored.client.idle();
    await round(restored.client);
    expect(cloud.enrolled.at(-1)).toMatchObject({ formerly: device });
    expect(restored.desk.store.device).not.toBe(device);
    expect(restored.client.status()).toMatchObject({ blocked: null, lastFailure: null, conflicts: 0 });
    expect(restored.desk.store.list('note').map(({ locator }) => locator)).toEqual(['n-1', 'n-2', 'n-3']);
    expect([...cloud.small.authority.heads.keys()].filter((name) => name.startsWith('note'))).toHaveLength(3);
    expect((await restored.desk.store.verify()).faults).toEqual([]);
    const before = shown(restored.desk);
    restored.desk.store.rebuild();
    expect(shown(restored.desk)).toBe(before);
    await restored.client.close();
    restored.desk.store.close();
  });
});

test('SY92 J62 a store that was repaired takes a new identity by itself, the cloud brings what it was sent, and what is lost is named', async () => {
  await inFolder(async (folder) => {
    const cloud = new FakeCloud();
    const a = workbench(folder, 'a', cloud);
    await a.client.enrol(CALLER, { address: 'https://one.example', code: 'CODE', name: 'a' });
    await a.client.idle();
    note(a.desk, 'n-1', 'in the backup');
    await a.desk.store.backup(join(folder, 'backup'));
    note(a.desk, 'n-1', 'sent after the backup');
    note(a.desk, 'n-2', 'sent after the backup');
    await round(a.client);
    for (let i = 0; i < 40; i += 1)
      note(a.desk, `w-${i}`, `not sent ${Buffer.from(a.desk.random(900)).toString('base64')}`);
    const sent = cloud.small.authority.log.length;
    const { device } = a.desk.store;
    await a.client.close();
    a.desk.store.close();

    const file = join(folder, 'a/workbench.db');
    const bytes = readFileSync(file);
    bytes.fill(0, 0, 4096);
    bytes.fill(7, Math.floor(bytes.length / 4096 / 4) * 4096, Math.floor((bytes.length / 4096) * 0.6) * 4096);
    writeFileSync(file, bytes);
    const options = {
      ...storeOptions(folder),
      folder: join(folder, 'a'),
      random: seededBytes('repair'),
      now: () => NOW - 1,
    };
    const report = await repairStore({ ...options, found: 'Damaged.', backups: [] });
    expect(report).toMatchObject({ device, renewed: true });
    expect(report.missing.length).toBeGreaterThan(0);

    const again = workbench(folder, 'a', cloud, {}, 'again');
    note(again.desk, 'n-3', 'made before it met the cloud');
    expect(repairStanding(again.desk.store)?.outcome).toEqual({ fromCloud: 0, lost: [], asked: false });
    // The answer to the enrolment is lost: it is asked for again with the same key.
    cloud.swallow = '/v1/enrol';
    await round(again.client);
    expect(again.client.status().lastFailure).not.toBeNull();
    await round(again.client);
    await round(again.client);
    expect(cloud.logged).toEqual([]);
    const [one, two] = cloud.enrolled.slice(-2);
    expect(one).toEqual(two);
    expect(two).toMatchObject({ code: `OWN-${device}`, formerly: device, device: again.desk.store.device });
    expect(again.client.status()).toMatchObject({ blocked: null, conflicts: 0, waiting: { entries: 0 } });
    const standing = repairStanding(again.desk.store);
    expect(standing?.outcome.fromCloud).toBeGreaterThan(0);
    const words = repairWords(report, standing?.outcome ?? expect.unreachable()).join('\n');
    expect(words).toContain('came back from the cloud');
    const shownNotes = new Map(
      again.desk.store.list('note').map(({ locator, record }) => [locator, String(record.text)]),
    );
    for (const locator of ['n-1', 'n-2']) expect(shownNotes.get(locator)).toBe('sent after the backup');
    expect(shownNotes.has('n-3')).toBe(true);
    // Of what was never sent each note is there, or its entry is named.
    const there = [...shownNotes.keys()].filter((locator) => locator.startsWith('w-')).length;
    expect(there + (standing?.outcome.lost.length ?? 0)).toBe(40);
    for (const { sequence } of standing?.outcome.lost ?? []) expect(words).toContain(`Lost: entry ${sequence} of 20`);
    expect(cloud.small.authority.log.length).toBeGreaterThan(sent + there);
    expect((await again.desk.store.verify()).faults).toEqual([]);
    const before = shown(again.desk);
    again.desk.store.rebuild();
    expect(shown(again.desk)).toBe(before);
    await again.client.close();
    again.desk.store.close();
  });
});

test('SY11 SY83 an enrolment that is refused changes nothing, and one whose answer is lost, or that a kill cut off, is done again', async () => {
  await inFolder(async (folder) => {
    const cloud = new FakeCloud();
    const wish = { address: 'https://one.example', code: 'CODE', name: 'a' };
    let a = workbench(folder, 'a', cloud);
    const again = async (): Promise<void> => {
      await a.client.close();
      a.desk.store.close();
      a = workbench(folder, 'a', cloud);
    };
    cloud.swallow = '/v1/enrol';
    await expect(a.client.enrol(CALLER, wish)).rejects.toThrow('does not answer');
    await again();
    await a.client.enrol(CALLER, { ...wish, code: 'ANOTHER' });
    await a.client.idle();
    expect(a.client.status()).toMatchObject({ lastFailure: null, blocked: null, complete: true });
    const { device } = a.desk.store;
    note(a.desk, 'n-1', 'waits');
    // A code that is no good, given to a device that is fine: it stays who it is, and sends what waits.
    await expect(a.client.enrol(CALLER, { ...wish, code: 'WRONG' })).rejects.toThrow('not known');
    await again();
    await round(a.client);
    expect(a.client.status()).toMatchObject({ device, blocked: null, lastFailure: null, waiting: { entries: 0 } });
    // A new identity of which it never heard that it has it.
    note(a.desk, 'n-2', 'waits too');
    cloud.swallow = '/v1/enrol';
    await expect(a.client.enrol(CALLER, wish)).rejects.toThrow('does not answer');
    await again();
    await a.client.enrol(CALLER, { ...wish, code: 'ONE MORE' });
    await a.client.idle();
    await round(a.client);
    expect(a.client.status()).toMatchObject({ blocked: null, lastFailure: null, waiting: { entries: 0 } });
    expect(cloud.enrolled.map((one) => one.formerly)).toEqual([undefined, undefined, device, device]);
    expect(new Set(cloud.enrolled.map((one) => one.device)).size).toBe(2);
    expect([...cloud.small.authority.heads.keys()].filter((name) => name.startsWith('note'))).toHaveLength(2);
    expect((await a.desk.store.verify()).faults).toEqual([]);
    await a.client.close();
    a.desk.store.close();
  });
});

test('SY60 the brake holds what would delete or change an unusual share, until a person says so', async () => {
  expect(brake({ changed: 500, deleted: 20, of: () => 0 })).toBe('passes');
  expect(brake({ changed: 400_000, deleted: 19_000, of: () => 1_000_000 })).toBe('passes');
  expect(brake({ changed: 0, deleted: 21, of: () => 1_000 })).toBe('deletes');
  expect(brake({ changed: 501, deleted: 0, of: () => 1_000 })).toBe('changes');
  await inFolder(async (folder) => {
    const cloud = new FakeCloud();
    const a = workbench(folder, 'a', cloud);
    await a.client.enrol(CALLER, { address: 'https://one.example', code: 'CODE', name: 'a' });
    await a.client.idle();
    const keys = Array.from({ length: 30 }, (_, i) => `d-${i}`);
    a.desk.store.commit(
      command('x'),
      keys.map((locator) => change('document', locator, 0, { locator })),
    );
    await round(a.client);
    a.desk.store.commit(
      command('y'),
      keys.map((locator) => change('document', locator, 1, null)),
    );
    await round(a.client);
    expect(a.client.status().blocked).toMatchObject({ reason: 'brake', direction: 'push', deleted: 30 });
    await round(a.client);
    expect(a.client.status().waiting.entries).toBeGreaterThan(0);
    a.client.confirm('push');
    await a.client.idle();
    expect(a.client.status()).toMatchObject({ blocked: null, waiting: { entries: 0 } });
    await a.client.close();
    a.desk.store.close();
  });
});

test('SY50 SY80 SY93 failures are waited out longer each time, an order to wipe is obeyed once, who is too old is said', () => {
  const replica = {
    becoming: undefined,
    position: 3,
    settled: 0,
    lastSequence: 0,
    waiting: { entries: 0, bytes: 0 },
    parked: 0,
    lost: 0,
    unindexed: 0,
    snapshot: undefined,
  };
  const facts = (now: number, jitter = 0): SyncFacts => ({
    now,
    jitter,
    replica,
    succeeds: false,
    holds: false,
    numbersLow: false,
  });
  let state = firstState(true, false);
  const waits: number[] = [];
  for (let i = 0; i < 12; i += 1) {
    const step = next(state, { event: 'tick' }, facts(state.nextTry ?? NOW));
    expect(step.action).toBe('greet');
    state = next(step.state, { event: 'failed', failure: { kind: 'away', message: 'away' } }, facts(NOW)).state;
    waits.push((state.nextTry ?? 0) - NOW);
  }
  expect(waits.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
  expect(waits.at(-1)).toBe(300_000);
  // Devices that lost one cloud together do not come back together.
  expect(next(state, { event: 'tick' }, facts(NOW + 1)).action).toBeUndefined();
  const greeted = { event: 'greeted', position: 3, chain: 'same', sequence: 0 } as const;
  const asked = next(state, { event: 'asked' }, facts(NOW)).state;
  expect(next(asked, { ...greeted, tooOld: 'cloud' }, facts(NOW)).state.blocked?.reason).toBe('cloud-too-old');
  // A cloud that was set back knows less than it told this device (SY93).
  for (const less of [{ position: 2 }, { sequence: -1 }])
    expect(next(asked, { ...greeted, ...less }, facts(NOW)).state.blocked?.reason).toBe('cloud-behind');
  const wiped = next(asked, { ...greeted, order: 'wipe' }, facts(NOW));
  expect(wiped).toMatchObject({ action: 'wipe', state: { phase: 'blocked', blocked: { reason: 'wiped' } } });
  expect(next(wiped.state, { event: 'asked' }, facts(NOW)).action).toBeUndefined();
  expect(next(asked, greeted, facts(NOW)).action).toBe('blobs');
  expect(next({ ...asked, metered: true }, greeted, facts(NOW)).action).toBe('blobs');
  expect(addressesIn(['https://a.example/x/, http://127.0.0.1:8080'])).toEqual([
    'https://a.example/x',
    'http://127.0.0.1:8080',
  ]);
  expect(() => addressesIn(['http://a.example'])).toThrow('https://');
});
