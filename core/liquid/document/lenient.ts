/**
 * The lenient reading in front of liquidjs: rewrites what authors of the original platform write and liquidjs refuses
 * (formats §2.3) into what it parses. Line numbers never change; a map leads every column back to the author's text.
 */
export interface LenientText {
  readonly text: string;
  readonly warnings: readonly { readonly message: string; readonly line: number; readonly column: number }[];
  /** Every filter that the text names, for the warning about those that do not exist. */
  readonly filters: readonly { readonly name: string; readonly line: number; readonly column: number }[];
  /** Offset in the rewritten text → line and column (1-based) in the author's text. */
  place(offset: number): { readonly line: number; readonly column: number };
}

/** A tag or output that never ends; nothing sensible can be read behind it. */
export class UnclosedTag extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** @throws UnclosedTag */
export function readLeniently(source: string): LenientText {
  const rewriting = new Rewriting(source);
  let at = 0;
  while (at < source.length) {
    const open = nextOpening(source, at);
    rewriting.copy(at, open);
    if (open === source.length) break;
    at = source[open + 1] === '%' ? tag(rewriting, open) : output(rewriting, open);
  }
  return rewriting.finish();
}

export function lineAndColumn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/** The growing new text, with the offset in the source of each of its pieces. */
class Rewriting {
  readonly source: string;
  #text = '';
  readonly #pieces: { readonly to: number; readonly from: number }[] = [];
  readonly #warnings: { message: string; line: number; column: number }[] = [];
  readonly #filters: { name: string; line: number; column: number }[] = [];

  constructor(source: string) {
    this.source = source;
  }
  copy(from: number, to: number): void {
    if (from < to) this.put(this.source.slice(from, to), from);
  }
  put(text: string, from: number): void {
    this.#pieces.push({ to: this.#text.length, from });
    this.#text += text;
  }
  warn(message: string, offset: number): void {
    this.#warnings.push({ message, ...lineAndColumn(this.source, offset) });
  }
  filter(name: string, offset: number): void {
    this.#filters.push({ name, ...lineAndColumn(this.source, offset) });
  }
  finish(): LenientText {
    const { source } = this;
    const pieces = this.#pieces;
    return {
      text: this.#text,
      warnings: this.#warnings,
      filters: this.#filters,
      place: (offset) => {
        const piece = pieces.findLast((each) => each.to <= offset) ?? { to: 0, from: 0 };
        return lineAndColumn(source, Math.min(piece.from + offset - piece.to, source.length));
      },
    };
  }
}

function nextOpening(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at !== -1; at = source.indexOf('{', at + 1))
    if (source[at + 1] === '%' || source[at + 1] === '{') return at;
  return source.length;
}

/** Where a tag or output ends: its body, and the offset behind its closing braces. */
interface Extent {
  readonly bodyEnd: number;
  readonly end: number;
}

function tag(rewriting: Rewriting, open: number): number {
  const { source } = rewriting;
  const { bodyEnd, end } = tagExtent(rewriting, open);
  const [, dash = '', body = '', dashEnd = ''] = /^(-?)([\s\S]*?)(-?)$/.exec(source.slice(open + 2, bodyEnd)) ?? [];
  const bodyStart = open + 2 + dash.length;
  const name = /^\s*(#|\w+)/.exec(body)?.[1];
  if (name === undefined) {
    rewriting.warn('this tag has no name: it is read as a comment and prints nothing', open);
    rewriting.put(`{% comment %}${newlines(body)}{% endcomment %}`, open);
    return end;
  }
  if (name === 'comment' || name === 'raw') return verbatim(rewriting, open, end, name);
  rewriting.put(`{%${dash}`, open);
  const nameStart = bodyStart + body.indexOf(name);
  const rest = body.slice(body.indexOf(name) + name.length);
  const restStart = nameStart + name.length;
  rewriting.copy(bodyStart, nameStart);
  const elseIf = name === 'else' ? /^\s+if\b/.exec(rest) : null;
  if (name === 'elseif' || name === 'elif' || elseIf) {
    rewriting.warn(`"${elseIf ? 'else if' : name}" is read as "elsif"`, nameStart);
    rewriting.put('elsif', nameStart);
    expression(rewriting, restStart + (elseIf?.[0].length ?? 0), rest.slice(elseIf?.[0].length ?? 0), 'condition');
  } else if ((name === 'else' || name.startsWith('end')) && rest.trim() !== '') {
    rewriting.warn(`"${rest.trim()}" behind "${name}" means nothing and is left out`, restStart);
    rewriting.put(name + newlines(rest), nameStart);
  } else {
    rewriting.put(name, nameStart);
    if (name === '#') rewriting.put(rest, restStart);
    else
      expression(
        rewriting,
        restStart,
        rest,
        CONDITIONS.has(name) ? 'condition' : name === 'assign' ? 'assign' : 'other',
      );
  }
  rewriting.put(`${dashEnd}%}`, bodyEnd);
  return end;
}
const CONDITIONS = new Set(['if', 'elsif', 'unless']);

/** Comments and raw blocks are copied unread; a comment's content goes, because liquidjs would still want it well-formed. */
function verbatim(rewriting: Rewriting, open: number, bodyStart: number, name: string): number {
  const { source } = rewriting;
  const closing = new RegExp(`\\{%-?\\s*end${name}\\s*-?%\\}`, 'g');
  closing.lastIndex = bodyStart;
  const match = closing.exec(source);
  if (!match) throw new UnclosedTag(`the tag "${name}" is never closed: add {% end${name} %}`, open);
  const end = match.index + match[0].length;
  if (name === 'raw') rewriting.copy(open, end);
  else rewriting.put(`{% comment %}${newlines(source.slice(open, end))}{% endcomment %}`, open);
  return end;
}

function output(rewriting: Rewriting, open: number): number {
  const { source } = rewriting;
  const { bodyEnd, end } = outputExtent(rewriting, open);
  const [, dash = '', body = '', dashEnd = ''] = /^(-?)([\s\S]*?)(-?)$/.exec(source.slice(open + 2, bodyEnd)) ?? [];
  if (body.trim() === '') {
    rewriting.put(`{% comment %}${newlines(body)}{% endcomment %}`, open);
    return end;
  }
  rewriting.put(`{{${dash}`, open);
  expression(rewriting, open + 2 + dash.length, body, 'output');
  rewriting.put(`${dashEnd}}}`, bodyEnd);
  return end;
}

function tagExtent(rewriting: Rewriting, open: number): Extent {
  const { source } = rewriting;
  const close = source.indexOf('%}', open + 2);
  const next = source.indexOf('{%', open + 2);
  if (close !== -1 && (next === -1 || close < next)) return { bodyEnd: close, end: close + 2 };
  const brace = /\}\}?/.exec(source.slice(open, next === -1 ? source.length : next));
  if (!brace) throw new UnclosedTag('this tag is never closed: it lacks its "%}"', open);
  rewriting.warn(`this tag ends with "${brace[0]}" instead of "%}"`, open);
  const bodyEnd = open + brace.index;
  return { bodyEnd, end: bodyEnd + brace[0].length };
}

function outputExtent(rewriting: Rewriting, open: number): Extent {
  const { source } = rewriting;
  const scan = /"[^"\n]*"|'[^'\n]*'|\}\}|%\}|\{\{|\{%|\}/g;
  scan.lastIndex = open + 2;
  for (let match = scan.exec(source); match; match = scan.exec(source)) {
    if (match[0] === '}}') return { bodyEnd: match.index, end: match.index + 2 };
    if (match[0] === '}' || match[0] === '%}') {
      rewriting.warn(`this output ends with "${match[0]}" instead of "}}"`, open);
      return { bodyEnd: match.index, end: match.index + match[0].length };
    }
    if (match[0] === '{{' || match[0] === '{%') break;
  }
  throw new UnclosedTag('this output is never closed: it lacks its "}}"', open);
}

const TOKEN =
  /"[^"]*"|'[^']*'|[“”][^“”]*[“”]|[‘’][^‘’]*[‘’]|\s+|\d+\.\d+(?![\w.])|[\w\u0080-\u2017\u2020-\uffff?-]+|===|!==|==|!=|<>|>=|<=|&&|\|\||\.\.|[\s\S]/g;
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['===', '=='],
  ['!==', '!='],
  ['<>', '!='],
  ['&&', ' and '],
]);

/** Rewrites the inside of a tag or output token by token. `from` is the offset of `text` in the source. */
function expression(
  rewriting: Rewriting,
  from: number,
  text: string,
  kind: 'condition' | 'assign' | 'output' | 'other',
): void {
  /** The last token that was no blank. */
  let last = '';
  /** Are we behind the first pipe? */
  let filters = false;
  /** Have we met braces? One warning a tag is enough. */
  let braces = false;
  const tokens = [...text.matchAll(TOKEN)].map((match) => ({ text: match[0], from: from + match.index }));
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (!token) break;
    const following = tokens.slice(index + 1).find((each) => each.text.trim() !== '')?.text;
    const say = (message: string) => rewriting.warn(message, token.from);
    const operator = OPERATORS.get(token.text);
    let written = token.text;
    if (token.text.trim() === '') {
      rewriting.put(token.text, token.from);
      continue;
    }
    if (token.text === '{' || token.text === '}') {
      if (!braces) say('braces inside a tag mean nothing and are left out');
      braces = true;
      continue;
    }
    if (token.text === '||') {
      if (kind === 'condition') {
        say('"||" is read as "or"');
        written = ' or ';
      } else {
        say('a doubled pipe is read as one');
        written = '|';
      }
    }
    if (written === '|') {
      if (last === '|') {
        say('a doubled pipe is read as one');
        continue;
      }
      // Nothing in front of the first filter ({{ | page_number }}): nil goes in.
      if (!filters && (last === '' || last === '=')) written = 'nil |';
      filters = true;
    } else if (token.text === '=' && last === '=' && kind === 'assign') {
      say('a doubled equals sign is read as one');
      continue;
    } else if (operator !== undefined) {
      written = operator;
      say(`"${token.text}" is read as "${written.trim()}"`);
    } else if (token.text === '=' && kind === 'condition') {
      written = '==';
      say('"=" in a condition is read as "=="');
    } else if (/^[“”‘’]/.test(token.text) && token.text.length > 1) {
      written = `"${token.text.slice(1, -1).replaceAll('"', "'")}"`;
      say('typographic quotes are read as plain ones');
    } else if (token.text === '.' && /^\d+$/.test(following ?? '') && !/[\w\])]$/.test(last)) {
      say(`".${following}" is read as "0.${following}"`);
      written = '0.';
    } else if (/^\d+\.0+$/.test(token.text)) {
      // liquidjs reads 1.0 as the integer 1; as text it stays the decimal that keeps a division from truncating.
      const alone = following === undefined || following === '|';
      if (filters) written = `"${token.text}"`;
      else if (alone && (kind === 'output' || (kind === 'assign' && last === '=')))
        written = `"${token.text}" | to_decimal`;
    }
    if (last === '|' && /^\w/.test(token.text)) rewriting.filter(token.text, token.from);
    if (/^["']/.test(token.text)) written = token.text.replaceAll('\\', '\\\\'); // the original knows no escapes
    rewriting.put(written, token.from);
    last = written.trim().slice(-1) === '|' ? '|' : token.text;
  }
}

function newlines(text: string): string {
  return text.replaceAll(/[^\n]/g, '');
}
