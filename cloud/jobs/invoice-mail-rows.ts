import type { Scope } from '../database/scope.ts';

/** An invoice that an accepted entry issued. */
export interface IssuedInvoice {
  readonly invoice: string;
  /** Of the entry. */
  readonly position: number;
}
export const INVOICE_MAIL = 'invoice-mail';

/** A mail and its job for each invoice that has none yet; they are there when the transaction is committed. */
export async function addInvoiceMails(scope: Scope, issued: readonly IssuedInvoice[], now: number): Promise<void> {
  if (issued.length === 0) return;
  const added = await scope.rows<{ invoice: string }>(
    'add-invoice-mails',
    `INSERT INTO invoice_mail (tenant, invoice, position, state, queued_at, changed_at)
     SELECT $1::uuid, invoice, position, 'waiting', $4, $4 FROM unnest($2::text[], $3::bigint[]) AS n (invoice, position)
     ON CONFLICT DO NOTHING RETURNING invoice`,
    [issued.map(({ invoice }) => invoice), issued.map(({ position }) => position), now],
  );
  for (const { invoice } of added) await scope.addJob(INVOICE_MAIL, { invoice });
}
