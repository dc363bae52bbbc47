import { Decimal, parseDecimal } from '../decimal.ts';

/** What a formula is worked out over: the text of a column's cell in the same row. */
export type CellOf = (column: string) => string | undefined;

/** A formula as it was understood; it answers undefined where a cell that it needs holds no number. */
export interface Formula {
  readonly text: string;
  /** Columns that it names. */
  readonly columns: readonly string[];
  value(cellOf: CellOf): Decimal | undefined;
}

type Node = (cellOf: CellOf) => Decimal | undefined;

const FUNCTIONS: Readonly<Record<string, (args: readonly Decimal[]) => Decimal | undefined>> = {
  round: ([value, digits]) => {
    const places = digits?.toNumber() ?? 0;
    return Number.isInteger(places) && places >= 0 && places <= 30 ? value?.toDecimalPlaces(places) : undefined;
  },
  min: (args) => (args.length > 0 ? Decimal.min(...args) : undefined),
  max: (args) => (args.length > 0 ? Decimal.max(...args) : undefined),
};

/**
 * Reads the formula of a derived column (RT19): columns by name (`[by name]` where it has signs), numbers, `+ - * /`, parentheses,
 * `round(x, digits)`, `min`, `max`. Exact decimals, half-up.
 * @returns the formula, or what is wrong with it in a sentence
 */
export function readFormula(text: string, columns: readonly string[]): Formula | string {
  const tokens = text.replace(/^=/, '').match(/\[[^\]]*\]|\d+\.?\d*|\.\d+|[\p{L}_][\p{L}\p{N}_.]*|\S/gu) ?? [];
  const used = new Set<string>();
  let at = 0;
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const sum = (): Node => chain(product, { '+': (a, b) => a.plus(b), '-': (a, b) => a.minus(b) });
  const product = (): Node =>
    chain(sign, { '*': (a, b) => a.times(b), '/': (a, b) => (b.isZero() ? undefined : a.div(b)) });
  const chain = (
    next: () => Node,
    operations: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal | undefined>>,
  ): Node => {
    let left = next();
    for (let operation = operations[tokens[at] ?? '']; operation; operation = operations[tokens[at] ?? '']) {
      at += 1;
      const [a, b, combine] = [left, next(), operation];
      left = (cellOf) => {
        const [x, y] = [a(cellOf), b(cellOf)];
        return x && y && combine(x, y);
      };
    }
    return left;
  };
  const sign = (): Node => {
    if (!take('-')) return operand();
    const inner = sign();
    return (cellOf) => inner(cellOf)?.negated();
  };
  const operand = (): Node => {
    const token = tokens[at];
    if (token === undefined) throw new SyntaxError('it ends too early');
    at += 1;
    if (token === '(') {
      const inner = sum();
      if (!take(')')) throw new SyntaxError('a parenthesis is not closed');
      return inner;
    }
    if (/^[\d.]/.test(token)) {
      const value = parseDecimal(token);
      return () => value;
    }
    if (tokens[at] === '(') return call(token);
    const name = token.startsWith('[') ? token.slice(1, -1) : token;
    if (!columns.includes(name)) throw new SyntaxError(`there is no column ${name}`);
    used.add(name);
    return (cellOf) => parseDecimal(cellOf(name));
  };
  const call = (name: string): Node => {
    const work = FUNCTIONS[name.toLowerCase()];
    if (!work || !Object.hasOwn(FUNCTIONS, name.toLowerCase())) throw new SyntaxError(`there is no function ${name}`);
    at += 1;
    const args = [sum()];
    while (take(',')) args.push(sum());
    if (!take(')')) throw new SyntaxError('a parenthesis is not closed');
    return (cellOf) => {
      const values = args.map((arg) => arg(cellOf));
      return values.every((value) => value !== undefined) ? work(values) : undefined;
    };
  };
  try {
    const value = sum();
    if (at < tokens.length) return `The formula can not be read: ${tokens[at]} stands where it can not.`;
    return { text, columns: [...used], value };
  } catch (error) {
    return `The formula can not be read: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
