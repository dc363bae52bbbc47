import { afterAll, describe, expect, test } from 'vitest';
import type { JsonValue } from '#core/model/json.ts';
import { allRows, draftPolicy, policyholder } from '#core/model/policy.fixture.ts';
import { Problem } from '#core/model/problem.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import type { PricingInput, PricingPorts, PricingResult } from './contract.ts';
import { priceTransaction } from './price.ts';

const sandbox = openSandbox();
afterAll(() => sandbox.close());

const POLICY = 'products/p/policy';
const YEAR = { start: Date.UTC(2026, 0, 1), end: Date.UTC(2027, 0, 1) };
const plugin = (body: string, more: object = {}): Record<string, string> => ({
  [`${POLICY}/policy.json`]: JSON.stringify({
    plugins: { getPerilRates: { path: 'm/rater.js', enabled: true } },
    ...more,
  }),
  'scripts/m/rater.js': `exports.getPerilRates = (data) => { ${body} };`,
});
const flatRate =
  'const out = {}; for (const p of data.policyExposurePerils) out[p.perilCharacteristicsLocator] = { yearlyPremium: 10 }; return { pricedPerilCharacteristics: out };';

/** A product of one exposure `thing` with the given perils (name → Liquid, or null for none) and further files. */
async function inputOf(
  perils: Readonly<Record<string, string | null>>,
  files: Readonly<Record<string, string>> = {},
  values: Readonly<Record<string, readonly string[]>> = {},
): Promise<PricingInput> {
  const all: Record<string, string> = {
    'config.json': '{"timezone": "UTC", "currency": "USD"}',
    [`${POLICY}/policy.json`]: '{}',
    [`${POLICY}/exposures/thing/exposure.json`]: JSON.stringify({
      name: 'thing',
      fields: [{ name: 'worth', title: 'Worth', type: 'number', optional: true }],
    }),
    ...files,
  };
  for (const [name, liquid] of Object.entries(perils)) {
    const stem = `${POLICY}/exposures/thing/perils/${name}`;
    all[`${stem}.json`] = JSON.stringify({ name });
    if (liquid !== null) all[`${stem}.premium.liquid`] = liquid;
  }
  const bytes = Object.entries(all).map(([path, text]): [string, Uint8Array] => [path, new TextEncoder().encode(text)]);
  const configuration = await loadConfiguration({ files: new Map(bytes) });
  const [product] = configuration.products;
  if (!product) throw new Error(JSON.stringify(configuration.diagnostics));
  const policy = draftPolicy({
    productName: 'p',
    ...YEAR,
    exposures: [{ name: 'thing', fieldValues: values, perils: Object.keys(perils) }],
  });
  return {
    configuration,
    product,
    operation: 'new_business',
    policy,
    policyholder: policyholder(),
    toPrice: allRows(policy),
    fees: true,
    context: { clock: YEAR.start, seed: 'test', worksheet: true },
  };
}

type Success = Extract<PricingResult, { ok: true }>;
const price = async (input: PricingInput, ports: Partial<PricingPorts> = {}): Promise<PricingResult> =>
  priceTransaction(input, { sandbox, ...ports });
const priced = async (input: PricingInput, ports?: Partial<PricingPorts>): Promise<Success> => {
  const result = await price(input, ports);
  if (!result.ok) throw result.problem;
  return result;
};
const refused = async (
  input: PricingInput,
  ports?: Partial<PricingPorts>,
): Promise<Extract<PricingResult, { ok: false }>> => {
  const result = await price(input, ports);
  if (result.ok) throw new Error('was priced');
  return result;
};
const flat = (steps: readonly WorksheetStep[] = []): WorksheetStep[] =>
  steps.flatMap((step) => (step.kind === 'section' ? [step, ...flat(step.steps)] : [step]));
const warnings = (result: PricingResult): string[] =>
  flat(result.worksheet?.steps).flatMap((step) => (step.kind === 'warning' ? [step.message] : []));

describe('binary floats', () => {
  // Dugan, The Mathematics of Money, 13.1; Brechner, table 19-1
  const traps = { auto: ['182.50', '2.55', '465.38'], life: ['79.50', '0.09', '7.16'] } as const;

  test('P26: Liquid prices both published traps to the cent; the same run in binary floats fails', async () => {
    const liquid = Object.fromEntries(
      Object.entries(traps).map(([name, [a, b]]) => [name, `{{ ${a} | times: ${b} | set_peril_premium }}`]),
    );
    const exact = await priced(await inputOf(liquid));
    const floats = Object.entries(traps).map(([name, [a, b]]) => `'x0-${name}': { exactPremium: ${a} * ${b} }`);
    const binary = await priced(
      await inputOf(
        { auto: null, life: null },
        plugin(`return { pricedPerilCharacteristics: { ${floats.join(', ')} } };`),
      ),
    );
    for (const [name, [, , published]] of Object.entries(traps)) {
      expect(exact.perils[`x0-${name}`]?.premium).toBe(published);
      expect(binary.perils[`x0-${name}`]?.premium).not.toBe(published);
    }
  });
});

describe('who prices', () => {
  const liquid = { fire: '{{ 99 | set_year_premium }}' };

  test('P1: the plugin comes before Liquid, with a warning', async () => {
    const result = await priced(await inputOf(liquid, plugin(flatRate)));
    expect(result.grossPremium).toBe('10.00');
    expect(warnings(result)).toEqual([expect.stringContaining('premium files')]);
  });

  test('P1: a plugin that is not enabled does not price', async () => {
    const off = { plugins: { getPerilRates: { path: 'm/rater.js', enabled: false } } };
    expect((await priced(await inputOf(liquid, plugin(flatRate, off)))).grossPremium).toBe('99.00');
  });

  test('P1, P10, P11: the external rater comes before both and is asked with text only', async () => {
    let asked: JsonValue = null;
    const input = await inputOf(liquid, plugin(flatRate, { externalRater: 'my-rater' }));
    const before = { ...input, policy: { ...input.policy, configVersion: 3 }, locators: { quoteLocator: 'q1' } };
    const result = await priced(before, {
      externalRater: {
        rate: async (name, request) => {
          asked = { name, ...request };
          return { pricedPerilCharacteristics: { 'x0-fire': { yearlyPremium: '7' } } };
        },
      },
    });
    expect(result.grossPremium).toBe('7.00');
    expect(warnings(result)).toEqual([expect.stringMatching(/plugin m\/rater\.js and premium files/)]);
    expect(asked).toMatchObject({
      name: 'my-rater',
      operation: 'new_business',
      tenantTimeZone: 'UTC',
      quoteLocator: 'q1',
      policyExposurePerils: input.toPrice,
      policy: { configVersion: '3', characteristics: [{ grossPremium: '0.00' }] },
    });
    expect(JSON.stringify(asked)).not.toMatch(/:-?\d/);
  });

  test('P2: without the external rater nothing else prices', async () => {
    const { problem } = await refused(await inputOf(liquid, plugin(flatRate, { externalRater: 'my-rater' })));
    expect([problem.code, problem.message]).toEqual(['rater-unavailable', expect.stringContaining('my-rater')]);
  });

  test('P2: a failure of the external rater is the answer', async () => {
    const down = new Problem('rater-unavailable', 'no route');
    const result = await refused(await inputOf(liquid, plugin(flatRate, { externalRater: 'my-rater' })), {
      externalRater: { rate: () => Promise.reject(down) },
    });
    expect(result.problem).toBe(down);
    expect(flat(result.worksheet?.steps).at(-1)).toEqual({ kind: 'failure', message: 'no route' });
  });

  test('P5: a peril that nobody prices costs 0, with a warning', async () => {
    const result = await priced(await inputOf({ ...liquid, theft: null }));
    expect(result.perils['x0-theft']).toMatchObject({ premium: '0.00', monthPremium: '0.0000' });
    expect(warnings(result)).toEqual([expect.stringContaining('"theft"')]);
  });
});

describe('premium files', () => {
  test.each([
    ['sets nothing', '{% assign x = 1 %}', 'set no premium'],
    ['sets nil', '\n{{ nothing_of_that_name | set_year_premium }}', 'given nothing'],
  ])('P6: a file that %s prices 0 and says so', async (_what, liquid, said) => {
    const result = await priced(await inputOf({ fire: liquid }));
    expect(result.grossPremium).toBe('0.00');
    expect(warnings(result).join('\n')).toContain(said);
    expect(JSON.stringify(result.worksheet)).toContain('fire.premium.liquid');
  });

  test('P6: a premium that is no number fails with peril, file and line', async () => {
    const { problem } = await refused(await inputOf({ fire: '\n\n{{ "a lot" | set_year_premium }}' }));
    expect(problem).toMatchObject({ code: 'pricing-failed', place: { line: 3 } });
    expect(problem.message).toMatch(/fire\.premium\.liquid:3.*"a lot"/);
  });

  test('P7: a negative premium is kept with a warning', async () => {
    const result = await priced(await inputOf({ credit: '{{ 0 | minus: 12.345 | set_peril_premium }}' }));
    expect(result.perils['x0-credit']?.premium).toBe('-12.35');
    expect(warnings(result)).toEqual([expect.stringContaining('-12.35')]);
  });

  test('P24, P27: the last rate wins, exact and rate stand side by side, commissions accumulate', async () => {
    const result = await priced(
      await inputOf({
        fire: `{{ 120 | set_year_premium }}{{ 24 | set_month_premium }}{{ 50 | set_peril_premium }}{{ 60 | set_peril_premium }}
          {{ 12 | set_month_technical_premium }}{{ 96 | set_year_technical_premium }}
          {{ 1 | add_commission: "agent" }}{{ 2 | add_month_commission: "agent" }}{{ 12 | add_year_commission: "broker" }}`,
      }),
    );
    expect(result.perils['x0-fire']).toMatchObject({
      premium: '60.00',
      monthPremium: '24.0000',
      technicalPremium: '96.00',
      monthTechnicalPremium: '8.0000',
      commissions: [
        { recipient: 'agent', amount: '25.00' },
        { recipient: 'broker', amount: '12.00' },
      ],
    });
  });

  test('P51: a missed lookup is loud: table, key, file and line', async () => {
    const table = { [`${POLICY}/tables/rates.csv`]: 'key,value\nA,1\n' };
    const result = await priced(
      await inputOf(
        { fire: '{% assign rate = "rates" | lookup: "B" %}\n{{ rate | times: 2 | set_year_premium }}' },
        table,
      ),
    );
    expect(result.grossPremium).toBe('0.00');
    expect(flat(result.worksheet?.steps)).toContainEqual(
      expect.objectContaining({ kind: 'lookup', table: 'rates', keys: ['B'], found: false }),
    );
    expect(warnings(result).join('\n')).toMatch(/"rates" has no row for "B".*fire\.premium\.liquid:1/);
  });

  test('P50: a file that breaks names peril, file and line, and keeps what the others did', async () => {
    const { problem, worksheet } = await refused(
      await inputOf({ fire: '{{ 1 | set_year_premium }}', theft: '\n{{ 1 | no_such_filter | set_year_premium }}' }),
    );
    expect(problem.code).toBe('pricing-failed');
    expect(problem.message).toMatch(/thing 1 \/ theft.*theft\.premium\.liquid:2/);
    expect(JSON.stringify(worksheet)).toContain('set_year_premium');
    expect(flat(worksheet?.steps).at(-1)).toMatchObject({ kind: 'failure', message: problem.message });
  });

  test('P36: a bare name is the field of the only exposure that has it', async () => {
    const input = await inputOf({ fire: '{{ worth | times: 0.01 | set_year_premium }}' }, {}, { worth: ['1234.50'] });
    expect((await priced(input)).grossPremium).toBe('12.35');
  });
});

describe('plugins', () => {
  test.each([
    ['throws', 'throw new Error("boom");', 'plugin-failed', 'boom'],
    ['refuses', 'return { exceptionMessage: "No appetite." };', 'rater-refused', 'No appetite.'],
    ['forgets a row', 'return { pricedPerilCharacteristics: {} };', 'pricing-failed', 'x0-fire'],
    [
      'answers NaN',
      'return { pricedPerilCharacteristics: { "x0-fire": { premium: 0 / 0 } } };',
      'plugin-failed',
      'NaN',
    ],
    ['answers nothing', '', 'pricing-failed', 'pricedPerilCharacteristics'],
  ])('P13, P14, P50: a plugin that %s is one clear error', async (_what, body, code, said) => {
    const { problem, worksheet } = await refused(await inputOf({ fire: null }, plugin(`console.log('here'); ${body}`)));
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(said);
    const steps = flat(worksheet?.steps);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'log', text: 'here' }));
    expect(steps.at(-1)).toMatchObject({ kind: 'failure' });
  });

  test('P54: what a plugin wants to keep is handed on in order', async () => {
    const body = `socotraApi.setAuxData('l', 'k', 'v1'); socotraApi.setAuxData('l', 'k', 'v2', 'normal'); ${flatRate}`;
    expect((await priced(await inputOf({ fire: null }, plugin(body)))).auxData).toEqual([
      { locator: 'l', key: 'k', value: 'v1' },
      { locator: 'l', key: 'k', value: 'v2', uiType: 'normal' },
    ]);
  });
});

describe('taxes and fees', () => {
  const taxes = (files: Readonly<Record<string, string>>, names = Object.keys(files)): Record<string, string> => ({
    [`${POLICY}/taxes/taxes.json`]: JSON.stringify({ taxes: names.map((name) => ({ name })) }),
    ...Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`${POLICY}/taxes/${name}.premium.liquid`, text]),
    ),
  });
  const perils = { fire: '{{ 100.10 | set_year_premium }}', theft: '{{ 50 | set_year_premium }}' };

  test('P40, P41, P43: each file for each row, rounded per row, the last call wins, none set none levied', async () => {
    const result = await priced(
      await inputOf(
        perils,
        taxes(
          {
            state:
              '{{ 999 | set_peril_tax }}{{ data.peril_characteristics.premium | times: 0.05 | set_peril_tax: "State" }}',
            rich: '{% if data.peril_characteristics.premium > 60 %}{{ 1 | set_peril_tax }}{% endif %}',
            forgotten: '',
          },
          ['state', 'rich', 'forgotten', 'ghost'],
        ),
      ),
    );
    expect(result.perils['x0-fire']?.taxes).toEqual([
      { name: 'state', amount: '5.01', description: 'State' },
      { name: 'rich', amount: '1.00' },
    ]);
    expect(result.perils['x0-theft']?.taxes).toEqual([{ name: 'state', amount: '2.50', description: 'State' }]);
    expect(result.taxGroups).toEqual([
      { name: 'state', amount: '7.51' },
      { name: 'rich', amount: '1.00' },
    ]);
    expect(result.grossTaxes).toBe('8.51');
    expect(warnings(result)).toEqual([expect.stringContaining('"ghost"')]);
  });

  test("P26: rating.json rounds taxes and fees by its mode, at the currency's decimals", async () => {
    const result = await priced(
      await inputOf(
        { fire: '{{ 101.9 | set_year_premium }}' },
        {
          ...taxes({ state: '{{ data.peril_characteristics.premium | times: 0.01999 | set_peril_tax }}' }),
          ...fees('{{ 1.999 | add_fee: "file" }}'),
          'rating.json': '{"moneyUnit": "whole", "rounding": "down"}',
        },
      ),
    );
    expect([result.grossPremium, result.grossTaxes, result.grossFees]).toEqual(['101.00', '2.01', '1.99']);
  });

  const fees = (text: string): Record<string, string> => ({
    [`${POLICY}/policy.calculations.liquid`]: text,
    [`${POLICY}/fees.json`]: '{"fees": [{"name": "file", "displayName": "File fee"}]}',
  });

  test('P42, P44: several fees, negative too; gross premium and taxes are in scope', async () => {
    const result = await priced(
      await inputOf(perils, {
        ...taxes({ state: '{{ 1 | set_peril_tax }}' }),
        ...fees(`{% assign c = data.policy.characteristics[0] %}
          {{ c.gross_premium | times: 0.1 | add_fee: "file" }}{{ data.policy_characteristics.gross_taxes | add_fee: "file", "Of taxes" }}
          {{ 0 | minus: 3 | add_fee: "other" }}`),
      }),
    );
    expect(result.fees).toEqual([
      { name: 'file', description: 'File fee', amount: '15.01' },
      { name: 'file', description: 'Of taxes', amount: '2.00' },
      { name: 'other', description: 'other', amount: '-3.00' },
    ]);
    expect(result.grossFees).toBe('14.01');
    expect(warnings(result)).toEqual([expect.stringContaining('"other"')]);
  });

  test('P44: where no fees are calculated the policy keeps its own, without reversed ones', async () => {
    const input = await inputOf(perils, fees('{{ 10 | add_fee: "file" }}'));
    const fee = {
      locator: 'f',
      name: 'file',
      description: '',
      amountCurrency: 'USD',
      startTimestamp: '0',
      endTimestamp: '1',
    };
    const kept = [
      { ...fee, amount: '34.20', reversed: false },
      { ...fee, amount: '5.00', reversed: true },
    ];
    const result = await priced({ ...input, policy: { ...input.policy, fees: kept }, fees: false });
    expect([result.fees, result.grossFees]).toEqual([[], '34.20']);
  });
});

test('P53: a stopped pricing answers nothing half-done', async () => {
  const { problem } = await refused(await inputOf({ fire: '{{ 1 | set_year_premium }}' }), {
    signal: AbortSignal.abort(),
  });
  expect(problem.message).toContain('stopped');
});

test('P43: nothing to price is no error', async () => {
  const input = await inputOf({});
  expect(await priced(input)).toMatchObject({
    perils: {},
    grossPremium: '0.00',
    grossTaxes: '0.00',
    grossFees: '0.00',
  });
});
