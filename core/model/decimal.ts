import { Decimal as DecimalJs } from 'decimal.js';

/**
 * The one decimal type of the house: 34 significant digits (IEEE 754 decimal128), ties away from zero, plain notation.
 * Money and factors are never binary floats (docs/ARCHITECTURE.md, Rules).
 */
export const Decimal = DecimalJs.clone({
  precision: 34,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -1_000,
  toExpPos: 1_000,
  minE: -6_000,
  maxE: 6_000,
});
export type Decimal = DecimalJs;

const DECIMAL_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;

/**
 * Reads a decimal from text or from a number (taken by its shortest text, so 0.1 is exactly 0.1).
 * @returns undefined when the value is no finite number.
 */
export function parseDecimal(value: unknown): Decimal | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? new Decimal(String(value)) : undefined;
  if (typeof value === 'bigint') return new Decimal(value.toString());
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return DECIMAL_TEXT.test(text) ? new Decimal(text) : undefined;
}
