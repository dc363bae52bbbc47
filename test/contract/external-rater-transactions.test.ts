import { beforeAll, describe, expect, test } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { ExchangeResponse } from '#core/integrations/exchanges.ts';
import type { RerateResponse, RerateRun } from '#core/integrations/rerates.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import type { Replay } from '#core/policy/replay.ts';
import type { PriceChange } from '#core/policy/transactions/price.ts';
import { deployRated, json, type RaterRequest, startRater, type TestRater } from './rater-support.ts';
import { draft, openTestWorkbench, SMALL_RISK, type TestWorkbench } from './support.ts';

/**
 * What an external rater is asked during a policy's life: which rows, with which locators, how often; and that neither its
 * refusal nor its absence changes anything (the seed: External Rater; core/integrations/SPEC.md, core/pricing/SPEC.md P10).
 */

const LIMITS = { connect: 1_000, total: 3_000, body: 65_536, pause: 1 };
const at = (date: string): string => String(startOfDay(date, 'America/Los_Angeles'));
const [START, END] = [at('2026-01-01'), at('2027-01-01')];
/** Members of every payload; whatever else there is is a locator of a transaction or the new payment schedule (seed). */
const ALWAYS = ['operation', 'policy', 'policyExposurePerils', 'tenantTimeZone'];

interface Made {
  readonly locator: string;
  readonly state: string;
}
type PerilRow = PolicyResponse['exposures'][number]['perils'][number]['characteristics'][number];

let opened: TestWorkbench;
let rater: TestRater;
/** A hundred and twenty a year for each unit of value: what was priced shows in the premium. */
const good: TestRater['answer'] = ({ body }, response) => json(response, priced(body));

beforeAll(async () => {
  rater = await startRater();
  opened = await openTestWorkbench({ integrations: { limits: LIMITS } });
  await deployRated(opened, 'r');
  await opened.call('POST', '/integrations', { name: 'r', url: rater.address });
});

/** Joins each listed row with its exposure's values, as the seed says that a rater does. */
function priced(body: RaterRequest): object {
  const values = new Map(
    body.policy.exposures.flatMap(({ characteristics }) =>
      characteristics.map((row) => [row.locator, Number(row.fieldValues.value?.[0])]),
    ),
  );
  const rows = body.policyExposurePerils.map(({ exposureCharacteristicsLocator, perilCharacteristicsLocator }) => {
    const yearly = 120 * (values.get(exposureCharacteristicsLocator) ?? Number.NaN);
    return [perilCharacteristicsLocator, { yearlyPremium: yearly.toFixed(2) }];
  });
  return { pricedPerilCharacteristics: Object.fromEntries(rows) };
}

async function issued(): Promise<PolicyResponse> {
  rater.answer = good;
  const policy = await draft(opened, {
    policy: { productName: 'rated', policyStartTimestamp: START, policyEndTimestamp: END, ...SMALL_RISK },
  });
  for (const step of ['finalize', 'issue']) await opened.call('POST', `/policy/${policy.locator}/${step}`, {});
  rater.asked.length = 0;
  return fetched(policy);
}
const fetched = async ({ locator }: PolicyResponse) =>
  (await opened.call<PolicyResponse>('GET', `/policy/${locator}`)).body;
const change = (policy: PolicyResponse, value: number) => ({
  updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { value } }],
});
const endorse = <T = Made>(policy: PolicyResponse, date: string, value: number, more: object = {}) =>
  opened.call<T>('POST', `/policies/${policy.locator}/endorsements`, {
    endorsementName: 'change',
    startTimestamp: at(date),
    ...change(policy, value),
    ...more,
  });
const stateOf = async (made: Made) => (await opened.call<Made>('GET', `/endorsements/${made.locator}`)).body.state;
const exchangesOf = async ({ locator }: PolicyResponse) =>
  (await opened.call<ExchangeResponse[]>('GET', `/api/policies/${locator}/exchanges`)).body;

const allRows = ({ policy }: RaterRequest): readonly PerilRow[] =>
  policy.exposures.flatMap(({ perils }) => perils.flatMap(({ characteristics }) => characteristics));
/** When the rows begin that are to be priced, and those rows. */
function listed(body: RaterRequest): readonly PerilRow[] {
  return body.policyExposurePerils.map(({ perilCharacteristicsLocator }) => {
    const row = allRows(body).find(({ locator }) => locator === perilCharacteristicsLocator);
    if (!row) throw new Error(`${perilCharacteristicsLocator} is listed and not in the policy`);
    return row;
  });
}
const spans = (rows: readonly PerilRow[]) =>
  rows.map((row) => [row.coverageStartTimestamp, row.coverageEndTimestamp, row.premium]);
const current = (rows: readonly PerilRow[]) => rows.filter(({ replacedTimestamp }) => replacedTimestamp === undefined);
/** What a payload has besides the members of every payload. */
const besides = (body: RaterRequest | undefined) =>
  Object.fromEntries(Object.entries(body ?? {}).filter(([member]) => !ALWAYS.includes(member)));
const currentRows = (policy: PolicyResponse) =>
  policy.exposures
    .flatMap(({ perils }) => perils.flatMap(({ characteristics }) => spans(current(characteristics))))
    .sort();

describe('a rater is told', () => {
  test('I17, I18: of an endorsement: its locator, the rows after the split; the rows before it have their share already', async () => {
    const policy = await issued();
    const made = await endorse(policy, '2026-07-01', 2, { newPaymentScheduleName: 'monthly', state: 'issued' });
    expect([made.status, made.body.state]).toEqual([200, 'issued']);
    expect(rater.asked).toHaveLength(1);
    const [{ body } = { body: undefined }] = rater.asked;
    expect(body?.operation).toBe('endorsement');
    expect(besides(body)).toEqual({ endorsementLocator: made.body.locator, newPaymentScheduleName: 'monthly' });
    if (!body) return;
    expect(spans(listed(body))).toEqual([[at('2026-07-01'), END, undefined]]);
    expect(spans(current(allRows(body)))).toEqual([
      [START, at('2026-07-01'), '60.00'],
      [at('2026-07-01'), END, undefined],
    ]);
    expect(currentRows(await fetched(policy))).toEqual([
      [START, at('2026-07-01'), '60.00'],
      [at('2026-07-01'), END, '120.00'],
    ]);
  });

  test('I18: of a renewal: its locator and the rows of the new term', async () => {
    const policy = await issued();
    const made = await opened.call<Made>('POST', `/policies/${policy.locator}/renewals`, {
      ...change(policy, 3),
      state: 'issued',
    });
    expect([made.status, made.body.state]).toEqual([200, 'issued']);
    expect(rater.asked.map(({ body }) => [body.operation, besides(body)])).toEqual([
      ['renewal', { renewalLocator: made.body.locator }],
    ]);
    const [{ body } = { body: undefined }] = rater.asked;
    expect(body && spans(listed(body))).toEqual([[END, at('2028-01-01'), undefined]]);
    expect(body && spans(current(allRows(body)))[0]).toEqual([START, END, '120.00']);
  });

  test('I17, I18: of a reinstatement with a gap: its locator and the rows after the gap; of one without: nothing', async () => {
    const policy = await issued();
    const reinstated = async (effectiveTimestamp?: string): Promise<Made> => {
      const cancelled = await opened.call<Made>('POST', `/policies/${policy.locator}/cancellations`, {
        name: 'lapse',
        effectiveTimestamp: at('2026-04-01'),
        issue: true,
      });
      expect([cancelled.status, cancelled.body.state]).toEqual([200, 'issued']);
      const back = await opened.call<Made>('PATCH', `/cancellations/${cancelled.body.locator}/reinstate`, {
        ...(effectiveTimestamp === undefined ? {} : { effectiveTimestamp }),
        issue: true,
      });
      expect([back.status, back.body.state]).toEqual([200, 'issued']);
      return back.body;
    };
    await reinstated();
    expect(rater.asked).toEqual([]);
    const { locator } = await reinstated(at('2026-10-01'));
    expect(rater.asked.map(({ body }) => [body.operation, besides(body), spans(listed(body))])).toEqual([
      ['reinstatement', { reinstatementLocator: locator }, [[at('2026-10-01'), END, undefined]]],
    ]);
    expect(currentRows(await fetched(policy))).toEqual([
      [START, at('2026-04-01'), '30.00'],
      [at('2026-10-01'), END, '30.00'],
    ]);
  });

  test('I18, I31: no locator by the legacy previews, and the rows all the same', async () => {
    const policy = await issued();
    const endorsed = await opened.call<PriceChange>('POST', `/policy/${policy.locator}/previewEndorsementPrice`, {
      endorsementName: 'change',
      startTimestamp: at('2026-07-01'),
      updatePolicy: change(policy, 2),
    });
    expect([endorsed.status, endorsed.body.premiumChange]).toEqual([200, '60.00']);
    const renewed = await opened.call<PriceChange>('POST', `/policy/${policy.locator}/previewRenewalPrice`, {
      updatePolicy: change(policy, 3),
    });
    expect([renewed.status, renewed.body.premiumChange]).toEqual([200, '360.00']);
    expect(rater.asked.map(({ body }) => [body.operation, besides(body), spans(listed(body))])).toEqual([
      ['endorsement', {}, [[at('2026-07-01'), END, undefined]]],
      ['renewal', {}, [[END, at('2028-01-01'), undefined]]],
    ]);
    // I31: whatever is not saved leaves no exchange.
    expect(await exchangesOf(policy)).toHaveLength(1);
  });

  test('I17, I30, I32: once for each transaction that is applied again when one is out of sequence, with that one’s locator', async () => {
    const policy = await issued();
    const added = { exposureName: 'thing', fieldValues: { value: 5 }, perils: [{ name: 'loss' }] };
    const autumn = await endorse(policy, '2026-10-01', 4, { state: 'issued' });
    const renewal = await opened.call<Made>('POST', `/policies/${policy.locator}/renewals`, { state: 'issued' });
    rater.asked.length = 0;
    const spring = await opened.call<Made>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'change',
      startTimestamp: at('2026-04-01'),
      ...change(policy, 2),
      addExposures: [added],
      state: 'issued',
    });
    expect([spring.status, spring.body.state]).toEqual([200, 'issued']);
    expect(rater.asked.map(({ body }) => [besides(body), spans(listed(body))])).toEqual([
      [
        { endorsementLocator: spring.body.locator },
        [
          [at('2026-04-01'), END, undefined],
          [at('2026-04-01'), END, undefined],
        ],
      ],
      // Of what was added nothing splits in autumn.
      [{ endorsementLocator: autumn.body.locator }, [[at('2026-10-01'), END, undefined]]],
      [
        { renewalLocator: renewal.body.locator },
        [
          [END, at('2028-01-01'), undefined],
          [END, at('2028-01-01'), undefined],
        ],
      ],
    ]);
    // In front of the later one stands what the earlier one was just priced at: 2 × 120 for six months, cut from nine.
    const again = rater.asked[1]?.body;
    expect(again && spans(current(allRows(again))).sort()).toEqual([
      [START, at('2026-04-01'), '30.00'],
      [at('2026-04-01'), at('2026-10-01'), '120.00'],
      [at('2026-04-01'), END, '450.00'],
      [at('2026-10-01'), END, undefined],
    ]);
    const rows = currentRows(await fetched(policy));
    expect(rows).toEqual([
      [START, at('2026-04-01'), '30.00'],
      [at('2026-04-01'), at('2026-10-01'), '120.00'],
      [at('2026-04-01'), END, '450.00'],
      [at('2026-10-01'), END, '120.00'],
      [END, at('2028-01-01'), '480.00'],
      [END, at('2028-01-01'), '600.00'],
    ]);
    // Every question of a real transaction is kept, under the transaction that caused it (I30).
    const exchanges = await exchangesOf(policy);
    expect(exchanges.map(({ transactionLocator }) => transactionLocator).slice(-3)).toEqual(
      [1, 2, 3].map(() => spring.body.locator),
    );
    // I32: a replay finds to each question its own answer.
    rater.answer = (_, response) => json(response, {}, 500);
    const replay = await opened.call<Replay>('POST', `/api/transactions/${spring.body.locator}/replay`, {});
    expect([replay.status, replay.body.differences]).toEqual([200, []]);
    expect(rater.asked).toHaveLength(3);
  });
});

describe('a rater leaves an endorsement what it was', () => {
  test('I22, I30: when it refuses: 409 with its words, and asking again does not need a new one', async () => {
    const policy = await issued();
    const { body: made } = await endorse(policy, '2026-07-01', 2);
    rater.answer = ({ body }, response) =>
      json(response, { ...priced(body), exceptionMessage: 'No second thing in this county.' });
    const refused = await opened.call<ProblemDocument>('PATCH', `/endorsements/${made.locator}/quote`, {});
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([
      409,
      'rater-refused',
      'No second thing in this county.',
    ]);
    expect(await stateOf(made)).toBe('application');
    expect(await fetched(policy)).toEqual(policy);
    const kept = (await exchangesOf(policy)).at(-1);
    expect(kept).toMatchObject({
      transactionLocator: made.locator,
      problem: { code: 'rater-refused', message: 'No second thing in this county.' },
    });
    expect((await opened.call<RerateResponse[]>('GET', '/api/rerates')).body).toEqual([]);
    const preview = await opened.call<ProblemDocument>('POST', `/policy/${policy.locator}/previewEndorsementPrice`, {
      endorsementName: 'change',
      startTimestamp: at('2026-07-01'),
      updatePolicy: change(policy, 2),
    });
    expect([preview.status, preview.body.message]).toEqual([409, 'No second thing in this county.']);

    rater.answer = good;
    expect((await opened.call<Made>('PATCH', `/endorsements/${made.locator}/quote`, {})).body.state).toBe('quoted');
  });

  test('when it goes wrong half way through an out-of-sequence change', async () => {
    const policy = await issued();
    await endorse(policy, '2026-10-01', 4, { state: 'issued' });
    const before = await fetched(policy);
    const { body: made } = await endorse(policy, '2026-04-01', 2);
    rater.asked.length = 0;
    rater.answer = ({ body }, response) =>
      json(response, rater.asked.length > 1 ? { pricedPerilCharacteristics: {} } : priced(body));
    const failed = await opened.call<ProblemDocument>('PATCH', `/endorsements/${made.locator}/issue`, {});
    expect([failed.status, failed.body.code]).toEqual([422, 'pricing-failed']);
    expect(rater.asked).toHaveLength(2);
    expect(await stateOf(made)).toBe('application');
    expect(await fetched(policy)).toEqual(before);
    expect((await exchangesOf(policy)).slice(-2).map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each([
    ['quote', 'transaction.quote', 'quoted'],
    ['accept', 'transaction.accept', 'accepted'],
  ] as const)('I40, I42: when it is away: %s waits and is done again', async (action, command, state) => {
    const policy = await issued();
    const { body: made } = await endorse(policy, '2026-07-01', 2);
    rater.answer = (_, response) => json(response, {}, 503);
    const failed = await opened.call<ProblemDocument>('PATCH', `/endorsements/${made.locator}/${action}`, {});
    expect([failed.status, failed.body.code]).toEqual([503, 'rater-unavailable']);
    expect(failed.body.message).toContain('queued');
    expect(await stateOf(made)).toBe('application');
    expect(await fetched(policy)).toEqual(policy);
    const { body: waiting } = await opened.call<RerateResponse[]>('GET', '/api/rerates');
    expect(waiting).toMatchObject([
      { command, state: 'waiting', policyLocator: policy.locator, transactionLocator: made.locator },
    ]);
    rater.answer = good;
    const run = await opened.call<RerateRun>('POST', '/api/rerates/run', {});
    expect(run.body).toEqual({ done: [made.locator], waiting: [], stopped: [] });
    expect(await stateOf(made)).toBe(state);
  });

  test('I40, I42, I43: when it is away: renewals and reinstatements wait too; what else was issued meanwhile lets a person decide', async () => {
    const policy = await issued();
    const cancelled = await opened.call<Made>('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'lapse',
      effectiveTimestamp: at('2026-04-01'),
      issue: true,
    });
    rater.answer = (_, response) => json(response, {}, 503);
    const back = await opened.call<Made>('PATCH', `/cancellations/${cancelled.body.locator}/reinstate`, {
      effectiveTimestamp: at('2026-10-01'),
    });
    const away = await opened.call('PATCH', `/reinstatements/${back.body.locator}/issue`, {});
    expect(away.status).toBe(503);
    rater.answer = good;
    const rerun = async () => (await opened.call<RerateRun>('POST', '/api/rerates/run', {})).body;
    expect((await rerun()).done).toEqual([back.body.locator]);

    rater.answer = (_, response) => json(response, {}, 503);
    const renewal = await opened.call<Made>('POST', `/policies/${policy.locator}/renewals`, {});
    expect((await opened.call('PATCH', `/renewals/${renewal.body.locator}/quote`, {})).status).toBe(503);
    rater.answer = good;
    const other = await endorse(policy, '2026-11-01', 2, { state: 'issued' });
    expect(other.body.state).toBe('issued');
    expect((await rerun()).stopped).toEqual([renewal.body.locator]);
    expect((await opened.call<RerateResponse[]>('GET', '/api/rerates')).body).toMatchObject([
      { state: 'stopped', command: 'transaction.quote', message: expect.stringContaining('changed') },
    ]);
    // Doing it by hand ends the waiting.
    expect((await opened.call<Made>('PATCH', `/renewals/${renewal.body.locator}/quote`, {})).body.state).toBe('quoted');
    expect((await opened.call<RerateResponse[]>('GET', '/api/rerates')).body).toEqual([]);
  });
});
