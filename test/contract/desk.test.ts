import { describe, expect, it } from 'vitest';
import type { Board, RiskList, RiskSummary, SearchAnswer, SearchHit } from '#core/api/contracts/desk.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { calendarDay } from '#core/model/time.ts';
import {
  ACTOR,
  deployExample,
  deployProduct,
  draft,
  exampleRequest,
  openTestWorkbench,
  smallProduct,
} from './support.ts';

const DAY = 86_400_000;

describe('the desk', async () => {
  const opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  await deployProduct(opened, 'small', smallProduct());
  const auto = (first: string, name: string, value = 10_000) => {
    const { policyholder, policy } = exampleRequest('personal-auto', 'golden-new-business');
    const values = { ...policyholder.values, first_name: first, last_name: name };
    const changed = JSON.parse(
      JSON.stringify(policy).replace(/"vehicle_value":"?\d+"?/, `"vehicle_value":${value}`),
    ) as typeof policy;
    return draft(opened, { policyholder: { values }, policy: changed });
  };
  const risks = async (query = ''): Promise<RiskList> =>
    (await opened.call<RiskList>('GET', `/api/risks?${query}`)).body;
  const only = async (locator: string): Promise<RiskSummary | undefined> =>
    (await risks(`locator=${locator}`)).rows.find((row) => row.locator === locator);
  const column = async (name: string) =>
    (await opened.call<Board>('GET', '/api/risks/board')).body.columns.find((one) => one.name === name);

  const marsh = await auto('Ada', 'Marsh', 34_567);
  const ortega = await auto('Eve', 'Ortega', 23_456);
  const empty = await draft(opened, {
    policyholder: { completed: false, values: { name: 'Nobody Yet' } },
    policy: { productName: 'small' },
  });

  it('D1 D3 D4 a risk moves from stage to stage, and says what is missing', async () => {
    expect(await only(empty.locator)).toMatchObject({
      stage: 'incomplete',
      state: 'draft',
      insured: 'Nobody Yet',
      missing: ['policyholder', 'exposures'],
    });
    expect(await only(marsh.locator)).toMatchObject({ stage: 'ready', missing: [], insured: 'Ada Marsh' });
    expect((await only(marsh.locator))?.premium).toBeUndefined();
    await opened.call('POST', `/policy/${marsh.locator}/finalize`);
    const accepted = await only(marsh.locator);
    expect(accepted).toMatchObject({ stage: 'accepted', decision: 'accept' });
    expect((await column('accepted'))?.rows.map(({ locator }) => locator)).toEqual([marsh.locator]);
    const issued = (await opened.call<PolicyResponse>('POST', `/policy/${marsh.locator}/issue`)).body;
    expect(await only(marsh.locator)).toMatchObject({
      stage: 'issued',
      state: 'issued',
      policyNumber: issued.displayId,
      premium: issued.characteristics[0]?.grossPremium,
      end: Number(issued.effectiveContractEndTimestamp),
    });
    expect((await column('accepted'))?.total).toBe(0);
    expect((await column('issued'))?.total).toBe(1);
  });

  it('D1 D5 an endorsement changes the premium, a cancellation the end; what is under way is named', async () => {
    const before = await only(marsh.locator);
    const policy = (await opened.call<PolicyResponse>('GET', `/policy/${marsh.locator}`)).body;
    const endorsement = await opened.call<{ locator: string }>('POST', `/policies/${marsh.locator}/endorsements`, {
      endorsementName: 'standardChange',
      startTimestamp: Number(policy.originalContractStartTimestamp) + 60 * DAY,
      updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { vehicle_value: 40_000 } }],
    });
    expect(endorsement.status).toBe(200);
    expect(await only(marsh.locator)).toMatchObject({ open: { kind: 'endorsement' }, premium: before?.premium });
    await opened.call('PATCH', `/endorsements/${endorsement.body.locator}/issue`);
    const after = await only(marsh.locator);
    expect(after?.open).toBeUndefined();
    expect(Number(after?.premium)).toBeGreaterThan(Number(before?.premium));
    expect(Number(after?.updated)).toBeGreaterThan(Number(before?.updated));
  });

  it('filters, orders and pages; D8 refuses what it can not read', async () => {
    const names = async (query: string) => (await risks(query)).rows.map(({ insured }) => insured);
    expect(await names('sort=insured')).toEqual(['Ada Marsh', 'Eve Ortega', 'Nobody Yet']);
    expect(await names('sort=-insured&limit=1&offset=1')).toEqual(['Eve Ortega']);
    expect((await risks('sort=insured&limit=1')).total).toBe(3);
    expect(await names('product=small')).toEqual(['Nobody Yet']);
    expect(await names('stage=ready,incomplete&sort=insured')).toEqual(['Eve Ortega', 'Nobody Yet']);
    expect(await names('decision=accept&premiumFrom=0.01')).toEqual(['Ada Marsh']);
    expect(await names('premiumFrom=1000000')).toEqual([]);
    // The days are the tenant's: cover that starts at its midnight starts on that day.
    const start = (await only(marsh.locator))?.start ?? 0;
    const day = calendarDay(start, 'America/Los_Angeles');
    expect((await risks(`from=${day}&to=${day}`)).rows.map(({ locator }) => locator)).toContain(marsh.locator);
    expect((await risks(`from=${calendarDay(start + DAY, 'America/Los_Angeles')}&state=issued`)).total).toBe(0);
    // Words of the policyholder and of what is insured together (J43).
    expect(await names('q=orte%2023456')).toEqual(['Eve Ortega']);
    expect(await names('q=orte%2034567')).toEqual([]);
    for (const query of ['sort=colour', 'limit=501', 'offset=-1', 'stage=lost', 'from=tomorrow', 'colour=red']) {
      const refused = await opened.call('GET', `/api/risks?${query}`);
      expect([query, refused.status, refused.body.code]).toEqual([query, 400, 'malformed-request']);
    }
  });

  it('D2 a new name shows on every risk of the policyholder, and an erased one nowhere', async () => {
    const holder = ortega.policyholderLocator;
    await opened.call('POST', `/policyholder/update`, { locator: holder, values: { last_name: 'Quill' } });
    expect((await only(ortega.locator))?.insured).toBe('Eve Quill');
    opened.workbench.desk.store.erasePerson(holder, ACTOR, Date.now());
    expect((await only(ortega.locator))?.insured).toBe('');
    expect((await risks('q=quill')).total).toBe(0);
  });

  it('the list is the same after a rebuild', async () => {
    const before = await risks('sort=created'.replace('created', 'starts'));
    const board = (await opened.call<Board>('GET', '/api/risks/board')).body;
    opened.workbench.desk.store.rebuild();
    expect(await risks('sort=starts')).toEqual(before);
    expect((await opened.call<Board>('GET', '/api/risks/board')).body).toEqual(board);
  });

  it('D9 D10 D11 search finds each type, and says what opening it opens', async () => {
    const claim = await opened.call<{ locator: string }>('POST', '/claim', { policyLocator: marsh.locator });
    const search = async (q: string): Promise<readonly SearchHit[]> =>
      (await opened.call<SearchAnswer>('GET', `/api/search?q=${encodeURIComponent(q)}`)).body.groups.flatMap(
        ({ hits }) => hits,
      );
    const marshHits = await search('mar');
    expect(marshHits.map(({ type }) => type)).toEqual(expect.arrayContaining(['risk', 'policyholder']));
    expect(marshHits.every(({ policy }) => policy === marsh.locator)).toBe(true);
    expect((await search('34567')).find(({ type }) => type === 'exposure')).toMatchObject({ policy: marsh.locator });
    expect((await search(claim.body.locator)).map(({ type, policy }) => [type, policy])).toContainEqual([
      'claim',
      marsh.locator,
    ]);
    expect(await search('"*)')).toEqual([]);
    expect(await search('')).toEqual([]);
  });

  it('D12 keeps views, pins and display of a person, and nothing else', async () => {
    const view = { id: 'v1', name: 'Mine', filters: { stage: ['ready'] }, sort: '-updated', columns: ['insured'] };
    expect((await opened.call('GET', '/api/settings/views')).body).toEqual({ views: [] });
    expect((await opened.call('PUT', '/api/settings/views', { views: [view] })).status).toBe(200);
    expect((await opened.call('GET', '/api/settings/views')).body).toEqual({ views: [view] });
    await opened.call('PUT', '/api/settings/pinned', { risks: [marsh.locator] });
    await opened.call('PUT', '/api/settings/pinned', { risks: [] });
    expect((await opened.call('GET', '/api/settings/pinned')).body).toEqual({ risks: [] });
    expect((await opened.call('PUT', '/api/settings/views', { views: [{ ...view, sort: 'colour' }] })).status).toBe(
      400,
    );
    expect((await opened.call('PUT', '/api/settings/pinned', { risks: [], more: 1 })).status).toBe(400);
    expect((await opened.call('PUT', '/api/settings/anything', {})).status).toBe(404);
    expect((await opened.call('GET', '/api/settings/local-user')).status).toBe(404);
  });
});
