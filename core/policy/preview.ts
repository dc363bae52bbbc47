import { productOf } from '#core/desk/configurations.ts';
import { type Desk, locatorOf } from '#core/desk/desk.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import type { AutomatedUnderwritingResultResponse } from '#core/model/policy.ts';
import type { FieldError, Problem } from '#core/model/problem.ts';
import type { PolicyCreateRequest, RequestValues } from '#core/model/request.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { withinTime } from '#core/product/time-limit.ts';
import { filledCreate } from './autofill.ts';
import { assignedFor } from './experiments.ts';
import { mediaResponse } from './media.ts';
import { newPolicy, openCase, riskContext, viewPolicy } from './policies.ts';
import { getPolicyholder, policyholderValues } from './policyholders.ts';
import { decide, newRun, priceQuote, type Rated } from './rate.ts';
import { policyholderResponse } from './responses.ts';
import { newRisk, RiskErrors } from './risk.ts';

/** A price and a decision that nobody saved. */
export interface Preview {
  readonly fieldErrors: readonly FieldError[];
  /** Priced; absent when it could not be. */
  readonly quote?: QuoteRecord;
  readonly underwriting?: AutomatedUnderwritingResultResponse;
  readonly worksheet?: Worksheet;
  readonly underwritingWorksheet?: Worksheet;
  readonly problem?: Problem;
}

/** What of a preview is not wanted. */
export interface PreviewLess {
  /** Decided without a price: only right where what decides reads none. */
  readonly unpriced?: true;
  readonly worksheet?: false;
}

/** Prices and underwrites an unsaved risk as far as it goes; what is wrong with its fields comes beside. Nothing is stored. */
export async function previewRequest(
  desk: Desk,
  request: { readonly policyholder?: { readonly values: RequestValues }; readonly policy: PolicyCreateRequest },
  less: PreviewLess = {},
): Promise<Preview> {
  const { deployed } = await assignedFor(desk, request.policy, request.policyholder?.values ?? {});
  const product = productOf(deployed, request.policy.productName);
  const errors = new RiskErrors();
  const context = riskContext(desk, deployed, product);
  // What autofill would fill in belongs to the price; what it attaches is not saved.
  const policyholderLocator = locatorOf(desk);
  const filled = await filledCreate(desk, { deployed, product, policyholderLocator }, request.policy);
  const asked = filled?.request ?? request.policy;
  const risk = withinTime(`The fields of ${product.name}`, () => newRisk(asked, context, errors));
  const holder = policyholderValues(request.policyholder?.values ?? {}, deployed.configuration, desk);
  const fieldErrors = [...holder.errors, ...errors.list];
  // A missing policyholder field does not change the price; a field of the risk that is wrong would give a wrong one.
  if (errors.list.length > 0) return { fieldErrors };
  const at = desk.now();
  const locators = { policyLocator: locatorOf(desk), quoteLocator: locatorOf(desk), policyholderLocator };
  const { policy, quote } = newPolicy(desk, locators, risk, deployed, product);
  const policyholder = policyholderResponse(
    { locator: policyholderLocator, createdAt: at, updatedAt: at, completed: false, entity: { values: holder.values } },
    1,
  );
  const view = {
    policy,
    quote,
    quotes: [quote],
    transactions: [],
    invoices: [],
    payments: [],
    documents: [],
    media: (locator: string) => mediaResponse(desk, locator),
  };
  return { ...(await preview(desk, { view, deployed, product, policyholder }, less)), fieldErrors };
}

/** Price and decision of a stored policy in any state (formats §4.1, dry run). Nothing is stored. */
export async function previewPolicy(desk: Desk, locator: string, quoteLocator?: string): Promise<Preview> {
  const { policy, quote, deployed, product } = await openCase(desk, locator, quoteLocator);
  const policyholder = getPolicyholder(desk, policy.record.policyholderLocator);
  return preview(desk, { view: viewPolicy(desk, policy.record, quote.record), deployed, product, policyholder });
}

async function preview(desk: Desk, rated: Rated, less: PreviewLess = {}): Promise<Preview> {
  const context = { ...newRun(desk), ...(less.worksheet === false ? { worksheet: false } : {}) };
  if (less.unpriced) {
    const decided = await decide(desk, rated, rated.view.quote, context);
    if (!decided.ok) return { fieldErrors: [], problem: decided.problem };
    return { fieldErrors: [], ...(decided.result ? { underwriting: decided.result } : {}) };
  }
  const priced = await priceQuote(desk, rated, context);
  const worksheet = priced.worksheet ? { worksheet: priced.worksheet } : {};
  if (!priced.ok) return { fieldErrors: [], problem: priced.problem, ...worksheet };
  const decided = await decide(desk, rated, priced.quote, context);
  return {
    fieldErrors: [],
    quote: priced.quote,
    ...worksheet,
    ...(decided.worksheet ? { underwritingWorksheet: decided.worksheet } : {}),
    ...(decided.ok ? (decided.result ? { underwriting: decided.result } : {}) : { problem: decided.problem }),
  };
}
