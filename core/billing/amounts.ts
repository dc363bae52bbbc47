import type { InvoiceItem } from '#core/desk/billing-records.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';

/** The sum of amounts, exact. */
export function sumOf(items: readonly { readonly amount: string }[]): Decimal {
  return items.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
}

/** What items ask the policyholder to pay: all but commissions (BI4). */
export function payableOf(items: readonly Pick<InvoiceItem, 'type' | 'amount'>[]): Decimal {
  return sumOf(items.filter(({ type }) => type !== 'commission'));
}

/** An amount as it is kept, with the currency's decimals or more where it has more. */
export function amountText(amount: Decimal, currency: string): string {
  return moneyText(amount, Math.max(currencyDecimals(currency), amount.decimalPlaces()));
}
