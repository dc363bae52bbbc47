import type { PaymentRecord } from '#core/desk/billing-records.ts';
import type { PaymentResponse } from '#core/model/policy.ts';

/** A payment as the API shows it (formats §3.8). */
export function paymentResponse(payment: PaymentRecord): PaymentResponse {
  const { locator, displayId, invoiceLocator, amount, currency, postedAt, reversedAt, fieldValues } = payment;
  return {
    locator,
    displayId,
    invoiceLocator,
    amount,
    amountCurrency: currency,
    postedTimestamp: String(postedAt),
    ...(reversedAt === undefined ? {} : { reversedTimestamp: String(reversedAt) }),
    fieldValues,
    mediaByLocator: {},
  };
}

/** The payments of an invoice as they were posted: those of one moment by their numbers. */
export function paymentResponses(
  payments: readonly PaymentRecord[],
  invoiceLocator: string,
): readonly PaymentResponse[] {
  return payments
    .filter((payment) => payment.invoiceLocator === invoiceLocator)
    .sort((a, b) => a.postedAt - b.postedAt || (a.displayId < b.displayId ? -1 : 1))
    .map(paymentResponse);
}
