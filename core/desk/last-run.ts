import { Problem } from '#core/model/problem.ts';
import type { Millis } from '#core/model/time.ts';

/** How something that runs by itself went the last time; only since the workbench was opened. */
export interface LastRun<T> {
  readonly at: Millis;
  /** Milliseconds. */
  readonly duration: number;
  readonly result?: T;
  /** Why it broke: a problem's own words; of a defect only that it is one, the log has the rest. */
  readonly error?: string;
}
export interface Watch<T> {
  /** Runs and remembers how it went; what it throws is thrown on. */
  around(run: () => Promise<T>): Promise<T>;
  readonly running: boolean;
  readonly last: LastRun<T> | undefined;
}

/** Remembers the last run of something. */
export function watchRuns<T>(now: () => Millis): Watch<T> {
  let running = 0;
  let last: LastRun<T> | undefined;
  return {
    async around(run) {
      const at = now();
      const begun = performance.now();
      const ended = (how: Pick<LastRun<T>, 'result' | 'error'>): void => {
        last = { at, duration: Math.round(performance.now() - begun), ...how };
      };
      running += 1;
      try {
        const result = await run();
        ended({ result });
        return result;
      } catch (error) {
        ended({ error: error instanceof Problem ? error.message : 'Something broke inside Fieldwriter.' });
        throw error;
      } finally {
        running -= 1;
      }
    },
    get running() {
      return running > 0;
    },
    get last() {
      return last;
    },
  };
}
