import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '#core/api/contract.ts';
import type { ClaimResponse, PayableResponse, ReserveResponse, SubClaimSummary } from '#core/claims/responses.ts';
import type { MediaResponse } from '#core/model/policy.ts';
import { issued, perilOf, playClaimCase, readClaimCase } from './claim-case.ts';
import {
  ACTOR,
  deployExample,
  deployProduct,
  draft,
  openTestWorkbench,
  ROOT,
  SMALL_RISK,
  smallProduct,
  TOKEN,
} from './support.ts';

describe('claims as handlers tell them (test/cases/claims)', async () => {
  const opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  const files = readdirSync(path.join(ROOT, 'test/cases/claims')).filter((file) => file.endsWith('.json'));
  it.each(files)('%s', async (file) => {
    await playClaimCase(opened, readClaimCase(file));
    expect(await opened.workbench.desk.store.verify()).toMatchObject({ ok: true });
  });
});

describe('claims', async () => {
  const opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  const policy = await issued(opened, 'personal-auto', 'golden-new-business');
  const incidentTimestamp = String(Date.parse('2021-11-03T17:40:00-07:00'));
  const fieldValues = { incident_summary: 'Hail.', incident_type: 'Weather', police_report: 'No' };
  const report = (more: object = {}, headers = {}) =>
    opened.call<ClaimResponse>(
      'POST',
      '/claim',
      { policyLocator: policy.locator, incidentTimestamp, status: 'open', fieldValues, ...more },
      headers,
    );
  const update = (claim: ClaimResponse, change: object, headers = {}) =>
    opened.call<ClaimResponse>('POST', `/claim/${claim.locator}/update`, change, headers);
  const pay = (subClaimLocator: string, amount: string, headers = {}) =>
    opened.call<PayableResponse>(
      'POST',
      '/claims/payables',
      { subClaimLocator, reserveType: 'loss', amount, recipient: 'Marin Motors' },
      headers,
    );
  const withReserve = async (lossReserve: string, peril = 'comprehensive') => {
    const { body: claim } = await report();
    const { body } = await update(claim, { addSubClaims: [{ perilLocator: perilOf(policy, peril), lossReserve }] });
    return { claim: body, subclaim: body.subClaims[0]?.locator ?? '' };
  };

  it('K1: only an issued policy can be claimed on, and a claim shows what it was reported with', async () => {
    const claim = (await report({ fieldGroups: [party('J. Doe')] })).body;
    const [group = ''] = claim.fieldValues.other_parties ?? [];
    expect(claim).toMatchObject({
      policyLocator: policy.locator,
      productName: 'personal-auto',
      currentStatus: 'open',
      incidentTimestamp,
      fieldValues: { incident_type: ['Weather'] },
      fieldGroupsByLocator: { [group]: { party_name: ['J. Doe'] } },
      totals: { reserved: '0.00', paid: '0.00', incurred: '0.00' },
    });
    await deployProduct(opened, 'small', smallProduct());
    const unissued = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    expect(await report({ policyLocator: unissued.locator, fieldValues: {} })).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail: expect.stringContaining('was not issued') },
    });
  });

  it('K3, K4: a pending claim may be incomplete; opening it asks for everything, all at once', async () => {
    const pending = (await report({ status: 'pending', incidentTimestamp: undefined, fieldValues: {} })).body;
    expect(pending.currentStatus).toBe('pending');
    const refused = await update(pending, { status: 'open' });
    expect([refused.status, names(refused.body)]).toEqual([
      400,
      ['incidentTimestamp', 'incident_summary', 'incident_type', 'police_report'],
    ]);
    expect((await update(pending, { status: 'open', incidentTimestamp, fieldValues })).body.currentStatus).toBe('open');
    const wrong = await report({ fieldValues: { ...fieldValues, incident_type: 'Meteor', colour: 'red' } });
    expect(names(wrong.body)).toEqual(['colour', 'incident_type']);
    const later = String(Date.now() + 3_600_000);
    expect(names((await report({ incidentTimestamp: later })).body)).toEqual(['incidentTimestamp']);
    const early = { notificationTimestamp: String(Number(incidentTimestamp) - 1) };
    expect(names((await report(early)).body)).toEqual(['notificationTimestamp']);
  });

  it('groups are added, changed and removed like those of a policy', async () => {
    const claim = (await report({ fieldGroups: [party('J. Doe'), party('R. Roe')] })).body;
    const [first, second] = claim.fieldValues.other_parties ?? [];
    const changed = await update(claim, {
      updateFieldGroups: [{ fieldGroupLocator: second, fieldValues: { party_role: 'Passenger' } }],
      removeFieldGroups: [first],
      addFieldGroups: [party('A. Nother')],
      fieldValues: { incident_place: 'Sausalito' },
    });
    expect(Object.values(changed.body.fieldGroupsByLocator)).toEqual([
      { party_name: ['R. Roe'], party_role: ['Passenger'] },
      { party_name: ['A. Nother'], party_role: ['Driver'] },
    ]);
    expect(changed.body.fieldValues).toMatchObject({ incident_summary: ['Hail.'], incident_place: ['Sausalito'] });
  });

  it('K2, K16: states; a claim with payables can not be discarded, one without gives its reserves up', async () => {
    const { claim, subclaim } = await withReserve('-900');
    expect((await pay(subclaim, '-100.10')).status).toBe(200);
    const discard = (which: ClaimResponse) => opened.call<ClaimResponse>('POST', `/claim/${which.locator}/discard`, {});
    expect(await discard(claim)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('payables') } });
    const other = await withReserve('-900');
    expect((await discard(other.claim)).body).toMatchObject({
      currentStatus: 'discarded',
      totals: { reserved: '0.00' },
      subClaims: [{ status: 'closed' }],
    });
    for (const change of [{ status: 'open' }, { fieldValues: { incident_place: 'x' } }])
      expect((await update(other.claim, change)).status).toBe(409);
  });

  it('K14: closing a sub-claim releases its reserves; in one request with it the claim can be closed', async () => {
    const { claim, subclaim } = await withReserve('-900');
    expect((await update(claim, { status: 'closed' })).status).toBe(409);
    const closed = await update(claim, {
      status: 'closed',
      updateSubClaims: [{ subClaimLocator: subclaim, status: 'closed' }],
    });
    expect(closed.body).toMatchObject({ currentStatus: 'closed', totals: { reserved: '0.00', incurred: '0.00' } });
    const reserves = await opened.call<ReserveResponse[]>('GET', `/subClaim/${subclaim}/reserves`);
    expect(reserves.body.map(({ cause, amount, author }) => [cause, amount, author])).toEqual([
      ['set', '-900.00', 'Ada'],
      ['closed', '0.00', 'Ada'],
    ]);
    expect(await pay(subclaim, '-1')).toMatchObject({ status: 409 });
  });

  it('K20, K22: amounts are exact and in the currency; nothing, no number and too many decimals are refused', async () => {
    const { subclaim } = await withReserve('-0.30');
    for (const amount of ['-0.10', '-0.20']) expect((await pay(subclaim, amount)).status).toBe(200);
    const summary = await opened.call<SubClaimSummary>('GET', `/subClaim/${subclaim}/summary`);
    expect(summary.body).toMatchObject({
      loss: { reserved: '0.00', paid: '-0.30', incurred: '-0.30' },
      expense: { incurred: '0.00' },
      totals: { incurred: '-0.30' },
    });
    for (const amount of ['0', 'ten', '-0.001', '-1e18', ''])
      expect(await pay(subclaim, amount), amount).toMatchObject({ status: 400, body: { code: 'invalid-fields' } });
  });

  it('a retry with the same key pays once, and reverses once', async () => {
    const { subclaim } = await withReserve('-500');
    const key = { 'idempotency-key': 'pay-once' };
    const [first, again] = [await pay(subclaim, '-200', key), await pay(subclaim, '-200', key)];
    expect(again.body).toEqual(first.body);
    const reverse = () =>
      opened.call<PayableResponse>(
        'POST',
        '/claims/payables/reversals',
        { payableLocator: first.body.locator },
        { 'idempotency-key': 'reverse-once' },
      );
    const [reversal, repeated] = [await reverse(), await reverse()];
    expect(repeated.body).toEqual(reversal.body);
    expect(reversal.body).toMatchObject({ amount: '200.00', reversedLocator: first.body.locator });
    const payables = await opened.call<PayableResponse[]>('GET', `/subClaim/${subclaim}/payables`);
    expect(payables.body.map(({ amount, reversalLocator }) => [amount, reversalLocator])).toEqual([
      ['-200.00', reversal.body.locator],
      ['200.00', undefined],
    ]);
    const one = await opened.call<PayableResponse>('GET', `/claims/payables/${first.body.locator}`);
    expect(one.body).toEqual(payables.body[0]);
  });

  it('K26: limits count per item, per event, and in aggregate over all claims of the policy', async () => {
    const loss = async (claim: ClaimResponse, peril: string, lossReserve: string) => {
      const { body } = await update(claim, { addSubClaims: [{ perilLocator: perilOf(policy, peril), lossReserve }] });
      return body.subClaims.at(-1)?.warnings;
    };
    const injuries = (await report()).body;
    expect(await loss(injuries, 'bodily_injury', '-50000')).toEqual([]);
    expect(await loss(injuries, 'bodily_injury', '-50000')).toEqual([]);
    expect(await loss(injuries, 'bodily_injury', '-0.01')).toEqual([
      'Losses of 100000.01 are more than the limit of 100000 per event (one claim).',
    ]);
    expect(await loss((await report()).body, 'third_party_liability', '-300000')).toEqual([]);
    expect(await loss((await report()).body, 'third_party_liability', '-0.01')).toEqual([
      'Losses of 300000.01 are more than the limit of 300000 in aggregate.',
    ]);
  });

  it('K30: uploaded files are attached and taken off; a media field shows what it names', async () => {
    const form = new FormData();
    form.set('file', new File(['photo'], 'dent.jpg', { type: 'image/jpeg' }));
    const headers = { authorization: `Bearer ${TOKEN}` };
    const media = (await (await opened.raw('/media', { method: 'POST', headers, body: form })).json()) as MediaResponse;
    const claim = (await report({ fieldValues: { ...fieldValues, photos: [media.locator] } })).body;
    expect(claim.mediaByLocator[media.locator]).toMatchObject({ fileName: 'dent.jpg' });
    const attached = await opened.call<ClaimResponse>('POST', `/claim/${claim.locator}/documents`, {
      mediaLocator: media.locator,
      displayName: 'The dent',
    });
    const [document] = attached.body.documents;
    expect(document).toMatchObject({ displayName: 'The dent', author: 'Ada', media: { url: media.url } });
    const gone = await opened.call<ClaimResponse>('DELETE', `/claim/${claim.locator}/documents/${document?.locator}`);
    expect(gone.body.documents).toEqual([]);
    expect((await opened.call('POST', `/claim/${claim.locator}/documents`, { mediaLocator: 'x' })).status).toBe(404);
  });

  it('are listed by policy, by policyholder and in pages; their history says who did what', async () => {
    const { claim, subclaim } = await withReserve('-10');
    await pay(subclaim, '-10');
    const at = async (where: string) =>
      (await opened.call<ClaimResponse[]>('GET', where)).body.map((one) => one.locator);
    const ofPolicy = await at(`/policy/${policy.locator}/claims`);
    expect(ofPolicy).toContain(claim.locator);
    expect(await at(`/policyholder/${policy.policyholderLocator}/claims`)).toEqual(ofPolicy);
    const paged: string[] = [];
    for (let token: string | undefined = ''; token !== undefined; ) {
      const where: string = `/claims?pageSize=4${token ? `&pagingToken=${token}` : ''}`;
      const { body } = await opened.call<{ claims: ClaimResponse[]; pagingToken?: string }>('GET', where);
      paged.push(...body.claims.map(({ locator }) => locator));
      token = body.pagingToken;
    }
    expect(paged).toEqual(ofPolicy);
    const history = await opened.call<HistoryEntry[]>('GET', `/api/claims/${claim.locator}/history`);
    expect(history.body.map(({ command, author }) => [command, author])).toEqual([
      ['claim.pay', 'Ada'],
      ['claim.update', 'Ada'],
      ['claim.create', 'Ada'],
    ]);
  });

  it('K40: what is personal is forgotten with the policyholder, and the proof holds', async () => {
    const { claim, subclaim } = await withReserve('-10');
    const paid = await pay(subclaim, '-10');
    const { store } = opened.workbench.desk;
    store.erasePerson(policy.policyholderLocator, ACTOR, Date.now());
    const after = await opened.call<ClaimResponse>('GET', `/claim/${claim.locator}`);
    expect(after.body).toMatchObject({ fieldValues: {}, totals: { paid: '-10.00' } });
    const payable = await opened.call<PayableResponse>('GET', `/claims/payables/${paid.body.locator}`);
    expect(payable.body).toMatchObject({ recipient: '', amount: '-10.00' });
    expect(await store.verify()).toMatchObject({ ok: true });
  });
});

function party(name: string) {
  return { fieldName: 'other_parties', fieldValues: { party_name: name, party_role: 'Driver' } };
}

/** The fields that a refusal names, in order. */
function names(body: unknown): readonly string[] {
  return (body as { fieldErrors: readonly { fieldName: string }[] }).fieldErrors.map(({ fieldName }) => fieldName);
}
