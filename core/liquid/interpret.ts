import type { Branch, Condition, Expression, FilterCall, Node, PathExpression, Position, Template } from './ast.ts';
import { argumentsOf, filterEntry, lostCall } from './catalog.ts';
import type { CalculationInput, LiquidCallOutcome } from './contract.ts';
import { makeFilters } from './filters.ts';
import { contains, equals, isBlank, isEmpty, truthy, type Value } from './kit.ts';
import { arithmetic, comparable, constant, plainKit } from './plain.ts';
import { Run } from './run.ts';
import { settersIn } from './setters.ts';

/** Runs a template step by step in plain decimals. The oracle of the compiled form: same effects, same worksheet (rules L80–L82). */
export function interpret(template: Template, input: CalculationInput): LiquidCallOutcome {
  const interpreter = new Interpreter(new Run(template.file, input, plainKit));
  return interpreter.run(template.body);
}

const filters = makeFilters(plainKit);
const ROUNDING = new Set(['round', 'ceil', 'floor']);
type Jump = 'break' | 'continue' | undefined;
interface Output {
  text: string;
}
interface Loop {
  readonly variable: string;
  value: Value;
  index: number;
  readonly length: number;
}

class Interpreter {
  readonly #run: Run;
  readonly #variables = new Map<string, Value>();
  readonly #counters = new Map<string, number>();
  readonly #cycles = new Map<string, number>();
  readonly #loops: Loop[] = [];
  /** Where the run is, for failures. */
  #line = 1;

  constructor(run: Run) {
    this.#run = run;
  }

  run(body: readonly Node[]): LiquidCallOutcome {
    try {
      this.#nodes(body, undefined);
      return this.#run.done(Object.fromEntries(this.#variables));
    } catch (error) {
      return this.#run.failed(error, this.#line);
    }
  }

  /** Text goes to `output` inside a capture and nowhere else. */
  #nodes(nodes: readonly Node[], output: Output | undefined): Jump {
    for (const node of nodes) {
      const jump = this.#node(node, output);
      if (jump) return jump;
    }
    return undefined;
  }

  #print(output: Output | undefined, value: Value): void {
    if (output) output.text = this.#run.out(output.text, value);
  }

  #node(node: Node, output: Output | undefined): Jump {
    this.#line = node.line;
    switch (node.kind) {
      case 'text':
        this.#print(output, node.text);
        return undefined;
      case 'output': {
        const lost = output === undefined ? lostCall(node.expression) : undefined;
        this.#print(output, this.#evaluate(lost?.input ?? node.expression));
        if (lost) this.#run.lost(lost.call.name, lost.call.line);
        return undefined;
      }
      case 'assign': {
        const value = this.#evaluate(node.expression);
        this.#variables.set(node.name, value);
        this.#run.trace?.assign(node.name, value, node.expression.text, node.line);
        return undefined;
      }
      case 'capture': {
        const captured = { text: '' };
        const jump = this.#nodes(node.body, captured);
        this.#variables.set(node.name, captured.text);
        this.#run.trace?.assign(node.name, captured.text, undefined, node.line);
        return jump;
      }
      case 'if':
        return this.#if(node.branches, output);
      case 'case': {
        this.#run.trace?.begin();
        const subject = this.#evaluate(node.subject);
        for (const when of node.whens) {
          this.#line = when.line;
          const taken = when.values.some((value) => this.#matches(subject, value));
          this.#run.trace?.part(when.text, [subject], taken);
          this.#run.trace?.branch(when.text, taken, when.line, settersIn(when.body));
          if (taken) return this.#inside(when.body, output);
        }
        return node.otherwise ? this.#else(node.otherwise, output) : undefined;
      }
      case 'for':
        return this.#for(node, output);
      case 'cycle': {
        const turn = this.#cycles.get(node.group) ?? 0;
        this.#cycles.set(node.group, turn + 1);
        const chosen = node.values[turn % node.values.length];
        if (chosen) this.#print(output, this.#evaluate(chosen));
        return undefined;
      }
      case 'counter': {
        const before = this.#counters.get(node.name) ?? 0;
        this.#counters.set(node.name, before + node.step);
        this.#print(output, plainKit.fromInteger(node.step > 0 ? before : before - 1));
        return undefined;
      }
      case 'block':
        return this.#nodes(node.body, output);
      default:
        return node.kind;
    }
  }

  #if(branches: readonly Branch[], output: Output | undefined): Jump {
    for (const branch of branches) {
      if (!branch.condition) return this.#else(branch, output);
      this.#line = branch.line;
      this.#run.trace?.begin();
      const taken = this.#holds(branch.condition);
      this.#run.trace?.branch(branch.text, taken, branch.line, settersIn(branch.body));
      if (taken) return this.#inside(branch.body, output);
    }
    return undefined;
  }

  /** The body of a branch that was taken. */
  #inside(body: readonly Node[], output: Output | undefined): Jump {
    const { trace } = this.#run;
    if (!trace) return this.#nodes(body, output);
    trace.depth += 1;
    const jump = this.#nodes(body, output);
    trace.depth -= 1;
    return jump;
  }

  #else(branch: Position & { readonly body: readonly Node[] }, output: Output | undefined): Jump {
    this.#run.trace?.branch('else', true, branch.line);
    return this.#inside(branch.body, output);
  }

  #for(node: Node & { kind: 'for' }, output: Output | undefined): Jump {
    const collection = this.#evaluate(node.collection);
    const offset = node.offset && this.#evaluate(node.offset);
    const limit = node.limit && this.#evaluate(node.limit);
    const items = this.#run.items(collection, offset, limit, node.reversed);
    if (items.length === 0) return this.#nodes(node.otherwise, output);
    const loop: Loop = { variable: node.variable, value: null, index: 0, length: items.length };
    this.#loops.push(loop);
    for (const [index, item] of items.entries()) {
      this.#run.tick();
      loop.index = index;
      loop.value = plainKit.read(item);
      if (this.#nodes(node.body, output) === 'break') break;
    }
    this.#loops.pop();
    return undefined;
  }

  #evaluate(expression: Expression): Value {
    switch (expression.kind) {
      case 'literal': {
        const literal = expression.value;
        if (literal.type === 'number') return constant(literal.value, literal.integer);
        if (literal.type === 'nil') return null;
        return literal.type === 'string' || literal.type === 'boolean' ? literal.value : '';
      }
      case 'path':
        return this.#path(expression);
      case 'range':
        return this.#run.range(this.#evaluate(expression.from), this.#evaluate(expression.to));
      case 'filtered':
        return expression.filters.reduce<Value>(
          (value, filter) => this.#filter(value, filter),
          this.#evaluate(expression.input),
        );
    }
  }

  #path(path: PathExpression): Value {
    if (path.root === 'forloop' && this.#loops.length > 0 && this.#loops.at(-1)?.variable !== 'forloop') {
      return this.#forloop(path);
    }
    const keys = path.keys.map((key) => (typeof key === 'string' ? key : this.#evaluate(key)));
    return this.#run.read(this.#assigned(path.root), path.root, keys, path.line);
  }

  /** The loop variable, else the assigned variable, else the counter of a name; undefined when there is none. */
  #assigned(name: string): Value {
    const loop = this.#loops.findLast((candidate) => candidate.variable === name);
    if (loop) return loop.value;
    const value = this.#variables.get(name);
    if (value !== undefined) return value;
    const counter = this.#counters.get(name);
    return counter === undefined ? undefined : plainKit.fromInteger(counter);
  }

  #forloop(path: PathExpression): Value {
    const keys = [...path.keys];
    let depth = this.#loops.length - 1;
    while (keys[0] === 'parentloop') {
      keys.shift();
      depth -= 1;
    }
    const loop = this.#loops[depth];
    if (!loop || keys.length !== 1) return null;
    const number = plainKit.fromInteger;
    switch (keys[0]) {
      case 'index':
        return number(loop.index + 1);
      case 'index0':
        return number(loop.index);
      case 'rindex':
        return number(loop.length - loop.index);
      case 'rindex0':
        return number(loop.length - loop.index - 1);
      case 'length':
        return number(loop.length);
      case 'first':
        return loop.index === 0;
      case 'last':
        return loop.index === loop.length - 1;
      default:
        return null;
    }
  }

  #filter(input: Value, filter: FilterCall): Value {
    const entry = filterEntry(filter.name);
    const { name, line } = filter;
    const trace = this.#run.trace;
    this.#line = line;
    if (entry?.kind === 'arithmetic') {
      trace?.operand(input, name, line);
      const [first] = argumentsOf(filter);
      const argument = first ? this.#evaluate(first) : null;
      if (entry.minimum > 0) trace?.operand(argument, name, line);
      const compute = arithmetic[name];
      const result = compute ? compute(input, argument) : null;
      if (ROUNDING.has(name)) trace?.rounded(filter.input, input, result, argument, line);
      return result;
    }
    const args = argumentsOf(filter).map((argument) => this.#evaluate(argument));
    if (!entry) return this.#run.unknown(name, args);
    switch (entry.kind) {
      case 'value':
      case 'spreadsheet':
        return filters[name]?.(input, ...args);
      case 'setter':
        return this.#run.set(name, input, args, line);
      case 'run':
        return this.#run.call(name, line, input, args);
      case 'document':
        return this.#run.document();
    }
  }

  #holds(condition: Condition): boolean {
    switch (condition.kind) {
      case 'value': {
        const value = this.#evaluate(condition.expression);
        this.#run.trace?.part(condition.expression.text, [value], truthy(value));
        return truthy(value);
      }
      case 'not':
        return !this.#holds(condition.operand);
      case 'and':
        return this.#holds(condition.left) && this.#holds(condition.right);
      case 'or':
        return this.#holds(condition.left) || this.#holds(condition.right);
      case 'comparison':
        return this.#compare(condition);
    }
  }

  #compare(comparison: Condition & { kind: 'comparison' }): boolean {
    const { operator, left, right, text } = comparison;
    if (operator === '==' || operator === '!=') return this.#same(comparison) === (operator === '==');
    const a = this.#evaluate(left);
    const b = this.#evaluate(right);
    if (operator !== 'contains') this.#run.trace?.ordered(a, b, text, comparison.line);
    const holds = operator === 'contains' ? contains(a, b, plainKit) : holdsBetween(operator, orderOf(a, b));
    this.#run.trace?.part(text, [a, b], holds);
    return holds;
  }

  /** `==` with `empty` and `blank`, which are questions rather than values. */
  #same({ left, right, text, operator }: Condition & { kind: 'comparison' }): boolean {
    const noted = (sides: readonly [Value, Value?], same: boolean): boolean => {
      this.#run.trace?.part(text, sides, same === (operator === '=='));
      return same;
    };
    const special = (expression: Expression): string | undefined =>
      expression.kind === 'literal' && (expression.value.type === 'empty' || expression.value.type === 'blank')
        ? expression.value.type
        : undefined;
    const word = special(right) ?? special(left);
    if (!word) {
      const [a, b] = [this.#evaluate(left), this.#evaluate(right)];
      return noted([a, b], equals(a, b, plainKit));
    }
    const value = this.#evaluate(special(right) ? left : right);
    return noted([value], word === 'empty' ? isEmpty(value) : isBlank(value));
  }

  #matches(subject: Value, value: Expression): boolean {
    if (value.kind === 'literal' && value.value.type === 'empty') return isEmpty(subject);
    if (value.kind === 'literal' && value.value.type === 'blank') return isBlank(subject);
    return equals(subject, this.#evaluate(value), plainKit);
  }
}

function holdsBetween(operator: '<' | '<=' | '>' | '>=', order: number | undefined): boolean {
  if (order === undefined) return false;
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** Numbers and numeric text by amount, text by its characters; anything else has no order (rule L42). */
function orderOf(a: Value, b: Value): number | undefined {
  const [left, right] = [comparable(a), comparable(b)];
  if (left && right) return left.decimal.comparedTo(right.decimal);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return undefined;
}
