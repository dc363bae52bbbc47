import { Decimal, parseDecimal } from '../decimal.ts';

/** A million cells are looked at while somebody types: their order is that of their doubles, decimals decide between equal ones. */
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;

/** The number that a cell holds, NaN for a cell that holds none. Only to compare: results are decimals. */
export function numberOf(cell: string): number {
  return PLAIN.test(cell) ? Number(cell) : Number.NaN;
}

/** Which of two numbers is larger, exactly, however many digits they have. */
export function compareNumbers(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (difference !== 0 || a === b || (a.length < 16 && b.length < 16)) return difference;
  return (parseDecimal(a) ?? new Decimal(0)).comparedTo(parseDecimal(b) ?? new Decimal(0));
}

/** Digits behind the point as written: `1.50` has two. */
export function decimalsOf(cell: string): number {
  const point = cell.indexOf('.');
  return point < 0 ? 0 : cell.length - point - 1;
}
