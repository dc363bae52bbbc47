import { describe, expect, it } from 'vitest';
import type { PricePreview, ProblemDocument } from '#core/api/contract.ts';
import { productOf } from '#core/desk/configurations.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { filledChange } from '#core/policy/autofill.ts';
import type { AuxDataItem } from '#core/policy/aux-data.ts';
import { deployProduct, draft, openTestWorkbench, smallProduct } from './support.ts';

/** Looks a thing up by its serial number, keeps what it was asked, and does as the field `trick` says. */
const SCRIPT = `
function getDataAutofill(data) {
  socotraApi.setAuxData('seen', data.operation + '.' + data.operationType, JSON.stringify(data));
  const trick = (data.updates.fieldValues.note || [])[0];
  if (trick === 'throw') throw new Error('The register is closed');
  if (trick === 'nonsense') return { exposures: [] };
  if (trick === 'impossible') return { removeExposures: ['e1'] };
  if (trick === 'invalid') return { fieldValues: { size: 'huge' } };
  const filled = {
    fieldValues: { size: 'large', note: 'filled in' },
    addExposures: data.updates.addExposures.map((exposure) => ({
      exposureName: exposure.exposureName,
      fieldValues: exposure.fieldValues.serial ? { value: 900 } : {},
      perils: [{ name: 'loss', deductible: '250' }],
    })),
  };
  if (data.operation === 'newBusiness' && data.operationType === 'create')
    filled.policyEndTimestamp = Number(data.updates.policyEndTimestamp) - 86400000;
  if (data.operation === 'renewal') filled.policyEndTimestamp = 77;
  if (data.operation === 'endorsement') filled.removeExposures = ['e9'];
  return filled;
}
exports.getDataAutofill = getDataAutofill;
`;
const LAMBDA = `
exports.executeLambda = (operation, payload) => {
  if (operation === 'double') return payload.map((n) => n * 2);
  if (operation === 'attach') { socotraApi.setAuxData(payload.at, 'k', payload.value); return { was: socotraApi.getAuxData(payload.at, 'k') }; }
  if (operation === 'policy') return socotraApi.fetchByLocator(Policy, payload.locator).productName;
  if (operation === 'nothing') return;
  throw new Error('No operation ' + operation);
};
`;
const FILES = smallProduct({
  'policy/policy.json': JSON.stringify({
    fields: [
      { name: 'note', title: 'Note', type: 'string', optional: true },
      { name: 'size', title: 'Size', type: 'select', values: ['small', 'large'] },
    ],
    plugins: { getDataAutofill: { path: 'main/dataAutofill.js', enabled: true } },
  }),
  'policy/exposures/thing/exposure.json': JSON.stringify({
    name: 'thing',
    displayName: 'Thing',
    fields: [
      { name: 'value', title: 'Value', type: 'number' },
      { name: 'serial', title: 'Serial', type: 'string', optional: true },
    ],
  }),
  'scripts/main/dataAutofill.js': SCRIPT,
});

describe('autofill', async () => {
  const opened = await openTestWorkbench();
  await deployProduct(opened, 'filled', FILES);
  const START = Date.parse('2026-01-01T08:00:00Z');
  const base = { productName: 'filled', policyStartTimestamp: START };
  const thing = (more: object = {}) => ({ exposureName: 'thing', fieldValues: { serial: 'S-1' }, ...more });
  const fresh = (more: object) => draft(opened, { policy: { ...base, ...more } });
  const seen = async (key: string) => {
    const { body } = await opened.call<AuxDataItem>('GET', `/auxData/seen/${key}`);
    return JSON.parse(body.value) as { updates: Record<string, unknown> } & Record<string, unknown>;
  };
  const { policyholderLocator } = await fresh({ exposures: [thing()] });
  const refused = (fieldValues: object, more: object = {}) =>
    opened.call('POST', '/policy', { ...base, policyholderLocator, fieldValues, ...more });

  it('fills in what a new policy leaves open; what somebody gave stays', async () => {
    const made = await fresh({
      fieldValues: { note: 'mine' },
      exposures: [thing({ perils: [{ name: 'loss' }] }), thing({ fieldValues: { serial: 'S-2', value: 5 } })],
    });
    expect(made.characteristics[0]?.fieldValues).toEqual({ note: ['mine'], size: ['large'] });
    expect(made.exposures.map(({ characteristics: [row] }) => row?.fieldValues)).toEqual([
      { value: ['900'], serial: ['S-1'] },
      { value: ['5'], serial: ['S-2'] },
    ]);
    expect(made.exposures.map(({ perils }) => perils.map(({ characteristics: [row] }) => row?.deductible))).toEqual([
      ['250.00'],
      ['250.00'],
    ]);
    // The end was a default: a script may move it. One that somebody gave, it may not.
    expect(made.originalContractEndTimestamp).toBe(String(START + 364 * 86_400_000));
    const end = String(START + 30 * 86_400_000);
    expect((await fresh({ exposures: [thing()], policyEndTimestamp: end })).originalContractEndTimestamp).toBe(end);
  });

  it('is asked with the documented payload: lists of text, every list there', async () => {
    await fresh({ fieldValues: { note: 1 }, exposures: [thing()] });
    expect(await seen('newBusiness.create')).toMatchObject({
      operation: 'newBusiness',
      operationType: 'create',
      productName: 'filled',
      configVersion: '1',
      tenantTimeZone: 'America/Los_Angeles',
      policyholderLocator: expect.any(String),
      updates: {
        policyStartTimestamp: String(START),
        policyEndTimestamp: String(START + 365 * 86_400_000),
        fieldValues: { note: ['1'] },
        addExposures: [{ exposureName: 'thing', fieldValues: { serial: ['S-1'] } }],
        removeExposures: [],
      },
    });
  });

  it('fills in changes of drafts, by policy and by quote, and the live price', async () => {
    const made = await fresh({ exposures: [thing()] });
    const add = { addExposures: [thing({ fieldValues: { serial: 'S-3' } })] };
    const changed = await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/update`, add);
    expect(changed.body.exposures.map(({ characteristics: [row] }) => row?.fieldValues.value)).toEqual([
      ['900'],
      ['900'],
    ]);
    expect(await seen('newBusiness.update')).toMatchObject({
      policyLocator: made.locator,
      quoteLocator: made.quoteLocator,
    });
    const patched = await opened.call('PATCH', `/quotes/${made.quoteLocator}`, add);
    expect(patched.status).toBe(200);
    const live = await opened.call<PricePreview>('POST', '/api/products/filled/price', {
      policy: { ...base, exposures: [thing()] },
    });
    expect([live.body.fieldErrors, live.body.price?.grossPremium]).toEqual([[], '119.68']);
  });

  it('the list of a request decides who is asked; configured sequences are found most specific first', async () => {
    const missing = await refused({ note: 'x' }, { autofill: [] });
    expect(missing.body.fieldErrors?.map(({ fieldName }) => fieldName)).toEqual(['size']);
    expect((await refused({ note: 'x' }, { autofill: ['getDataAutofill'] })).status).toBe(200);
    expect(await refused({}, { autofill: ['vin'] })).toMatchObject({
      status: 400,
      body: { code: 'invalid-fields', fieldErrors: [{ fieldName: 'autofill' }] },
    });
    await opened.call('POST', '/integrations', { name: 'vin', url: 'https://vin.invalid/', type: 'data_autofill' });
    const set = (operation: string, callSequence: string[]) =>
      opened.call<{ locator: string }>('PUT', '/integrations/autofill', { operation, callSequence });
    const everywhere = await set('*.*.*', ['vin']);
    // The plugin first, then the service, which nobody can ask yet.
    expect(await refused({})).toMatchObject({ status: 501, body: { detail: expect.stringContaining('"vin"') } });
    const specific = await set('filled.newBusiness.*', ['getDataAutofill']);
    expect((await refused({})).status).toBe(200);
    const listed = await opened.call<{ calls: { operation: string }[] }>('GET', '/integrations/autofill');
    expect(listed.body.calls.map(({ operation }) => operation)).toEqual(['*.*.*', 'filled.newBusiness.*']);
    expect((await set('filled.cancellation.*', [])).status).toBe(400);
    for (const { locator } of [everywhere.body, specific.body])
      expect((await opened.call('DELETE', `/integrations/autofill/${locator}`)).status).toBe(200);
    expect((await opened.call('GET', `/integrations/autofill/${specific.body.locator}`)).status).toBe(404);
  });

  it.each([
    ['throw', 'plugin-failed', 'The register is closed', { file: 'scripts/main/dataAutofill.js', line: 5 }],
    [
      'nonsense',
      'plugin-failed',
      'getDataAutofill in scripts/main/dataAutofill.js',
      { file: 'scripts/main/dataAutofill.js' },
    ],
    [
      'impossible',
      'plugin-failed',
      '"removeExposures", which the create of a policy can not take',
      { field: 'removeExposures' },
    ],
    ['invalid', 'invalid-fields', '"huge" is none of', { field: 'size' }],
  ])(
    'a script that answers %s fails the request with its place, and nothing is saved',
    async (note, code, detail, place) => {
      const before = opened.workbench.desk.store.list('policy').length;
      const answer = await refused({ note });
      expect(answer.body).toMatchObject({ code, place });
      const messages = [answer.body.detail, ...(answer.body.fieldErrors ?? []).map(({ message }) => message)];
      expect(messages.join(' ')).toContain(detail);
      expect(opened.workbench.desk.store.list('policy').length).toBe(before);
    },
  );

  it('endorsements and renewals: what the payload calls removed ends', async () => {
    const { desk } = opened.workbench;
    const deployed = await desk.configurations.newestOf('filled');
    const asked = {
      deployed,
      product: productOf(deployed, 'filled'),
      policyholderLocator,
      operationType: 'create',
    } as const;
    const request = {
      endorsementName: 'more',
      startTimestamp: 5,
      endExposures: ['e1'],
      fieldValues: { size: 'small' },
    };
    const endorsed = await filledChange(desk, { ...asked, operation: 'endorsement' }, request);
    expect(endorsed?.request).toMatchObject({
      ...request,
      endExposures: ['e1', 'e9'],
      fieldValues: { size: 'small', note: 'filled in' },
    });
    const renewed = await filledChange(desk, { ...asked, operation: 'renewal' }, {});
    expect(renewed?.request).toMatchObject({ renewalEndTimestamp: 77, fieldValues: { size: 'large' } });
    expect(renewed?.auxData().map(({ locator }) => locator)).toEqual(['seen']);
  });
});

describe('the lambda', async () => {
  const opened = await openTestWorkbench();
  const call = <T = unknown>(operation: string, payload?: unknown, headers = {}) =>
    opened.call<T>('POST', '/lambda', { operation, payload }, headers);

  it('is not there until a configuration brings it', async () => {
    expect(await call('double', [1])).toMatchObject({ status: 404, body: { code: 'not-found' } });
    await deployProduct(opened, 'small', smallProduct({ 'scripts/lambda/lambda.js': LAMBDA }));
    await deployProduct(opened, 'other', smallProduct());
    expect((await call('double', [1, 2])).body).toEqual([2, 4]);
    expect((await call('nothing')).body).toEqual({});
  });

  it('reads records and auxiliary data, and what it attaches is saved once, in one command', async () => {
    const made = await draft(opened, {
      policy: { productName: 'small', exposures: [{ exposureName: 'thing', fieldValues: { value: 1 } }] },
    });
    expect((await call('policy', { locator: made.locator })).body).toBe('small');
    const { store } = opened.workbench.desk;
    const attach = () => call('attach', { at: 'here', value: 'v' }, { 'idempotency-key': 'once' });
    expect((await attach()).status).toBe(200);
    expect((await attach()).status).toBe(200);
    expect(store.history('auxData', 'here').map(({ command }) => command)).toEqual(['lambda.execute']);
    expect((await opened.call<AuxDataItem>('GET', '/auxData/here/k')).body.value).toBe('v');
  });

  it('that throws says where', async () => {
    const failed = await call<ProblemDocument>('dance');
    expect(failed).toMatchObject({
      status: 422,
      body: { code: 'plugin-failed', place: { file: 'scripts/lambda/lambda.js', line: 7 } },
    });
    expect(failed.body.detail).toContain('No operation dance');
  });
});
