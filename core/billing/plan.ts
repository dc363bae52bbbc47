import type { BillingPlan, BillingRecord, BillingState } from '#core/desk/billing-records.ts';
import { type Desk, locatorOf, look } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { hasPlugin } from '#core/sandbox/product-plugin.ts';
import { cadenceOf } from './cadence.ts';
import type { BillingInput } from './contract.ts';
import { askForInstallments } from './installments-plugin.ts';
import { type PlannedInvoiceResponse, plannedResponse } from './planned-response.ts';
import { expectedOf, misallocated, type Scheduling, schedule } from './schedule.ts';

const NOTHING: BillingState = { terms: [], open: [], planned: [], fees: [] };

/**
 * What a transaction does to its policy's billing (BI10 to BI21, BI40); saves nothing. The plan is data: it may be kept with a
 * quoted transaction, and is accepted as long as the policy's billing stands where it stood (`planHolds`).
 * Throws `plugin-…` for what the schedule plugin did, `wrong-state` for transactions that can not be taken back.
 */
export async function planBilling(desk: Desk, input: BillingInput): Promise<BillingPlan> {
  const { product, policy, transaction, charges, deployed, at } = input;
  const found = look(desk, 'billing', policy.locator);
  const before = found ? stateWithout(found.record, input.invalidates ?? []) : NOTHING;
  const old = before.paymentScheduleName;
  const name = input.paymentScheduleName ?? old ?? product.paymentSchedules[0]?.name;
  const warnings: string[] = [];
  const chosen = product.paymentSchedules.find((candidate) => candidate.name === name) ?? { name: name ?? 'full-pay' };
  const cadence = cadenceOf(chosen);
  const plugin = hasPlugin(product, 'createInstallments');
  if (!cadence && !plugin)
    warnings.push(`The payment schedule "${chosen.name}" names no period that is known: it is billed in full.`);
  const state = { ...before, terms: termsWith(before.terms, input) };
  const scheduling: Scheduling & { readonly state: BillingState } = {
    charges,
    state,
    cadence: cadence ?? 'once',
    anew: old !== undefined && name !== old,
    transaction: {
      locator: transaction.locator,
      invoiceType: INVOICE_TYPES[transaction.operation],
      firstAtOnce: transaction.operation === 'newBusiness',
      coverageStart: transaction.coverageStart,
      coverageEnd: transaction.coverageEnd,
    },
    at,
    days: product.defaultPaymentTerms.amount,
    timeZone: deployed.configuration.timeZone,
    currency: policy.currency,
    newLocator: () => locatorOf(desk),
  };
  const names = { schedule: chosen.name, oldSchedule: input.oldPaymentScheduleName ?? old };
  const placed = plugin
    ? await askForInstallments(input, scheduling, names, desk.sandbox)
    : { ...schedule(scheduling), fees: before.fees };
  const wrong = plugin ? undefined : misallocated(expectedOf(state, charges), placed.planned);
  if (wrong)
    throw new Problem(
      'internal',
      `The charge ${wrong.locator} of ${wrong.expected} was planned with a difference of ${wrong.difference}.`,
      { place: { locator: policy.locator } },
    );
  return {
    policyLocator: policy.locator,
    policyholderLocator: policy.policyholderLocator,
    productName: policy.productName,
    currency: policy.currency,
    originalContractStart: policy.originalContractStart,
    ...(policy.quoteLocator === undefined ? {} : { quoteLocator: policy.quoteLocator }),
    transactionLocator: transaction.locator,
    operation: transaction.operation,
    timeZone: scheduling.timeZone,
    at,
    base: found?.version ?? 0,
    invalidates: input.invalidates ?? [],
    state: { ...state, ...placed, ...(name === undefined ? {} : { paymentScheduleName: name }) },
    warnings,
  };
}

const INVOICE_TYPES = {
  newBusiness: 'newBusiness',
  endorsement: 'endorsement',
  renewal: 'renewal',
  cancellation: 'cancellation',
  reinstatement: 'reinstatement',
  manual: 'other',
  feeAssessment: 'other',
} as const;

/** The terms once the transaction is accepted: new business and renewals begin one; cover beyond the last one lengthens it. */
function termsWith(terms: BillingState['terms'], { transaction, charges }: BillingInput): BillingState['terms'] {
  const { operation, coverageStart: start, coverageEnd: end } = transaction;
  if (operation === 'newBusiness') return [{ start, end }];
  const all = operation === 'renewal' ? [...terms.filter((term) => term.start !== start), { start, end }] : [...terms];
  const last = all.at(-1);
  const latest = charges.reduce((most, charge) => Math.max(most, charge.end), last?.end ?? 0);
  return last && latest > last.end ? [...all.slice(0, -1), { ...last, end: latest }] : all;
}

/**
 * The billing of a policy before accepted transactions that are taken back: these must be the latest ones (BI31).
 * Throws `wrong-state`.
 */
export function stateWithout(record: BillingRecord, transactions: readonly string[]): BillingState {
  if (transactions.length === 0) return record.state;
  const gone = new Set(transactions);
  const first = record.pending.findIndex(({ transactionLocator }) => gone.has(transactionLocator));
  const later = first < 0 ? [] : record.pending.slice(first);
  const before = later[0]?.before;
  const missing = transactions.find((locator) => !later.some((pending) => pending.transactionLocator === locator));
  if (!before || missing !== undefined)
    throw new Problem('wrong-state', `Transaction ${missing ?? ''} is not accepted, or is issued: its invoices stay.`, {
      place: { locator: record.locator },
    });
  const built = later.find(({ transactionLocator }) => !gone.has(transactionLocator));
  if (built)
    throw new Problem(
      'wrong-state',
      `Transaction ${built.transactionLocator} was accepted later and is billed on top: invalidate it first.`,
      { place: { locator: record.locator } },
    );
  return before;
}

/** Whether the policy's billing is still what a plan was made from: otherwise it is made again. */
export function planHolds(desk: Desk, plan: BillingPlan): boolean {
  return (look(desk, 'billing', plan.policyLocator)?.version ?? 0) === plan.base;
}

/** The invoices of a plan, in the order of issue: what `plannedInvoices` shows of a quoted transaction. */
export function plannedInvoiceResponses(plan: BillingPlan): readonly PlannedInvoiceResponse[] {
  return plan.state.planned.map((planned) => plannedResponse(planned, plan.currency));
}
