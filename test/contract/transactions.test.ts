import { beforeAll, describe, expect, it } from 'vitest';
import { sumOf } from '#core/billing/amounts.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import type { PriceChange } from '#core/policy/transactions/price.ts';
import { deployExample, draft, exampleRequest, openTestWorkbench, type TestWorkbench } from './support.ts';

const at = (date: string): string => String(startOfDay(date, 'America/Los_Angeles'));
const PERILS = [
  'third_party_liability',
  'bodily_injury',
  'collision',
  'comprehensive',
  'roadside_service',
  'underinsured_motorist',
  'uninsured_motorist',
];
const SECOND_VEHICLE = {
  exposureName: 'vehicle',
  fieldValues: { vehicle_type: 'Car', vehicle_value: 8000 },
  perils: PERILS.map((name) => ({ name })),
};

interface Transaction {
  readonly locator: string;
  readonly state: string;
  readonly price: PriceChange;
  readonly automatedUnderwritingResult?: { readonly decision: string };
  readonly policyModificationLocator: string;
}

async function issued(opened: TestWorkbench): Promise<PolicyResponse> {
  const policy = await draft(opened, exampleRequest('personal-auto', 'golden-new-business'));
  await opened.call('POST', `/policy/${policy.locator}/finalize`);
  return (await opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/issue`)).body;
}

const valueChange = (policy: PolicyResponse, value: number) => ({
  updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: value } }],
});
const current = <T extends { readonly replacedTimestamp?: string }>(rows: readonly T[]): T[] =>
  rows.filter((row) => row.replacedTimestamp === undefined);
const premiums = (policy: PolicyResponse, exposure: number, peril: string) =>
  current(policy.exposures[exposure]?.perils.find(({ name }) => name === peril)?.characteristics ?? []).map(
    ({ premium }) => premium,
  );

/** Settled questions, 3: issued + planned invoice items = charges = gross premium + taxes + fees + holdbacks. */
async function obeysMoneyLaw(opened: TestWorkbench, locator: string): Promise<void> {
  const { body: policy } = await opened.call<PolicyResponse>('GET', `/policy/${locator}`);
  const rows = policy.exposures.flatMap(({ perils }) =>
    perils.flatMap(({ characteristics }) => current(characteristics)),
  );
  const premium = sumOf(rows.map(({ premium: amount = '0' }) => ({ amount })));
  const taxes = sumOf(rows.flatMap(({ taxes: list = [] }) => list));
  const fees = sumOf(policy.fees.filter(({ reversed }) => !reversed));
  const invoiced = sumOf(
    policy.invoices
      .filter(({ settlementType }) => settlementType !== 'invalidated')
      .map(({ totalDue }) => ({ amount: totalDue })),
  );
  expect(invoiced.toFixed(2)).toBe(premium.plus(taxes).plus(fees).toFixed(2));
}

describe('a policy through time', () => {
  let opened: TestWorkbench;
  beforeAll(async () => {
    opened = await openTestWorkbench();
    await deployExample(opened, 'personal-auto');
  });

  it('issues the golden endorsement of the published sample to the cent', async () => {
    const policy = await issued(opened);
    const made = await opened.call<Transaction>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'standardChange',
      startTimestamp: at('2021-08-08'),
      ...valueChange(policy, 12_000),
      addExposures: [SECOND_VEHICLE],
    });
    expect([made.status, made.body.state]).toEqual([200, 'application']);
    const { locator } = made.body;
    const price = await opened.call<PriceChange>('GET', `/endorsements/${locator}/price`);
    expect(price.body).toMatchObject({
      premiumChange: '718.33',
      taxChange: '66.43',
      feeChange: '0.00',
      newGrossPremium: '1524.84',
      newGrossTaxes: '141.05',
    });
    const when = await opened.call<PolicyResponse>('GET', `/endorsements/${locator}/policyWhenIssued`);
    for (const state of ['quote', 'accept', 'issue']) {
      const done = await opened.call<Transaction>('PATCH', `/endorsements/${locator}/${state}`);
      expect([state, done.status]).toEqual([state, 200]);
    }
    const { body: after } = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(after.characteristics).toHaveLength(1);
    expect(after.characteristics[0]).toMatchObject({ grossPremium: '1524.84', grossTaxes: '141.05' });
    expect(after.grossFees).toBe('34.20');
    expect(PERILS.map((name) => premiums(after, 0, name))).toEqual([
      ['23.71', '224.00'],
      ['29.24', '276.44'],
      ['13.44', '127.11'],
      ['17.50', '137.78'],
      ['2.82', '22.22'],
      ['3.38', '26.58'],
      ['0.97', '7.65'],
    ]);
    expect(PERILS.map((name) => premiums(after, 1, name))).toEqual([
      ['149.33'],
      ['184.00'],
      ['84.44'],
      ['137.78'],
      ['22.22'],
      ['26.58'],
      ['7.65'],
    ]);
    expect(
      when.body.exposures.map(({ perils }) =>
        perils.map(({ characteristics }) => current(characteristics).map(({ premium }) => premium)),
      ),
    ).toEqual(
      after.exposures.map(({ perils }) =>
        perils.map(({ characteristics }) => current(characteristics).map(({ premium }) => premium)),
      ),
    );
    const modification = after.modifications[1];
    expect(modification).toMatchObject({ number: '1', name: 'standardChange', premiumChange: '718.33' });
    expect(
      modification?.exposureModifications[0]?.perilModifications.slice(0, 2).map(({ premiumChange }) => premiumChange),
    ).toEqual(['-186.29', '14.00']);
    await obeysMoneyLaw(opened, policy.locator);
  });
});
