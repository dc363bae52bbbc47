import type { InvoiceItem, PlannedInvoice } from '#core/desk/billing-records.ts';
import type { FinancialTransaction } from '#core/model/policy.ts';
import { amountText, payableOf } from './amounts.ts';

/** An invoice that will be issued, as the API and the schedule plugin see it. */
export interface PlannedInvoiceResponse {
  readonly locator: string;
  readonly invoiceType: string;
  readonly issueTimestamp: string;
  readonly dueTimestamp: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly totalDue: string;
  readonly totalDueCurrency: string;
  readonly writeOff: boolean;
  readonly financialTransactions: readonly FinancialTransaction[];
}

export function plannedResponse(planned: PlannedInvoice, currency: string): PlannedInvoiceResponse {
  return {
    locator: planned.locator,
    invoiceType: planned.invoiceType,
    issueTimestamp: String(planned.issueAt),
    dueTimestamp: String(planned.due),
    startTimestamp: String(planned.start),
    endTimestamp: String(planned.end),
    totalDue: amountText(payableOf(planned.items), currency),
    totalDueCurrency: currency,
    writeOff: planned.writeOff,
    financialTransactions: planned.items.map((item) => financialTransaction(item, currency)),
  };
}

/** One item of an invoice (formats §3.8). */
export function financialTransaction(item: InvoiceItem, currency: string): FinancialTransaction {
  const { chargeLocator: _, start, end, ...rest } = item;
  return {
    ...rest,
    amountCurrency: currency,
    startTimestamp: String(start),
    endTimestamp: String(end),
  };
}
