import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import { assertUsable } from '#core/product/load.ts';
import type { BookColumn, RatedBook } from '../contract.ts';
import type { BookLines, BookSource, RatingControl, RatingProgram, ResidentBook } from '../rating/contract.ts';
import { openResidentBook } from '../rating/resident.ts';
import { type Attribution, attribute } from './attribution.ts';
import { capped } from './caps.ts';
import { compareBooks, type Measure, sumsOf } from './comparison.ts';
import { scaledTable, type TableColumn } from './scaled-table.ts';
import { changeGroups, type Side, withFiles } from './sides.ts';
import { type Solution, scaledTotal, solveFactor, wantedTotal } from './solve.ts';

/** A book in memory, to be rated by one version after another; nothing of it is stored (IM14). */
export interface LoadedBook {
  readonly title: string;
  readonly source: BookSource;
  readonly resident: ResidentBook;
  readonly columns: readonly BookColumn[];
  /** The moment and the seed of all its ratings, so that only a change can make a difference. */
  readonly clock: Millis;
  readonly seed: string;
}

export async function loadBook(
  desk: Desk,
  book: { readonly title: string; readonly source: BookSource },
  control: RatingControl = {},
): Promise<LoadedBook> {
  const counted: BookSource = () => countedLines(book.source, (done) => control.onProgress?.({ done, total: 0 }));
  const resident = await openResidentBook(desk, counted, control);
  if (resident.size === 0) {
    await resident.close();
    throw new Problem('malformed-request', `${book.title}: the book has no risks.`);
  }
  return { ...book, resident, columns: await resident.columns(), clock: desk.now(), seed: 'impact' };
}

async function* countedLines(source: BookSource, seen: (done: number) => void): AsyncGenerator<BookLines> {
  let done = 0;
  for await (const batch of source()) {
    yield batch;
    done += batch.count;
    seen(done);
  }
}

export function programOf(
  { clock, seed }: Pick<LoadedBook, 'clock' | 'seed'>,
  { configuration, version }: Pick<Side, 'configuration' | 'version'>,
  product: string,
): RatingProgram {
  return { configuration, product, configVersion: version, clock, seed };
}

/** An impact that was worked out: the book, both sides and their columns. */
export interface Impact {
  readonly product: string;
  readonly book: LoadedBook;
  readonly sides: { readonly before: Side; readonly after: Side };
  readonly rated: { readonly before: RatedBook; readonly after: RatedBook };
}

export interface Solved extends Solution {
  /** The table with the factor in it. */
  readonly changes?: Readonly<Record<string, string>>;
}

/** The factor on everything, or on a column of a table of the later side, with which the book changes by `percent` (IM11, IM12). */
export async function solveImpact(
  impact: Impact,
  asked: { readonly percent: string; readonly on: 'all' | TableColumn; readonly measure: Measure },
  control: RatingControl = {},
): Promise<Solved> {
  const { book, sides, rated, product } = impact;
  const compared = compareBooks(rated.before, rated.after, asked.measure);
  const target = wantedTotal(sumsOf(compared).before, asked.percent);
  const { on } = asked;
  const { signal } = control;
  let ratings = 0;
  if (on === 'all') return solveFactor(async (factor) => scaledTotal(compared.after, factor), target);
  const total = async (factor: string): Promise<bigint> => {
    signal?.throwIfAborted();
    // Three ratings where a line leads there; a search tells of one more each time.
    const size = book.resident.size;
    const [before, all] = [ratings * size, Math.max(3, ratings + 1) * size];
    ratings += 1;
    const onProgress: RatingControl['onProgress'] = ({ done }) =>
      control.onProgress?.({ done: before + done, total: all });
    const { path, text } = scaledTable(sides.after.configuration, on, factor);
    const configuration = await withFiles(sides.after.configuration, new Map([[path, new TextEncoder().encode(text)]]));
    const again = await book.resident.rate(programOf(book, { ...sides.after, configuration }, product), {
      ...(signal ? { signal } : {}),
      onProgress,
    });
    return sumsOf(compareBooks(rated.before, again, asked.measure)).after;
  };
  const solution = await solveFactor(total, target);
  const { path, text } = scaledTable(sides.after.configuration, on, solution.factor);
  return { ...solution, changes: { [path]: text } };
}

/** More steps than these nobody reads; what comes after them is one step. */
const MOST_GROUPS = 12;

/** What of the change comes from which file (IM13). Rates the book once for each. */
export async function attributeImpact(
  { book, sides, rated, product }: Impact,
  measure: Measure,
  control: RatingControl = {},
): Promise<Attribution> {
  const books = [rated.before];
  const names: string[] = [];
  const { size } = book.resident;
  // What stands after the last group is rated already.
  const total = (changeGroups(sides.before.configuration, sides.after.configuration).length - 1) * size;
  const { signal } = control;
  for await (const { name, configuration } of changesInTurn(
    sides.before.configuration,
    sides.after.configuration,
    product,
  )) {
    signal?.throwIfAborted();
    const before = names.length * size;
    names.push(name);
    const onProgress: RatingControl['onProgress'] = ({ done }) => control.onProgress?.({ done: before + done, total });
    books.push(
      configuration
        ? await book.resident.rate(programOf(book, { ...sides.before, configuration }, product), {
            ...(signal ? { signal } : {}),
            onProgress,
          })
        : rated.after,
    );
  }
  return attribute(books, names, measure);
}

/**
 * The changed files put in one after another (IM13): what stands after each group; the last one is the later side itself, and has none.
 * What does not load without the next file is one step with it.
 */
export async function* changesInTurn(
  before: Configuration,
  after: Configuration,
  product: string,
): AsyncGenerator<{ readonly name: string; readonly configuration?: Configuration }> {
  const groups = changeGroups(before, after);
  let configuration = before;
  let waiting: string[] = [];
  let steps = 0;
  for (const [at, { name, files }] of groups.entries()) {
    waiting.push(name);
    if (at === groups.length - 1) {
      yield { name: waiting.join(' + ') };
      return;
    }
    configuration = await withFiles(configuration, files);
    if (steps >= MOST_GROUPS || !isUsable(configuration, product)) continue;
    steps += 1;
    yield { name: waiting.join(' + '), configuration };
    waiting = [];
  }
}

function isUsable(configuration: Configuration, product: string): boolean {
  try {
    assertUsable(configuration, product);
    return true;
  } catch {
    return false;
  }
}

/** The comparison that is asked for, within caps where there are some. */
export function comparisonOf(
  { rated }: Impact,
  measure: Measure,
  caps: { readonly cap: number | null; readonly floor: number | null },
) {
  const plain = compareBooks(rated.before, rated.after, measure);
  if (caps.cap === null && caps.floor === null) return { comparison: plain };
  const held = capped(plain, caps);
  return { comparison: held.comparison, held, uncapped: plain };
}
