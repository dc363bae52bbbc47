import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import { deployProduct, draft, openTestWorkbench, SMALL_RISK, smallProduct, TOKEN } from './support.ts';

describe('bad input gets an answer that names the place', async () => {
  const opened = await openTestWorkbench();
  await deployProduct(opened, 'small', smallProduct());
  const policy = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
  const holder = policy.policyholderLocator;
  const good = { productName: 'small', policyholderLocator: holder, ...SMALL_RISK };
  const withPeril = (peril: object) => ({
    ...good,
    exposures: [{ exposureName: 'thing', fieldValues: { value: 1 }, perils: [peril] }],
  });

  const table: readonly (readonly [
    what: string,
    method: string,
    path: string,
    body: unknown,
    status: number,
    text: string,
  ])[] = [
    ['malformed JSON', 'POST', '/policy', '{"productName": ', 400, 'JSON'],
    ['a list for an object', 'POST', '/policy', [], 400, 'can not be read'],
    ['text for an object', 'POST', '/policyholder/create', '"x"', 400, 'can not be read'],
    ['no product', 'POST', '/policy', {}, 400, 'productName'],
    ['a number for a name', 'POST', '/policy', { ...good, productName: 7 }, 400, 'productName'],
    ['an unknown product', 'POST', '/policy', { ...good, productName: 'nope' }, 404, 'nope'],
    ['no policyholder', 'POST', '/policy', { ...good, policyholderLocator: undefined }, 400, 'policyholderLocator'],
    ['an unknown policyholder', 'POST', '/policy', { ...good, policyholderLocator: 'x' }, 400, 'no policyholder x'],
    ['an unknown member', 'POST', '/policy', { ...good, premium: 1 }, 400, 'premium'],
    [
      'an unknown member deep inside',
      'POST',
      '/policy',
      { ...good, exposures: [{ exposureName: 'thing', colour: 1 }] },
      400,
      'exposures[0].colour',
    ],
    ['an unknown field', 'POST', '/policy', { ...good, fieldValues: { nope: 1 } }, 400, 'nope'],
    ['an unknown exposure', 'POST', '/policy', { ...good, exposures: [{ exposureName: 'boat' }] }, 400, 'boat'],
    ['an unknown peril', 'POST', '/policy', withPeril({ name: 'flood' }), 400, 'exposures[0].perils[0]'],
    [
      'a missing required field',
      'POST',
      '/policy',
      { ...good, exposures: [{ exposureName: 'thing' }] },
      400,
      'exposures[0].value',
    ],
    [
      'text for a number',
      'POST',
      '/policy',
      { ...good, exposures: [{ exposureName: 'thing', fieldValues: { value: 'x' } }] },
      400,
      'exposures[0].value',
    ],
    [
      'an object for a value',
      'POST',
      '/policy',
      { ...good, fieldValues: { note: { a: { b: 1 } } } },
      400,
      'fieldValues',
    ],
    ['an amount that is none', 'POST', '/policy', withPeril({ name: 'loss', deductible: 'much' }), 400, 'deductible'],
    ['a negative amount', 'POST', '/policy', withPeril({ name: 'loss', deductible: -1 }), 400, 'deductible'],
    [
      'a peril twice',
      'POST',
      '/policy',
      {
        ...good,
        exposures: [{ exposureName: 'thing', fieldValues: { value: 1 }, perils: [{ name: 'loss' }, { name: 'loss' }] }],
      },
      400,
      'perils[1]',
    ],
    [
      'an end before the start',
      'POST',
      '/policy',
      { ...good, policyStartTimestamp: 2, policyEndTimestamp: 1 },
      400,
      'policyEndTimestamp',
    ],
    [
      'a date for a timestamp',
      'POST',
      '/policy',
      { ...good, policyStartTimestamp: '2026-01-01' },
      400,
      'policyStartTimestamp',
    ],
    ['a timestamp beyond time', 'POST', '/policy', { ...good, policyEndTimestamp: 1e18 }, 400, 'policyEndTimestamp'],
    ['an unknown currency', 'POST', '/policy', { ...good, currency: 'XQX' }, 400, 'currency'],
    ['an unknown configuration', 'POST', '/policy', { ...good, configVersion: 99 }, 404, '99'],
    ['autofill by a service that is not there', 'POST', '/policy', { ...good, autofill: ['x'] }, 400, 'autofill'],
    ['an unknown policy', 'GET', '/policy/1', undefined, 404, 'policy 1'],
    ['an unknown quote', 'PATCH', '/quotes/1/accept', {}, 404, 'quote 1'],
    [
      'an update of nothing known',
      'POST',
      `/policy/${policy.locator}/update`,
      { removeExposures: ['x'] },
      400,
      'removeExposures',
    ],
    [
      'an update with a wrong value',
      'POST',
      `/policy/${policy.locator}/update`,
      { fieldValues: { note: [1, 2] } },
      400,
      'note',
    ],
    ['a query that is no number', 'GET', '/policyholders?pageSize=x', undefined, 400, 'pageSize'],
    ['a configuration that is no ZIP', 'POST', '/api/configurations', 'nonsense', 400, 'JSON'],
    [
      'a folder that is not there',
      'POST',
      '/api/configurations',
      { folder: '/does/not/exist' },
      404,
      '/does/not/exist',
    ],
    [
      'a ZIP by its path: the desktop alone may name one',
      'POST',
      '/api/configurations',
      { zip: '/x.zip' },
      400,
      'folder',
    ],
    ['media without a file', 'POST', '/media?fileName=x', {}, 400, 'file'],
    ['aux data with wrong types', 'PUT', '/auxData/x', { auxData: [{ key: 1, value: 'x' }] }, 400, 'auxData[0].key'],
    ['a path that nobody knows', 'GET', '/nonsense', undefined, 404, '/nonsense'],
    ['a method that is not taken', 'DELETE', `/policy/${policy.locator}`, undefined, 405, 'GET'],
    ['a resource that is not there yet', 'POST', '/report/onRisk', {}, 501, 'Reports'],
    [
      'a body over the limit',
      'POST',
      '/policy',
      { ...good, fieldValues: { note: 'x'.repeat(1_100_000) } },
      413,
      '1 MB',
    ],
    ['a value over the limit', 'POST', '/policy', { ...good, fieldValues: { note: 'x'.repeat(30_000) } }, 400, 'note'],
    [
      'a name from the prototype',
      'POST',
      '/policy',
      `{"productName":"small","policyholderLocator":"${holder}","fieldValues":{"__proto__":{"x":1}, "constructor":"y"}}`,
      400,
      'constructor',
    ],
  ];

  it.each(table)('%s', async (_, method, path, body, status, text) => {
    const before = opened.workbench.desk.store.list('policy').length;
    const answer = await opened.call(method, path, body);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(text)]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ httpStatus: status, httpErrorCode: status, message: answer.body.detail });
    expect(opened.workbench.desk.store.list('policy').length).toBe(before);
  });

  it('a torn ZIP, a ZIP that leads out, and one that is no ZIP are refused', async () => {
    for (const bytes of [new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0]), new TextEncoder().encode('hello')]) {
      const response = await opened.raw('/api/configurations', {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/zip' },
        body: bytes,
      });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({ code: 'invalid-archive' });
    }
  });

  it('reports everything that is wrong at once, with codes of the original', async () => {
    const answer = await opened.call('POST', '/policy', {
      ...good,
      fieldValues: { nope: 1 },
      exposures: [{ exposureName: 'thing', fieldValues: { value: 'x' }, perils: [{ name: 'flood' }] }],
    });
    expect(answer.body.fieldErrors?.map(({ fieldName, code }) => [fieldName, code])).toEqual([
      ['nope', 'INVALID_FIELD'],
      ['value', 'INVALID_TYPE'],
      ['name', 'INVALID_VALUE'],
    ]);
  });

  it('nonsense of any shape is never a failure of ours', async () => {
    const targets = [
      ['POST', '/policy'],
      ['POST', `/policy/${policy.locator}/update`],
      ['POST', '/policyholder/create'],
      ['POST', '/policyholder/update'],
      ['PATCH', `/quotes/${policy.quoteLocator}`],
      ['PUT', '/auxData/x'],
      ['POST', '/api/products/small/price'],
      ['POST', '/account/authenticate'],
    ] as const;
    // Close to the real thing, so that it gets past the first check: known members with any value.
    const known = fc.constantFrom(
      ...Object.keys(good),
      'fieldValues',
      'fieldGroups',
      'values',
      'policy',
      'auxData',
      'updateExposures',
      'finalize',
    );
    const body = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(known, fc.jsonValue()),
      fc.dictionary(known, fc.jsonValue()).map((part) => ({ ...good, ...part })),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), body, async ([method, path], value) => {
        const { status } = await opened.call(method, path, JSON.stringify(value));
        expect(status).toBeLessThan(500);
      }),
      { seed: 20_261_121, numRuns: 1_500 },
    );
    for (const deep of ['['.repeat(400_000), `{"fieldValues":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`])
      expect((await opened.call('POST', '/policy', deep)).status).toBe(400);
  });

  it('a form that would never end is stopped and named, and the next request is answered', async () => {
    const field = '{"name":"note","title":"Note","type":"string","optional":true,"regex":"(a+)+b"}';
    await deployProduct(opened, 'endless', smallProduct({ 'policy/policy.json': `{"fields":[${field}]}` }));
    const request = { ...good, productName: 'endless', fieldValues: { note: 'a'.repeat(60) } };
    const asked = [
      ['/policy', request],
      ['/api/products/endless/price', { policy: request }],
    ] as const;
    for (const [path, body] of asked) {
      const answer = await opened.call('POST', path, body);
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-configuration' } });
      expect(answer.body.detail).toContain('The fields of endless');
    }
    expect((await opened.call('GET', '/api/session')).status).toBe(200);
  });

  it('what was refused left no trace: the draft is as it was made', async () => {
    const fresh = await draft(opened, { policy: { productName: 'small', ...SMALL_RISK } });
    await opened.call('POST', `/policy/${fresh.locator}/update`, { fieldValues: { note: [1, 2], nope: 1 } });
    expect((await opened.call<PolicyResponse>('GET', `/policy/${fresh.locator}`)).body).toEqual(fresh);
  });
});
