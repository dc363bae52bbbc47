import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { addCalendar, calendarDay, type Millis, startOfDay } from '#core/model/time.ts';

/** One amount that a policy owes: a peril's premium, one of its taxes, or a fee. */
export interface Charge {
  readonly type: 'premium' | 'tax' | 'fee';
  readonly amount: string;
  readonly start: Millis;
  readonly end: Millis;
  readonly perilCharacteristicsLocator?: string;
  readonly perilName?: string;
  readonly taxName?: string;
  readonly feeName?: string;
}
/** What a price charges, as billing sees it: the priced perils and the fees of one contract period. */
export interface Priced {
  readonly start: Millis;
  readonly end: Millis;
  readonly perils: readonly {
    readonly locator: string;
    readonly name: string;
    readonly premium: string;
    readonly taxes: readonly { readonly name: string; readonly amount: string }[];
  }[];
  readonly fees: readonly { readonly name: string; readonly amount: string }[];
}
export interface FullPayInvoice {
  readonly start: Millis;
  readonly end: Millis;
  readonly due: Millis;
  readonly totalDue: string;
  readonly items: readonly Charge[];
}

/**
 * The charges of a price: premium and taxes of every peril, and the fees. Their sum is gross premium + taxes + fees to the
 * cent (money law, settled questions 3); amounts of zero are no charge.
 */
export function chargesOf(priced: Priced): readonly Charge[] {
  const { start, end } = priced;
  const perils = priced.perils.flatMap(({ locator, name, premium, taxes }): Charge[] => {
    const of = { start, end, perilCharacteristicsLocator: locator, perilName: name };
    return [
      { type: 'premium', amount: premium, ...of },
      ...taxes.map((tax): Charge => ({ type: 'tax', amount: tax.amount, taxName: tax.name, ...of })),
    ];
  });
  const fees = priced.fees.map((fee): Charge => ({ type: 'fee', amount: fee.amount, feeName: fee.name, start, end }));
  return [...perils, ...fees].filter(({ amount }) => !new Decimal(amount).isZero());
}

/** The sum of amounts, exact. */
export function sumOf(items: readonly { readonly amount: string }[]): Decimal {
  return items.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
}

/**
 * The one invoice of a policy that is paid in full: every charge, at once (formats §3.8).
 * @param issued when the invoice is issued, milliseconds; due `days` later, at the end of that day in the zone
 */
export function fullPayInvoice(
  priced: Priced,
  terms: { readonly issued: Millis; readonly days: number; readonly timeZone: string; readonly currency: string },
): FullPayInvoice {
  const items = chargesOf(priced);
  return {
    start: priced.start,
    end: priced.end,
    due: endOfDay(addCalendar(terms.issued, { days: terms.days }, terms.timeZone), terms.timeZone),
    totalDue: moneyText(sumOf(items), currencyDecimals(terms.currency)),
    items,
  };
}

/** The last millisecond of an instant's day in the zone (formats §3.1). */
function endOfDay(instant: Millis, timeZone: string): Millis {
  const midnight = startOfDay(calendarDay(instant, timeZone), timeZone);
  return startOfDay(calendarDay(addCalendar(midnight, { days: 1 }, timeZone), timeZone), timeZone) - 1;
}
