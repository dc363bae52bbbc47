import { beforeAll, describe, expect, it } from 'vitest';
import { sumOf } from '#core/billing/amounts.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import type { Replay } from '#core/policy/replay.ts';
import type { TransactionPreview } from '#core/policy/transactions/preview.ts';
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
    const replay = await opened.call<Replay>('POST', `/api/transactions/${locator}/replay`);
    expect(replay.body).toMatchObject({ same: true, differences: [] });
    const modification = after.modifications[1];
    expect(modification).toMatchObject({ number: '1', name: 'standardChange', premiumChange: '718.33' });
    expect(
      modification?.exposureModifications[0]?.perilModifications.slice(0, 2).map(({ premiumChange }) => premiumChange),
    ).toEqual(['-186.29', '14.00']);
    await obeysMoneyLaw(opened, policy.locator);
  });

  const endorse = (policy: PolicyResponse, date: string, value: number, more: object = {}) =>
    opened.call<Transaction>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'standardChange',
      startTimestamp: at(date),
      ...valueChange(policy, value),
      ...more,
    });
  const fetched = async (policy: PolicyResponse) =>
    (await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`)).body;

  it('TL2, TL30, TL31: an endorsement out of sequence shows what it affects, its conflict and the price of each choice', async () => {
    const policy = await issued(opened);
    const later = await endorse(policy, '2021-12-28', 20_000, { state: 'issued' });
    expect(later.body.state).toBe('issued');
    const early = await endorse(policy, '2021-09-28', 12_000, {
      addExposures: [SECOND_VEHICLE],
    });
    const { body: preview } = await opened.call<TransactionPreview>(
      'GET',
      `/api/transactions/${early.body.locator}/preview`,
    );
    expect(preview.affected).toEqual([
      {
        locator: later.body.locator,
        kind: 'endorsement',
        name: 'standardChange',
        effectiveTimestamp: at('2021-12-28'),
        repriced: true,
      },
    ]);
    expect(preview.conflicts).toHaveLength(1);
    const [conflict] = preview.conflicts;
    expect(conflict).toMatchObject({
      transactionLocator: later.body.locator,
      path: `exposure ${policy.exposures[0]?.locator}.vehicle_value`,
      newValue: '12000',
      laterValue: '20000',
      choice: 'later',
    });
    expect(conflict?.effects.later.totalChange).toBe(preview.price.totalChange);
    expect(Number(conflict?.effects.new.premiumChange)).toBeLessThan(Number(conflict?.effects.later.premiumChange));
    const chosen = await opened.call('PATCH', `/endorsements/${early.body.locator}/update`, {
      resolutions: [{ transactionLocator: later.body.locator, path: conflict?.path }],
    });
    expect(chosen.status).toBe(200);
    const done = await opened.call<Transaction>('PATCH', `/endorsements/${early.body.locator}`, { action: 'issue' });
    expect(done.body.price.premiumChange).toBe(conflict?.effects.new.premiumChange);
    for (const { locator } of [later.body, early.body]) {
      const replay = await opened.call<Replay>('POST', `/api/transactions/${locator}/replay`);
      expect(replay.body).toMatchObject({ same: true, differences: [] });
    }
    const after = await fetched(policy);
    const values = current(after.exposures[0]?.characteristics ?? []).map(
      ({ fieldValues }) => fieldValues.vehicle_value?.[0],
    );
    expect(values).toEqual(['10000', '12000']);
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('TL2: arrives at the same rows and amounts in either order', async () => {
    const rows = async (order: readonly [string, object][]) => {
      const policy = await issued(opened);
      for (const [date, change] of order) {
        const made = await opened.call<Transaction>('POST', `/policies/${policy.locator}/endorsements`, {
          endorsementName: 'standardChange',
          startTimestamp: at(date),
          ...JSON.parse(JSON.stringify(change).replaceAll('$vehicle', policy.exposures[0]?.locator ?? '')),
          state: 'issued',
        });
        expect(made.body.state).toBe('issued');
      }
      await obeysMoneyLaw(opened, policy.locator);
      const after = await fetched(policy);
      return after.exposures
        .map(({ perils }) =>
          perils.map(({ name, characteristics }) =>
            current(characteristics)
              .map((row) => [
                name,
                row.coverageStartTimestamp,
                row.coverageEndTimestamp,
                row.premium,
                row.taxes?.[0]?.amount,
              ])
              .sort(),
          ),
        )
        .sort();
    };
    const first = [
      '2021-09-28',
      { updateExposures: [{ exposureLocator: '$vehicle', fieldValues: { vehicle_value: 15_000 } }] },
    ] as const;
    const second = ['2021-12-28', { addExposures: [SECOND_VEHICLE] }] as const;
    const third = ['2022-02-10', { fieldValues: { channel: 'Direct' } }] as const;
    const expected = await rows([[...first], [...second], [...third]]);
    expect(await rows([[...third], [...first], [...second]])).toEqual(expected);
    expect(await rows([[...second], [...third], [...first]])).toEqual(expected);
  });

  it('TL16, TL17: cancels and reinstates without a gap, neutral to the cent', async () => {
    const policy = await issued(opened);
    await endorse(policy, '2021-12-28', 20_000, { state: 'issued' });
    const before = await fetched(policy);
    const cancelled = await opened.call<Transaction>('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'insured_request',
      cancellationCategory: 'Sold the vehicle',
      effectiveTimestamp: at('2021-10-28'),
      issue: true,
    });
    expect([cancelled.status, cancelled.body.state]).toEqual([200, 'issued']);
    const gone = await fetched(policy);
    expect(gone.effectiveContractEndTimestamp).toBe(at('2021-10-28'));
    expect(gone.cancellation).toMatchObject({ modificationName: 'modification.policy.cancel' });
    expect(premiums(gone, 0, 'third_party_liability')).toEqual(['70.00']);
    // The processing fee of 10 is flat, the transaction fee is not.
    await obeysMoneyLaw(opened, policy.locator);
    const refused = await endorse(policy, '2021-11-01', 9_000);
    expect(refused.status).toBe(400);
    expect((refused.body as unknown as { detail: string }).detail).toMatch(/2021-06-28 to 2021-10-28/);
    const back = await opened.call<Transaction>('PATCH', `/cancellations/${cancelled.body.locator}/reinstate`, {
      issue: true,
    });
    expect([back.status, back.body.state]).toEqual([200, 'issued']);
    expect(back.body.automatedUnderwritingResult?.decision).toBe('accept');
    const after = await fetched(policy);
    const amounts = (of: PolicyResponse) =>
      of.exposures.map(({ perils }) =>
        perils.map(({ characteristics }) =>
          current(characteristics)
            .map(({ premium, coverageStartTimestamp }) => [coverageStartTimestamp, premium])
            .sort(),
        ),
      );
    expect(amounts(after)).toEqual(amounts(before));
    expect(after.grossFees).toBe(before.grossFees);
    expect(after.effectiveContractEndTimestamp).toBe(before.effectiveContractEndTimestamp);
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('TL18: a reinstatement with a gap is rated from its own time on', async () => {
    const policy = await issued(opened);
    const cancelled = await opened.call<Transaction>('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'insured_request',
      effectiveTimestamp: at('2021-10-28'),
      issue: true,
    });
    const back = await opened.call<Transaction>('PATCH', `/cancellations/${cancelled.body.locator}/reinstate`, {
      effectiveTimestamp: at('2021-12-28'),
    });
    const accepted = await opened.call<Transaction>('PATCH', `/reinstatements/${back.body.locator}/accept`);
    expect(accepted.body.state).toBe('accepted');
    await opened.call('PATCH', `/reinstatements/${back.body.locator}/issue`);
    const after = await fetched(policy);
    expect(premiums(after, 0, 'third_party_liability')).toEqual(['70.00', '105.00']);
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('TL13: renews with a change; a back-dated endorsement is carried into the new term', async () => {
    const policy = await issued(opened);
    const renewed = await opened.call<Transaction>('POST', `/policies/${policy.locator}/renewals`, { state: 'issued' });
    expect([renewed.status, renewed.body.state]).toEqual([200, 'issued']);
    const two = await fetched(policy);
    expect(two.characteristics.map(({ grossPremium }) => grossPremium)).toEqual(['806.51', '806.51']);
    expect(two.grossFees).toBe('68.40');
    const perils = two.exposures[0]?.perils.filter(({ name }) => name === 'collision') ?? [];
    expect(perils).toHaveLength(2);
    expect(new Set(perils.map(({ renewalGroup }) => renewalGroup)).size).toBe(1);
    await endorse(policy, '2021-12-28', 12_000, { state: 'issued' });
    const after = await fetched(policy);
    expect(
      after.exposures[0]?.perils
        .filter(({ name }) => name === 'collision')
        .map(({ characteristics }) => current(characteristics).map(({ premium }) => premium)),
    ).toEqual([['59.50', '71.50'], ['143.00']]);
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('declines an endorsement that the guidelines reject; nothing but discarding is left', async () => {
    const policy = await issued(opened);
    const declined = await endorse(policy, '2021-12-28', 150_000, { state: 'issued' });
    expect([declined.status, declined.body.state, declined.body.automatedUnderwritingResult?.decision]).toEqual([
      200,
      'declined',
      'reject',
    ]);
    const refused = await opened.call('PATCH', `/endorsements/${declined.body.locator}/issue`);
    expect([refused.status, refused.body.code]).toEqual([409, 'not-accepted']);
    const discarded = await opened.call<Transaction>('PATCH', `/endorsements/${declined.body.locator}/discard`);
    expect(discarded.body.state).toBe('discarded');
    expect((await fetched(policy)).modifications).toHaveLength(1);
  });

  it('blocks or invalidates what is accepted and not issued', async () => {
    const policy = await issued(opened);
    const waiting = await endorse(policy, '2021-12-28', 12_000, { state: 'accepted' });
    const blocked = await endorse(policy, '2021-11-28', 13_000);
    expect([blocked.status, blocked.body.state]).toEqual([409, undefined]);
    const quoted = await endorse(policy, '2021-11-28', 13_000, { conflictHandling: 'invalidate', state: 'quoted' });
    const issuedNow = await opened.call<Transaction>('PATCH', `/endorsements/${quoted.body.locator}/issue`);
    expect([issuedNow.status, issuedNow.body.state]).toEqual([200, 'issued']);
    const gone = await opened.call<Transaction>('GET', `/endorsements/${waiting.body.locator}`);
    expect(gone.body.state).toBe('invalidated');
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('never accepts a price that nobody has seen: what was quoted on other ground is quoted again first', async () => {
    const policy = await issued(opened);
    const quoted = await endorse(policy, '2021-12-28', 12_000, { state: 'quoted' });
    const gone = await endorse(policy, '2022-03-28', 14_000, { state: 'quoted' });
    await endorse(policy, '2021-11-28', 13_000, { state: 'issued' });
    const refused = await opened.call('PATCH', `/endorsements/${quoted.body.locator}/accept`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('quote it again')]);
    const again = await opened.call<Transaction>('PATCH', `/endorsements/${quoted.body.locator}/quote`);
    expect(again.body.price.premiumChange).not.toBe(quoted.body.price.premiumChange);
    expect((await opened.call<Transaction>('PATCH', `/endorsements/${quoted.body.locator}/issue`)).body.state).toBe(
      'issued',
    );
    await opened.call('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'lapse',
      effectiveTimestamp: at('2022-02-10'),
      issue: true,
    });
    const pointless = await opened.call('PATCH', `/endorsements/${gone.body.locator}/quote`);
    expect([pointless.status, pointless.body.detail]).toEqual([409, expect.stringContaining('would have no effect')]);
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('TL19: withdraws a policy: everything is given back', async () => {
    const policy = await issued(opened);
    const withdrawn = await opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/withdraw`);
    expect(withdrawn.status).toBe(200);
    expect(
      withdrawn.body.exposures.flatMap(({ perils }) =>
        perils.flatMap(({ characteristics }) => current(characteristics)),
      ),
    ).toEqual([]);
    expect(withdrawn.body.grossFees).toBe('0.00');
    await obeysMoneyLaw(opened, policy.locator);
  });

  it('TL40: shows a policy as it stood at an instant, as it was known at another', async () => {
    const policy = await issued(opened);
    await endorse(policy, '2021-08-08', 12_000, { state: 'issued' });
    const snapshot = async (timestamp: string, knownTimestamp?: string) => {
      const { body } = await opened.call<PolicyResponse>('POST', `/policies/${policy.locator}/snapshot`, {
        timestamp,
        knownTimestamp,
      });
      return body.exposures.flatMap(({ perils }) =>
        perils
          .filter(({ name }) => name === 'collision')
          .flatMap(({ characteristics }) => characteristics.map(({ premium }) => premium)),
      );
    };
    expect(await snapshot(at('2021-07-01'))).toEqual(['13.44']);
    expect(await snapshot(at('2021-12-01'))).toEqual(['127.11']);
    expect(await snapshot(at('2021-12-01'), policy.issuedTimestamp)).toEqual(['119.00']);
  });

  it('answers a retry with what was done, and does nothing twice', async () => {
    const policy = await issued(opened);
    const send = () =>
      opened.call<Transaction>(
        'POST',
        `/policies/${policy.locator}/endorsements`,
        {
          endorsementName: 'standardChange',
          startTimestamp: at('2021-08-08'),
          ...valueChange(policy, 12_000),
          state: 'issued',
        },
        { 'idempotency-key': 'once' },
      );
    const [first, again] = [await send(), await send()];
    expect(again.body).toEqual(first.body);
    expect((await fetched(policy)).modifications).toHaveLength(2);
  });

  it('says what is wrong by the names of the request', async () => {
    const policy = await issued(opened);
    const [exposure] = policy.exposures;
    const none = {
      endExposures: ['none'],
      updateExposures: [{ exposureLocator: exposure?.locator, endPerils: ['none'] }],
    };
    const named = async (date: string, more: object) => {
      const { status, body } = await endorse(policy, date, 9_000, more);
      const { fieldErrors } = body as unknown as { fieldErrors: { path?: string; fieldName: string }[] };
      return [status, ...fieldErrors.map(({ path, fieldName }) => (path ? `${path}.${fieldName}` : fieldName))];
    };
    expect(await named('2022-11-01', {})).toEqual([400, 'startTimestamp']);
    expect(await named('2021-11-01', { endorsementName: 'none' })).toEqual([400, 'endorsementName']);
    expect(await named('2021-11-01', none)).toEqual([400, 'endExposures', 'updateExposures[0].endPerils']);
  });

  it('leaves a store that verifies, and rebuilds to identical bytes', async () => {
    const { store } = opened.workbench.desk;
    const before = [...store.exportCanonical()].join('');
    store.rebuild();
    expect([...store.exportCanonical()].join('')).toBe(before);
    expect(await store.verify()).toMatchObject({ ok: true, faults: [] });
  });
});
