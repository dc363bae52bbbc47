import { canonicalJson } from '#core/model/json.ts';
import type { TestCloud } from '../../../cloud/testing.ts';
import type { Line } from '../bench.ts';
import { figure, quantile } from '../measure.ts';
import { openCouch } from './couch.ts';
import { openLaptop, save } from './laptop.ts';
import { madePolicy } from './policies.ts';
import { processorTime } from './processor-time.ts';

/** Entries of a batch of ours (core/sync/client/round.ts), and documents of one of theirs. */
const BATCH = 200;
const BYTES = 4_096;

/**
 * The same documents pushed to the cloud and pulled by another laptop, and replicated by PouchDB with a CouchDB-compatible server, in
 * turn. A document is a quote: one command, journaled, chained, sealed, and judged by the cloud on our side.
 * @param slices of the documents: each is pushed and pulled by both, one after the other
 */
export async function exchange(cloud: TestCloud, documents: number, slices: number): Promise<readonly Line[]> {
  const copy = await cloud.spawnCopy();
  const tenant = await cloud.newTenant('Exchange');
  const [here, there] = [openLaptop('here'), openLaptop('there')];
  const couch = await openCouch(BATCH);
  const ours: Measure[] = [];
  const theirs: Measure[] = [];
  let bytes = 0;
  let behind = 0;
  try {
    for (const laptop of [here, there]) await laptop.enrol(copy.address, await cloud.newCode(tenant));
    const pids = { cloud: copy.pid, database: cloud.postgresPid };
    const size = Math.floor(documents / slices);
    for (let slice = 0; slice < slices; slice += 1) {
      const made = Array.from({ length: size }, (_, i) => madePolicy(slice * size + i, BYTES).quote);
      for (const quote of made) {
        bytes += canonicalJson(quote).length;
        save(here.desk, 'quote', quote, 0, String(quote.policyholderLocator));
      }
      await couch.save(made.map((quote) => ({ ...quote, _id: quote.locator })));
      await here.all('greet');
      ours.push(await measured('push', size, pids, () => here.all('push')));
      theirs.push(await measured('push', size, { server: couch.pid }, () => crossed(size, couch.push())));
      await there.all('greet');
      ours.push(await measured('pull', size, pids, () => there.all('pull')));
      theirs.push(await measured('pull', size, { server: couch.pid }, () => crossed(size, couch.pull())));
      const index = await processorTime({}, async () => {
        for (const { store } of [here.desk, there.desk]) while (store.replication.indexSome());
      });
      behind += index.took;
      await here.all('pull');
      for (const quote of [made[0], made.at(-1)])
        if (there.desk.store.get('quote', String(quote?.locator)) === undefined) throw new Error('A quote is missing.');
    }
    return [
      { what: `documents of ${figure(bytes / (size * slices))} bytes`, value: figure(size * slices) },
      ...lines('push', ours, theirs, 1.5, 4),
      ...lines('pull', ours, theirs, 2, 6),
      { what: 'pull: ms until words find it, behind, each', value: (behind / (size * slices)).toFixed(2) },
    ];
  } finally {
    await couch.close();
    await here.close();
    await there.close();
    await copy.kill('SIGTERM');
  }
}

type Way = 'push' | 'pull';
interface Measure {
  readonly way: Way;
  readonly perSecond: number;
  /** Milliseconds of processor time for a document, by process. */
  readonly time: Readonly<Record<string, number>>;
}

async function measured(
  way: Way,
  count: number,
  pids: Readonly<Record<string, number>>,
  work: () => Promise<unknown>,
): Promise<Measure> {
  const { took, time } = await processorTime(pids, work);
  const each = Object.fromEntries(Object.entries(time).map(([name, spent]) => [name, spent / count]));
  return { way, perSecond: (count / took) * 1_000, time: each };
}

async function crossed(expected: number, counting: Promise<number>): Promise<void> {
  const count = await counting;
  if (count !== expected) throw new Error(`PouchDB moved ${count} documents instead of ${expected}.`);
}

function lines(
  way: Way,
  ours: readonly Measure[],
  theirs: readonly Measure[],
  needed: number,
  aim: number,
): readonly Line[] {
  const of = (all: readonly Measure[]) => all.filter((one) => one.way === way);
  const median = (numbers: readonly number[]): number =>
    quantile(
      numbers.toSorted((a, b) => a - b),
      0.5,
    );
  const rate = (all: readonly Measure[]): number => median(of(all).map(({ perSecond }) => perSecond));
  // Of each slice, because the machine may have been another one in the next.
  const ratio = median(of(ours).map(({ perSecond }, i) => perSecond / (of(theirs)[i]?.perSecond ?? Number.NaN)));
  return [
    {
      what: `${way}: documents a second, of PouchDB's`,
      value: ratio.toFixed(2),
      aim: `at least ${needed} (aim ${aim})`,
      ok: ratio >= needed,
    },
    { what: `${way}: ours a second`, value: figure(rate(ours)), aim: times(of(ours)) },
    { what: `${way}: PouchDB's a second`, value: figure(rate(theirs)), aim: times(of(theirs)) },
  ];
}

/** Processor time for a document, by process. */
function times(all: readonly Measure[]): string {
  const names = Object.keys(all[0]?.time ?? {});
  const mean = (name: string): number => all.reduce((sum, { time }) => sum + (time[name] ?? 0), 0) / all.length;
  return `ms of processor each: ${names.map((name) => `${name} ${mean(name).toFixed(2)}`).join(', ')}`;
}
