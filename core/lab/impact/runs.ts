import { randomUUID } from 'node:crypto';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Changes, WorkingCopies } from '#core/policy/studio/working-copy.ts';
import type { RatedBook } from '../contract.ts';
import type { RatingControl } from '../rating/contract.ts';
import { storedBookFile, storedMap } from '../rating/stored-books.ts';
import { type BookSpec, bookOf } from './books.ts';
import { type Impact, type LoadedBook, loadBook, programOf } from './impact.ts';
import { type Side, sideOf } from './sides.ts';

export interface RunRequest {
  readonly product: string;
  readonly before: { readonly version: number; readonly changes?: Changes | undefined };
  readonly after: { readonly version: number; readonly changes?: Changes | undefined };
  readonly book:
    | BookSpec
    | { readonly kind: 'stored'; readonly locator: string }
    | { readonly kind: 'loaded'; readonly book: string };
  /** The run that nobody waits for any more: it is ended. */
  readonly replaces?: string | undefined;
}
export interface RunStatus {
  readonly id: string;
  readonly state: 'loading' | 'before' | 'after' | 'done' | 'failed' | 'cancelled';
  readonly book?: string;
  readonly done: number;
  readonly total: number;
  readonly milliseconds: number;
  readonly problem?: string;
}

/** The impacts that somebody looks at, in memory only (IM14). */
export interface ImpactRuns {
  start(request: RunRequest): RunStatus;
  /** How far it is; answers when it ended, at the latest after `wait` milliseconds. Throws `not-found`. */
  status(id: string, wait?: number): Promise<RunStatus>;
  cancel(id: string): void;
  /** Throws `not-found`, `wrong-state` while it is not done. */
  result(id: string): Impact;
  close(): Promise<void>;
}

const MOST_RUNS = 8;
const MOST_BOOKS = 2;
/** Ratings of one book that are kept: the one before is the same while the one after is edited. */
const MOST_RATED = 3;

/** How long nobody asks until books and results are let go of, milliseconds: a loaded book holds processes and memory. */
const IDLE = 15 * 60_000;

interface Loaded {
  readonly id: string;
  readonly product: string;
  readonly book: LoadedBook;
  readonly rated: Map<string, RatedBook>;
  /** Runs that work on it. */
  users: number;
}
interface Run {
  readonly id: string;
  readonly stop: AbortController;
  readonly started: number;
  state: RunStatus['state'];
  done: number;
  total: number;
  ended: number | undefined;
  book: string | undefined;
  problem: string | undefined;
  impact: Impact | undefined;
  work: Promise<void>;
}

export function openImpactRuns(desk: Desk, copies: WorkingCopies): ImpactRuns {
  const runs = new Map<string, Run>();
  const books = new Map<string, Loaded>();
  let loadedBooks = 0;
  let idle: NodeJS.Timeout | undefined;

  /** Somebody asked: what is in memory stays a while longer. */
  function touch(): void {
    clearTimeout(idle);
    idle = setTimeout(() => {
      if ([...runs.values()].some(({ ended }) => ended === undefined)) touch();
      else void forgetAll();
    }, IDLE).unref();
  }

  async function forgetAll(): Promise<void> {
    const closing = [...books.values()].map(({ book }) => book.resident.close());
    books.clear();
    runs.clear();
    await Promise.all(closing);
  }

  async function work(run: Run, request: RunRequest): Promise<void> {
    const { product } = request;
    const [before, after] = await Promise.all([
      sideOf(copies, product, request.before),
      sideOf(copies, product, request.after),
    ]);
    const control: RatingControl = {
      signal: run.stop.signal,
      onProgress: ({ done, total }) => {
        run.done = done;
        run.total = total;
      },
    };
    const loaded = await bookFor(request, before, control);
    loaded.users += 1;
    try {
      run.book = loaded.id;
      const rate = async (state: 'before' | 'after', side: Side): Promise<RatedBook> => {
        Object.assign(run, { state, done: 0, total: loaded.book.resident.size });
        run.stop.signal.throwIfAborted();
        return ratedBy(loaded, side, control);
      };
      const rated = { before: await rate('before', before), after: await rate('after', after) };
      run.impact = { product, book: loaded.book, sides: { before, after }, rated };
      run.state = 'done';
    } finally {
      loaded.users -= 1;
    }
  }

  async function bookFor(request: RunRequest, before: Side, control: RatingControl): Promise<Loaded> {
    const { book: spec, product } = request;
    if (spec.kind === 'loaded') {
      const known = books.get(spec.book);
      if (known?.product === product) return known;
      throw new Problem('not-found', 'The book of that run is not loaded any more: choose it again.', {
        place: { field: 'book' },
      });
    }
    const kept = spec.kind === 'stored' ? await storedSpec(spec.locator) : spec;
    const named = bookOf(desk, kept, { configuration: before.configuration, product, now: desk.now() });
    const book = await loadBook(desk, named, control);
    loadedBooks += 1;
    const loaded: Loaded = { id: `book-${loadedBooks}`, product, book, rated: new Map(), users: 0 };
    books.set(loaded.id, loaded);
    await forgetBooks(loaded);
    return loaded;
  }

  /** A kept book is read as a file that came with the request. */
  async function storedSpec(locator: string): Promise<BookSpec> {
    return { kind: 'file', file: await storedBookFile(desk, locator), map: storedMap(desk, locator) };
  }

  async function ratedBy({ book, product, rated }: Loaded & { product: string }, side: Side, control: RatingControl) {
    const key = side.configuration.hash;
    const found = rated.get(key) ?? (await book.resident.rate(programOf(book, side, product), control));
    // The one used last stands last: the first is the one to forget.
    rated.delete(key);
    rated.set(key, found);
    const [oldest] = rated.keys();
    if (rated.size > MOST_RATED && oldest !== undefined) rated.delete(oldest);
    return found;
  }

  async function forgetBooks(newest: Loaded): Promise<void> {
    for (const loaded of [...books.values()]) {
      if (books.size <= MOST_BOOKS) return;
      if (loaded === newest || loaded.users > 0) continue;
      books.delete(loaded.id);
      await loaded.book.resident.close();
    }
  }

  function need(id: string): Run {
    touch();
    const run = runs.get(id);
    if (run) return run;
    throw new Problem('not-found', 'This run is not in memory any more: start it again.');
  }

  const cancel = (id: string): void => {
    const run = runs.get(id);
    if (run && run.ended === undefined) run.stop.abort();
  };

  return {
    start(request) {
      touch();
      if (request.replaces !== undefined) cancel(request.replaces);
      const run: Run = {
        id: randomUUID(),
        stop: new AbortController(),
        started: performance.now(),
        state: 'loading',
        done: 0,
        total: 0,
        ended: undefined,
        book: undefined,
        problem: undefined,
        impact: undefined,
        work: Promise.resolve(),
      };
      runs.set(run.id, run);
      run.work = work(run, request)
        .catch((error: unknown) => {
          run.state = run.stop.signal.aborted ? 'cancelled' : 'failed';
          if (run.state === 'failed') run.problem = error instanceof Error ? error.message : String(error);
          if (run.state === 'failed' && !(error instanceof Problem))
            desk.log('An impact run broke', { error: error instanceof Error ? (error.stack ?? '') : String(error) });
        })
        .finally(() => {
          run.ended = performance.now();
        });
      for (const old of [...runs.values()]) {
        if (runs.size <= MOST_RUNS) break;
        if (old !== run && old.ended !== undefined) runs.delete(old.id);
      }
      return statusOf(run);
    },
    async status(id, wait = 0) {
      const run = need(id);
      if (wait > 0 && run.ended === undefined) await Promise.race([run.work, pause(wait)]);
      return statusOf(run);
    },
    cancel(id) {
      need(id);
      cancel(id);
    },
    result(id) {
      const { impact, state } = need(id);
      if (impact) return impact;
      throw new Problem('wrong-state', `This run is ${state}: there is no result of it.`);
    },
    async close() {
      for (const id of runs.keys()) cancel(id);
      await Promise.all([...runs.values()].map(({ work: ending }) => ending));
      await forgetAll();
      clearTimeout(idle);
    },
  };
}

function statusOf(run: Run): RunStatus {
  return {
    id: run.id,
    state: run.state,
    ...(run.book === undefined ? {} : { book: run.book }),
    done: run.done,
    total: run.total,
    milliseconds: Math.round((run.ended ?? performance.now()) - run.started),
    ...(run.problem === undefined ? {} : { problem: run.problem }),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
