import net, { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { ExchangeResponse } from '#core/integrations/exchanges.ts';
import type { RerateResponse } from '#core/integrations/rerates.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { PolicyQuoteResponse } from '#core/model/quote-response.ts';
import { FAULTS } from './rater-faults.ts';
import { deployRated, draftRated, startRater, type TestRater } from './rater-support.ts';
import { openTestWorkbench, type TestWorkbench } from './support.ts';

/** Every fault of a rater has one answer, and none of them changes the transaction or gives a secret away. */

const SECRETS = { password: 'correct-horse-battery', key: 'k3y-"quoted"-value', hmac: 'the-secret-of-the-signature' };
const BASIC = `Basic ${Buffer.from(`fieldwriter:${SECRETS.password}`).toString('base64')}`;
const LIMITS = { connect: 250, total: 600, body: 65_536, pause: 5 };

let opened: TestWorkbench;
let rater: TestRater;
let selfSigned: TestRater;
const silent = net.createServer(() => {});
const babbling = net.createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'));
const portOf = (server: net.Server): number => (server.address() as AddressInfo).port;
let closed = 0;
const logged: string[] = [];

beforeAll(async () => {
  rater = await startRater();
  selfSigned = await startRater({ tls: true });
  for (const server of [silent, babbling]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const gone = net.createServer();
  await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done));
  closed = portOf(gone);
  await new Promise((done) => gone.close(done));
  opened = await openTestWorkbench({
    integrations: { limits: LIMITS },
    log: (message, details) => logged.push(JSON.stringify([message, details])),
  });
  await deployRated(opened, 'faulty');
  await register('POST', rater.address);
});
afterAll(() => {
  silent.close();
  babbling.close();
});

async function register(method: 'POST' | 'PUT', url: string): Promise<void> {
  const body = {
    ...(method === 'POST' ? { name: 'faulty' } : {}),
    url,
    headers: { Authorization: BASIC, 'X-Key': SECRETS.key },
    securitySpec: { hmacEnabled: true, secret: SECRETS.hmac, tag: 'spring' },
  };
  const path = method === 'POST' ? '/integrations' : '/integrations/faulty';
  // Beyond this machine a signature needs https: that fault is about a name that nobody knows.
  const unsigned = url.includes('.invalid') ? { ...body, securitySpec: undefined } : body;
  const answered = await opened.call(method, path, unsigned);
  if (answered.status !== 200) throw new Error(JSON.stringify(answered.body));
}

describe('a rater that', () => {
  test.each(FAULTS)('I16, I20-I25: %s', async (_what, how, status, code, says) => {
    const places = {
      closed,
      silent: portOf(silent),
      babbling: portOf(babbling),
      selfSigned: selfSigned.address,
    };
    const url = typeof how === 'object' ? how.url(places) : rater.address;
    if (typeof how === 'function') rater.answer = how;
    await register('PUT', url);
    const before = rater.asked.length;
    const policy = await draftRated(opened);
    const failed = await opened.call<ProblemDocument>('POST', `/policy/${policy.locator}/finalize`, {});
    expect([failed.status, failed.body.code, failed.body.message]).toEqual([
      status,
      code,
      typeof says === 'string' ? expect.stringContaining(says) : expect.stringMatching(says),
    ]);

    const quote = await opened.call<PolicyQuoteResponse>('GET', `/quotes/${policy.quoteLocator}`);
    expect(quote.body).toMatchObject({ state: 'draft', invoices: [] });
    expect(quote.body.exposures[0]?.perils[0]?.characteristics[0]?.premium).toBeUndefined();
    const after = await opened.call<PolicyResponse>('GET', `/policy/${policy.locator}`);
    expect(after.body).toEqual(policy);

    const exchanges = await opened.call<ExchangeResponse[]>('GET', `/api/policies/${policy.locator}/exchanges`);
    expect(exchanges.body).toHaveLength(1);
    expect(exchanges.body[0]).toMatchObject({
      integration: 'faulty',
      transactionLocator: policy.quoteLocator,
      request: { operation: 'new_business', policy: { locator: policy.locator } },
    });
    const asked = rater.asked.slice(before);
    if (typeof how === 'function') {
      const attempts = exchanges.body[0]?.attempts ?? [];
      expect(asked.map(({ headers }) => headers['idempotency-key'])).toEqual(
        attempts.map(() => exchanges.body[0]?.locator),
      );
      expect(asked.map((one) => one.path)).toEqual(attempts.map(() => '/'));
    }

    const rerates = await opened.call<RerateResponse[]>('GET', '/api/rerates');
    const waiting = rerates.body.filter(({ policyLocator }) => policyLocator === policy.locator);
    expect(waiting).toHaveLength(status === 503 ? 1 : 0);
    if (status === 503) expect(failed.body.message).toContain('queued');
    expectNoSecret(failed.body, exchanges.body, rerates.body);
  });

  test('I12: leaves no secret in the records, the journal, the log or the registry', async () => {
    const { store } = opened.workbench.desk;
    const journal = ['integration', 'exchange', 'rerate'].flatMap((type) =>
      store.list(type as 'exchange').flatMap(({ locator }) => store.history(type as 'exchange', locator)),
    );
    expect(journal.length).toBeGreaterThan(FAULTS.length);
    const registry = await opened.call('GET', '/integrations');
    expect(registry.body).toMatchObject({
      externalServiceIntegrations: [{ headers: { Authorization: '********' }, securitySpec: { secret: '********' } }],
    });
    expectNoSecret([...store.exportCanonical()].join('\n'), journal, logged, registry.body);
    // A rater's faults are kept in the audit; they are no defects of this program.
    expect(logged.filter((line) => line.includes('broke'))).toEqual([]);
  });
});

function expectNoSecret(...given: readonly unknown[]): void {
  const text = given.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');
  const spellings = [...Object.values(SECRETS), BASIC, BASIC.slice(6)].flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
  ]);
  for (const secret of spellings) expect(text.includes(secret), secret).toBe(false);
}
