/** First reading of a file: text, `{{ output }}` and `{% tag %}`, with the leniency of formats §2.3 (rules L1–L5). */
export type Segment =
  | { readonly kind: 'text'; readonly from: number; readonly text: string }
  | { readonly kind: 'output'; readonly from: number; readonly markup: Range }
  | { readonly kind: 'tag'; readonly from: number; readonly name: string; readonly markup: Range };
/** Offsets into the source: `to` is exclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}
/** Says what was found at an offset of the source. */
export type Report = (severity: 'error' | 'warning', code: string, message: string, offset: number) => void;

export function readSegments(source: string, report: Report): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  let trimNext = false;
  const pushText = (to: number, trimEnd: boolean): void => {
    let text = source.slice(at, to);
    if (trimNext) text = text.trimStart();
    if (trimEnd) text = text.trimEnd();
    if (text !== '') segments.push({ kind: 'text', from: at, text });
  };
  while (at < source.length) {
    const open = nextOpening(source, at);
    if (open < 0) break;
    const isTag = source[open + 1] === '%';
    const close = findClose(source, open, isTag ? '%}' : '}}');
    if (!close) {
      report(
        'error',
        'unclosed-tag',
        `\`${firstLine(source.slice(open))}\` is never closed with \`${isTag ? '%}' : '}}'}\``,
        open,
      );
      pushText(open, false);
      at = source.length;
      break;
    }
    if (close.guessed) {
      const end = source.slice(close.markupEnd, close.end);
      report(
        'warning',
        'malformed-close',
        `this tag ends with \`${end}\` instead of \`${isTag ? '%}' : '}}'}\`; read as if it were closed properly`,
        open,
      );
    }
    const trimStart = source[open + 2] === '-';
    pushText(open, trimStart);
    const trimEnd = source[close.markupEnd - 1] === '-' && close.markupEnd - 1 > open + 2;
    const markup = { from: open + (trimStart ? 3 : 2), to: close.markupEnd - (trimEnd ? 1 : 0) };
    trimNext = trimEnd;
    at = close.end;
    if (!isTag) {
      segments.push({ kind: 'output', from: open, markup });
      continue;
    }
    const tag = tagOf(source, open, markup);
    if (tag.name === 'comment' || tag.name === 'doc' || tag.name === 'raw') {
      const body = rawBody(source, at, tag.name);
      if (!body) {
        report('error', 'unclosed-tag', `\`{% ${tag.name} %}\` is never closed with \`{% end${tag.name} %}\``, open);
        at = source.length;
        break;
      }
      if (tag.name === 'raw') segments.push({ kind: 'text', from: at, text: source.slice(at, body.from) });
      at = body.to;
      trimNext = body.trim;
    } else if (tag.name === 'liquid') segments.push(...liquidLines(source, tag.markup));
    else if (tag.name !== '#') segments.push(tag);
  }
  if (at < source.length) pushText(source.length, false);
  return segments;
}

function nextOpening(source: string, from: number): number {
  for (let at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
    if (source[at + 1] === '{' || source[at + 1] === '%') return at;
  }
  return -1;
}

/** The end of a tag: quotes are respected; a tag that runs into the next one is taken to end at its first lone `}`. */
function findClose(
  source: string,
  open: number,
  close: string,
): { markupEnd: number; end: number; guessed: boolean } | undefined {
  let lone = -1;
  for (let at = open + 2; at < source.length; at += 1) {
    const char = source[at];
    if (char === '"' || char === "'") {
      const end = source.indexOf(char, at + 1);
      if (end > 0 && !/\{[{%]|[%}]\}/.test(source.slice(at + 1, end))) at = end;
      else if (end > 0 && !source.slice(at + 1, end).includes('\n')) at = end;
      continue;
    }
    if (source.startsWith(close, at)) return { markupEnd: at, end: at + 2, guessed: false };
    if (char === '}' && lone < 0) lone = at;
    if (char === '{' && (source[at + 1] === '{' || source[at + 1] === '%')) {
      const inner = close === '%}' && lone < 0 ? endOfOutputInside(source, at) : undefined;
      if (inner === undefined) break;
      at = inner;
    }
  }
  if (lone < 0) return undefined;
  let end = lone + 1;
  while (source[end] === '}') end += 1;
  return { markupEnd: source[lone - 1] === '%' ? lone - 1 : lone, end, guessed: true };
}

/** `{% if {{ a }} == 1 %}`: where the output inside a tag ends; undefined when the tag does not go on behind it. */
function endOfOutputInside(source: string, at: number): number | undefined {
  if (source[at + 1] !== '{') return undefined;
  const inner = source.indexOf('}}', at);
  const close = source.indexOf('%}', at);
  const next = source.indexOf('{%', at);
  return inner > 0 && inner < close && (next < 0 || close < next) ? inner + 1 : undefined;
}

function tagOf(source: string, from: number, markup: Range): Segment & { kind: 'tag' } {
  const text = source.slice(markup.from, markup.to);
  const match = /^\s*(#|[\p{L}\p{N}_]+)/u.exec(text);
  const name = match?.[1] ?? '';
  return { kind: 'tag', from, name, markup: { from: markup.from + (match?.[0].length ?? 0), to: markup.to } };
}

/** The body of comment, doc or raw; comments nest. */
function rawBody(source: string, from: number, name: string): { from: number; to: number; trim: boolean } | undefined {
  const pattern = new RegExp(`\\{%-?\\s*(end)?${name}\\b[^%]*?(-?)%\\}`, 'g');
  pattern.lastIndex = from;
  let depth = 1;
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    depth += match[1] ? -1 : name === 'raw' ? 0 : 1;
    if (depth === 0) return { from: match.index, to: pattern.lastIndex, trim: match[2] === '-' };
  }
  return undefined;
}

/** `{% liquid %}`: every line is a tag, `echo` prints. */
function liquidLines(source: string, markup: Range): Segment[] {
  const segments: Segment[] = [];
  let comment = 0;
  let from = markup.from;
  for (const line of source.slice(markup.from, markup.to).split('\n')) {
    const range = { from, to: from + line.length };
    from += line.length + 1;
    if (line.trim() === '') continue;
    const start = range.from + (line.length - line.trimStart().length);
    const tag = tagOf(source, start, range);
    if (tag.name === 'comment') comment += 1;
    else if (tag.name === 'endcomment') comment -= 1;
    else if (comment === 0 && tag.name !== '#') segments.push(tag);
  }
  return segments;
}

export const firstLine = (text: string): string => (text.split('\n')[0] ?? '').trim().slice(0, 60);
