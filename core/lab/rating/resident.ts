import { availableParallelism } from 'node:os';
import type { Desk } from '#core/desk/desk.ts';
import type { RatedBook } from '../contract.ts';
import { BookColumns } from './book-columns.ts';
import { ColumnCollector } from './columns.ts';
import type { BookSource, RatingControl, RatingProgram, ResidentBook } from './contract.ts';
import { type FastProgram, fastProgram, RISK_TIME, Worker } from './fast.ts';
import type { ShareAnswer } from './guest/resident-share.ts';
import type { RatingCase } from './rate-risk.ts';
import { oneByOne, ratingCase } from './slow.ts';

/** Megabytes that one worker's share and tables may take. */
const MEMORY = 4_096;
/** What a worker does before it can be stopped, milliseconds. */
const BUDGET = 150;
const LOAD_TIME = 60_000;
const SLOW_WIDTH = 4;

/** A stretch of the book in a worker's share: its place there, and in the book. */
interface Stretch {
  readonly inShare: number;
  readonly inBook: number;
  readonly count: number;
}
interface Share {
  readonly worker: Worker;
  readonly stretches: Stretch[];
  size: number;
  /** Places in the share of risks whose rating had to be stopped, under the program that did it. */
  readonly skipped: Set<number>;
  /** Realm that the share was loaded into. */
  loadedInto: number;
}

/**
 * Loads a book to be rated again and again (BR20): each worker, a process of its own, holds a share of it. Close it to end them.
 * @param workers default one per core
 */
export async function openResidentBook(
  desk: Desk,
  source: BookSource,
  control: RatingControl = {},
  workers: number = availableParallelism(),
): Promise<ResidentBook> {
  const shares = Array.from({ length: workers }, (): Share => {
    return { worker: new Worker(), stretches: [], size: 0, skipped: new Set(), loadedInto: -1 };
  });
  const collector = new ColumnCollector();
  const keys: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(shares.map(({ worker }) => worker.host.close()));
  };
  try {
    await orAborted(Promise.all(shares.map(({ worker }) => worker.open(MEMORY))), control.signal);
    await fill(shares, source, shares, (text, line) => {
      control.signal?.throwIfAborted();
      keys.push(collector.add(text) ?? String(line));
    });
  } catch (error) {
    await close();
    throw error;
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    size: keys.length,
    keys,
    columns: async () => collector.columns(),
    rate(program, runControl = {}) {
      const turn = (): Promise<RatedBook> => rateBook(desk, source, shares, keys, program, runControl);
      const next = last.then(turn, turn);
      last = next.catch(() => undefined);
      return next;
    },
    close,
  };
}

/** Waits no longer than until somebody changes their mind. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  // Whatever becomes of it after that is nobody's affair.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Reads the book into shares. @param wanted those to be loaded; the others are only counted */
async function fill(
  shares: readonly Share[],
  source: BookSource,
  wanted: readonly Share[],
  seen: (text: string, line: number) => void,
): Promise<void> {
  for (const share of wanted) {
    share.stretches.length = 0;
    share.size = 0;
  }
  let next = 0;
  let inBook = 0;
  for await (const batch of source()) {
    const share = shares[next % shares.length] as Share;
    next += 1;
    let count = 0;
    batch.text.split('\n').forEach((text, i) => {
      if (text.trim() === '') return;
      count += 1;
      seen(text, batch.first + i);
    });
    if (wanted.includes(share)) {
      const kept = await share.worker.host.call('keep', [batch.text], LOAD_TIME);
      if (!kept.ok) throw new Error(`The book does not fit into memory: ${kept.message}`);
      share.stretches.push({ inShare: share.size, inBook, count });
      share.size += count;
    }
    inBook += count;
  }
  for (const share of wanted) share.loadedInto = share.worker.host.generation;
}

async function rateBook(
  desk: Desk,
  source: BookSource,
  shares: readonly Share[],
  keys: readonly string[],
  program: RatingProgram,
  { signal, onProgress }: RatingControl,
): Promise<RatedBook> {
  signal?.throwIfAborted();
  const rating = ratingCase(program);
  const columns = new BookColumns(program.configuration.currency, keys);
  const fast = fastProgram(program, rating.product);
  let done = 0;
  const progress = (more: number): void => {
    done += more;
    onProgress?.({ done, total: keys.length });
  };
  if (fast.ok) {
    const run = { desk, source, shares, rating, program, fast: fast.program, columns, signal, progress };
    await Promise.all(shares.map((share) => new ShareRun(run, share).rate()));
  } else {
    await rateSlowly(oneByOne(desk, rating, SLOW_WIDTH), source, columns, signal, progress);
  }
  return columns.book();
}

async function rateSlowly(
  rate: ReturnType<typeof oneByOne>,
  source: BookSource,
  columns: BookColumns,
  signal: AbortSignal | undefined,
  progress: (more: number) => void,
): Promise<void> {
  let index = 0;
  for await (const batch of source()) {
    signal?.throwIfAborted();
    const rated = await rate(batch, signal);
    for (const one of rated) {
      columns.set(index, one);
      index += 1;
    }
    progress(rated.length);
  }
}

interface Run {
  readonly desk: Desk;
  readonly source: BookSource;
  readonly shares: readonly Share[];
  readonly rating: RatingCase;
  readonly program: RatingProgram;
  readonly fast: FastProgram;
  readonly columns: BookColumns;
  readonly signal: AbortSignal | undefined;
  readonly progress: (more: number) => void;
}

/** One share on its way through a run. */
class ShareRun {
  readonly #run: Run;
  readonly #share: Share;

  constructor(run: Run, share: Share) {
    this.#run = run;
    this.#share = share;
  }

  async rate(): Promise<void> {
    const { program, signal, fast } = this.#run;
    const { worker, skipped, size } = this.#share;
    skipped.clear();
    for (let from = 0; from < size; ) {
      signal?.throwIfAborted();
      await this.#ready(fast);
      const call = [from, program.clock, program.seed, BUDGET];
      const outcome = await worker.host.call('rateShare', call, BUDGET + RISK_TIME);
      if (outcome.ok) from = await this.#take(JSON.parse(outcome.text) as ShareAnswer, from);
      else if (outcome.at >= 0) skipped.add(outcome.at);
      // Nobody knows which one was to blame: the next stretch is rated risk by risk.
      else for (let at = from; at < Math.min(size, from + 50); at += 1) skipped.add(at);
    }
  }

  /** The share and the program in the worker, loaded anew where it was lost. */
  async #ready(fast: FastProgram): Promise<void> {
    const { worker, skipped, loadedInto } = this.#share;
    if (!worker.isLoaded) await worker.open(MEMORY);
    if (!(await worker.load(fast, MEMORY))) throw new Error('The program could not be loaded into a worker.');
    if (loadedInto === worker.host.generation) return;
    await fill(this.#run.shares, this.#run.source, [this.#share], () => {});
    for (const index of skipped) await worker.host.call('skip', [index], LOAD_TIME);
  }

  async #take({ next, amounts, failures, elsewhere }: ShareAnswer, from: number): Promise<number> {
    const { columns, progress } = this.#run;
    for (let i = from; i < next; i += 1) {
      const at = (i - from) * 3;
      const [premium, taxes, fees] = [amounts[at], amounts[at + 1], amounts[at + 2]];
      if (typeof premium === 'number') columns.units(this.#place(i), premium, taxes ?? 0, fees ?? 0);
    }
    for (const { index, code, message } of failures) columns.fail(this.#place(index), code, message);
    for (const index of elsewhere) await this.#elsewhere(index);
    progress(next - from);
    return next;
  }

  async #elsewhere(index: number): Promise<void> {
    const { desk, rating, columns, signal } = this.#run;
    const text = await this.#share.worker.host.call('textAt', [index], LOAD_TIME);
    if (!text.ok) throw new Error(text.message);
    const [rated] = await oneByOne(desk, rating, 1)({ first: 1, count: 1, text: text.text }, signal);
    if (rated) columns.set(this.#place(index), rated);
  }

  /** Place in the book of a place in the share: the stretches stand in both in the same order. */
  #place(index: number): number {
    const { stretches } = this.#share;
    let low = 0;
    let high = stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((stretches[middle]?.inShare ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const stretch = stretches[low];
    return (stretch?.inBook ?? 0) + index - (stretch?.inShare ?? 0);
  }
}
