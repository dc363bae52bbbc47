import { type Deployed, productOf } from '#core/desk/configurations.ts';
import { type Desk, findAll } from '#core/desk/desk.ts';
import type { Configuration } from '#core/model/product.ts';
import { bookOf, type NamedBook } from '../impact/books.ts';
import { loadBook, programOf } from '../impact/impact.ts';
import { resultOf } from '../impact/result.ts';
import type { Side } from '../impact/sides.ts';
import type { JobControl } from '../job-contract.ts';
import type { BookLines, BookSource } from '../rating/contract.ts';
import type { PlannedImpact } from './contract.ts';

/** More policies than these are not rated for a plan: every so many of them is, from the first to the last. */
const MOST_POLICIES = 5_000;
/** Risks where nothing is in force. */
const SAMPLED = 200;

/**
 * What a version does to the policies in force of the environment that it goes to, or to sampled risks where none is; premiums
 * without taxes and fees (EN4). Nothing is stored, and nobody outside is asked: a product with a rater outside is left out.
 * Its progress counts both ratings.
 */
export async function planImpact(
  to: Desk,
  product: string,
  { before, after, commit }: { readonly before: Deployed; readonly after: Configuration; readonly commit: string },
  control: Partial<Pick<JobControl, 'signal' | 'onProgress'>> = {},
): Promise<PlannedImpact> {
  const definition = productOf(before, product);
  if (definition.externalRater !== undefined)
    return { state: 'left-out', why: `${product} is priced by a rater outside, which a plan does not ask.` };
  const { signal } = control;
  const loaded = await loadBook(to, bookThere(to, product, before), signal ? { signal } : {});
  try {
    const { size } = loaded.resident;
    const rate = (side: Pick<Side, 'configuration' | 'version'>, from: number) =>
      loaded.resident.rate(programOf(loaded, side, product), {
        ...(signal ? { signal } : {}),
        onProgress: ({ done }) => control.onProgress?.({ done: from + done, total: 2 * size }),
      });
    const { record, configuration } = before;
    const sides = {
      before: { configuration, version: record.configVersion, commit: record.commit, changed: [] },
      after: { configuration: after, version: 0, commit, changed: [] },
    };
    const rated = { before: await rate(sides.before, 0), after: await rate(sides.after, size) };
    const view = { measure: { taxes: false, fees: false }, top: 5, movers: 'amount', cap: null, floor: null } as const;
    const result = resultOf({ product, book: loaded, sides, rated }, view);
    const { currency, book, whole, histogram, winners, losers, failures } = result;
    return { state: 'rated', currency, book, whole, histogram, winners, losers, failures };
  } finally {
    await loaded.resident.close();
  }
}

function bookThere(to: Desk, product: string, { configuration }: Deployed): NamedBook {
  const now = to.now();
  const issued = findAll(to, 'policy', 'productName', product).filter(({ record }) => record.issuedAt !== undefined);
  if (issued.length === 0)
    return bookOf(to, { kind: 'sampled', count: SAMPLED, seed: 'promotion' }, { configuration, product, now });
  const book = bookOf(to, { kind: 'in-force' }, { configuration, product, now });
  const every = Math.ceil(issued.length / MOST_POLICIES);
  if (every === 1) return book;
  return { title: `${book.title}, one of ${every}`, source: thinned(book.source, every) };
}

/** Every so many lines of a book, the first among them. */
function thinned(source: BookSource, every: number): BookSource {
  return async function* (): AsyncGenerator<BookLines> {
    let at = 0;
    for await (const { first, text } of source()) {
      const kept: string[] = [];
      for (const line of text.split('\n')) {
        if (at % every === 0) kept.push(line);
        at += 1;
      }
      if (kept.length > 0) yield { first, count: kept.length, text: kept.join('\n') };
    }
  };
}
