import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Series } from '#core/desk/numbers.ts';
import { canonicalJson } from '#core/model/json.ts';
import type { Change, RecordType } from '#core/store/contract.ts';
import { openStore } from '#core/store/open.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import { command, inFolder, seededBytes, storeOptions } from '#core/store/store.fixture.ts';
import { Random } from './random.ts';
import { nameOf, type Table } from './records.ts';
import { SmallCloud } from './small-cloud.ts';
import { work } from './work.ts';

const TYPES: readonly RecordType[] = [
  'policyholder',
  'policy',
  'quote',
  'transaction',
  'invoice',
  'billing',
  'conflict',
  'auxData',
  'configuration',
];

/** Several real stores and an authority in memory. */
class Office {
  readonly random: Random;
  readonly cloud: SmallCloud;
  readonly stores: ReplicatedStore[] = [];
  readonly #folder: string;
  readonly #seed: number;
  #clock = 1_000;

  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.#seed = seed;
    this.random = new Random(seed);
    this.cloud = new SmallCloud(seededBytes(`cloud ${seed}`));
  }

  open(): ReplicatedStore {
    const name = `s${this.stores.length}`;
    const random = seededBytes(`${this.#seed} ${name}`);
    const store = openStore({ ...storeOptions(this.#folder), folder: join(this.#folder, name), random });
    this.stores.push(store);
    return store;
  }

  /** Something that somebody does with what the store shows. */
  act(store: ReplicatedStore): boolean {
    this.#clock += 1;
    const shown: Table = new Map(
      TYPES.flatMap((type) => store.list(type)).map(({ type, locator, version, record }) => [
        nameOf({ type, locator }),
        { version, etag: '', record },
      ]),
    );
    const length = this.#clock;
    const workplace = {
      device: store.device,
      shown,
      journal: { length },
      format: 1,
      refused: new Map(),
      takeNumber: (series: Series) => String(this.cloud.authority.grant(store.device, series, 1).first),
    };
    const done = work(workplace, this.random, this.#clock);
    if (!done) return false;
    const { command: name, user, made } = done;
    const changes = made.map(({ type, locator, record }): Change => {
      const base = store.get(type, locator)?.version ?? 0;
      const personal = type === 'policyholder' ? { personal: { person: locator, paths: ['entity.values'] } } : {};
      return { type, locator, base, record, ...personal };
    });
    const counter = store.get('counter', 'own');
    changes.push({ type: 'counter', locator: 'own', base: counter?.version ?? 0, record: { next: length } });
    store.commit(command(name, { actor: { user, name: user }, at: this.#clock }), changes);
    return true;
  }

  push(store: ReplicatedStore, most: number): void {
    const status = store.replication.status();
    if (status) this.cloud.push(store.device, store.replication.pending(status.settled, most, 1e6));
  }
  pull(store: ReplicatedStore, most: number): number {
    const status = store.replication.status();
    if (!status) return 0;
    return store.replication.apply(this.cloud.pull(store.device, status.position, most)).applied;
  }
  settle(): void {
    for (const store of this.stores) this.push(store, 10_000);
    for (const store of this.stores) this.pull(store, 10_000);
  }
  /** What the authority holds, in the form of an export. */
  truth(): string {
    return [...this.cloud.authority.heads]
      .map(([name, { version, etag, record }]) => {
        const [type = '', locator = ''] = name.split(' ');
        return { type, locator, version, etag, schema: 0, record };
      })
      .sort((a, b) => (`${a.type} ${a.locator}` < `${b.type} ${b.locator}` ? -1 : 1))
      .map((line) => `${canonicalJson(line)}\n`)
      .join('');
  }
  close(): void {
    for (const store of this.stores) store.close();
  }
}
const exported = (store: ReplicatedStore): string => [...store.exportCanonical({ replicated: true })].join('');

test.each([1, 2])(
  'J50 J51 J52 J55 SY2 SY41 real stores converge, before and after a rebuild (seed %i)',
  async (seed) => {
    await inFolder(async (folder) => {
      const office = new Office(folder, seed);
      const { random } = office;
      // One has worked by itself before it had a cloud.
      for (let i = 0; i < 3; i += 1) office.open();
      for (let i = 0; i < 8; i += 1) office.act(office.stores[0] as ReplicatedStore);
      for (const store of office.stores) store.replication.enrol();
      for (let step = 0; step < 80; step += 1) {
        const store = random.pick(office.stores) as ReplicatedStore;
        if (random.chance(0.5)) office.act(store);
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
        late.replication.applySnapshot(page);
        if (page.next === undefined) break;
        page = office.cloud.snapshot(page.next, 7);
      }
      expect(exported(late)).toBe(truth);
      for (let i = 0; i < 10; i += 1) office.act(random.pick(office.stores) as ReplicatedStore);
      office.settle();
      office.settle();
      late.rebuild();
      for (const store of office.stores) expect(exported(store)).toBe(office.truth());
      expect((await late.verify()).faults).toEqual([]);
      office.close();
    });
  },
);
