import * as z from 'zod';
import { amount, millis, values } from './record-parts.ts';

/**
 * What billing keeps in the store: invoices, payments, grace periods, and per policy what is still to be invoiced. Times are
 * milliseconds, amounts are text with the currency's decimals (core/billing/SPEC.md).
 */
const chargeType = z.enum(['premium', 'tax', 'fee', 'commission', 'holdback']);
const about = {
  perilCharacteristicsLocator: z.string().optional(),
  perilName: z.string().optional(),
  taxName: z.string().optional(),
  feeName: z.string().optional(),
  commissionRecipient: z.string().optional(),
};

/** core/model/charge.ts */
const charge = z.strictObject({
  locator: z.string(),
  type: chargeType,
  amount,
  start: millis,
  end: millis,
  transactionLocator: z.string(),
  reverses: z.string().optional(),
  exposureLocator: z.string().optional(),
  exposureName: z.string().optional(),
  perilLocator: z.string().optional(),
  feeLocator: z.string().optional(),
  description: z.string().optional(),
  ...about,
});

/** A part of one charge on an invoice, planned or issued. */
const item = z.strictObject({
  chargeLocator: z.string(),
  type: chargeType,
  amount,
  /** The coverage that it pays for. */
  start: millis,
  end: millis,
  policyModificationLocator: z.string(),
  ...about,
});
export type InvoiceItem = z.infer<typeof item>;

const planned = z.strictObject({
  locator: z.string(),
  invoiceType: z.enum([
    'newBusiness',
    'endorsement',
    'renewal',
    'cancellation',
    'reinstatement',
    'installment',
    'premiumReporting',
    'other',
  ]),
  policyModificationLocator: z.string(),
  issueAt: millis,
  due: millis,
  /** Days from the issue to the due date that the policyholder keeps when it is issued late. */
  terms: z.int(),
  start: millis,
  end: millis,
  writeOff: z.boolean(),
  items: z.array(item).readonly(),
});
export type PlannedInvoice = z.infer<typeof planned>;

const billingState = z.strictObject({
  paymentScheduleName: z.string().optional(),
  /** The terms of the contract: installments start anew with each. */
  terms: z.array(z.strictObject({ start: millis, end: millis })).readonly(),
  /** The charges that are not invoiced in full. */
  open: z.array(charge).readonly(),
  planned: z.array(planned).readonly(),
  /** Fees that the schedule plugin added to installments. */
  fees: z.array(charge).readonly(),
});
export type BillingState = z.infer<typeof billingState>;

const operation = z.enum([
  'newBusiness',
  'endorsement',
  'renewal',
  'cancellation',
  'reinstatement',
  'manual',
  'feeAssessment',
]);
export type BillingOperation = z.infer<typeof operation>;

/** The billing of one policy; its locator is the policy's. */
export const BillingRecord = z.strictObject({
  locator: z.string(),
  policyholderLocator: z.string(),
  productName: z.string(),
  currency: z.string(),
  originalContractStart: millis,
  quoteLocator: z.string().optional(),
  updatedAt: millis,
  state: billingState,
  /** Accepted transactions that are not issued, in order: until then their invoices can be taken back (BI30). */
  pending: z
    .array(
      z.strictObject({
        transactionLocator: z.string(),
        operation,
        invoices: z.array(z.string()).readonly(),
        before: billingState,
      }),
    )
    .readonly(),
  /** Whether invoices are planned: what the run over all policies looks for. */
  hasPlanned: z.enum(['yes', 'no']),
});
export type BillingRecord = z.infer<typeof BillingRecord>;

/** What a transaction does to its policy's billing: kept with the transaction while it is quoted. */
export const BillingPlan = z.strictObject({
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  productName: z.string(),
  currency: z.string(),
  originalContractStart: millis,
  quoteLocator: z.string().optional(),
  transactionLocator: z.string(),
  operation,
  /** IANA zone of the tenant: due dates are ends of its days. */
  timeZone: z.string(),
  at: millis,
  /** Version of the policy's billing that it was made from. */
  base: z.int(),
  /** Accepted transactions that it takes back. */
  invalidates: z.array(z.string()).readonly(),
  /** The policy's billing once it is accepted; what is due by then is issued. */
  state: billingState,
  warnings: z.array(z.string()).readonly(),
});
export type BillingPlan = z.infer<typeof BillingPlan>;

export const InvoiceRecord = z.strictObject({
  locator: z.string(),
  displayId: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  quoteLocator: z.string().optional(),
  policyModificationLocator: z.string(),
  invoiceType: planned.shape.invoiceType,
  currency: z.string(),
  createdAt: millis,
  start: millis,
  end: millis,
  due: millis,
  totalDue: amount,
  settlementStatus: z.enum(['outstanding', 'settled']),
  settlementType: z.enum(['paid', 'writtenOff', 'zeroDue', 'invalidated', 'carriedForward']).optional(),
  statuses: z.array(z.strictObject({ status: z.string(), at: millis })).readonly(),
  items: z.array(item).readonly(),
  transactionIssued: z.boolean(),
});
export type InvoiceRecord = z.infer<typeof InvoiceRecord>;

export const PaymentRecord = z.strictObject({
  locator: z.string(),
  displayId: z.string(),
  invoiceLocator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  /** Negative: a refund. */
  amount,
  currency: z.string(),
  /** `carriedForward`: no money moved, a credit of the policy paid for it. */
  kind: z.enum(['payment', 'refund', 'carriedForward']),
  postedAt: millis,
  reversedAt: millis.optional(),
  fieldValues: values,
});
export type PaymentRecord = z.infer<typeof PaymentRecord>;

export const GracePeriodRecord = z.strictObject({
  locator: z.string(),
  policyLocator: z.string(),
  policyholderLocator: z.string(),
  productName: z.string(),
  invoiceLocator: z.string(),
  start: millis,
  end: millis,
  cancelEffective: millis.optional(),
  state: z.enum(['open', 'settled', 'lapsed']),
  settledAt: millis.optional(),
  cancellationLocator: z.string().optional(),
});
export type GracePeriodRecord = z.infer<typeof GracePeriodRecord>;
