import { beforeAll, describe, expect, it } from 'vitest';
import type {
  PriceChange,
  ProductLifecycle,
  TransactionDetails,
  TransactionPreview,
} from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { startOfDay } from '#core/model/time.ts';
import { issued } from './claim-case.ts';
import { deployExample, openTestWorkbench, type TestWorkbench } from './support.ts';

const at = (date: string): string => String(startOfDay(date, 'America/Los_Angeles'));

describe('what the screens of an issued policy ask', () => {
  let opened: TestWorkbench;
  let policy: PolicyResponse;
  beforeAll(async () => {
    opened = await openTestWorkbench();
    await deployExample(opened, 'personal-auto');
    policy = await issued(opened, 'personal-auto', 'golden-new-business');
  });

  const endorsement = (date: string, value: number, more: object = {}) => ({
    endorsementName: 'standardChange',
    startTimestamp: at(date),
    updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: value } }],
    ...more,
  });
  const preview = (body: object) =>
    opened.call<TransactionPreview>('POST', `/api/policies/${policy.locator}/preview`, body);
  const make = (request: object) =>
    opened.call<{ locator: string; state: string }>('POST', `/policies/${policy.locator}/endorsements`, request);

  it('lists what the configuration lets happen to a policy', async () => {
    const { body } = await opened.call<ProductLifecycle>('GET', '/api/products/personal-auto/lifecycle');
    expect(body.endorsements).toEqual([
      { name: 'standardChange', displayName: 'Change of vehicles or cover', reprice: 'always' },
    ]);
    expect(body.cancellations.map(({ name, categories }) => [name, categories.length])).toEqual([
      ['insured_request', 2],
      ['lapse', 0],
    ]);
    expect(body.paymentSchedules).toEqual([{ name: 'full-pay', displayName: 'Full pay' }]);
    expect(body.fees).toContainEqual({ name: 'transaction', displayName: 'Transaction fee' });
    expect(body.claimFields.map(({ name }) => name)).toContain('incident_type');
    expect((await opened.call('GET', '/api/products/none/lifecycle')).status).toBe(404);
  });

  it('previews a transaction that nobody has made, with every choice, and leaves nothing behind', async () => {
    const later = await make(endorsement('2021-12-28', 20_000, { state: 'issued' }));
    expect(later.body.state).toBe('issued');
    const { status, body } = await preview({ type: 'endorsement', request: endorsement('2021-09-28', 12_000) });
    expect(status).toBe(200);
    const [conflict] = body.conflicts;
    expect(conflict).toMatchObject({
      transactionLocator: later.body.locator,
      newValue: '12000',
      laterValue: '20000',
      choice: 'later',
    });
    expect(conflict?.effects.later.totalChange).toBe(body.price.totalChange);
    const resolutions = [{ transactionLocator: later.body.locator, path: conflict?.path }];
    const chosen = await preview({ type: 'endorsement', request: endorsement('2021-09-28', 12_000, { resolutions }) });
    expect(chosen.body.price.totalChange).toBe(conflict?.effects.new.totalChange);
    expect(chosen.body.conflicts[0]?.choice).toBe('new');

    // The draft that is made after all costs what the preview said.
    const made = await make(endorsement('2021-09-28', 12_000));
    const saved = await opened.call<TransactionPreview>('GET', `/api/transactions/${made.body.locator}/preview`);
    expect(saved.body.price).toEqual(body.price);
    const gone = await opened.call<{ state: string }>('PATCH', `/api/transactions/${made.body.locator}/discard`);
    expect(gone.body.state).toBe('discarded');
    const list = await opened.call<unknown[]>('GET', `/policies/${policy.locator}/endorsements`);
    expect(list.body).toHaveLength(2);
  });

  it('says of which later transactions nothing comes any more when a policy is cancelled before them', async () => {
    const request = { name: 'insured_request', effectiveTimestamp: at('2021-10-28') };
    const { body } = await preview({ type: 'cancellation', request });
    expect(body.affected.map(({ kind, withoutEffect }) => [kind, withoutEffect])).toEqual([['endorsement', true]]);
    expect(Number(body.price.premiumChange)).toBeLessThan(0);
    const refused = await preview({ type: 'cancellation', request: { ...request, name: 'nothing' } });
    expect(refused.status).toBe(400);
  });

  it('previews a renewal and a reinstatement', async () => {
    const renewal = await preview({ type: 'renewal' });
    const draft = await opened.call<{ locator: string }>('POST', `/policies/${policy.locator}/renewals`, {});
    const priced = await opened.call<PriceChange>('GET', `/renewals/${draft.body.locator}/price`);
    expect(renewal.body.price).toMatchObject({ totalChange: priced.body.totalChange, feeChange: '51.84' });
    await opened.call('PATCH', `/api/transactions/${draft.body.locator}/discard`);
    const cancelled = await opened.call<{ locator: string }>('POST', `/policies/${policy.locator}/cancellations`, {
      name: 'insured_request',
      effectiveTimestamp: at('2022-02-28'),
      issue: true,
    });
    const back = await preview({ type: 'reinstatement', cancellationLocator: cancelled.body.locator });
    expect(Number(back.body.price.premiumChange)).toBeGreaterThan(0);
    await opened.call('PATCH', `/cancellations/${cancelled.body.locator}/reinstate`, { issue: true });
  });

  it('tells what a transaction changed, what that cost, and who did it when', async () => {
    const early = await make(
      endorsement('2021-08-28', 9_000, {
        state: 'issued',
        addExposures: [
          {
            exposureName: 'vehicle',
            fieldValues: { vehicle_type: 'Car', vehicle_value: 8000 },
            perils: [{ name: 'collision' }],
          },
        ],
      }),
    );
    const { body } = await opened.call<TransactionDetails>('GET', `/api/transactions/${early.body.locator}/details`);
    expect(body.changes).toMatchObject([
      { what: 'set', field: 'vehicle_value', before: '10000', after: '9000', exposure: { number: 1 } },
      { what: 'added', exposure: { name: 'vehicle', number: 2 } },
    ]);
    expect(body.steps.map(({ author, command }) => [author, command])).toEqual([
      ['Ada', 'endorsement.create'],
      ['Ada', 'transaction.issue'],
    ]);
    const { body: after } = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(body.price?.newGrossPremium).toBe(after.characteristics.find((row) => !row.replacedTimestamp)?.grossPremium);

    const created = await opened.call<TransactionDetails>('GET', `/api/transactions/${after.quoteLocator}/details`);
    expect(created.body.price).toMatchObject({ premiumChange: '806.51', totalChange: '915.33' });
    expect(created.body.steps.at(-1)).toMatchObject({ author: 'Ada' });

    // What stood before the later one is what the back-dated one left.
    const [later] = (await opened.call<{ locator: string }[]>('GET', `/policies/${policy.locator}/endorsements`)).body;
    const rest = await opened.call<TransactionDetails>('GET', `/api/transactions/${later?.locator}/details`);
    expect(rest.body.changes).toMatchObject([{ field: 'vehicle_value', before: '9000', after: '20000' }]);
  });

  it('says which setting gave way to a back-dated one', async () => {
    const [later] = (await opened.call<{ locator: string }[]>('GET', `/policies/${policy.locator}/endorsements`)).body;
    const path = `exposure ${policy.exposures[0]?.locator}.vehicle_value`;
    const resolutions = [{ transactionLocator: later?.locator, path }];
    const done = await make(endorsement('2021-11-28', 11_000, { resolutions, state: 'issued' }));
    expect(done.body.state).toBe('issued');
    const { body } = await opened.call<TransactionDetails>('GET', `/api/transactions/${later?.locator}/details`);
    expect(body.changes).toMatchObject([{ path, before: '11000', after: '20000', gaveWay: true }]);
  });
});
