import type { AnyNode, Program } from 'acorn';
import { childrenOf, memberName } from '#core/product/script-syntax.ts';

/** A function, a field of a class or a static block: code that runs when it is called. Undefined stands for the top of a script. */
export interface Frame {
  readonly node: AnyNode;
  readonly outer: Frame | undefined;
  /** The method that it is handed to at once, `forEach` of `list.forEach(x => …)`. */
  readonly handedTo: string | undefined;
  /** The constructor of a class. */
  readonly constructs: boolean;
  /** The constructor of a class that extends nothing: what it calls `this` is new. */
  readonly makes: boolean;
}
/** A name, where it can be seen, and all that is ever put into it. */
export interface Binding {
  readonly from: number;
  readonly to: number;
  readonly frame: Frame | undefined;
  readonly values: AnyNode[];
  /** Something else may be in it: an argument, a part of something. */
  foreign: boolean;
  /** It holds numbers only: a counter. */
  counts: boolean;
}
/** A place that may matter for what outlives a call. */
export interface Site {
  readonly node: AnyNode;
  readonly parent: AnyNode | undefined;
  readonly grandparent: AnyNode | undefined;
  readonly frame: Frame | undefined;
  /** Whether it is changed there. */
  readonly role: 'target' | 'read';
}
export interface Found {
  readonly sites: readonly Site[];
  /** Names that the script gives to members of its own. */
  readonly defined: readonly string[];
  /** Names of members that it reads. */
  readonly members: ReadonlySet<string>;
  /** Something is in it that nothing is known about. */
  readonly unprovable: boolean;
  /** The binding that a name means at a place; undefined for one of the language. */
  resolve(name: string, at: number): Binding | undefined;
}

/** The frame in whose call a function runs that is handed to something that calls it at once. */
export function regionOf(frame: Frame, calls: (name: string) => boolean): Frame | undefined {
  let region: Frame | undefined = frame;
  while (region?.handedTo !== undefined && calls(region.handedTo)) region = region.outer;
  return region;
}

interface Step {
  readonly node: AnyNode;
  readonly parent: AnyNode | undefined;
  readonly grandparent: AnyNode | undefined;
  readonly frame: Frame | undefined;
  /** Where a `let` and a `var` that stand here are seen. */
  readonly block: AnyNode;
  readonly whole: AnyNode;
}
const UNPROVABLE: ReadonlySet<string> = new Set([
  ...['YieldExpression', 'AwaitExpression', 'ImportExpression', 'WithStatement', 'MetaProperty'],
]);
const SCOPES: ReadonlySet<string> = new Set([
  ...[
    'BlockStatement',
    'ForStatement',
    'ForInStatement',
    'ForOfStatement',
    'SwitchStatement',
    'CatchClause',
    'StaticBlock',
  ],
]);

/** Reads a script: its names, its functions, and the places where something is changed or could be. Iterative, as `walk` is. */
export function survey(program: Program): Found {
  const reader = new Reader();
  const root = program as AnyNode;
  const steps: Step[] = [
    { node: root, parent: undefined, grandparent: undefined, frame: undefined, block: root, whole: root },
  ];
  for (let step = steps.pop(); step; step = steps.pop()) {
    const inner = reader.enter(step);
    for (const child of childrenOf(step.node))
      steps.push({ ...inner, node: child, parent: step.node, grandparent: step.parent });
  }
  return reader.found();
}

class Reader {
  readonly #sites: Site[] = [];
  readonly #defined: string[] = [];
  readonly #members = new Set<string>();
  readonly #bindings = new Map<string, Binding[]>();
  /** Names that get something, with what; judged when all bindings are known. */
  readonly #given: {
    readonly name: string;
    readonly at: number;
    readonly value: AnyNode | undefined;
    readonly count: boolean;
  }[] = [];
  readonly #targets = new Set<AnyNode>();
  #unprovable = false;

  enter(step: Step): Pick<Step, 'frame' | 'block' | 'whole'> {
    const { node, parent, grandparent, frame } = step;
    this.#unprovable ||= UNPROVABLE.has(node.type);
    const site = (of: AnyNode, role: Site['role']): void => {
      this.#sites.push({ node: of, parent, grandparent, frame, role });
    };
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#function(step);
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (node.id) this.#bind(node.id.name, node.type === 'ClassDeclaration' ? step.block : node, frame);
        return step;
      case 'PropertyDefinition':
      case 'StaticBlock': {
        if (node.type === 'PropertyDefinition') this.#define(step, site);
        const inner = { node, outer: frame, handedTo: undefined, constructs: false, makes: false };
        return { frame: inner, block: node, whole: node };
      }
      case 'VariableDeclaration':
        this.#declare(step);
        return step;
      case 'CatchClause':
        for (const { name } of node.param ? namesIn(node.param) : []) this.#bind(name, node, frame);
        return { ...step, block: node };
      case 'AssignmentExpression': {
        const { left, operator, right } = node;
        if (left.type === 'Identifier')
          this.#give(left.name, left.start, givenBy(operator, right), counted(operator, right));
        this.#target(left, site, left.type !== 'Identifier');
        return step;
      }
      case 'UpdateExpression':
        if (node.argument.type === 'Identifier') this.#give(node.argument.name, node.start, undefined, true);
        this.#target(node.argument, site, false);
        return step;
      case 'ReturnStatement':
        // A constructor that answers something else makes nothing new, for a list's own methods too.
        if (node.argument && frame?.constructs) this.#unprovable = true;
        return step;
      case 'UnaryExpression':
        if (node.operator === 'delete') this.#target(node.argument, site, false);
        return step;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type !== 'VariableDeclaration') this.#target(node.left, site, true);
        return { ...step, block: node };
      case 'MemberExpression': {
        const name = memberName(node);
        if (name !== undefined) this.#members.add(name);
        if (!this.#targets.has(node)) site(node, 'read');
        return step;
      }
      case 'Property':
      case 'MethodDefinition':
        this.#define(step, site);
        return step;
      case 'Identifier':
        if (node.name === 'require' && !isMemberName(node, parent)) this.#require(step);
        site(node, 'read');
        return step;
      case 'Literal':
        if ('regex' in node) site(node, 'read');
        return step;
      default:
        return SCOPES.has(node.type) ? { ...step, block: node } : step;
    }
  }

  found(): Found {
    for (const { name, at, value, count } of this.#given) {
      const binding = this.#resolve(name, at);
      if (!binding) continue;
      if (value) binding.values.push(value);
      else binding.foreign = true;
      binding.counts &&= count;
    }
    return {
      sites: this.#sites,
      defined: this.#defined,
      members: this.#members,
      unprovable: this.#unprovable,
      resolve: (name, at) => this.#resolve(name, at),
    };
  }

  #function({ node, parent, grandparent, frame, block }: Step): Pick<Step, 'frame' | 'block' | 'whole'> {
    if (
      node.type !== 'FunctionDeclaration' &&
      node.type !== 'FunctionExpression' &&
      node.type !== 'ArrowFunctionExpression'
    )
      throw new Error('no function');
    this.#unprovable ||= node.async === true || node.generator === true;
    if (node.id) this.#bind(node.id.name, node.type === 'FunctionDeclaration' ? block : node, frame);
    const handed = parent?.type === 'CallExpression' && (parent.arguments as readonly AnyNode[]).includes(node);
    const constructs = parent?.type === 'MethodDefinition' && parent.kind === 'constructor';
    const inner: Frame = {
      node,
      outer: frame,
      handedTo: handed ? memberName(parent.callee as AnyNode) : undefined,
      constructs,
      makes: constructs && extendsNothing(grandparent, this.#bases),
    };
    for (const param of node.params) for (const { name } of namesIn(param)) this.#bind(name, node, inner);
    return { frame: inner, block: node, whole: node };
  }

  /** Bodies of classes that extend nothing. */
  readonly #bases = new Set<AnyNode>();

  #declare({ node, parent, frame, block, whole }: Step): void {
    if (node.type !== 'VariableDeclaration') return;
    if (node.kind !== 'var' && node.kind !== 'let' && node.kind !== 'const') this.#unprovable = true;
    const loops = parent?.type === 'ForInStatement' || parent?.type === 'ForOfStatement';
    for (const { id, init } of node.declarations)
      for (const { name } of namesIn(id)) {
        this.#bind(name, node.kind === 'var' ? whole : block, frame, false);
        if (id.type !== 'Identifier' || loops) this.#give(name, id.start, undefined, false);
        else if (init) this.#give(name, id.start, init, isNumber(init));
      }
  }

  /** What an assignment or its like changes, one by one. @param taken apart: names in it get something that nobody knows */
  #target(target: AnyNode, site: (node: AnyNode, role: Site['role']) => void, taken: boolean): void {
    switch (target.type) {
      case 'Identifier':
        if (taken) this.#give(target.name, target.start, undefined, false);
        site(target, 'target');
        return;
      case 'MemberExpression': {
        const name = memberName(target);
        if (name !== undefined) this.#defined.push(name);
        this.#targets.add(target);
        site(target, 'target');
        return;
      }
      case 'ArrayPattern':
        for (const element of target.elements) if (element) this.#target(element, site, true);
        return;
      case 'ObjectPattern':
        for (const property of target.properties)
          this.#target(property.type === 'Property' ? property.value : property.argument, site, true);
        return;
      case 'AssignmentPattern':
        this.#target(target.left, site, true);
        return;
      case 'RestElement':
        this.#target(target.argument, site, true);
        return;
      default:
        this.#unprovable = true;
    }
  }

  #define({ node, parent, grandparent }: Step, site: (node: AnyNode, role: Site['role']) => void): void {
    if (node.type !== 'Property' && node.type !== 'MethodDefinition' && node.type !== 'PropertyDefinition') return;
    if (node.type === 'PropertyDefinition' || node.type === 'MethodDefinition' || parent?.type === 'ObjectExpression') {
      const { key, computed } = node;
      if (!computed && key.type === 'Identifier') this.#defined.push(key.name);
      if (!computed && key.type === 'Literal') this.#defined.push(String(key.value));
    }
    if (grandparent?.type === 'ClassDeclaration' || grandparent?.type === 'ClassExpression') {
      if (!grandparent.superClass && parent) this.#bases.add(parent);
      // What extends a function that answers something old puts its fields there.
      const stamps = node.type === 'PropertyDefinition' && !node.static;
      if (grandparent.superClass && (stamps || node.key.type === 'PrivateIdentifier')) this.#unprovable = true;
    }
    site(node, 'read');
  }

  /** Scripts are required while the modules are evaluated, and by the function alone. */
  #require({ node, parent, frame }: Step): void {
    if (frame !== undefined || parent?.type !== 'CallExpression' || parent.callee !== node) this.#unprovable = true;
  }

  #bind(name: string, seen: AnyNode, frame: Frame | undefined, foreign = true): void {
    const known = this.#bindings.get(name) ?? [];
    this.#bindings.set(name, known);
    // `var` may stand there twice.
    const same = known.find(({ from, to }) => from === seen.start && to === seen.end);
    if (same) {
      same.foreign ||= foreign;
      same.counts &&= !foreign;
    } else known.push({ from: seen.start, to: seen.end, frame, values: [], foreign, counts: !foreign });
  }

  #give(name: string, at: number, value: AnyNode | undefined, count: boolean): void {
    this.#given.push({ name, at, value, count });
  }

  #resolve(name: string, at: number): Binding | undefined {
    let found: Binding | undefined;
    for (const one of this.#bindings.get(name) ?? [])
      if (one.from <= at && at < one.to && (!found || one.to - one.from < found.to - found.from)) found = one;
    return found;
  }
}

function extendsNothing(body: AnyNode | undefined, bases: ReadonlySet<AnyNode>): boolean {
  return body !== undefined && bases.has(body);
}

function isMemberName(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent?.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
}

/** What is in a name after an assignment, where that is one value. */
function givenBy(operator: string, right: AnyNode): AnyNode | undefined {
  return ['=', '||=', '&&=', '??='].includes(operator) ? right : undefined;
}
function counted(operator: string, right: AnyNode): boolean {
  return ['=', '+=', '-=', '*='].includes(operator) && isNumber(right);
}
function isNumber(node: AnyNode): boolean {
  return node.type === 'Literal' && typeof node.value === 'number';
}

function namesIn(pattern: AnyNode): readonly { readonly name: string }[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern];
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesIn(element) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((one) => namesIn(one.type === 'Property' ? one.value : one.argument));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}
