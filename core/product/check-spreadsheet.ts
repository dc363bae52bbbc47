import type { Expression, Node, Program, Super } from 'acorn';
import { SPREADSHEET_FILTERS, SPREADSHEET_NAMES } from '#core/liquid/spreadsheet/names.ts';
import { memberName, walk } from './script-syntax.ts';

/** What a script gets from `require('spreadsheet')` and is not there: `const { ROUNDD } = …`, `sheet.ROUNDD(…)`. */
export function unknownSpreadsheetNames(program: Program): readonly { readonly name: string; readonly node: Node }[] {
  const known = new Set([...SPREADSHEET_NAMES, ...SPREADSHEET_FILTERS]);
  const found: { name: string; node: Node }[] = [];
  const variables = new Set<string>();
  const note = (name: string | undefined, node: Node): void => {
    if (name !== undefined && !known.has(name)) found.push({ name, node });
  };
  walk(program, (node) => {
    if (node.type !== 'VariableDeclarator' || !isSpreadsheet(node.init)) return;
    if (node.id.type === 'Identifier') variables.add(node.id.name);
    if (node.id.type !== 'ObjectPattern') return;
    for (const property of node.id.properties)
      if (property.type === 'Property' && !property.computed)
        note(property.key.type === 'Identifier' ? property.key.name : String(literalOf(property.key)), property);
  });
  walk(program, (node) => {
    if (node.type !== 'MemberExpression') return;
    const { object } = node;
    if ((object.type === 'Identifier' && variables.has(object.name)) || isSpreadsheet(object))
      note(memberName(node), node);
  });
  return found;
}

function literalOf(node: Node): unknown {
  return (node as { readonly value?: unknown }).value;
}

function isSpreadsheet(node: Expression | Super | null | undefined): boolean {
  if (node?.type !== 'CallExpression' || node.callee.type !== 'Identifier') return false;
  const [argument] = node.arguments;
  return node.callee.name === 'require' && argument !== undefined && literalOf(argument) === 'spreadsheet';
}
