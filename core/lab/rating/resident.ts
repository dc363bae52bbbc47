import { availableParallelism } from 'node:os';
import type { Desk } from '#core/desk/desk.ts';
import type { RatedBook } from '../contract.ts';
import { BookColumns } from './book-columns.ts';
import { ColumnCollector } from './columns.ts';
import type { BookSource, RatingControl, RatingProgram, ResidentBook } from './contract.ts';
import { decideBook } from './decide-book.ts';
import { fastProgram, Worker } from './fast.ts';
import type { ShareAnswer } from './guest/resident-share.ts';
import { counted, type HeldBook, slowly } from './held-book.ts';
import { fill, MEMORY, type Said, type Share, ShareRun, type ShareRunning } from './share-run.ts';
import { oneByOne, ratingCase } from './slow.ts';

const SLOW_WIDTH = 4;

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
  const held: HeldBook = { desk, source, shares, keys };
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(turn: () => Promise<T>): Promise<T> => {
    const next = last.then(turn, turn);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    size: keys.length,
    keys,
    columns: async () => collector.columns(),
    rate: (program, runControl = {}) => inTurn(() => rateBook(held, program, runControl)),
    decide: (program, runControl = {}) => inTurn(() => decideBook(held, program, runControl)),
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

async function rateBook(
  { desk, source, shares, keys }: HeldBook,
  program: RatingProgram,
  { signal, onProgress }: RatingControl,
): Promise<RatedBook> {
  signal?.throwIfAborted();
  const rating = ratingCase(program);
  const { clock, seed } = program;
  const columns = new BookColumns(program.configuration.currency, keys);
  const fast = fastProgram(program, rating.product);
  const progress = counted(keys.length, onProgress);
  const slow = oneByOne(desk, rating, fast.ok ? 1 : SLOW_WIDTH);
  if (!fast.ok) {
    await slowly(source, slow, signal, (index, rated) => columns.set(index, rated), progress);
    return columns.book();
  }
  const take = async ({ text, from, place, request }: Said): Promise<number> => {
    const { next, amounts, failures, elsewhere } = JSON.parse(text) as ShareAnswer;
    for (let i = from; i < next; i += 1) {
      const at = (i - from) * 3;
      const [premium, taxes, fees] = [amounts[at], amounts[at + 1], amounts[at + 2]];
      if (typeof premium === 'number') columns.units(place(i), premium, taxes ?? 0, fees ?? 0);
    }
    for (const { index, code, message } of failures) columns.fail(place(index), code, message);
    for (const index of elsewhere) {
      const [rated] = await slow({ first: 1, count: 1, text: await request(index) }, signal);
      if (rated) columns.set(place(index), rated);
    }
    progress(next - from);
    return next;
  };
  const run: ShareRunning = { source, shares, fast: fast.program, call: 'rateShare', clock, seed, signal, take };
  await Promise.all(shares.map((share) => new ShareRun(run, share).go()));
  return columns.book();
}
