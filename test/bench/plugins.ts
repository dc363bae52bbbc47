import type { Program } from '#core/sandbox/contract.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import type { Bench } from './bench.ts';
import { quantile } from './measure.ts';

const RATER = `
function getPerilRates(data) {
  const priced = {};
  for (const { perilCharacteristicsLocator } of data.policyExposurePerils)
    priced[perilCharacteristicsLocator] = { yearlyPremium: 100 + Number(socotraApi.tableLookup(0, 'rates', 'a')) };
  return { pricedPerilCharacteristics: priced };
}
exports.getPerilRates = getPerilRates;`;

/** (b) A plugin rater called one policy at a time through the host process. */
export const plugins: Bench = {
  name: '(b) a plugin rater, one policy at a time through the host process',
  async run() {
    const program: Program = {
      hash: 'bench',
      timeZone: 'UTC',
      currency: 'USD',
      scripts: { 'main/rater.js': RATER },
      calculations: {},
      templates: {},
      tables: { rates: { name: 'rates', file: 'rates.csv', columns: ['key', 'value'], rows: [['a', '1.5']] } },
    };
    const sandbox = openSandbox({ hosts: 1 });
    const policyExposurePerils = Array.from({ length: 10 }, (_, index) => ({
      policyCharacteristicsLocator: 'p',
      exposureCharacteristicsLocator: `e${index}`,
      perilCharacteristicsLocator: `c${index}`,
    }));
    const policy = { locator: '100000001', filler: 'x'.repeat(4_000) };
    const overheads: number[] = [];
    try {
      for (let call = 0; call < 600; call += 1) {
        const started = performance.now();
        const outcome = await sandbox.runPlugin({
          program,
          path: 'main/rater.js',
          function: 'getPerilRates',
          arguments: [{ operation: 'new_business', policy, policyExposurePerils, tenantTimeZone: 'UTC' }],
          context: { clock: 0, seed: 'bench', worksheet: false },
        });
        if (!outcome.ok) throw new Error(outcome.message);
        // The first calls warm the host up.
        if (call >= 100) overheads.push(performance.now() - started - outcome.duration);
      }
    } finally {
      await sandbox.close();
    }
    const sorted = overheads.toSorted((a, b) => a - b);
    const median = quantile(sorted, 0.5);
    return [
      { what: 'p50 beyond the function itself, ms', value: median.toFixed(3), aim: 'below 1', ok: median < 1 },
      { what: 'p99, ms', value: quantile(sorted, 0.99).toFixed(3) },
    ];
  },
};
