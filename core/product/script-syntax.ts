import { type AnyNode, type Expression, type Node, type Program, parse, type SpreadElement } from 'acorn';
import type { ReportPlace } from './reports.ts';

export type { AnyNode, Program } from 'acorn';

/** A script as a tree, or where it stops being JavaScript. */
export type ParsedScript =
  | { readonly ok: true; readonly program: Program }
  | {
      readonly ok: false;
      readonly message: string;
      readonly line: number;
      readonly column: number;
      readonly isModule: boolean;
    };

/** Parses a plugin script: CommonJS, so `return` at the top and a first line `#!` are fine and `import` is not. */
export function parseScript(text: string): ParsedScript {
  const options = {
    ecmaVersion: 'latest',
    locations: true,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
  } as const;
  try {
    return { ok: true, program: parse(text, { ...options, sourceType: 'script' }) };
  } catch (error) {
    const at = (error as { loc?: { line: number; column: number } }).loc;
    const message = (error instanceof Error ? error.message : String(error)).replace(/ \(\d+:\d+\)$/, '');
    return { ok: false, message, line: at?.line ?? 1, column: (at?.column ?? 0) + 1, isModule: isModule(text) };
  }
}

function isModule(text: string): boolean {
  try {
    parse(text, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true });
    return true;
  } catch {
    return false;
  }
}

/** Calls back for every node below one, with its parents, nearest first. Iterative: deep trees do not overflow. */
export function walk(root: Node, visit: (node: AnyNode, parents: readonly AnyNode[]) => void): void {
  const stack: { node: AnyNode; parents: readonly AnyNode[] }[] = [{ node: root as AnyNode, parents: [] }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, parents } = next;
    visit(node, parents);
    const below = [node, ...parents.slice(0, 15)];
    for (const child of childrenOf(node).reverse()) stack.push({ node: child, parents: below });
  }
}

/** The nodes right below one, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const isNode = (value: unknown): value is AnyNode =>
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
  return Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

export function placeOf(file: string, node: Node): Required<ReportPlace> {
  return { file, line: node.loc?.start.line ?? 1, column: (node.loc?.start.column ?? 0) + 1 };
}

/** `a.b`, `a["b"]` and `a?.b` → `b`; undefined when the name is computed. */
export function memberName(node: AnyNode | Expression | SpreadElement): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const { property, computed } = node;
  if (!computed) return property.type === 'Identifier' ? property.name : undefined;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}

/** The texts that an expression can only be: literals, and both sides of `? :`, `||`, `??`. */
export function literalTexts(
  node: Expression | SpreadElement,
): readonly { readonly text: string; readonly node: Node }[] {
  if (node.type === 'Literal' && typeof node.value === 'string') return [{ text: node.value, node }];
  if (node.type === 'TemplateLiteral' && node.quasis.length === 1)
    return [{ text: node.quasis[0]?.value.cooked ?? '', node }];
  if (node.type === 'ConditionalExpression') return [...literalTexts(node.consequent), ...literalTexts(node.alternate)];
  if (node.type === 'LogicalExpression') return [...literalTexts(node.left), ...literalTexts(node.right)];
  return [];
}
