import type { Deployed } from '#core/desk/configurations.ts';
import { type Desk, locatorOf } from '#core/desk/desk.ts';
import type { QuotePrice, QuoteRecord } from '#core/desk/records.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Product } from '#core/model/product.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import type { PricingInput, PricingResult } from '#core/pricing/contract.ts';
import { priceTransaction } from '#core/pricing/price.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import type { UnderwritingResult } from '#core/underwriting/contract.ts';
import { underwrite } from '#core/underwriting/underwrite.ts';
import { guestReader } from './guest-reader.ts';
import { type PolicyView, policyResponse, rowsToPrice } from './responses.ts';

/** What is priced and decided: a quote of a policy, with what it was made with and for whom. */
export interface Rated {
  readonly view: PolicyView;
  readonly deployed: Deployed;
  readonly product: Product;
  readonly policyholder: PolicyholderResponse;
}
export type PricedQuote =
  | {
      readonly ok: true;
      readonly quote: QuoteRecord;
      readonly worksheet?: Worksheet;
      readonly auxData: Extract<PricingResult, { ok: true }>['auxData'];
    }
  | Extract<PricingResult, { ok: false }>;

/** The clock and the seed of a transaction: what guest code gets instead of the machine's, recorded for the replay. */
export function newRun(desk: Desk): RunContext {
  return { clock: desk.now(), seed: Buffer.from(desk.random(16)).toString('hex'), worksheet: true };
}

/**
 * The policy as the engines see it: nothing in it but what the quote says and the transaction's clock, so that a replay sees
 * the same whatever happened to the policy and its other quotes since.
 */
function enginePolicy({ view }: Rated, quote: QuoteRecord): PolicyResponse {
  const { quoteSummary: _, ...policy } = policyResponse({
    ...view,
    policy: { ...view.policy, updatedAt: view.policy.createdAt },
    quote,
    invoices: [],
    billing: undefined,
    documents: [],
  });
  return policy;
}

/** Everything that the price of a quote depends on, as the pricing engine gets it. */
export function quotePricingInput(rated: Rated, context: RunContext): PricingInput {
  const { deployed, product, policyholder } = rated;
  const quote = unpriced(rated, context);
  return {
    configuration: deployed.configuration,
    product,
    operation: 'new_business',
    policy: enginePolicy(rated, quote),
    policyholder,
    toPrice: rowsToPrice(quote),
    fees: true,
    context,
    locators: { quoteLocator: quote.locator },
  };
}

function unpriced({ view }: Rated, context: RunContext): QuoteRecord {
  const { price: _price, underwriting: _decision, ...quote } = view.quote;
  return { ...quote, updatedAt: context.clock };
}

/** Prices a quote as new business (formats §2.1); nothing is saved. */
export async function priceQuote(desk: Desk, rated: Rated, context: RunContext): Promise<PricedQuote> {
  const { deployed } = rated;
  const quote = unpriced(rated, context);
  const result = await priceTransaction(quotePricingInput(rated, context), {
    sandbox: desk.sandbox,
    reader: guestReader(desk),
    externalRater: desk.raters(deployed.configuration),
  });
  if (!result.ok) return result;
  const price: QuotePrice = {
    at: context.clock,
    perils: result.perils,
    fees: result.fees.map((fee) => ({ ...fee, locator: locatorOf(desk) })),
    grossPremium: result.grossPremium,
    grossTaxes: result.grossTaxes,
    grossFees: result.grossFees,
    taxGroups: result.taxGroups,
    revision: deployed.record.commit,
  };
  return {
    ok: true,
    quote: { ...quote, price },
    auxData: result.auxData,
    ...(result.worksheet ? { worksheet: result.worksheet } : {}),
  };
}

/** Runs the guidelines over a priced quote (formats §4.1); nothing is saved. */
export function decide(
  desk: Desk,
  rated: Rated,
  priced: QuoteRecord,
  context: RunContext,
): Promise<UnderwritingResult> {
  return underwrite(
    {
      configuration: rated.deployed.configuration,
      product: rated.product,
      operation: 'new_business',
      policy: enginePolicy(rated, priced),
      policyholder: rated.policyholder,
      context,
    },
    { sandbox: desk.sandbox, reader: guestReader(desk) },
  );
}
