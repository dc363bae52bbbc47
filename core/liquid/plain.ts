import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import { CalculationProblem, isIntegerText, type Kit, type Value } from './kit.ts';

/**
 * The interpreter's numbers: a `Decimal` and whether it is an integer, nothing else. Written to be obviously right, not fast; the
 * oracle of `exact.ts`.
 */
export class Num {
  readonly decimal: Decimal;
  readonly integer: boolean;
  constructor(decimal: Decimal, integer: boolean) {
    if (!decimal.isFinite()) throw new CalculationProblem('a number grew beyond all bounds');
    this.decimal = decimal;
    this.integer = integer;
  }
}

const ZERO = new Num(new Decimal(0), true);

function fromText(text: string): Num | undefined {
  const decimal = parseDecimal(text);
  return decimal && new Num(decimal, isIntegerText(text));
}

/** The number of a literal in a file; without a point an integer. */
export function constant(text: string, integer: boolean): Num {
  return new Num(new Decimal(text), integer);
}

/** A raw member of the data as a value: a JSON number is taken by its shortest text, `{"$decimal"}` is a decimal. */
function read(raw: unknown): Value {
  if (raw === undefined) return null;
  if (typeof raw === 'number') return new Num(new Decimal(String(raw)), Number.isInteger(raw));
  if (typeof raw === 'object' && raw !== null && Object.hasOwn(raw, '$decimal')) {
    const text = (raw as { $decimal: unknown }).$decimal;
    if (typeof text !== 'string') return raw;
    const decimal = parseDecimal(text);
    return decimal ? new Num(decimal, false) : null;
  }
  return raw;
}

/** What a value counts as in arithmetic: nil and what is no number count as 0. */
export function number(value: Value): Num {
  if (value instanceof Num) return value;
  return (typeof value === 'string' ? fromText(value) : undefined) ?? ZERO;
}

/** The arithmetic filters: input and first argument, nil when it is not given. */
export const arithmetic: Readonly<Record<string, (input: Value, argument: Value) => Num>> = {
  plus: (input, argument) => both(input, argument, (a, b) => a.plus(b)),
  minus: (input, argument) => both(input, argument, (a, b) => a.minus(b)),
  times: (input, argument) => both(input, argument, (a, b) => a.times(b)),
  divided_by: (input, argument) => {
    if (number(argument).decimal.isZero()) throw new CalculationProblem('division by zero');
    const integers = number(input).integer && number(argument).integer;
    return both(input, argument, (a, b) => (integers ? a.divToInt(b) : a.div(b)));
  },
  modulo: (input, argument) => {
    if (number(argument).decimal.isZero()) throw new CalculationProblem('modulo by zero');
    return both(input, argument, (a, b) => {
      const rest = a.modulo(b);
      return !rest.isZero() && rest.isNegative() !== b.isNegative() ? rest.plus(b) : rest;
    });
  },
  round: (input, argument) => {
    const value = number(input);
    const places = Math.max(-30, Math.min(30, plainKit.integer(argument) ?? 0));
    if (value.integer && places >= 0) return value;
    const unit = new Decimal(10).pow(Math.max(0, -places));
    const rounded = value.decimal.div(unit).toDecimalPlaces(Math.max(0, places), Decimal.ROUND_HALF_UP).times(unit);
    return new Num(rounded, places <= 0);
  },
  ceil: (input) => new Num(number(input).decimal.ceil(), true),
  floor: (input) => new Num(number(input).decimal.floor(), true),
  abs: (input) => new Num(number(input).decimal.abs(), number(input).integer),
  at_least: (input, argument) => (compare(number(input), number(argument)) < 0 ? number(argument) : number(input)),
  at_most: (input, argument) => (compare(number(input), number(argument)) > 0 ? number(argument) : number(input)),
};

function both(left: Value, right: Value, compute: (a: Decimal, b: Decimal) => Decimal): Num {
  const a = number(left);
  const b = number(right);
  return new Num(compute(a.decimal, b.decimal), a.integer && b.integer);
}

const compare = (a: Num, b: Num): number => a.decimal.comparedTo(b.decimal);

/** Numbers that stand for a value in an ordering: a numeric text counts as its number. */
export function comparable(value: Value): Num | undefined {
  if (value instanceof Num) return value;
  return typeof value === 'string' ? fromText(value) : undefined;
}

export const plainKit: Kit = {
  read,
  isNumber: (value) => value instanceof Num,
  numberText: (value) => {
    const { decimal } = number(value);
    return decimal.isZero() ? '0' : decimal.toFixed();
  },
  integer: (value) => {
    const comparableValue = comparable(value);
    if (!comparableValue) return undefined;
    const cut = comparableValue.decimal.truncated().toNumber();
    return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, cut)) + 0;
  },
  fromInteger: (value) => new Num(new Decimal(value), true),
  plus: (a, b) => both(a, b, (x, y) => x.plus(y)),
  compareNumbers: (a, b) => compare(number(a), number(b)),
};
