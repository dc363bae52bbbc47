import type { Desk } from '#core/desk/desk.ts';
import type { JobRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { DocumentEvent } from '#core/documents/select.ts';
import type { Product } from '#core/model/product.ts';
import { documentJob } from '../document-job.ts';

/** The job that makes the documents due at an event of a transaction; undefined when there are none. */
export function transactionJob(
  desk: Desk,
  product: Product,
  record: TransactionRecord,
  quoteLocator: string,
  event: DocumentEvent,
): JobRecord | undefined {
  return documentJob(desk, product, {
    policyLocator: record.policyLocator,
    quoteLocator,
    transaction: { locator: record.locator, kind: record.kind, name: record.name, modification: record.modification },
    event,
  });
}
