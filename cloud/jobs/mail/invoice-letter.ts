import type { InvoiceRecord } from '#core/desk/billing-records.ts';
import { calendarDay } from '#core/model/time.ts';

/** What a mail about an invoice says. */
export interface InvoiceFacts {
  readonly invoice: Pick<InvoiceRecord, 'displayId' | 'totalDue' | 'currency' | 'due'>;
  /** As it is printed. */
  readonly policyNumber: string;
  readonly product: string;
  /** IANA zone of the tenant: due dates are ends of its days. */
  readonly timeZone: string;
  readonly tenant: string;
  readonly attached: boolean;
}

export function invoiceLetter(facts: InvoiceFacts): { readonly subject: string; readonly text: string } {
  const { invoice, policyNumber, product, timeZone, tenant, attached } = facts;
  const { displayId, totalDue, currency, due } = invoice;
  const lines = [
    'Good day,',
    '',
    `${attached ? 'attached is' : 'this is'} invoice ${displayId} for your policy ${policyNumber} (${product}).`,
    '',
    ...(totalDue.startsWith('-')
      ? [`Amount in your favour: ${totalDue.slice(1)} ${currency}`]
      : [`Amount due: ${totalDue} ${currency}`, `Due date:   ${calendarDay(due, timeZone)}`]),
    '',
    'With kind regards',
    tenant,
  ];
  return { subject: `Invoice ${displayId} for policy ${policyNumber}`, text: `${lines.join('\n')}\n` };
}
