import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LabOpinion } from '#core/api/contracts/lab-second-opinion.ts';
import { assertSecondOpinion } from '#core/lab/second-opinion/gate.ts';
import { secondOpinion } from '#core/lab/second-opinion/opinion.ts';
import { changedSide, workingCopies } from '#core/policy/studio/working-copy.ts';
import type { PluginRun, Sandbox } from '#core/sandbox/contract.ts';
import { firstSandbox, openSecondEngine, secondSandbox } from '#core/sandbox/second-engine.ts';
import { deployExample, deployProduct, openTestWorkbench, smallProduct, type TestWorkbench } from './support.ts';

/** Rules SO of core/lab/second-opinion/SPEC.md. */
let opened: TestWorkbench;
/** Every table stays here (SO7). */
const engine = openSecondEngine({ largeTable: 0 });
afterAll(() => engine.close());

const RATER = `const ROUND = (value) => Math.round(value * 100) / 100;
const base = (value) => ROUND(value * 0.0155);
exports.getPerilRates = (data) => {
  const rates = {};
  for (const { exposureCharacteristicsLocator, perilCharacteristicsLocator } of data.policyExposurePerils) {
    const row = data.policy.exposures.flatMap((e) => e.characteristics).find((c) => c.locator === exposureCharacteristicsLocator);
    const factor = socotraApi.tableLookup(0, 'ages', '1');
    const premium = base(Number(row.fieldValues.value[0])) * Number(factor);
    rates[perilCharacteristicsLocator] = { yearlyPremium: ROUND(premium) };
  }
  return { pricedPerilCharacteristics: rates };
};`;
const SCRIPTED = {
  ...smallProduct({
    'policy/policy.json': JSON.stringify({
      fields: [],
      plugins: { getPerilRates: { path: 'shed/rater.js', enabled: true } },
    }),
  }),
  'policy/tables/ages.csv': 'key,value\n1,1.1\n',
  'scripts/shed/rater.js': RATER,
};
const sample = { seed: '5', from: 0, count: 3 };
const change = { 'products/shed/policy/tables/ages.csv': 'key,value\n1,1.2\n' };
const copy = (version: number, changes: object = {}) =>
  workingCopies(opened.workbench.desk).of(version, changes as Record<string, string>);

beforeAll(async () => {
  opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  await deployProduct(opened, 'shed', SCRIPTED);
});

it('SO1: calculations compiled and interpreted, plugins in V8 and QuickJS agree; the API says so', async () => {
  const ask = async (base: number, product: string) =>
    (await opened.call<LabOpinion>('POST', '/api/lab/second-opinion', { base, product, count: 2 })).body;
  expect(await ask(1, 'personal-auto')).toMatchObject({ risks: 2, agreed: 2, evaluators: ['calculations'] });
  const scripted = await ask(2, 'shed');
  expect(scripted).toMatchObject({
    risks: 2,
    agreed: 2,
    evaluators: ['calculations', 'plugins'],
    disagreements: [],
  });
});

it('SO3, SO4: a planted defect of the compiler is found, with the step where it begins', async () => {
  const { desk } = opened.workbench;
  // What is compiled reads a rate wrong; what is interpreted is left alone.
  const defect: Sandbox = {
    ...firstSandbox(desk.sandbox),
    async runLiquid(run) {
      if (run.evaluator === 'interpreted') return desk.sandbox.runLiquid(run);
      const calculations = Object.fromEntries(
        Object.entries(run.program.calculations).map(([file, text]) => [file, text.replace('0.0119', '0.01191')]),
      );
      const program = { ...run.program, calculations, hash: `${run.program.hash} with a defect` };
      return desk.sandbox.runLiquid({ ...run, program });
    },
  };
  const side = changedSide(await copy(1), 'personal-auto');
  const opinion = await secondOpinion({ ...desk, sandbox: defect }, side, sample, engine);
  expect(opinion.agreed).toBeLessThan(opinion.risks);
  const [found] = opinion.disagreements;
  expect(found?.what).toMatch(/^premium of vehicle \d \/ collision$/);
  expect(found?.first).not.toBe(found?.second);
  expect(found?.firstStep?.path.join()).toContain('collision');
  expect(found?.worksheets.first?.steps.length).toBeGreaterThan(2);
  expect(found?.request).toMatchObject({ policy: { productName: 'personal-auto' } });
});

it('SO6, SO7: a cent of difference and another key block publishing, an agreement does not', async () => {
  const { desk } = opened.workbench;
  const wrong = (right: string, slip: string): Sandbox => ({
    ...secondSandbox(desk.sandbox, engine),
    runPlugin(run: PluginRun) {
      const scripts = { 'shed/rater.js': RATER.replace(right, slip) };
      return engine.runPlugin({ ...run, program: { ...run.program, scripts, hash: `${run.program.hash} ${slip}` } });
    },
  });
  const rounding = wrong('ROUND(premium)', 'ROUND(premium) + 0.01');
  const changed = await copy(2, change);
  await expect(assertSecondOpinion(desk, changed.base, changed.configuration, engine, rounding)).rejects.toMatchObject({
    code: 'invalid-configuration',
    message: expect.stringMatching(/sampled risk 0 of shed: premium of thing 1 \/ loss is .* Nothing was published\.$/),
    details: { disagreement: { sample: 0, worksheets: { first: { product: 'shed' } } } },
  });
  const otherKey = wrong("'ages', '1'", "'ages', '2'");
  await expect(assertSecondOpinion(desk, changed.base, changed.configuration, engine, otherKey)).rejects.toThrow(
    /premium of thing 1/,
  );
  const saved = await opened.call('POST', '/api/studio/save', { base: 2, changes: change, message: 'A new factor' });
  expect(saved.status).toBe(200);
  const words = await copy(2, { 'README.md': 'Only words' });
  expect(await assertSecondOpinion(desk, words.base, words.configuration, engine, rounding)).toEqual([]);
});

it('SO5: what the second engine lacks is said, not taken for agreement', async () => {
  const intl = RATER.replace('const rates = {};', "const rates = {}; new Intl.NumberFormat('en').format(1);");
  const opinion = await opened.call<LabOpinion>('POST', '/api/lab/second-opinion', {
    base: 2,
    changes: { 'scripts/shed/rater.js': intl },
    product: 'shed',
    count: 2,
  });
  expect(opinion.body).toMatchObject({ risks: 2, agreed: 0, unable: { risks: 2 }, disagreements: [] });
  expect(opinion.body.unable.why).toMatch(/no Intl/);
});

it('SO1: the second engine is limited and killed as the first is', async () => {
  const program = {
    ...{ timeZone: 'UTC', currency: 'USD', calculations: {}, templates: {}, tables: {} },
    hash: 'endless',
    scripts: {
      'a.js':
        'exports.run = () => { for (;;) {} }; exports.fine = () => [1.005 * 100, new Date().getTimezoneOffset(), Math.random()];',
    },
  };
  const call = { program, path: 'a.js', arguments: [], context: { clock: 5, seed: 's', worksheet: false } };
  const endless = await engine.runPlugin({ ...call, function: 'run', limits: { time: 200 } });
  expect(endless.ok).toBe(false);
  const [here, there] = await Promise.all(
    [engine, opened.workbench.desk.sandbox].map((one) => one.runPlugin({ ...call, function: 'fine' })),
  );
  expect(here).toMatchObject({ ok: true });
  expect(here?.ok && here.value).toEqual(there?.ok && there.value);
});
