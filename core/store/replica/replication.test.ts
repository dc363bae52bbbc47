import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseBody, unpacked } from '../entry.ts';
import { openStore, type StoreOptions } from '../open.ts';
import { ACTOR, change, command, inFolder, NOW, policyholder, seededBytes, storeOptions } from '../store.fixture.ts';
import { readEntry } from './ready.ts';
import type { IncomingItem, ReplicatedStore } from './replication-contract.ts';
import { isReplicated } from './scope.ts';

function opened(folder: string, name: string, more: Partial<StoreOptions> = {}): ReplicatedStore {
  const random = seededBytes(`${name} ${Object.keys(more).join()}`);
  const store = openStore({ ...storeOptions(folder, more), folder: join(folder, name), random });
  store.replication.enrol();
  return store;
}

/** What waits in a store as the log would give it to another one, everything accepted. */
function accepted(store: ReplicatedStore, from: number): readonly IncomingItem[] {
  return store.replication.pending(0, 1_000, 1e9).map(({ sequence, id, hash, body, keys }, i) => {
    const effects = parseBody(unpacked(body))
      .changes.filter(isReplicated)
      .map(({ type, locator, version }) => ({ type, locator, from: 'entry' as const, version, etag: id }));
    const device = store.device;
    return { position: from + i, device, sequence, id, hash, outcome: 'accepted', effects, keys, body };
  });
}
/** The same, read before they come to the store. */
const read = (items: readonly IncomingItem[]): readonly IncomingItem[] =>
  items.map((item) => ({ ...item, read: readEntry(item.hash, item.body, item.keys) }));
const own = (items: readonly IncomingItem[]): readonly IncomingItem[] =>
  items.map((item) => ({ ...item, body: new Uint8Array(), keys: [] }));
const noteOf = (store: ReplicatedStore, locator: string): unknown => store.get('note', locator)?.record.text;

test('J53 SY42 what a newer program wrote is parked with all that follows on its record, and applied after the update', async () => {
  await inFolder(async (folder) => {
    const newer = opened(folder, 'newer', {
      upgrades: { note: [(record) => ({ ...record, text: `${record.text}!` })] },
    });
    const note = (locator: string, base: number, text: string) => change('note', locator, base, { locator, text });
    newer.commit(command('a'), [note('n-1', 0, 'one'), change('policy', 'p-1', 0, { displayId: 'P' })]);
    newer.commit(command('b'), [note('n-1', 1, 'two')]);
    const items = accepted(newer, 1);
    const older = opened(folder, 'older');
    expect(older.replication.apply(read(items))).toEqual({ applied: 0, parked: 2 });
    // The other records of the item are there; asking again gives the same.
    expect(older.get('policy', 'p-1')?.version).toBe(1);
    expect(older.replication.apply(items)).toEqual({ applied: 0, parked: 0 });
    expect(older.replication.status()).toMatchObject({ position: 2, parked: 2 });
    expect(older.get('note', 'n-1')).toBeUndefined();
    expect(() => older.commit(command('c'), [note('n-1', 0, 'mine')])).toThrow(
      expect.objectContaining({ code: 'store-from-the-future', message: expect.stringContaining('nothing was saved') }),
    );
    older.rebuild();
    expect((await older.verify()).faults).toEqual([]);
    older.close();

    const updated = opened(folder, 'older', { upgrades: { note: [(record) => record] } });
    expect(updated.replication.replayParked()).toBe(2);
    expect(noteOf(updated, 'n-1')).toBe('two');
    expect(updated.replication.status()?.parked).toBe(0);
    expect([...updated.exportCanonical({ replicated: true })]).toEqual([
      ...newer.exportCanonical({ replicated: true }),
    ]);
    expect((await updated.verify()).faults).toEqual([]);
    for (const store of [newer, updated]) store.close();
  });
});

test('J52 J56 an item that does not follow, was changed, or is of another life of this store, takes nothing in', async () => {
  await inFolder((folder) => {
    const [a, b] = [opened(folder, 'a'), opened(folder, 'b')];
    for (let i = 0; i < 3; i += 1) a.commit(command('n'), [change('note', `n-${i}`, 0, { text: `${i}` })]);
    const items = accepted(a, 1);
    const [first, second, third] = items as [IncomingItem, IncomingItem, IncomingItem];
    expect(() => b.replication.apply([first, third])).toThrow('does not follow');
    expect(() => b.replication.apply([first, { ...second, hash: first.hash }])).toThrow('not what its hash says');
    expect(() =>
      b.replication.apply(items, () => {
        throw new Error('brake');
      }),
    ).toThrow('brake');
    expect(b.list('note')).toEqual([]);
    expect(b.replication.status()?.position).toBe(0);
    b.replication.apply(items);
    expect(() => a.replication.apply([{ ...first, hash: second.hash }])).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ fork: true }) }),
    );
    // What it made itself was here before: accepted as it was made, it changes nothing, and no brake counts it (SY60).
    a.replication.apply(own(items), (share) => expect(share).toMatchObject({ changed: 0, deleted: 0 }));
    expect(a.replication.status()).toMatchObject({ position: 3, waiting: { entries: 0 } });
    expect([...a.exportCanonical({ replicated: true })]).toEqual([...b.exportCanonical({ replicated: true })]);
    // Nor where it was refused, and is gone.
    a.commit(command('n'), [change('note', 'n-9', 0, { text: '9' })]);
    const [refused] = own(accepted(a, 1).slice(-1)).map((item): IncomingItem => {
      const gone = {
        type: 'note',
        locator: 'n-9',
        from: 'head',
        version: 2,
        etag: `${item.id}-`,
        record: null,
      } as const;
      return { ...item, position: 4, outcome: 'refused', effects: [gone] };
    });
    a.replication.apply(refused ? [refused] : [], (share) => expect(share).toMatchObject({ changed: 0, deleted: 0 }));
    expect([a.get('note', 'n-9'), a.replication.status()?.position]).toEqual([undefined, 4]);
    for (const store of [a, b]) store.close();
  });
});

test('J57 J70 a person who is erased on another device is forgotten here, in what is shown, confirmed and waits', async () => {
  await inFolder(async (folder) => {
    const [a, b] = [opened(folder, 'a'), opened(folder, 'b')];
    a.commit(command('h'), [policyholder('h-1', 0, { name: ['Greta Unforgotten'] })]);
    const made = accepted(a, 1);
    b.replication.apply(made);
    a.replication.apply(own(made));
    expect(b.search('Unforgotten', 5)).toHaveLength(1);
    b.commit(command('h'), [policyholder('h-1', 1, { name: ['Greta Unforgotten-Again'] })]);
    a.erasePerson('h-1', ACTOR, NOW);
    const erased = accepted(a, 2)
      .slice(-1)
      .map((item) => ({ ...item, position: 2 }));
    b.replication.apply(erased);
    expect(b.search('Unforgotten', 5)).toEqual([]);
    expect(b.get('policyholder', 'h-1')?.record.entity).toEqual({ values: {} });
    expect([...b.exportCanonical()].join('')).not.toContain('Unforgotten');
    b.rebuild();
    expect([...b.exportCanonical()].join('')).not.toContain('Unforgotten');
    expect((await b.verify()).faults).toEqual([]);
    // Its own entry was sealed with the key of the other device.
    expect(b.replication.pending(0, 9, 1e9)[0]?.keys).toEqual([]);
    // What still comes with the key (SY22), and was opened with it before it came here, is empty too.
    const c = opened(folder, 'c');
    c.replication.apply(read([...made, ...erased]));
    const late = accepted(b, 3).map((item) => ({ ...item, keys: made[0]?.keys ?? [] }));
    expect(read(late)[0]?.read?.changes[0]?.ready?.text).toContain('Unforgotten-Again');
    c.replication.apply(read(late));
    expect(c.get('policyholder', 'h-1')?.record.entity).toEqual({ values: {} });
    expect([...c.exportCanonical()].join('')).not.toContain('Unforgotten');
    expect((await c.verify()).faults).toEqual([]);
    c.close();
    for (const store of [a, b]) store.close();
  });
});

test('J66 what comes in large numbers is found by its members at once and by its words once it is indexed, after a restart too', async () => {
  await inFolder((folder) => {
    const [a, b] = [opened(folder, 'a'), opened(folder, 'b')];
    const named = (i: number) => policyholder(`h-${i}`, 0, { name: [`Greta${i}x`] });
    for (let i = 0; i < 120; i += 1) a.commit(command('h'), [named(i)]);
    const body = (i: number) => Buffer.from(`{"entity":{"values":{"name":["Fetched${i}x"]}},"locator":"f-${i}"}`);
    const records = Array.from({ length: 130 }, (_, i) => {
      return {
        type: 'policyholder' as const,
        locator: `f-${i}`,
        version: 1,
        etag: `e-${i}`,
        schema: 0,
        keys: [],
        body: body(i),
      };
    });
    b.replication.applySnapshot({ at: 0, next: 'more', total: 130, records: records.slice(0, 60), part: true });
    expect(b.replication.status()).toMatchObject({ snapshot: { done: 60 }, unindexed: 60 });
    expect(b.replication.status()?.snapshot?.next).toBeUndefined();
    b.replication.applySnapshot({ at: 0, total: 130, records: records.slice(60) });
    expect([b.get('policyholder', 'f-7')?.version, b.search('Fetched7x', 5)]).toEqual([1, []]);
    b.commit(command('h'), [
      change('policyholder', 'f-129', 1, { entity: { values: { name: ['Changed'] } }, locator: 'f-129' }),
    ]);
    expect(b.search('Changed', 5)).toHaveLength(1);
    expect(b.replication.indexSome()).toBe(true);
    expect([b.search('Fetched7x', 5).length, b.search('Fetched110x', 5).length]).toEqual([1, 0]);
    b.close();

    const again = openStore({ ...storeOptions(folder), folder: join(folder, 'b'), random: seededBytes('again') });
    expect(again.replication.status()?.unindexed).toBe(30);
    again.replication.apply(read(accepted(a, 1)));
    expect(again.search('Greta119x', 5)).toEqual([]);
    while (again.replication.indexSome());
    for (const name of ['Fetched110x', 'Changed', 'Greta119x']) expect(again.search(name, 5)).toHaveLength(1);
    expect(again.search('Fetched129x', 5)).toEqual([]);
    expect(again.replication.status()?.unindexed).toBe(0);
    for (const store of [a, again]) store.close();
  });
});

/** What the first fetch at a position brings. */
function fetches(store: ReplicatedStore, at: number, ...notes: readonly string[]): void {
  const records = notes.map((locator) => {
    const body = Buffer.from(`{"text":"${locator} at ${at}"}`);
    return { type: 'note' as const, locator, version: 1, etag: `e-${locator}`, schema: 0, keys: [], body };
  });
  store.replication.applySnapshot({ at, total: records.length, records });
}
const at = (store: ReplicatedStore) => {
  const { position, snapshot, lost, waiting } = store.replication.status() ?? expect.unreachable();
  return { position, from: snapshot?.at, lost, waits: waiting.entries };
};

test('J67 what the first fetch brought and the lost part of the log changed is fetched again, and nothing where it changed none of it', async () => {
  await inFolder(async (folder) => {
    const [a, b] = [opened(folder, 'a'), opened(folder, 'b')];
    for (const store of [a, b]) fetches(store, 100, 'n-1', 'n-2', 'n-3');
    a.commit(command('n'), [change('note', 'n-new', 0, { text: 'new' })]);
    a.commit(command('n'), [change('note', 'n-1', 1, { text: 'changed' })]);
    const items = accepted(a, 101);
    b.replication.apply(items.slice(0, 1));
    expect(b.replication.rewind(100, () => ({}))).toMatchObject({ lost: 1 });
    expect([at(b), b.get('note', 'n-new')]).toEqual([{ position: 100, from: undefined, lost: 1, waits: 0 }, undefined]);
    b.replication.apply(items);
    b.commit(command('n'), [change('note', 'n-1', 2, { text: 'on top' })]);
    b.commit(command('n'), [change('note', 'n-2', 1, { text: 'mine' })]);
    b.replication.rewind(101, () => ({}));
    expect(at(b)).toEqual({ position: 101, from: 101, lost: 1, waits: 2 });
    // What is here meanwhile is whole, however long that takes.
    for (const work of [() => undefined, () => b.rebuild(), () => fetches(b, 101, 'n-1', 'n-2', 'n-3')]) {
      work();
      expect(['n-1', 'n-2', 'n-3', 'n-new'].map((one) => noteOf(b, one))).toEqual([
        'on top',
        'mine',
        at(b).from ? 'n-3 at 100' : 'n-3 at 101',
        'new',
      ]);
      expect((await b.verify()).faults).toEqual([]);
    }
    expect(b.replication.versionAt({ type: 'note', locator: 'n-1' }, 'e-n-1')).toEqual({ text: 'n-1 at 101' });
    // Parts of a page that was broken off are of nobody knows where.
    const c = opened(folder, 'c');
    const body = Buffer.from('{}');
    const one = { type: 'note' as const, locator: 'ghost', version: 1, etag: 'g', schema: 0, keys: [], body };
    c.replication.applySnapshot({ at: 150, total: 9, records: [one], part: true });
    c.replication.rewind(100, () => ({}));
    expect([at(c).from, c.get('note', 'ghost')]).toEqual([100, undefined]);
    for (const store of [a, b, c]) store.close();
  });
});

test('J67 SY11 a restored store that is under way to its new identity when the cloud is set back journals all that is its own again, in order', async () => {
  await inFolder((folder) => {
    const b = opened(folder, 'b');
    const note = (store: ReplicatedStore, text: string): void => {
      store.commit(command('n'), [change('note', 'n', store.get('note', 'n')?.version ?? 0, { text })]);
    };
    for (const text of ['1', '2']) note(b, text);
    const [first, second] = accepted(b, 1);
    // The life that was lost went on.
    let bytes = seededBytes('b ');
    const lost = openStore({ ...storeOptions(folder), folder: join(folder, 'lost'), random: (count) => bytes(count) });
    bytes = seededBytes('lost');
    expect(lost.device).toBe(b.device);
    lost.replication.enrol();
    for (let i = 0; i < 3; i += 1) lost.commit(command('lost'), [change('note', `l-${i}`, 0, { text: 'lost' })]);
    const third = accepted(lost, 1)[2];
    if (!first || !second || !third) return expect.unreachable();
    b.replication.apply(own([first, second]));
    b.replication.beginIdentity();
    b.replication.apply([third]);
    note(b, '3');
    expect(b.replication.rewind(0, () => ({}))).toMatchObject({ again: 2, lost: 1 });
    b.replication.endIdentity();
    const texts = b.replication
      .waiting(9)
      .map(({ changes }) => (changes[0]?.record as { text?: string } | undefined)?.text);
    expect([texts, b.replication.lost(9).map(({ command }) => command)]).toEqual([['1', '2', '3'], ['lost']]);
    // What was made under an identity that it left is sent by nobody: its keys go along with what waits.
    const c = opened(folder, 'c');
    c.commit(command('h'), [policyholder('h-1', 0, { name: ['Greta'] })]);
    const sent = accepted(c, 1);
    c.replication.apply(own(sent));
    c.replication.beginIdentity();
    c.replication.endIdentity();
    c.commit(command('h'), [policyholder('h-1', 1, { name: ['Greta Again'] })]);
    expect(c.replication.pending(0, 9, 1e9)[0]?.keys).toEqual([]);
    expect(c.replication.rewind(0, () => ({}))).toMatchObject({ lost: 1 });
    expect(c.replication.pending(0, 9, 1e9)[0]?.keys).toEqual(sent[0]?.keys);
    for (const store of [b, lost, c]) store.close();
  });
});
