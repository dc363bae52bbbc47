import type { JsonObject } from '#core/model/json.ts';
import type { Program, Sandbox } from './contract.ts';

export interface Latency {
  readonly calls: number;
  /** Bytes of the plugin's argument. */
  readonly bytes: number;
  /** Milliseconds from the call to its answer beyond the function's own time. */
  readonly p50: number;
  readonly p99: number;
  /** The function's own time, milliseconds, median. */
  readonly own: number;
}

const RATER = `
const { factor } = require('./lib/factors.js');
exports.getPerilRates = function getPerilRates(data) {
  const priced = {};
  const rows = new Map();
  for (const exposure of data.policy.exposures) for (const peril of exposure.perils)
    rows.set(peril.characteristics[0].locator, [exposure.characteristics[0].fieldValues, peril]);
  for (const listed of data.policyExposurePerils) {
    const [values, peril] = rows.get(listed.perilCharacteristicsLocator);
    const base = parseFloat(socotraApi.tableLookup(0, 'base', peril.name));
    const rate = base * factor('age', values.driver_age[0]) * factor('zip', values.zip[0]) * parseFloat(values.vehicle_value[0]) / 10000;
    priced[listed.perilCharacteristicsLocator] = { yearlyPremium: rate.toFixed(2) };
  }
  return { pricedPerilCharacteristics: priced };
};`;

function example(): { program: Program; payload: JsonObject } {
  const table = (name: string, rows: [string, string][]) => [
    name,
    { name, file: `policy/tables/${name}.csv`, columns: ['key', 'value'], rows },
  ];
  const program: Program = {
    hash: 'latency',
    timeZone: 'America/New_York',
    currency: 'USD',
    calculations: {},
    templates: {},
    scripts: {
      'rater.js': RATER,
      'lib/factors.js': "exports.factor = (table, key) => parseFloat(socotraApi.tableLookup(0, table, key) || '1');",
    },
    tables: Object.fromEntries([
      table('base', [
        ['bodily_injury', '212.50'],
        ['collision', '310.10'],
        ['property_damage', '104.00'],
        ['comprehensive', '88.20'],
      ]),
      table(
        'age',
        Array.from({ length: 80 }, (_, i) => [String(i + 16), (1.9 - i / 100).toFixed(2)]),
      ),
      table(
        'zip',
        Array.from({ length: 40_000 }, (_, i) => [String(i + 500).padStart(5, '0'), (0.8 + (i % 90) / 100).toFixed(2)]),
      ),
    ]),
  };
  const exposures = Array.from({ length: 2 }, (_, e) => ({
    locator: `e${e}`,
    name: 'vehicle',
    characteristics: [
      {
        locator: `ec${e}`,
        fieldValues: {
          driver_age: [String(30 + e)],
          zip: [String(10_001 + e)],
          vehicle_value: ['24500'],
          vin: ['1FTFW1ET5DFC10312'],
        },
      },
    ],
    perils: ['bodily_injury', 'property_damage', 'collision', 'comprehensive'].map((name, p) => ({
      locator: `p${e}${p}`,
      name,
      characteristics: [
        { locator: `pc${e}${p}`, perilLocator: `p${e}${p}`, deductible: '500.00', indemnityPerEvent: '100000.00' },
      ],
    })),
  }));
  const policyExposurePerils = exposures.flatMap((exposure) =>
    exposure.perils.map((peril) => ({
      policyCharacteristicsLocator: 'pol1',
      exposureCharacteristicsLocator: exposure.characteristics[0]?.locator ?? '',
      perilCharacteristicsLocator: peril.characteristics[0]?.locator ?? '',
    })),
  );
  const notes = 'Garaged overnight; commutes 14 miles. '.repeat(25);
  const policy = { locator: '100000001', productName: 'personal-auto', currency: 'USD', notes, exposures };
  return {
    program,
    payload: { operation: 'new_business', tenantTimeZone: 'America/New_York', policy, policyExposurePerils },
  };
}

/**
 * How long one policy at a time takes through a host process beyond the rater's own time: a small rater of two modules and
 * three tables over a policy of about 4 KB, one call after the other.
 * @param settle milliseconds between calls, 0 for as fast as possible; a person who types leaves more
 */
export async function measurePluginLatency(sandbox: Sandbox, calls = 1_000, settle = 0): Promise<Latency> {
  const { program, payload } = example();
  const beyond: number[] = [];
  const own: number[] = [];
  for (let i = 0; i < calls + 50; i += 1) {
    const started = performance.now();
    const outcome = await sandbox.runPlugin({
      program,
      path: 'rater.js',
      function: 'getPerilRates',
      arguments: [payload],
      context: { clock: 1_700_000_000_000, seed: 'latency', worksheet: false },
    });
    const took = performance.now() - started;
    if (!outcome.ok) throw new Error(outcome.message);
    if (i >= 50) {
      beyond.push(took - outcome.duration);
      own.push(outcome.duration);
    }
    if (settle > 0) await new Promise((resolve) => setTimeout(resolve, settle));
  }
  const at = (values: number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
  return {
    calls,
    bytes: Buffer.byteLength(JSON.stringify(payload)),
    p50: at(beyond, 0.5),
    p99: at(beyond, 0.99),
    own: at(own, 0.5),
  };
}
