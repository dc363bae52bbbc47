import { type ZenDecision, ZenEngine } from '@gorules/zen-engine';
import type { NativeRater, Tables, WorkloadPolicy } from './workload.ts';

/** The workload's rating in ZEN: how much of it is looked up inside, and what is handed in. */
export interface ZenRater {
  readonly what: string;
  /** @returns cents */
  rate(policy: WorkloadPolicy): Promise<number>;
}

type Row = Readonly<Record<string, string | number>>;
type Node = { readonly id: string; readonly name: string; readonly type: string; readonly content: object };

const FACTORS = 'age symbol year limit deductible credit multiCar claims mileage class3'.split(' ');
/** Tables of a few rows whose key is one value. */
const SMALL = 'symbol year limit deductible credit multiCar claims'.split(' ');
/** `mul` of the workload, factor after factor, then to cents. */
const PRICE = `floor((${FACTORS.reduce((p, factor) => `floor((${p} * #.${factor}_f + 5000) / 10000)`, '#.base_f')} + 50) / 100)`;

/**
 * Three ways, from the one that asks most of ZEN: all twelve tables as its decision tables, which it searches row by row; the tables of up
 * to 60 rows as decision tables and the three large ones (2,000, 40,000 and 50,000 rows) looked up for it; all looked up for it, so that
 * it only multiplies. Each in one graph that is made once; decision tables run over the lines of a policy in its own loop.
 */
export function zenRaters({ tables, native }: { readonly tables: Tables; readonly native: NativeRater }): {
  readonly all: ZenRater;
  readonly small: ZenRater;
  readonly none: ZenRater;
  close(): void;
} {
  const engine = new ZenEngine();
  const index = native.indexMap(tables);
  const rater = (what: string, nodes: readonly Node[], lines: (policy: WorkloadPolicy) => Row[]): ZenRater => {
    const decision = engine.createDecision(graphOf([...nodes, PRICES]));
    return { what, rate: async (policy) => totalOf(await decision.evaluate({ lines: lines(policy) })) };
  };
  const large = [
    exact(tables, 'zip', ['zip'], 'territory'),
    exact(tables, 'base', ['coverage', 'territory'], 'base_f'),
    exact(tables, 'class3', ['territory', 'vehicle', 'driver'], 'class3_f'),
  ];
  const small = [
    table(
      'age',
      ['age'],
      ['age_f'],
      rowsOf(tables, 'age').map(([a, b, f]) => [`[${a}..${b}]`, `${f}`]),
    ),
    ...SMALL.map((name) => exact(tables, name, [name], `${name}_f`)),
    table('mileage', ['mileage'], ['x0', 'f0', 'x1', 'f1'], stretches(rowsOf(tables, 'mileage'))),
    // As `interp` of the workload.
    expression(
      'mileage factor',
      { mileage_f: 'floor((2 * (f0 * (x1 - mileage) + f1 * (mileage - x0)) + (x1 - x0)) / (2 * (x1 - x0)))' },
      LOOP,
    ),
  ];
  const largeOf = (row: Row): Row => {
    const territory = index.zip(`${row.zip}`);
    const { coverage, vehicle, driver } = row;
    return {
      base_f: index.base(`${coverage}`, territory),
      class3_f: index.class3(territory, Number(vehicle), Number(driver)),
    };
  };
  return {
    all: rater('all tables in it', [...large, ...small], linesOf),
    small: rater('three large tables looked up for it', small, (policy) =>
      linesOf(policy).map((row) => ({ ...row, ...largeOf(row) })),
    ),
    none: rater('all looked up for it, it multiplies', [], (policy) =>
      linesOf(policy).map((row) => ({
        ...largeOf(row),
        ...Object.fromEntries(
          ['age', 'mileage', ...SMALL].map((name) => [`${name}_f`, byOneKey(index, name, row[name])]),
        ),
      })),
    ),
    close: () => engine.dispose(),
  };
}

/** Any of the workload's tables with one key. */
function byOneKey(index: object, name: string, key: string | number | undefined): number {
  const found = (index as Readonly<Record<string, (key: unknown) => number>>)[name]?.(key);
  if (found === undefined) throw new Error(`no ${key} in ${name}`);
  return found;
}

function totalOf({ result }: Awaited<ReturnType<ZenDecision['evaluate']>>): number {
  return Number((result as { readonly total: number | string }).total);
}

/** What the rating of a policy reads, a row for each coverage. */
function linesOf({ policyholder, drivers, vehicles }: WorkloadPolicy): Row[] {
  return vehicles.flatMap((vehicle) => {
    const driver = drivers[Number(vehicle.driverIndex)] ?? {};
    return vehicle.coverages.map(
      ({ code, limit, deductible }) =>
        ({
          ...{ coverage: code, limit, deductible, credit: policyholder.creditTier, claims: policyholder.priorClaims },
          ...{ multiCar: vehicles.length, zip: vehicle.garagingZip, symbol: vehicle.symbol, year: vehicle.year },
          ...{
            mileage: vehicle.annualMileage,
            vehicle: vehicle.vehicleClass,
            age: driver.age,
            driver: driver.driverClass,
          },
        }) as Row,
    );
  });
}

const LOOP = { passThrough: true, inputField: 'lines', outputPath: 'lines', executionMode: 'loop' };
const PRICES = expression('prices', { prices: `map(lines, ${PRICE})`, total: 'sum($.prices)' });

function graphOf(between: readonly Node[]): object {
  const end = (id: string, type: string): Node => ({ id, name: id, type, content: {} });
  const nodes = [end('request', 'inputNode'), ...between, end('response', 'outputNode')];
  const edges = nodes
    .slice(1)
    .map(({ id }, i) => ({ id: `to ${id}`, sourceId: nodes[i]?.id, targetId: id, type: 'edge' }));
  return { nodes, edges };
}

function expression(id: string, expressions: Readonly<Record<string, string>>, how: object = {}): Node {
  const list = Object.entries(expressions).map(([key, value]) => ({ id: key, key, value }));
  return { id, name: id, type: 'expressionNode', content: { expressions: list, ...how } };
}

function table(
  id: string,
  inputs: readonly string[],
  outputs: readonly string[],
  rows: readonly (readonly string[])[],
): Node {
  const fields = [...inputs, ...outputs];
  const columns = (names: readonly string[]) => names.map((field) => ({ id: field, name: field, field }));
  const rules = rows.map((row, n) => ({ _id: `${n}`, ...Object.fromEntries(row.map((cell, i) => [fields[i], cell])) }));
  const content = { hitPolicy: 'first', inputs: columns(inputs), outputs: columns(outputs), rules, ...LOOP };
  return { id, name: id, type: 'decisionTableNode', content };
}

function exact(tables: Tables, name: string, inputs: readonly string[], output: string): Node {
  return table(
    name,
    inputs,
    [output],
    rowsOf(tables, name).map((row) => row.map((cell) => JSON.stringify(cell))),
  );
}

/** Stretches of an interpolated table; clamped at its ends. */
function stretches(rows: Tables[string]): string[][] {
  const [first = [0, 0]] = rows;
  const last = rows.at(-1) ?? first;
  const flat = (when: string, f: string | number | undefined) => [when, '-1000000000', `${f}`, '1000000000', `${f}`];
  const inner = rows
    .slice(1)
    .map(([x, f], i) => [`[${rows[i]?.[0]}..${x})`, `${rows[i]?.[0]}`, `${rows[i]?.[1]}`, `${x}`, `${f}`]);
  return [flat(`< ${first[0]}`, first[1]), ...inner, flat(`>= ${last[0]}`, last[1])];
}

function rowsOf(tables: Tables, name: string): Tables[string] {
  return tables[name] ?? [];
}
