import { expect, test } from 'vitest';
import { readEntry, readHead } from '#core/store/replica/ready.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import { inFolder, seededBytes } from '#core/store/store.fixture.ts';
import { asExported, exported, Office } from './office.ts';
import { SmallCloud } from './small-cloud.ts';

/** Real stores and an authority in memory. */
class SmallOffice extends Office {
  readonly cloud: SmallCloud;

  constructor(folder: string, seed: number) {
    super(folder, seed);
    this.cloud = new SmallCloud(seededBytes(`cloud ${seed}`));
  }

  work(store: ReplicatedStore): boolean {
    return this.act(store, (series) => String(this.cloud.authority.grant(store.device, series, 1).first));
  }
  push(store: ReplicatedStore, most: number): void {
    const status = store.replication.status();
    if (status) this.cloud.push(store.device, store.replication.pending(status.settled, most, 1e6));
  }
  pull(store: ReplicatedStore, most: number): number {
    const status = store.replication.status();
    if (!status) return 0;
    const items = this.cloud.pull(store.device, status.position, most);
    // Some read what comes beside the database, some in it.
    const ahead = this.stores.indexOf(store) % 2 === 0;
    const read = items.map((item) =>
      ahead && item.body.length > 0 ? { ...item, read: readEntry(item.hash, item.body, item.keys) } : item,
    );
    return store.replication.apply(read).applied;
  }
  settle(): void {
    for (const store of this.stores) this.push(store, 10_000);
    for (const store of this.stores) this.pull(store, 10_000);
  }
  /** What the authority holds, in the form of an export. */
  truth(): string {
    return asExported(this.cloud.authority.heads);
  }
}

test.each([1, 2])(
  'J50 J51 J52 J55 J70 SY2 SY41 real stores converge, before and after a rebuild (seed %i)',
  async (seed) => {
    await inFolder(async (folder) => {
      const office = new SmallOffice(folder, seed);
      const { random } = office;
      // One has worked by itself before it had a cloud.
      for (let i = 0; i < 3; i += 1) office.open();
      for (let i = 0; i < 8; i += 1) office.work(office.stores[0] as ReplicatedStore);
      for (const store of office.stores) store.replication.enrol();
      for (let step = 0; step < 80; step += 1) {
        const store = random.pick(office.stores) as ReplicatedStore;
        if (random.chance(0.5)) office.work(store);
        else if (random.chance(0.4)) office.push(store, 1 + random.below(4));
        else office.pull(store, 1 + random.below(5));
      }
      // Half-way, with work that waits: a rebuild changes nothing of what is shown, or of what the log says.
      const midway = office.stores[1] as ReplicatedStore;
      const before = exported(midway);
      midway.rebuild();
      expect(exported(midway)).toBe(before);
      expect((await midway.verify()).faults).toEqual([]);
      office.settle();
      for (const store of office.stores) office.pull(store, 10_000);
      const truth = office.truth();
      for (const store of office.stores) {
        expect(exported(store), `seed ${seed}`).toBe(truth);
        expect((await store.verify()).faults).toEqual([]);
        expect(store.replication.status()?.waiting.entries).toBe(0);
        store.rebuild();
        expect(exported(store)).toBe(truth);
      }
      // A new device: heads first, then the log.
      const late = office.open();
      late.replication.enrol();
      let page = office.cloud.snapshot(undefined, 7);
      while (true) {
        const records = page.records.map((record, i) => (i % 2 ? record : { ...record, ready: readHead(record) }));
        late.replication.applySnapshot({ ...page, records });
        if (page.next === undefined) break;
        page = office.cloud.snapshot(page.next, 7);
      }
      expect(exported(late)).toBe(truth);
      for (let i = 0; i < 10; i += 1) office.work(random.pick(office.stores) as ReplicatedStore);
      office.settle();
      office.settle();
      late.rebuild();
      for (const store of office.stores) expect(exported(store)).toBe(office.truth());
      expect((await late.verify()).faults).toEqual([]);
      office.close();
    });
  },
);
