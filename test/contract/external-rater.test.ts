import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { ExchangeResponse } from '#core/integrations/exchanges.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { Replay } from '#core/policy/replay.ts';
import { deployRated, draftRated, json, prices, startRater, type TestRater } from './rater-support.ts';
import { openTestWorkbench, type TestWorkbench } from './support.ts';

/** A product that a service outside prices (seed: External Rater; core/integrations/SPEC.md). */

const LIMITS = { connect: 1_000, total: 3_000, body: 65_536, pause: 5 };

interface Scene {
  readonly opened: TestWorkbench;
  readonly rater: TestRater;
}
async function scene(integration: object = {}, options: { readonly tls?: boolean } = {}): Promise<Scene> {
  const rater = await startRater(options);
  const opened = await openTestWorkbench({ integrations: { limits: LIMITS, secret: () => undefined } });
  await deployRated(opened, 'my-rater');
  const added = await opened.call('POST', '/integrations', {
    name: 'my-rater',
    url: `${rater.address}/rate`,
    ...integration,
  });
  expect(added.status).toBe(200);
  return { opened, rater };
}
const finalize = <T = PolicyResponse>({ opened }: Scene, policy: PolicyResponse) =>
  opened.call<T>('POST', `/policy/${policy.locator}/finalize`, {});
const exchangesOf = async ({ opened }: Scene, policy: PolicyResponse): Promise<readonly ExchangeResponse[]> =>
  (await opened.call<ExchangeResponse[]>('GET', `/api/policies/${policy.locator}/exchanges`)).body;

describe('a rater is asked', () => {
  test('I11: with the documented payload, and its prices are the policy’s', async () => {
    const here = await scene({ headers: { Authorization: 'Basic dXNlcjpwYXNzd29yZA==', 'X-Tenant': 'one' } });
    here.rater.answer = (asked, response) =>
      json(response, {
        ...prices(asked.body, {
          yearlyPremium: 120,
          technicalPremium: '96.00',
          commissions: [{ recipient: 'agent', yearlyAmount: '12.00' }],
        }),
        somethingElse: true,
      });
    const policy = await draftRated(here.opened);
    const done = await finalize(here, policy);
    expect(done.status).toBe(200);
    const row = done.body.exposures[0]?.perils[0]?.characteristics[0];
    expect(row).toMatchObject({ premium: '120.00', monthPremium: '10.0000', technicalPremium: '96.00' });

    const [asked, ...more] = here.rater.asked;
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ method: 'POST', path: '/rate' });
    expect(asked?.headers).toMatchObject({
      authorization: 'Basic dXNlcjpwYXNzd29yZA==',
      'x-tenant': 'one',
      'content-type': 'application/json',
      accept: 'application/json',
    });
    expect(asked?.headers['socotra-signature']).toBeUndefined();
    const body = asked?.body;
    // Exactly these: locators of transactions that there are none of are absent, not null (seed).
    expect(Object.keys(body ?? {}).sort()).toEqual([
      'operation',
      'policy',
      'policyExposurePerils',
      'quoteLocator',
      'tenantTimeZone',
    ]);
    expect(body).toMatchObject({
      operation: 'new_business',
      tenantTimeZone: 'America/Los_Angeles',
      quoteLocator: policy.quoteLocator,
    });
    const [characteristics] = body?.policy.characteristics ?? [];
    const [exposure] = body?.policy.exposures ?? [];
    const [peril] = exposure?.perils ?? [];
    expect(body?.policyExposurePerils).toEqual([
      {
        policyCharacteristicsLocator: characteristics?.locator,
        exposureCharacteristicsLocator: exposure?.characteristics[0]?.locator,
        perilCharacteristicsLocator: peril?.characteristics[0]?.locator,
      },
    ]);
    expect(peril?.characteristics[0]?.premium).toBeUndefined();
    expect(numbersIn(body)).toEqual([]);
  });

  test('I13: with a signature over the very bytes, and the tag of the secret beside it', async () => {
    const here = await scene({ securitySpec: { hmacEnabled: true, secret: 'shared', tag: 'may' } });
    expect((await finalize(here, await draftRated(here.opened))).status).toBe(200);
    const [asked] = here.rater.asked;
    expect(asked?.headers['socotra-signature']).toBe(
      createHmac('sha256', 'shared')
        .update(asked?.raw ?? '')
        .digest('hex'),
    );
    expect(asked?.headers['socotra-signature-tag']).toBe('may');
  });

  test('I14: over TLS with any certificate when secureSSL is false, for that call only', async () => {
    const here = await scene({ securitySpec: { secureSSL: false } }, { tls: true });
    expect((await finalize(here, await draftRated(here.opened))).status).toBe(200);
    await here.opened.call('PUT', '/integrations/my-rater', { url: here.rater.address, securitySpec: {} });
    expect((await finalize<ProblemDocument>(here, await draftRated(here.opened))).body.code).toBe('rater-unavailable');
    expect(here.rater.asked).toHaveLength(1);
  });

  test('I15: a second time when the connection failed, with the same Idempotency-Key; never when it answered', async () => {
    const here = await scene();
    const good = here.rater.answer;
    here.rater.answer = (_, __, socket) => {
      here.rater.answer = good;
      socket.destroy();
    };
    const policy = await draftRated(here.opened);
    expect((await finalize(here, policy)).status).toBe(200);
    const [exchange] = await exchangesOf(here, policy);
    expect(here.rater.asked.map(({ headers }) => headers['idempotency-key'])).toEqual([
      exchange?.locator,
      exchange?.locator,
    ]);
    expect(exchange?.attempts).toMatchObject([{ error: expect.stringContaining('closed') }, { status: 200 }]);

    here.rater.answer = (_, response) => json(response, {}, 503);
    const again = await draftRated(here.opened);
    await finalize(here, again);
    expect((await exchangesOf(here, again))[0]?.attempts).toHaveLength(1);
    await here.rater.close();
    const gone = await draftRated(here.opened);
    await finalize(here, gone);
    expect((await exchangesOf(here, gone))[0]?.attempts).toHaveLength(2);
  });
});

describe('the audit', () => {
  test('I30, I31: keeps what was asked and answered, and nothing of a preview', async () => {
    const here = await scene();
    const policy = await draftRated(here.opened);
    expect((await here.opened.call('GET', `/policy/${policy.locator}/price`)).status).toBe(200);
    expect(here.rater.asked).toHaveLength(1);
    expect(await exchangesOf(here, policy)).toEqual([]);
    await finalize(here, policy);
    const [exchange] = await exchangesOf(here, policy);
    expect(exchange).toMatchObject({ status: 200, url: `${here.rater.address}/rate`, integration: 'my-rater' });
    expect(exchange?.request).toEqual(here.rater.asked[1]?.body);
    expect(JSON.parse(exchange?.response ?? '')).toHaveProperty('pricedPerilCharacteristics');

    const { store } = here.opened.workbench.desk;
    store.erasePerson(policy.policyholderLocator, { user: 'tester', name: 'Tester' }, 1);
    const [erased] = await exchangesOf(here, policy);
    expect([erased?.request, erased?.response, erased?.status]).toEqual([null, undefined, 200]);
  });

  test('I32: a replay takes the recorded answer and asks nobody', async () => {
    const here = await scene();
    const policy = await draftRated(here.opened);
    await finalize(here, policy);
    await here.rater.close();
    const replay = await here.opened.call<Replay>('POST', `/api/policies/${policy.locator}/replay`, {});
    expect(replay.body).toMatchObject({ same: true, differences: [] });
  });
});

describe('a rater that can not be asked', () => {
  test('I5: is named with what to do: not registered, of another type, without its secret', async () => {
    const opened = await openTestWorkbench({ integrations: { limits: LIMITS, secret: () => undefined } });
    const failure = async (product: string): Promise<string> => {
      const policy = await draftRated(opened, product);
      const { body, status } = await opened.call<ProblemDocument>('POST', `/policy/${policy.locator}/finalize`, {});
      expect([status, body.code]).toEqual([503, 'rater-unavailable']);
      return body.message;
    };
    await deployRated(opened, 'unknown', 'one');
    expect(await failure('one')).toMatch(/"unknown" is not registered.*POST \/integrations/);
    await opened.call('POST', '/integrations', { name: 'hook', url: 'http://localhost:1', type: 'webhook' });
    await deployRated(opened, 'hook', 'two');
    expect(await failure('two')).toMatch(/"hook" is registered as webhook.*external_rater/);
    const rater = await startRater();
    const brought = { name: 'brought', url: rater.address, headers: { 'X-Key': { $secret: 'rater-key' } } };
    await deployRated(opened, 'brought', 'three', [brought]);
    expect(await failure('three')).toMatch(
      /secret "rater-key".*PUT \/api\/secrets\/rater-key.*FIELDWRITER_SECRET_RATER_KEY/,
    );

    const set = await opened.call('PUT', '/api/secrets/rater-key', { value: 'hush-hush' });
    expect(set.body).toEqual([{ name: 'rater-key', setTimestamp: expect.any(String) }]);
    const run = await opened.call<{ done: string[] }>('POST', '/api/rerates/run', {});
    expect(run.body.done).toHaveLength(1);
    expect(rater.asked.map(({ headers }) => headers['x-key'])).toEqual(['hush-hush']);
    expect([...opened.workbench.desk.store.exportCanonical()].join('')).not.toContain('hush-hush');

    // The registry of the workbench counts before what the configuration brings.
    await opened.call('POST', '/integrations', { name: 'brought', url: 'http://localhost:1', type: 'webhook' });
    expect(await failure('three')).toMatch(/registered as webhook/);
  });
});

/** Paths of everything in a payload that is a number: there must be none (formats §2.4). */
function numbersIn(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${path}.${key}`));
}
