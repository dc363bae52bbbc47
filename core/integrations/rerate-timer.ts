import type { Desk } from '#core/desk/desk.ts';
import { type Watch, watchRuns } from '#core/desk/last-run.ts';
import { type RerateCommands, type RerateRun, runRerates } from './rerates.ts';

/** How often it looks whether something is due, in milliseconds; how long each waits stands with it (rerates.ts). */
export const RERATES_EVERY = 15_000;

export interface Rerating {
  /** Tries everything that waits, now; runs never overlap. */
  run(): Promise<RerateRun>;
  readonly watch: Watch<RerateRun>;
  /** Ends when a run that is under way has. */
  close(): Promise<void>;
}

/** Re-rates at once what an earlier process left waiting, then whatever comes due (SPEC I44). Keeps no process alive. */
export function startRerates(desk: Desk, commands: RerateCommands): Rerating {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  const watch = watchRuns<RerateRun>(desk.now);
  const enqueue = (which: 'due' | 'all'): Promise<RerateRun> => {
    const next = last.then(() => watch.around(() => runRerates(desk, commands, which)));
    last = next.catch(() => undefined);
    return next;
  };
  const quietly = (which: 'due' | 'all'): void => {
    enqueue(which).catch((error: unknown) => desk.log('Re-rating could not be run', { error: String(error) }));
  };
  const timer = setInterval(() => {
    if (!closed) quietly('due');
  }, RERATES_EVERY);
  timer.unref();
  quietly('all');
  return {
    run: () => enqueue('all'),
    watch,
    async close() {
      closed = true;
      clearInterval(timer);
      await last;
    },
  };
}
