import type { Diagnostic } from '#core/model/diagnostic.ts';
import {
  bodiesOf,
  type Condition,
  type Expression,
  type FilterCall,
  type Literal,
  type Node,
  type Position,
  type Template,
} from './ast.ts';
import { filterEntry } from './catalog.ts';

/**
 * What is doubtful in a calculation file whatever product it belongs to (rule L95, formats §8.1): divisions that cut decimals off,
 * conditions that never change, names that are read before anything assigns them, arguments too few or too many.
 * Warnings only; `product` is null. Pure.
 */
export function lint(template: Template): Diagnostic[] {
  const linter = new Linter(template);
  linter.nodes(template.body);
  return linter.diagnostics;
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

  constructor(template: Template) {
    this.#file = template.file;
    this.#collect(template.body);
  }

  #collect(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (node.kind === 'assign' || node.kind === 'capture') {
        const known = this.#definitions.get(node.name) ?? [];
        this.#definitions.set(node.name, [...known, node.kind === 'assign' ? node.expression : undefined]);
      }
      for (const body of bodiesOf(node)) this.#collect(body);
    }
  }

  #warn(code: string, message: string, { line, column }: Position): void {
    this.diagnostics.push({ severity: 'warning', code, message, product: null, file: this.#file, line, column });
  }

  nodes(nodes: readonly Node[]): void {
    for (const node of nodes) this.#node(node);
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'output':
      case 'assign':
        this.#expression(node.expression);
        break;
      case 'if':
        for (const branch of node.branches) {
          if (branch.condition) this.#condition(branch.condition);
          this.nodes(branch.body);
        }
        return;
      case 'case':
        for (const value of [node.subject, ...node.whens.flatMap(({ values }) => values)]) this.#expression(value);
        break;
      case 'for':
        this.#expression(node.collection);
        this.#assigned.add(node.variable);
        for (const name of assignedIn(node.body)) this.#assigned.add(name);
        break;
    }
    for (const body of bodiesOf(node)) this.nodes(body);
    if (node.kind === 'assign' || node.kind === 'capture') this.#assigned.add(node.name);
  }

  #expression(expression: Expression): void {
    switch (expression.kind) {
      case 'path':
        for (const key of expression.keys) if (typeof key !== 'string') this.#expression(key);
        if (this.#definitions.has(expression.root) && !this.#assigned.has(expression.root)) {
          const message = `\`${expression.root}\` is read here before it is assigned: unless a field has that name it is nil and counts as 0`;
          this.#warn('read-before-assign', message, expression);
        }
        return;
      case 'filtered':
        this.#expression(expression.input);
        for (const [i, filter] of expression.filters.entries()) {
          for (const argument of filter.arguments) this.#expression(argument);
          this.#filter(i === 0 ? expression.input : { ...expression, filters: expression.filters.slice(0, i) }, filter);
        }
    }
  }

  #filter(input: Expression, filter: FilterCall): void {
    const entry = filterEntry(filter.name);
    if (!entry) return;
    const { minimum, maximum } = entry;
    const count = filter.arguments.length;
    if (count < minimum || count > maximum) {
      const wanted = minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`;
      const effect = count < minimum ? 'what is missing counts as nil' : 'the others are left out';
      this.#warn(
        'filter-arguments',
        `\`${filter.name}\` takes ${wanted} argument(s), ${count} given: ${effect}`,
        filter,
      );
    }
    const divisor = filter.name === 'divided_by' ? filter.arguments[0] : undefined;
    if (divisor?.kind !== 'literal' || divisor.value.type !== 'number' || !divisor.value.integer) return;
    if (this.#kindOf(input) !== 'integer') return;
    const message = `\`${filter.input} | divided_by: ${divisor.text}\` divides whole numbers and cuts the decimals off; \`${divisor.text}.0\` keeps them`;
    this.#warn('truncation', message, filter);
  }

  #condition(condition: Condition): void {
    switch (condition.kind) {
      case 'value': {
        const { expression } = condition;
        this.#expression(expression);
        if (expression.kind !== 'literal' || expression.value.type === 'boolean') return;
        const holds = expression.value.type === 'nil' ? 'never' : 'always';
        const hint = expression.value.type === 'string' ? ': compare it, e.g. `a == "x" or a == "y"`' : '';
        this.#warn('constant-condition', `\`${expression.text}\` ${holds} holds by itself${hint}`, expression);
        return;
      }
      case 'not':
        this.#condition(condition.operand);
        return;
      case 'and':
      case 'or':
        this.#condition(condition.left);
        this.#condition(condition.right);
        return;
      case 'comparison': {
        const { left, right, operator, text } = condition;
        this.#expression(left);
        this.#expression(right);
        if (left.kind !== 'literal' || right.kind !== 'literal' || (operator !== '==' && operator !== '!=')) return;
        const same = left.value.type === right.value.type && literalText(left.value) === literalText(right.value);
        const holds = same === (operator === '==') ? 'always' : 'never';
        this.#warn('constant-condition', `\`${text}\` ${holds} holds`, condition);
      }
    }
  }

  /** Whether a number is certainly whole: a field of the data may be either. */
  #kindOf(expression: Expression, depth = 0): NumberKind {
    if (depth > MAXIMUM_DEPTH) return 'unknown';
    if (expression.kind === 'literal') {
      if (expression.value.type !== 'number') return 'unknown';
      return expression.value.integer ? 'integer' : 'decimal';
    }
    if (expression.kind === 'filtered') {
      const start = this.#kindOf(expression.input, depth + 1);
      return expression.filters.reduce<NumberKind>((kind, filter) => this.#kindAfter(kind, filter, depth), start);
    }
    if (expression.kind !== 'path' || expression.keys.length > 0) return 'unknown';
    const kinds = (this.#definitions.get(expression.root) ?? []).map((definition) =>
      definition ? this.#kindOf(definition, depth + 1) : 'unknown',
    );
    return kinds.every((kind) => kind === kinds[0]) ? (kinds[0] ?? 'unknown') : 'unknown';
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

/** The names that are assigned somewhere below these nodes. */
function assignedIn(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => [
    ...(node.kind === 'assign' || node.kind === 'capture' ? [node.name] : []),
    ...bodiesOf(node).flatMap(assignedIn),
  ]);
}
