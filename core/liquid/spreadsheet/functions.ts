// biome-ignore-all lint/correctness/noComponentHookFactories: these are functions of a spreadsheet, which are written in capitals
/** The functions of a spreadsheet. A function without an answer throws an Error `NAME: #VALUE!`, never returns one. */
export interface Spreadsheet {
  /** By name, dotted ones also with `_`: what `require('spreadsheet')` gives a plugin. Numbers in, numbers out. */
  readonly functions: Readonly<Record<string, (...args: unknown[]) => unknown>>;
  /**
   * By name, for callers with exact decimals: decimal text in and out where the function is exact (rounding, sums, products,
   * powers with whole exponents); the others get numbers and answer what they answer.
   */
  call(name: string, args: readonly unknown[]): unknown;
}

/**
 * Makes the functions of the library safe for money and for replays. Rounding and basic arithmetic are done on the decimal digits
 * that stand there, half away from zero as in a spreadsheet: 1.005 rounds to 1.01 and 2.675 to 2.68, which binary fractions get
 * wrong. The clock, chance and errors as values are taken out.
 *
 * It enters an isolate as text (library.ts): it must not use anything outside itself.
 *
 * @param formulas the exports of `@formulajs/formulajs`
 * @param names of the functions that are let through (names.ts)
 */
export function spreadsheetFunctions(
  formulas: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Spreadsheet {
  /** digits × 10^-scale */
  type Exact = { readonly d: bigint; readonly s: number };
  type Mode = 'half' | 'up' | 'down' | 'floor' | 'ceiling';
  const MOST_PLACES = 300;

  const fail = (code: string): never => {
    throw new Error(code);
  };
  const ten = (exponent: number): bigint => 10n ** BigInt(exponent);
  const abs = (value: bigint): bigint => (value < 0n ? -value : value);
  const sign = (value: bigint): bigint => (value < 0n ? -1n : value > 0n ? 1n : 0n);

  const isBlank = (value: unknown): boolean => value === undefined || value === null || value === '';
  const exact = (value: unknown, absent?: number): Exact => {
    if (isBlank(value) && absent !== undefined) return { d: BigInt(absent), s: 0 };
    if (typeof value === 'boolean') return { d: value ? 1n : 0n, s: 0 };
    const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
    const match = typeof text === 'string' ? /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text) : null;
    if (!match || `${match[2]}${match[3]}` === '') return fail('#VALUE!');
    const [, minus, whole = '', fraction = '', exponent = '0'] = match;
    const digits = BigInt(whole + fraction) * (minus === '-' ? -1n : 1n);
    const scale = fraction.length - Number(exponent);
    return scale < 0 ? { d: digits * ten(-scale), s: 0 } : { d: digits, s: scale };
  };
  const writtenText = ({ d, s }: Exact): string => {
    const digits = String(abs(d)).padStart(s + 1, '0');
    const [whole, fraction] = [digits.slice(0, digits.length - s), digits.slice(digits.length - s).replace(/0+$/, '')];
    return `${d < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  };
  /** A whole number, for places and counts. */
  const count = (value: unknown, absent = 0): number => {
    const { d, s } = exact(value, absent);
    const whole = Number(d / ten(s));
    return Math.abs(whole) > MOST_PLACES ? fail('#NUM!') : whole;
  };
  const aligned = (a: Exact, b: Exact): readonly [bigint, bigint, number] => {
    const s = Math.max(a.s, b.s);
    return [a.d * ten(s - a.s), b.d * ten(s - b.s), s];
  };
  const divided = (a: bigint, b: bigint, mode: Mode): bigint => {
    if (b === 0n) return fail('#DIV/0!');
    const [whole, rest] = [a / b, a % b];
    if (rest === 0n) return whole;
    const away = sign(a) * sign(b);
    if (mode === 'half') return abs(rest) * 2n >= abs(b) ? whole + away : whole;
    if (mode === 'up') return whole + away;
    if (mode === 'floor') return away < 0n ? whole - 1n : whole;
    if (mode === 'ceiling') return away > 0n ? whole + 1n : whole;
    return whole;
  };
  const rounded = (x: Exact, places: number, mode: Mode): Exact => {
    if (x.s <= places) return x;
    const d = divided(x.d, ten(x.s - places), mode);
    return places < 0 ? { d: d * ten(-places), s: 0 } : { d, s: places };
  };
  /** The multiple of `m` next to `x`. */
  const multiple = (x: Exact, m: Exact, mode: Mode): Exact => {
    const [a, b] = aligned(x, m);
    return { d: divided(a, b, mode) * m.d, s: m.s };
  };
  const positive = ({ d, s }: Exact): Exact => ({ d: abs(d), s });
  const plus = (a: Exact, b: Exact): Exact => {
    const [x, y, s] = aligned(a, b);
    return { d: x + y, s };
  };
  const times = (a: Exact, b: Exact): Exact => ({ d: a.d * b.d, s: a.s + b.s });
  const less = (a: Exact, b: Exact): boolean => {
    const [x, y] = aligned(a, b);
    return x < y;
  };
  const flat = (args: readonly unknown[]): unknown[] => args.flatMap((arg) => (Array.isArray(arg) ? flat(arg) : [arg]));
  const numbers = (args: readonly unknown[]): Exact[] =>
    flat(args)
      .filter((arg) => !isBlank(arg))
      .map((arg) => exact(arg));
  const zero: Exact = { d: 0n, s: 0 };
  const one: Exact = { d: 1n, s: 0 };
  const sum = (list: readonly Exact[]): Exact => list.reduce(plus, zero);
  const ceiling = (x: Exact, m: Exact): Exact => {
    if (m.d === 0n) return zero;
    if (x.d > 0n && m.d < 0n) return fail('#NUM!');
    return multiple(x, m, x.d < 0n && m.d < 0n ? 'up' : 'ceiling');
  };
  const floor = (x: Exact, m: Exact): Exact => {
    if (m.d === 0n) return x.d === 0n ? zero : fail('#DIV/0!');
    if (x.d > 0n && m.d < 0n) return fail('#NUM!');
    return multiple(x, m, x.d < 0n && m.d < 0n ? 'down' : 'floor');
  };
  const upwards = (x: Exact, given: Exact, away: boolean): Exact =>
    given.d === 0n ? zero : multiple(x, positive(given), away && x.d < 0n ? 'floor' : 'ceiling');
  const downwards = (x: Exact, given: Exact, toZero: boolean): Exact =>
    given.d === 0n ? zero : multiple(x, positive(given), toZero && x.d < 0n ? 'ceiling' : 'floor');
  const isSet = (value: unknown): boolean => !isBlank(value) && exact(value).d !== 0n;
  const even = (x: Exact): Exact => multiple(x, { d: 2n, s: 0 }, 'up');
  const odd = (x: Exact): Exact => {
    if (x.d === 0n) return one;
    const step = sign(x.d) < 0n ? { d: -1n, s: 0 } : one;
    const further = even(plus(x, step));
    const lower = plus(further, { d: -step.d, s: 0 });
    return lower;
  };

  const EXACT: Readonly<Record<string, (args: readonly unknown[]) => Exact>> = {
    ROUND: ([x, n]) => rounded(exact(x), count(n), 'half'),
    ROUNDUP: ([x, n]) => rounded(exact(x), count(n), 'up'),
    ROUNDDOWN: ([x, n]) => rounded(exact(x), count(n), 'down'),
    TRUNC: ([x, n]) => rounded(exact(x), count(n), 'down'),
    INT: ([x]) => rounded(exact(x), 0, 'floor'),
    MROUND: ([x, m]) => {
      const [a, b] = [exact(x), exact(m)];
      if (b.d === 0n || a.d === 0n) return zero;
      if (sign(a.d) !== sign(b.d)) return fail('#NUM!');
      return multiple(a, b, 'half');
    },
    CEILING: ([x, m]) => ceiling(exact(x), exact(m, 1)),
    FLOOR: ([x, m]) => floor(exact(x), exact(m, 1)),
    'CEILING.MATH': ([x, m, mode]) => upwards(exact(x), exact(m, 1), isSet(mode)),
    'FLOOR.MATH': ([x, m, mode]) => downwards(exact(x), exact(m, 1), isSet(mode)),
    'CEILING.PRECISE': ([x, m]) => upwards(exact(x), exact(m, 1), false),
    'ISO.CEILING': ([x, m]) => upwards(exact(x), exact(m, 1), false),
    'FLOOR.PRECISE': ([x, m]) => downwards(exact(x), exact(m, 1), false),
    EVEN: ([x]) => even(exact(x)),
    ODD: ([x]) => odd(exact(x)),
    MOD: ([n, d]) => {
      const [a, b, s] = aligned(exact(n), exact(d));
      return { d: a - b * divided(a, b, 'floor'), s };
    },
    QUOTIENT: ([n, d]) => {
      const [a, b] = aligned(exact(n), exact(d));
      return { d: divided(a, b, 'down'), s: 0 };
    },
    ABS: ([x]) => positive(exact(x)),
    SIGN: ([x]) => ({ d: sign(exact(x).d), s: 0 }),
    SUM: (args) => sum(numbers(args)),
    PRODUCT: (args) => {
      const list = numbers(args);
      return list.length === 0 ? zero : list.reduce(times, one);
    },
    AVERAGE: (args) => {
      const list = numbers(args);
      const total = sum(list);
      // 30 decimals beyond those that are there: more than any amount is ever rounded to.
      return { d: divided(total.d * ten(30), BigInt(list.length), 'half'), s: total.s + 30 };
    },
    MIN: (args) => numbers(args).reduce((a, b, at) => (at === 0 || less(b, a) ? b : a), zero),
    MAX: (args) => numbers(args).reduce((a, b, at) => (at === 0 || less(a, b) ? b : a), zero),
    SUMPRODUCT: (args) => {
      const lists = args.map((arg) => flat([arg]).map((item) => exact(item, 0)));
      const [first = []] = lists;
      if (lists.some((list) => list.length !== first.length)) return fail('#VALUE!');
      return sum(first.map((_, at) => lists.map((list) => list[at] ?? zero).reduce(times, one)));
    },
  };
  /** A power with a small whole exponent is a product. */
  const power = (x: unknown, n: unknown): Exact | undefined => {
    const [base, exponent] = [exact(x), exact(n)];
    const whole = exponent.s === 0 ? Number(exponent.d) : Number.NaN;
    return whole >= 0 && whole <= 200 ? { d: base.d ** BigInt(whole), s: base.s * whole } : undefined;
  };

  const found = (name: string): ((...args: unknown[]) => unknown) => {
    let value: unknown = formulas;
    for (const part of name.split('.')) value = (value as Record<string, unknown> | undefined)?.[part];
    return value as (...args: unknown[]) => unknown;
  };
  /** Answers of the library that are none: errors as values, alone or in a list, and numbers that are none. */
  const checked = (value: unknown): unknown => {
    if (value instanceof Error) return fail(value.message);
    if (typeof value === 'number' && !Number.isFinite(value)) return fail('#NUM!');
    if (Array.isArray(value)) for (const item of value) checked(item);
    return value;
  };
  const said = <T>(name: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${name}: ${message.startsWith('#') ? message : '#VALUE!'}`);
    }
  };
  const fixed = (args: readonly unknown[]): string => {
    const [x, n, noCommas] = args;
    const places = count(n, 2);
    const value = rounded(exact(x), places, 'half');
    const text = writtenText(positive(value));
    const [whole = '0', fraction = ''] = text.split('.');
    const grouped = isSet(noCommas) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
    return `${value.d < 0n ? '-' : ''}${grouped}${places > 0 ? `.${fraction.padEnd(places, '0')}` : ''}`;
  };

  const compute = (name: string, args: readonly unknown[], asText: boolean): unknown =>
    said(name, () => {
      const own = Object.hasOwn(EXACT, name) ? EXACT[name] : undefined;
      const result = own ? own(args) : name === 'POWER' ? power(args[0], args[1]) : undefined;
      if (result) return asText ? writtenText(result) : checked(Number(writtenText(result)));
      if (name === 'FIXED') return fixed(args);
      return checked(found(name)(...args));
    });

  const functions: Record<string, (...args: unknown[]) => unknown> = {};
  for (const name of names) {
    const entry = (...args: unknown[]): unknown => compute(name, args, false);
    functions[name] = entry;
    functions[name.replaceAll('.', '_')] = entry;
  }
  return { functions: Object.freeze(functions), call: (name, args) => compute(name, args, true) };
}
