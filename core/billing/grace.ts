import type { GracePeriodRecord, InvoiceRecord, PaymentRecord } from '#core/desk/billing-records.ts';
import { productOf } from '#core/desk/configurations.ts';
import { answeredBefore, type Caller, commit, type Desk, findAll, locatorOf, need, write } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';
import type { GuestReader } from '#core/sandbox/contract.ts';
import type { Change } from '#core/store/contract.ts';
import { endOfDay } from './cadence.ts';
import { askAfterReversal, askPreGrace, type GraceCase } from './grace-plugins.ts';
import { isPastDue, openGrace } from './settlement.ts';

/** Formats §3.7. */
export interface GracePeriodResponse {
  readonly locator: string;
  readonly policyLocator: string;
  readonly policyholderLocator: string;
  readonly productLocator: string;
  readonly invoiceLocator: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly cancellationLocator?: string;
  readonly cancelEffectiveTimestamp?: string;
  readonly settledTimestamp?: string;
}

/** A grace period as the API shows it. Throws `not-found`. */
export function getGracePeriod(desk: Desk, locator: string): GracePeriodResponse {
  return graceResponse(need(desk, 'gracePeriod', locator).record);
}

/** The grace periods of a policy, oldest first. */
export function listGracePeriods(desk: Desk, policyLocator: string): readonly GracePeriodResponse[] {
  return findAll(desk, 'gracePeriod', 'policyLocator', policyLocator).map(({ record }) => graceResponse(record));
}

function graceResponse(record: GracePeriodRecord): GracePeriodResponse {
  const { cancellationLocator, cancelEffective, settledAt } = record;
  return {
    locator: record.locator,
    policyLocator: record.policyLocator,
    policyholderLocator: record.policyholderLocator,
    productLocator: record.productName,
    invoiceLocator: record.invoiceLocator,
    startTimestamp: String(record.start),
    endTimestamp: String(record.end),
    ...(cancellationLocator === undefined ? {} : { cancellationLocator }),
    ...(cancelEffective === undefined ? {} : { cancelEffectiveTimestamp: String(cancelEffective) }),
    ...(settledAt === undefined ? {} : { settledTimestamp: String(settledAt) }),
  };
}

/** Changes when an open grace period ends and when its lapse takes effect. Throws `not-found`, `wrong-state`, `invalid-fields`. */
export function updateGracePeriod(
  desk: Desk,
  caller: Caller,
  locator: string,
  request: { readonly end?: Millis; readonly cancelEffective?: Millis; readonly resetCancelEffective?: boolean },
): void {
  if (answeredBefore(desk, caller, 'gracePeriod.update', { locator, ...request }) !== undefined) return;
  const { record, version } = need(desk, 'gracePeriod', locator);
  if (record.state !== 'open')
    throw new Problem('wrong-state', `Grace period ${locator} is over: it can not be changed any more.`, {
      place: { locator },
    });
  const end = request.end ?? record.end;
  if (end < record.start)
    throw new Problem('invalid-fields', `The grace period can not be changed: it can not end before it started.`, {
      fieldErrors: [
        { fieldName: 'endTimestamp', code: 'INVALID_VALUE', message: 'A grace period ends after it started.' },
      ],
    });
  const { cancelEffective, ...rest } = record;
  const effective = request.cancelEffective ?? (request.resetCancelEffective === true ? undefined : cancelEffective);
  commit(desk, caller, {
    name: 'gracePeriod.update',
    arguments: { policy: record.policyLocator, gracePeriod: locator },
    changes: [
      write('gracePeriod', locator, version, {
        ...rest,
        end,
        ...(effective === undefined ? {} : { cancelEffective: effective }),
      }),
    ],
    result: locator,
    request: { locator, ...request },
  });
}

/** What a product says about an invoice that is not paid in time; undefined when it grants no grace and lapses nothing (BI60). */
export async function graceCase(
  desk: Desk,
  invoice: InvoiceRecord,
  reader: GuestReader | undefined,
): Promise<GraceCase | undefined> {
  const policy = need(desk, 'policy', invoice.policyLocator).record;
  const deployed = await desk.configurations.version(policy.configVersion);
  const product = productOf(deployed, policy.productName);
  const graceDays = product.lapse?.gracePeriodDays;
  if (graceDays === undefined) return undefined;
  const billing = need(desk, 'billing', invoice.policyLocator).record;
  return { deployed, product, billing, invoice, graceDays, ...(reader ? { reader } : {}) };
}

/**
 * The grace period that an invoice opens (BI60): the product's days from the due date, or what its plugin says, and never over
 * before the end of the day on which it opens.
 */
export async function newGrace(desk: Desk, found: GraceCase): Promise<GracePeriodRecord> {
  const { invoice, deployed, graceDays } = found;
  const { timeZone } = deployed.configuration;
  const now = desk.now();
  const asked = await askPreGrace(desk, found);
  const end = Math.max(asked.end ?? endOfDay(invoice.due, graceDays, timeZone), endOfDay(now, 0, timeZone));
  return graceRecord(desk, found, { ...asked, start: now, end });
}

function graceRecord(
  desk: Desk,
  { invoice, billing }: GraceCase,
  times: { readonly start: Millis; readonly end: Millis; readonly cancelEffective?: Millis },
): GracePeriodRecord {
  return {
    locator: locatorOf(desk),
    policyLocator: invoice.policyLocator,
    policyholderLocator: invoice.policyholderLocator,
    productName: billing.productName,
    invoiceLocator: invoice.locator,
    state: 'open',
    ...times,
  };
}

/**
 * Asks what a reversed payment means for grace (BI62), before anything is saved.
 * @returns the changes, once it is known what the invoice is then: nothing unless it is past due and the plugin named an end
 */
export async function graceAfterReversal(
  desk: Desk,
  payment: PaymentRecord,
  reader: GuestReader | undefined,
): Promise<(invoice: InvoiceRecord) => readonly Change[]> {
  const { record } = need(desk, 'invoice', payment.invoiceLocator);
  const found = await graceCase(desk, record, reader);
  const end = found && (await askAfterReversal(desk, found, payment.locator));
  return (invoice) => {
    if (!found || end === undefined || invoice.settlementStatus === 'settled') return [];
    if (!isPastDue(invoice, desk.now())) return [];
    const open = openGrace(desk, invoice.policyLocator);
    if (open) return [write('gracePeriod', open.locator, open.version, { ...open.record, end })];
    const grace = graceRecord(desk, found, { start: desk.now(), end });
    return [write('gracePeriod', grace.locator, 0, grace)];
  };
}

/** Whether an invoice has had its grace: it gets it once, and once more after each reversed payment (BI61). */
export function hadGrace(desk: Desk, invoiceLocator: string): boolean {
  const before = findAll(desk, 'gracePeriod', 'invoiceLocator', invoiceLocator).map(({ record }) => record);
  const last = before.reduce((latest, { settledAt }) => Math.max(latest, settledAt ?? Number.POSITIVE_INFINITY), 0);
  const reversed = findAll(desk, 'payment', 'invoiceLocator', invoiceLocator).reduce(
    (latest, { record }) => Math.max(latest, record.reversedAt ?? 0),
    0,
  );
  return before.length > 0 && reversed <= last;
}
