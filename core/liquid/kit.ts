/**
 * A Liquid value: nil is null; text, booleans; a number of the evaluator at hand; lists and objects of data as they came
 * (their members are read when they are touched).
 */
export type Value = unknown;

/** A problem of the calculation itself, e.g. a division by zero: ends the run with a message and its place. */
export class CalculationProblem extends Error {}

/**
 * What the shared filters and the worksheet need to know of an evaluator's numbers. There are two: `exact.ts` (fast, compiled
 * code) and `plain.ts` (decimal.js only, the interpreter); everything that computes goes through one of them.
 */
export interface Kit {
  /** A raw member of the data as a value: JSON numbers and `{"$decimal"}` become numbers; a value stays what it is. */
  read(raw: unknown): Value;
  isNumber(value: Value): boolean;
  /** Plain decimal text of a number, without trailing zeros. */
  numberText(value: Value): string;
  /** The value as a JavaScript number when it is a number or numeric text, cut to a safe integer; for counts and positions. */
  integer(value: Value): number | undefined;
  fromInteger(value: number): Value;
  plus(a: Value, b: Value): Value;
  /** -1, 0, 1 between two numbers. */
  compareNumbers(a: Value, b: Value): number;
}

/** A list may hold, a text may be as long as, a run may loop as often as this (rule L90). */
export const LIMITS = { items: 1_000_000, text: 1_000_000, iterations: 1_000_000, effects: 100_000, steps: 100_000 };

const INTEGER_TEXT = /^\s*[+-]?\d+\s*$/;
const NUMBER_TEXT = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/;

export const isIntegerText = (text: string): boolean => INTEGER_TEXT.test(text);
export const isNumberText = (text: string): boolean => NUMBER_TEXT.test(text);

/** An object of the data, as opposed to a list, text, or a number of an evaluator. */
export function isObject(value: Value): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The own member of an object; what an object inherits is never visible to a file. */
export function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** One member of a raw or read value, raw (rules L30–L34): lists by position, objects by name, nil for everything else. */
export function member(target: unknown, key: Value, kit: Kit): unknown {
  if (Array.isArray(target)) {
    if (key === 'first') return target[0];
    if (key === 'last') return target.at(-1);
    if (key === 'size') return target.length;
    const index = typeof key === 'string' && !isIntegerText(key) ? undefined : kit.integer(key);
    return index === undefined ? undefined : target.at(index);
  }
  if (isObject(target)) {
    if (target.$decimal !== undefined) return scalarMember(kit.read(target), key, kit);
    const found = own(target, textOf(key, kit));
    return found === undefined && key === 'size' ? Object.keys(target).length : found;
  }
  return scalarMember(target, key, kit);
}

/** A single value acts as the list of one that it is on the wire: `[0]`, `first` and `last` give itself. */
function scalarMember(target: Value, key: Value, kit: Kit): Value {
  if (target === null || target === undefined) return undefined;
  if (key === 'size') return typeof target === 'string' ? target.length : undefined;
  if (key === 'first' || key === 'last') return target;
  return typeof key !== 'string' && kit.isNumber(key) && kit.integer(key) === 0 ? target : undefined;
}

/** `data.policy.exposures[0].name` of a root and its keys. */
export function pathText(root: string, keys: readonly Value[], kit: Kit): string {
  let text = root;
  for (const key of keys) {
    if (typeof key !== 'string') text += `[${key === null || key === undefined ? 'nil' : textOf(key, kit)}]`;
    else text += /^[\p{L}\p{N}_-]+\??$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  }
  return text;
}

/** Text of a value as it prints: nil is nothing, a list its items one after the other. */
export function textOf(value: Value, kit: Kit): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (kit.isNumber(value)) return kit.numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return limitText(value.map((item) => textOf(kit.read(item), kit)).join(''));
  return limitText(JSON.stringify(value));
}

export function limitText(text: string): string {
  limitLength(text.length);
  return text;
}
export function limitLength(length: number): void {
  if (length > LIMITS.text) throw new CalculationProblem(`a text grew beyond ${LIMITS.text} characters`);
}

export function limitItems<T>(items: T[]): T[] {
  if (items.length > LIMITS.items) throw new CalculationProblem(`a list grew beyond ${LIMITS.items} items`);
  return items;
}

/** nil and false do not hold, everything else does. */
export const truthy = (value: Value): boolean => value !== null && value !== undefined && value !== false;

/** Text, lists and objects without content. */
export function isEmpty(value: Value): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length === 0;
  return isObject(value) && value.$decimal === undefined && Object.keys(value).length === 0;
}
export function isBlank(value: Value): boolean {
  return !truthy(value) || isEmpty(value) || (typeof value === 'string' && value.trim() === '');
}

/** Equal: numbers by their amount, text by its characters, lists item by item; a text never equals a number (rule L41). */
export function equals(a: Value, b: Value, kit: Kit): boolean {
  if (a === b) return true;
  if (kit.isNumber(a)) return kit.isNumber(b) && kit.compareNumbers(a, b) === 0;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, i) => equals(kit.read(item), kit.read(b[i]), kit));
}

/** A text contains a text, a list an equal item, an object a member of that name (rule L43). */
export function contains(value: Value, part: Value, kit: Kit): boolean {
  if (part === null || part === undefined) return false;
  if (typeof value === 'string') return value.includes(textOf(part, kit));
  if (Array.isArray(value)) return value.some((item) => equals(kit.read(item), part, kit));
  return isObject(value) && Object.hasOwn(value, textOf(part, kit));
}

/** What a loop or a list filter goes over: an object gives `[key, value]` pairs, a single value itself, nil nothing. */
export function itemsOf(value: Value): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined || value === '') return [];
  if (isObject(value) && value.$decimal === undefined) return Object.entries(value);
  return [value];
}
