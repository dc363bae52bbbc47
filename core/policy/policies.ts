import { inOrderOfIssue } from '#core/billing/settlement.ts';
import { type Deployed, productOf } from '#core/desk/configurations.ts';
import { type Desk, findAll, locatorOf, look, need, type Typed } from '#core/desk/desk.ts';
import type { PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { Product } from '#core/model/product.ts';
import { mediaResponse } from './media.ts';
import { type PolicyView, policyResponse } from './responses.ts';
import type { Risk, RiskContext } from './risk.ts';

/** A policy with the quote that an action is about, and what they were made with. */
export interface Case {
  readonly policy: Typed<'policy'>;
  readonly quote: Typed<'quote'>;
  readonly deployed: Deployed;
  readonly product: Product;
}

/** A policy by its locator or the number printed on it. Throws `not-found`. */
export function needPolicy(desk: Desk, locator: string): Typed<'policy'> {
  const found = look(desk, 'policy', locator) ?? findAll(desk, 'policy', 'displayId', locator)[0];
  return found ?? need(desk, 'policy', locator);
}

/** @param quoteLocator default the selected quote */
export async function openCase(desk: Desk, policyLocator: string, quoteLocator?: string): Promise<Case> {
  const { configVersion, productName, quoteLocator: selected } = needPolicy(desk, policyLocator).record;
  const deployed = await desk.configurations.version(configVersion);
  const product = productOf(deployed, productName);
  // Read after the last wait, so that what follows in this turn works on the newest versions.
  return {
    policy: needPolicy(desk, policyLocator),
    quote: need(desk, 'quote', quoteLocator ?? selected),
    deployed,
    product,
  };
}

/** A policy as the API shows it: its selected quote until it is issued. Throws `not-found`. */
export function getPolicy(desk: Desk, locator: string): PolicyResponse {
  return policyResponse(viewPolicy(desk, needPolicy(desk, locator).record));
}

/** @param quote default the selected one */
export function viewPolicy(desk: Desk, policy: PolicyRecord, quote?: QuoteRecord): PolicyView {
  const of = <T extends 'quote' | 'transaction' | 'invoice' | 'payment' | 'document'>(type: T) =>
    findAll(desk, type, 'policyLocator', policy.locator).map(({ record }) => record);
  const billing = look(desk, 'billing', policy.locator)?.record;
  return {
    policy,
    quote: quote ?? need(desk, 'quote', policy.quoteLocator).record,
    quotes: of('quote'),
    transactions: of('transaction'),
    invoices: inOrderOfIssue(of('invoice')),
    payments: of('payment'),
    ...(billing ? { billing } : {}),
    documents: of('document'),
    media: (locator) => mediaResponse(desk, locator),
  };
}

/** The records of a new policy and its first quote. */
export function newPolicy(
  desk: Desk,
  locators: { readonly policyLocator: string; readonly quoteLocator: string; readonly policyholderLocator: string },
  risk: Risk,
  deployed: Deployed,
  product: Product,
): { policy: PolicyRecord; quote: QuoteRecord } {
  const { policyLocator, quoteLocator, policyholderLocator } = locators;
  const at = desk.now();
  const shared = {
    policyholderLocator,
    productName: product.name,
    currency: risk.currency,
    createdAt: at,
    updatedAt: at,
  };
  return {
    policy: {
      ...shared,
      locator: policyLocator,
      displayId: policyLocator,
      configVersion: deployed.record.configVersion,
      quoteLocator,
    },
    quote: {
      ...shared,
      ...risk,
      locator: quoteLocator,
      name: 'Quote 1',
      policyLocator,
      state: 'draft',
      row: locatorOf(desk),
      modification: locatorOf(desk),
    },
  };
}

/** What checking a risk of this product needs to know besides the request. */
export function riskContext(desk: Desk, { configuration }: Deployed, product: Product): RiskContext {
  return { configuration, product, now: desk.now(), newLocator: () => locatorOf(desk) };
}

export function deployedFor(
  desk: Desk,
  request: { readonly productName: string; readonly configVersion?: number; readonly formVersion?: number },
): Promise<Deployed> {
  const version = request.configVersion ?? request.formVersion;
  return version === undefined
    ? desk.configurations.newestOf(request.productName)
    : desk.configurations.version(version);
}
