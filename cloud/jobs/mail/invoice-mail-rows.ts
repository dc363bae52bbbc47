import type { Scope } from '../../database/scope.ts';
import type { MailRow, MailState } from './deliver.ts';

/** An invoice that an accepted entry issued. */
export interface IssuedInvoice {
  readonly invoice: string;
  /** Of the entry. */
  readonly position: number;
}
/** A mail about an invoice as an administrator sees it. Times are milliseconds. */
export interface InvoiceMail extends IssuedInvoice {
  readonly state: MailState;
  /** Why it is not sent, or not yet. */
  readonly reason: string | null;
  readonly tries: number;
  readonly queuedAt: number;
  readonly changedAt: number;
}

export const INVOICE_MAIL = 'invoice-mail';

/** Why an invoice is not mailed that the log held before it was set back (CL70). */
const PERHAPS_SENT =
  'The cloud was set back to a backup after this invoice was issued: the mail may have been sent before. Look, and send it by hand if it was not.';

/** A mail and its job for each invoice that has none yet; they are there when the transaction is committed. */
export async function addInvoiceMails(scope: Scope, issued: readonly IssuedInvoice[], now: number): Promise<void> {
  if (issued.length === 0) return;
  const added = await scope.rows<{ invoice: string; state: MailState }>(
    'add-invoice-mails',
    `INSERT INTO invoice_mail (tenant, invoice, position, state, reason, queued_at, changed_at)
     SELECT $1::uuid, n.invoice, n.position, CASE WHEN l.again THEN 'not-sent' ELSE 'waiting' END,
       CASE WHEN l.again THEN $5 END, $4, $4
     FROM unnest($2::text[], $3::bigint[]) AS n (invoice, position)
     CROSS JOIN LATERAL (SELECT again FROM log WHERE tenant = $1 AND position = n.position LIMIT 1) l
     ON CONFLICT DO NOTHING RETURNING invoice, state`,
    [issued.map(({ invoice }) => invoice), issued.map(({ position }) => position), now, PERHAPS_SENT],
  );
  for (const { invoice, state } of added) if (state === 'waiting') await scope.addJob(INVOICE_MAIL, { invoice });
}

/** What is written down of the mail about an invoice. */
export function invoiceMail(invoice: string): MailRow {
  return {
    async state(scope) {
      const [row] = await scope.rows<Pick<InvoiceMail, 'state'>>(
        'state-of-invoice-mail',
        'SELECT state FROM invoice_mail WHERE tenant = $1 AND invoice = $2',
        [invoice],
      );
      return row?.state;
    },
    async claim(scope, now, since) {
      const claimed = await scope.rows(
        'claim-invoice-mail',
        `UPDATE invoice_mail SET state = 'sending', tries = tries + 1, reason = NULL, changed_at = $3
         WHERE tenant = $1 AND invoice = $2 AND (state = 'waiting' OR (state = 'sending' AND changed_at <= $4)) RETURNING 1`,
        [invoice, now, since],
      );
      return claimed.length > 0;
    },
    async settle(scope, state, reason, now) {
      await scope.rows(
        'settle-invoice-mail',
        'UPDATE invoice_mail SET state = $3, reason = $4, changed_at = $5 WHERE tenant = $1 AND invoice = $2',
        [invoice, state, reason, now],
      );
    },
  };
}

/** Newest first. @param state those alone */
export function listInvoiceMails(
  scope: Scope,
  state: MailState | undefined,
  limit: number,
): Promise<readonly InvoiceMail[]> {
  return scope.rows<InvoiceMail>(
    'invoice-mails',
    `SELECT invoice, position, state, reason, tries, queued_at AS "queuedAt", changed_at AS "changedAt" FROM invoice_mail
     WHERE tenant = $1 AND ($2::text IS NULL OR state = $2) ORDER BY position DESC, invoice LIMIT $3`,
    [state ?? null, limit],
  );
}
