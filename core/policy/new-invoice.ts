import { fullPayInvoice } from '#core/billing/full-pay.ts';
import type { InvoiceRecord, QuoteRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import type { Case } from './policies.ts';

/** The one invoice of an accepted quote, paid in full (settled questions, 4). @param identity of the new record */
export function newInvoice(
  quote: QuoteRecord,
  { deployed, product }: Pick<Case, 'deployed' | 'product'>,
  identity: { readonly locator: string; readonly displayId: string; readonly at: Millis },
): InvoiceRecord {
  if (!quote.price) throw new Problem('internal', `Quote ${quote.locator} is to be invoiced without a price.`);
  const { perils, fees } = quote.price;
  const { locator, displayId, at } = identity;
  const full = fullPayInvoice(
    {
      start: quote.contractStart,
      end: quote.contractEnd,
      perils: quote.exposures.flatMap((exposure) =>
        exposure.perils.flatMap(({ row, name }) => {
          const priced = perils[row];
          return priced ? [{ locator: row, name, premium: priced.premium, taxes: priced.taxes }] : [];
        }),
      ),
      fees,
    },
    {
      issued: at,
      days: product.defaultPaymentTerms.amount,
      timeZone: deployed.configuration.timeZone,
      currency: quote.currency,
    },
  );
  const zero = Number(full.totalDue) === 0;
  return {
    ...full,
    items: [...full.items],
    locator,
    displayId,
    policyLocator: quote.policyLocator,
    policyholderLocator: quote.policyholderLocator,
    quoteLocator: quote.locator,
    policyModificationLocator: quote.modification,
    invoiceType: 'newBusiness',
    currency: quote.currency,
    createdAt: at,
    ...(zero ? { settlementType: 'zeroDue' as const } : {}),
    statuses: [{ status: zero ? 'zeroDue' : 'unfulfilled', at }],
    transactionIssued: false,
  };
}
