import { promises as files } from 'node:fs';
import path from 'node:path';
import git, { Errors } from 'isomorphic-git';
import http from 'isomorphic-git/http/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Series } from '#core/desk/numbers.ts';
import type { JsonObject } from '#core/model/json.ts';
import { parseBody, unpacked } from '#core/store/entry.ts';
import type { OutgoingEntry } from '#core/store/replica/replication-contract.ts';
import { inFolder } from '#core/store/store.fixture.ts';
import { entryFrame, pulled } from '#core/sync/client/messages.ts';
import { framed, unframed } from '#core/sync/frames.ts';
import { ItemHead, PullHead, RangeAnswer, SnapshotHead, SnapshotRecord } from '#core/sync/protocol.ts';
import type { Range } from '#test/simulation/authority.ts';
import { asExported, exported, Office } from '#test/simulation/office.ts';
import { inspect } from '#test/simulation/oracle.ts';
import { readAuthority } from '#test/simulation/read-log.ts';
import { revokeDevice } from './authority/devices.ts';
import { push } from './authority/push.ts';
import { snapshot } from './authority/snapshot.ts';
import { makeGitCode } from './git/codes.ts';
import { TestDeployments } from './git/deploy.fixture.ts';
import { TestDevice } from './test-device.ts';
import { startTestCloud, type TestCloud, type TestCopy } from './testing.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ copies: 2 });
});
afterAll(() => cloud.stop());

/** Two devices of one tenant, each speaking to a copy of its own. */
async function pair(): Promise<[TestDevice, TestDevice]> {
  const tenant = await cloud.newTenant('Test');
  const devices = cloud.copies.slice(0, 2).map(({ address }) => new TestDevice(address));
  for (const device of devices) await device.enrol(await cloud.newCode(tenant));
  const [a, b] = devices;
  if (!a || !b) throw new Error('two copies are needed');
  return [a, b];
}

const holder = (locator: string, values: JsonObject): JsonObject => ({
  locator,
  createdAt: 1,
  updatedAt: 1,
  completed: true,
  entity: { values },
});
const values = ['entity.values'];
const made = (locator: string, first: string, base: string | null = null, version = 1) => ({
  type: 'policyholder' as const,
  locator,
  base,
  version,
  record: holder(locator, { first: [first], last: ['Smith'] }),
  personal: { person: locator, paths: values },
});

test('SY1 SY10 SY11 entries get positions and outcomes, again the same ones, a gap and a fork are told', async () => {
  const [a, b] = await pair();
  const entries = [a.entry([made('p1', 'Anna')]), a.entry([made('p2', 'Bert')]), a.entry([made('p3', 'Carl')])];
  const [one, two, three] = entries;
  if (!one || !two || !three) throw new Error();
  expect(await a.push([one, two])).toMatchObject({
    answers: [
      { answer: 'accepted', sequence: 1, position: 1, duplicate: false },
      { answer: 'accepted', sequence: 2, position: 2, duplicate: false },
    ],
    position: 2,
  });
  expect((await b.push([b.entry([made('p9', 'Dora')])])).position).toBe(3);
  a.address = b.address;
  expect((await a.push([one, two, three])).answers).toEqual([
    { answer: 'accepted', sequence: 1, position: 1, duplicate: true },
    { answer: 'accepted', sequence: 2, position: 2, duplicate: true },
    { answer: 'accepted', sequence: 3, position: 4, duplicate: false },
  ]);
  const skipped = a.entry([made('p4', 'Emil')]);
  expect((await a.push([a.entry([made('p5', 'Fritz')])])).answers).toEqual([
    { answer: 'gap', sequence: 5, expected: 4 },
  ]);
  expect((await a.push([skipped])).position).toBe(5);
  a.sequence = 2;
  expect((await a.push([a.entry([made('p6', 'Gert')])])).answers).toEqual([{ answer: 'fork', sequence: 3 }]);
});

test('SY14 SY15 SY40 disjoint drafts merge sealed, others are refused into a conflict, and everybody can follow', async () => {
  const [a, b] = await pair();
  const first = a.entry([made('p1', 'Anna')]);
  await a.push([first]);
  // b learns the person's key with the item.
  const [, item] = await b.pull(0);
  const { keys } = ItemHead.parse(item?.head);
  expect(keys).toHaveLength(1);
  for (const { id, person, key } of keys ?? []) b.persons.set(person, { id, key: Buffer.from(key, 'base64') });
  const sealed = parseBody(unpacked(item?.body ?? new Uint8Array())).changes[0]?.record?.entity as JsonObject;
  expect(sealed.values).toMatch(/^object:/);

  const change = (device: TestDevice, values: JsonObject) =>
    device.entry([{ ...made('p1', '', first.head.id, 2), record: holder('p1', values) }]);
  const mine = change(a, { first: ['Annabel'], last: ['Smith'] });
  const theirs = change(b, { first: ['Anna'], last: ['Jones'] });
  const clash = a.entry([{ ...made('p1', 'Other', mine.head.id, 3) }]);
  expect((await a.push([mine])).answers[0]?.answer).toBe('accepted');
  expect((await b.push([theirs])).answers[0]?.answer).toBe('merged');
  const again = change(b, { first: ['Anni'], last: ['Smith'] });
  expect((await b.push([again])).answers[0]?.answer).toBe('refused');
  expect((await a.push([clash])).answers[0]?.answer).toBe('merged');

  const frames = await a.pull(0);
  expect(PullHead.parse(frames[0]?.head)).toEqual({ position: 5, more: false });
  const items = frames.slice(1).map(({ head }) => ItemHead.parse(head));
  expect(items.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'merged', 'refused', 'merged']);
  const [merge] = items[2]?.effects ?? [];
  expect(merge).toMatchObject({ from: 'merge', etag: `${theirs.head.id}+`, seal: { person: 'p1', paths: values } });
  expect(JSON.stringify(merge)).not.toContain('Jones');
  expect(items[3]?.effects.map(({ type, from }) => `${type} ${from}`)).toEqual([
    'policyholder head',
    'conflict conflict',
  ]);
  // Own texts are not sent back.
  expect(frames.slice(1).map(({ body }) => body.length > 0)).toEqual([false, false, true, true, false]);
});

test('SY22 who was forgotten stays so: the keys are gone here, and those that come later are not kept', async () => {
  const [a, b] = await pair();
  const first = a.entry([made('p1', 'Anna')]);
  await a.push([first]);
  const emptied = { ...made('p1', '', first.head.id, 2), record: holder('p1', {}) };
  const erase = a.entry(
    [{ type: 'policyholder', locator: 'p1', base: first.head.id, version: 2, record: emptied.record }],
    {
      command: 'person.erase',
      arguments: { person: 'p1' },
    },
  );
  expect((await a.push([erase])).answers[0]?.answer).toBe('accepted');
  const late = b.entry([{ ...made('p1', 'Anna again', first.head.id, 2) }]);
  await b.push([late]);
  const heads = (await a.pull(0)).slice(1).map(({ head }) => ItemHead.parse(head));
  expect(heads.flatMap(({ keys }) => keys ?? [])).toEqual([]);
});

test('SY43 a snapshot holds the heads exactly as they were where it began, while others go on', async () => {
  const [a] = await pair();
  const entries = Array.from({ length: 250 }, (_, i) => a.entry([made(`p${i}`, 'Anna')]));
  await a.push(entries);
  const { cloud: copy } = cloud.copies[0] ?? expect.unreachable();
  const page = async (query: { at?: number; after?: string }) =>
    unframed(await snapshot(copy, a.tenant, query, { most: 100 }));
  const first = await page({});
  const head = SnapshotHead.parse(first[0]?.head);
  expect(head).toMatchObject({ at: 250, total: 250 });
  // The oldest changes while the snapshot is under way.
  const [oldest] = entries;
  await a.push([a.entry([made('p0', 'Changed', oldest?.head.id ?? '', 2)])]);
  const frames = [...first.slice(1)];
  for (let { next } = head; next; ) {
    const more = await page({ at: head.at, after: next });
    frames.push(...more.slice(1));
    ({ next } = SnapshotHead.parse(more[0]?.head));
  }
  const records = frames.map(({ head: one }) => SnapshotRecord.parse(one));
  expect(new Set(records.map(({ locator }) => locator)).size).toBe(250);
  expect(records).toHaveLength(250);
  expect(records[0]?.locator).toBe('p249');
  expect(records.at(-1)).toMatchObject({ locator: 'p0', version: 1, etag: oldest?.head.id });
  // Who went back to where a log was cut that is no more begins there, in front of where this one was (SY97).
  const from = (cuts: readonly number[]) => snapshot(copy, a.tenant, { at: 250 }, { most: 1, cuts });
  expect(SnapshotHead.parse(unframed(await from([251]))[0]?.head)).toMatchObject({ at: 250 });
  await expect(from([])).rejects.toThrow('begins at the end of the log');
});

test('SY1 two writers and a puller at once: positions have no gap, and what was read as the end never changes', async () => {
  const [a, b] = await pair();
  const reader = await new TestDevice(a.address).enrol(await cloud.newCode(a.tenant));
  let done = false;
  const write = async (device: TestDevice, name: string) => {
    for (let i = 0; i < 10; i += 1)
      await device.push([device.entry([made(`${name}${i}`, 'x')]), device.entry([made(`${name}${i}b`, 'y')])]);
  };
  const seen: string[] = [];
  const read = async () => {
    for (let after = 0; ; ) {
      const finished = done;
      const items = (await reader.pull(after, '&entries=7')).slice(1).map(({ head }) => ItemHead.parse(head));
      for (const { position, id } of items) {
        expect(position).toBe(after + 1);
        after = position;
        seen.push(id);
      }
      if (finished && items.length === 0) return;
    }
  };
  const reading = read();
  await Promise.all([write(a, 'a'), write(b, 'b')]);
  done = true;
  await reading;
  expect(seen).toHaveLength(40);
  const all = (await reader.pull(0)).slice(1).map(({ head }) => ItemHead.parse(head).id);
  expect(seen).toEqual(all);
});

test('SY92 a device that was repaired enrols what it becomes by itself, once; both are turned away together', async () => {
  const [a, b] = await pair();
  const ask = async (device: TestDevice) =>
    ((await (await device.ask('POST', '/v1/succession')).json()) as { code: string }).code;
  const code = await ask(a);
  const next = new TestDevice(a.address);
  const enrol = (formerly: string | undefined, more = {}) =>
    next.plain(
      'POST',
      '/v1/enrol',
      JSON.stringify({ code, device: next.id, name: 'x', publicKey: next.publicKey, numbers: [], formerly, ...more }),
    );
  expect([(await enrol(undefined)).status, (await enrol(b.id)).status]).toEqual([403, 403]);
  expect([(await enrol(a.id)).status, (await enrol(a.id)).status]).toEqual([201, 201]);
  expect((await enrol(a.id, { device: crypto.randomUUID() })).status).toBe(403);
  expect((await a.ask('POST', '/v1/succession')).status).toBe(403);
  await next.newToken();
  await next.push([next.entry([made('p1', 'Anna')])]);
  const { cloud: copy } = cloud.copies[0] ?? expect.unreachable();
  await revokeDevice(copy, a.tenant, a.id, false);
  expect((await next.ask('GET', '/v1/pull?after=0')).status).toBe(403);
});

test('SY20 ranges do not overlap, and blobs come in pieces, once', async () => {
  const [a, b] = await pair();
  const range = async (device: TestDevice) =>
    (await (
      await device.ask('POST', '/v1/ranges', JSON.stringify({ series: 'policyNumber', count: 10 }))
    ).json()) as JsonObject;
  const ranges = await Promise.all([range(a), range(b), range(a)]);
  expect(new Set(ranges.map(({ first }) => first)).size).toBe(3);
  expect(ranges.map(({ first, last }) => Number(last) - Number(first))).toEqual([9, 9, 9]);

  const content = Buffer.alloc(100_000, 'a document');
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex');
  const put = async (device: TestDevice, offset: number, end: number) =>
    (await device.ask('PUT', `/v1/blobs/${hash}?offset=${offset}&total=100000`, content.subarray(offset, end))).json();
  expect(await put(a, 0, 40_000)).toEqual({ stored: false, received: 40_000 });
  expect(await put(a, 90_000, 100_000)).toMatchObject({ code: 'wrong-state', details: { received: 40_000 } });
  expect(await (await a.ask('GET', `/v1/blobs/${hash}/state`)).json()).toEqual({ stored: false, received: 40_000 });
  expect(await put(a, 30_000, 100_000)).toEqual({ stored: true, received: 100_000 });
  expect(await put(b, 0, 10)).toEqual({ stored: true, received: 100_000 });
  const part = await b.ask('GET', `/v1/blobs/${hash}?offset=99990`);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(99_990));
});

test('CL50 CL51 CL52 CL54 what laptops deploy is cloned with its history from any copy; branches are pushed, what was deployed and released stays', async () => {
  const [a, b] = await pair();
  const [one, other] = cloud.copies;
  if (!one || !other) throw new Error();
  const deployments = new TestDeployments(a, cloud.folder);
  const first = await deployments.deploy(1, '1.10', 'Uma');
  const second = await deployments.deploy(2, '1.25', 'Uma');
  // The second pack is here before what it rests on.
  await second.send();
  const clone = async (name: string, address: string, password: string) => {
    const dir = path.join(cloud.folder, name);
    const onAuth = () => ({ username: 'ann', password });
    const at = { fs: { promises: files }, http, dir, onAuth };
    await git.clone({ ...at, url: `${address}/v1/git/configurations.git`, noCheckout: true });
    return at;
  };
  const writer = await makeGitCode(one.cloud, a.tenant, { holder: 'Ann', writes: true, life: 60_000 });
  expect(await git.listBranches({ ...(await clone('early', one.address, writer.code)), remote: 'origin' })).toEqual([]);
  await first.send();
  const ann = await clone('ann', one.address, writer.code);
  const log = await git.log({ ...ann, ref: 'main' });
  expect(log.map(({ oid, commit }) => [oid, commit.author.name, commit.message.trim()])).toEqual([
    [second.commit, 'Uma', 'The rate is 1.25'],
    [first.commit, 'Uma', 'The rate is 1.10'],
  ]);
  expect(await git.listTags(ann)).toEqual(['version-1', 'version-2']);
  const { blob } = await git.readBlob({ ...ann, oid: first.commit, filepath: 'products/auto/tables/rates.csv' });
  expect(Buffer.from(blob).toString()).toBe('age,rate\n18,1.10\n');

  const author = { name: 'Ann', email: 'ann@example.com' };
  const commit = (message: string, parent: string[]) =>
    git.commit({ ...ann, ref: 'refs/heads/spring', message, author, parent, tree: log[1]?.commit.tree ?? '' });
  const spring = await commit('Back to 1.10', [second.commit]);
  expect((await git.push({ ...ann, ref: 'spring' })).ok).toBe(true);
  const refusal = async (ref: string, remoteRef: string, force = true): Promise<string> => {
    const error = await git.push({ ...ann, ref, remoteRef, force }).catch((thrown: unknown) => thrown);
    if (!(error instanceof Errors.GitPushError)) throw error;
    return JSON.stringify(error.data.result.refs);
  };
  await commit('Something else', [first.commit]);
  expect(await refusal('spring', 'spring')).toContain('no fast-forward');
  expect(await refusal('spring', 'main')).toContain('never rewritten');
  expect(await refusal('spring', 'refs/tags/version-2')).toContain('only the cloud');
  await git.annotatedTag({ ...ann, ref: 'r1', message: 'Filed', object: spring, tagger: author });
  await git.push({ ...ann, ref: 'r1' });
  expect(await refusal('spring', 'refs/tags/r1')).toContain('can not be moved');

  // The device's own Git, at another copy: the branch is there, and main goes on.
  await (await deployments.deploy(3, '1.40', 'Bo')).send();
  const { password } = (await (await b.ask('POST', '/v1/git/password')).json()) as { password: string };
  const bo = await clone('bo', other.address, password);
  expect(await git.resolveRef({ ...bo, ref: 'refs/remotes/origin/spring' })).toBe(spring);
  expect((await git.readTag({ ...bo, oid: await git.resolveRef({ ...bo, ref: 'r1' }) })).tag.message).toBe('Filed\n');
  await git.fetch({ ...ann, ref: 'main' });
  expect((await git.log({ ...ann, ref: 'origin/main' })).map(({ commit: { author: by } }) => by.name)).toEqual([
    'Bo',
    'Uma',
    'Uma',
  ]);
  // Two at once, at two copies: one of them is told to fetch first.
  const rivals = await Promise.all(
    ['One', 'Two'].map(async (name) => {
      const at = { ...(await clone(name, name === 'One' ? one.address : other.address, writer.code)), ref: 'spring' };
      const parent = [spring];
      const oid = await git.commit({
        ...at,
        ref: 'refs/heads/spring',
        message: name,
        author,
        parent,
        tree: log[0]?.commit.tree ?? '',
      });
      return {
        oid,
        push: () =>
          git.push({ ...at, remoteRef: 'spring' }).then(
            ({ ok }) => ok,
            () => false,
          ),
      };
    }),
  );
  const pushed = await Promise.all(rivals.map(({ push }) => push()));
  expect(pushed.filter((ok) => ok)).toHaveLength(1);
  await git.fetch({ ...bo, ref: 'spring' });
  expect(await git.resolveRef({ ...bo, ref: 'refs/remotes/origin/spring' })).toBe(rivals[pushed.indexOf(true)]?.oid);
  expect((await git.push({ ...bo, ref: 'main', remoteRef: 'spring', delete: true })).ok).toBe(true);
});

test('SY1 SY2 SY13 SY14 SY15 the oracle of the simulation agrees with PostgreSQL, whom two copies write to at once', async () => {
  await inFolder(async (folder) => {
    const office = new Office(folder, Number(process.env.FIELDWRITER_SIMULATION ?? 1));
    const { random } = office;
    const tenant = await cloud.newTenant('Simulated');
    const sent = new Map<string, OutgoingEntry>();
    const grants: (Range & { readonly device: string })[] = [];
    const laptops = await Promise.all([0, 1, 2].map(() => laptop()));

    async function laptop() {
      const store = office.open();
      const device = await new TestDevice(copy().address, store.device).enrol(await cloud.newCode(tenant));
      store.replication.enrol();
      const ranges = new Map<Series, number[]>();
      for (const series of ['policyNumber', 'invoice', 'payment'] as const) {
        const answer = await device.ask('POST', '/v1/ranges', JSON.stringify({ series, count: 200 }));
        const { first, last } = RangeAnswer.parse(await answer.json());
        grants.push({ series, first, last, device: store.device });
        ranges.set(
          series,
          Array.from({ length: 200 }, (_, i) => first + i),
        );
      }
      return { store, device, takeNumber: (series: Series) => String(ranges.get(series)?.shift()) };
    }
    type Laptop = Awaited<ReturnType<typeof laptop>>;
    function copy(): TestCopy {
      return random.pick(cloud.copies) ?? expect.unreachable();
    }
    /** Through one of the copies, now and then through two at once. What records look like is not what this is about. */
    async function pushes({ store, device }: Laptop, most: number): Promise<void> {
      const { settled = 0 } = store.replication.status() ?? {};
      const entries = store.replication.pending(settled, most, 1e6);
      for (const entry of entries) sent.set(entry.id, entry);
      const row = await cloud.copies[0]?.cloud.database.directory.device(device.id);
      const through = async (one: TestCopy): Promise<unknown> =>
        row && push({ ...one.cloud, validate: () => undefined }, row, framed(entries.map(entryFrame)));
      await Promise.all([through(copy()), ...(random.chance(0.3) ? [through(copy())] : [])]);
    }
    async function pulls({ store, device }: Laptop, most: number): Promise<number> {
      device.address = copy().address;
      const { position } = store.replication.status() ?? {};
      const response = await device.ask('GET', `/v1/pull?after=${position}&entries=${most}`);
      return store.replication.apply(pulled(new Uint8Array(await response.arrayBuffer())).items).applied;
    }

    for (let round = 0; round < 16; round += 1) {
      for (const { store, takeNumber } of laptops) for (let i = 0; i < 2; i += 1) office.act(store, takeNumber);
      await Promise.all(laptops.map((one) => (random.chance(0.6) ? pushes(one, 6) : pulls(one, 1 + random.below(20)))));
    }
    for (const one of laptops) await pushes(one, 500);
    for (const one of laptops) while ((await pulls(one, 200)) > 0);

    const reader = await new TestDevice(copy().address).enrol(await cloud.newCode(tenant));
    const authority = await readAuthority(reader, sent, grants);
    inspect(authority, ({ hash }) => hash);
    const outcomes = new Set(authority.log.map(({ item }) => item.outcome));
    expect(outcomes).toEqual(new Set(['accepted', 'merged', 'refused']));
    for (const { store } of laptops) {
      expect(exported(store)).toBe(asExported(authority.heads));
      expect(store.replication.status()?.waiting.entries).toBe(0);
    }
    office.close();
  });
});
