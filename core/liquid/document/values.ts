import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { JsonValue } from '#core/model/json.ts';

/**
 * A number in a document: exact, printed plainly (never in exponential notation), and aware whether it is an integer, because
 * integer ÷ integer truncates (formats §2.3). liquidjs sees an opaque value: it compares through the operators below and
 * prints through `toString`.
 */
export class DocumentNumber {
  readonly #value: Decimal;
  readonly #text: string;
  readonly #integer: boolean;

  constructor(value: Decimal, text = value.toFixed(), integer = value.isInteger()) {
    this.#value = value;
    this.#text = text;
    this.#integer = integer;
  }
  get value(): Decimal {
    return this.#value;
  }
  get integer(): boolean {
    return this.#integer;
  }
  toString(): string {
    return this.#text;
  }
  toJSON(): string {
    return this.#text;
  }
  // What liquidjs calls in `case`, `sort` and `uniq`.
  equals(other: unknown): boolean {
    return same(this, other);
  }
  gt(other: unknown): boolean {
    return (order(this, other) ?? 0) > 0;
  }
  lt(other: unknown): boolean {
    return (order(this, other) ?? 0) < 0;
  }
  geq(other: unknown): boolean {
    return (order(this, other) ?? -1) >= 0;
  }
  leq(other: unknown): boolean {
    return (order(this, other) ?? 1) <= 0;
  }
}

/** A number that the data or the template gave, as text, number or DocumentNumber; undefined when it is none. */
export function toNumber(value: unknown): DocumentNumber | undefined {
  if (value instanceof DocumentNumber) return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const decimal = parseDecimal(value);
  if (!decimal) return undefined;
  const integer = typeof value === 'number' ? decimal.isInteger() : !/[.eE]/.test(value);
  return new DocumentNumber(decimal, undefined, integer);
}

/** For arithmetic: nil and what is no number count as 0 (formats §2.3). */
export function orZero(value: unknown): DocumentNumber {
  return toNumber(value) ?? new DocumentNumber(new Decimal(0));
}

const isNumber = (value: unknown): boolean => value instanceof DocumentNumber || typeof value === 'number';

/** Equality of conditions: numbers by value whatever their digits, everything else by itself. */
export function same(left: unknown, right: unknown): boolean {
  if (isNumber(left) || isNumber(right)) {
    const a = toNumber(left);
    const b = toNumber(right);
    return a !== undefined && b !== undefined && isNumber(left) && isNumber(right) && a.value.eq(b.value);
  }
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  return left === right || ((left === undefined || left === null) && (right === undefined || right === null));
}

/** Negative, zero or positive; undefined when the two have no order (nil with anything, text with a number that it is not). */
export function order(left: unknown, right: unknown): number | undefined {
  if (isNumber(left) || isNumber(right)) {
    const a = toNumber(left);
    const b = toNumber(right);
    return a && b ? a.value.cmp(b.value) : undefined;
  }
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return undefined;
}

/** What `{{ value }}` prints: nil nothing, numbers plainly, a list its items one behind the other, an object its JSON. */
export function print(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return toNumber(value)?.toString() ?? '';
  if (typeof value === 'boolean' || value instanceof DocumentNumber) return String(value);
  if (Array.isArray(value)) return value.map(print).join('');
  return typeof value === 'object' ? JSON.stringify(value) : '';
}

/** JSON as it came → what templates see: `{"$decimal": "10.50"}` and numbers become DocumentNumbers. */
export function toTemplateValue(value: JsonValue | undefined): unknown {
  if (typeof value === 'number') return toNumber(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toTemplateValue);
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === '$decimal' && typeof first[1] === 'string') {
    const decimal = parseDecimal(first[1]);
    if (decimal) return new DocumentNumber(decimal, decimal.toFixed(places(first[1])), !/[.eE]/.test(first[1]));
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, toTemplateValue(member)]));
}

function places(text: string): number | undefined {
  return /[eE]/.test(text) ? undefined : (text.trim().split('.')[1]?.length ?? 0);
}
