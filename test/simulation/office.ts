import { join } from 'node:path';
import type { Series } from '#core/desk/numbers.ts';
import { canonicalJson } from '#core/model/json.ts';
import type { Change, RecordType } from '#core/store/contract.ts';
import { openStore } from '#core/store/open.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import { command, seededBytes, storeOptions } from '#core/store/store.fixture.ts';
import { Random } from './random.ts';
import { nameOf, type Table } from './records.ts';
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

/** Several real stores whose users do what those of the simulated laptops do (work.ts). */
export class Office {
  readonly random: Random;
  readonly stores: ReplicatedStore[] = [];
  readonly #folder: string;
  readonly #seed: number;
  #clock = 1_000;

  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.#seed = seed;
    this.random = new Random(seed);
  }

  open(): ReplicatedStore {
    const name = `s${this.stores.length}`;
    const random = seededBytes(`${this.#seed} ${name}`);
    const store = openStore({ ...storeOptions(this.#folder), folder: join(this.#folder, name), random });
    this.stores.push(store);
    return store;
  }

  /** Something that somebody does with what the store shows. */
  act(store: ReplicatedStore, takeNumber: (series: Series) => string | undefined): boolean {
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
      takeNumber,
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
  close(): void {
    for (const store of this.stores) store.close();
  }
}
/** What a store shows of what all devices share. */
export const exported = (store: ReplicatedStore): string => [...store.exportCanonical({ replicated: true })].join('');
/** The same of heads that an authority holds. */
export function asExported(heads: Table): string {
  return [...heads]
    .map(([name, { version, etag, record }]) => {
      const [type = '', locator = ''] = name.split(' ');
      return { type, locator, version, etag, schema: 0, record };
    })
    .sort((a, b) => (`${a.type} ${a.locator}` < `${b.type} ${b.locator}` ? -1 : 1))
    .map((line) => `${canonicalJson(line)}\n`)
    .join('');
}
