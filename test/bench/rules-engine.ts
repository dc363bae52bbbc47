import { type ConditionProperties, Engine, type EngineResult, type RuleProperties } from 'json-rules-engine';
import type { WorkloadPolicy } from './workload.ts';

export interface Decided {
  readonly decision: string;
  readonly notes: readonly string[];
}

type Rules = readonly { readonly id: string; readonly act: string; readonly note: string }[];
export type Decide = (policy: WorkloadPolicy, cents: number) => Promise<Decided>;

/**
 * The workload's twelve rules for json-rules-engine as its documentation writes them: the members of a policy are facts, conditions reach
 * into them by JSONPath, decorated operators ask lists, and what has to be added up is a fact that is worked out. One engine for all.
 */
export function rulesEngine(rules: Rules): Decide {
  const engine = engineOf(rules, CONDITIONS);
  engine.addFact('points', async (_, almanac) =>
    pointsOf(await almanac.factValue<WorkloadPolicy['drivers']>('drivers')),
  );
  return async ({ policyholder, drivers, vehicles }, cents) =>
    decidedBy(await engine.run({ policyholder, drivers, vehicles, cents }));
}

/** The same with one plain value for each condition, worked out beforehand by hand (the least age, the largest symbol): half of the rules. */
export function rulesEngineOfValues(rules: Rules): Decide {
  const engine = engineOf(rules, OF_VALUES);
  return async (policy, cents) => decidedBy(await engine.run(valuesOf(policy, cents)));
}

function engineOf(rules: Rules, conditions: Readonly<Record<string, ConditionProperties>>): Engine {
  return new Engine(
    rules.map(({ id, act, note }): RuleProperties => {
      const condition = conditions[id];
      if (!condition) throw new Error(`no condition for ${id}`);
      return { name: id, conditions: { all: [condition] }, event: { type: act, params: { note: `${id} ${note}` } } };
    }),
  );
}

function decidedBy({ events }: EngineResult): Decided {
  const decision = ['reject', 'refer'].find((act) => events.some(({ type }) => type === act)) ?? 'accept';
  // They come as they are ready, not in the order of the rules.
  return { decision, notes: events.map(({ params }) => String(params?.note)).sort() };
}

const some = (fact: string, member: string, operator: string, value: unknown): ConditionProperties => {
  return { fact, path: `$[*].${member}`, operator: `someFact:${operator}`, value };
};
const CONDITIONS: Readonly<Record<string, ConditionProperties>> = {
  R01: some('drivers', 'age', 'lessThan', 16),
  R02: some('drivers', 'licenseStatus', 'equal', 'suspended'),
  R03: { fact: 'points', operator: 'greaterThan', value: 6 },
  R04: some('drivers', 'age', 'greaterThan', 80),
  R05: some('vehicles', 'symbol', 'greaterThanInclusive', 56),
  R06: { fact: 'policyholder', path: '$.priorClaims', operator: 'greaterThanInclusive', value: 5 },
  R07: some('vehicles', 'year', 'lessThan', 1990),
  R08: { fact: 'policyholder', path: '$.creditTier', operator: 'in', value: ['I', 'J'] },
  R09: { fact: 'policyholder', path: '$.lapseDays', operator: 'greaterThan', value: 30 },
  R10: some('vehicles', 'annualMileage', 'greaterThan', 30_000),
  R11: { fact: 'cents', operator: 'greaterThan', value: 1_200_000 },
  R12: some('vehicles', 'use', 'equal', 'rideshare'),
};
const OF_VALUES: Readonly<Record<string, ConditionProperties>> = {
  R01: { fact: 'youngest', operator: 'lessThan', value: 16 },
  R02: { fact: 'licences', operator: 'contains', value: 'suspended' },
  R03: { fact: 'points', operator: 'greaterThan', value: 6 },
  R04: { fact: 'oldest', operator: 'greaterThan', value: 80 },
  R05: { fact: 'symbol', operator: 'greaterThanInclusive', value: 56 },
  R06: { fact: 'claims', operator: 'greaterThanInclusive', value: 5 },
  R07: { fact: 'year', operator: 'lessThan', value: 1990 },
  R08: { fact: 'credit', operator: 'in', value: ['I', 'J'] },
  R09: { fact: 'lapse', operator: 'greaterThan', value: 30 },
  R10: { fact: 'mileage', operator: 'greaterThan', value: 30_000 },
  R11: { fact: 'cents', operator: 'greaterThan', value: 1_200_000 },
  R12: { fact: 'uses', operator: 'contains', value: 'rideshare' },
};

function valuesOf({ policyholder, drivers, vehicles }: WorkloadPolicy, cents: number): Record<string, unknown> {
  const ages = drivers.map(({ age }) => Number(age));
  const most = (member: string): number => Math.max(...vehicles.map((vehicle) => Number(vehicle[member])));
  return {
    youngest: Math.min(...ages),
    oldest: Math.max(...ages),
    licences: drivers.map(({ licenseStatus }) => licenseStatus),
    points: pointsOf(drivers),
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

function pointsOf(drivers: WorkloadPolicy['drivers']): number {
  let points = 0;
  for (const { violations } of drivers)
    for (const violation of violations as readonly { readonly points: number }[]) points += violation.points;
  return points;
}
