import type { GracePeriodRecord, InvoiceRecord, PaymentRecord } from '#core/desk/billing-records.ts';
import { type Desk, findAll, look, need, type Typed, write } from '#core/desk/desk.ts';
import type { Decimal } from '#core/model/decimal.ts';
import { Decimal as Amount } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import type { Change } from '#core/store/contract.ts';
import { sumOf } from './amounts.ts';

/** An invoice by its locator or its number. Throws `not-found`. */
export function needInvoice(desk: Desk, locator: string): Typed<'invoice'> {
  return (
    look(desk, 'invoice', locator) ??
    findAll(desk, 'invoice', 'displayId', locator)[0] ??
    need(desk, 'invoice', locator)
  );
}

/** The payments of an invoice that stand, refunds too. */
export function paymentsOf(desk: Desk, invoiceLocator: string): readonly PaymentRecord[] {
  return findAll(desk, 'payment', 'invoiceLocator', invoiceLocator)
    .map(({ record }) => record)
    .filter(({ reversedAt }) => reversedAt === undefined);
}

/** What is still to be paid of an invoice; below zero, what is still to be given back. Nothing once it is settled. */
export function outstandingOf(desk: Desk, invoice: InvoiceRecord): Decimal {
  if (invoice.settlementStatus === 'settled') return new Amount(0);
  return new Amount(invoice.totalDue).minus(sumOf(paymentsOf(desk, invoice.locator)));
}

/** An invoice that is settled: how, and since when (formats §3.8). */
export function settled(
  invoice: InvoiceRecord,
  settlementType: NonNullable<InvoiceRecord['settlementType']>,
  at: Millis,
): InvoiceRecord {
  return {
    ...invoice,
    settlementStatus: 'settled',
    settlementType,
    statuses: [...invoice.statuses, { status: settlementType, at }],
  };
}

/** An invoice that is owed again. */
export function reopened(invoice: InvoiceRecord, at: Millis): InvoiceRecord {
  const { settlementType: _, ...rest } = invoice;
  return { ...rest, settlementStatus: 'outstanding', statuses: [...invoice.statuses, { status: 'unfulfilled', at }] };
}

/** Throws `wrong-state` for an invoice that is settled. */
export function requireOutstanding(invoice: InvoiceRecord): void {
  if (invoice.settlementStatus === 'outstanding') return;
  throw new Problem(
    'wrong-state',
    `Invoice ${invoice.displayId} is settled (${invoice.settlementType ?? ''}): nothing is left to do about it.`,
    { place: { locator: invoice.locator } },
  );
}

/** Throws `wrong-state` for a credit of a transaction that may still be taken back (BI55). */
export function requireFinal({ displayId, locator, transactionIssued }: InvoiceRecord): void {
  if (transactionIssued) return;
  throw new Problem(
    'wrong-state',
    `The transaction of invoice ${displayId} is accepted and not issued: its credit stands once it is issued.`,
    { place: { locator } },
  );
}

/** The invoices of a policy that ask for money and did not get it; those of accepted transactions may still be taken back (BI55). */
export function owedInvoices(desk: Desk, policyLocator: string): readonly Typed<'invoice'>[] {
  return findAll(desk, 'invoice', 'policyLocator', policyLocator)
    .filter(
      ({ record }) =>
        record.settlementStatus === 'outstanding' && record.transactionIssued && new Amount(record.totalDue).gt(0),
    )
    .sort((a, b) => a.record.due - b.record.due || (a.locator < b.locator ? -1 : 1));
}

/** Of issued transactions, and their due time has passed. */
export function isPastDue(invoice: InvoiceRecord, now: Millis): boolean {
  return invoice.transactionIssued && invoice.due < now && new Amount(invoice.totalDue).gt(0);
}

/**
 * The change that settles a policy's open grace period when no past due invoice is left besides those that are settled now
 * (BI61).
 */
export function graceSettled(
  desk: Desk,
  policyLocator: string,
  at: Millis,
  settling: readonly string[],
): readonly Change[] {
  const open = openGrace(desk, policyLocator);
  if (!open) return [];
  const left = owedInvoices(desk, policyLocator).some(
    ({ record }) => isPastDue(record, at) && !settling.includes(record.locator),
  );
  if (left) return [];
  const record: GracePeriodRecord = { ...open.record, state: 'settled', settledAt: at };
  return [write('gracePeriod', open.locator, open.version, record)];
}

/** A policy has one grace period at a time. */
export function openGrace(desk: Desk, policyLocator: string): Typed<'gracePeriod'> | undefined {
  return findAll(desk, 'gracePeriod', 'policyLocator', policyLocator).find(({ record }) => record.state === 'open');
}

/** Invoices in the order in which they were issued: those of one moment by their numbers. */
export function inOrderOfIssue<T extends Pick<InvoiceRecord, 'createdAt' | 'displayId'>>(invoices: readonly T[]): T[] {
  return invoices.toSorted((a, b) => a.createdAt - b.createdAt || (a.displayId < b.displayId ? -1 : 1));
}
