import { productOf } from '#core/desk/configurations.ts';
import { type Caller, commit, type Desk, findAll, locatorOf, look, write } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { EXPERIMENTS_SETTING, type ExperimentRecord, experimentsOf } from '#core/policy/experiments.ts';
import type { ExperimentView } from './contract.ts';
import { chiSquare } from './statistics.ts';

export type NewExperiment = Pick<ExperimentRecord, 'product' | 'name' | 'traffic' | 'arms' | 'key'> &
  Partial<Pick<ExperimentRecord, 'from' | 'until' | 'seed'>>;

/** Below this probability the shares of an experiment are broken, not unlucky (Fabijan et al., KDD 2019). */
export const RATIO_ALARM = 0.001;

/** The experiments of a product, newest first. */
export function listExperiments(desk: Desk, product: string): readonly ExperimentView[] {
  const now = desk.now();
  const policies = findAll(desk, 'policy', 'productName', product).map(({ record }) => record);
  return experimentsOf(desk)
    .filter((one) => one.product === product)
    .reverse()
    .map((one) => {
      const own = policies.filter(({ experiment }) => experiment?.locator === one.locator);
      const risks = one.arms.map(({ name }) => own.filter(({ experiment }) => experiment?.arm === name).length);
      const { p } = chiSquare(
        risks,
        one.arms.map(({ share }) => share),
      );
      const state = now < one.from ? 'planned' : one.until !== undefined && now >= one.until ? 'ended' : 'running';
      return {
        ...one,
        state,
        counts: one.arms.map(({ name, share }, at) => ({
          arm: name,
          risks: risks[at] ?? 0,
          expected: own.length * share,
        })),
        ratio: { p, alarm: p < RATIO_ALARM },
      };
    });
}

/**
 * Plans an experiment (EX1). Throws `malformed-request` by field, `not-found` for a version, `invalid-configuration` for one with
 * errors, `wrong-state` where another one runs at the time, or the arms do not ask the same fields.
 */
export async function createExperiment(desk: Desk, caller: Caller, wanted: NewExperiment): Promise<ExperimentRecord> {
  const sum = wanted.arms.reduce((all, { share }) => all + share, 0);
  const names = new Set(wanted.arms.map(({ name }) => name));
  if (wanted.arms.length < 2) refuse('arms', 'An experiment has at least two arms.');
  if (names.size < wanted.arms.length) refuse('arms', 'Each arm has a name of its own.');
  if (Math.abs(sum - 1) > 1e-9) refuse('arms', `The shares of the arms add up to ${Number(sum.toFixed(6))}, not to 1.`);
  const from = wanted.from ?? desk.now();
  if (wanted.until !== undefined && wanted.until <= from) refuse('until', 'It ends before it begins.');
  await refuseOtherFields(desk, wanted);
  const before = experimentsOf(desk);
  const meanwhile = before.find(
    (one) =>
      one.product === wanted.product &&
      (one.until === undefined || from < one.until) &&
      (wanted.until === undefined || one.from < wanted.until),
  );
  if (meanwhile)
    throw new Problem(
      'wrong-state',
      `The experiment "${meanwhile.name}" runs at that time: a quote can be in one only.`,
    );
  const locator = locatorOf(desk);
  const { product, name, traffic, arms, key } = wanted;
  const record: ExperimentRecord = {
    locator,
    product,
    name,
    seed: wanted.seed ?? locator,
    traffic,
    arms,
    key,
    from,
    ...(wanted.until === undefined ? {} : { until: wanted.until }),
    createdAt: desk.now(),
    createdBy: caller.actor.name,
  };
  keep(desk, caller, 'experiment.create', locator, [...before, record]);
  return record;
}

/** Ends an experiment now: new quotes get the newest version again, those that have an arm keep it. Throws `not-found`. */
export function endExperiment(desk: Desk, caller: Caller, locator: string): void {
  const before = experimentsOf(desk);
  const found = before.find((one) => one.locator === locator);
  if (!found) throw new Problem('not-found', `There is no experiment ${locator}.`);
  const until = Math.max(desk.now(), found.from);
  if (found.until !== undefined && found.until <= until)
    throw new Problem('wrong-state', `The experiment "${found.name}" has ended already.`);
  keep(
    desk,
    caller,
    'experiment.end',
    locator,
    before.map((one) => (one.locator === locator ? { ...one, until } : one)),
  );
}

function keep(
  desk: Desk,
  caller: Caller,
  name: string,
  locator: string,
  experiments: readonly ExperimentRecord[],
): void {
  const base = look(desk, 'setting', EXPERIMENTS_SETTING)?.version ?? 0;
  const record = { experiments: experiments.map((one) => ({ ...one })) };
  commit(desk, caller, {
    name,
    arguments: { experiment: locator },
    changes: [write('setting', EXPERIMENTS_SETTING, base, record)],
    result: locator,
  });
}

/** The form is that of the newest version: an arm with other fields would refuse what was filled in. */
async function refuseOtherFields(desk: Desk, { product, arms, key }: NewExperiment): Promise<void> {
  const newest = productOf(await desk.configurations.newestOf(product), product);
  const fields = fieldsOf(newest);
  for (const arm of arms) {
    const deployed = await desk.configurations.version(arm.configVersion);
    if (fieldsOf(productOf(deployed, product)) !== fields)
      throw new Problem(
        'wrong-state',
        `Version ${arm.configVersion} of arm "${arm.name}" asks other fields than the newest version: only what prices may differ between arms.`,
        { place: { field: 'arms' } },
      );
  }
  const entities = new Set(['policyholder', 'policy', ...newest.exposures.map(({ name }) => name)]);
  for (const field of key)
    if (!entities.has(field.slice(0, field.indexOf('.'))))
      refuse('key', `"${field}" names no field: write policyholder.<field>, policy.<field> or <exposure>.<field>.`);
}

function fieldsOf({ fields, exposures }: Product): string {
  const asked = (list: Product['fields']): unknown => list.map(({ title: _, ...field }) => field);
  return JSON.stringify([
    asked(fields),
    exposures.map((one) => [one.name, asked(one.fields), one.perils.map((peril) => [peril.name, asked(peril.fields)])]),
  ]);
}

function refuse(field: string, message: string): never {
  throw new Problem('malformed-request', message, { place: { field } });
}
