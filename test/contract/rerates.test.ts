import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProblemDocument } from '#core/api/contract.ts';
import type { RerateResponse, RerateRun } from '#core/integrations/rerates.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { PolicyQuoteResponse } from '#core/model/quote-response.ts';
import { deployRated, draftRated, json, startRater, type TestRater } from './rater-support.ts';
import { openTestWorkbench, type TestWorkbench } from './support.ts';

/** What becomes of a transaction whose rater is away (core/integrations/SPEC.md I40 to I44). */

const LIMITS = { connect: 1_000, total: 3_000, body: 65_536, pause: 1 };
const integrations = { limits: LIMITS };

async function away(): Promise<{ opened: TestWorkbench; rater: TestRater; back: () => void; leave: () => void }> {
  const rater = await startRater();
  const good = rater.answer;
  const leave = (): void => {
    rater.answer = (_, response) => json(response, {}, 503);
  };
  leave();
  const opened = await openTestWorkbench({ integrations });
  await deployRated(opened, 'r');
  await opened.call('POST', '/integrations', { name: 'r', url: rater.address });
  return {
    opened,
    rater,
    leave,
    back: () => {
      rater.answer = good;
    },
  };
}
const queue = async (opened: TestWorkbench) => (await opened.call<RerateResponse[]>('GET', '/api/rerates')).body;
const run = async (opened: TestWorkbench) => (await opened.call<RerateRun>('POST', '/api/rerates/run', {})).body;
const stateOf = async (opened: TestWorkbench, policy: PolicyResponse) =>
  (await opened.call<PolicyQuoteResponse>('GET', `/quotes/${policy.quoteLocator}`)).body.state;

describe('a transaction whose rater is away', () => {
  test.each([
    ['policy.finalize', 'POST', (p: PolicyResponse) => `/policy/${p.locator}/finalize`, 'accepted'],
    ['quote.quote', 'PATCH', (p: PolicyResponse) => `/quotes/${p.quoteLocator}/quote`, 'quoted'],
    ['quote.accept', 'PATCH', (p: PolicyResponse) => `/quotes/${p.quoteLocator}/accept`, 'accepted'],
  ] as const)(
    'I40, I42: stays a draft, waits, and %s is done again as it was asked for',
    async (command, method, at, state) => {
      const { opened, rater, back } = await away();
      const policy = await draftRated(opened);
      const key = { 'idempotency-key': 'once' };
      const failed = await opened.call<ProblemDocument>(method, at(policy), {}, key);
      expect([failed.status, failed.body.code]).toEqual([503, 'rater-unavailable']);
      expect(await queue(opened)).toMatchObject([{ command, state: 'waiting', attempts: 1, rater: 'r' }]);
      const transactionLocator = policy.quoteLocator;
      expect(await run(opened)).toEqual({ done: [], waiting: [transactionLocator], stopped: [] });
      expect(await stateOf(opened, policy)).toBe('draft');
      const [waiting] = await queue(opened);
      expect(waiting?.attempts).toBe(2);
      // Twice as long as after the first time.
      expect(Number(waiting?.nextTimestamp) - Number(waiting?.triedTimestamp)).toBe(60_000);

      back();
      expect(await run(opened)).toEqual({ done: [transactionLocator], waiting: [], stopped: [] });
      expect(await stateOf(opened, policy)).toBe(state);
      expect(await queue(opened)).toEqual([]);
      const asked = rater.asked.length;
      const retried = await opened.call(method, at(policy), {}, key);
      expect([retried.status, rater.asked.length]).toEqual([200, asked]);
    },
  );

  test('I42: an endorsement too', async () => {
    const { opened, rater, back, leave } = await away();
    back();
    const policy = await draftRated(opened);
    await opened.call('POST', `/policy/${policy.locator}/finalize`, {});
    await opened.call('POST', `/policy/${policy.locator}/issue`, {});
    const made = await opened.call<{ locator: string }>('POST', `/policies/${policy.locator}/endorsements`, {
      endorsementName: 'change',
      startTimestamp: String(Number(policy.originalContractStartTimestamp) + 30 * 86_400_000),
      updateExposures: [{ exposureLocator: policy.exposures[0]?.locator, fieldValues: { value: 2 } }],
    });
    leave();
    const { locator } = made.body;
    const failed = await opened.call<ProblemDocument>('PATCH', `/endorsements/${locator}/issue`, {});
    expect([failed.status, failed.body.code]).toEqual([503, 'rater-unavailable']);
    const stateNow = async () => (await opened.call<{ state: string }>('GET', `/endorsements/${locator}`)).body.state;
    expect([await stateNow(), rater.asked.at(-1)?.body.endorsementLocator]).toEqual(['application', locator]);
    back();
    expect((await run(opened)).done).toEqual([locator]);
    expect(await stateNow()).toBe('issued');
    expect(await queue(opened)).toEqual([]);
  });

  test('I41: one away rater is asked once a run, however many wait for it', async () => {
    const { opened, rater } = await away();
    for (let count = 0; count < 3; count += 1)
      await opened.call('POST', `/policy/${(await draftRated(opened)).locator}/finalize`, {});
    const before = rater.asked.length;
    expect((await run(opened)).waiting).toHaveLength(3);
    expect(rater.asked.length - before).toBe(1);
  });

  test('I43: is not finalized behind the back of somebody who changed it, and no longer waits once done or discarded', async () => {
    const { opened, back } = await away();
    const [changed, byHand, discarded] = [await draftRated(opened), await draftRated(opened), await draftRated(opened)];
    for (const policy of [changed, byHand, discarded])
      await opened.call('POST', `/policy/${policy.locator}/finalize`, {});
    back();
    await opened.call('POST', `/policy/${changed.locator}/update`, {
      policyEndTimestamp: String(Number(changed.originalContractEndTimestamp) + 86_400_000),
    });
    await opened.call('POST', `/policy/${byHand.locator}/finalize`, {});
    await opened.call('POST', `/policy/${discarded.locator}/discard`, {});
    expect(await run(opened)).toEqual({ done: [], waiting: [], stopped: [changed.quoteLocator] });
    expect(await stateOf(opened, changed)).toBe('draft');
    const [stopped, ...others] = await queue(opened);
    expect(others).toEqual([]);
    expect(stopped).toMatchObject({ state: 'stopped', message: expect.stringContaining('changed') });
    expect((await opened.call('DELETE', `/api/rerates/${stopped?.locator}`)).body).toEqual([]);
  });

  test('I43: stops with the rater’s words when it is refused in the end', async () => {
    const { opened, rater } = await away();
    const policy = await draftRated(opened);
    await opened.call('POST', `/policy/${policy.locator}/finalize`, {});
    rater.answer = (_, response) => json(response, { exceptionMessage: 'Too risky.' });
    expect((await run(opened)).stopped).toEqual([policy.quoteLocator]);
    expect(await queue(opened)).toMatchObject([{ state: 'stopped', message: 'Too risky.' }]);
    expect(await run(opened)).toEqual({ done: [], waiting: [], stopped: [] });
  });

  describe('I44', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-test-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test('is rated when the workbench opens again; a call under way does not keep it from closing', async () => {
      const rater = await startRater();
      const first = await openTestWorkbench({ folder, integrations: { limits: { ...LIMITS, total: 60_000 } } });
      await deployRated(first, 'r');
      await first.call('POST', '/integrations', { name: 'r', url: rater.address });
      const good = rater.answer;
      rater.answer = (_, response) => json(response, {}, 503);
      const policy = await draftRated(first);
      await first.call('POST', `/policy/${policy.locator}/finalize`, {});
      const arrived = new Promise<void>((resolve) => {
        rater.answer = () => resolve();
      });
      const running = run(first);
      await arrived;
      await first.workbench.close();
      expect((await running).waiting).toEqual([policy.quoteLocator]);

      rater.answer = good;
      const second = await openTestWorkbench({ folder, key: first.key, integrations, user: null });
      await second.call('POST', '/api/rerates/run', {});
      expect(await stateOf(second, policy)).toBe('accepted');
    });
  });
});
