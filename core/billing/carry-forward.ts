import type { InvoiceRecord } from '#core/desk/billing-records.ts';
import { answeredBefore, type Caller, commit, type Desk, type Typed, write } from '#core/desk/desk.ts';
import { takeNumbers } from '#core/desk/numbers.ts';
import { Decimal } from '#core/model/decimal.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';
import { newPayment } from './payments.ts';
import {
  graceSettled,
  needInvoice,
  outstandingOf,
  owedInvoices,
  requireFinal,
  requireOutstanding,
  settled,
} from './settlement.ts';

/**
 * Lets a credit pay for what the policy owes, the oldest due first (BI54); what is left of it can be refunded.
 * Throws `not-found`, `wrong-state` for what is no open credit, or when nothing is owed.
 */
export function carryForward(desk: Desk, caller: Caller, invoiceLocator: string): void {
  if (answeredBefore(desk, caller, 'invoice.carryForward', invoiceLocator) !== undefined) return;
  const credit = needInvoice(desk, invoiceLocator);
  requireOutstanding(credit.record);
  requireFinal(credit.record);
  const owed = owedInvoices(desk, credit.record.policyLocator);
  const none = new Decimal(credit.record.totalDue).isNegative() ? undefined : 'is no credit';
  const reason = none ?? (owed.length === 0 ? 'has nothing to pay for: refund it' : undefined);
  if (reason !== undefined)
    throw new Problem('wrong-state', `Invoice ${credit.record.displayId} ${reason}.`, {
      place: { locator: credit.locator },
    });
  const { changes } = carried(desk, [credit], owed);
  commit(desk, caller, {
    name: 'invoice.carryForward',
    arguments: { policy: credit.record.policyLocator, invoice: credit.locator },
    changes,
    result: invoiceLocator,
  });
}

/**
 * The changes by which credits pay for invoices, in order: two payments for each step, one on either side, that add up to
 * nothing. @param leftover what becomes of invoices that the credits do not cover in full
 */
export function carried(
  desk: Desk,
  credits: readonly Typed<'invoice'>[],
  owed: readonly Typed<'invoice'>[],
  leftover: 'stays' | 'writtenOff' = 'stays',
): { readonly changes: readonly Change[] } {
  const at = desk.now();
  const steps: { readonly credit: InvoiceRecord; readonly invoice: InvoiceRecord; readonly amount: Decimal }[] = [];
  const funds = credits.map((credit) => ({ credit, left: outstandingOf(desk, credit.record).negated() }));
  const touched: Change[] = [];
  const done: string[] = [];
  for (const invoice of owed) {
    let left = outstandingOf(desk, invoice.record);
    const whole = left;
    for (const fund of funds) {
      const amount = Decimal.min(fund.left, left);
      if (!amount.gt(0)) continue;
      steps.push({ credit: fund.credit.record, invoice: invoice.record, amount });
      fund.left = fund.left.minus(amount);
      left = left.minus(amount);
    }
    const after = left.isZero()
      ? settled(invoice.record, 'paid', at)
      : leftover === 'writtenOff'
        ? settled(invoice.record, 'writtenOff', at)
        : invoice.record;
    if (after.settlementStatus === 'settled') done.push(invoice.locator);
    if (after !== invoice.record || !left.equals(whole))
      touched.push(write('invoice', invoice.locator, invoice.version, after));
  }
  for (const { credit, left } of funds)
    if (steps.some((step) => step.credit === credit.record))
      touched.push(
        write(
          'invoice',
          credit.locator,
          credit.version,
          left.isZero() ? settled(credit.record, 'carriedForward', at) : credit.record,
        ),
      );
  const policy = owed[0]?.record.policyLocator ?? '';
  return { changes: [...transfers(desk, steps), ...touched, ...graceSettled(desk, policy, at, done)] };
}

function transfers(
  desk: Desk,
  steps: readonly { readonly credit: InvoiceRecord; readonly invoice: InvoiceRecord; readonly amount: Decimal }[],
): readonly Change[] {
  if (steps.length === 0) return [];
  const { numbers, change } = takeNumbers(desk, 'payment', steps.length * 2);
  const payments = steps.flatMap(({ credit, invoice, amount }, i) => [
    newPayment(desk, credit, {
      displayId: numbers[2 * i] ?? '',
      kind: 'carriedForward',
      amount: amount.negated(),
      fieldValues: {},
    }),
    newPayment(desk, invoice, {
      displayId: numbers[2 * i + 1] ?? '',
      kind: 'carriedForward',
      amount,
      fieldValues: {},
    }),
  ]);
  return [change, ...payments.map((payment) => write('payment', payment.locator, 0, payment))];
}
