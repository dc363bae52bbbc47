import { acceptBilling } from '#core/billing/accept.ts';
import { answeredBefore, type Caller, commit, type Desk, findAll, write } from '#core/desk/desk.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import type { DocumentEvent } from '#core/documents/select.ts';
import { keepingExchanges } from '#core/integrations/exchanges.ts';
import { queueWhenAway, rerateDone } from '#core/integrations/rerates.ts';
import { Problem } from '#core/model/problem.ts';
import { nextState, type QuoteAction } from '#core/model/quote-state.ts';
import type { Change } from '#core/store/contract.ts';
import { auxDataChanges } from './aux-data.ts';
import { documentJob, finishDocuments, runAfterCommit } from './document-job.ts';
import { quoteInputHash } from './input-hash.ts';
import { type Case, openCase, viewPolicy } from './policies.ts';
import { getPolicyholder } from './policyholders.ts';
import { quoteBilling } from './quote-billing.ts';
import { decide, newRun, priceQuote, quotePricingInput } from './rate.ts';
import { withWorksheet } from './worksheet-problem.ts';
import { worksheetRecord } from './worksheet-record.ts';

/**
 * Finalizes the selected quote of a policy: lock → price → underwrite → on accept invoice and documents. Lock, price, decision
 * and invoice are saved in one commit or not at all; documents are a durable job that it starts and waits for (settled
 * questions, 4). A rejection is an answer: the quote is then `declined` and can only be discarded.
 * A retry of what was done already finds it done. Throws `wrong-state`, `pricing-failed`, `underwriting-failed`, `plugin-…`.
 */
export async function finalizePolicy(desk: Desk, caller: Caller, locator: string): Promise<void> {
  const found = await openCase(desk, locator);
  if (answeredBefore(desk, caller, 'policy.finalize', found.policy.locator) !== undefined)
    return finishDocuments(desk, found.policy.locator);
  if (found.quote.record.state === 'quoted') return acceptQuote(desk, caller, found, 'policy.finalize');
  await lockQuote(desk, caller, found, { name: 'policy.finalize', argument: found.policy.locator, accept: true });
}

/** Locks, prices and underwrites a draft: `quoted`, or `declined`. With `accept` it goes on to `accepted` in the same commit. */
export async function lockQuote(
  desk: Desk,
  caller: Caller,
  found: Case,
  command: { readonly name: string; readonly argument: string; readonly accept: boolean },
): Promise<void> {
  const { policy, quote, deployed, product } = found;
  const { locator } = quote.record;
  nextState(quote.record.state, ['quote'], locator);
  const context = newRun(desk);
  const policyholder = getPolicyholder(desk, policy.record.policyholderLocator);
  const rated = { view: viewPolicy(desk, policy.record, quote.record), deployed, product, policyholder };
  const of = {
    policyLocator: policy.locator,
    policyholderLocator: policy.record.policyholderLocator,
    transactionLocator: locator,
  };
  const priced = await priceQuote(keepingExchanges(desk, caller, of), rated, context);
  if (!priced.ok) {
    const unrated = {
      ...of,
      command: command.name,
      argument: command.argument,
      rater: product.externalRater ?? '',
      basedOn: [policy, quote],
    };
    throw withWorksheet(queueWhenAway(desk, caller, unrated, priced.problem), priced.worksheet);
  }
  const decided = await decide(desk, rated, priced.quote, context);
  if (!decided.ok) throw withWorksheet(decided.problem, decided.worksheet);

  const accepted = !decided.result || decided.result.decision === 'accept';
  const actions: QuoteAction[] = accepted ? (command.accept ? ['quote', 'accept'] : ['quote']) : ['decline'];
  const worksheet = worksheetRecord(
    desk,
    { policyLocator: policy.locator, quoteLocator: locator, operation: 'new_business' },
    { deployed, context, policyholder, inputHash: quoteInputHash(quotePricingInput(rated, context)) },
    { pricing: priced.worksheet, underwriting: decided.worksheet },
  );
  const locked: QuoteRecord = {
    ...priced.quote,
    state: nextState(quote.record.state, actions, locator),
    updatedAt: desk.now(),
    worksheet: worksheet.locator,
    ...(decided.result ? { underwriting: decided.result } : {}),
  };
  const event = accepted ? (command.accept ? 'finalize' : 'quote') : undefined;
  await save(desk, caller, { ...found, quote: { ...quote, record: locked } }, command.name, event, [
    write('worksheet', worksheet.locator, 0, worksheet, policyholder.locator),
    ...auxDataChanges(desk, priced.auxData),
    ...rerateDone(desk, locator),
  ]);
}

/** Accepts a quoted quote: it becomes the selected one, is invoiced, and gets the documents due then. */
export async function acceptQuote(desk: Desk, caller: Caller, found: Case, command = 'quote.accept'): Promise<void> {
  const { record } = found.quote;
  const accepted = { ...record, state: nextState(record.state, ['accept'], record.locator), updatedAt: desk.now() };
  await save(desk, caller, { ...found, quote: { ...found.quote, record: accepted } }, command, 'accept', []);
}

/** Saves a locked quote and what follows from its state in one commit, then makes its documents. */
async function save(
  desk: Desk,
  caller: Caller,
  { policy, quote, deployed, product }: Case,
  command: string,
  event: DocumentEvent | undefined,
  more: readonly Change[],
): Promise<void> {
  const { record } = quote;
  const plan =
    record.state === 'accepted' ? await quoteBilling(desk, record, { deployed, product }, newRun(desk)) : undefined;
  // From here to the commit nothing waits; a record that moved on meanwhile refuses the commit.
  const changes: Change[] = [write('quote', quote.locator, quote.version, record, record.policyholderLocator), ...more];
  if (record.state === 'accepted') {
    const others = findAll(desk, 'quote', 'policyLocator', policy.locator);
    const taken = others.find((other) => other.record.state === 'accepted' && other.locator !== quote.locator);
    if (taken)
      throw new Problem(
        'wrong-state',
        `Quote ${taken.locator} of policy ${policy.locator} is accepted already: invalidate it first, only one can be.`,
        { place: { locator: taken.locator } },
      );
    if (plan) changes.push(...acceptBilling(desk, plan));
    if (policy.record.quoteLocator !== quote.locator)
      changes.push(
        write('policy', policy.locator, policy.version, {
          ...policy.record,
          quoteLocator: quote.locator,
          updatedAt: desk.now(),
        }),
      );
  }
  const due = { policyLocator: policy.locator, quoteLocator: quote.locator };
  const job = event && documentJob(desk, product, { ...due, event });
  if (job) changes.push(write('job', job.locator, 0, job));
  commit(desk, caller, {
    name: command,
    arguments: { policy: policy.locator, quote: quote.locator },
    configuration: deployed.record.commit,
    changes,
    result: policy.locator,
  });
  await runAfterCommit(desk, job);
}
