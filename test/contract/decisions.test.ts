import { describe, expect, it } from 'vitest';
import type { PolicyResponse } from '#core/model/policy.ts';
import {
  deployExample,
  deployProduct,
  draft,
  exampleRequest,
  openTestWorkbench,
  SMALL_RISK,
  smallProduct,
} from './support.ts';

describe('what follows from the decision', async () => {
  const opened = await openTestWorkbench();
  await deployExample(opened, 'personal-auto');
  await deployExample(opened, 'commercial-property');
  await deployProduct(opened, 'open', smallProduct());
  await deployProduct(
    opened,
    'deny',
    smallProduct({
      'policy/policy.json': '{"fields":[],"plugins":{"getUnderwritingResult":{"path":"main/u.js","enabled":true}}}',
      'scripts/main/u.js': 'exports.getUnderwritingResult = () => ({decision: "deny", notes: []});',
    }),
  );
  const finalize = (policy: PolicyResponse) =>
    opened.call<PolicyResponse>('POST', `/policy/${policy.locator}/finalize`);
  const stateOf = (policy: PolicyResponse) => policy.quoteSummary?.notDiscarded[0]?.state;

  it.each([
    ['reject', 'personal-auto', 'reject-exotic'],
    ['none', 'commercial-property', 'none-too-large'],
  ])('%s is an answer that leads nowhere but to discard: no invoice, no document', async (decision, example, name) => {
    const made = await draft(opened, exampleRequest(example, name));
    const done = await finalize(made);
    expect(done.status).toBe(200);
    const result = done.body.modifications[0]?.automatedUnderwritingResult;
    expect(result?.decision).toBe(decision);
    expect(result?.notes.length).toBeGreaterThan(0);
    expect([done.body.invoices, done.body.documents, stateOf(done.body)]).toEqual([[], [], 'declined']);
    // The price is saved with the decision (seed).
    expect(Number(done.body.characteristics[0]?.grossPremium)).toBeGreaterThan(0);
    const issue = await opened.call('POST', `/policy/${made.locator}/issue`);
    expect([issue.status, issue.body.code]).toEqual([409, 'not-accepted']);
    expect((await finalize(made)).status).toBe(409);
    const discarded = await opened.call<PolicyResponse>('POST', `/policy/${made.locator}/discard`);
    expect(discarded.body.quoteSummary?.notDiscarded).toEqual([]);
  });

  it('a product without guidelines has no gate and no result', async () => {
    const made = await draft(opened, { policy: { productName: 'open', ...SMALL_RISK } });
    const done = await finalize(made);
    expect(done.body.modifications[0]).not.toHaveProperty('automatedUnderwritingResult');
    expect(done.body.exposures[0]?.perils[0]?.characteristics[0]).toMatchObject({
      premium: '120.00',
      deductible: '500.00',
    });
    expect((await opened.call('POST', `/policy/${made.locator}/issue`)).status).toBe(200);
  });

  it('a decision outside the enum fails and saves nothing: the draft is as it was', async () => {
    const made = await draft(opened, { policy: { productName: 'deny', ...SMALL_RISK } });
    const failed = await opened.call('POST', `/policy/${made.locator}/finalize`);
    expect([failed.status, failed.body.code]).toEqual([422, 'underwriting-failed']);
    expect(failed.body.detail).toContain('deny');
    expect((await opened.call<PolicyResponse>('GET', `/policy/${made.locator}`)).body).toEqual(made);
  });

  it('finalize: true at creation is create and finalize', async () => {
    const holder = await opened.call<{ locator: string }>('POST', '/policyholder/create', {
      values: {},
      completed: false,
    });
    const made = await opened.call<PolicyResponse>('POST', '/policy', {
      productName: 'open',
      policyholderLocator: holder.body.locator,
      finalize: true,
      ...SMALL_RISK,
    });
    expect(stateOf(made.body)).toBe('accepted');
  });
});
