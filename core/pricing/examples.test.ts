import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import { allRows, type CaseFile, policyholder, policyOfCase } from '#core/model/policy.fixture.ts';
import type { Configuration } from '#core/model/product.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import type { PricingInput, PricingResult } from './contract.ts';
import { priceTransaction } from './price.ts';

const EXAMPLES = new URL('../../examples/', import.meta.url);
const sandbox = openSandbox();
afterAll(() => sandbox.close());

const configurations = new Map<string, Configuration>();
for (const name of readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  configurations.set(name.name, await loadConfiguration({ folder: new URL(name.name, EXAMPLES).pathname }));
}
const cases = [...configurations].flatMap(([example, configuration]) =>
  configuration.products.flatMap((product) =>
    product.caseFiles.map((path): [string, string, string] => [example, product.name, path]),
  ),
);

function inputOf(example: string, productName: string, path: string): PricingInput & { readonly file: CaseFile } {
  const configuration = configurations.get(example);
  const product = configuration?.products.find(({ name }) => name === productName);
  if (!configuration || !product) throw new Error(`no product ${productName}`);
  const file = JSON.parse(new TextDecoder().decode(configuration.files.get(path))) as CaseFile;
  const policy = policyOfCase(file, (exposure, peril) => {
    const perils = product.exposures.find(({ name }) => name === exposure)?.perils;
    return perils?.find(({ name }) => name === peril)?.amounts ?? {};
  });
  return {
    file,
    configuration,
    product,
    operation: 'new_business',
    policy,
    policyholder: policyholder(),
    toPrice: allRows(policy),
    fees: true,
    context: { clock: Number(policy.originalContractStartTimestamp), seed: 'test', worksheet: true },
  };
}

function priced(result: PricingResult): Extract<PricingResult, { ok: true }> {
  if (!result.ok) throw result.problem;
  return result;
}

/** All steps of a worksheet, sections opened. */
function flat(steps: readonly WorksheetStep[] = []): WorksheetStep[] {
  return steps.flatMap((step) => (step.kind === 'section' ? [step, ...flat(step.steps)] : [step]));
}

function bySum(items: readonly { readonly name: string; readonly amount: string }[]): Record<string, string> {
  const sums: Record<string, string> = {};
  for (const { name, amount } of items) sums[name] = new Decimal(sums[name] ?? 0).plus(amount).toFixed(2);
  return sums;
}

describe('the cases of the examples, to the cent', () => {
  test.each(cases)('%s: %s %s', async (example, productName, path) => {
    const { file, ...input } = inputOf(example, productName, path);
    const result = priced(await priceTransaction(input, { sandbox }));
    const perils = input.policy.exposures.flatMap((exposure, index) =>
      exposure.perils.map((peril) => ({ ...peril, index, row: `x${index}-${peril.name}` })),
    );
    const amounts = (member: 'premium' | 'technicalPremium'): Record<string, string | undefined> =>
      Object.fromEntries(
        perils.flatMap(({ index, name, row }) => {
          const alone = perils.filter((other) => other.name === name).length === 1;
          const amount = result.perils[row]?.[member];
          return [[`${index}/${name}`, amount] as const, ...(alone ? [[name, amount] as const] : [])];
        }),
      );
    const { expect: wanted } = file;
    if (wanted.premiums) expect(amounts('premium')).toMatchObject(wanted.premiums);
    if (wanted.technicalPremiums) expect(amounts('technicalPremium')).toMatchObject(wanted.technicalPremiums);
    if (wanted.grossPremium) expect(result.grossPremium).toBe(wanted.grossPremium);
    if (wanted.fees) expect(bySum(result.fees)).toEqual(wanted.fees);
    if (wanted.taxes) expect(bySum(result.taxGroups)).toEqual(wanted.taxes);
    expect(flat(result.worksheet?.steps).filter((step) => step.kind === 'warning')).toEqual([]);
  });
});

describe('golden new business (formats §13)', () => {
  const golden = (): PricingInput =>
    inputOf('personal-auto', 'personal-auto', 'products/personal-auto/tests/golden-new-business.case.json');

  test('P20, P40, P42, P43: rows, taxes per peril, fees and totals', async () => {
    const result = priced(await priceTransaction(golden(), { sandbox }));
    const rows = Object.values(result.perils).map((row) => [
      row.premium,
      row.monthPremium,
      row.technicalPremium,
      ...row.taxes.map((tax) => tax.amount),
    ]);
    expect(rows).toEqual([
      ['210.00', '17.5000', '168.00', '19.43'],
      ['259.00', '21.5833', '207.20', '23.96'],
      ['119.00', '9.9167', '95.20', '11.01'],
      ['155.00', '12.9167', '124.00', '14.34'],
      ['25.00', '2.0833', '20.00', '2.31'],
      ['29.90', '2.4917', '23.92', '2.77'],
      ['8.61', '0.7175', '6.89', '0.80'],
    ]);
    expect(result).toMatchObject({
      grossPremium: '806.51',
      grossTaxes: '74.62',
      grossFees: '34.20',
      grossTechnicalPremium: '645.21',
      fees: [
        { name: 'transaction', amount: '24.20' },
        { name: 'underwriting', amount: '10.00' },
      ],
    });
  });

  test('P50, P51: the worksheet tells how each amount came about', async () => {
    const { worksheet } = priced(await priceTransaction(golden(), { sandbox }));
    const steps = flat(worksheet?.steps);
    expect(worksheet?.steps.map((step) => (step.kind === 'section' ? step.title : step.kind))).toEqual([
      'vehicle 1',
      'Fees',
      'Totals',
    ]);
    expect(steps).toContainEqual(
      expect.objectContaining({
        kind: 'lookup',
        table: 'personal_auto_vehicle_factors',
        found: true,
        value: '1',
        rows: [2],
      }),
    );
    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'amount', what: 'premium', formula: '29.9 ÷ 12 × 12 months' }),
    );
    expect(steps).toContainEqual({ kind: 'round', what: 'tax premium_tax', from: '19.425', to: '19.43', decimals: 2 });
    expect(steps.at(-1)).toEqual({ kind: 'amount', what: 'gross fees', value: '34.20' });
  });

  test('P52: without a worksheet the answer is the same', async () => {
    const input = golden();
    const { worksheet, ...traced } = priced(await priceTransaction(input, { sandbox }));
    const silent = priced(
      await priceTransaction({ ...input, context: { ...input.context, worksheet: false } }, { sandbox }),
    );
    expect(worksheet).toBeDefined();
    expect(silent).toEqual(traced);
  });

  test('P3, P25: the endorsement prices only the listed rows and sums all current ones', async () => {
    const input = golden();
    const [first, ...rest] = input.policy.exposures[0]?.perils ?? [];
    if (!first || !input.policy.exposures[0]) throw new Error('no peril');
    const [row] = first.characteristics;
    if (!row) throw new Error('no row');
    const split = String(1_628_406_000_000);
    const replaced = { ...row, locator: 'old', replacedTimestamp: split, premium: '210.00' };
    const before = {
      ...row,
      locator: 'before',
      coverageEndTimestamp: split,
      premium: '23.71',
      taxes: [{ name: 'premium_tax', amount: '2.19' }],
    };
    const after = { ...row, locator: 'after', coverageStartTimestamp: split };
    const others = rest.map((peril) => ({
      ...peril,
      characteristics: peril.characteristics.map((other) => ({ ...other, premium: '1.00' })),
    }));
    const policy = {
      ...input.policy,
      exposures: [
        { ...input.policy.exposures[0], perils: [{ ...first, characteristics: [replaced, before, after] }, ...others] },
      ],
    };
    const toPrice = [
      {
        policyCharacteristicsLocator: 'p0',
        exposureCharacteristicsLocator: 'x0',
        perilCharacteristicsLocator: 'after',
      },
    ];
    const result = priced(
      await priceTransaction({ ...input, policy, toPrice, operation: 'endorsement', fees: false }, { sandbox }),
    );
    expect(Object.keys(result.perils)).toEqual(['after']);
    expect(result.perils.after?.premium).toBe('186.67'); // 210 ÷ 12 × 10.6666667
    expect(result.grossPremium).toBe('216.38'); // 23.71 + 186.67 + 6 × 1.00
    expect(result.grossTaxes).toBe('19.46'); // 2.19 + 17.27
    expect(result.grossTechnicalPremium).toBeUndefined();
    expect(result.fees).toEqual([]);
  });
});
