import type { Condition, Expression, FilterCall, PathExpression } from './ast.ts';
import { argumentsOf, filterEntry } from './catalog.ts';

/** The only way in which text of a template gets into the source. */
export const text = (value: string): string => JSON.stringify(value);

/** A loop around the code at hand, by the identifiers of its variables. */
export interface Loop {
  readonly variable: string;
  readonly item: string;
  readonly index: string;
  readonly length: string;
}
/** The identifiers of what a file assigns; filled before the first expression is compiled. */
export interface Names {
  readonly variables: ReadonlyMap<string, string>;
  readonly counters: ReadonlyMap<string, string>;
  readonly loops: readonly Loop[];
}

/** Member names that a list, a text or any object answers to, or that mean more than a member: they take the careful way. */
const SPECIAL = new Set(
  [Object, Array, String, Number, Boolean]
    .flatMap((type) => Object.getOwnPropertyNames(type.prototype))
    .concat('first', 'last', 'size'),
);
const ARITHMETIC: Readonly<Record<string, string>> = {
  plus: 'plus',
  minus: 'minus',
  times: 'times',
  divided_by: 'dividedBy',
  modulo: 'modulo',
  at_least: 'atLeast',
  at_most: 'atMost',
  round: 'round',
  ceil: 'ceil',
  floor: 'floor',
  abs: 'abs',
};
const ROUNDING = new Set(['round', 'ceil', 'floor']);

/** Turns expressions and conditions into JavaScript expressions (rules L83–L86). */
export class ExpressionCompiler {
  readonly #traced: boolean;
  readonly #names: Names;
  readonly #roots = new Map<string, string>();
  readonly #constants: Map<string, string>;

  /** @param constants code → identifier of the numbers and filters in use, shared by the functions of a file */
  constructor(traced: boolean, names: Names, constants: Map<string, string>) {
    this.#traced = traced;
    this.#names = names;
    this.#constants = constants;
  }

  /** Declarations of what a run reads from its scope. */
  roots(): string[] {
    return [...this.#roots].map(([name, id]) => `const ${id} = X.raw(${text(name)});`);
  }

  #constant(code: string): string {
    const id = this.#constants.get(code) ?? `k${this.#constants.size + 1}`;
    this.#constants.set(code, id);
    return id;
  }

  /** @param line the line that `L` holds when the code starts */
  value(expression: Expression, line: number): string {
    return this.#expression(expression, spansLines(expression, line));
  }

  #expression(expression: Expression, tracksLine: boolean): string {
    switch (expression.kind) {
      case 'literal': {
        const literal = expression.value;
        if (literal.type === 'number') {
          return this.#constant(`R.constant(${text(literal.value)}, ${literal.integer})`);
        }
        if (literal.type === 'nil') return 'null';
        if (literal.type === 'boolean') return String(literal.value);
        return literal.type === 'string' ? text(literal.value) : '""';
      }
      case 'path':
        return this.#path(expression, tracksLine);
      case 'range':
        return `X.range(${this.#expression(expression.from, tracksLine)}, ${this.#expression(expression.to, tracksLine)})`;
      case 'filtered':
        return expression.filters.reduce(
          (code, filter) => this.#filter(code, filter, tracksLine),
          this.#expression(expression.input, tracksLine),
        );
    }
  }

  #path(path: PathExpression, tracksLine: boolean): string {
    const { root, keys } = path;
    if (root === 'forloop' && this.#names.loops.length > 0 && this.#names.loops.at(-1)?.variable !== 'forloop') {
      return this.#forloop(path);
    }
    const loop = this.#names.loops.findLast((candidate) => candidate.variable === root);
    const variable = this.#names.variables.get(root);
    const counter = this.#names.counters.get(root);
    const keyCode = keys.map((key) => (typeof key === 'string' ? text(key) : this.#expression(key, tracksLine)));
    const assigned = loop ? [] : [variable, counter].filter(isString);
    const firstOf = (otherwise: string): string =>
      loop ? loop.item : assigned.reduceRight((rest, id) => `(${id} !== undefined ? ${id} : ${rest})`, otherwise);
    if (this.#traced) {
      const value = loop || assigned.length > 1 ? firstOf('undefined') : (assigned[0] ?? 'undefined');
      return `X.read(${value}, ${text(root)}, [${keyCode.join(', ')}], ${path.line})`;
    }
    // What nothing assigns stays the same during a run; what may be assigned is asked for only when it is not.
    const raw = assigned.length > 0 ? `X.raw(${text(root)})` : loop ? '' : this.#root(root);
    if (keys.length === 0) return firstOf(`read(${raw})`);
    const found = keys.reduce<string>((target, key, i) => {
      const isPlain = typeof key === 'string' && !SPECIAL.has(key) && !/^\d+$/.test(key);
      return isPlain ? `${target}?.[${text(key)}]` : `member(${target}, ${keyCode[i]})`;
    }, firstOf(raw));
    return `read(${found})`;
  }

  #root(name: string): string {
    const known = this.#roots.get(name);
    if (known) return known;
    const id = `r${this.#roots.size + 1}`;
    this.#roots.set(name, id);
    return id;
  }

  #forloop(path: PathExpression): string {
    const keys = [...path.keys];
    let depth = this.#names.loops.length - 1;
    while (keys[0] === 'parentloop') {
      keys.shift();
      depth -= 1;
    }
    const loop = this.#names.loops[depth];
    if (!loop || keys.length !== 1) return 'null';
    switch (keys[0]) {
      case 'index':
        return `(${loop.index} + 1)`;
      case 'index0':
        return loop.index;
      case 'rindex':
        return `(${loop.length} - ${loop.index})`;
      case 'rindex0':
        return `(${loop.length} - ${loop.index} - 1)`;
      case 'length':
        return loop.length;
      case 'first':
        return `(${loop.index} === 0)`;
      case 'last':
        return `(${loop.index} === ${loop.length} - 1)`;
      default:
        return 'null';
    }
  }

  #filter(input: string, filter: FilterCall, tracksLine: boolean): string {
    const { name, line } = filter;
    const entry = filterEntry(name);
    const located = tracksLine ? `(t = ${input}, L = ${line}, t)` : input;
    if (entry?.kind === 'arithmetic') return this.#arithmetic(located, filter, tracksLine, entry.minimum > 0);
    const values = argumentsOf(filter).map((argument) => this.#expression(argument, tracksLine));
    if (!entry) return `X.unknown(${text(name)}, [${[located, ...values].join(', ')}])`;
    switch (entry.kind) {
      case 'value':
      case 'spreadsheet':
        return `${this.#constant(`R.filters.${name}`)}(${[located, ...values].join(', ')})`;
      case 'setter':
        return `X.set(${text(name)}, ${located}, [${values.join(', ')}], ${line})`;
      case 'document':
        return `X.document(${[located, ...values].join(', ')})`;
      case 'run':
        if (name === 'lookup') return `X.lookup(${[line, located, ...values].join(', ')})`;
        return `X.call(${text(name)}, ${line}, ${located}, [${values.join(', ')}])`;
    }
  }

  #arithmetic(input: string, filter: FilterCall, tracksLine: boolean, binary: boolean): string {
    const { name, line } = filter;
    const compute = this.#constant(`R.${ARITHMETIC[name]}`);
    const [first] = argumentsOf(filter);
    const argument = first ? this.#expression(first, tracksLine) : 'null';
    if (!this.#traced) return `${compute}(${input}, ${argument})`;
    const operand = (code: string): string => `T.operand(${code}, ${text(name)}, ${line})`;
    if (!ROUNDING.has(name)) return `${compute}(${operand(input)}, ${binary ? operand(argument) : argument})`;
    return `X.rounded(${text(filter.input)}, ${operand(input)}, ${argument}, ${compute}, ${line})`;
  }

  condition(condition: Condition, line: number): string {
    switch (condition.kind) {
      case 'value': {
        const code = this.value(condition.expression, line);
        if (!this.#traced) return `truthy(${code})`;
        return this.#part(condition.expression.text, [code], (value) => `truthy(${value})`);
      }
      case 'not':
        return `!${this.condition(condition.operand, line)}`;
      case 'and':
        return `(${this.condition(condition.left, line)} && ${this.condition(condition.right, line)})`;
      case 'or':
        return `(${this.condition(condition.left, line)} || ${this.condition(condition.right, line)})`;
      case 'comparison':
        return this.#comparison(condition, line);
    }
  }

  #comparison(condition: Condition & { kind: 'comparison' }, line: number): string {
    const { operator, left, right } = condition;
    if (operator === '==' || operator === '!=') {
      const not = operator === '==' ? '' : '!';
      const word = isQuestion(right) ? right : isQuestion(left) ? left : undefined;
      if (!word) {
        const identity = isIdentity(left) || isIdentity(right);
        return this.#part(condition.text, [this.value(left, line), this.value(right, line)], (a, b) =>
          identity ? `${not}(${a} === ${b})` : `${not}equals(${a}, ${b})`,
        );
      }
      const subject = this.value(word === right ? left : right, line);
      return this.#part(condition.text, [subject], (value) => `${not}${this.matches(value, word, line)}`);
    }
    return this.#part(condition.text, [this.value(left, line), this.value(right, line)], (a, b) => {
      if (operator === 'contains') return `contains(${a}, ${b})`;
      const compared = this.#traced
        ? `X.order(order, ${a}, ${b}, ${text(condition.text)}, ${condition.line})`
        : `order(${a}, ${b})`;
      return `(${compared} ${operator} 0)`;
    });
  }

  /** A part of a condition; for the worksheet its sides are kept in `p` and `q`, which no other condition can be using. */
  #part(condition: string, sides: readonly string[], holds: (a: string, b: string) => string): string {
    const [a = '', b = ''] = sides;
    if (!this.#traced) return holds(a, b);
    const kept = sides.map((side, i) => `${'pq'[i]} = ${side}`);
    return `T.part(${text(condition)}, [${kept.join(', ')}], ${holds('p', 'q')})`;
  }

  /** Whether a value, given as code, equals an expression or answers the question `empty` or `blank`. */
  matches(subject: string, value: Expression, line: number): string {
    if (isQuestion(value)) return `${value.value.type === 'empty' ? 'isEmpty' : 'isBlank'}(${subject})`;
    const code = this.value(value, line);
    return isIdentity(value) ? `(${subject} === ${code})` : `equals(${subject}, ${code})`;
  }
}

const isString = (value: string | undefined): value is string => value !== undefined;

const isQuestion = (
  expression: Expression,
): expression is Expression & { kind: 'literal'; value: { type: 'empty' | 'blank' } } =>
  expression.kind === 'literal' && (expression.value.type === 'empty' || expression.value.type === 'blank');

/** Text, nil and booleans are equal only to themselves. */
const isIdentity = (expression: Expression): boolean =>
  expression.kind === 'literal' && ['string', 'nil', 'boolean'].includes(expression.value.type);

/** Whether a filter of the expression stands on another line than its statement: then failures need `L` to follow. */
function spansLines(expression: Expression, line: number): boolean {
  switch (expression.kind) {
    case 'filtered':
      return (
        spansLines(expression.input, line) ||
        expression.filters.some((f) => f.line !== line || argumentsOf(f).some((argument) => spansLines(argument, line)))
      );
    case 'path':
      return expression.keys.some((key) => typeof key !== 'string' && spansLines(key, line));
    case 'range':
      return spansLines(expression.from, line) || spansLines(expression.to, line);
    default:
      return false;
  }
}
