import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { Branch, Expression, Node, Position, Template, When } from './ast.ts';
import { ExpressionParser, SyntaxProblem } from './expression.ts';
import { firstLine, type Range, type Report, readSegments, type Segment } from './segments.ts';

export interface ParseResult {
  readonly template: Template;
  /** Errors and guesses with their places, in the order of the file; `product` is null. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a premium, tax, fee or guidelines file leniently (rules L1–L20, formats §2.3). Never throws: what can not be understood
 * is an error with its line and column, what had to be guessed a warning.
 */
export function parse(source: string, file: string): ParseResult {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const place = positions(text);
  const diagnostics: Diagnostic[] = [];
  const report: Report = (severity, code, message, offset) => {
    diagnostics.push({ severity, code: `liquid-${code}`, message, product: null, file, ...place(offset) });
  };
  const body = new TemplateParser(text, place, report).template();
  diagnostics.sort((a, b) => a.line - b.line || a.column - b.column);
  return { template: { file, body }, diagnostics };
}

/** Offset → line and column, both 1-based. */
function positions(text: string): (offset: number) => Position {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

type Tag = Segment & { kind: 'tag' };
const MAXIMUM_DEPTH = 100;
const NIL: Expression = { kind: 'literal', value: { type: 'nil' }, text: '', line: 1, column: 1 };
/** Words that a block closes or goes on with; met outside their block they have nothing to belong to. */
const CLOSING = /^(end\w+|else|elsif|elseif|elif|when)$/;

class TemplateParser {
  readonly #source: string;
  readonly #place: (offset: number) => Position;
  readonly #report: Report;
  readonly #segments: readonly Segment[];
  #index = 0;
  #depth = 0;

  constructor(source: string, place: (offset: number) => Position, report: Report) {
    this.#source = source;
    this.#place = place;
    this.#report = report;
    this.#segments = readSegments(source, report);
  }

  template(): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      nodes.push(...this.#nodes());
      const left = this.#segments[this.#index];
      if (left?.kind !== 'tag') return nodes;
      this.#report('error', 'stray-tag', `\`{% ${left.name} %}\` closes nothing that is open`, left.from);
      this.#index += 1;
    }
  }

  /** Nodes up to the end of the file or to a tag that belongs to the block around them. */
  #nodes(): Node[] {
    const nodes: Node[] = [];
    for (let segment = this.#segments[this.#index]; segment; segment = this.#segments[this.#index]) {
      if (segment.kind === 'tag' && CLOSING.test(segment.name)) return nodes;
      this.#index += 1;
      const node = this.#node(segment);
      if (node) nodes.push(node);
    }
    return nodes;
  }

  #node(segment: Segment): Node | undefined {
    const place = this.#place(segment.from);
    if (segment.kind === 'text') return { kind: 'text', text: segment.text, ...place };
    if (segment.kind === 'output') {
      return { kind: 'output', expression: this.#read(segment.markup, (p) => p.filtered(), NIL), ...place };
    }
    switch (segment.name) {
      case 'echo':
        return { kind: 'output', expression: this.#read(segment.markup, (p) => p.filtered(), NIL), ...place };
      case 'assign':
        return this.#read(
          segment.markup,
          (p) => {
            const name = p.name('the name of a variable');
            p.expect('=');
            for (let at = p.offset; p.take('='); at = p.offset)
              this.#report('warning', 'doubled-equals', 'a doubled equals sign is read as one', at);
            return { kind: 'assign', name, expression: p.filtered(), ...place };
          },
          undefined,
        );
      case 'capture': {
        const name = this.#read(segment.markup, (p) => p.name('the name of a variable'), '');
        return { kind: 'capture', name, body: this.#block(segment), ...place };
      }
      case 'if':
      case 'unless':
        return this.#if(segment, place);
      case 'case':
        return this.#case(segment, place);
      case 'for':
        return this.#for(segment, place);
      case 'cycle':
        return this.#cycle(segment, place);
      case 'increment':
      case 'decrement': {
        const name = this.#read(segment.markup, (p) => p.name('the name of a counter'), '');
        return { kind: 'counter', name, step: segment.name === 'increment' ? 1 : -1, ...place };
      }
      case 'break':
      case 'continue':
        return { kind: segment.name, ...place };
      case 'header':
      case 'footer':
        return { kind: 'block', name: segment.name, body: this.#block(segment), ...place };
      default:
        this.#report('error', 'unknown-tag', `there is no tag \`${segment.name}\` in a calculation`, segment.from);
        return undefined;
    }
  }

  #if(tag: Tag, place: Position): Node {
    const branches: Branch[] = [this.#branch(tag, tag.markup, tag.name === 'unless', place)];
    for (;;) {
      const next = this.#next(tag, /^(else|elsif|elseif|elif)$/);
      if (!next) return { kind: 'if', branches, ...place };
      const at = this.#place(next.from);
      if (branches.some(({ condition }) => !condition)) {
        this.#report('warning', 'after-else', `\`${next.name}\` after an \`else\` is never reached`, next.from);
      }
      const elseIf = next.name === 'else' && /^\s*if\b/.exec(this.#source.slice(next.markup.from, next.markup.to));
      if (next.name === 'else' && !elseIf) branches.push({ text: 'else', body: this.#body(), ...at });
      else {
        if (next.name !== 'elsif') {
          this.#report('warning', 'else-if', `\`${elseIf ? 'else if' : next.name}\` is read as \`elsif\``, next.from);
        }
        const skip = elseIf ? elseIf[0].length : 0;
        branches.push(this.#branch(next, { from: next.markup.from + skip, to: next.markup.to }, false, at));
      }
    }
  }

  #branch(tag: Tag, markup: Range, negated: boolean, place: Position): Branch {
    const condition = this.#read(markup, (p) => p.condition(), { kind: 'value', expression: NIL });
    const text = this.#source.slice(markup.from, markup.to).replace(/\s+/g, ' ').trim();
    return {
      condition: negated ? { kind: 'not', operand: condition } : condition,
      text: negated ? `unless ${text}` : text,
      body: this.#body(tag),
      ...place,
    };
  }

  #case(tag: Tag, place: Position): Node {
    const subject = this.#read(tag.markup, (p) => p.filtered(), NIL);
    this.#body(tag);
    const whens: When[] = [];
    let otherwise: (Position & { body: readonly Node[] }) | undefined;
    for (;;) {
      const next = this.#next(tag, /^(when|else)$/);
      if (!next) return { kind: 'case', subject, whens, ...(otherwise && { otherwise }), ...place };
      const at = this.#place(next.from);
      if (next.name === 'else') otherwise = { body: this.#body(), ...at };
      else {
        const values = this.#read(next.markup, whenValues, []);
        const shown = this.#source.slice(next.markup.from, next.markup.to).replace(/\s+/g, ' ').trim();
        whens.push({ values, text: `case ${subject.text} when ${shown}`, body: this.#body(), ...at });
      }
    }
  }

  #for(tag: Tag, place: Position): Node {
    const head = this.#read(tag.markup, forHead, { variable: '', collection: NIL, reversed: false });
    const body = this.#body(tag);
    const otherwise: Node[] = [];
    while (this.#next(tag, /^else$/)) otherwise.push(...this.#body());
    return { kind: 'for', ...head, body, otherwise, ...place };
  }

  #cycle(tag: Tag, place: Position): Node | undefined {
    return this.#read(
      tag.markup,
      (p) => {
        const start = p.offset;
        let first: Expression | undefined = p.primary();
        let group: string | undefined;
        if (p.take(':')) {
          group = first.text;
          first = undefined;
        }
        const values = first ? [first] : [p.primary()];
        while (p.take(',')) values.push(p.primary());
        return { kind: 'cycle', group: group ?? p.text(start), values, ...place };
      },
      undefined,
    );
  }

  /** The nodes of a block that has only an end, e.g. capture. */
  #block(tag: Tag): Node[] {
    const body = this.#body(tag);
    this.#next(tag, /^$/);
    return body;
  }

  #body(tag?: Tag): Node[] {
    this.#depth += 1;
    if (this.#depth > MAXIMUM_DEPTH) {
      if (tag) this.#report('error', 'too-deep', 'blocks are nested too deeply to be understood', tag.from);
      this.#index = this.#segments.length;
    }
    const nodes = this.#nodes();
    this.#depth -= 1;
    return nodes;
  }

  /** The next tag that belongs to a block, or undefined once the block has ended: closed, or found to be unclosed. */
  #next(open: Tag, goesOn: RegExp): Tag | undefined {
    const segment = this.#segments[this.#index];
    if (segment?.kind === 'tag' && goesOn.test(segment.name)) {
      this.#index += 1;
      return segment;
    }
    if (segment?.kind === 'tag' && segment.name === `end${open.name}`) {
      this.#index += 1;
      return undefined;
    }
    const line = this.#place(open.from).line;
    const opening = `\`{% ${firstLine(`${open.name} ${this.#source.slice(open.markup.from, open.markup.to).trim()}`)} %}\``;
    const met =
      segment?.kind === 'tag'
        ? `, but \`{% ${segment.name} %}\` comes first (line ${this.#place(segment.from).line})`
        : '';
    this.#report(
      'error',
      'unclosed-tag',
      `${opening} of line ${line} is never closed with \`{% end${open.name} %}\`${met}`,
      open.from,
    );
    return undefined;
  }

  #read<T>(markup: Range, read: (parser: ExpressionParser) => T, fallback: T): T {
    try {
      const parser = new ExpressionParser(this.#source, markup, this.#place, this.#report);
      const value = read(parser);
      parser.end();
      return value;
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      this.#report(
        'error',
        'syntax',
        `${error.message} in \`${firstLine(this.#source.slice(markup.from, markup.to))}\``,
        error.offset,
      );
      return fallback;
    }
  }
}

/** `"a", "b" or "c"` */
function whenValues(parser: ExpressionParser): Expression[] {
  const values = [parser.primary()];
  while (parser.take(',') || parser.take('or')) values.push(parser.primary());
  return values;
}

interface ForHead {
  readonly variable: string;
  readonly collection: Expression;
  readonly limit?: Expression;
  readonly offset?: Expression;
  readonly reversed: boolean;
}

/** `item in collection limit: 2 offset: 1 reversed` */
function forHead(parser: ExpressionParser): ForHead {
  const variable = parser.name('the name of the loop variable');
  parser.expect('in');
  const collection = parser.primary();
  let head: ForHead = { variable, collection, reversed: false };
  while (!parser.atEnd) {
    const start = parser.offset;
    parser.take(',');
    if (parser.take('reversed')) head = { ...head, reversed: true };
    else if (parser.take('limit')) {
      parser.expect(':');
      head = { ...head, limit: parser.primary() };
    } else if (parser.take('offset')) {
      parser.expect(':');
      if (parser.take('continue')) throw new SyntaxProblem('`offset: continue` is not supported', start);
      head = { ...head, offset: parser.primary() };
    } else parser.end();
  }
  return head;
}
