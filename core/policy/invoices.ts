import { type GracePeriodResponse, getGracePeriod, listGracePeriods } from '#core/billing/grace.ts';
import { type PlannedInvoiceResponse, plannedResponse } from '#core/billing/planned-response.ts';
import { inOrderOfIssue, needInvoice } from '#core/billing/settlement.ts';
import type { InvoiceRecord } from '#core/desk/billing-records.ts';
import { type Desk, findAll, look } from '#core/desk/desk.ts';
import type { DocumentResponse, InvoiceResponse } from '#core/model/policy.ts';
import { needPolicy } from './policies.ts';
import { documentResponse, invoiceResponse } from './responses.ts';

/** An issued invoice with its payments and documents. Throws `not-found`. */
export function getInvoice(desk: Desk, locator: string): InvoiceResponse {
  return response(desk, needInvoice(desk, locator).record);
}

/** The issued invoices of a policy, oldest first, taken back ones too. Throws `not-found`. */
export function listInvoices(desk: Desk, policyLocator: string): readonly InvoiceResponse[] {
  const { locator } = needPolicy(desk, policyLocator);
  const invoices = findAll(desk, 'invoice', 'policyLocator', locator).map(({ record }) => record);
  return inOrderOfIssue(invoices).map((invoice) => response(desk, invoice));
}

function response(desk: Desk, invoice: InvoiceRecord): InvoiceResponse {
  const of = <T extends 'document' | 'payment'>(type: T) =>
    findAll(desk, type, 'policyLocator', invoice.policyLocator).map(({ record }) => record);
  return invoiceResponse(invoice, of('document'), of('payment'));
}

export interface PolicyBilling {
  readonly policyLocator: string;
  readonly paymentScheduleName?: string;
  readonly invoices: readonly InvoiceResponse[];
  /** What will be issued, in order. */
  readonly plannedInvoices: readonly PlannedInvoiceResponse[];
  readonly gracePeriods: readonly GraceWithDocument[];
}
export type GraceWithDocument = GracePeriodResponse & { readonly document?: DocumentResponse };

/** Everything about the money of a policy: what is invoiced, paid and planned. Throws `not-found`. */
export function billingOf(desk: Desk, policyLocator: string): PolicyBilling {
  const { locator } = needPolicy(desk, policyLocator);
  const billing = look(desk, 'billing', locator)?.record;
  return {
    policyLocator: locator,
    ...(billing?.state.paymentScheduleName === undefined
      ? {}
      : { paymentScheduleName: billing.state.paymentScheduleName }),
    invoices: listInvoices(desk, locator),
    plannedInvoices: (billing?.state.planned ?? []).map((planned) => plannedResponse(planned, billing?.currency ?? '')),
    gracePeriods: gracePeriodsOf(desk, locator),
  };
}

/** The grace periods of a policy with their documents, oldest first. Throws `not-found`. */
export function gracePeriodsOf(desk: Desk, policyLocator: string): readonly GraceWithDocument[] {
  const { locator } = needPolicy(desk, policyLocator);
  return listGracePeriods(desk, locator).map((grace) => withDocument(desk, grace));
}

/** A grace period with its document. Throws `not-found`. */
export function gracePeriodOf(desk: Desk, locator: string): GraceWithDocument {
  return withDocument(desk, getGracePeriod(desk, locator));
}

function withDocument(desk: Desk, grace: GracePeriodResponse): GraceWithDocument {
  const found = findAll(desk, 'document', 'policyLocator', grace.policyLocator).find(
    ({ record }) => record.gracePeriodLocator === grace.locator,
  );
  return found ? { ...grace, document: documentResponse(found.record) } : grace;
}
