import * as z from 'zod';
import type { BillingRecord, InvoiceRecord } from '#core/desk/billing-records.ts';
import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Product } from '#core/model/product.ts';
import { numbersAsText } from '#core/model/scope.ts';
import type { Millis } from '#core/model/time.ts';
import { programOf } from '#core/product/program.ts';
import type { GuestReader } from '#core/sandbox/contract.ts';
import { askProductPlugin, hasPlugin } from '#core/sandbox/product-plugin.ts';
import { pluginTime } from './plugin-parts.ts';

/** One product's view of an invoice that is not paid in time. */
export interface GraceCase {
  readonly deployed: Deployed;
  readonly product: Product;
  readonly billing: BillingRecord;
  readonly invoice: InvoiceRecord;
  readonly graceDays: number;
  readonly reader?: GuestReader;
}
const optionalTime = pluginTime.nullish().transform((time) => time ?? undefined);
const PreGrace = z.object({ gracePeriodEndTimestamp: optionalTime, cancelEffectiveTimestamp: optionalTime });
const AfterReversal = z.object({ gracePeriodEndTimestamp: optionalTime });

/** When a grace period ends, as the product's getPreGraceResult has it (formats §2.10); nothing without one. Throws `plugin-…`. */
export async function askPreGrace(
  desk: Desk,
  found: GraceCase,
): Promise<{ readonly end?: Millis; readonly cancelEffective?: Millis }> {
  if (!hasPlugin(found.product, 'getPreGraceResult')) return {};
  const { gracePeriodEndTimestamp: end, cancelEffectiveTimestamp: cancelEffective } = await ask(
    desk,
    found,
    'getPreGraceResult',
    PreGrace,
    { defaultGracePeriodDays: found.graceDays },
  );
  return {
    ...(end === undefined ? {} : { end }),
    ...(cancelEffective === undefined ? {} : { cancelEffective }),
  };
}

/** When grace ends after a reversed payment, as getPostPaymentReversal has it (formats §2.10). Throws `plugin-…`. */
export async function askAfterReversal(
  desk: Desk,
  found: GraceCase,
  paymentLocator: string,
): Promise<Millis | undefined> {
  if (!hasPlugin(found.product, 'getPostPaymentReversal')) return undefined;
  const { invoice, graceDays } = found;
  const answer = await ask(desk, found, 'getPostPaymentReversal', AfterReversal, {
    gracePeriodDays: graceDays,
    invoiceAmount: invoice.totalDue,
    invoiceDueTimestamp: invoice.due,
    invoiceIssueTimestamp: invoice.createdAt,
    operationType: 'payment_reversal',
    paymentLocator,
  });
  return answer.gracePeriodEndTimestamp;
}

async function ask<T extends z.ZodType>(
  desk: Desk,
  { deployed, product, billing, invoice, reader }: GraceCase,
  name: 'getPreGraceResult' | 'getPostPaymentReversal',
  answer: T,
  more: JsonObject,
): Promise<z.output<T>> {
  const { value } = await askProductPlugin({
    sandbox: desk.sandbox,
    program: programOf(deployed.configuration),
    product,
    name,
    arguments: [
      numbersAsText({
        ...more,
        invoiceLocator: invoice.locator,
        policy: {
          locator: billing.locator,
          policyholderLocator: billing.policyholderLocator,
          productName: billing.productName,
          originalContractStartTimestamp: billing.originalContractStart,
          currency: billing.currency,
          quoteLocator: billing.quoteLocator,
        },
        tenantTimeZone: deployed.configuration.timeZone,
      }),
    ],
    answer,
    context: { clock: desk.now(), seed: invoice.locator, worksheet: false },
    ...(reader ? { reader } : {}),
  });
  return value;
}
