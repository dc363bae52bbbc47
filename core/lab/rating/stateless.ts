import type { AnyNode, Program } from 'acorn';
import { memberName } from '#core/product/script-syntax.ts';
import { type Binding, type Found, type Frame, regionOf, type Site, survey } from './script-survey.ts';
import {
  BORROWERS,
  CALLERS,
  CHANGERS,
  ITERATORS,
  isMutator,
  MAKERS,
  TEXT_READERS,
  TRUSTED,
  WIRES,
} from './watched-names.ts';

const MADE_NEW: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array', 'Date']);
const MAKING_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  Object: ['keys', 'values', 'entries'],
  Array: ['from', 'of'],
  JSON: ['parse'],
};
/** Operators whose answer is a number. */
const NUMERIC: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '<<', '>>', '>>>', '&', '|', '^']);
const UNPROVABLE_NAMES: ReadonlySet<string> = new Set([
  ...['Iterator', 'DisposableStack', 'AsyncDisposableStack', 'SharedArrayBuffer', 'Atomics', 'WebAssembly'],
]);

/**
 * The scripts with a wire in every function that may change something that is there for the next risk, so that their modules can be
 * evaluated once for all risks (BR36): while no wire is touched, nothing was changed that outlives a call. Read from the syntax alone,
 * and what is not sure to be harmless gets a wire; undefined where that is not enough.
 */
export function wiredScripts(programs: ReadonlyMap<string, { readonly source: string; readonly program: Program }>) {
  const surveys: { readonly path: string; readonly source: string; readonly found: Found }[] = [];
  let own = true;
  for (const [path, { source, program }] of programs) {
    if (source.includes('$fieldwriter')) return undefined;
    const found = survey(program);
    own &&= !found.defined.some((name) => TRUSTED.has(name)) && !found.members.has('fromEntries');
    surveys.push({ path, source, found });
  }
  const wired = new Map<string, string>();
  for (const { path, source, found } of surveys) {
    const text = new Wiring(source, found, own).text();
    if (text === undefined) return undefined;
    wired.set(path, text);
  }
  return wired;
}

interface Edit {
  readonly at: number;
  readonly text: string;
}

/** One script on its way to its wires. */
class Wiring {
  readonly #source: string;
  readonly #found: Found;
  /** No script has members of its own with names that are trusted. */
  readonly #trusting: boolean;
  readonly #wired = new Set<Frame>();
  readonly #edits: Edit[] = [];

  constructor(source: string, found: Found, trusting: boolean) {
    this.#source = source;
    this.#found = found;
    this.#trusting = trusting;
  }

  text(): string | undefined {
    const { sites, unprovable } = this.#found;
    if (unprovable || !sites.every((site) => this.#judge(site))) return undefined;
    for (const { node } of this.#wired) {
      const body = 'body' in node ? (node.body as AnyNode) : undefined;
      if (!body) return undefined;
      if (body.type === 'BlockStatement') this.#edits.push({ at: body.start + 1, text: `${WIRES.trip}();` });
      else this.#edits.push({ at: body.start, text: `(${WIRES.trip}(),` }, { at: body.end, text: ')' });
    }
    let text = '';
    let from = 0;
    for (const { at, text: inserted } of this.#edits.sort((a, b) => a.at - b.at)) {
      text += this.#source.slice(from, at) + inserted;
      from = at;
    }
    return text + this.#source.slice(from);
  }

  /** @returns false where no wire is enough */
  #judge(site: Site): boolean {
    const { node, parent } = site;
    if (site.role === 'target') return this.#target(site);
    switch (node.type) {
      case 'Identifier':
        // A wire's own name, however it is written.
        if (node.name.startsWith('$fieldwriter')) return false;
        return !UNPROVABLE_NAMES.has(node.name) || this.#resolve(node.name, node.start) !== undefined;
      case 'Literal':
        return this.#regex(site);
      case 'MemberExpression':
        return this.#member(site);
      default:
        return this.#key(node, parent);
    }
  }

  /** Something is changed here. @returns as above */
  #target(site: Site): boolean {
    const { node, frame } = site;
    this.#computed(node);
    if (frame === undefined) return true;
    if (node.type === 'Identifier') {
      const binding = this.#resolve(node.name, node.start);
      return (binding?.frame !== undefined && this.#same(binding.frame, frame)) || this.#wire(site);
    }
    if (node.type !== 'MemberExpression') return false;
    if (node.object.type === 'ThisExpression' && frame.makes) return true;
    return this.#isOwn(node.object, frame) || this.#wire(site);
  }

  #member(site: Site): boolean {
    const { node, parent, frame } = site;
    if (node.type !== 'MemberExpression') return false;
    this.#computed(node);
    const name = memberName(node);
    if (name === undefined) return true;
    if (BORROWERS.has(name)) return false;
    const call = parent?.type === 'CallExpression' && parent.callee === node ? parent : undefined;
    if (ITERATORS.has(name))
      return call ? this.#consumed(site, node) : parent?.type === 'MemberExpression' && parent.object === node;
    const changes = isMutator(name);
    if (!changes && !CHANGERS.has(name)) return true;
    if (!call) return false;
    const changed = changes ? node.object : call.arguments[0];
    if (frame === undefined || (changed && this.#isOwn(changed as AnyNode, frame))) return true;
    return this.#wire(site);
  }

  /** What an iterator gives is taken where it is made. */
  #consumed({ grandparent, parent }: Site, node: AnyNode): boolean {
    if (node.type !== 'MemberExpression') return false;
    const of = node.object;
    if (of.type === 'Identifier' && of.name === 'Object' && !this.#resolve('Object', of.start)) return true;
    switch (grandparent?.type) {
      case 'ForOfStatement':
        return grandparent.right === parent;
      case 'SpreadElement':
        return true;
      case 'NewExpression':
        return grandparent.callee.type === 'Identifier' && MADE_NEW.has(grandparent.callee.name);
      case 'CallExpression': {
        const { callee } = grandparent;
        return callee.type === 'MemberExpression' && this.#isMaking(callee) && grandparent.arguments[0] === parent;
      }
      default:
        return false;
    }
  }

  #regex({ node, parent }: Site): boolean {
    if (node.type !== 'Literal' || !('regex' in node) || !/[gy]/.test(node.regex?.flags ?? '')) return true;
    if (!this.#trusting || parent?.type !== 'CallExpression' || parent.callee.type !== 'MemberExpression') return false;
    return TEXT_READERS.has(memberName(parent.callee) ?? '');
  }

  #key(node: AnyNode, parent: AnyNode | undefined): boolean {
    if (node.type !== 'Property' && node.type !== 'MethodDefinition' && node.type !== 'PropertyDefinition') return true;
    const taken = parent?.type === 'ObjectPattern';
    if (node.computed) {
      if (taken) return false;
      this.#watch(node.key);
      return true;
    }
    const { key } = node;
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';
    return !taken || !(isMutator(name) || CHANGERS.has(name) || ITERATORS.has(name));
  }

  /** A name that is worked out is watched, but for numbers. */
  #computed(node: AnyNode): void {
    if (node.type !== 'MemberExpression' || !node.computed) return;
    const { property } = node;
    if (property.type === 'Literal' || property.type === 'UpdateExpression') return;
    if (property.type === 'BinaryExpression' && NUMERIC.has(property.operator)) return;
    if (property.type === 'Identifier' && this.#resolve(property.name, property.start)?.counts === true) return;
    this.#watch(property);
  }

  #watch({ start, end }: { readonly start: number; readonly end: number }): void {
    this.#edits.push({ at: start, text: `${WIRES.key}((` }, { at: end, text: '))' });
  }

  #wire({ frame, node }: Site): boolean {
    if (!frame || frame.node.type === 'StaticBlock') return !frame;
    const body = 'body' in frame.node ? (frame.node.body as AnyNode | undefined) : undefined;
    // What stands among the parameters has run before the body begins.
    if (!body || node.start < body.start || node.end > body.end) return false;
    this.#wired.add(frame);
    return true;
  }

  /** Made by this very call, and known to nobody else by a name that could change it. */
  #isOwn(node: AnyNode, frame: Frame, asked: ReadonlySet<Binding> = new Set()): boolean {
    switch (node.type) {
      case 'Identifier': {
        const binding = this.#resolve(node.name, node.start);
        if (binding?.frame === undefined || binding.foreign || !this.#same(binding.frame, frame)) return false;
        if (asked.has(binding)) return true;
        const all = new Set([...asked, binding]);
        return binding.values.every((value) => this.#isOwn(value, frame, all));
      }
      case 'ArrayExpression':
      case 'ObjectExpression':
      case 'TemplateLiteral':
        return true;
      case 'Literal':
        return !('regex' in node);
      case 'NewExpression': {
        const { callee } = node;
        return callee.type === 'Identifier' && MADE_NEW.has(callee.name) && !this.#resolve(callee.name, callee.start);
      }
      case 'CallExpression': {
        const { callee } = node;
        if (callee.type !== 'MemberExpression') return false;
        // A reviver could answer something that is there already.
        if (memberName(callee) === 'parse' && node.arguments.length !== 1) return false;
        return this.#isMaking(callee) || (this.#trusting && MAKERS.has(memberName(callee) ?? ''));
      }
      case 'AssignmentExpression':
        return node.operator === '=' && this.#isOwn(node.right, frame, asked);
      case 'ConditionalExpression':
        return this.#isOwn(node.consequent, frame, asked) && this.#isOwn(node.alternate, frame, asked);
      case 'LogicalExpression':
        return this.#isOwn(node.left, frame, asked) && this.#isOwn(node.right, frame, asked);
      default:
        return false;
    }
  }

  /** `Object.keys`, `Array.from` and their like. */
  #isMaking(callee: AnyNode): boolean {
    if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return false;
    const { name, start } = callee.object;
    return (MAKING_FUNCTIONS[name] ?? []).includes(memberName(callee) ?? '') && !this.#resolve(name, start);
  }

  #same(a: Frame, b: Frame): boolean {
    return this.#region(a) === this.#region(b);
  }
  #region(frame: Frame): Frame | undefined {
    return regionOf(frame, (name) => this.#trusting && CALLERS.has(name));
  }
  #resolve(name: string, at: number): Binding | undefined {
    return this.#found.resolve(name, at);
  }
}
