import type { AnyNode, Identifier, Program } from 'acorn';
import { walk } from './script-syntax.ts';

/** What a script finds without declaring it: the language, and what the original platform binds (formats §1.11). */
const GIVEN = new Set(
  `undefined NaN Infinity globalThis global arguments eval console require exports module socotraApi __dirname __filename
  parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI escape unescape
  Object Function Array Number String Boolean Symbol BigInt Math JSON Reflect Proxy Atomics Intl Date RegExp Promise Iterator
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry Error AggregateError EvalError RangeError ReferenceError SyntaxError
  TypeError URIError SuppressedError ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array
  Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array
  Policy Policyholder Claim Invoice Quote PolicyQuote Endorsement Renewal Cancellation Reinstatement Exposure Peril Payment
  PolicyModification PremiumReport Grace Product`.split(/\s+/),
);

/**
 * Names that a script reads and nowhere declares. Declarations of any scope count for the whole file, so that a name that is
 * reported is one that can not be there; names that the script asks after with `typeof` are left out.
 */
export function undeclaredNames(program: Program): readonly Identifier[] {
  const declared = new Set<string>();
  const used: Identifier[] = [];
  walk(program, (node, parents) => {
    if (node.type !== 'Identifier') return;
    const [parent] = parents;
    if (!parent || isName(node, parent)) return;
    if (isDeclared(node, parents)) declared.add(node.name);
    else used.push(node);
  });
  const first = new Map<string, Identifier>();
  for (const node of used)
    if (!GIVEN.has(node.name) && !declared.has(node.name) && !first.has(node.name)) first.set(node.name, node);
  return [...first.values()];
}

/** An identifier that is no reference: a property's or label's name, a meta property. */
function isName(node: AnyNode, parent: AnyNode): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return parent.property === node && !parent.computed;
    case 'Property':
      return parent.key === node && !parent.computed && parent.value !== node;
    case 'PropertyDefinition':
    case 'MethodDefinition':
      return parent.key === node && !parent.computed;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return true;
    default:
      return false;
  }
}

/** Declared, assigned somewhere (an implicit global), asked after with `typeof`, or an entity handed to `fetchByLocator`. */
function isDeclared(node: AnyNode, parents: readonly AnyNode[]): boolean {
  let inner = node;
  for (const parent of parents) {
    switch (parent.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        return parent.id === inner || parent.params.some((param) => param === inner);
      case 'ArrowFunctionExpression':
        return parent.params.some((param) => param === inner);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return parent.id === inner;
      case 'VariableDeclarator':
        return parent.id === inner;
      case 'CatchClause':
        return parent.param === inner;
      case 'AssignmentExpression':
      case 'ForInStatement':
      case 'ForOfStatement':
        return parent.left === inner;
      case 'UnaryExpression':
        return parent.operator === 'typeof';
      case 'CallExpression':
        return (
          parent.arguments[0] === inner &&
          parent.callee.type === 'MemberExpression' &&
          parent.callee.property.type === 'Identifier' &&
          parent.callee.property.name === 'fetchByLocator'
        );
      // A pattern: look at what it belongs to.
      case 'AssignmentPattern':
        if (parent.left !== inner) return false;
        break;
      case 'Property':
        if (parent.value !== inner) return false;
        break;
      case 'ObjectPattern':
      case 'ArrayPattern':
      case 'RestElement':
        break;
      default:
        return false;
    }
    inner = parent;
  }
  return false;
}
