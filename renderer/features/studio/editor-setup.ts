import { html } from '@codemirror/lang-html';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { liquid } from '@codemirror/lang-liquid';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, type Diagnostic as Mark } from '@codemirror/lint';
import { type Extension, Prec, type Text } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup, EditorView } from 'codemirror';
import type { Diagnostic } from '#core/model/diagnostic.ts';
import { plainLiquid } from './liquid-language.ts';

/** Everything that an editor of a file is made of; colours are variables, so that light and dark need no second editor. */
export function editorSetup(of: {
  readonly path: string;
  readonly text: string;
  readonly label: string;
  readonly onChange: (text: string) => void;
  /** What a screen adds: completion, what happens on a line. */
  readonly extras?: Extension;
}): Extension {
  const { path, text, label, onChange, extras = [] } = of;
  return [
    // The screen's own keys: the editor must not put a line in for what starts a dry run, nor search where the page saves.
    Prec.highest(keymap.of([{ key: 'Mod-Enter', run: () => true }])),
    basicSetup,
    languageOf(path, text),
    lintGutter(),
    syntaxHighlighting(HIGHLIGHT),
    THEME,
    extras,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
  ];
}

function languageOf(path: string, text: string): Extension {
  if (/\.json$/i.test(path)) return json();
  if (/\.(c|m)?js$/i.test(path)) return javascript();
  if (/\.html?$/i.test(path)) return html();
  if (!/\.liquid$/i.test(path)) return [];
  const readable = /\.template\.liquid$/i.test(path) && !/\{%-\s*(end)?comment|comment\s*-%\}/.test(text);
  return readable ? liquid({ base: html() }) : plainLiquid;
}

/** Findings of a file as marks in its text; those that lie beyond it (the check is a moment behind) stand at its end. */
export function marksOf(diagnostics: readonly Diagnostic[], doc: Text): Mark[] {
  return diagnostics.map(({ line, column, severity, message }): Mark => {
    const at = doc.line(Math.min(Math.max(1, line), doc.lines));
    const from = Math.min(at.to, at.from + Math.max(0, column - 1));
    const word = /^[\w.$-]+|^\S+/.exec(at.text.slice(from - at.from))?.[0] ?? '';
    return { from, to: Math.max(from, from + word.length), severity, message };
  });
}

/** The change that makes one text of another, as small as the ends that both share allow: cursor and scroll stay. */
export function changeBetween(before: string, after: string): { from: number; to: number; insert: string } {
  let start = 0;
  const most = Math.min(before.length, after.length);
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}

const HIGHLIGHT = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword],
    color: 'var(--code-keyword)',
  },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.propertyName, tags.attributeName], color: 'var(--code-name)' },
  { tag: [tags.tagName, tags.function(tags.variableName), tags.typeName], color: 'var(--code-tag)' },
  { tag: [tags.comment], color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.invalid], color: 'var(--mantine-color-error)' },
]);

const THEME = EditorView.theme({
  '&': {
    height: '100%',
    fontSize: '13px',
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-dimmed)',
    borderRight: '1px solid var(--mantine-color-default-border)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--code-active)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--code-selection) !important',
  },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--code-match)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--code-match)' },
  '.cm-panels, .cm-tooltip': {
    backgroundColor: 'var(--mantine-color-body)',
    color: 'var(--mantine-color-text)',
    borderColor: 'var(--mantine-color-default-border)',
  },
  '.cm-tooltip': { boxShadow: 'var(--mantine-shadow-sm)', borderRadius: '4px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--mantine-primary-color-light)',
    color: 'var(--mantine-color-text)',
  },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--code-active)',
    borderColor: 'var(--mantine-color-default-border)',
    color: 'var(--mantine-color-dimmed)',
  },
  '.cm-textfield': { backgroundColor: 'var(--mantine-color-body)', borderColor: 'var(--mantine-color-default-border)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--mantine-color-default)' },
});
