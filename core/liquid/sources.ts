import {
  bodiesOf,
  type Expression,
  type FilterCall,
  type Node,
  type PathExpression,
  type PathKey,
  type Template,
} from './ast.ts';

/** Where a value comes from, as far as the text of a file tells. */
export type Source =
  | { readonly kind: 'literal'; readonly value: string }
  /** A number: the result of arithmetic or a number in the file, as text when it is one. */
  | { readonly kind: 'number'; readonly value?: string }
  /** A value of the data, aliases followed and positions as `[]`; `filters` changed its letters since, e.g. `downcase`. */
  | { readonly kind: 'path'; readonly path: string; readonly filters: readonly string[] }
  /** Text put together from these, in order. */
  | { readonly kind: 'composite'; readonly parts: readonly Source[] }
  /** One of these, depending on branches. */
  | { readonly kind: 'oneOf'; readonly options: readonly Source[] }
  | { readonly kind: 'unknown' };

export type NumberKind = 'integer' | 'decimal' | 'unknown';

type Definition = Expression | { readonly kind: 'captured'; readonly body: readonly Node[] };
interface LoopScope {
  readonly variable: string;
  readonly collection: Expression;
}
const UNKNOWN: Source = { kind: 'unknown' };
const CASE_FILTERS = new Set(['downcase', 'upcase', 'capitalize', 'strip', 'lstrip', 'rstrip']);
const NUMBERS = new Set('plus minus times divided_by modulo at_least at_most round ceil floor abs size sum'.split(' '));
const MAXIMUM_DEPTH = 12;

/** Follows the names of a file to where their values come from. Branches are not weighed: every assignment of a name counts. */
export class Sources {
  readonly #definitions = new Map<string, Definition[]>();
  readonly #loops: LoopScope[] = [];

  constructor(template: Template) {
    this.#collect(template.body);
  }

  #collect(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (node.kind === 'assign') this.#define(node.name, node.expression);
      if (node.kind === 'capture') this.#define(node.name, { kind: 'captured', body: node.body });
      for (const body of bodiesOf(node)) this.#collect(body);
    }
  }
  #define(name: string, definition: Definition): void {
    this.#definitions.set(name, [...(this.#definitions.get(name) ?? []), definition]);
  }

  isAssigned(name: string): boolean {
    return this.#definitions.has(name);
  }
  isLoop(): boolean {
    return this.#loops.length > 0;
  }
  isLoopVariable(name: string): boolean {
    return this.#loops.some((loop) => loop.variable === name);
  }
  inLoop(loop: LoopScope, work: () => void): void {
    this.#loops.push(loop);
    work();
    this.#loops.pop();
  }
  /** The names that are assigned somewhere below these nodes. */
  assignedIn(nodes: readonly Node[]): string[] {
    return nodes.flatMap((node) => [
      ...(node.kind === 'assign' || node.kind === 'capture' || node.kind === 'counter' ? [node.name] : []),
      ...bodiesOf(node).flatMap((body) => this.assignedIn(body)),
    ]);
  }

  /** The path of the data that an expression reads, or undefined. */
  pathOf(path: PathExpression, depth = 0): string | undefined {
    const start = this.#rootPath(path.root, depth);
    return start === undefined ? undefined : start + path.keys.map(keyText).join('');
  }

  #rootPath(root: string, depth: number): string | undefined {
    if (depth > MAXIMUM_DEPTH) return undefined;
    const loop = this.#loops.findLast((candidate) => candidate.variable === root);
    if (loop) {
      const collection = loop.collection.kind === 'path' ? this.pathOf(loop.collection, depth + 1) : undefined;
      return collection === undefined ? undefined : `${collection}[]`;
    }
    const definitions = this.#definitions.get(root);
    if (!definitions) return root === 'data' ? root : undefined;
    const paths = definitions.map((definition) =>
      definition.kind === 'path' && definition.root !== root ? this.pathOf(definition, depth + 1) : undefined,
    );
    return paths.every((candidate) => candidate === paths[0]) ? paths[0] : undefined;
  }

  of(expression: Expression, depth = 0): Source {
    if (depth > MAXIMUM_DEPTH) return UNKNOWN;
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression;
        if (value.type === 'string') return { kind: 'literal', value: value.value };
        return value.type === 'number' ? { kind: 'number', value: value.value } : UNKNOWN;
      }
      case 'path': {
        const path = this.pathOf(expression, depth);
        if (path !== undefined) return { kind: 'path', path, filters: [] };
        if (expression.keys.length > 0 || this.isLoopVariable(expression.root)) return UNKNOWN;
        return this.#named(expression.root, depth);
      }
      case 'filtered':
        return expression.filters.reduce(
          (source, filter) => this.#filtered(source, filter, depth),
          this.of(expression.input, depth + 1),
        );
      default:
        return UNKNOWN;
    }
  }

  #named(name: string, depth: number): Source {
    const definitions = this.#definitions.get(name) ?? [];
    const options = definitions.map((definition) =>
      definition.kind === 'captured' ? this.#captured(definition.body, depth + 1) : this.of(definition, depth + 1),
    );
    const [first] = options;
    if (!first) return UNKNOWN;
    return options.length === 1 ? first : { kind: 'oneOf', options };
  }

  #captured(body: readonly Node[], depth: number): Source {
    const parts: Source[] = [];
    for (const node of body) {
      if (node.kind === 'text') parts.push({ kind: 'literal', value: node.text });
      else if (node.kind === 'output') parts.push(this.of(node.expression, depth));
      else return UNKNOWN;
    }
    return { kind: 'composite', parts };
  }

  #filtered(source: Source, filter: FilterCall, depth: number): Source {
    const [first] = filter.arguments;
    if ((filter.name === 'append' || filter.name === 'prepend') && first) {
      const added = this.of(first, depth + 1);
      return { kind: 'composite', parts: filter.name === 'append' ? [source, added] : [added, source] };
    }
    if (CASE_FILTERS.has(filter.name)) return changedCase(source, filter.name);
    return NUMBERS.has(filter.name) ? { kind: 'number' } : UNKNOWN;
  }

  /** Whether a number is whole: a field of the data may be either. */
  kindOf(expression: Expression, depth = 0): NumberKind {
    if (depth > MAXIMUM_DEPTH) return 'unknown';
    switch (expression.kind) {
      case 'literal':
        if (expression.value.type !== 'number') return 'unknown';
        return expression.value.integer ? 'integer' : 'decimal';
      case 'path': {
        const definitions = expression.keys.length === 0 ? this.#definitions.get(expression.root) : undefined;
        if (!definitions || this.isLoopVariable(expression.root)) return 'unknown';
        const kinds = definitions.map((definition) =>
          definition.kind === 'captured' ? 'unknown' : this.kindOf(definition, depth + 1),
        );
        return kinds.every((kind) => kind === kinds[0]) ? (kinds[0] ?? 'unknown') : 'unknown';
      }
      case 'filtered':
        return expression.filters.reduce<NumberKind>(
          (kind, filter) => this.#kindAfter(kind, filter, depth),
          this.kindOf(expression.input, depth + 1),
        );
      default:
        return 'unknown';
    }
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
        const other = first ? this.kindOf(first, depth + 1) : 'unknown';
        if (kind === 'decimal' || other === 'decimal') return 'decimal';
        return kind === 'integer' && other === 'integer' ? 'integer' : 'unknown';
      }
      default:
        return 'unknown';
    }
  }
}

function changedCase(source: Source, filter: string): Source {
  if (source.kind === 'path') return { ...source, filters: [...source.filters, filter] };
  if (source.kind === 'number') return source.value === undefined ? UNKNOWN : { kind: 'literal', value: source.value };
  if (source.kind !== 'literal') return UNKNOWN;
  if (filter === 'downcase') return { kind: 'literal', value: source.value.toLowerCase() };
  return filter === 'upcase' ? { kind: 'literal', value: source.value.toUpperCase() } : UNKNOWN;
}

/** `.name`, or `[]` for every position. */
function keyText(key: PathKey): string {
  if (typeof key === 'string') return key === 'first' || key === 'last' || /^\d+$/.test(key) ? '[]' : `.${key}`;
  return key.kind === 'literal' && key.value.type === 'string' ? `.${key.value.value}` : '[]';
}
