import { text } from '../../app/text.ts';
import type { QuoteColumn } from './compare.ts';
import type { QuoteAction } from './quote-head.tsx';

interface QuoteRequest {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
}
/** A step of one quote: what is asked, what is said afterwards, and how it is taken back where it can be. */
export interface QuoteStep extends QuoteRequest {
  readonly said: string;
  readonly undo?: QuoteRequest;
  readonly after?: () => void;
}

/** The step that an action of a quote is (formats §3.5). @param current the quote that the risk shows now */
export function stepOf(
  action: Exclude<QuoteAction, 'new' | 'rename'>,
  { locator, name, state }: QuoteColumn,
  current: QuoteColumn | undefined,
): QuoteStep {
  const patch = (what: string, quote = locator): QuoteRequest => ({
    method: 'PATCH',
    path: `/quotes/${quote}/${what}`,
  });
  switch (action) {
    case 'open':
    case 'select': {
      const undo = current ? { undo: patch('select', current.locator) } : {};
      return { ...patch('select'), said: text.quotes.selected(name), ...undo };
    }
    case 'quote':
      return { ...patch('quote'), said: text.quotes.quoted(name) };
    case 'accept':
      return { ...patch('accept'), said: text.quotes.accepted(name), undo: patch('invalidate') };
    case 'invalidate':
      return { ...patch('invalidate'), said: text.quotes.invalidated(name), undo: patch('accept') };
    case 'discard': {
      // A draft that was discarded comes back as a copy of itself: nothing of it was decided.
      const undo = state === 'draft' ? { undo: copy(locator, name) } : {};
      return { ...patch('discard'), said: text.quotes.discardedNow(name), ...undo };
    }
  }
}

/** The steps that need a name. */
export function namedStep(what: 'new' | 'rename', quote: QuoteColumn, name: string): QuoteStep {
  if (what === 'new') return { ...copy(quote.locator, name), said: text.quotes.made(name) };
  const rename = (to: string): QuoteRequest => ({
    method: 'PATCH',
    path: `/quotes/${quote.locator}`,
    body: { name: to },
  });
  return { ...rename(name), said: text.quotes.renamed(name), undo: rename(quote.name) };
}

function copy(locator: string, name: string): QuoteRequest {
  return { method: 'POST', path: `/quotes/${locator}/createNew`, body: { name } };
}
