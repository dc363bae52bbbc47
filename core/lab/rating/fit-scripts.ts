import type { AnyNode, Program } from 'acorn';
import type { Configuration } from '#core/model/product.ts';
import { requiredScript, requires, resolveScript } from '#core/product/script-files.ts';
import { memberName, parseScript, walk } from '#core/product/script-syntax.ts';
import { namesRead } from './read-names.ts';
import { wiredScripts } from './stateless.ts';

/** The scripts that a rater is made of, or why it is not rated in one realm with the others of its book. */
export type FitScripts =
  | {
      readonly fit: true;
      readonly paths: readonly string[];
      /** They catch errors. */
      readonly catches: boolean;
      /** By path, with wires where something could outlive a call (BR36); absent where wires are not enough. */
      readonly wired?: ReadonlyMap<string, string>;
      /** Names of all that they read, but for those that wires watch (BR38); absent where they may read more, or have no wires. */
      readonly reads?: ReadonlySet<string>;
    }
  | { readonly fit: false; readonly why: string };

/** Names whose meaning is another in strict code or in a frozen realm, or that lead to objects which a script could change. */
const UNFIT_NAMES = new Set([
  ...['arguments', 'eval', 'Function', 'Reflect', 'Proxy', 'globalThis', 'global', 'WeakRef', 'FinalizationRegistry'],
  ...['Promise', 'Symbol', 'RegExp'],
]);
const UNFIT_MEMBERS = new Set([
  ...['prototype', '__proto__', 'constructor', 'setPrototypeOf', 'getPrototypeOf', 'caller', 'callee', 'random'],
  ...['__defineGetter__', '__defineSetter__', 'defineProperty', 'defineProperties'],
]);

/**
 * Whether the scripts behind a rater mean the same in strict code and in a frozen realm as they mean in a realm of their own (BR32). Read
 * from their syntax alone, and strictly: what is not sure to be the same is not fit. One that is not fit is rated one by one.
 */
export function fitScripts(configuration: Pick<Configuration, 'scripts'>, rater: string): FitScripts {
  const { scripts } = configuration;
  const paths = new Set<string>();
  let catches = false;
  const programs = new Map<string, { readonly source: string; readonly program: Program }>();
  const pending = [resolveScript(scripts, rater) ?? rater];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (paths.has(path)) continue;
    paths.add(path);
    const source = scripts[path];
    if (source === undefined) return { fit: false, why: `there is no script ${path}` };
    if (path.endsWith('.json')) continue;
    const parsed = parseScript(source);
    if (!parsed.ok) return { fit: false, why: `${path}: ${parsed.message}` };
    const strict = parseScript(`"use strict";${source.replace(/^\uFEFF/, '').replace(/^#!/, '//')}`);
    if (!strict.ok) return { fit: false, why: `${path}: ${strict.message} in line ${strict.line}` };
    let why: string | undefined;
    walk(parsed.program, (node, parents) => {
      catches ||= node.type === 'TryStatement';
      why ??= unfit(node, parents);
    });
    if (why !== undefined) return { fit: false, why: `${path}: ${why}` };
    programs.set(path, { source, program: parsed.program });
    for (const { target } of requires(parsed.program)) {
      const found = requiredScript(scripts, path, target);
      if (found !== undefined) pending.push(found);
    }
  }
  const wired = wiredScripts(programs);
  const reads = wired && namesRead([...programs.values()].map(({ program }) => program));
  return { fit: true, paths: [...paths], catches, ...(wired ? { wired } : {}), ...(reads ? { reads } : {}) };
}

/** @param parents nearest first */
function unfit(node: AnyNode, parents: readonly AnyNode[]): string | undefined {
  switch (node.type) {
    case 'ThisExpression':
      // Of a class it is what it is; of a function it would be the global object in sloppy code.
      return parents.some(({ type }) => type === 'ClassBody') ? undefined : at(node, 'this');
    case 'Identifier':
      return UNFIT_NAMES.has(node.name) && !isMember(node, parents[0]) ? at(node, node.name) : undefined;
    case 'MemberExpression': {
      const name = memberName(node) ?? '';
      return UNFIT_MEMBERS.has(name) ? at(node, name) : undefined;
    }
    case 'Property': {
      const { key, computed, kind } = node;
      // An answer may be read more than once.
      if (kind === 'get') return at(node, 'a getter');
      if (parents[0]?.type !== 'ObjectPattern' || computed) return undefined;
      const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';
      return UNFIT_MEMBERS.has(name) ? at(node, name) : undefined;
    }
    case 'WithStatement':
    case 'ImportExpression':
    case 'AwaitExpression':
      return at(node, node.type);
    case 'FunctionDeclaration':
      if (node.async) return at(node, 'an async function');
      // In sloppy code a plain function of a block is seen outside it.
      return !node.generator && parents[0]?.type === 'BlockStatement' ? blockFunction(node, parents) : undefined;
    case 'CallExpression':
      if (node.callee.type === 'Identifier' && node.callee.name === 'require' && node.arguments[0]?.type !== 'Literal')
        return at(node, 'require of a name that is worked out');
      return undefined;
    default:
      return undefined;
  }
}

function blockFunction(node: AnyNode, parents: readonly AnyNode[]): string | undefined {
  const [block, of] = parents;
  const isBody =
    block?.type === 'BlockStatement' &&
    (of?.type === 'FunctionDeclaration' || of?.type === 'FunctionExpression' || of?.type === 'ArrowFunctionExpression');
  return isBody ? undefined : at(node, 'a function inside a block');
}

function isMember(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent?.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand;
}

const at = (node: AnyNode, what: string): string => `${what} in line ${node.loc?.start.line ?? 0}`;
