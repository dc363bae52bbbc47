import type { Expression, Node } from './ast.ts';
import { filterEntry } from './catalog.ts';

/**
 * What the calls right in a body would set, as the author wrote it: a text without its quotes, a captured text with its outputs
 * in braces, anything else as an expression. Branches and loops further inside are rules of their own.
 */
export function settersIn(body: readonly Node[]): { readonly filter: string; readonly value: string }[] {
  const captured = new Map<string, string>();
  const found: { filter: string; value: string }[] = [];
  for (const node of body) {
    if (node.kind === 'capture') captured.set(node.name, textIn(node.body));
    if (node.kind !== 'output' || node.expression.kind !== 'filtered') continue;
    const { input, filters } = node.expression;
    const last = filters.at(-1);
    if (!last || filterEntry(last.name)?.kind !== 'setter') continue;
    found.push({ filter: last.name, value: filters.length === 1 ? written(input, captured) : last.input });
  }
  return found;
}

function written(expression: Expression, captured: ReadonlyMap<string, string>): string {
  if (expression.kind === 'literal' && expression.value.type === 'string') return expression.value.value;
  const known = expression.kind === 'path' && expression.keys.length === 0 ? captured.get(expression.root) : undefined;
  return known ?? expression.text;
}

function textIn(body: readonly Node[]): string {
  const parts = body.map((node) => {
    if (node.kind === 'text') return node.text;
    return node.kind === 'output' ? `{${node.expression.text}}` : '';
  });
  return parts.join('').trim();
}
