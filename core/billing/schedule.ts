import type { BillingState, InvoiceItem, PlannedInvoice } from '#core/desk/billing-records.ts';
import type { Charge } from '#core/model/charge.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { addCalendar, type Millis } from '#core/model/time.ts';
import { allocate } from './allocate.ts';
import { amountText } from './amounts.ts';
import { type Cadence, endOfDay, measureOf, type Period, periodsOf } from './cadence.ts';
import { combined, inOrder, netCredits, spanOf } from './credits.ts';

/** All that placing charges on installments depends on. */
export interface Scheduling {
  /** What the transaction charges. */
  readonly charges: readonly Charge[];
  /** The policy's billing before it, with its terms. */
  readonly state: Pick<BillingState, 'open' | 'planned' | 'terms'>;
  readonly cadence: Cadence;
  /** Whether what is planned already is placed anew: the schedule has changed. */
  readonly anew: boolean;
  readonly transaction: {
    readonly locator: string;
    readonly invoiceType: PlannedInvoice['invoiceType'];
    /** New business: its first installment is invoiced with it, whenever the cover begins (BI15). */
    readonly firstAtOnce: boolean;
    readonly coverageStart: Millis;
    readonly coverageEnd: Millis;
  };
  readonly at: Millis;
  /** Days from issue to due date (formats §1.3). */
  readonly days: number;
  readonly timeZone: string;
  readonly currency: string;
  newLocator(): string;
}

/**
 * The planned invoices of a policy once a transaction is accepted, in the order of issue; those whose time has come are issued
 * with it. Rules BI10 to BI21: charges that are taken back and what takes them back are invoiced at once, others by the coverage
 * that they pay for; credits lower what is planned. Everything that is charged and not invoiced is planned, to the cent.
 */
export function schedule(input: Scheduling): Pick<BillingState, 'open' | 'planned'> {
  const { charges, state, currency, anew, at, transaction } = input;
  const all = [...state.open, ...charges];
  const reversed = new Set((anew ? all : charges).flatMap(({ reverses }) => reverses ?? []));
  const isAtOnce = ({ locator, reverses, type }: Charge): boolean =>
    reversed.has(locator) || reverses !== undefined || type === 'holdback';
  const left = remaindersOf(state);
  const placed = new Set(
    [...charges, ...state.open.filter(({ locator }) => anew || reversed.has(locator))].map(({ locator }) => locator),
  );
  const kept = state.planned.flatMap((invoice): readonly PlannedInvoice[] => {
    const items = invoice.items.filter(({ chargeLocator }) => !placed.has(chargeLocator));
    return items.length > 0 ? [{ ...invoice, items }] : [];
  });

  const now = nowInvoice(input);
  const atOnce: InvoiceItem[] = [];
  const open: (Charge & { readonly left: Decimal })[] = [];
  for (const charge of all) {
    if (!placed.has(charge.locator)) continue;
    const remainder = left.get(charge.locator);
    const owed = remainder ? remainder.amount : new Decimal(charge.amount);
    if (isAtOnce(charge)) atOnce.push(itemOf(charge, owed, charge, currency));
    // What was invoiced of it covered the time before its first planned installment.
    else open.push({ ...charge, left: owed, start: Math.max(charge.start, remainder?.from ?? charge.start) });
  }
  const spread = spreadOver(open, input);
  const past = spread.filter(({ issueAt }) => issueAt <= at);
  const ahead = spread.filter(({ issueAt }) => issueAt > at);
  const nowItems = combined([...atOnce, ...past.flatMap(({ items }) => items)], currency);
  const needed = nowItems.length > 0 || transaction.firstAtOnce;
  const immediate = needed ? [{ ...now, ...spanOf(past, now), items: nowItems }] : [];
  const planned = netCredits(inOrder([...immediate, ...merged(kept, ahead, currency)]), now, currency);
  const used = new Set(planned.flatMap(({ items }) => items.map(({ chargeLocator }) => chargeLocator)));
  return { planned, open: all.filter(({ locator }) => used.has(locator)) };
}

/** What is still planned of each open charge, and from when on. */
export function remaindersOf(
  state: Pick<BillingState, 'planned'>,
): ReadonlyMap<string, { readonly amount: Decimal; readonly from: Millis }> {
  const left = new Map<string, { amount: Decimal; from: Millis }>();
  for (const { items } of state.planned)
    for (const { chargeLocator, amount, start } of items) {
      const known = left.get(chargeLocator);
      left.set(chargeLocator, {
        amount: (known?.amount ?? new Decimal(0)).plus(amount),
        from: Math.min(known?.from ?? start, start),
      });
    }
  return left;
}

/** The invoice of everything that is due with the transaction itself. */
export function nowInvoice(input: Omit<Scheduling, 'charges' | 'state' | 'cadence' | 'anew'>): PlannedInvoice {
  const { transaction, at, days, timeZone } = input;
  return {
    locator: input.newLocator(),
    invoiceType: transaction.invoiceType,
    policyModificationLocator: transaction.locator,
    issueAt: at,
    due: endOfDay(at, days, timeZone),
    terms: days,
    start: transaction.coverageStart,
    end: transaction.coverageEnd,
    writeOff: false,
    items: [],
  };
}

/** Installments of charges by the coverage that they pay for. */
function spreadOver(
  charges: readonly (Charge & { readonly left: Decimal })[],
  input: Scheduling,
): readonly PlannedInvoice[] {
  const { state, cadence, timeZone, currency, days, at, transaction } = input;
  if (charges.length === 0) return [];
  const terms = state.terms.length > 0 ? state.terms : [spanOf(charges, charges[0] ?? { start: at, end: at })];
  const periods = terms.flatMap((term) => periodsOf(term, cadence, timeZone));
  const measure = measureOf(cadence, terms[0]?.start ?? at, timeZone);
  const decimals = charges.reduce((most, { left }) => Math.max(most, left.decimalPlaces()), currencyDecimals(currency));
  // Commissions are no part of what is due: levelled among themselves.
  const groups = [
    charges.filter(({ type }) => type !== 'commission'),
    charges.filter(({ type }) => type === 'commission'),
  ];
  const items: InvoiceItem[][] = periods.map(() => []);
  for (const group of groups) {
    const shares = group.map(({ left, start, end }) => ({ amount: left, start, end }));
    const split = allocate(shares, periods, decimals, measure);
    for (const [i, charge] of group.entries())
      for (const [k, amount] of (split[i] ?? []).entries())
        if (!amount.isZero()) items[k]?.push(itemOf(charge, amount, within(charge, periods[k]), currency));
  }
  return periods.flatMap((period, k): readonly PlannedInvoice[] => {
    const own = items[k] ?? [];
    if (own.length === 0) return [];
    const first = transaction.firstAtOnce && period.start <= transaction.coverageStart;
    const issueAt = first ? at : addCalendar(period.start, { days: -days }, timeZone);
    return [
      {
        locator: input.newLocator(),
        invoiceType: 'installment',
        policyModificationLocator: transaction.locator,
        issueAt,
        due: endOfDay(issueAt, days, timeZone),
        terms: days,
        start: period.start,
        end: period.end,
        writeOff: false,
        items: own,
      },
    ];
  });
}

/** The part of a charge's coverage in a period; all of it where none is. */
function within({ start, end }: Charge, period: Period | undefined): { start: Millis; end: Millis } {
  const from = Math.max(start, period?.start ?? start);
  const to = Math.min(end, period?.end ?? end);
  return from < to ? { start: from, end: to } : { start, end };
}

/** New installments join the planned ones of the same period. */
function merged(
  kept: readonly PlannedInvoice[],
  added: readonly PlannedInvoice[],
  currency: string,
): readonly PlannedInvoice[] {
  const same = (a: PlannedInvoice, b: PlannedInvoice): boolean =>
    a.start === b.start && a.end === b.end && a.issueAt === b.issueAt && !a.writeOff;
  return [
    ...kept.map((invoice) => {
      const more = added.find((other) => same(invoice, other));
      return more ? { ...invoice, items: combined([...invoice.items, ...more.items], currency) } : invoice;
    }),
    ...added.filter((invoice) => !kept.some((other) => same(other, invoice))),
  ];
}

/** A part of a charge as an invoice shows it. */
export function itemOf(
  charge: Charge,
  amount: Decimal,
  { start, end }: { readonly start: Millis; readonly end: Millis },
  currency: string,
): InvoiceItem {
  const { locator, type, transactionLocator } = charge;
  const { perilCharacteristicsLocator, perilName, taxName, feeName, commissionRecipient } = charge;
  return {
    chargeLocator: locator,
    type,
    amount: amountText(amount, currency),
    start,
    end,
    policyModificationLocator: transactionLocator,
    ...(perilCharacteristicsLocator === undefined ? {} : { perilCharacteristicsLocator }),
    ...(perilName === undefined ? {} : { perilName }),
    ...(taxName === undefined ? {} : { taxName }),
    ...(feeName === undefined ? {} : { feeName }),
    ...(commissionRecipient === undefined ? {} : { commissionRecipient }),
  };
}

/**
 * What was charged and stands on no planned invoice, or more than once: the first charge of which the planned parts are not what
 * is left of it (BI1). @param expected what is left of each charge
 */
export function misallocated(
  expected: readonly { readonly locator: string; readonly amount: Decimal }[],
  planned: readonly PlannedInvoice[],
): { readonly locator: string; readonly expected: string; readonly difference: string } | undefined {
  const given = new Map<string, Decimal>();
  for (const { items } of planned)
    for (const { chargeLocator, amount } of items)
      given.set(chargeLocator, (given.get(chargeLocator) ?? new Decimal(0)).plus(amount));
  for (const { locator, amount } of expected) {
    const difference = (given.get(locator) ?? new Decimal(0)).minus(amount);
    if (!difference.isZero()) return { locator, expected: text(amount), difference: text(difference) };
    given.delete(locator);
  }
  const [stray] = given;
  return stray && { locator: stray[0], expected: '0.00', difference: text(stray[1]) };
}
const text = (amount: Decimal): string => moneyText(amount, Math.max(2, amount.decimalPlaces()));

/** What is left to invoice of every charge, open ones and those of a transaction. */
export function expectedOf(
  state: Pick<BillingState, 'open' | 'planned'>,
  charges: readonly Charge[],
): readonly { readonly locator: string; readonly amount: Decimal }[] {
  const left = remaindersOf(state);
  return [
    ...state.open.map(({ locator }) => ({ locator, amount: left.get(locator)?.amount ?? new Decimal(0) })),
    ...charges.map(({ locator, amount }) => ({ locator, amount: new Decimal(amount) })),
  ];
}
