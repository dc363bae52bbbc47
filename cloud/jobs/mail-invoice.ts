import * as z from 'zod';
import { productOf } from '#core/desk/configurations.ts';
import { findAll, look, need } from '#core/desk/desk.ts';
import { reservedDocument, safeFileName } from '#core/documents/select.ts';
import type { RunningJob } from '../database/job-queue.ts';
import type { JobContext } from './contract.ts';
import { cursorOf } from './follow.ts';
import { invoiceLetter } from './invoice-letter.ts';
import { claimInvoiceMail, settleInvoiceMail, stateOf } from './invoice-mail-rows.ts';
import type { Replica } from './replica.ts';
import type { Replicas } from './replicas.ts';
import { type JobSettings, readJobSettings } from './settings.ts';
import { type Letter, MailFailure, sendMail } from './smtp.ts';

/** What becomes of a mail: it goes, it never will, or what belongs to it is not here yet. */
type Prepared =
  | { readonly kind: 'letter'; readonly letter: Letter; readonly server: string }
  | { readonly kind: 'never'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string };

const Address = z.email();

/**
 * Mails an invoice to the policyholder, once (VJ30 to VJ33). Throws where it is to be tried again, with what is missing or what the mail
 * server answered.
 */
export async function mailInvoice(
  context: JobContext,
  replicas: Replicas,
  { data, signal }: RunningJob,
): Promise<void> {
  const { tenant, invoice = '' } = data;
  const { database, master, now, metrics } = context;
  const inTenant = database.inTenant.bind(database, tenant);
  const settle = (state: Parameters<typeof settleInvoiceMail>[2], reason: string | null): Promise<void> =>
    database.inTenant(tenant, (scope) => settleInvoiceMail(scope, invoice, state, reason, now()));
  const { settings, position, state } = await database.inTenant(tenant, async (scope) => ({
    settings: await readJobSettings(scope, master),
    position: await cursorOf(scope),
    state: await stateOf(scope, invoice),
  }));
  if (state !== 'waiting' && state !== 'sending') return;
  const prepared = await replicas.use(tenant, signal, async (at) =>
    prepare(context, settings, tenant, await at(position), invoice),
  );
  if (prepared.kind === 'never') return settle('not-sent', prepared.reason);
  if (prepared.kind === 'later') {
    await settle('waiting', prepared.reason);
    throw new Error(`The mail waits: ${prepared.reason}.`);
  }
  const claimed = await inTenant((scope) => claimInvoiceMail(scope, invoice, now()));
  if (claimed === 'waiting')
    throw new Error('It was handed to the mail server a moment ago, and the answer is not written down.');
  if (claimed !== 'sending') return;
  try {
    await sendMail(prepared.server, prepared.letter);
  } catch (error) {
    // What the server may have taken stays marked: it is tried again only when that is long past.
    const unknown = !(error instanceof MailFailure) || error.unknown;
    await settle(unknown ? 'sending' : 'waiting', error instanceof Error ? error.message : String(error));
    throw error;
  }
  await settle('sent', null);
  metrics.count('fieldwriter_mails_total', { what: 'invoice' });
}

async function prepare(
  context: JobContext,
  { mail }: JobSettings,
  tenant: string,
  { desk, hasConfiguration }: Replica,
  locator: string,
): Promise<Prepared> {
  const never = (reason: string): Prepared => ({ kind: 'never', reason });
  const later = (reason: string): Prepared => ({ kind: 'later', reason });
  if (!mail?.invoices) return never('mail of invoices is switched off');
  const server = mail.server ?? context.mailServer;
  if (server === undefined) return later('no mail server is set');
  const invoice = look(desk, 'invoice', locator)?.record;
  if (!invoice) return never('there is no such invoice');
  if (invoice.settlementStatus === 'settled') return never(`the invoice is settled (${invoice.settlementType ?? ''})`);
  const policyholder = look(desk, 'policyholder', invoice.policyholderLocator)?.record;
  const address = Address.safeParse(policyholder?.entity.values[mail.addressField]?.[0]?.trim());
  if (!address.success) return never(`the policyholder has no address in ${mail.addressField}`);
  const policy = need(desk, 'policy', invoice.policyLocator).record;
  const deployed = await versionHere(desk, hasConfiguration, policy.configVersion);
  if (!deployed) return later('the configuration has not come');
  const product = productOf(deployed, policy.productName);
  const document = findAll(desk, 'document', 'policyLocator', policy.locator)
    .filter(({ record }) => record.invoiceLocator === locator)
    .at(-1)?.record;
  if (!document && reservedDocument(product, 'invoice')) return later('the document has not been made');
  const content = document && (await context.blobs.get(tenant, document.blob));
  if (document && !content) return later("the document's file has not come");
  const { timeZone } = deployed.configuration;
  const { name } = await tenantNamed(context, tenant);
  const about = { invoice, policyNumber: policy.displayId, product: product.displayName, timeZone, tenant: name };
  const letter: Letter = {
    from: mail.from,
    replyTo: mail.replyTo,
    to: [address.data],
    ...invoiceLetter({ ...about, attached: content !== undefined }),
    messageId: `<invoice.${locator}.${tenant}@${domainOf(mail.from)}>`,
    attachments:
      document && content
        ? [
            {
              name: safeFileName(`invoice-${invoice.displayId}`, document.type),
              type: document.type === 'pdf' ? 'application/pdf' : 'text/html',
              content,
            },
          ]
        : [],
  };
  return { kind: 'letter', letter, server };
}

async function versionHere(
  desk: Replica['desk'],
  hasConfiguration: Replica['hasConfiguration'],
  configVersion: number,
) {
  const record = desk.configurations.list().find((one) => one.configVersion === configVersion);
  if (!record || !(await hasConfiguration(record.commit))) return undefined;
  return desk.configurations.version(configVersion);
}

async function tenantNamed({ database }: JobContext, tenant: string): Promise<{ readonly name: string }> {
  const found = (await database.directory.tenants()).find(({ id }) => id === tenant);
  return { name: found?.name ?? '' };
}

/** Of an address with or without a name: the right half of message ids. */
function domainOf(address: string): string {
  const [, domain = 'localhost'] = /@([\w.-]+)>?\s*$/.exec(address) ?? [];
  return domain;
}
