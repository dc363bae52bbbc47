import { describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { PolicyQuoteResponse } from '#core/model/quote-response.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct } from './support.ts';

const PRODUCT = smallProduct({
  'policy/policy.json': JSON.stringify({
    fields: [
      { name: 'kind', title: 'Kind', type: 'select', values: ['a', 'b'], optional: true },
      { name: 'detail', title: 'Detail', type: 'string', optional: true, condition: { kind: ['b'] } },
      {
        name: 'losses',
        title: 'Losses',
        type: 'group',
        optional: true,
        repeatable: true,
        fields: [{ name: 'amount', title: 'Amount', type: 'number' }],
      },
    ],
  }),
  'policy/exposures/thing/perils/theft.json': '{"name":"theft","displayName":"Theft","fields":[]}',
  'policy/exposures/thing/perils/theft.premium.liquid': '{{ 60 | set_year_premium }}',
});

describe('drafts', async () => {
  const opened = await openTestWorkbench();
  await deployProduct(opened, 'small', PRODUCT);
  const update = (policy: PolicyResponse, change: object) =>
    opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/update`, change);
  const fresh = (more: object = {}) => draft(opened, { policy: { productName: 'small', ...SMALL_RISK, ...more } });

  it('adds, changes and removes fields, groups, exposures and perils; what is not named stays', async () => {
    const made = await fresh({ fieldGroups: [{ fieldName: 'losses', fieldValues: { amount: 5 } }] });
    const [group] = made.characteristics[0]?.fieldValues.losses ?? [];
    expect(made.characteristics[0]?.fieldGroupsByLocator).toEqual({ [group ?? '']: { amount: ['5'] } });
    const exposure = made.exposures[0];
    const changed = await update(made, {
      fieldValues: { kind: 'b', detail: 'x' },
      updateFieldGroups: [{ fieldGroupLocator: group, fieldValues: { amount: '7.5' } }],
      addFieldGroups: [{ fieldName: 'losses', fieldValues: { amount: 1 } }],
      addExposures: [{ exposureName: 'thing', fieldValues: { value: 9 } }],
      updateExposures: [
        {
          exposureLocator: exposure?.locator,
          fieldValues: { value: [2] },
          addPerils: [{ name: 'theft' }],
          updatePerils: [{ perilLocator: exposure?.perils[0]?.locator, deductible: 750 }],
        },
      ],
    });
    expect(changed.status).toBe(200);
    const [row] = changed.body.characteristics;
    expect(row?.fieldValues).toMatchObject({ kind: ['b'], detail: ['x'] });
    expect(Object.values(row?.fieldGroupsByLocator ?? {})).toEqual([{ amount: ['7.5'] }, { amount: ['1'] }]);
    expect(changed.body.exposures.map(({ characteristics: [it] }) => it?.fieldValues)).toEqual([
      { value: ['2'] },
      { value: ['9'] },
    ]);
    const perils = changed.body.exposures[0]?.perils.map(({ name, characteristics: [it] }) => [name, it?.deductible]);
    expect(perils).toEqual([
      ['loss', '750.00'],
      ['theft', undefined],
    ]);
    const removed = await update(changed.body, {
      removeFieldGroups: [group],
      removeExposures: [changed.body.exposures[1]?.locator],
      updateExposures: [{ exposureLocator: exposure?.locator, removePerils: [exposure?.perils[0]?.locator] }],
    });
    expect(Object.values(removed.body.characteristics[0]?.fieldGroupsByLocator ?? {})).toEqual([{ amount: ['1'] }]);
    expect(removed.body.exposures.map(({ perils: list }) => list.map(({ name }) => name))).toEqual([['theft']]);
  });

  it('drops what a changed condition hides, but refuses it when the change itself gives it', async () => {
    const made = await fresh({ fieldValues: { kind: 'b', detail: 'x' } });
    const hidden = await update(made, { fieldValues: { kind: 'a' } });
    expect(hidden.body.characteristics[0]?.fieldValues).toEqual({ kind: ['a'] });
    const refused = await opened.call('POST', `/policy/${made.locator}/update`, { fieldValues: { detail: 'y' } });
    expect([refused.status, refused.body.fieldErrors?.[0]?.fieldName]).toEqual([400, 'detail']);
  });

  it('takes a field away with null or an empty list', async () => {
    const made = await fresh({ fieldValues: { kind: 'a' } });
    expect((await update(made, { fieldValues: { kind: [] } })).body.characteristics[0]?.fieldValues).toEqual({});
  });

  it('begins today at midnight in the tenant zone and runs for a year where nothing is said', async () => {
    const made = await fresh();
    const zone = { timeZone: 'America/Los_Angeles', hourCycle: 'h23' } as const;
    const at = (millis: string) =>
      new Intl.DateTimeFormat('sv', { ...zone, dateStyle: 'short', timeStyle: 'medium' }).format(Number(millis));
    const [day = ''] = new Intl.DateTimeFormat('sv', zone).format(Number(made.createdTimestamp)).split(' ');
    expect(at(made.originalContractStartTimestamp)).toBe(`${day} 00:00:00`);
    expect(at(made.originalContractEndTimestamp)).toBe(`${Number(day.slice(0, 4)) + 1}${day.slice(4)} 00:00:00`);
  });
});

describe('quotes', async () => {
  const opened = await openTestWorkbench();
  await deployProduct(opened, 'small', PRODUCT);
  const fresh = () => draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
  const patch = (quote: string | undefined, action: string, body: object = {}) =>
    opened.call<PolicyQuoteResponse>('PATCH', `/quotes/${quote}${action && `/${action}`}`, body);

  it('go from draft over quoted to accepted; only then there is an invoice', async () => {
    const { quoteLocator, locator } = await fresh();
    const issue = () => opened.call('POST', `/policy/${locator}/issue`);
    expect((await issue()).body.code).toBe('not-accepted');
    const quoted = await patch(quoteLocator, 'quote');
    expect((await issue()).body.code).toBe('not-accepted');
    expect([quoted.body.state, quoted.body.invoices.length, quoted.body.fees]).toEqual(['quoted', 0, []]);
    expect(quoted.body.exposures[0]?.perils[0]?.characteristics[0]?.premium).toBe('120.00');
    expect((await patch(quoteLocator, '', { fieldValues: {} })).status).toBe(409);
    const accepted = await patch(quoteLocator, 'accept');
    expect([accepted.body.state, accepted.body.invoices.map(({ totalDue }) => totalDue)]).toEqual([
      'accepted',
      ['120.00'],
    ]);
    expect((await issue()).status).toBe(200);
    for (const action of ['invalidate', 'discard', 'accept'])
      expect((await patch(quoteLocator, action)).status).toBe(409);
    expect((await opened.call('POST', `/quotes/${quoteLocator}/createNew`)).status).toBe(409);
  });

  it('are copied to be changed, and only one of them can be accepted', async () => {
    const { quoteLocator: first, locator } = await fresh();
    await patch(first, 'accept');
    const copy = (await opened.call<PolicyQuoteResponse>('POST', `/quotes/${first}/createNew`, { name: 'Cheaper' }))
      .body;
    expect([copy.state, copy.selected, copy.name]).toEqual(['draft', false, 'Cheaper']);
    expect(copy.exposures[0]?.locator).not.toBe(
      (await opened.call<PolicyQuoteResponse>('GET', `/quotes/${first}`)).body.exposures[0]?.locator,
    );
    const changed = await patch(copy.locator, '', {
      updateExposures: [{ exposureLocator: copy.exposures[0]?.locator, addPerils: [{ name: 'theft' }] }],
    });
    expect(changed.status).toBe(200);
    expect((await patch(copy.locator, 'accept')).status).toBe(409);
    expect((await patch(copy.locator, 'quote')).status).toBe(200);
    const invalidated = await patch(first, 'invalidate');
    expect(invalidated.body).toMatchObject({ state: 'quoted', invoices: [{ settlementType: 'invalidated' }] });
    await patch(copy.locator, 'accept');
    const policy = (await opened.call<PolicyResponse>('GET', `/policy/${locator}`)).body;
    expect([policy.quoteLocator, policy.characteristics[0]?.grossPremium]).toEqual([copy.locator, '180.00']);
    const all = await opened.call<PolicyQuoteResponse[]>('GET', `/policies/${locator}/quotes`);
    expect(all.body.map(({ name, state, selected }) => [name, state, selected])).toEqual([
      ['Quote 1', 'quoted', false],
      ['Cheaper', 'accepted', true],
    ]);
  });

  it('are selected to be shown, not when discarded', async () => {
    const { quoteLocator: first, locator } = await fresh();
    const copy = (await opened.call<PolicyQuoteResponse>('POST', `/quotes/${first}/createNew`)).body;
    await patch(copy.locator, 'select');
    expect((await opened.call<PolicyResponse>('GET', `/policy/${locator}`)).body.quoteLocator).toBe(copy.locator);
    await patch(first, 'discard');
    expect((await patch(first, 'select')).status).toBe(409);
    expect(
      (await opened.call<{ grossPremium: string }>('GET', `/quotes/${copy.locator}/price`)).body.grossPremium,
    ).toBe('120.00');
  });
});

describe('a client that retries', async () => {
  const opened = await openTestWorkbench();
  await deployProduct(opened, 'small', PRODUCT);
  const key = (name: string) => ({ 'idempotency-key': name });

  it('gets the same answer and nothing happens twice', async () => {
    const holder = { values: { name: 'Ada' } };
    const first = await opened.call<{ locator: string }>('POST', '/policyholder/create', holder, key('h'));
    const second = await opened.call<{ locator: string }>('POST', '/policyholder/create', holder, key('h'));
    expect(second.body).toEqual(first.body);
    const request = { productName: 'small', policyholderLocator: first.body.locator, ...SMALL_RISK };
    const made = await opened.call<PolicyResponse>('POST', '/policy', request, key('p'));
    expect((await opened.call<PolicyResponse>('POST', '/policy', request, key('p'))).body.locator).toBe(
      made.body.locator,
    );
    const { locator } = made.body;
    for (const action of ['finalize', 'issue']) {
      const once = await opened.call<PolicyResponse>('POST', `/policy/${locator}/${action}`, {}, key(action));
      const twice = await opened.call<PolicyResponse>('POST', `/policy/${locator}/${action}`, {}, key(action));
      expect([once.status, twice.body]).toEqual([200, once.body]);
    }
    expect(opened.workbench.desk.store.list('policy').length).toBe(1);
    expect(opened.workbench.desk.store.list('invoice').length).toBe(1);
  });

  it('is told when it uses a key for something else', async () => {
    await opened.call('POST', '/policyholder/create', { values: { name: 'A' } }, key('k'));
    const other = await opened.call('POST', '/policyholder/create', { values: { name: 'B' } }, key('k'));
    expect(other.status).toBe(409);
  });

  it('two at once: one goes through, the other conflicts, nothing is lost', async () => {
    const made = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    const both = await Promise.all([1, 2].map(() => opened.call('POST', `/policy/${made.locator}/finalize`)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(opened.workbench.desk.store.find('invoice', 'policyLocator', made.locator).length).toBe(1);
  });
});
