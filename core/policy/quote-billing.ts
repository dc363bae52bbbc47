import { invoiceOf } from '#core/billing/accept.ts';
import { planBilling } from '#core/billing/plan.ts';
import type { BillingPlan, InvoiceRecord } from '#core/desk/billing-records.ts';
import type { Desk } from '#core/desk/desk.ts';
import type { QuoteRecord } from '#core/desk/records.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { guestReader } from './guest-reader.ts';
import { type Case, needPolicy, viewPolicy } from './policies.ts';
import { policyResponse } from './responses.ts';
import { creationCharges } from './transactions/history.ts';

/** What accepting a priced quote does to its policy's billing (settled questions, 3): the charges of its price over its schedule. */
export function quoteBilling(
  desk: Desk,
  quote: QuoteRecord,
  { deployed, product }: Pick<Case, 'deployed' | 'product'>,
  context: RunContext,
): Promise<BillingPlan> {
  const { policyLocator, policyholderLocator, productName, currency, contractStart, contractEnd } = quote;
  return planBilling(desk, {
    deployed,
    product,
    policy: {
      locator: policyLocator,
      policyholderLocator,
      productName,
      currency,
      originalContractStart: contractStart,
      quoteLocator: quote.locator,
    },
    transaction: {
      locator: quote.modification,
      operation: 'newBusiness',
      effective: contractStart,
      coverageStart: contractStart,
      coverageEnd: contractEnd,
    },
    charges: creationCharges(quote, product),
    ...(quote.paymentScheduleName === undefined ? {} : { paymentScheduleName: quote.paymentScheduleName }),
    at: desk.now(),
    context,
    reader: guestReader(desk),
    policyResponse: () => policyResponse(viewPolicy(desk, needPolicy(desk, policyLocator).record, quote)),
  });
}

/** The invoices that a plan issues at once, without their numbers. */
export function invoicesAtOnce(plan: BillingPlan): readonly InvoiceRecord[] {
  const due = plan.state.planned.filter(({ issueAt }) => issueAt <= plan.at);
  return due.map((planned) =>
    invoiceOf(planned, { ...plan, transactionIssued: false, locator: planned.locator, displayId: '' }),
  );
}
