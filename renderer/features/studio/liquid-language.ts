import { StreamLanguage, type StringStream } from '@codemirror/language';

/** Where a reader stands: in the text around, in a comment, or inside `{{ … }}` or `{% … %}`. */
interface State {
  in: 'text' | 'comment' | 'tag';
  /** The next word names the tag. */
  first: boolean;
}

const KEYWORDS = /^(and|or|contains|in|with|reversed|limit|offset|by|nil|null|true|false|empty|blank)$/;

/**
 * Liquid that calculates, and templates that the HTML-aware language can not read: it never finds the end of `{%- comment -%}`.
 * A tokenizer is enough to see what is a rule, a filter, a text or a remark.
 */
export const plainLiquid = StreamLanguage.define<State>({
  name: 'liquid',
  startState: () => ({ in: 'text', first: false }),
  languageData: { commentTokens: { block: { open: '{% comment %}', close: '{% endcomment %}' } } },
  token(stream, state) {
    if (state.in === 'comment') return comment(stream, state);
    return state.in === 'tag' ? tag(stream, state) : text(stream, state);
  },
});

function text(stream: StringStream, state: State): string | null {
  if (stream.match(/^\{%-?\s*comment\s*-?%\}/)) {
    state.in = 'comment';
    return 'comment';
  }
  if (stream.match(/^\{[{%]-?/)) {
    state.in = 'tag';
    state.first = stream.current().includes('%');
    return 'bracket';
  }
  if (stream.match(/^<\/?[\w-]+|^\/?>/)) return 'tagName';
  stream.next();
  stream.eatWhile(/[^{<>/]/);
  return null;
}

function comment(stream: StringStream, state: State): string {
  if (stream.match(/^\{%-?\s*endcomment\s*-?%\}/)) state.in = 'text';
  else {
    stream.next();
    stream.eatWhile(/[^{]/);
  }
  return 'comment';
}

function tag(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match(/^-?[}%]\}/)) {
    state.in = 'text';
    return 'bracket';
  }
  if (stream.match(/^"[^"]*"?|^'[^']*'?/)) return 'string';
  if (stream.match(/^\d*\.?\d+/)) return 'number';
  if (stream.match(/^\|\s*\w+/)) return 'keyword';
  if (stream.match(/^[\w.[\]-]+/)) {
    const named = state.first;
    state.first = false;
    return named || KEYWORDS.test(stream.current()) ? 'keyword' : 'propertyName';
  }
  stream.next();
  return null;
}
