import { availableParallelism } from 'node:os';
import type { Desk } from '#core/desk/desk.ts';
import type { RatingProgram } from './contract.ts';
import { fastProgram, inWorkers, Worker } from './fast.ts';
import { linesOfRated } from './rated-line.ts';
import { type BatchRater, oneByOne, ratingCase } from './slow.ts';

/** Risks of a batch in flight on the slow way. */
const SLOW_WIDTH = 4;

/** What rates books: workers of its own beside a desk. Close it to end them. */
export interface RatingEngine {
  readonly workers: readonly Worker[];
  /**
   * A rater of a program, the fast way where it is fit. Throws `not-found`, `invalid-configuration`.
   * @returns `why` it is rated one by one, for a person
   */
  rater(program: RatingProgram): { readonly rate: BatchRater; readonly why?: string };
  close(): Promise<void>;
}

/** @param workers host processes; default one per core */
export function openRatingEngine(desk: Desk, workers: number = availableParallelism()): RatingEngine {
  const all = Array.from({ length: Math.max(1, workers) }, () => new Worker());
  return {
    workers: all,
    rater(program) {
      const rating = ratingCase(program);
      const risks = oneByOne(desk, rating, SLOW_WIDTH);
      const { currency } = program.configuration;
      const slow: BatchRater = async (lines, signal) => linesOfRated(await risks(lines, signal), currency);
      const fast = fastProgram(program, rating.product);
      return fast.ok ? { rate: inWorkers(program, fast.program, all, slow) } : { rate: slow, why: fast.why };
    },
    async close() {
      await Promise.all(all.map(({ host }) => host.close()));
    },
  };
}
