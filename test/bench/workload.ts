import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Configuration } from '#core/model/product.ts';
import { loadConfiguration } from '#core/product/load.ts';

const shared = path.resolve(import.meta.dirname, '../../../shared/bench');
const elsewhere = process.env.FIELDWRITER_BENCH_WORKLOAD;
/** Policies of the workload that are used, of its 20,000. */
const MOST = Number(process.env.FIELDWRITER_BENCH_POLICIES ?? 20_000);

interface Vehicle {
  readonly [member: string]: unknown;
  readonly coverages: readonly { readonly code: string; readonly limit: string; readonly deductible: number }[];
  readonly lienholder: { readonly name: string; readonly loanNumber: string } | null;
}
/** A policy of the workload, as it makes it. */
export interface WorkloadPolicy {
  readonly [member: string]: unknown;
  readonly id: number;
  readonly policyholder: Readonly<Record<string, unknown>>;
  readonly drivers: readonly Readonly<Record<string, unknown>>[];
  readonly vehicles: readonly Vehicle[];
}
export type Tables = Readonly<Record<string, readonly (readonly (string | number)[])[]>>;
/** The workload's tables, looked up. */
export interface NativeIndex {
  zip(zip: string): number;
  base(coverage: string, territory: number): number;
  class3(territory: number, vehicle: number, driver: number): number;
}
/** What rates the workload natively: cents by policy and by line; and its rules. */
export interface NativeRater {
  indexMap(tables: Tables): NativeIndex;
  makeRater(
    index: NativeIndex,
  ): (policy: WorkloadPolicy) => { readonly total: number; readonly lines: readonly number[] };
  readonly RULES: readonly { readonly id: string; readonly act: string; readonly note: string }[];
  underwrite(policy: WorkloadPolicy, cents: number): { readonly decision: string; readonly notes: readonly string[] };
}
export interface Workload {
  readonly tables: Tables;
  /** Lines of JSON, as the workload makes them. */
  readonly lines: readonly string[];
  readonly native: NativeRater;
  readonly raterSource: string;
}

/** The folder that holds the workload, or why there is none. */
export function workloadFolder(): string | undefined {
  return [elsewhere, shared].find((folder) => folder !== undefined && existsSync(path.join(folder, 'workload.mjs')));
}

/** Makes the workload; it writes beside itself, so it is run from a copy. */
export function makeWorkload(folder: string): Workload {
  const copy = mkdtempSync(path.join(tmpdir(), 'fieldwriter-bench-'));
  try {
    for (const name of ['workload.mjs', 'rater.cjs']) copyFileSync(path.join(folder, name), path.join(copy, name));
    const made = spawnSync(process.execPath, [path.join(copy, 'workload.mjs')], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`The workload could not be made: ${made.stderr}`);
    const text = readFileSync(path.join(copy, 'data/policies.ndjson'), 'utf8');
    return {
      tables: JSON.parse(readFileSync(path.join(copy, 'data/tables.json'), 'utf8')) as Tables,
      lines: text.trimEnd().split('\n').slice(0, MOST),
      native: createRequire(import.meta.url)(path.join(copy, 'rater.cjs')) as NativeRater,
      raterSource: readFileSync(path.join(copy, 'rater.cjs'), 'utf8'),
    };
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** A policy of the workload as a request of ours, with everything in it: drivers and vehicles are exposures, coverages perils. */
export function requestOf({
  policyholder,
  drivers,
  vehicles,
  documents,
  notes,
  id,
  ...policy
}: WorkloadPolicy): object {
  return {
    key: String(policy.policyNumber),
    policyholder: { values: flat(policyholder) },
    policy: {
      policyStartTimestamp: '2026-01-01',
      policyEndTimestamp: '2027-01-01',
      fieldValues: {
        ...flat(policy),
        creditTier: policyholder.creditTier,
        priorClaims: String(policyholder.priorClaims),
        documents: JSON.stringify(documents),
        notes: JSON.stringify(notes),
      },
      exposures: [
        ...drivers.map((driver) => ({ exposureName: 'driver', fieldValues: flat(driver) })),
        ...vehicles.map(({ coverages, ...vehicle }) => ({
          exposureName: 'vehicle',
          fieldValues: flat(vehicle),
          perils: coverages.map(({ code, limit, deductible }) => ({
            name: code,
            fieldValues: { limit, deductible: String(deductible) },
          })),
        })),
      ],
    },
  };
}

/** Members as texts; what is no single value as its JSON. */
function flat(members: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => {
      if (value === null || value === '') return [];
      return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
    }),
  );
}

/** Our wrapping of the workload's rater: field values and tables in, yearly premiums out. */
const WRAPPER = `
const { makeRater } = require('./rater.js');
const number = (table, key) => Number(socotraApi.tableLookup(0, table, key));
const rate = makeRater({
  zip: (zip) => socotraApi.tableLookup(0, 'zip', zip),
  base: (coverage, territory) => number('base', [coverage, territory]),
  class3: (territory, vehicle, driver) => number('class3', [territory, vehicle, driver]),
  age: (age) => number('age', age),
  symbol: (symbol) => number('symbol', symbol),
  year: (year) => number('year', year),
  limit: (limit) => number('limit', limit),
  deductible: (deductible) => number('deductible', deductible),
  credit: (tier) => number('credit', tier),
  multiCar: (cars) => number('multiCar', String(cars)),
  claims: (claims) => number('claims', claims),
  mileage: (miles) => Math.floor(number('mileage', miles) + 0.5),
});
exports.getPerilRates = function getPerilRates({ policy }) {
  const own = policy.characteristics[0].fieldValues;
  const drivers = [];
  const vehicles = [];
  const locators = [];
  for (const exposure of policy.exposures) {
    const values = exposure.characteristics[0].fieldValues;
    if (exposure.name === 'driver') {
      drivers.push({ age: values.age[0], driverClass: values.driverClass[0] });
      continue;
    }
    const coverages = [];
    for (const peril of exposure.perils) {
      const row = peril.characteristics[0];
      locators.push(row.locator);
      coverages.push({ code: peril.name, limit: row.fieldValues.limit[0], deductible: row.fieldValues.deductible[0] });
    }
    vehicles.push({
      garagingZip: values.garagingZip[0],
      symbol: values.symbol[0],
      year: values.year[0],
      annualMileage: values.annualMileage[0],
      vehicleClass: values.vehicleClass[0],
      driverIndex: Number(values.driverIndex[0]),
      coverages,
    });
  }
  const policyholder = { creditTier: own.creditTier[0], priorClaims: own.priorClaims[0] };
  const { lines } = rate({ policyholder, drivers, vehicles });
  const priced = {};
  for (let i = 0; i < locators.length; i += 1) priced[locators[i]] = { yearlyPremium: lines[i] / 100 };
  return { pricedPerilCharacteristics: priced };
};
`;

/** The workload's rules as an underwriting plugin of ours: one pass over what is insured. A referral is our `none`. */
const RULES = `
exports.getUnderwritingResult = function getUnderwritingResult({ policy, policyholder: { entity } }) {
  let young = false, aged = false, suspended = false, points = 0;
  let symbol = false, old = false, mileage = false, rideshare = false;
  for (const exposure of policy.exposures) {
    const { fieldValues } = exposure.characteristics[0];
    if (exposure.name === 'driver') {
      const age = Number(fieldValues.age[0]);
      if (age < 16) young = true;
      if (age > 80) aged = true;
      if (fieldValues.licenseStatus[0] === 'suspended') suspended = true;
      const violations = fieldValues.violations[0];
      if (violations !== '[]') for (const violation of JSON.parse(violations)) points += violation.points;
    } else {
      if (Number(fieldValues.symbol[0]) >= 56) symbol = true;
      if (Number(fieldValues.year[0]) < 1990) old = true;
      if (Number(fieldValues.annualMileage[0]) > 30000) mileage = true;
      if (fieldValues.use[0] === 'rideshare') rideshare = true;
    }
  }
  const claims = Number(entity.values.priorClaims[0]) >= 5;
  const tier = entity.values.creditTier[0];
  const notes = [];
  if (young) notes.push('R01 Driver under 16');
  if (suspended) notes.push('R02 Licence suspended');
  if (points > 6) notes.push('R03 More than 6 violation points');
  if (aged) notes.push('R04 Driver over 80');
  if (symbol) notes.push('R05 High-value symbol');
  if (claims) notes.push('R06 Five or more prior claims');
  if (old) notes.push('R07 Vehicle older than 1990');
  if (tier === 'I' || tier === 'J') notes.push('R08 Weak credit tier');
  if (Number(entity.values.lapseDays[0]) > 30) notes.push('R09 Lapse of more than 30 days');
  if (mileage) notes.push('R10 Mileage over 30,000');
  if (Number(policy.characteristics[0].grossPremium) > 12000) notes.push('R11 Premium over 12,000');
  if (rideshare) notes.push('R12 Rideshare use');
  const reject = young || suspended || claims || old;
  return { decision: reject ? 'reject' : notes.length > 0 ? 'none' : 'accept', notes };
};
`;

const KEYS: Readonly<Record<string, readonly string[]>> = {
  base: ['coverage', 'territory'],
  class3: ['territory', 'vehicle', 'driver'],
};
const EXACT = ['base', 'class3', 'zip', 'symbol', 'year', 'limit', 'deductible', 'credit', 'multiCar', 'claims'];

/** The workload as a configuration of ours: its rater and its rules as plugins, its tables as CSV. */
export async function configurationOf({ tables, raterSource, lines }: Workload): Promise<Configuration> {
  const files = new Map<string, Uint8Array>();
  const add = (name: string, content: string | object): void => {
    files.set(name, new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)));
  };
  const [first] = lines.map((line) => JSON.parse(line) as WorkloadPolicy);
  const names = {
    policy: new Set<string>(),
    holder: new Set<string>(),
    driver: new Set<string>(),
    vehicle: new Set<string>(),
  };
  for (const line of lines.slice(0, 500)) {
    const request = requestOf(JSON.parse(line) as WorkloadPolicy) as Request;
    collect(names.holder, request.policyholder.values);
    collect(names.policy, request.policy.fieldValues);
    for (const { exposureName, fieldValues } of request.policy.exposures)
      collect(exposureName === 'driver' ? names.driver : names.vehicle, fieldValues);
  }
  if (!first) throw new Error('the workload has no policies');
  const fields = (of: Iterable<string>) =>
    [...of].map((name) => ({ name, title: name, type: NUMBERS.has(name) ? 'number' : 'string', optional: true }));
  const form = (of: Iterable<string>) => [...of].map((name) => ({ name, prompt: name, required: false }));
  const at = 'products/bench-auto/policy';
  add('config.json', { timezone: 'America/New_York', currency: 'USD' });
  add('policyholder/policyholder.form.json', { pages: [{ sections: [{ title: 'All', fields: form(names.holder) }] }] });
  add(`${at}/policy.json`, {
    displayName: 'Bench auto',
    fields: fields(names.policy),
    plugins: {
      getPerilRates: { path: 'bench/main.js', enabled: true },
      getUnderwritingResult: { path: 'bench/rules.js', enabled: true },
    },
  });
  add(`${at}/exposures/driver/exposure.json`, { displayName: 'Driver', fields: fields(names.driver) });
  add(`${at}/exposures/vehicle/exposure.json`, { displayName: 'Vehicle', fields: fields(names.vehicle) });
  for (const code of ['BI', 'PD', 'COLL', 'COMP'])
    add(`${at}/exposures/vehicle/perils/${code}.json`, {
      displayName: code,
      fields: [
        { name: 'limit', title: 'Limit', type: 'string' },
        { name: 'deductible', title: 'Deductible', type: 'number' },
      ],
    });
  add('scripts/bench/main.js', WRAPPER);
  add('scripts/bench/rules.js', RULES);
  add('scripts/bench/rater.js', raterSource);
  for (const name of EXACT) {
    const keys = KEYS[name] ?? ['key'];
    add(`${at}/tables/${name}.csv`, csv([[...keys, 'value'], ...(tables[name] ?? [])]));
    if (keys.length > 1)
      add(`${at}/tables/${name}.schema.json`, {
        keys: keys.map((column) => ({ column, match: 'exact' })),
        values: ['value'],
      });
  }
  add(`${at}/tables/age.csv`, csv([['from', 'to', 'value'], ...(tables.age ?? [])]));
  add(`${at}/tables/age.schema.json`, { keys: [{ column: 'from', match: 'range', to: 'to' }], values: ['value'] });
  add(`${at}/tables/mileage.csv`, csv([['miles', 'value'], ...(tables.mileage ?? [])]));
  add(`${at}/tables/mileage.schema.json`, {
    keys: [{ column: 'miles', match: 'interpolate', below: 'clamp', above: 'clamp' }],
    values: ['value'],
  });
  const configuration = await loadConfiguration({ files });
  const [error] = configuration.diagnostics.filter(({ severity }) => severity === 'error');
  if (error) throw new Error(`${error.file}: ${error.message}`);
  return configuration;
}

interface Request {
  readonly policyholder: { readonly values: object };
  readonly policy: {
    readonly fieldValues: object;
    readonly exposures: readonly { readonly exposureName: string; readonly fieldValues: object }[];
  };
}
const NUMBERS = new Set([
  'age',
  'driverClass',
  'symbol',
  'year',
  'vehicleClass',
  'annualMileage',
  'odometer',
  'costNew',
  'driverIndex',
  'priorClaims',
  'lapseDays',
  'yearsWithPrior',
  'termMonths',
  'version',
]);

function collect(into: Set<string>, values: object): void {
  for (const name of Object.keys(values)) into.add(name);
}
function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.join(',')}\n`).join('');
}
