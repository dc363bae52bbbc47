import { plannedInvoiceResponses } from '#core/billing/plan.ts';
import { type Desk, findAll } from '#core/desk/desk.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import { documentResponse, invoiceResponse } from '../responses.ts';
import { needTransaction } from './open.ts';
import { priceChange } from './price.ts';

/**
 * A transaction as the API shows it (formats §3.6, §3.7): EndorsementResponse, RenewalResponse, CancellationResponse or
 * ReinstatementResponse, by its kind. Throws `not-found`.
 */
export function getTransaction(desk: Desk, locator: string, kind?: TransactionRecord['kind']) {
  const { record } = needTransaction(desk, locator, kind);
  const documents = findAll(desk, 'document', 'policyModificationLocator', record.modification).map(
    ({ record: document }) => document,
  );
  const invoices = findAll(desk, 'invoice', 'policyLocator', record.policyLocator)
    .map(({ record: invoice }) => invoice)
    .filter((invoice) => invoice.policyModificationLocator === record.modification);
  return {
    locator: record.locator,
    policyLocator: record.policyLocator,
    policyModificationLocator: record.modification,
    state: record.state,
    createdTimestamp: String(record.createdAt),
    updatedTimestamp: String(record.updatedAt),
    ...(record.issuedAt === undefined ? {} : { issuedTimestamp: String(record.issuedAt) }),
    effectiveTimestamp: String(record.effective),
    ...ownMembers(record),
    ...(record.underwriting ? { automatedUnderwritingResult: record.underwriting } : {}),
    ...(record.gross ? { price: priceChange(record.gross) } : {}),
    ...(record.billing ? { plannedInvoices: plannedInvoiceResponses(record.billing) } : {}),
    ...(record.newPaymentScheduleName === undefined ? {} : { newPaymentScheduleName: record.newPaymentScheduleName }),
    invoices: invoices.map((invoice) => invoiceResponse(invoice, documents)),
    documents: documents.filter(({ invoiceLocator }) => invoiceLocator === undefined).map(documentResponse),
  };
}

function ownMembers(record: TransactionRecord) {
  const { kind, name, effective, end, deadline, category, comments, cancellation } = record;
  switch (kind) {
    case 'endorsement':
      return {
        endorsementName: name,
        startTimestamp: String(effective),
        reprice: record.repricing !== 'none',
        conflictHandling: record.conflictHandling,
        change: record.change,
      };
    case 'renewal':
      return {
        startTimestamp: String(effective),
        renewalEndTimestamp: String(end ?? effective),
        conflictHandling: record.conflictHandling,
        change: record.change,
      };
    case 'cancellation':
      return {
        name,
        ...(category === undefined ? {} : { cancellationCategory: category }),
        ...(comments === undefined ? {} : { cancellationComments: comments }),
        ...(deadline === undefined ? {} : { reinstatementDeadlineTimestamp: String(deadline) }),
      };
    case 'reinstatement':
      return {
        cancellationLocator: cancellation ?? '',
        ...(deadline === undefined ? {} : { reinstatementDeadlineTimestamp: String(deadline) }),
      };
    case 'fees':
      return { fees: record.fees ?? [] };
    case 'withdrawal':
      return {};
  }
}

/** The transactions of a policy of one kind, oldest first. */
export function listTransactions(desk: Desk, policyLocator: string, kind: TransactionRecord['kind']) {
  return findAll(desk, 'transaction', 'policyLocator', policyLocator)
    .filter(({ record }) => record.kind === kind)
    .map(({ locator }) => getTransaction(desk, locator));
}
