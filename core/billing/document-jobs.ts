import type { InvoiceRecord } from '#core/desk/billing-records.ts';
import { write } from '#core/desk/desk.ts';
import type { Product } from '#core/model/product.ts';
import type { Change } from '#core/store/contract.ts';
import type { BillingPorts } from './contract.ts';

/** The jobs that make the documents of invoices, or of the grace period about one, as changes (formats §1.9). */
export function documentJobs(
  { documentJob }: BillingPorts,
  product: Product,
  invoices: readonly InvoiceRecord[],
  gracePeriod?: string,
): readonly Change[] {
  return invoices.flatMap((invoice) => {
    const job = documentJob?.(product, {
      policyLocator: invoice.policyLocator,
      quoteLocator: invoice.quoteLocator ?? '',
      modification: invoice.policyModificationLocator,
      invoice: invoice.locator,
      ...(gracePeriod === undefined ? {} : { gracePeriod }),
    });
    return job ? [write('job', job.locator, 0, job)] : [];
  });
}
