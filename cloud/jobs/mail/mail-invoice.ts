import * as z from 'zod';
import { productOf } from '#core/desk/configurations.ts';
import { findAll, look, need } from '#core/desk/desk.ts';
import { reservedDocument, safeFileName } from '#core/documents/select.ts';
import type { RunningJob } from '../../database/job-queue.ts';
import { type JobContext, nameOfTenant } from '../contract.ts';
import { cursorOf } from '../follow.ts';
import type { Replica } from '../replica.ts';
import type { Replicas } from '../replicas.ts';
import { type JobSettings, readJobSettings } from '../settings.ts';
import { deliver, domainOf, later, never, type Prepared } from './deliver.ts';
import { invoiceLetter } from './invoice-letter.ts';
import { invoiceMail } from './invoice-mail-rows.ts';
import type { Letter } from './smtp.ts';

const Address = z.email();

/** Mails an invoice to the policyholder, once (VJ30 to VJ33). Throws as `deliver` does. */
export async function mailInvoice(
  context: JobContext,
  replicas: Replicas,
  { data, signal }: RunningJob,
): Promise<void> {
  const { tenant, invoice = '' } = data;
  const prepared = async (): Promise<Prepared> => {
    const { settings, position } = await context.database.inTenant(tenant, async (scope) => ({
      settings: await readJobSettings(scope, context.master),
      position: await cursorOf(scope),
    }));
    return replicas.use(tenant, signal, async (at) => prepare(context, settings, tenant, await at(position), invoice));
  };
  await deliver(context, tenant, invoiceMail(invoice), prepared, 'invoice');
}

async function prepare(
  context: JobContext,
  { mail }: JobSettings,
  tenant: string,
  { desk, hasConfiguration }: Replica,
  locator: string,
): Promise<Prepared> {
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
  const name = await nameOfTenant(context, tenant);
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
