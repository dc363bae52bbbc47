import { productOf } from '#core/desk/configurations.ts';
import { type Caller, type Desk, need } from '#core/desk/desk.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import type { AutomatedUnderwritingResultResponse, PolicyResponse } from '#core/model/policy.ts';
import type { PolicyCreateRequest, RequestValues } from '#core/model/request.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { definitionsOf, failedDocuments } from './document-job.ts';
import { createPolicy } from './drafts.ts';
import { finalizePolicy } from './finalize.ts';
import { getPolicy } from './policies.ts';
import { createPolicyholder } from './policyholders.ts';

export interface QuoteAnswer {
  readonly policy: PolicyResponse;
  /** Null when nothing decides: the product has neither guidelines nor a plugin. */
  readonly underwriting: AutomatedUnderwritingResultResponse | null;
  /** Price and decision, in the order in which they came about. */
  readonly worksheet: Worksheet | null;
  readonly documents: readonly QuotedDocument[];
}
export interface QuotedDocument {
  readonly displayName: string;
  readonly fileName: string;
  readonly type: 'pdf' | 'html';
  readonly state: 'made' | 'suppressed' | 'failed' | 'not-produced';
  readonly locator?: string;
  readonly problem?: { readonly code: string; readonly message: string };
}

/** Takes a request `{policyholder, policy}` through create and finalize: what the command line's `quote` and `test` answer. */
export async function runQuote(
  desk: Desk,
  caller: Caller,
  request: {
    readonly policyholder?: { readonly completed?: boolean; readonly values: RequestValues };
    readonly policy: PolicyCreateRequest;
  },
): Promise<QuoteAnswer> {
  const holder = await createPolicyholder(desk, caller, request.policyholder ?? { completed: false, values: {} });
  const created = await createPolicy(desk, caller, { ...request.policy, policyholderLocator: holder.locator });
  await finalizePolicy(desk, caller, created.locator);
  const policy = getPolicy(desk, created.locator);
  const quote = need(desk, 'quote', policy.quoteLocator ?? '').record;
  return {
    policy,
    underwriting: quote.underwriting ?? null,
    worksheet: quote.worksheet === undefined ? null : wholeWorksheet(desk, quote.worksheet),
    documents: quote.state === 'declined' ? [] : await documentsOf(desk, policy, quote.locator),
  };
}

/** Pricing and underwriting as one worksheet. */
export function wholeWorksheet(desk: Desk, locator: string): Worksheet | null {
  const { record } = need(desk, 'worksheet', locator);
  const pricing = unpackWorksheet(record.pricing);
  const underwriting = unpackWorksheet(record.underwriting);
  const first = pricing ?? underwriting;
  return first ? { ...first, steps: [...(pricing?.steps ?? []), ...(underwriting?.steps ?? [])] } : null;
}

async function documentsOf(desk: Desk, policy: PolicyResponse, quote: string): Promise<readonly QuotedDocument[]> {
  const deployed = await desk.configurations.version(policy.configVersion ?? 0);
  const definitions = definitionsOf(productOf(deployed, policy.productName), { event: 'finalize' });
  const made = [...policy.documents, ...policy.invoices.flatMap(({ documents }) => documents)];
  const failures = failedDocuments(desk, policy.locator, quote);
  return definitions.map(({ displayName, fileName, type }): QuotedDocument => {
    const shared = { displayName, fileName, type };
    if (desk.documents === 'later') return { ...shared, state: 'not-produced' };
    const document = made.find((candidate) => candidate.displayName === displayName);
    if (document) return { ...shared, fileName: document.fileName, state: 'made', locator: document.locator };
    const failure = failures.find((candidate) => candidate.displayName === displayName);
    if (!failure) return { ...shared, state: 'suppressed' };
    return { ...shared, state: 'failed', problem: { code: failure.code, message: failure.message } };
  });
}
