import { monitorEventLoopDelay } from 'node:perf_hooks';
import { canonicalJson } from '#core/model/json.ts';
import { TestDevice } from '../../../cloud/test-device.ts';
import type { TestCloud } from '../../../cloud/testing.ts';
import type { Line } from '../bench.ts';
import { figure } from '../measure.ts';
import { openLaptop } from './laptop.ts';
import { madePolicy, QUOTE_PATHS } from './policies.ts';
import { processorTime } from './processor-time.ts';

/** So long are quotes that policyholder, policy and quote are 2 KB each on average. */
const QUOTE = 5_300;
const BATCH = 100;
const TYPES = ['policyholder', 'policy', 'quote'] as const;

/**
 * A new device takes a book: the heads from the cloud into its encrypted store, with the fields, words and rows of the list of risks
 * that are made from them.
 */
export async function firstSync(cloud: TestCloud, records: number): Promise<readonly Line[]> {
  const copy = await cloud.spawnCopy();
  const tenant = await cloud.newTenant('First sync');
  const laptop = openLaptop('new');
  try {
    const bytes = await fill(copy.address, await cloud.newCode(tenant), Math.round(records / TYPES.length));
    const code = await cloud.newCode(tenant);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const pids = { cloud: copy.pid, database: cloud.postgresPid };
    const started = performance.now();
    let here = Number.NaN;
    const { took, time } = await processorTime(pids, () =>
      laptop.enrol(copy.address, code, () => {
        here = performance.now() - started;
      }),
    );
    delay.disable();
    const { store } = laptop.desk;
    const made = madePolicy(0, QUOTE);
    for (const type of TYPES)
      if (canonicalJson(store.get(type, String(made[type].locator))?.record) !== canonicalJson(made[type]))
        throw new Error(`The ${type} is not what was sent.`);
    const count = Math.round(records / TYPES.length) * TYPES.length;
    const [found] = store.search(String(made.policyholder.locator), 1);
    if (found?.locator !== made.policyholder.locator) throw new Error('A policyholder is not found.');
    const { total } = store.risks({ order: 'updated', descending: true, limit: 1, offset: 0 });
    if (total !== count / TYPES.length) throw new Error(`The list of risks has ${total} rows.`);
    const perSecond = (count / here) * 1_000;
    const each = Object.entries(time).map(([name, spent]) => `${name} ${(spent / count).toFixed(3)}`);
    return [
      { what: `first sync: records of ${figure(bytes / count)} bytes`, value: figure(count) },
      {
        what: 'first sync: records a second',
        value: figure(perSecond),
        aim: 'at least 8,000 (aim 20,000)',
        ok: perSecond >= 8_000,
      },
      { what: 'first sync: until words find everything, s', value: (took / 1_000).toFixed(1) },
      { what: 'first sync: ms of processor each', value: '', aim: each.join(', ') },
      { what: 'first sync: longest time without an answer, ms', value: figure(delay.max / 1e6) },
    ];
  } finally {
    await laptop.close();
    await copy.kill('SIGTERM');
  }
}

/** A book that another device brought. @returns bytes of all records as canonical text */
async function fill(address: string, code: string, policies: number): Promise<number> {
  const device = await new TestDevice(address).enrol(code);
  let bytes = 0;
  for (let from = 0; from < policies; from += BATCH) {
    await device.newToken();
    const entries = Array.from({ length: Math.min(BATCH, policies - from) }, (_, i) => {
      const made = madePolicy(from + i, QUOTE);
      const person = String(made.policyholder.locator);
      bytes += TYPES.reduce((sum, type) => sum + canonicalJson(made[type]).length, 0);
      return device.entry([
        {
          type: 'policyholder',
          locator: person,
          base: null,
          record: made.policyholder,
          personal: { person, paths: ['entity.values'] },
        },
        { type: 'policy', locator: String(made.policy.locator), base: null, record: made.policy },
        {
          type: 'quote',
          locator: String(made.quote.locator),
          base: null,
          record: made.quote,
          personal: { person, paths: QUOTE_PATHS },
        },
      ]);
    });
    const { answers } = await device.push(entries);
    if (answers.some(({ answer }) => answer !== 'accepted')) throw new Error(JSON.stringify(answers[0]));
  }
  return bytes;
}
