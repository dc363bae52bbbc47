import { Engine, type RuleProperties } from 'json-rules-engine';
import type { WorkloadPolicy } from './workload.ts';

export interface Decided {
  readonly decision: string;
  readonly notes: readonly string[];
}

/**
 * The workload's twelve rules for json-rules-engine, one engine for all policies. Its facts are plain values that are worked out from a
 * policy beforehand (the least age, the sum of points): it would find them itself by JSONPath, several times slower.
 */
export function rulesEngine(rules: readonly { readonly id: string; readonly act: string; readonly note: string }[]) {
  const list = rules.map(({ id, act, note }): RuleProperties => {
    const [fact, operator, value] = CONDITIONS[id] ?? [];
    if (fact === undefined || operator === undefined) throw new Error(`no condition for ${id}`);
    return {
      name: id,
      conditions: { all: [{ fact, operator, value }] },
      event: { type: act, params: { note: `${id} ${note}` } },
    };
  });
  const engine = new Engine(list);
  return async (policy: WorkloadPolicy, cents: number): Promise<Decided> => {
    const { events } = await engine.run(factsOf(policy, cents));
    const decision = ['reject', 'refer'].find((act) => events.some(({ type }) => type === act)) ?? 'accept';
    // They come as they are ready, not in the order of the rules.
    return { decision, notes: events.map(({ params }) => String(params?.note)).sort() };
  };
}

type Condition = readonly [fact: string, operator: string, value: unknown];
const CONDITIONS: Readonly<Record<string, Condition>> = {
  R01: ['youngest', 'lessThan', 16],
  R02: ['licences', 'contains', 'suspended'],
  R03: ['points', 'greaterThan', 6],
  R04: ['oldest', 'greaterThan', 80],
  R05: ['symbol', 'greaterThanInclusive', 56],
  R06: ['claims', 'greaterThanInclusive', 5],
  R07: ['year', 'lessThan', 1990],
  R08: ['credit', 'in', ['I', 'J']],
  R09: ['lapse', 'greaterThan', 30],
  R10: ['mileage', 'greaterThan', 30_000],
  R11: ['cents', 'greaterThan', 1_200_000],
  R12: ['uses', 'contains', 'rideshare'],
};

function factsOf({ policyholder, drivers, vehicles }: WorkloadPolicy, cents: number): Record<string, unknown> {
  const ages = drivers.map(({ age }) => Number(age));
  const most = (member: string): number => Math.max(...vehicles.map((vehicle) => Number(vehicle[member])));
  let points = 0;
  for (const { violations } of drivers)
    for (const violation of violations as readonly { readonly points: number }[]) points += violation.points;
  return {
    youngest: Math.min(...ages),
    oldest: Math.max(...ages),
    licences: drivers.map(({ licenseStatus }) => licenseStatus),
    points,
    symbol: most('symbol'),
    year: Math.min(...vehicles.map(({ year }) => Number(year))),
    mileage: most('annualMileage'),
    uses: vehicles.map(({ use }) => use),
    claims: policyholder.priorClaims,
    credit: policyholder.creditTier,
    lapse: policyholder.lapseDays,
    cents,
  };
}
