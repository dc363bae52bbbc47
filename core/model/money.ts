import { Decimal } from './decimal.ts';

/**
 * Minor units of ISO 4217 that are not 2. Not asked of the runtime: its locale data says how many decimals people write in daily
 * life (none for HUF, COP, IDR, …), and changes from version to version, but an amount must come out the same everywhere.
 */
const MINOR_UNITS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

/** The number of decimals of a currency's minor unit (ISO 4217): 2 for USD, 0 for JPY, 3 for KWD. */
export function currencyDecimals(currency: string): number {
  return MINOR_UNITS.get(currency) ?? 2;
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
