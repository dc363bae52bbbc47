/** Experiments and cohorts (core/lab/experiments/SPEC.md), through the door. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { PricePreview, ProblemDocument } from '#core/api/contract.ts';
import type { CohortReport, Experiment } from '#core/api/contracts/lab-experiments.ts';
import { chiSquare, wilson } from '#core/lab/experiments/statistics.ts';
import { armOf } from '#core/model/experiment.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import {
  deployProduct,
  draft,
  labJob,
  openTestWorkbench,
  SMALL_RISK,
  smallProduct,
  type TestWorkbench,
} from './support.ts';

const START = Date.parse('2026-01-01T08:00:00Z');
const DAY = 86_400_000;
const costing = (premium: number) =>
  smallProduct({ 'policy/exposures/thing/perils/loss.premium.liquid': `{{ ${premium} | set_year_premium }}` });
const person = (number: number) => ({
  values: { first_name: 'P', last_name: `${number}`, email: `p${number}@example.com` },
});

let opened: TestWorkbench;
let clock = START;
let experiment: Experiment;
const wanted = {
  product: 'small',
  name: 'Ten more',
  traffic: 0.8,
  arms: [
    { name: 'control', configVersion: 1, share: 0.5 },
    { name: 'dearer', configVersion: 2, share: 0.5 },
  ],
  key: ['policyholder.email'],
  seed: 'a fixed seed',
};

async function quote(number: number): Promise<PolicyResponse> {
  return draft(opened, { policyholder: person(number), policy: { productName: 'small', ...SMALL_RISK } });
}
const armAt = (number: number) => armOf(wanted, `p${number}@example.com`);

beforeAll(async () => {
  opened = await openTestWorkbench({ now: () => clock });
  await deployProduct(opened, 'small', costing(120));
  await deployProduct(opened, 'small', costing(240));
  const made = await opened.call<Experiment>('POST', '/api/lab/experiments', wanted);
  expect(made.status, JSON.stringify(made.body)).toBe(200);
  experiment = made.body;
});

describe('an experiment', () => {
  it('EX3, EX4: a new quote gets its arm, before and after it is saved; the record says which', async () => {
    const numbers = Array.from({ length: 12 }, (_, index) => index);
    expect(new Set(numbers.map((number) => armAt(number)?.name))).toEqual(new Set(['control', 'dearer', undefined]));
    for (const number of numbers) {
      const version = armAt(number)?.configVersion ?? 2;
      const policy = await quote(number);
      expect([number, policy.configVersion]).toEqual([number, version]);
      const asked = { ...person(number), values: { ...person(number).values, email: ` P${number}@Example.com ` } };
      const body = { policyholder: asked, policy: { productName: 'small', formVersion: 2, ...SMALL_RISK } };
      const preview = await opened.call<PricePreview>('POST', '/api/products/small/price', body);
      expect(preview.body.price?.grossPremium).toBe(version === 1 ? '120.00' : '240.00');
    }
    const [kept] = (await opened.call<Experiment[]>('GET', '/api/lab/experiments/small')).body;
    const expected = wanted.arms.map(({ name }) => numbers.filter((number) => armAt(number)?.name === name).length);
    expect(kept?.counts.map(({ risks }) => risks)).toEqual(expected);
    expect(kept).toMatchObject({ state: 'running', ratio: { alarm: false } });
  });

  it('EX4: who names a version gets it and takes no part, the newest too; so does a form of an older one', async () => {
    const of = (name: string) =>
      Array.from({ length: 50 }, (_, at) => at).find((one) => armAt(one)?.name === name) ?? 0;
    const versionOf = async (number: number, named: object) => {
      const policy = { productName: 'small', ...named, ...SMALL_RISK };
      return (await draft(opened, { policyholder: person(number), policy })).configVersion;
    };
    expect(await versionOf(of('dearer'), { configVersion: 1 })).toBe(1);
    expect(await versionOf(of('control'), { configVersion: 2 })).toBe(2);
    expect(await versionOf(of('dearer'), { formVersion: 1 })).toBe(1);
    expect(await versionOf(of('control'), { formVersion: 2 })).toBe(1);
  });

  it('EX1: refuses, by field, what can not be an experiment', async () => {
    const refused = async (more: object) =>
      (await opened.call<ProblemDocument>('POST', '/api/lab/experiments', { ...wanted, ...more })).body;
    const [control, dearer] = wanted.arms;
    expect(await refused({})).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining('Ten more') });
    expect((await refused({ arms: [control] })).place).toEqual({ field: 'arms' });
    expect((await refused({ arms: [control, { ...dearer, share: 0.4 }] })).detail).toContain('0.9');
    expect(await refused({ arms: [control, { ...dearer, configVersion: 9 }] })).toMatchObject({ code: 'not-found' });
    expect((await refused({ key: ['driver.email'] })).place).toEqual({ field: 'key' });
    await deployProduct(opened, 'asking', costing(1));
    const more = costing(1);
    await deployProduct(opened, 'asking', {
      ...more,
      'policy/policy.json': '{"fields":[{"name":"vin","type":"string"}]}',
    });
    const arms = [
      { ...control, configVersion: 3 },
      { ...dearer, configVersion: 4 },
    ];
    expect((await refused({ product: 'asking', arms })).detail).toContain('asks other fields');
  });
});

describe('cohorts', () => {
  it('EX6, EX7, EX8: count, earn by days, and set claims against premium, by version and by arm', async () => {
    const of = (name: string) =>
      Array.from({ length: 99 }, (_, index) => index + 100).filter((one) => armAt(one)?.name === name);
    const [control = 0] = of('control');
    const [dearer = 0, second = 0] = of('dearer');
    const start = String(START);
    const issue = async (number: number): Promise<PolicyResponse> => {
      const policy = {
        productName: 'small',
        policyStartTimestamp: start,
        policyEndTimestamp: String(START + 365 * DAY),
        ...SMALL_RISK,
      };
      const made = await draft(opened, { policyholder: person(number), policy });
      await opened.call('POST', `/policy/${made.locator}/finalize`);
      return (await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/issue`)).body;
    };
    await issue(control);
    const claimed = await issue(dearer);
    const priced = await quote(second);
    await opened.call('POST', `/policy/${priced.locator}/finalize`);
    clock = START + 73 * DAY;
    const claim = await opened.call<{ locator: string }>('POST', '/claim', {
      policyLocator: claimed.locator,
      incidentTimestamp: String(START + 10 * DAY),
    });
    expect(claim.status, JSON.stringify(claim.body)).toBe(200);
    const report = await labJob<CohortReport>(
      opened,
      `/api/lab/cohorts/small?at=${START + 73 * DAY}&experiment=${experiment.locator}`,
    );
    expect(report.status, JSON.stringify(report.body)).toBe(200);
    const [second2, first] = report.body.cohorts;
    // 73 of 365 days: a fifth.
    expect(first).toMatchObject({
      configVersion: 1,
      arm: 'control',
      priced: 1,
      issued: 1,
      written: '120.00',
      earned: '24.00',
      claims: 0,
    });
    expect(second2).toMatchObject({
      configVersion: 2,
      arm: 'dearer',
      priced: 2,
      issued: 1,
      written: '240.00',
      earned: '48.00',
      claims: 1,
      incurred: '0.00',
      lossRatio: 0,
    });
    expect(second2?.conversion?.rate).toBe(0.5);
    const all = await opened.call<CohortReport>('GET', '/api/lab/cohorts/small?at=0');
    expect(all.body.cohorts).toEqual([]);
  });

  it('ends: new quotes get the newest version again', async () => {
    expect((await opened.call('POST', `/api/lab/experiments/${experiment.locator}/end`)).status).toBe(200);
    const number = Array.from({ length: 50 }, (_, index) => index).find((one) => armAt(one)?.name === 'control') ?? 0;
    expect((await quote(number)).configVersion).toBe(2);
    const again = await opened.call<ProblemDocument>('POST', `/api/lab/experiments/${experiment.locator}/end`);
    expect(again.body.code).toBe('wrong-state');
  });
});

it('EX5, EX6: the statistics are those of the tables', () => {
  // Critical values of the chi-square distribution: 3.841 (1 degree, 5 %), 10.828 (1, 0.1 %), 13.816 (2, 0.1 %).
  const at = (x2: number): readonly number[] => [500 + Math.sqrt(x2 * 250), 500 - Math.sqrt(x2 * 250)];
  expect(chiSquare(at(3.841), [0.5, 0.5]).p).toBeCloseTo(0.05, 3);
  expect(chiSquare(at(10.828), [0.5, 0.5]).p).toBeCloseTo(0.001, 5);
  expect(chiSquare([100, 100, 100], [1 / 3, 1 / 3, 1 / 3]).p).toBe(1);
  expect(chiSquare([5_300, 4_700], [0.5, 0.5]).p).toBeLessThan(1e-8);
  const { low = 0, high = 0 } = wilson(1, 10) ?? {};
  expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0179', '0.4042']);
});
