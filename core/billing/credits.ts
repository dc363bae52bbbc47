import type { InvoiceItem, PlannedInvoice } from '#core/desk/billing-records.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { Millis } from '#core/model/time.ts';
import { amountText, payableOf } from './amounts.ts';

/** One item for each charge, in the order in which they first come; what comes to nothing is left out. */
export function combined(items: readonly InvoiceItem[], currency: string): readonly InvoiceItem[] {
  const byCharge = new Map<string, InvoiceItem>();
  for (const item of items) {
    const known = byCharge.get(item.chargeLocator);
    byCharge.set(
      item.chargeLocator,
      known
        ? {
            ...known,
            amount: amountText(new Decimal(known.amount).plus(item.amount), currency),
            start: Math.min(known.start, item.start),
            end: Math.max(known.end, item.end),
          }
        : item,
    );
  }
  return [...byCharge.values()].filter(({ amount }) => !new Decimal(amount).isZero());
}

/**
 * Credits lower what is planned before they are paid out (BI20): an installment below zero is carried into the next ones, the
 * last into those before it. What is left below zero then is one credit invoice, due at once.
 *
 * @param planned in the order of issue; those that are to be written off stay as they are
 * @param credit the invoice that a credit becomes
 */
export function netCredits(
  planned: readonly PlannedInvoice[],
  credit: PlannedInvoice,
  currency: string,
): readonly PlannedInvoice[] {
  const apart = planned.filter(({ writeOff }) => writeOff);
  const list = planned.filter(({ writeOff }) => !writeOff);
  const kept: PlannedInvoice[] = [];
  let carried: readonly InvoiceItem[] = [];
  for (const [i, invoice] of list.entries()) {
    const items = carried.length > 0 ? combined([...carried, ...invoice.items], currency) : invoice.items;
    carried = payableOf(items).isNegative() && i < list.length - 1 ? items : [];
    if (carried.length === 0) kept.push({ ...invoice, items });
  }
  let last = kept.at(-1);
  while (last && kept.length > 1 && payableOf(last.items).lt(0)) {
    const { items } = kept.pop() ?? last;
    const before = kept.pop() ?? last;
    last = { ...before, items: combined([...before.items, ...items], currency) };
    kept.push(last);
  }
  if (!last || !payableOf(last.items).lt(0)) return inOrder([...kept, ...apart]);
  return inOrder([{ ...credit, ...spanOf(last.items, credit), items: last.items }, ...apart]);
}

export function inOrder(planned: readonly PlannedInvoice[]): readonly PlannedInvoice[] {
  return planned.toSorted((a, b) => a.issueAt - b.issueAt || a.start - b.start);
}

/** The time that items pay for. @param otherwise when there are none */
export function spanOf(
  items: readonly { readonly start: Millis; readonly end: Millis }[],
  otherwise: { readonly start: Millis; readonly end: Millis },
): { start: Millis; end: Millis } {
  if (items.length === 0) return { start: otherwise.start, end: otherwise.end };
  return {
    start: items.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: items.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  };
}
