import {
  type AssignNode,
  type Branch,
  bodiesOf,
  type CaseNode,
  type ForNode,
  type Node,
  type Position,
  type Template,
} from './ast.ts';
import { lostCall } from './catalog.ts';
import { ExpressionCompiler, type Loop, text } from './compile-expression.ts';
import { settersIn } from './setters.ts';

/**
 * Turns a template into JavaScript: one function without and one with a worksheet (rules L83–L86).
 *
 * The source holds nothing of the template but JSON literals and generated identifiers, and reaches nothing but the runtime `R`
 * and the run `X` that it is handed.
 */
export function compileTemplate(template: Template): string {
  const constants = new Map<string, string>();
  const plain = new FunctionCompiler(false, constants).compile('plain', template.body);
  const traced = new FunctionCompiler(true, constants).compile('traced', template.body);
  return [
    '"use strict";',
    'const { read, member, truthy, equals, contains, isEmpty, isBlank, order } = R;',
    ...[...constants].map(([code, id]) => `const ${id} = ${code};`),
    plain,
    traced,
    `return { file: ${text(template.file)}, plain, traced };`,
  ].join('\n');
}

/** The code of a file that can not be understood: it answers with its first error. */
export function compileFailure(file: string, message: string, line: number): string {
  return `"use strict";\nreturn { file: ${text(file)}, failure: { message: ${text(message)}, line: ${line} } };`;
}

class FunctionCompiler {
  readonly #expressions: ExpressionCompiler;
  readonly #traced: boolean;
  readonly #lines: string[] = [];
  readonly #variables = new Map<string, string>();
  readonly #counters = new Map<string, string>();
  readonly #cycles = new Map<string, string>();
  readonly #loops: Loop[] = [];
  /** Captures that are open around the node at hand, each with the number of loops around it. */
  readonly #captures: { readonly node: Node & { kind: 'capture' }; readonly output: string; readonly loops: number }[] =
    [];
  #ids = 0;
  /** How many branches stand around the node at hand. */
  #depth = 0;

  constructor(traced: boolean, constants: Map<string, string>) {
    this.#traced = traced;
    const names = { variables: this.#variables, counters: this.#counters, loops: this.#loops };
    this.#expressions = new ExpressionCompiler(traced, names, constants);
  }

  compile(name: string, body: readonly Node[]): string {
    this.#collect(body);
    this.#nodes(body, undefined);
    const variables = [...this.#variables.values(), ...this.#counters.values()];
    const cycles = [...this.#cycles.values()].map((id) => `${id} = 0`);
    const assigned = [...this.#variables].map(
      ([key, id]) => `${key === '__proto__' ? '["__proto__"]' : text(key)}: ${id}`,
    );
    return [
      `function ${name}(X, T) {`,
      `let L = 1, t${this.#traced ? ', p, q' : ''}${[...variables, ...cycles].map((id) => `, ${id}`).join('')};`,
      'try {',
      ...this.#expressions.roots(),
      'body: {',
      ...this.#lines,
      '}',
      `return X.done({ ${assigned.join(', ')} });`,
      '} catch (error) { return X.failed(error, L); }',
      '}',
    ].join('\n');
  }

  #emit(line: string): void {
    this.#lines.push(line);
  }
  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}${this.#ids}`;
  }

  /** Every name that is assigned or counted somewhere gets its identifier first: a loop may read it before. */
  #collect(nodes: readonly Node[]): void {
    for (const node of nodes) {
      if (node.kind === 'assign' || node.kind === 'capture') this.#declare(this.#variables, node.name, 'v');
      if (node.kind === 'counter') this.#declare(this.#counters, node.name, 'c');
      if (node.kind === 'cycle') this.#declare(this.#cycles, node.group, 'y');
      for (const body of bodiesOf(node)) this.#collect(body);
    }
  }
  #declare(names: Map<string, string>, name: string, prefix: string): void {
    if (!names.has(name)) names.set(name, this.#id(prefix));
  }

  #nodes(nodes: readonly Node[], output: string | undefined): void {
    for (const node of nodes) this.#node(node, output);
  }

  #print(output: string | undefined, code: string): void {
    this.#emit(output ? `${output} = X.out(${output}, ${code});` : `${code};`);
  }

  #node(node: Node, output: string | undefined): void {
    switch (node.kind) {
      case 'text':
        if (output) {
          this.#emit(`L = ${node.line};`);
          this.#print(output, text(node.text));
        }
        return;
      case 'output': {
        const lost = output === undefined ? lostCall(node.expression) : undefined;
        this.#emit(`L = ${node.line};`);
        this.#print(output, this.#expressions.value(lost?.input ?? node.expression, node.line));
        if (lost) this.#emit(`X.lost(${text(lost.call.name)}, ${lost.call.line});`);
        return;
      }
      case 'assign':
        this.#assign(node);
        return;
      case 'capture':
        this.#capture(node);
        return;
      case 'if':
        this.#if(node.branches, output);
        return;
      case 'case':
        this.#case(node, output);
        return;
      case 'for':
        this.#for(node, output);
        return;
      case 'cycle': {
        const turn = this.#cycles.get(node.group) ?? '';
        const values = node.values.map((value, i) => `${i}: () => ${this.#expressions.value(value, node.line)}`);
        this.#emit(`L = ${node.line};`);
        if (!output) this.#emit(`({ ${values.join(', ')} })[${turn}++ % ${node.values.length}]();`);
        else this.#print(output, `({ ${values.join(', ')} })[${turn}++ % ${node.values.length}]()`);
        return;
      }
      case 'counter': {
        const id = this.#counters.get(node.name) ?? '';
        this.#emit(`L = ${node.line}; if (${id} === undefined) ${id} = 0;`);
        this.#print(output, node.step > 0 ? `${id}++` : `--${id}`);
        return;
      }
      case 'block':
        this.#nodes(node.body, output);
        return;
      default:
        this.#jump(node.kind);
    }
  }

  #assign(node: AssignNode): void {
    const id = this.#variables.get(node.name) ?? '';
    this.#emit(`L = ${node.line}; ${id} = ${this.#expressions.value(node.expression, node.line)};`);
    if (this.#traced) this.#emit(`T.assign(${text(node.name)}, ${id}, ${text(node.expression.text)}, ${node.line});`);
  }

  #capture(node: Node & { kind: 'capture' }): void {
    const output = this.#id('o');
    const capture = { node, output, loops: this.#loops.length };
    this.#captures.push(capture);
    this.#emit(`let ${output} = "";`);
    this.#nodes(node.body, output);
    this.#captures.pop();
    this.#endCapture(capture);
  }

  #endCapture({ node, output }: { node: Node & { kind: 'capture' }; output: string }): void {
    this.#emit(`${this.#variables.get(node.name) ?? ''} = ${output};`);
    if (this.#traced) this.#emit(`T.assign(${text(node.name)}, ${output}, undefined, ${node.line});`);
  }

  /** Leaves the loop, or the file where there is none; captures on the way keep what they have. */
  #jump(kind: 'break' | 'continue'): void {
    const inside = this.#captures.filter((capture) => capture.loops === this.#loops.length);
    for (const capture of inside.reverse()) this.#endCapture(capture);
    this.#emit(`${this.#loops.length > 0 ? kind : 'break body'};`);
  }

  /** Branches stand one after the other in a block that the one taken leaves: a long chain does not nest. */
  #if(branches: readonly Branch[], output: string | undefined): void {
    const block = this.#id('b');
    this.#emit(`${block}: {`);
    for (const branch of branches) {
      if (!branch.condition) {
        this.#else(branch, output);
        break;
      }
      const condition = this.#expressions.condition(branch.condition, branch.line);
      const holds = this.#traced ? `(T.begin(), ${condition})` : condition;
      this.#taken(block, this.#branch(branch, holds), branch, output);
    }
    this.#emit('}');
    this.#setDepth();
  }

  #taken(
    block: string,
    holds: string,
    branch: Position & { readonly body: readonly Node[] },
    output: string | undefined,
  ): void {
    this.#emit(`L = ${branch.line}; if (${holds}) {`);
    this.#inside(branch.body, output);
    this.#emit(`break ${block}; }`);
  }

  /** The body of a branch that was taken. */
  #inside(body: readonly Node[], output: string | undefined): void {
    this.#depth += 1;
    this.#setDepth();
    this.#nodes(body, output);
    this.#depth -= 1;
  }

  /** Stands wherever the code at hand may be reached from deeper inside: after a block, and at every turn of a loop. */
  #setDepth(): void {
    if (this.#traced) this.#emit(`T.depth = ${this.#depth};`);
  }

  #else(branch: Position & { readonly body: readonly Node[] }, output: string | undefined): void {
    if (this.#traced) this.#emit(`T.branch("else", true, ${branch.line});`);
    this.#inside(branch.body, output);
  }

  #branch(branch: Position & { readonly text: string; readonly body: readonly Node[] }, holds: string): string {
    if (!this.#traced) return holds;
    const would = settersIn(branch.body);
    const rest = would.length > 0 ? `, ${JSON.stringify(would)}` : '';
    return `T.branch(${text(branch.text)}, ${holds}, ${branch.line}${rest})`;
  }

  #case(node: CaseNode, output: string | undefined): void {
    const [block, subject] = [this.#id('b'), this.#id('s')];
    if (this.#traced) this.#emit('T.begin();');
    this.#emit(`L = ${node.line}; const ${subject} = ${this.#expressions.value(node.subject, node.line)};`);
    this.#emit(`${block}: {`);
    for (const when of node.whens) {
      const matches = when.values.map((value) => this.#expressions.matches(subject, value, when.line)).join(' || ');
      const holds = this.#traced ? `T.part(${text(when.text)}, [${subject}], (${matches}))` : `(${matches})`;
      this.#taken(block, this.#branch(when, holds), when, output);
    }
    if (node.otherwise) this.#else(node.otherwise, output);
    this.#emit('}');
    this.#setDepth();
  }

  #for(node: ForNode, output: string | undefined): void {
    const [items, index, item] = [this.#id('a'), this.#id('j'), this.#id('i')];
    const value = (expression: ForNode['limit']): string =>
      expression ? this.#expressions.value(expression, node.line) : 'undefined';
    const collection = `X.items(${value(node.collection)}, ${value(node.offset)}, ${value(node.limit)}, ${node.reversed})`;
    this.#emit(`L = ${node.line}; const ${items} = ${collection};`);
    this.#emit(`for (let ${index} = 0; ${index} < ${items}.length; ${index}++) {`);
    this.#emit(`X.tick(); const ${item} = read(${items}[${index}]);`);
    this.#setDepth();
    this.#loops.push({ variable: node.variable, item, index, length: `${items}.length` });
    this.#nodes(node.body, output);
    this.#loops.pop();
    this.#emit('}');
    this.#setDepth();
    if (node.otherwise.length === 0) return;
    this.#emit(`if (${items}.length === 0) {`);
    this.#nodes(node.otherwise, output);
    this.#emit('}');
  }
}
