import { Problem } from '#core/model/problem.ts';
import { checkInvoices } from '#core/policy/check-invoices.ts';
import { createPolicy, updatePolicy } from '#core/policy/drafts.ts';
import { finalizePolicy } from '#core/policy/finalize.ts';
import { issuePolicy } from '#core/policy/issue.ts';
import { getPolicy, needPolicy } from '#core/policy/policies.ts';
import { getPolicyholder } from '#core/policy/policyholders.ts';
import { type Preview, previewPolicy } from '#core/policy/preview.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import { discardPolicy } from '#core/policy/quotes.ts';
import { withoutReplaced } from '#core/policy/responses.ts';
import { upgradePolicy } from '#core/policy/upgrade.ts';
import type { StoredRisk } from '../contract.ts';
import type { Door } from '../door.ts';
import { Nothing, PolicyCreate, PolicyUpdate, UpgradePolicy } from '../schemas.ts';

const tag = 'Policies';

/** Policies at the paths of the original platform (formats §3.4, §4.1). */
export function policyResources(door: Door): void {
  door.on(
    {
      method: 'post',
      path: '/policy',
      tag,
      summary: 'Make a policy with its first quote, a draft',
      body: PolicyCreate,
      answer: 'PolicyResponse',
    },
    async ({ desk, body, caller }) => {
      const { finalize, premiumReportName: _p, overrideResourcesAsOfTimestamp: _o, ...request } = body;
      const made = await createPolicy(desk, caller(), request);
      if (!finalize) return made;
      const { requestKey, actor } = caller();
      await finalizePolicy(
        desk,
        { actor, ...(requestKey ? { requestKey: `${requestKey} finalize` } : {}) },
        made.locator,
      );
      return getPolicy(desk, made.locator);
    },
  );
  door.on(
    {
      method: 'get',
      path: '/policy/:locator',
      tag,
      summary: 'One policy, with its selected quote',
      query: { includeReplacedCharacteristics: '`false`: only the rows that stand' },
      answer: 'PolicyResponse',
    },
    ({ desk, param, query }) => {
      const policy = getPolicy(desk, param('locator'));
      return query('includeReplacedCharacteristics') === 'false' ? withoutReplaced(policy) : policy;
    },
  );
  door.on(
    {
      method: 'get',
      path: '/api/policies/:locator/risk',
      tag,
      summary: 'One policy with its policyholder, in one answer',
      answer: 'StoredRisk',
    },
    ({ desk, param }): StoredRisk => {
      const policy = getPolicy(desk, param('locator'));
      return { policy, policyholder: getPolicyholder(desk, policy.policyholderLocator) };
    },
  );
  door.on(
    {
      method: 'post',
      path: '/policy/:locator/update',
      tag,
      summary: 'Change a draft',
      body: PolicyUpdate,
      answer: 'PolicyResponse',
    },
    ({ desk, param, body, caller }) => updatePolicy(desk, caller(), param('locator'), body),
  );
  door.on(
    {
      method: 'patch',
      path: '/policy/:locator/upgrade',
      tag,
      summary: 'Move a policy to a newer version of its configuration, by default the newest',
      body: UpgradePolicy,
      answer: 'PolicyResponse',
    },
    async ({ desk, param, body, caller }) => {
      await upgradePolicy(desk, caller(), param('locator'), body.configVersion);
      return getPolicy(desk, param('locator'));
    },
  );
  const actions = [
    ['finalize', 'Lock, price, underwrite; on accept invoice and documents', finalizePolicy],
    ['issue', 'Issue an accepted policy', issuePolicy],
    ['discard', 'Discard a policy that was not issued', discardPolicy],
  ] as const;
  for (const [name, summary, action] of actions)
    door.on(
      { method: 'post', path: `/policy/:locator/${name}`, tag, summary, body: Nothing, answer: 'PolicyResponse' },
      async ({ desk, param, caller }) => {
        await action(desk, caller(), param('locator'));
        return getPolicy(desk, param('locator'));
      },
    );
  for (const method of ['get', 'post'] as const)
    door.on(
      {
        method,
        path: '/policy/:locator/price',
        tag,
        summary: 'Price of the selected quote, saving nothing',
        answer: 'PriceResponse',
      },
      async ({ desk, param }) => priceResponse(succeeded(await previewPolicy(desk, param('locator'))).quote),
    );
  door.on(
    {
      method: 'get',
      path: '/policy/:locator/automatedUnderwritingResult',
      tag,
      summary: 'Underwrite a policy in any state, saving nothing',
      answer: 'AutomatedUnderwritingResultResponse',
    },
    async ({ desk, param }) => {
      const { underwriting } = succeeded(await previewPolicy(desk, param('locator')));
      if (underwriting) return underwriting;
      const { productName } = needPolicy(desk, param('locator')).record;
      throw new Problem(
        'not-found',
        `Nothing decides: ${productName} has neither guidelines nor an underwriting plugin.`,
      );
    },
  );
  door.on(
    {
      method: 'get',
      path: '/policy/:locator/checkInvoices',
      tag,
      summary: 'The invoices that finalizing gives, saving nothing',
      answer: 'InvoiceResponse[]',
    },
    ({ desk, param }) => checkInvoices(desk, param('locator')),
  );
}

/** A preview that went through; throws what stopped it. */
export function succeeded(preview: Preview): Preview & { readonly quote: NonNullable<Preview['quote']> } {
  if (preview.problem) throw preview.problem;
  if (!preview.quote)
    throw new Problem('pricing-failed', 'The policy could not be priced.', { fieldErrors: preview.fieldErrors });
  return { ...preview, quote: preview.quote };
}
