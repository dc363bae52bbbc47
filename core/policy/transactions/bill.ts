import { acceptBilling, invalidateBilling, issueBilling } from '#core/billing/accept.ts';
import { planBilling, planHolds } from '#core/billing/plan.ts';
import type { BillingPlan } from '#core/desk/billing-records.ts';
import type { Desk, Typed } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import { chargesOf } from '#core/model/timeline/money.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import type { Change } from '#core/store/contract.ts';
import { guestReader } from '../guest-reader.ts';
import { newRun } from '../rate.ts';
import { policyResponse } from '../responses.ts';
import type { OpenTransaction } from './open.ts';

const OPERATIONS = {
  endorsement: 'endorsement',
  renewal: 'renewal',
  cancellation: 'cancellation',
  reinstatement: 'reinstatement',
  withdrawal: 'cancellation',
  fees: 'feeAssessment',
} as const;

/** What billing does about a transaction that was worked out: its charges over the payment schedule that applies then. */
export function billingPlan(
  desk: Desk,
  open: OpenTransaction,
  record: TransactionRecord,
  context: RunContext,
): Promise<BillingPlan> {
  const { policy, deployed, product, history, quote } = open;
  if (!record.effect)
    throw new Problem('internal', `The transaction ${record.locator} is billed before it is worked out.`);
  const term = history.timeline.terms.findLast(({ start }) => start <= record.effective);
  const { currency, productName, policyholderLocator } = policy.record;
  const others = record.conflictHandling === 'invalidate' ? conflicting(open, record) : [];
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
      coverageEnd: record.end ?? term?.end ?? record.effective,
    },
    charges: chargesOf(record.effect, history.timeline),
    ...(record.newPaymentScheduleName === undefined ? {} : { paymentScheduleName: record.newPaymentScheduleName }),
    ...(others.length > 0 ? { invalidates: modifications(others) } : {}),
    at: desk.now(),
    context,
    reader: guestReader(desk),
    policyResponse: () => policyWith(open, record, context.clock),
  });
}

/** The policy as it is once the transaction is issued: the schedule plugin reads its terms and rows. */
function policyWith({ view, history, transaction }: OpenTransaction, record: TransactionRecord, at: Millis) {
  const others = view.transactions.filter(({ locator }) => locator !== transaction.locator);
  const issued: TransactionRecord = { ...record, state: 'issued', issuedAt: at, order: history.issued.length + 1 };
  return policyResponse({ ...view, transactions: [...others, issued] });
}

/** The plan that accepting goes by: the quoted one, made again when the policy's billing moved on meanwhile. */
export async function currentPlan(desk: Desk, open: OpenTransaction, record: TransactionRecord): Promise<BillingPlan> {
  const { billing } = record;
  const takesBack = record.conflictHandling === 'invalidate' ? modifications(conflicting(open, record)) : [];
  if (billing && planHolds(desk, billing) && sameItems(billing.invalidates, takesBack)) return billing;
  return billingPlan(desk, open, record, newRun(desk));
}

/** The billing of an acceptance, of an issue, or of both at once, with what has to give way. */
export function billingChanges(
  desk: Desk,
  record: TransactionRecord,
  plan: BillingPlan | undefined,
  how: { readonly issue: boolean; readonly invalidated: readonly Typed<'transaction'>[] },
): readonly Change[] {
  if (plan) return acceptBilling(desk, plan, { issued: how.issue });
  if (!how.issue) return [];
  return [...invalidateBilling(desk, modifications(how.invalidated)), ...issueBilling(desk, record.modification)];
}

/** Others of the policy that are accepted and not issued: they were worked out without this one (formats §3.6). */
export function conflicting(open: OpenTransaction, record: TransactionRecord): readonly Typed<'transaction'>[] {
  return open.others.filter((other) => other.record.state === 'accepted' && other.locator !== record.locator);
}

function modifications(transactions: readonly Typed<'transaction'>[]): readonly string[] {
  return transactions.map(({ record }) => record.modification);
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}
