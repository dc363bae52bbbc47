import { type Comment, type Expression, type Position, parseExpressionAt } from 'acorn';
import type { JsonValue } from '#core/model/json.ts';

/** A JSON value that knows where it stands. Lines and columns are 1-based. */
export interface JsonNode {
  readonly value: JsonValue;
  readonly line: number;
  readonly column: number;
  /** Of an object, by key; the last of several equal keys. */
  readonly members?: ReadonlyMap<string, JsonMember>;
  /** Of an array. */
  readonly items?: readonly JsonNode[];
}
export interface JsonMember {
  readonly line: number;
  readonly column: number;
  readonly node: JsonNode;
}
export interface JsonFault {
  readonly severity: 'error' | 'warning';
  readonly code: 'json-syntax' | 'json-not-strict' | 'json-duplicate-key';
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Reads JSON with places, through acorn: every JSON text is a JavaScript expression. Comments are read
 * with a warning and a trailing comma with an error, so that the rest can still be checked; everything else that is no JSON is
 * one error, and then there is no node.
 */
export function parseJson(text: string): { readonly node?: JsonNode; readonly faults: readonly JsonFault[] } {
  const faults: JsonFault[] = [];
  const warn = (code: JsonFault['code'], message: string, at: Position | null | undefined): void => {
    faults.push({
      severity: code === 'json-syntax' ? 'error' : 'warning',
      code,
      message,
      line: at?.line ?? 1,
      column: (at?.column ?? 0) + 1,
    });
  };
  const comments: Comment[] = [];
  try {
    const root = parseExpressionAt(text, 0, { ecmaVersion: 2024, locations: true, onComment: comments });
    const after = blankComments(text.slice(root.end)).search(/\S/);
    if (after >= 0) throw notJson('nothing may follow the value', placeOf(text, root.end + after));
    if (comments[0]) warn('json-not-strict', 'JSON has no comments: remove it.', comments[0].loc?.start);
    return { node: read(root, text, warn), faults };
  } catch (error) {
    if (error instanceof RangeError) return { faults: [fault('nested too deeply', { line: 1, column: 0 })] };
    const at = (error as { loc?: Position }).loc;
    const what = error instanceof Error ? error.message.replace(/ \(\d+:\d+\)$/, '') : String(error);
    return { faults: [...faults, fault(what, at ?? { line: 1, column: 0 })] };
  }
}

const fault = (what: string, at: Position): JsonFault => ({
  severity: 'error',
  code: 'json-syntax',
  message: `This is no valid JSON: ${what.charAt(0).toLowerCase()}${what.slice(1)}.`,
  line: at.line,
  column: at.column + 1,
});

function notJson(what: string, at: Position | null | undefined): Error {
  return Object.assign(new SyntaxError(what), { loc: at ?? undefined });
}

function placeOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|[\n\r]/);
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}

const blankComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => ' '.repeat(comment.length));

type Warn = (code: JsonFault['code'], message: string, at: Position | null | undefined) => void;

function read(node: Expression, text: string, warn: Warn): JsonNode {
  const start = node.loc?.start;
  const at = { line: start?.line ?? 1, column: (start?.column ?? 0) + 1 };
  const trailingComma = (last: { end: number } | undefined | null): void => {
    if (!last || !blankComments(text.slice(last.end, node.end)).includes(',')) return;
    warn('json-syntax', 'This is no valid JSON: no comma may stand before a closing bracket.', placeOf(text, last.end));
  };
  switch (node.type) {
    case 'ObjectExpression': {
      const members = new Map<string, JsonMember>();
      for (const property of node.properties) {
        const place = property.loc?.start;
        if (property.type !== 'Property' || property.kind !== 'init' || property.method || property.computed)
          throw notJson('expected "name": value', place);
        const { key } = property;
        if (key.type !== 'Literal' || !key.raw?.startsWith('"')) throw notJson('names stand in double quotes', place);
        const name = String(key.value);
        if (members.has(name)) warn('json-duplicate-key', `"${name}" occurs twice: the last one counts.`, place);
        members.set(name, {
          line: place?.line ?? 1,
          column: (place?.column ?? 0) + 1,
          node: read(property.value, text, warn),
        });
      }
      trailingComma(node.properties.at(-1));
      return { ...at, members, value: Object.fromEntries([...members].map(([name, { node }]) => [name, node.value])) };
    }
    case 'ArrayExpression': {
      const items = node.elements.map((element) => {
        if (!element || element.type === 'SpreadElement')
          throw notJson('a value is missing', element?.loc?.start ?? start);
        return read(element, text, warn);
      });
      trailingComma(node.elements.at(-1));
      return { ...at, items, value: items.map((item) => item.value) };
    }
    case 'UnaryExpression': {
      const { argument } = node;
      if (node.operator !== '-' || argument.type !== 'Literal' || typeof argument.value !== 'number') break;
      return { ...at, value: -argument.value };
    }
    case 'Literal': {
      const { value, raw = '' } = node;
      if (typeof value === 'string') {
        if (!raw.startsWith('"')) throw notJson('text stands in double quotes', start);
        return { ...at, value };
      }
      if (typeof value === 'number' && !/^(\d+\.?\d*([eE][+-]?\d+)?)$/.test(raw)) break;
      if (typeof value === 'number' || typeof value === 'boolean' || value === null) return { ...at, value };
      break;
    }
  }
  throw notJson(`unexpected ${text.slice(node.start, Math.min(node.end, node.start + 20))}`, start);
}
