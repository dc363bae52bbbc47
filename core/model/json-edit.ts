import type { JsonValue } from './json.ts';

/**
 * Changes a JSON text where it has to change and nowhere else: order, unknown members, blanks and line ends of everything that was
 * not touched stay as their author wrote them. Positions are offsets into the text.
 */
export interface JsonPart {
  readonly start: number;
  readonly end: number;
  /** Of an object, in their order. */
  readonly members?: readonly { readonly name: string; readonly start: number; readonly part: JsonPart }[];
  /** Of an array. */
  readonly items?: readonly JsonPart[];
}
export type JsonPath = readonly (string | number)[];

const MOST_DEPTH = 100;

/** The parts of a JSON text; undefined for anything that is no strict JSON: it can only be edited as text. */
export function readParts(text: string): JsonPart | undefined {
  try {
    const reader = new Reader(text);
    const part = reader.value(0);
    return reader.atEnd() ? part : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The value of a part of the text. */
export function jsonOf(text: string, part: JsonPart): JsonValue {
  return JSON.parse(text.slice(part.start, part.end)) as JsonValue;
}

/** The part at a path; undefined when nothing is there. The last of several equal names counts, as in JSON.parse. */
export function partAt(root: JsonPart, path: JsonPath): JsonPart | undefined {
  return path.reduce<JsonPart | undefined>(
    (part, step) =>
      typeof step === 'number' ? part?.items?.[step] : part?.members?.findLast(({ name }) => name === step)?.part,
    root,
  );
}

/** Gives a member of the object at the path a value; a new one stands last. Throws RangeError when no object is there. */
export function setMember(text: string, path: JsonPath, name: string, value: JsonValue): string {
  const part = objectAt(text, path);
  const known = part.members.findLast((member) => member.name === name);
  const style = styleOf(text);
  if (known) {
    const { start, end } = known.part;
    return replaced(text, start, end, written(value, indentAt(text, known.start), style));
  }
  const member = (indent: string): string => `${JSON.stringify(name)}: ${written(value, indent, style)}`;
  return inserted(
    text,
    part,
    part.members.map((one) => ({ start: one.start, end: one.part.end })),
    part.members.length,
    member,
    true,
  );
}

/** Takes a member away with its comma; nothing happens when it is not there. */
export function removeMember(text: string, path: JsonPath, name: string): string {
  const part = objectAt(text, path);
  const spans = part.members.map((member) => ({ start: member.start, end: member.part.end }));
  const index = part.members.findLastIndex((member) => member.name === name);
  return index < 0 ? text : removed(text, part, spans, index);
}

/** Puts a value into the array at the path, before the item that is at the index. */
export function insertItem(text: string, path: JsonPath, index: number, value: JsonValue): string {
  const part = arrayAt(text, path);
  const style = styleOf(text);
  return inserted(text, part, part.items, index, (indent) => written(value, indent, style), isComposed(value));
}

/** Takes an item of the array at the path away, with its comma. */
export function removeItem(text: string, path: JsonPath, index: number): string {
  const part = arrayAt(text, path);
  return removed(text, part, part.items, index);
}

/** Moves an item of the array at the path to another place. */
export function moveItem(text: string, path: JsonPath, from: number, to: number): string {
  const { items, start, end } = arrayAt(text, path);
  const order = items.map((_, index) => index);
  const [moved] = order.splice(from, 1);
  if (moved === undefined || to < 0 || to >= items.length) return text;
  order.splice(to, 0, moved);
  // What stands between the items stays where it is; only their own texts change places.
  let result = text.slice(0, start + 1);
  let behind = start + 1;
  for (const [place, item] of items.entries()) {
    const other = items[order[place] ?? place] ?? item;
    result += text.slice(behind, item.start) + text.slice(other.start, other.end);
    behind = item.end;
  }
  return result + text.slice(behind, end) + text.slice(end);
}

interface Style {
  readonly unit: string;
  readonly newline: string;
}
type Span = Pick<JsonPart, 'start' | 'end'>;

function styleOf(text: string): Style {
  return { unit: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ', newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

function isComposed(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null;
}

/** A value as text: lists of plain values on one line, everything else a member a line. */
function written(value: JsonValue, indent: string, style: Style): string {
  if (Array.isArray(value) && !value.some(isComposed))
    return `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
  if (!isComposed(value)) return JSON.stringify(value);
  const inner = indent + style.unit;
  const [open, close, lines] = Array.isArray(value)
    ? ['[', ']', value.map((item) => written(item, inner, style))]
    : [
        '{',
        '}',
        Object.entries(value as object).map(
          ([name, one]) => `${JSON.stringify(name)}: ${written(one as JsonValue, inner, style)}`,
        ),
      ];
  if (lines.length === 0) return open + close;
  return `${open}${style.newline}${lines.map((line) => inner + line).join(`,${style.newline}`)}${style.newline}${indent}${close}`;
}

/** The blanks at the beginning of the line that an offset stands on. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function inserted(
  text: string,
  whole: JsonPart,
  spans: readonly Span[],
  index: number,
  write: (indent: string) => string,
  ownLine: boolean,
): string {
  const { newline, unit } = styleOf(text);
  const [first] = spans;
  if (!first) {
    const outer = indentAt(text, whole.start);
    const [open = '', close = ''] = [text[whole.start], text[whole.end - 1]];
    const isObject = open === '{';
    if (!ownLine || (isObject && !text.includes('\n'))) {
      const blank = isObject ? ' ' : '';
      return replaced(text, whole.start, whole.end, `${open}${blank}${write(outer)}${blank}${close}`);
    }
    const inner = outer + unit;
    return replaced(text, whole.start, whole.end, `${open}${newline}${inner}${write(inner)}${newline}${outer}${close}`);
  }
  const lines = text.slice(whole.start, first.start).includes('\n');
  const indent = indentAt(text, first.start);
  const between = lines ? `,${newline}${indent}` : ', ';
  const next = spans[index];
  if (next) return replaced(text, next.start, next.start, write(indent) + between);
  const end = spans.at(-1)?.end ?? first.end;
  return replaced(text, end, end, between + write(indent));
}

function removed(text: string, whole: JsonPart, spans: readonly Span[], index: number): string {
  const [span, next, before] = [spans[index], spans[index + 1], spans[index - 1]];
  if (!span) return text;
  if (next) return replaced(text, span.start, next.start, '');
  if (before) return replaced(text, before.end, span.end, '');
  return replaced(text, whole.start + 1, whole.end - 1, '');
}

function replaced(text: string, start: number, end: number, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

function objectAt(text: string, path: JsonPath) {
  const part = rootOf(text, path);
  if (part?.members) return { ...part, members: part.members };
  throw new RangeError(`There is no object at ${path.join('.') || 'the root'}.`);
}

function arrayAt(text: string, path: JsonPath) {
  const part = rootOf(text, path);
  if (part?.items) return { ...part, items: part.items };
  throw new RangeError(`There is no list at ${path.join('.') || 'the root'}.`);
}

function rootOf(text: string, path: JsonPath): JsonPart | undefined {
  const root = readParts(text);
  if (!root) throw new RangeError('The text is no JSON.');
  return partAt(root, path);
}

/** Reads strict JSON (RFC 8259) and remembers where everything stands. Throws SyntaxError. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): JsonPart {
    this.#blanks();
    if (depth > MOST_DEPTH) throw new SyntaxError('nested too deeply');
    const start = this.#at;
    switch (this.#text[start]) {
      case '{': {
        const members: { name: string; start: number; part: JsonPart }[] = [];
        this.#list('}', () => {
          const at = this.#at;
          const name = String(JSON.parse(this.#token(STRING)));
          this.#blanks();
          this.#token(/:/y);
          members.push({ name, start: at, part: this.value(depth + 1) });
        });
        return { start, end: this.#at, members };
      }
      case '[': {
        const items: JsonPart[] = [];
        this.#list(']', () => items.push(this.value(depth + 1)));
        return { start, end: this.#at, items };
      }
      case '"':
        JSON.parse(this.#token(STRING));
        return { start, end: this.#at };
      default:
        this.#token(PLAIN);
        return { start, end: this.#at };
    }
  }

  atEnd(): boolean {
    this.#blanks();
    return this.#at === this.#text.length;
  }

  #list(close: string, element: () => void): void {
    this.#at += 1;
    this.#blanks();
    if (this.#text[this.#at] !== close) {
      for (;;) {
        this.#blanks();
        element();
        this.#blanks();
        if (this.#text[this.#at] !== ',') break;
        this.#at += 1;
      }
    }
    if (this.#text[this.#at] !== close) throw new SyntaxError(`expected ${close}`);
    this.#at += 1;
  }

  #token(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) throw new SyntaxError(`unexpected text at ${this.#at}`);
    this.#at += found.length;
    return found;
  }

  #blanks(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? '.')) this.#at += 1;
  }
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const PLAIN = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
