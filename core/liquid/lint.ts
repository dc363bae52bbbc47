import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { Condition, Expression, FilterCall, ForNode, Literal, Position, Template } from './ast.ts';
import { filterEntry } from './catalog.ts';
import { walk } from './walk.ts';

/**
 * What is doubtful in a calculation file whatever product it belongs to (rule L95, formats §8.1): divisions that cut decimals off,
 * conditions that never change, names that are read before anything assigns them, arguments too few or too many.
 * Warnings only; `product` is null. Pure.
 */
export function lint(template: Template): Diagnostic[] {
  return new Linter(template).diagnostics;
}

type NumberKind = 'integer' | 'decimal' | 'unknown';
const MAXIMUM_DEPTH = 12;

class Linter {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  /** Everything that a name is assigned anywhere; undefined stands for a capture. */
  readonly #definitions = new Map<string, (Expression | undefined)[]>();
  /** Names assigned above the place at hand, anywhere in a loop around it, or by that loop. */
  readonly #assigned = new Set<string>();

  constructor({ file, body }: Template) {
    this.#file = file;
    walk(body, {
      assign: (name, expression) => this.#define(name, expression),
      capture: (name) => this.#define(name, undefined),
    });
    walk(body, {
      assign: (name) => this.#assigned.add(name),
      capture: (name) => this.#assigned.add(name),
      loop: (node) => this.#loop(node),
      expression: (expression) => this.#read(expression),
      filter: (filter, input, before) => {
        this.#countArguments(filter);
        this.#divide(filter, input, before);
      },
      condition: (condition) => this.#condition(condition),
    });
  }

  #define(name: string, expression: Expression | undefined): void {
    this.#definitions.set(name, [...(this.#definitions.get(name) ?? []), expression]);
  }

  #warn(code: string, message: string, { line, column }: Position): void {
    this.diagnostics.push({ severity: 'warning', code, message, product: null, file: this.#file, line, column });
  }

  /** What the turn before may have assigned. */
  #loop({ variable, body }: ForNode): void {
    this.#assigned.add(variable);
    walk(body, { assign: (name) => this.#assigned.add(name), capture: (name) => this.#assigned.add(name) });
  }

  #read(expression: Expression): void {
    if (expression.kind !== 'path') return;
    const { root } = expression;
    if (!this.#definitions.has(root) || this.#assigned.has(root)) return;
    const message = `\`${root}\` is read here before it is assigned: unless a field has that name it is nil and counts as 0`;
    this.#warn('read-before-assign', message, expression);
  }

  #countArguments(filter: FilterCall): void {
    const entry = filterEntry(filter.name);
    if (!entry) return;
    const { minimum, maximum } = entry;
    const count = filter.arguments.length;
    if (count >= minimum && count <= maximum) return;
    const wanted = minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`;
    const effect = count < minimum ? 'what is missing counts as nil' : 'the others are left out';
    const message = `\`${filter.name}\` takes ${wanted} argument(s), ${count} given: ${effect}`;
    this.#warn('filter-arguments', message, filter);
  }

  #divide(filter: FilterCall, input: Expression, before: readonly FilterCall[]): void {
    const divisor = filter.name === 'divided_by' ? filter.arguments[0] : undefined;
    if (divisor?.kind !== 'literal' || divisor.value.type !== 'number' || !divisor.value.integer) return;
    if (this.#kindBehind(input, before, 0) !== 'integer') return;
    const message = `\`${filter.input} | divided_by: ${divisor.text}\` divides whole numbers and cuts the decimals off; \`${divisor.text}.0\` keeps them`;
    this.#warn('truncation', message, filter);
  }

  #condition(condition: Condition): void {
    if (condition.kind === 'value') {
      const { expression } = condition;
      if (expression.kind !== 'literal' || expression.value.type === 'boolean') return;
      const holds = expression.value.type === 'nil' ? 'never' : 'always';
      const hint = expression.value.type === 'string' ? ': compare it, e.g. `a == "x" or a == "y"`' : '';
      this.#warn('constant-condition', `\`${expression.text}\` ${holds} holds by itself${hint}`, expression);
    } else if (condition.kind === 'comparison') {
      const { left, right, operator, text } = condition;
      if (left.kind !== 'literal' || right.kind !== 'literal' || (operator !== '==' && operator !== '!=')) return;
      const same = left.value.type === right.value.type && literalText(left.value) === literalText(right.value);
      const holds = same === (operator === '==') ? 'always' : 'never';
      this.#warn('constant-condition', `\`${text}\` ${holds} holds`, condition);
    }
  }

  /** Whether a number is certainly whole: a field of the data may be either. */
  #kindOf(expression: Expression, depth = 0): NumberKind {
    if (depth > MAXIMUM_DEPTH) return 'unknown';
    if (expression.kind === 'literal') {
      if (expression.value.type !== 'number') return 'unknown';
      return expression.value.integer ? 'integer' : 'decimal';
    }
    if (expression.kind === 'filtered') return this.#kindBehind(expression.input, expression.filters, depth);
    if (expression.kind !== 'path' || expression.keys.length > 0) return 'unknown';
    const kinds = (this.#definitions.get(expression.root) ?? []).map((definition) =>
      definition ? this.#kindOf(definition, depth + 1) : 'unknown',
    );
    return kinds.every((kind) => kind === kinds[0]) ? (kinds[0] ?? 'unknown') : 'unknown';
  }

  #kindBehind(input: Expression, filters: readonly FilterCall[], depth: number): NumberKind {
    const start = this.#kindOf(input, depth + 1);
    return filters.reduce<NumberKind>((kind, filter) => this.#kindAfter(kind, filter, depth), start);
  }

  #kindAfter(kind: NumberKind, filter: FilterCall, depth: number): NumberKind {
    const [first] = filter.arguments;
    switch (filter.name) {
      case 'round':
        return first ? kind : 'integer';
      case 'ceil':
      case 'floor':
      case 'size':
      case 'get_30_360_day_count':
        return 'integer';
      case 'abs':
        return kind;
      case 'plus':
      case 'minus':
      case 'times':
      case 'divided_by': {
        const other = first ? this.#kindOf(first, depth + 1) : 'unknown';
        if (kind === 'decimal' || other === 'decimal') return 'decimal';
        return kind === 'integer' && other === 'integer' ? 'integer' : 'unknown';
      }
      default:
        return 'unknown';
    }
  }
}

const literalText = (literal: Literal): string => ('value' in literal ? String(literal.value) : literal.type);
