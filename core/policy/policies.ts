import { type Deployed, productOf } from '#core/desk/configurations.ts';
import {
  answeredBefore,
  type Caller,
  commit,
  type Desk,
  findAll,
  locatorOf,
  look,
  need,
  type Typed,
  write,
} from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import type { PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { isMutable } from '#core/model/quote-state.ts';
import type { PolicyCreateRequest, PolicyUpdateRequest } from '#core/model/request.ts';
import { withinTime } from '#core/product/time-limit.ts';
import { mediaResponse } from './media.ts';
import { type PolicyView, policyResponse } from './responses.ts';
import { newRisk, type Risk, type RiskContext, RiskErrors } from './risk.ts';
import { updatedRisk } from './risk-update.ts';

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
  const of = <T extends 'quote' | 'transaction' | 'invoice' | 'document'>(type: T) =>
    findAll(desk, type, 'policyLocator', policy.locator).map(({ record }) => record);
  return {
    policy,
    quote: quote ?? need(desk, 'quote', policy.quoteLocator).record,
    quotes: of('quote'),
    transactions: of('transaction'),
    invoices: of('invoice'),
    documents: of('document'),
    media: (locator) => mediaResponse(desk, locator),
  };
}

/**
 * Makes a policy with its first quote, a draft (formats §3.4). Throws `not-found` for the product or policyholder,
 * `invalid-fields` with everything that is wrong with the request.
 */
export async function createPolicy(desk: Desk, caller: Caller, request: PolicyCreateRequest): Promise<PolicyResponse> {
  const before = answeredBefore(desk, caller, 'policy.create', request);
  if (before !== undefined) return getPolicy(desk, before);
  const deployed = await deployedFor(desk, request);
  const product = productOf(deployed, request.productName);
  const errors = new RiskErrors();
  const holder = request.policyholderLocator;
  if (holder === undefined) errors.add('', 'policyholderLocator', 'MISSING', 'Say whose policy it is.');
  else if (!look(desk, 'policyholder', holder))
    errors.add('', 'policyholderLocator', 'INVALID_VALUE', `There is no policyholder ${holder}.`);
  const context = riskContext(desk, deployed, product);
  const risk = withinTime(`The fields of ${product.name}`, () => newRisk(request, context, errors));
  errors.refuse('The policy');

  const { numbers, change } = takeNumbers(desk, 'locator', 2);
  const [policyLocator = '', quoteLocator = ''] = numbers;
  const policyholderLocator = holder ?? '';
  const { policy, quote } = newPolicy(
    desk,
    { policyLocator, quoteLocator, policyholderLocator },
    risk,
    deployed,
    product,
  );
  commit(desk, caller, {
    name: 'policy.create',
    arguments: { policy: policyLocator, policyholder: policyholderLocator, product: product.name },
    configuration: deployed.record.commit,
    changes: [
      change,
      write('policy', policyLocator, 0, policy),
      write('quote', quoteLocator, 0, quote, policyholderLocator),
    ],
    result: policyLocator,
    request,
  });
  return getPolicy(desk, policyLocator);
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

/** Changes the selected quote while it is a draft. Throws `wrong-state`, `invalid-fields`. */
export async function updatePolicy(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: PolicyUpdateRequest,
): Promise<PolicyResponse> {
  const found = await openCase(desk, locator);
  updateDraft(desk, caller, found, request);
  return getPolicy(desk, locator);
}

/** Changes a draft and saves it. Throws `wrong-state` for a quote that is locked, `invalid-fields` with everything that is wrong. */
export function updateDraft(desk: Desk, caller: Caller, found: Case, request: PolicyUpdateRequest): void {
  const { quote, product, deployed } = found;
  const { locator, state } = quote.record;
  if (answeredBefore(desk, caller, 'quote.update', request) !== undefined) return;
  if (!isMutable(state))
    throw new Problem(
      'wrong-state',
      `Quote ${locator} is ${state}: only drafts can be changed. Copy it to change it (POST /quotes/${locator}/createNew).`,
      { place: { locator } },
    );
  const errors = new RiskErrors();
  const context = riskContext(desk, deployed, product);
  const risk = withinTime(`The fields of ${product.name}`, () => updatedRisk(quote.record, request, context, errors));
  errors.refuse('The change');
  const changed: QuoteRecord = {
    ...quote.record,
    ...risk,
    ...(request.name === undefined ? {} : { name: request.name }),
    updatedAt: desk.now(),
  };
  commit(desk, caller, {
    name: 'quote.update',
    arguments: { quote: locator },
    configuration: deployed.record.commit,
    changes: [write('quote', locator, quote.version, changed, quote.record.policyholderLocator)],
    result: locator,
    request,
  });
}

/** What checking a risk of this product needs to know besides the request. */
export function riskContext(desk: Desk, { configuration }: Deployed, product: Product): RiskContext {
  return { configuration, product, now: desk.now(), newLocator: () => locatorOf(desk) };
}

export function deployedFor(
  desk: Desk,
  request: { readonly productName: string; readonly configVersion?: number },
): Promise<Deployed> {
  return request.configVersion === undefined
    ? desk.configurations.newestOf(request.productName)
    : desk.configurations.version(request.configVersion);
}
