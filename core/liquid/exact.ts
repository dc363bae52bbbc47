import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { CalculationProblem, isIntegerText, isNumberText, type Kit, type Value } from './kit.ts';

/**
 * Exact numbers that are fast: a Liquid integer is a safe JavaScript integer, a decimal a safe integer coefficient with a scale.
 * What does not fit goes to `Decimal` (34 digits, half up), so that every result is the interpreter's to the last digit; products of many
 * factors, which a premium mostly is, stay whole numbers of 34 digits until something else is asked of them.
 */
export type Exact = number | Small | Big;

/** coefficient × 10^-scale. The names can not be written as members in a file. */
export class Small {
  readonly $c: number;
  readonly $s: number;
  constructor(coefficient: number, scale: number) {
    this.$c = coefficient;
    this.$s = scale;
  }
}
export class Big {
  #decimal: Decimal | undefined;
  /** coefficient × 10^-scale of a product of decimals; it has at most 34 digits. */
  readonly $n: bigint | undefined;
  readonly $s: number;
  readonly $i: boolean;
  constructor(decimal: Decimal | undefined, integer: boolean, coefficient?: bigint, scale = 0) {
    this.#decimal = decimal;
    this.$i = integer;
    this.$n = coefficient;
    this.$s = scale;
  }
  get $d(): Decimal {
    this.#decimal ??= new Decimal(`${this.$n}e-${this.$s}`);
    return this.#decimal;
  }
}

const MAX = Number.MAX_SAFE_INTEGER;
/** Exact powers of ten as doubles. */
const POW = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const pow = (exponent: number): number => POW[exponent] ?? Number.POSITIVE_INFINITY;

const isExact = (value: Value): value is Exact =>
  typeof value === 'number' || value instanceof Small || value instanceof Big;
const isInteger = (value: Exact): boolean => typeof value === 'number' || (value instanceof Big && value.$i);

function toDecimal(value: Exact): Decimal {
  if (typeof value === 'number') return new Decimal(value);
  return value instanceof Small ? new Decimal(`${value.$c}e-${value.$s}`) : value.$d;
}

/** The smallest form of a result; one beyond all bounds ends the calculation. */
export function fromDecimal(value: Decimal, integer: boolean): Exact {
  if (!value.isFinite()) throw new CalculationProblem('a number grew beyond all bounds');
  const places = value.decimalPlaces();
  if (integer) {
    const small = value.toNumber();
    return places === 0 && Number.isSafeInteger(small) ? small : new Big(value, true);
  }
  if (places <= 15 && value.e < 16) {
    const coefficient = Number(value.toFixed(places).replace('.', ''));
    if (Number.isSafeInteger(coefficient)) return new Small(coefficient, places);
  }
  return new Big(value, false);
}

/** The number of a literal in a file; without a point an integer. */
export function constant(text: string, integer: boolean): Exact {
  return fromDecimal(new Decimal(text), integer);
}

/** Reads numeric text: digits are an integer, everything else a decimal. */
function fromText(text: string): Exact | undefined {
  const plain = text.length <= 16 ? fromPlainText(text) : undefined;
  if (plain !== undefined) return plain;
  if (!isNumberText(text)) return undefined;
  const decimal = parseDecimal(text);
  return decimal && fromDecimal(decimal, isIntegerText(text));
}

/** The usual case, `-12` or `0.89` in at most 16 characters, digit by digit; undefined for everything else. */
function fromPlainText(text: string): Exact | undefined {
  const start = text.charCodeAt(0) === 45 ? 1 : 0;
  let coefficient = 0;
  let point = -1;
  for (let i = start; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) coefficient = coefficient * 10 + digit;
    else if (digit === -2 && point < 0 && i > start && i < text.length - 1) point = i;
    else return undefined;
  }
  if (text.length === start || coefficient > MAX) return undefined;
  const signed = start === 1 ? 0 - coefficient : coefficient;
  return point < 0 ? signed : new Small(signed, text.length - 1 - point);
}

/** A JSON number: integral ones are integers, others decimals by their shortest text. */
function fromNumber(value: number): Exact {
  if (Number.isSafeInteger(value)) return value;
  // value = coefficient / 10^k with at most 15 digits is unique, so the smallest such k is the shortest text's.
  for (let k = 1; k <= 8; k += 1) {
    const coefficient = Math.round(value * pow(k));
    if (Math.abs(coefficient) > 999_999_999_999_999) break;
    if (coefficient / pow(k) === value) return new Small(coefficient, k);
  }
  return fromDecimal(new Decimal(String(value)), Number.isInteger(value));
}

/** A raw member of the data as a value. */
export function read(raw: unknown): Value {
  if (typeof raw === 'string') return raw;
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? raw : fromNumber(raw);
  if (typeof raw !== 'object') return raw === undefined ? null : raw;
  if (raw === null) return null;
  const text = (raw as { $decimal?: unknown }).$decimal;
  if (typeof text !== 'string' || !Object.hasOwn(raw, '$decimal')) return raw;
  const value = fromText(text.trim());
  return typeof value === 'number' ? new Small(value, 0) : value === undefined ? null : asDecimalKind(value);
}
const asDecimalKind = (value: Exact): Exact => (value instanceof Big && value.$i ? new Big(value.$d, false) : value);

/** What a value counts as in arithmetic: nil and what is no number count as 0 (rule L50). */
export function number(value: Value): Exact {
  if (typeof value === 'number' || value instanceof Small || value instanceof Big) return value;
  if (typeof value === 'string') return fromText(value) ?? 0;
  return 0;
}

/** a and b as coefficients of one scale, or undefined when they do not fit. */
function aligned(a: number | Small, b: number | Small): { x: number; y: number; scale: number } | undefined {
  const scaleA = typeof a === 'number' ? 0 : a.$s;
  const scaleB = typeof b === 'number' ? 0 : b.$s;
  let x = typeof a === 'number' ? a : a.$c;
  let y = typeof b === 'number' ? b : b.$c;
  if (scaleA < scaleB) x *= pow(scaleB - scaleA);
  else if (scaleB < scaleA) y *= pow(scaleA - scaleB);
  if (Math.abs(x) > MAX || Math.abs(y) > MAX) return undefined;
  return { x, y, scale: Math.max(scaleA, scaleB) };
}

export function plus(left: Value, right: Value): Exact {
  const a = number(left);
  const b = number(right);
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  } else if (!(a instanceof Big) && !(b instanceof Big)) {
    const both = aligned(a, b);
    if (both && Math.abs(both.x + both.y) <= MAX) return new Small(both.x + both.y, both.scale);
  }
  return fromDecimal(toDecimal(a).plus(toDecimal(b)), isInteger(a) && isInteger(b));
}

export function minus(left: Value, right: Value): Exact {
  const b = number(right);
  return plus(left, negated(b));
}

function negated(value: Exact): Exact {
  if (typeof value === 'number') return value === 0 ? 0 : -value;
  return value instanceof Small ? new Small(-value.$c, value.$s) : new Big(value.$d.negated(), value.$i);
}

export function times(left: Value, right: Value): Exact {
  const a = number(left);
  const b = number(right);
  if (typeof a === 'number') {
    if (typeof b === 'number') {
      const product = a * b;
      if (Number.isSafeInteger(product)) return product;
    } else if (b instanceof Small) {
      const product = a * b.$c;
      if (product <= MAX && product >= -MAX) return new Small(product, b.$s);
    }
  } else if (a instanceof Small) {
    const small = typeof b === 'number';
    if (small || b instanceof Small) {
      const product = a.$c * (small ? b : b.$c);
      const scale = small ? a.$s : a.$s + b.$s;
      if (product <= MAX && product >= -MAX && scale <= 22) return new Small(product, scale);
    }
  }
  if (!isInteger(a) || !isInteger(b)) {
    const product = wideProduct(a, b);
    if (product) return product;
  }
  return fromDecimal(toDecimal(a).times(toDecimal(b)), isInteger(a) && isInteger(b));
}

/** Beyond it the digits of a product are rounded, as `Decimal` does. */
const DIGITS = 34;
const MOST_SCALE = 200;
/** 10^34, and each power up to the product of two numbers of 34 digits. */
const BIG_POW = Array.from({ length: DIGITS * 2 + 1 }, (_, i) => 10n ** BigInt(i));
const MANY = BIG_POW[DIGITS] as bigint;

/** The product of decimals, one of them at least no integer, to 34 digits, half up; undefined where one is no product yet or too small. */
function wideProduct(a: Exact, b: Exact): Big | undefined {
  const x = coefficientOf(a);
  const y = coefficientOf(b);
  if (x === undefined || y === undefined) return undefined;
  let scale = scaleOf(a) + scaleOf(b);
  const product = x * y;
  let digits = product < 0n ? -product : product;
  if (digits >= MANY) {
    let over = 1;
    while (digits >= (BIG_POW[DIGITS + over] as bigint)) over += 1;
    const unit = BIG_POW[over] as bigint;
    const rest = digits % unit;
    digits = digits / unit + (rest * 2n >= unit ? 1n : 0n);
    scale -= over;
  }
  if (scale < 0 || scale > MOST_SCALE) return undefined;
  return new Big(undefined, false, product < 0n ? -digits : digits, scale);
}
function coefficientOf(value: Exact): bigint | undefined {
  if (typeof value === 'number') return BigInt(value);
  return value instanceof Small ? BigInt(value.$c) : value.$n;
}
const scaleOf = (value: Exact): number => (typeof value === 'number' ? 0 : value.$s);

/** Two integers give an integer, cut towards zero; everything else is exact to 34 digits (rule L52). */
export function dividedBy(left: Value, right: Value): Exact {
  const a = number(left);
  const b = number(right);
  if (isZero(b)) throw new CalculationProblem('division by zero');
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b + 0;
  if (!(a instanceof Big) && !(b instanceof Big)) {
    const quotient = exactQuotient(a, b);
    if (quotient) return quotient;
  }
  const integer = isInteger(a) && isInteger(b);
  return fromDecimal(integer ? toDecimal(a).divToInt(toDecimal(b)) : toDecimal(a).div(toDecimal(b)), integer);
}

/** A quotient that ends within a few digits. */
function exactQuotient(a: number | Small, b: number | Small): Small | undefined {
  const divisor = typeof b === 'number' ? b : b.$c;
  let coefficient = typeof a === 'number' ? a : a.$c;
  let scale = (typeof a === 'number' ? 0 : a.$s) - (typeof b === 'number' ? 0 : b.$s);
  for (let k = 0; k <= 6 && scale <= 22 && Math.abs(coefficient) <= MAX; k += 1) {
    if (scale >= 0 && coefficient % divisor === 0) return new Small(coefficient / divisor, scale);
    coefficient *= 10;
    scale += 1;
  }
  return undefined;
}

/** The remainder takes the sign of the divisor, as in Liquid. */
export function modulo(left: Value, right: Value): Exact {
  const a = number(left);
  const b = number(right);
  if (isZero(b)) throw new CalculationProblem('modulo by zero');
  if (!(a instanceof Big) && !(b instanceof Big)) {
    const both = aligned(a, b);
    if (both) {
      const rest = both.x % both.y;
      const signed = rest !== 0 && rest < 0 !== both.y < 0 ? rest + both.y : rest + 0;
      return typeof a === 'number' && typeof b === 'number' ? signed : new Small(signed, both.scale);
    }
  }
  const divisor = toDecimal(b);
  const rest = toDecimal(a).modulo(divisor);
  const signed = !rest.isZero() && rest.isNegative() !== divisor.isNegative() ? rest.plus(divisor) : rest;
  return fromDecimal(signed, isInteger(a) && isInteger(b));
}

export const isZero = (value: Exact): boolean =>
  typeof value === 'number'
    ? value === 0
    : value instanceof Small
      ? value.$c === 0
      : value.$n === 0n || value.$d.isZero();

export function compareNumbers(a: Exact, b: Exact): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  if (!(a instanceof Big) && !(b instanceof Big)) {
    const both = aligned(a, b);
    if (both) return both.x < both.y ? -1 : both.x > both.y ? 1 : 0;
  }
  return toDecimal(a).comparedTo(toDecimal(b));
}

type Mode = 'half' | 'up' | 'down';
const DECIMAL_MODE = { half: Decimal.ROUND_HALF_UP, up: Decimal.ROUND_CEIL, down: Decimal.ROUND_FLOOR } as const;

/** Half away from zero to a number of decimals; without decimals the result is an integer (rule L53). */
export function round(value: Value, decimals: Value): Exact {
  const places = decimals === undefined || decimals === null ? 0 : integer(decimals);
  return roundTo(number(value), places === undefined ? 0 : Math.max(-30, Math.min(30, places)), 'half');
}
export const ceil = (value: Value): Exact => roundTo(number(value), 0, 'up');
export const floor = (value: Value): Exact => roundTo(number(value), 0, 'down');

function roundTo(value: Exact, places: number, mode: Mode): Exact {
  if (isInteger(value) && places >= 0) return value;
  if (value instanceof Small && places >= 0) {
    if (value.$s <= places) return places === 0 ? value.$c : value;
    const unit = pow(value.$s - places);
    const rest = value.$c % unit;
    let quotient = (value.$c - rest) / unit;
    if (mode === 'half' && Math.abs(rest) * 2 >= unit) quotient += value.$c < 0 ? -1 : 1;
    else if (mode === 'up' && rest > 0) quotient += 1;
    else if (mode === 'down' && rest < 0) quotient -= 1;
    return places === 0 ? quotient + 0 : new Small(quotient, places);
  }
  const decimal = toDecimal(value);
  if (places >= 0) return fromDecimal(decimal.toDecimalPlaces(places, DECIMAL_MODE[mode]), places === 0);
  const unit = new Decimal(10).pow(-places);
  return fromDecimal(decimal.div(unit).toDecimalPlaces(0, DECIMAL_MODE[mode]).times(unit), true);
}

export function abs(value: Value): Exact {
  const exact = number(value);
  if (typeof exact === 'number') return Math.abs(exact);
  return exact instanceof Small ? new Small(Math.abs(exact.$c), exact.$s) : new Big(exact.$d.abs(), exact.$i);
}
export function atLeast(value: Value, bound: Value): Exact {
  const a = number(value);
  const b = number(bound);
  return compareNumbers(a, b) < 0 ? b : a;
}
export function atMost(value: Value, bound: Value): Exact {
  const a = number(value);
  const b = number(bound);
  return compareNumbers(a, b) > 0 ? b : a;
}

/** Plain decimal text without trailing zeros. */
export function numberText(value: Exact): string {
  if (typeof value === 'number') return String(value + 0);
  if (value instanceof Big) {
    if (value.$n !== undefined)
      return pointedText(String(value.$n < 0n ? -value.$n : value.$n), value.$s, value.$n < 0n);
    return value.$d.isZero() ? '0' : value.$d.toFixed();
  }
  if (value.$s === 0) return String(value.$c + 0);
  return pointedText(String(Math.abs(value.$c)), value.$s, value.$c < 0);
}

/** Digits with a point before the last `scale` of them, without zeros at the end. */
function pointedText(unpadded: string, scale: number, negative: boolean): string {
  const digits = unpadded.padStart(scale + 1, '0');
  const point = digits.length - scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const sign = negative ? '-' : '';
  return end === point ? sign + digits.slice(0, point) : `${sign}${digits.slice(0, point)}.${digits.slice(point, end)}`;
}

function integer(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  const exact = typeof value === 'string' ? fromText(value.trim()) : isExact(value) ? value : undefined;
  if (exact === undefined) return undefined;
  const cut = toDecimal(exact).truncated().toNumber();
  return Math.max(-MAX, Math.min(MAX, cut)) + 0;
}

/** Numbers that stand for text in an ordering: a numeric text counts as its number (rule L42). */
export function comparable(value: Value): Exact | undefined {
  if (typeof value === 'string') return fromText(value.trim());
  return isExact(value) ? value : undefined;
}

export const exactKit: Kit = {
  read,
  isNumber: isExact,
  numberText: (value) => numberText(number(value)),
  integer,
  fromInteger: (value) => value,
  plus,
  compareNumbers: (a, b) => compareNumbers(number(a), number(b)),
};
