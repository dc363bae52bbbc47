import type { Extension } from '@codemirror/state';
import { EditorState } from '@codemirror/state';
import type { LabWords } from '#core/api/contracts/lab-logic.ts';
import { text } from '../../../app/text.ts';

/** What the editor's completion asks with: the part of CodeMirror's context that is used here. */
interface Asked {
  readonly pos: number;
  readonly explicit: boolean;
  matchBefore(pattern: RegExp): { readonly from: number; readonly text: string } | null;
}
export interface Offer {
  readonly label: string;
  readonly detail?: string;
  readonly type: string;
}
export interface Offers {
  readonly from: number;
  readonly options: readonly Offer[];
}

/** Completes fields, tables, filters and functions. @param words asked for each time: they change with the files */
export function completion(path: string, words: () => LabWords | undefined): Extension {
  const source = (asked: Asked) => offersFor(path, asked, words());
  return EditorState.languageData.of(() => [{ autocomplete: source }]);
}

/** What may follow where somebody types: a filter after a bar, a table in quotes, elsewhere fields and functions. */
export function offersFor(path: string, asked: Asked, words: LabWords | undefined): Offers | null {
  if (!words) return null;
  const { kinds } = text.labLogic;
  const filter = /\.liquid$/i.test(path) ? asked.matchBefore(/\|\s*\w*$/) : null;
  if (filter) {
    const typed = filter.text.replace(/^\|\s*/, '');
    const options = words.filters.map(({ name, kind, arguments: count }) => ({
      label: name,
      type: kind === 'setter' ? 'method' : 'function',
      detail: kind === 'spreadsheet' ? kinds.function : count === '0' ? kind : `${kind}: ${count}`,
    }));
    return { from: asked.pos - typed.length, options };
  }
  const quoted = asked.matchBefore(/["'][\w-]*$/);
  if (quoted) {
    const tables = words.tables.map(({ name, keys }) => ({ label: name, type: 'class', detail: keys.join(', ') }));
    return { from: quoted.from + 1, options: tables };
  }
  const word = asked.matchBefore(/[\w]+$/);
  if (!word && !asked.explicit && !asked.matchBefore(/\.$/)) return null;
  const fields = words.fields.map(({ name, of, title }) => ({
    label: name,
    type: 'property',
    detail: title === name ? of : `${title} · ${of}`,
  }));
  const functions = /\.liquid$/i.test(path)
    ? []
    : words.functions.map((name) => ({ label: name.replaceAll('.', '_'), type: 'function', detail: kinds.function }));
  return { from: word?.from ?? asked.pos, options: [...unique(fields), ...functions] };
}

function unique(offers: readonly Offer[]): readonly Offer[] {
  return [...new Map(offers.map((offer) => [offer.label, offer])).values()];
}
