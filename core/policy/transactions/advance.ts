import { acceptBilling, invalidateBilling, issueBilling } from '#core/billing/accept.ts';
import { planBilling, planHolds } from '#core/billing/plan.ts';
import type { BillingPlan } from '#core/desk/billing-records.ts';
import { answeredBefore, type Caller, commit, type Desk, locatorOf, type Typed, write } from '#core/desk/desk.ts';
import type { JobRecord, WorksheetRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { packWorksheet } from '#core/desk/worksheets.ts';
import { keepingExchanges } from '#core/integrations/exchanges.ts';
import { queueWhenAway, rerateDone } from '#core/integrations/rerates.ts';
import { ENGINE } from '#core/model/engine.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import { chargesOf } from '#core/model/timeline/money.ts';
import { nextTransactionState, type TransactionState } from '#core/model/transaction-state.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import type { Change } from '#core/store/contract.ts';
import { auxDataChanges } from '../aux-data.ts';
import { finishDocuments, runAfterCommit } from '../document-job.ts';
import { newRun } from '../rate.ts';
import { checkInsured } from './change-request.ts';
import { blockedBy } from './create.ts';
import { transactionJob } from './documents.ts';
import { type OpenTransaction, openTransaction, pendingOf } from './open.ts';
import { type WorkedOut, workOut } from './work-out.ts';

/** How far a transaction is taken in one command. */
export type Target = 'quoted' | 'accepted' | 'issued';

/**
 * Takes a transaction as far as `target`, skipping no step: quoting works it out (price, then underwriting, saved together with
 * the lock or not at all), accepting bills it, issuing binds it. What the guidelines do not accept ends `declined`.
 * A retry of what was done already finds it done. Throws `wrong-state`, `not-accepted`, `pricing-failed`, `invalid-fields`, …
 */
export async function advanceTransaction(desk: Desk, caller: Caller, locator: string, target: Target): Promise<void> {
  const command = `transaction.${ACTIONS[target]}`;
  const open = await openTransaction(desk, locator);
  if (answeredBefore(desk, caller, command, locator) !== undefined) return finishDocuments(desk, open.policy.locator);
  const { record } = open.transaction;
  const stale = record.effect !== undefined && record.basedOn !== open.history.issued.length;
  if (stale && target !== 'quoted' && record.state !== 'quoted')
    throw new Problem(
      'wrong-state',
      `The ${record.kind} ${locator} was worked out before another transaction of the policy was issued: invalidate it and make it again.`,
      place(locator),
    );
  const anew = record.effect === undefined || stale || target === 'quoted';
  const moved = anew ? await quoted(desk, caller, open, command) : { record, changes: [] as readonly Change[] };
  await carryOn(desk, caller, { ...open, moved }, target, command);
}

const ACTIONS = { quoted: 'quote', accepted: 'accept', issued: 'issue' } as const;

interface Moved {
  readonly record: TransactionRecord;
  readonly changes: readonly Change[];
}

/** Works a transaction out and locks it; nothing is saved yet. */
async function quoted(desk: Desk, caller: Caller, open: OpenTransaction, command: string): Promise<Moved> {
  const { record } = open.transaction;
  const { locator, kind } = record;
  const direct = kind === 'cancellation' || kind === 'withdrawal' || kind === 'fees';
  if (!direct) nextTransactionState(kind, record.state, kind === 'reinstatement' ? 'accept' : 'quote', locator);
  else nextTransactionState(kind, record.state, 'issue', locator);
  if (kind === 'reinstatement' && record.deadline !== undefined && desk.now() > record.deadline)
    throw new Problem('wrong-state', `The deadline of reinstatement ${locator} has passed.`, place(locator));
  const context = newRun(desk);
  const asked = {
    policyLocator: open.policy.locator,
    policyholderLocator: record.policyholderLocator,
    transactionLocator: locator,
  };
  const pending = pendingOf(keepingExchanges(desk, caller, asked), open, record);
  let worked: WorkedOut;
  try {
    worked = await workOut(desk, pending, context, checkInsured(desk, open, locator));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const basedOn = [open.policy, open.transaction];
    throw queueWhenAway(
      desk,
      caller,
      { ...asked, command, argument: locator, rater: open.product.externalRater ?? '', basedOn },
      error,
    );
  }
  const accepted = !worked.underwriting || worked.underwriting.decision === 'accept';
  const state: TransactionState =
    direct || kind === 'reinstatement' ? (accepted ? record.state : 'declined') : accepted ? 'quoted' : 'declined';
  const worksheet = worksheetOf(desk, open, worked, context, pending.policyholder);
  const plan = accepted ? await billingPlan(desk, open, { ...record, effect: worked.effect }, context) : undefined;
  return {
    record: {
      ...record,
      state,
      updatedAt: desk.now(),
      run: { clock: context.clock, seed: context.seed },
      basedOn: open.history.issued.length,
      effect: worked.effect,
      gross: worked.gross,
      revision: open.deployed.record.commit,
      ...(worked.underwriting ? { underwriting: worked.underwriting } : {}),
      ...(plan ? { billing: plan } : {}),
      worksheet: worksheet.locator,
    },
    changes: [
      write('worksheet', worksheet.locator, 0, worksheet, record.policyholderLocator),
      ...auxDataChanges(desk, worked.auxData),
      ...rerateDone(desk, locator),
    ],
  };
}

/** From a locked transaction on: everything until the target is reached is saved in one commit. */
async function carryOn(
  desk: Desk,
  caller: Caller,
  open: OpenTransaction & { readonly moved: Moved },
  target: Target,
  command: string,
): Promise<void> {
  const { policy, deployed, product, history } = open;
  let { record } = open.moved;
  const { locator, kind } = record;
  const changes: Change[] = [...open.moved.changes];
  const jobs: JobRecord[] = [];
  const due = (event: 'quote' | 'accept' | 'issue' | 'finalize'): void => {
    const job = transactionJob(desk, product, record, policy.record.quoteLocator, event);
    if (job) jobs.push(job);
  };
  const wasOpen = open.transaction.record.effect === undefined;
  const refresh = record.state !== 'declined' && target !== 'quoted' ? await freshPlan(desk, open, record) : undefined;

  // From here to the commit nothing waits: the versions that were read are the ones that are written over.
  if (record.state === 'declined' && target !== 'quoted' && !wasOpen && open.moved.changes.length === 0)
    throw new Problem(
      'not-accepted',
      `The ${kind} ${locator} can not be ${target}: the underwriting decision is ${record.underwriting?.decision ?? 'not accept'}. It can only be discarded.`,
      place(locator),
    );
  if (record.state === 'declined' || target === 'quoted') {
    if (record.state === 'quoted') due('quote');
  } else {
    const direct = kind === 'cancellation' || kind === 'withdrawal' || kind === 'fees';
    const issue = target === 'issued';
    const needsAccept = record.state !== 'accepted';
    if (needsAccept && !direct)
      record = { ...record, state: nextTransactionState(kind, record.state, 'accept', locator) };
    const others = issue || needsAccept ? conflicting(open, record) : [];
    for (const other of others) {
      const invalidated = {
        ...other.record,
        state: other.record.kind === 'reinstatement' ? ('draft' as const) : ('invalidated' as const),
        updatedAt: desk.now(),
      };
      changes.push(write('transaction', other.locator, other.version, invalidated, invalidated.policyholderLocator));
    }
    if (needsAccept && refresh) changes.push(...acceptBilling(desk, refresh, { issued: issue }));
    else if (issue) {
      if (others.length > 0)
        changes.push(
          ...invalidateBilling(
            desk,
            others.map(({ record: other }) => other.modification),
          ),
        );
      changes.push(...issueBilling(desk, record.modification));
    }
    if (needsAccept) due(wasOpen && !direct ? 'finalize' : 'accept');
    if (issue) {
      record = {
        ...record,
        state: nextTransactionState(kind, record.state, 'issue', locator),
        issuedAt: desk.now(),
        order: history.issued.length + 1,
      };
      due('issue');
      changes.push(write('policy', policy.locator, policy.version, { ...policy.record, updatedAt: desk.now() }));
    }
  }
  record = { ...record, updatedAt: desk.now() };
  commit(desk, caller, {
    name: command,
    arguments: { policy: policy.locator, transaction: locator },
    configuration: deployed.record.commit,
    changes: [
      write('transaction', locator, open.transaction.version, record, record.policyholderLocator),
      ...changes,
      ...jobs.map((job) => write('job', job.locator, 0, job)),
    ],
    result: locator,
  });
  for (const job of jobs) await runAfterCommit(desk, job);
}

/** Others of the policy that are accepted and not issued: they were worked out without this one (formats §3.6). Throws `wrong-state`. */
function conflicting(open: OpenTransaction, record: TransactionRecord): readonly Typed<'transaction'>[] {
  const others = open.others.filter((other) => other.record.state === 'accepted' && other.locator !== record.locator);
  const [first] = others;
  if (first && record.conflictHandling === 'block') throw blockedBy(first.record);
  return others;
}

/** The billing plan of a transaction; made again when the policy's billing moved on since it was quoted. */
async function freshPlan(
  desk: Desk,
  open: OpenTransaction,
  record: TransactionRecord,
): Promise<BillingPlan | undefined> {
  if (record.state === 'accepted' || !record.effect) return undefined;
  const takenBack = conflicting(open, record).length > 0;
  const kept = record.billing;
  if (kept && !takenBack && planHolds(desk, kept)) return kept;
  return billingPlan(desk, open, record, newRun(desk));
}

/** What billing does about a transaction: its charges over the payment schedule that applies then. */
async function billingPlan(
  desk: Desk,
  open: OpenTransaction,
  record: TransactionRecord,
  context: RunContext,
): Promise<BillingPlan | undefined> {
  const { policy, deployed, product, history, quote } = open;
  const { effect } = record;
  if (!effect) return undefined;
  const charges = chargesOf(effect, history.timeline);
  const term = history.timeline.terms.findLast(({ start }) => start <= record.effective);
  const coverageEnd = record.end ?? term?.end ?? record.effective;
  const { currency, productName, policyholderLocator } = policy.record;
  const others = conflictingOrNone(open, record);
  return planBilling(desk, {
    deployed,
    product,
    policy: {
      locator: policy.locator,
      policyholderLocator,
      productName,
      currency,
      originalContractStart: quote.record.contractStart,
      quoteLocator: quote.locator,
    },
    transaction: {
      locator: record.modification,
      operation: OPERATIONS[record.kind],
      effective: record.effective,
      coverageStart: record.effective,
      coverageEnd,
    },
    charges,
    ...(record.newPaymentScheduleName === undefined ? {} : { paymentScheduleName: record.newPaymentScheduleName }),
    ...(others.length > 0 ? { invalidates: others.map(({ record: other }) => other.modification) } : {}),
    at: desk.now(),
    context,
  });
}

/** While it is only quoted nothing has to give way yet. */
function conflictingOrNone(open: OpenTransaction, record: TransactionRecord): readonly Typed<'transaction'>[] {
  return record.conflictHandling === 'invalidate' ? conflicting(open, record) : [];
}

const OPERATIONS = {
  endorsement: 'endorsement',
  renewal: 'renewal',
  cancellation: 'cancellation',
  reinstatement: 'reinstatement',
  withdrawal: 'cancellation',
  fees: 'feeAssessment',
} as const;

function worksheetOf(
  desk: Desk,
  { policy, quote, deployed, transaction }: OpenTransaction,
  worked: WorkedOut,
  context: RunContext,
  policyholder: PolicyholderResponse,
): WorksheetRecord {
  const { kind, locator } = transaction.record;
  return {
    locator: locatorOf(desk),
    policyLocator: policy.locator,
    quoteLocator: quote.locator,
    transactionLocator: locator,
    operation: kind === 'renewal' || kind === 'reinstatement' ? kind : 'endorsement',
    clock: context.clock,
    seed: context.seed,
    configVersion: deployed.record.configVersion,
    configuration: deployed.record.commit,
    engine: ENGINE,
    policyholder,
    ...(worked.pricingSheet ? { pricing: packWorksheet(worked.pricingSheet) } : {}),
    ...(worked.underwritingSheet ? { underwriting: packWorksheet(worked.underwritingSheet) } : {}),
  };
}

/** Takes a transaction out of the way: `invalidate`, `discard` or `rescind`, as its state allows. Throws `wrong-state`. */
export async function withdrawTransaction(
  desk: Desk,
  caller: Caller,
  locator: string,
  action: 'invalidate' | 'discard' | 'rescind',
): Promise<void> {
  const open = await openTransaction(desk, locator);
  if (answeredBefore(desk, caller, `transaction.${action}`, locator) !== undefined) return;
  const { record, version } = open.transaction;
  const state = nextTransactionState(record.kind, record.state, action, locator);
  const billed = record.state === 'accepted' ? invalidateBilling(desk, record.modification) : [];
  commit(desk, caller, {
    name: `transaction.${action}`,
    arguments: { policy: open.policy.locator, transaction: locator },
    changes: [
      write(
        'transaction',
        locator,
        version,
        { ...reopened(record, state), state, updatedAt: desk.now() },
        record.policyholderLocator,
      ),
      ...billed,
      ...rerateDone(desk, locator),
    ],
    result: locator,
  });
}

/** A reinstatement that goes back to a draft is worked out anew when it is accepted again. */
function reopened(record: TransactionRecord, state: TransactionState): TransactionRecord {
  if (state !== 'draft') return record;
  const { effect: _e, gross: _g, billing: _b, run: _r, basedOn: _n, underwriting: _u, ...draft } = record;
  return draft;
}

function place(locator: string) {
  return { place: { locator } };
}
