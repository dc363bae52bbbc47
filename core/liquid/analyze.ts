import type { Diagnostic } from '#core/model/diagnostic.ts';
import type {
  Comparison,
  Condition,
  Expression,
  FilterCall,
  Literal,
  Node,
  PathExpression,
  Position,
  Template,
} from './ast.ts';
import { argumentsOf, filterEntry, filterNames } from './catalog.ts';
import { type Source, Sources } from './sources.ts';

/** What a calculation file does, as far as its text tells: what `check` reasons over. Places are lines and columns of the file. */
export interface Analysis {
  readonly reads: readonly Read[];
  readonly assigns: readonly (Position & { readonly name: string })[];
  readonly filters: readonly FilterUse[];
  readonly lookups: readonly LookupUse[];
  readonly setters: readonly SetterUse[];
  readonly comparisons: readonly ComparisonUse[];
  readonly constantConditions: readonly (Position & { readonly text: string; readonly value: boolean })[];
  readonly integerDivisions: readonly IntegerDivision[];
  /** What is wrong whatever the product is: unknown filters, wrong arguments; `product` is null. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface Read extends Position {
  /** As it is written, e.g. `policy_v.channel`. */
  readonly text: string;
  readonly root: string;
  /**
   * From the data on, aliases followed and positions as `[]`: `data.policy.exposures[].characteristics[].field_values.x`;
   * absent when it does not start at the data.
   */
  readonly path?: string;
  /**
   * `data`: from the data; `loop`: a loop variable; `assigned`: assigned before, here or there; `late`: assigned, but only after
   * this place; `bare`: never assigned: a field of the policy, or nothing.
   */
  readonly origin: 'data' | 'loop' | 'assigned' | 'late' | 'bare';
}
export interface FilterUse extends Position {
  readonly name: string;
  readonly known: boolean;
}
export interface LookupUse extends Position {
  readonly filter: 'lookup' | 'lookup_effective';
  readonly table: Source;
  readonly keys: readonly Source[];
}
export interface SetterUse extends Position {
  readonly filter: string;
  readonly value: Source;
  readonly arguments: readonly Source[];
}
/** A comparison of something with a literal; `case … when` counts as `==`. */
export interface ComparisonUse extends Position {
  readonly operator: Comparison;
  readonly source: Source;
  readonly literal: { readonly type: 'string' | 'number' | 'boolean' | 'nil'; readonly value: string };
  readonly text: string;
}
/** `divided_by` a whole number: truncates when the input is whole too. */
export interface IntegerDivision extends Position {
  readonly text: string;
  /** True when the input is certainly whole, false when it depends on the data. */
  readonly certain: boolean;
}

/** Analyses a parsed file. Pure. */
export function analyze(template: Template): Analysis {
  return new Analyzer(template).analysis();
}

class Analyzer {
  readonly #template: Template;
  readonly #sources: Sources;
  readonly #reads: Read[] = [];
  readonly #assigns: (Position & { name: string })[] = [];
  readonly #filters: FilterUse[] = [];
  readonly #lookups: LookupUse[] = [];
  readonly #setters: SetterUse[] = [];
  readonly #comparisons: ComparisonUse[] = [];
  readonly #constants: (Position & { text: string; value: boolean })[] = [];
  readonly #divisions: IntegerDivision[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  /** Names assigned above the place at hand, or anywhere in a loop around it. */
  readonly #assigned = new Set<string>();

  constructor(template: Template) {
    this.#template = template;
    this.#sources = new Sources(template);
  }

  analysis(): Analysis {
    this.#nodes(this.#template.body);
    return {
      reads: this.#reads,
      assigns: this.#assigns,
      filters: this.#filters,
      lookups: this.#lookups,
      setters: this.#setters,
      comparisons: this.#comparisons,
      constantConditions: this.#constants,
      integerDivisions: this.#divisions,
      diagnostics: this.#diagnostics,
    };
  }

  #nodes(nodes: readonly Node[]): void {
    for (const node of nodes) this.#node(node);
  }

  #node(node: Node): void {
    switch (node.kind) {
      case 'output':
        this.#expression(node.expression);
        return;
      case 'assign':
        this.#expression(node.expression);
        this.#assign(node.name, node);
        return;
      case 'capture':
        this.#nodes(node.body);
        this.#assign(node.name, node);
        return;
      case 'if':
        for (const branch of node.branches) {
          if (branch.condition) this.#condition(branch.condition, branch);
          this.#nodes(branch.body);
        }
        return;
      case 'case':
        this.#expression(node.subject);
        for (const when of node.whens) {
          for (const value of when.values) {
            this.#expression(value);
            this.#compared('==', node.subject, value, when, when.text);
          }
          this.#nodes(when.body);
        }
        if (node.otherwise) this.#nodes(node.otherwise.body);
        return;
      case 'for': {
        for (const expression of [node.collection, node.offset, node.limit])
          if (expression) this.#expression(expression);
        for (const name of this.#sources.assignedIn(node.body)) this.#assigned.add(name);
        this.#sources.inLoop(node, () => this.#nodes(node.body));
        this.#nodes(node.otherwise);
        return;
      }
      case 'cycle':
        for (const value of node.values) this.#expression(value);
        return;
      case 'counter':
        this.#assigned.add(node.name);
        return;
      case 'block':
        this.#nodes(node.body);
        return;
    }
  }

  #assign(name: string, { line, column }: Position): void {
    this.#assigned.add(name);
    this.#assigns.push({ name, line, column });
  }

  #expression(expression: Expression): void {
    switch (expression.kind) {
      case 'path':
        this.#read(expression);
        return;
      case 'range':
        this.#expression(expression.from);
        this.#expression(expression.to);
        return;
      case 'filtered':
        this.#expression(expression.input);
        for (const [i, filter] of expression.filters.entries()) {
          for (const argument of [...filter.arguments, ...filter.named.map(({ value }) => value)])
            this.#expression(argument);
          const input: Expression =
            i === 0 ? expression.input : { ...expression, filters: expression.filters.slice(0, i) };
          this.#filter(input, filter);
        }
        return;
    }
  }

  #read(path: PathExpression): void {
    for (const key of path.keys) if (typeof key !== 'string') this.#expression(key);
    const { text, root, line, column } = path;
    if (root === 'forloop' && this.#sources.isLoop()) return;
    const known = this.#sources.pathOf(path);
    const origin = this.#sources.isLoopVariable(root)
      ? 'loop'
      : this.#assigned.has(root)
        ? 'assigned'
        : this.#sources.isAssigned(root)
          ? 'late'
          : root === 'data'
            ? 'data'
            : 'bare';
    this.#reads.push({ text, root, ...(known !== undefined && { path: known }), origin, line, column });
    const first = path.keys.indexOf('characteristics') + 1;
    const position = path.keys[first];
    if (first > 0 && position !== undefined && isFirst(position)) {
      const message = `\`${text}\` reads the first characteristics: after an endorsement that row is replaced; \`last\` is current`;
      this.#report('info', 'first-characteristics', message, path);
    }
  }

  #filter(input: Expression, filter: FilterCall): void {
    const { name, line, column } = filter;
    const entry = filterEntry(name);
    this.#filters.push({ name, known: entry !== undefined, line, column });
    if (!entry) {
      const near = closest(name, filterNames());
      const hint = near ? `; is \`${near}\` meant?` : '';
      this.#report('error', 'unknown-filter', `there is no filter \`${name}\`${hint}`, filter);
      return;
    }
    const count = filter.arguments.length;
    if (count < entry.minimum || count > entry.maximum) {
      const wanted = entry.minimum === entry.maximum ? entry.minimum : `${entry.minimum} to ${entry.maximum}`;
      this.#report('warning', 'filter-arguments', `\`${name}\` takes ${wanted} argument(s), ${count} given`, filter);
    }
    const args = argumentsOf(filter).map((argument) => this.#sources.of(argument));
    const value = this.#sources.of(input);
    if (name === 'lookup' || name === 'lookup_effective') {
      this.#lookups.push({ filter: name, table: value, keys: args, line, column });
    } else if (entry.kind === 'setter') this.#setters.push({ filter: name, value, arguments: args, line, column });
    else if (name === 'divided_by') this.#division(input, filter);
  }

  #division(input: Expression, filter: FilterCall): void {
    const divisor = filter.arguments[0];
    if (divisor?.kind !== 'literal' || divisor.value.type !== 'number' || !divisor.value.integer) return;
    const kind = this.#sources.kindOf(input);
    if (kind === 'decimal') return;
    const { line, column } = filter;
    this.#divisions.push({
      text: `${filter.input} | divided_by: ${divisor.text}`,
      certain: kind === 'integer',
      line,
      column,
    });
  }

  #condition(condition: Condition, place: Position): void {
    switch (condition.kind) {
      case 'value': {
        this.#expression(condition.expression);
        const { expression } = condition;
        if (expression.kind !== 'literal') return;
        const value = expression.value.type === 'boolean' ? expression.value.value : expression.value.type !== 'nil';
        this.#constants.push({ text: expression.text, value, line: place.line, column: expression.column });
        return;
      }
      case 'not':
        this.#condition(condition.operand, place);
        return;
      case 'and':
      case 'or':
        this.#condition(condition.left, place);
        this.#condition(condition.right, place);
        return;
      case 'comparison':
        this.#comparison(condition);
    }
  }

  #comparison(condition: Condition & { kind: 'comparison' }): void {
    const { operator, left, right, text, line, column } = condition;
    this.#expression(left);
    this.#expression(right);
    if (left.kind === 'literal' && right.kind === 'literal' && (operator === '==' || operator === '!=')) {
      const same = left.value.type === right.value.type && literalText(left.value) === literalText(right.value);
      this.#constants.push({ text, value: same === (operator === '=='), line, column });
    } else if (right.kind === 'literal') this.#compared(operator, left, right, condition, text);
    else if (left.kind === 'literal') this.#compared(MIRRORED[operator], right, left, condition, text);
  }

  #compared(
    operator: Comparison,
    subject: Expression,
    value: Expression,
    { line, column }: Position,
    text: string,
  ): void {
    if (value.kind !== 'literal' || value.value.type === 'empty' || value.value.type === 'blank') return;
    const literal = { type: value.value.type, value: literalText(value.value) };
    this.#comparisons.push({ operator, source: this.#sources.of(subject), literal, text, line, column });
  }

  #report(severity: Diagnostic['severity'], code: string, message: string, { line, column }: Position): void {
    this.#diagnostics.push({ severity, code, message, product: null, file: this.#template.file, line, column });
  }
}

const MIRRORED = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=', contains: 'contains' } as const;

const literalText = (literal: Literal): string => ('value' in literal ? String(literal.value) : literal.type);

const isFirst = (key: string | Expression): boolean =>
  key === 'first' ||
  (typeof key !== 'string' && key.kind === 'literal' && key.value.type === 'number' && key.value.value === '0');

/** The known name that a misspelling is nearest to: within two changes. */
function closest(name: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((candidate) => ({ candidate, distance: distance(name, candidate) }));
  const best = ranked.reduce((a, b) => (b.distance < a.distance ? b : a));
  return best.distance <= 2 ? best.candidate : undefined;
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (b[j - 1] === char ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
