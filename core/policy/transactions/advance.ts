import { invalidateBilling } from '#core/billing/accept.ts';
import { answeredBefore, type Caller, commit, type Desk, type Typed, write } from '#core/desk/desk.ts';
import type { JobRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { DocumentEvent } from '#core/documents/select.ts';
import { rerateDone } from '#core/integrations/rerates.ts';
import { Problem } from '#core/model/problem.ts';
import { nextTransactionState } from '#core/model/transaction-state.ts';
import type { Change } from '#core/store/contract.ts';
import { finishDocuments, runAfterCommit } from '../document-job.ts';
import { billingChanges, conflicting, currentPlan } from './bill.ts';
import { transactionJob } from './documents.ts';
import { blockedBy } from './draft.ts';
import { type Locked, lockTransaction, withoutOutcome } from './lock.ts';
import { type OpenTransaction, openTransaction } from './open.ts';

/** How far a transaction is taken in one command. */
export type Target = 'quoted' | 'accepted' | 'issued';
const ACTIONS = { quoted: 'quote', accepted: 'accept', issued: 'issue' } as const;

/**
 * Takes a transaction as far as `target`, skipping no step: quoting works it out (price, then underwriting, saved together with
 * the lock or not at all), accepting bills it, issuing binds it. What the guidelines do not accept ends `declined`.
 * A retry of what was done already finds it done. @param besides what else is saved with it. Throws `wrong-state`, `not-accepted`, `pricing-failed`, `invalid-fields`, …
 */
export async function advanceTransaction(
  desk: Desk,
  caller: Caller,
  locator: string,
  target: Target,
  besides: () => readonly Change[] = () => [],
): Promise<void> {
  const command = `transaction.${ACTIONS[target]}`;
  const open = await openTransaction(desk, locator);
  if (answeredBefore(desk, caller, command, locator) !== undefined) return finishDocuments(desk, open.policy.locator);
  const { record } = open.transaction;
  if (target === 'quoted' || needsWorkingOut(open)) {
    const locked = await lockTransaction(desk, caller, open, command);
    return save(desk, caller, open, locked, target, command, besides);
  }
  if (record.state === 'declined')
    throw new Problem(
      'not-accepted',
      `The ${record.kind} ${locator} can not be ${target}: the underwriting decision is ${record.underwriting?.decision ?? 'not accept'}. It can only be discarded.`,
      { place: { locator } },
    );
  return save(desk, caller, open, { record, changes: [] }, target, command, besides);
}

/**
 * A draft. Throws `wrong-state` for one that was worked out before something else was issued: its price is not what it says any
 * more, and nobody has seen the one that it would have.
 */
function needsWorkingOut({ transaction: { record }, history }: OpenTransaction): boolean {
  if (record.effect === undefined) return true;
  if (record.basedOn === history.issued.length || record.state === 'declined' || record.state === 'issued')
    return false;
  const advice = record.state === 'quoted' ? 'quote it again' : 'invalidate it and make it again';
  throw new Problem(
    'wrong-state',
    `The ${record.kind} ${record.locator} was worked out before another transaction of the policy was issued: ${advice}.`,
    { place: { locator: record.locator } },
  );
}

/** Saves a locked transaction and every step to the target in one commit, then makes its documents. */
async function save(
  desk: Desk,
  caller: Caller,
  open: OpenTransaction,
  { record: locked, changes }: Locked,
  target: Target,
  command: string,
  besides: () => readonly Change[],
): Promise<void> {
  const accepts = target !== 'quoted' && locked.state !== 'declined' && locked.state !== 'accepted';
  const issues = target === 'issued' && locked.state !== 'declined';
  const others = accepts || issues ? givingWay(open, locked) : [];
  const plan = accepts ? await currentPlan(desk, open, locked) : undefined;

  // From here to the commit nothing waits: the versions that were read are the ones that are written over.
  const { policy, deployed, history } = open;
  const { locator, kind } = locked;
  const events: DocumentEvent[] = [];
  let record: TransactionRecord = { ...locked, updatedAt: desk.now() };
  if (record.state === 'quoted' && changes.length > 0 && !accepts) events.push('quote');
  if (accepts) {
    if (kind === 'endorsement' || kind === 'renewal' || kind === 'reinstatement')
      record = { ...record, state: nextTransactionState(kind, record.state, 'accept', locator) };
    events.push(changes.length > 0 ? 'finalize' : 'accept');
  }
  if (issues) {
    const state = nextTransactionState(kind, record.state, 'issue', locator);
    // What billing planned stands on the policy's billing by now.
    const { billing: _, ...issued } = record;
    record = { ...issued, state, issuedAt: desk.now(), order: history.issued.length + 1 };
    events.push('issue');
  }
  const jobs = events.flatMap((event): JobRecord[] => {
    const job = transactionJob(desk, open.product, record, policy.record.quoteLocator, event);
    return job ? [job] : [];
  });
  const written = [
    write('transaction', locator, open.transaction.version, record, record.policyholderLocator),
    ...changes,
    ...others.map((other) => takenBack(desk, other)),
    ...(accepts || issues ? billingChanges(desk, record, plan, { issue: issues, invalidated: others }) : []),
    ...(issues ? [write('policy', policy.locator, policy.version, { ...policy.record, updatedAt: desk.now() })] : []),
    ...jobs.map((job) => write('job', job.locator, 0, job)),
  ];
  // What is written already says more.
  const more = besides().filter((one) => written.every(({ locator: other }) => other !== one.locator));
  commit(desk, caller, {
    name: command,
    arguments: { policy: policy.locator, transaction: locator },
    configuration: deployed.record.commit,
    changes: [...written, ...more],
    result: locator,
  });
  for (const job of jobs) await runAfterCommit(desk, job);
}

/** What is accepted and stands in the way, if it may be dropped. Throws `wrong-state` otherwise. */
function givingWay(open: OpenTransaction, record: TransactionRecord): readonly Typed<'transaction'>[] {
  const others = conflicting(open, record);
  const [first] = others;
  if (first && record.conflictHandling === 'block') throw blockedBy(first.record);
  return others;
}

function takenBack(desk: Desk, { record, locator, version }: Typed<'transaction'>): Change {
  const state = nextTransactionState(record.kind, record.state, 'invalidate', locator);
  const next = { ...(state === 'draft' ? withoutOutcome(record) : record), state, updatedAt: desk.now() };
  return write('transaction', locator, version, next, record.policyholderLocator);
}

/** Takes a transaction out of the way: `invalidate`, `discard` or `rescind`, as its state allows. Throws `wrong-state`. */
export async function withdrawTransaction(
  desk: Desk,
  caller: Caller,
  locator: string,
  action: 'invalidate' | 'discard' | 'rescind',
): Promise<void> {
  const { transaction, policy } = await openTransaction(desk, locator);
  if (answeredBefore(desk, caller, `transaction.${action}`, locator) !== undefined) return;
  const { record, version } = transaction;
  const state = nextTransactionState(record.kind, record.state, action, locator);
  const next = { ...(state === 'draft' ? withoutOutcome(record) : record), state, updatedAt: desk.now() };
  commit(desk, caller, {
    name: `transaction.${action}`,
    arguments: { policy: policy.locator, transaction: locator },
    changes: [
      write('transaction', locator, version, next, record.policyholderLocator),
      ...(record.state === 'accepted' ? invalidateBilling(desk, record.modification) : []),
      ...rerateDone(desk, locator),
    ],
    result: locator,
  });
}
