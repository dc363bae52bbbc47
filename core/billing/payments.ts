import type { InvoiceRecord, PaymentRecord } from '#core/desk/billing-records.ts';
import { answeredBefore, type Caller, commit, type Desk, locatorOf, look, need, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { validateFields } from '#core/model/field-values.ts';
import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { RequestValues } from '#core/model/request.ts';
import { withinTime } from '#core/product/time-limit.ts';
import type { GuestReader } from '#core/sandbox/contract.ts';
import type { Change } from '#core/store/contract.ts';
import { amountText } from './amounts.ts';
import { graceAfterReversal } from './grace.ts';
import {
  graceSettled,
  needInvoice,
  outstandingOf,
  owedInvoices,
  paymentsOf,
  reopened,
  requireFinal,
  requireOutstanding,
  settled,
} from './settlement.ts';

export interface PaymentRequest {
  /** Default: all that is outstanding. */
  readonly amount?: string | number;
  readonly fieldValues?: RequestValues;
}

/**
 * Pays an invoice, whole or in part (BI50): it is `paid` once nothing is outstanding. More than is outstanding is refused.
 * @returns locator of the payment
 * Throws `not-found`, `wrong-state` for an invoice that is settled or a credit, `invalid-fields` for amount and fields.
 */
export async function payInvoice(
  desk: Desk,
  caller: Caller,
  invoiceLocator: string,
  request: PaymentRequest,
): Promise<string> {
  return move(desk, caller, 'invoice.pay', invoiceLocator, request);
}

/**
 * Pays a credit invoice out, whole or in part (BI53). Throws as `payInvoice` does, and `wrong-state` while the policy owes
 * something: a credit pays for that first (`carryForward`).
 * @returns locator of the payment, whose amount is negative
 */
export async function refundCredit(
  desk: Desk,
  caller: Caller,
  invoiceLocator: string,
  request: PaymentRequest,
): Promise<string> {
  return move(desk, caller, 'invoice.refund', invoiceLocator, request);
}

async function move(
  desk: Desk,
  caller: Caller,
  command: 'invoice.pay' | 'invoice.refund',
  invoiceLocator: string,
  request: PaymentRequest,
): Promise<string> {
  const before = answeredBefore(desk, caller, command, { invoiceLocator, ...request });
  if (before !== undefined) return before;
  const policy = need(desk, 'policy', needInvoice(desk, invoiceLocator).record.policyLocator);
  const { configuration } = await desk.configurations.version(policy.record.configVersion);
  const invoice = needInvoice(desk, invoiceLocator);
  const { record } = invoice;
  const refund = command === 'invoice.refund';
  requireKind(desk, record, refund);
  const left = outstandingOf(desk, record).abs();
  const amount = amountOf(request.amount, left, record.currency);
  const fields = withinTime('The fields of payments', () =>
    validateFields(configuration.paymentFields, request.fieldValues ?? {}, [], {
      now: desk.now(),
      timeZone: configuration.timeZone,
      tables: configuration.tables,
      newLocator: () => locatorOf(desk),
    }),
  );
  const [first] = fields.errors;
  if (first)
    throw new Problem('invalid-fields', `The payment can not be taken: ${first.fieldName}: ${first.message}`, {
      fieldErrors: fields.errors,
      place: { field: first.fieldName },
    });
  const at = desk.now();
  const { numbers, change } = takeNumbers(desk, 'payment', 1);
  const payment = newPayment(desk, record, {
    displayId: numbers[0] ?? '',
    kind: refund ? 'refund' : 'payment',
    amount: refund ? amount.negated() : amount,
    fieldValues: fields.values,
  });
  const done = amount.equals(left);
  commit(desk, caller, {
    name: command,
    arguments: { policy: record.policyLocator, invoice: record.locator, payment: payment.locator },
    changes: [
      change,
      write('payment', payment.locator, 0, payment, record.policyholderLocator),
      write('invoice', record.locator, invoice.version, done ? settled(record, 'paid', at) : record),
      ...(done ? graceSettled(desk, record.policyLocator, at, [record.locator]) : []),
    ],
    result: payment.locator,
    request: { invoiceLocator, ...request },
  });
  return payment.locator;
}

function requireKind(desk: Desk, invoice: InvoiceRecord, refund: boolean): void {
  requireOutstanding(invoice);
  const isCredit = new Decimal(invoice.totalDue).isNegative();
  const place = { locator: invoice.locator };
  if (isCredit && !refund)
    throw new Problem(
      'wrong-state',
      `Invoice ${invoice.displayId} is a credit of ${invoice.totalDue}: refund it (POST /invoice/${invoice.locator}/refund) or carry it forward.`,
      { place },
    );
  if (!refund) return;
  if (!isCredit)
    throw new Problem('wrong-state', `Invoice ${invoice.displayId} is no credit: there is nothing to refund.`, {
      place,
    });
  requireFinal(invoice);
  const [owed] = owedInvoices(desk, invoice.policyLocator);
  if (owed)
    throw new Problem(
      'wrong-state',
      `The policy owes invoice ${owed.record.displayId}: carry the credit forward first (POST /invoice/${invoice.locator}/carryForward).`,
      { place },
    );
}

function amountOf(given: string | number | undefined, left: Decimal, currency: string): Decimal {
  if (given === undefined) return left;
  const amount = parseDecimal(given);
  const decimals = currencyDecimals(currency);
  const fault = !amount
    ? `"${given}" is no amount.`
    : !amount.gt(0)
      ? 'An amount above zero is needed.'
      : amount.decimalPlaces() > Math.max(decimals, left.decimalPlaces())
        ? `${currency} has ${decimals} decimals.`
        : amount.gt(left)
          ? `Only ${amountText(left, currency)} ${currency} is outstanding.`
          : undefined;
  if (amount && fault === undefined) return amount;
  throw new Problem('invalid-fields', `The payment can not be taken: amount: ${fault}`, {
    fieldErrors: [{ fieldName: 'amount', code: 'INVALID_VALUE', message: fault ?? '' }],
    place: { field: 'amount' },
  });
}

/** A payment of an invoice as it is posted now. */
export function newPayment(
  desk: Desk,
  { locator, policyLocator, policyholderLocator, currency }: InvoiceRecord,
  of: Pick<PaymentRecord, 'displayId' | 'kind' | 'fieldValues'> & { readonly amount: Decimal },
): PaymentRecord {
  return {
    locator: locatorOf(desk),
    displayId: of.displayId,
    invoiceLocator: locator,
    policyLocator,
    policyholderLocator,
    amount: amountText(of.amount, currency),
    currency,
    kind: of.kind,
    postedAt: desk.now(),
    fieldValues: of.fieldValues,
  };
}

/**
 * Takes a payment or refund back (BI52): what it paid is owed again, and the product's plugin may give the policyholder time.
 * Throws `not-found`, `wrong-state` for one that is reversed already or that carried a credit forward.
 */
export async function reversePayment(
  desk: Desk,
  caller: Caller,
  paymentLocator: string,
  reader?: GuestReader,
): Promise<void> {
  if (answeredBefore(desk, caller, 'payment.reverse', paymentLocator) !== undefined) return;
  requireReversible(need(desk, 'payment', paymentLocator).record);
  const grace = await graceAfterReversal(desk, need(desk, 'payment', paymentLocator).record, reader);
  const payment = need(desk, 'payment', paymentLocator);
  requireReversible(payment.record);
  const invoice = need(desk, 'invoice', payment.record.invoiceLocator);
  const at = desk.now();
  const again = invoice.record.settlementType === 'paid' ? reopened(invoice.record, at) : invoice.record;
  commit(desk, caller, {
    name: 'payment.reverse',
    arguments: { policy: payment.record.policyLocator, invoice: invoice.locator, payment: paymentLocator },
    changes: [
      write(
        'payment',
        paymentLocator,
        payment.version,
        { ...payment.record, reversedAt: at },
        payment.record.policyholderLocator,
      ),
      write('invoice', invoice.locator, invoice.version, again),
      ...grace(again),
    ],
    result: paymentLocator,
  });
}

/**
 * Takes back what was paid for transactions of a policy that are accepted and not issued, before they give way to a lapse (BI63):
 * that money goes back to the policyholder.
 */
export function reversePending(desk: Desk, caller: Caller, policyLocator: string): void {
  const pending = look(desk, 'billing', policyLocator)?.record.pending ?? [];
  const at = desk.now();
  const changes = pending
    .flatMap(({ invoices }) => invoices)
    .flatMap((locator): readonly Change[] => {
      const invoice = need(desk, 'invoice', locator);
      const payments = paymentsOf(desk, locator).map((payment) => need(desk, 'payment', payment.locator));
      if (payments.length === 0) return [];
      return [
        ...payments.map(({ record, version }) =>
          write('payment', record.locator, version, { ...record, reversedAt: at }, record.policyholderLocator),
        ),
        write('invoice', locator, invoice.version, reopened(invoice.record, at)),
      ];
    });
  if (changes.length === 0) return;
  commit(desk, caller, {
    name: 'payment.reverseAccepted',
    arguments: { policy: policyLocator },
    changes,
    result: policyLocator,
  });
}

function requireReversible({ locator, displayId, reversedAt, kind }: PaymentRecord): void {
  const reason =
    reversedAt !== undefined
      ? 'is reversed already'
      : kind === 'carriedForward'
        ? 'carried a credit forward, which is not undone'
        : undefined;
  if (reason !== undefined) throw new Problem('wrong-state', `Payment ${displayId} ${reason}.`, { place: { locator } });
}

/** Gives up what is outstanding of an invoice (BI51). Throws `not-found`, `wrong-state` for one that is settled. */
export function writeOffInvoice(desk: Desk, caller: Caller, invoiceLocator: string): void {
  if (answeredBefore(desk, caller, 'invoice.writeOff', invoiceLocator) !== undefined) return;
  const { record, version } = needInvoice(desk, invoiceLocator);
  requireOutstanding(record);
  const at = desk.now();
  commit(desk, caller, {
    name: 'invoice.writeOff',
    arguments: { policy: record.policyLocator, invoice: record.locator },
    changes: [
      write('invoice', record.locator, version, settled(record, 'writtenOff', at)),
      ...graceSettled(desk, record.policyLocator, at, [record.locator]),
    ],
    result: invoiceLocator,
  });
}
