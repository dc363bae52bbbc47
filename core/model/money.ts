import { Decimal } from './decimal.ts';

/** The number of decimals of a currency's minor unit (ISO 4217 through the runtime): 2 for USD, 0 for JPY. */
export function currencyDecimals(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** Rounds half away from zero to a number of decimals: the rounding of every stored amount (formats §2.5). */
export function roundHalfUp(amount: Decimal, decimals: number): Decimal {
  return amount.toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP);
}

/** An amount as it travels and is stored: plain text with a fixed number of decimals, `"1524.84"`. */
export function moneyText(amount: Decimal, decimals: number): string {
  const text = amount.toFixed(decimals, Decimal.ROUND_HALF_UP);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
