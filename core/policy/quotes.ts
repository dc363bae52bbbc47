import { invalidateBilling } from '#core/billing/accept.ts';
import { answeredBefore, type Caller, commit, type Desk, findAll, locatorOf, need, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import type { QuotedExposure, QuoteRecord } from '#core/desk/records.ts';
import { rerateDone } from '#core/integrations/rerates.ts';
import { Problem } from '#core/model/problem.ts';
import type { PolicyQuoteResponse } from '#core/model/quote-response.ts';
import { nextState, type QuoteAction } from '#core/model/quote-state.ts';
import type { PolicyUpdateRequest } from '#core/model/request.ts';
import type { Change } from '#core/store/contract.ts';
import { finishDocuments } from './document-job.ts';
import { updateDraft } from './drafts.ts';
import { acceptQuote, lockQuote } from './finalize.ts';
import { type Case, needPolicy, openCase, viewPolicy } from './policies.ts';
import { policyResponse } from './responses.ts';

/** A quote as the API shows it, with price, decision, documents and invoices of its own. Throws `not-found`. */
export function getQuote(desk: Desk, locator: string): PolicyQuoteResponse {
  const quote = need(desk, 'quote', locator).record;
  const policy = needPolicy(desk, quote.policyLocator).record;
  const response = policyResponse(viewPolicy(desk, policy, quote));
  return {
    locator: quote.locator,
    name: quote.name,
    policyLocator: quote.policyLocator,
    policyholderLocator: quote.policyholderLocator,
    productLocator: response.productLocator,
    productName: quote.productName,
    state: quote.state,
    selected: policy.quoteLocator === quote.locator,
    createdTimestamp: String(quote.createdAt),
    updatedTimestamp: String(quote.updatedAt),
    contractStartTimestamp: String(quote.contractStart),
    contractEndTimestamp: String(quote.contractEnd),
    characteristics: response.characteristics[0],
    exposures: response.exposures,
    documents: response.documents,
    invoices: response.invoices,
    fees: response.fees,
    grossFees: response.grossFees,
    currency: quote.currency,
    ...(quote.paymentScheduleName === undefined ? {} : { paymentScheduleName: quote.paymentScheduleName }),
    ...(quote.underwriting ? { automatedUnderwritingResult: quote.underwriting } : {}),
  };
}

/** All quotes of a policy, oldest first. Throws `not-found`. */
export function listQuotes(desk: Desk, policyLocator: string): readonly PolicyQuoteResponse[] {
  const { locator } = needPolicy(desk, policyLocator);
  return findAll(desk, 'quote', 'policyLocator', locator).map((quote) => getQuote(desk, quote.locator));
}

/** A quote with its policy and the configuration it was made under. Throws `not-found`. */
export async function caseOfQuote(desk: Desk, locator: string): Promise<Case> {
  return openCase(desk, need(desk, 'quote', locator).record.policyLocator, locator);
}

/** Changes a draft. Throws as `updateDraft` does, and `not-found`. */
export async function updateQuote(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: PolicyUpdateRequest,
): Promise<void> {
  await updateDraft(desk, caller, () => caseOfQuote(desk, locator), request);
}

/** Copies a quote of any state into a new draft: how a locked quote is changed (formats §3.5). @returns its locator */
export function copyQuote(desk: Desk, caller: Caller, locator: string, name?: string): string {
  const before = answeredBefore(desk, caller, 'quote.copy', { locator, name });
  if (before !== undefined) return before;
  const { record } = need(desk, 'quote', locator);
  const policy = needPolicy(desk, record.policyLocator).record;
  refuseIssued(desk, policy.locator);
  const { price: _price, underwriting: _decision, worksheet: _worksheet, ...risk } = record;
  const count = findAll(desk, 'quote', 'policyLocator', policy.locator).length;
  const { numbers, change } = takeNumbers(desk, 'locator', 1);
  const [copy = ''] = numbers;
  const at = desk.now();
  const quote: QuoteRecord = {
    ...risk,
    locator: copy,
    name: name ?? `Quote ${count + 1}`,
    state: 'draft',
    createdAt: at,
    updatedAt: at,
    row: locatorOf(desk),
    modification: locatorOf(desk),
    exposures: record.exposures.map((exposure) => copyExposure(desk, exposure)),
  };
  commit(desk, caller, {
    name: 'quote.copy',
    arguments: { quote: locator, copy },
    changes: [change, write('quote', copy, 0, quote, record.policyholderLocator)],
    result: copy,
    request: { locator, name },
  });
  return copy;
}

/** Exposures and perils of a copy are things of their own; field groups keep theirs, they are only named within a row. */
function copyExposure(desk: Desk, exposure: QuotedExposure): QuotedExposure {
  const identity = () => ({ locator: locatorOf(desk), row: locatorOf(desk), modification: locatorOf(desk) });
  return {
    ...exposure,
    ...identity(),
    perils: exposure.perils.map((peril) => ({ ...peril, ...identity(), renewalGroup: locatorOf(desk) })),
  };
}

/** Makes a quote the one that the policy shows. */
export function selectQuote(desk: Desk, caller: Caller, locator: string): void {
  const { record } = need(desk, 'quote', locator);
  const policy = needPolicy(desk, record.policyLocator);
  if (policy.record.quoteLocator === locator) return;
  refuseIssued(desk, policy.locator);
  if (record.state === 'discarded')
    throw new Problem('wrong-state', `Quote ${locator} is discarded: it can not be selected.`, { place: { locator } });
  commit(desk, caller, {
    name: 'quote.select',
    arguments: { policy: policy.locator, quote: locator },
    changes: [
      write('policy', policy.locator, policy.version, {
        ...policy.record,
        quoteLocator: locator,
        updatedAt: desk.now(),
      }),
    ],
    result: locator,
  });
}

/** Locks, prices and underwrites a draft; the answer is `quoted` or `declined`. */
export async function quoteQuote(desk: Desk, caller: Caller, locator: string): Promise<void> {
  const found = await caseOfQuote(desk, locator);
  if (answeredBefore(desk, caller, 'quote.quote', found.policy.locator) !== undefined)
    return finishDocuments(desk, found.policy.locator);
  await lockQuote(desk, caller, found, { name: 'quote.quote', argument: locator, accept: false });
}

/** Accepts a quote; a draft is quoted on the way. */
export async function acceptQuoteByLocator(desk: Desk, caller: Caller, locator: string): Promise<void> {
  const found = await caseOfQuote(desk, locator);
  if (answeredBefore(desk, caller, 'quote.accept', found.policy.locator) !== undefined)
    return finishDocuments(desk, found.policy.locator);
  if (found.quote.record.state === 'draft')
    await lockQuote(desk, caller, found, { name: 'quote.accept', argument: locator, accept: true });
  else await acceptQuote(desk, caller, found);
}

/** Takes an accepted quote back to `quoted`: its invoice is invalidated. */
export function invalidateQuote(desk: Desk, caller: Caller, locator: string): void {
  step(desk, caller, locator, 'invalidate');
}

/** Gives a quote up. Throws `not-found`, `wrong-state` where its state or an issued policy forbids it. */
export function discardQuote(desk: Desk, caller: Caller, locator: string): void {
  step(desk, caller, locator, 'discard');
}

function step(desk: Desk, caller: Caller, locator: string, action: QuoteAction): void {
  const quote = need(desk, 'quote', locator);
  if (answeredBefore(desk, caller, `quote.${action}`, locator) !== undefined) return;
  refuseIssued(desk, quote.record.policyLocator);
  commit(desk, caller, {
    name: `quote.${action}`,
    arguments: { quote: locator },
    changes: stepChanges(desk, quote, action),
    result: locator,
  });
}

/** Discards a policy that was not issued: all its quotes. */
export function discardPolicy(desk: Desk, caller: Caller, locator: string): void {
  const policy = needPolicy(desk, locator);
  if (answeredBefore(desk, caller, 'policy.discard', policy.locator) !== undefined) return;
  refuseIssued(desk, policy.locator);
  const open = findAll(desk, 'quote', 'policyLocator', policy.locator).filter(
    ({ record }) => record.state !== 'discarded',
  );
  if (open.length === 0)
    throw new Problem('wrong-state', `Policy ${policy.locator} is discarded already.`, {
      place: { locator: policy.locator },
    });
  commit(desk, caller, {
    name: 'policy.discard',
    arguments: { policy: policy.locator },
    changes: open.flatMap((quote) => stepChanges(desk, quote, 'discard')),
    result: policy.locator,
  });
}

/** A quote that leaves `accepted` takes its invoice with it. */
function stepChanges(
  desk: Desk,
  quote: { readonly locator: string; readonly version: number; readonly record: QuoteRecord },
  action: QuoteAction,
): readonly Change[] {
  const { record } = quote;
  const state = nextState(record.state, [action], quote.locator);
  const at = desk.now();
  return [
    write('quote', quote.locator, quote.version, { ...record, state, updatedAt: at }, record.policyholderLocator),
    ...rerateDone(desk, quote.locator),
    ...(record.state === 'accepted' ? invalidateBilling(desk, record.modification) : []),
  ];
}

/** Throws `wrong-state` for a policy that is issued. */
export function refuseIssued(desk: Desk, policyLocator: string): void {
  const { record } = needPolicy(desk, policyLocator);
  if (record.issuedAt === undefined) return;
  throw new Problem(
    'wrong-state',
    `Policy ${record.displayId} is issued: what was issued is bound for good and changes only by a transaction of its own.`,
    { place: { locator: record.locator } },
  );
}
