import { type Caller, type Desk, write } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { keepingExchanges } from '#core/integrations/exchanges.ts';
import { queueWhenAway, rerateDone } from '#core/integrations/rerates.ts';
import { Problem } from '#core/model/problem.ts';
import { nextTransactionState, type TransactionAction, type TransactionKind } from '#core/model/transaction-state.ts';
import type { Change } from '#core/store/contract.ts';
import { auxDataChanges } from '../aux-data.ts';
import { transactionInputHash } from '../input-hash.ts';
import { newRun } from '../rate.ts';
import { worksheetRecord } from '../worksheet-record.ts';
import { billingPlan } from './bill.ts';
import { checkInsured } from './change-request.ts';
import { type OpenTransaction, pendingOf } from './open.ts';
import { type WorkedOut, workOut } from './work-out.ts';

/** A transaction that was worked out, and what is saved beside it. */
export interface Locked {
  readonly record: TransactionRecord;
  readonly changes: readonly Change[];
}

/** What leaving the draft is called: endorsements and renewals are quoted, reinstatements accepted, the others issued at once. */
const FIRST_STEP: Readonly<Record<TransactionKind, TransactionAction>> = {
  endorsement: 'quote',
  renewal: 'quote',
  reinstatement: 'accept',
  cancellation: 'issue',
  withdrawal: 'issue',
  fees: 'issue',
};

/**
 * Works a transaction out and locks it: `quoted` for endorsements and renewals, `declined` where the guidelines do not accept it;
 * the others stay what they are until the next step. Nothing is saved but the exchanges with raters. A rater that is away leaves
 * the draft and queues it. Throws `wrong-state`, the engines' problems.
 */
export async function lockTransaction(
  desk: Desk,
  caller: Caller,
  open: OpenTransaction,
  command: string,
): Promise<Locked> {
  const { record } = open.transaction;
  const { locator, kind, policyholderLocator } = record;
  const step = FIRST_STEP[kind];
  const next = nextTransactionState(kind, record.state, step, locator);
  if (kind === 'reinstatement' && record.deadline !== undefined && desk.now() > record.deadline)
    throw new Problem('wrong-state', `The deadline of reinstatement ${locator} has passed.`, { place: { locator } });
  const context = newRun(desk);
  const asked = { policyLocator: open.policy.locator, policyholderLocator, transactionLocator: locator };
  const pending = pendingOf(keepingExchanges(desk, caller, asked), open, record);
  let worked: WorkedOut;
  try {
    worked = await workOut(desk, pending, context, checkInsured(desk, open, locator));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const rater = open.product.externalRater ?? '';
    const basedOn = [open.policy, open.transaction];
    throw queueWhenAway(desk, caller, { ...asked, command, argument: locator, rater, basedOn }, error);
  }
  const accepted = !worked.underwriting || worked.underwriting.decision === 'accept';
  const worksheet = worksheetRecord(
    desk,
    {
      policyLocator: open.policy.locator,
      quoteLocator: open.quote.locator,
      transactionLocator: locator,
      operation: kind === 'renewal' || kind === 'reinstatement' ? kind : 'endorsement',
    },
    {
      deployed: open.deployed,
      context,
      policyholder: pending.policyholder,
      inputHash: transactionInputHash(pending, context),
    },
    { pricing: worked.pricingSheet, underwriting: worked.underwritingSheet },
  );
  const priced: TransactionRecord = {
    ...withoutOutcome(record),
    state: accepted
      ? step === 'quote'
        ? next
        : record.state
      : nextTransactionState(kind, record.state, 'decline', locator),
    run: { clock: context.clock, seed: context.seed },
    basedOn: open.history.issued.length,
    effect: worked.effect,
    gross: worked.gross,
    revision: open.deployed.record.commit,
    ...(worked.underwriting ? { underwriting: worked.underwriting } : {}),
    worksheet: worksheet.locator,
  };
  return {
    record: accepted ? { ...priced, billing: await billingPlan(desk, open, priced, context) } : priced,
    changes: [
      write('worksheet', worksheet.locator, 0, worksheet, policyholderLocator),
      ...auxDataChanges(desk, worked.auxData),
      ...rerateDone(desk, locator),
    ],
  };
}

/** The request of a transaction, without what working it out gave. */
export function withoutOutcome(record: TransactionRecord): TransactionRecord {
  const {
    effect: _e,
    gross: _g,
    billing: _b,
    run: _r,
    basedOn: _n,
    underwriting: _u,
    worksheet: _w,
    ...request
  } = record;
  return request;
}
