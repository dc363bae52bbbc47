import type { BillingPlan, BillingRecord, InvoiceRecord, PlannedInvoice } from '#core/desk/billing-records.ts';
import { type Desk, findAll, locatorOf, look, need, type Typed, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import type { Change } from '#core/store/contract.ts';
import { amountText, payableOf } from './amounts.ts';
import { endOfDay } from './cadence.ts';
import { stateWithout } from './plan.ts';
import { paymentsOf, settled } from './settlement.ts';

/**
 * The changes that accept a transaction's billing: what is due by now is issued, the rest stays planned (BI22, BI30). Commit them
 * in the same turn; one accept a commit. Transactions that the plan takes back lose their invoices.
 * @param options.issued the transaction is issued in the same commit: nothing can be taken back afterwards
 * Throws `version-conflict` when the policy's billing moved on since the plan was made: plan again.
 */
export function acceptBilling(
  desk: Desk,
  plan: BillingPlan,
  options: { readonly issued?: boolean } = {},
): readonly Change[] {
  const found = look(desk, 'billing', plan.policyLocator);
  if ((found?.version ?? 0) !== plan.base)
    throw new Problem(
      'version-conflict',
      `The billing of policy ${plan.policyLocator} moved on since transaction ${plan.transactionLocator} was planned: plan it again.`,
      { place: { locator: plan.policyLocator } },
    );
  const at = desk.now();
  const issued = options.issued === true;
  const gone = new Set(plan.invalidates);
  const before = found ? stateWithout(found.record, plan.invalidates) : EMPTY;
  const due = plan.state.planned.filter(({ issueAt }) => issueAt <= at);
  const { invoices, changes } = issueInvoices(desk, due, {
    ...plan,
    at,
    transactionIssued: issued,
  });
  const record: BillingRecord = {
    locator: plan.policyLocator,
    policyholderLocator: plan.policyholderLocator,
    productName: plan.productName,
    currency: plan.currency,
    originalContractStart: plan.originalContractStart,
    ...(plan.quoteLocator === undefined ? {} : { quoteLocator: plan.quoteLocator }),
    ...withoutIssued(plan.state, due),
    updatedAt: at,
    pending: [
      ...(found?.record.pending ?? []).filter(({ transactionLocator }) => !gone.has(transactionLocator)),
      ...(issued
        ? []
        : [
            {
              transactionLocator: plan.transactionLocator,
              operation: plan.operation,
              invoices: invoices.map(({ locator }) => locator),
              before,
            },
          ]),
    ],
  };
  return [
    ...(found ? invalidated(desk, found.record, plan.invalidates, at) : []),
    ...changes,
    write('billing', plan.policyLocator, found?.version ?? 0, record),
  ];
}
const EMPTY: BillingRecord['state'] = { terms: [], open: [], planned: [], fees: [] };

/** The changes that make the invoices of an accepted transaction those of an issued one (BI30). */
export function issueBilling(desk: Desk, transactionLocator: string): readonly Change[] {
  const found = billingOfTransaction(desk, transactionLocator);
  if (!found) return [];
  const { record } = found;
  const issued = record.pending.find((pending) => pending.transactionLocator === transactionLocator);
  const invoices = (issued?.invoices ?? []).map((locator) => need(desk, 'invoice', locator));
  return [
    ...invoices.map((invoice) =>
      write('invoice', invoice.locator, invoice.version, { ...invoice.record, transactionIssued: true }),
    ),
    write('billing', found.locator, found.version, {
      ...record,
      updatedAt: desk.now(),
      pending: record.pending.filter((pending) => pending.transactionLocator !== transactionLocator),
    }),
  ];
}

/**
 * The changes that take the invoices of accepted, unissued transactions of one policy back: they are `invalidated`, and what was
 * planned before is planned again (BI31). Transactions that nothing was billed for are none.
 * Throws `wrong-state` when one that stays was accepted after them, or when money was paid for them.
 */
export function invalidateBilling(desk: Desk, transactions: string | readonly string[]): readonly Change[] {
  const locators = typeof transactions === 'string' ? [transactions] : transactions;
  const billed = locators.filter((locator) => billingOfTransaction(desk, locator));
  const found = billingOfTransaction(desk, billed[0] ?? '');
  if (!found) return [];
  const at = desk.now();
  const state = stateWithout(found.record, billed);
  return [
    ...invalidated(desk, found.record, billed, at),
    write('billing', found.locator, found.version, {
      ...found.record,
      ...withoutIssued(state, []),
      updatedAt: at,
      pending: found.record.pending.filter(({ transactionLocator }) => !billed.includes(transactionLocator)),
    }),
  ];
}

function billingOfTransaction(desk: Desk, transactionLocator: string): Typed<'billing'> | undefined {
  return findAll(desk, 'billing', 'pending.transactionLocator', transactionLocator)[0];
}

function invalidated(
  desk: Desk,
  record: BillingRecord,
  transactions: readonly string[],
  at: Millis,
): readonly Change[] {
  const invoices = record.pending
    .filter(({ transactionLocator }) => transactions.includes(transactionLocator))
    .flatMap(({ invoices: locators }) => locators.map((locator) => need(desk, 'invoice', locator)));
  return invoices.map((invoice) => {
    const [paid] = paymentsOf(desk, invoice.locator);
    if (paid)
      throw new Problem(
        'wrong-state',
        `Invoice ${invoice.record.displayId} is paid (${paid.displayId}): reverse its payment before its transaction is taken back.`,
        { place: { locator: invoice.locator } },
      );
    return write('invoice', invoice.locator, invoice.version, settled(invoice.record, 'invalidated', at));
  });
}

/** A billing state of which some invoices have been issued. */
export function withoutIssued(
  state: BillingRecord['state'],
  issued: readonly PlannedInvoice[],
): Pick<BillingRecord, 'state' | 'hasPlanned'> {
  const gone = new Set(issued.map(({ locator }) => locator));
  const planned = state.planned.filter(({ locator }) => !gone.has(locator));
  const used = new Set(planned.flatMap(({ items }) => items.map(({ chargeLocator }) => chargeLocator)));
  return {
    state: { ...state, planned, open: state.open.filter(({ locator }) => used.has(locator)) },
    hasPlanned: planned.length > 0 ? 'yes' : 'no',
  };
}

/** Turns planned invoices into issued ones (BI22, BI23). @returns them, and the changes that write them */
export function issueInvoices(
  desk: Desk,
  due: readonly PlannedInvoice[],
  of: Pick<BillingPlan, 'policyLocator' | 'policyholderLocator' | 'currency' | 'quoteLocator'> & {
    readonly timeZone: string;
    readonly at: Millis;
    readonly transactionIssued: boolean;
  },
): { readonly invoices: readonly InvoiceRecord[]; readonly changes: readonly Change[] } {
  if (due.length === 0) return { invoices: [], changes: [] };
  const { numbers, change } = takeNumbers(desk, 'invoice', due.length);
  const invoices = due.map((planned, i) =>
    invoiceOf(planned, { ...of, locator: locatorOf(desk), displayId: numbers[i] ?? '' }),
  );
  return { invoices, changes: [change, ...invoices.map((invoice) => write('invoice', invoice.locator, 0, invoice))] };
}

/** An invoice as it is issued from what was planned. */
export function invoiceOf(
  planned: PlannedInvoice,
  of: Parameters<typeof issueInvoices>[2] & { readonly locator: string; readonly displayId: string },
): InvoiceRecord {
  const { at, timeZone } = of;
  const payable = payableOf(planned.items);
  const invoice: InvoiceRecord = {
    // Its own: taken back, the same planned invoice may be issued once more (BI22).
    locator: of.locator,
    displayId: of.displayId,
    policyLocator: of.policyLocator,
    policyholderLocator: of.policyholderLocator,
    ...(of.quoteLocator === undefined ? {} : { quoteLocator: of.quoteLocator }),
    policyModificationLocator: planned.policyModificationLocator,
    invoiceType: planned.invoiceType,
    currency: of.currency,
    createdAt: at,
    start: planned.start,
    end: planned.end,
    due: Math.max(planned.due, endOfDay(at, planned.terms, timeZone)),
    totalDue: amountText(payable, of.currency),
    settlementStatus: 'outstanding',
    statuses: [],
    items: planned.items,
    transactionIssued: of.transactionIssued,
  };
  if (payable.isZero()) return settled(invoice, 'zeroDue', at);
  if (planned.writeOff) return settled(invoice, 'writtenOff', at);
  return { ...invoice, statuses: [{ status: 'unfulfilled', at }] };
}
