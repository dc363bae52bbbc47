import type { AnyNode, Program } from 'acorn';
import { memberName, walk } from '#core/product/script-syntax.ts';
import { READING } from './watched-names.ts';

/** Functions of `Object` that read no member of what they are given. */
const NAMELESS: ReadonlySet<string> = new Set(['freeze', 'isFrozen', 'is']);
/** Objects whose other functions read all members. */
const READERS: ReadonlySet<string> = new Set(['Object', 'JSON']);
const READING_NAMES: ReadonlySet<string> = new Set(['Intl', 'Iterator', 'structuredClone', 'Temporal']);
/** What the language itself reads of objects: text and numbers made of them, lists, iterators, errors and sets; and counters not yet begun. */
const READ_BY_LANGUAGE = [
  ...['length', 'toJSON', 'toString', 'valueOf', 'constructor', 'then', 'next', 'done', 'value', 'return', 'throw'],
  ...['raw', 'cause', 'message', 'name', 'stack', 'exec', 'flags', 'global', 'sticky', 'unicode', 'lastIndex', 'index'],
  ...['groups', 'size', 'has', 'keys', 'get', 'set', 'enumerable', 'configurable', 'writable', 'prototype', 'errors'],
  'undefined',
  ...[
    'source',
    'input',
    'callee',
    'caller',
    'default',
    'exports',
    'maxByteLength',
    'buffer',
    'byteLength',
    'byteOffset',
  ],
];

/**
 * All names by which scripts can read members of what they are given, when they work out none: every name and text in their source. Names
 * that are worked out are watched while they run (BR36, BR38). Undefined for scripts that may read members without naming them, and not
 * knowing which: who goes through all members, copies them, or asks for their names.
 */
export function namesRead(programs: Iterable<Program>): ReadonlySet<string> | undefined {
  const names = new Set(READ_BY_LANGUAGE);
  let sure = true;
  for (const program of programs)
    walk(program, (node, [parent, grandparent]) => {
      sure &&= !readsUnnamed(node, parent, grandparent);
      if (node.type === 'Identifier') names.add(node.name);
      else if (node.type === 'Literal') names.add(String(node.value));
      else if (node.type === 'TemplateElement') names.add(node.value.cooked ?? '');
    });
  return sure ? names : undefined;
}

function readsUnnamed(node: AnyNode, parent: AnyNode | undefined, grandparent: AnyNode | undefined): boolean {
  switch (node.type) {
    case 'ForInStatement':
      return true;
    case 'SpreadElement':
      return parent?.type === 'ObjectExpression';
    case 'RestElement':
      return parent?.type === 'ObjectPattern';
    case 'BinaryExpression':
      return node.operator === 'in' && node.left.type !== 'Literal';
    case 'Identifier':
      if (READING_NAMES.has(node.name)) return true;
      if (READING.has(node.name)) return true;
      // Under another name nobody knows what is called.
      return READERS.has(node.name) && !isNameless(node, parent, grandparent);
    case 'Literal':
      return typeof node.value === 'string' && READING.has(node.value);
    default:
      return false;
  }
}

function isNameless(node: AnyNode, parent: AnyNode | undefined, grandparent: AnyNode | undefined): boolean {
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    const name = memberName(parent) ?? '';
    // A reviver hears all names of what it puts into the text's objects.
    if (name === 'parse') return parsesText(grandparent, parent);
    return NAMELESS.has(name);
  }
  // A member of the script's own.
  return parent?.type === 'MemberExpression' && parent.property === node && !parent.computed;
}

function parsesText(call: AnyNode | undefined, callee: AnyNode): boolean {
  if (call?.type !== 'CallExpression' || call.callee !== callee) return false;
  return call.arguments.length === 1 && call.arguments[0]?.type !== 'SpreadElement';
}
