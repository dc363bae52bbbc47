import { createContext, Script } from 'node:vm';
import { Problem } from '#core/model/problem.ts';

/** Far above what any request takes, and the most that a request may keep the others waiting. */
const MOST_MILLIS = 1_000;

const LIMIT_REACHED = 'ERR_SCRIPT_EXECUTION_TIMEOUT';
const room = createContext({});
const start = new Script('work()');

/**
 * Runs work whose time a configuration decides, such as its regular expressions over what somebody typed, and stops it when it
 * does not end. It may stop anywhere: only for work that changes nothing outside itself.
 * @param what begins the message: `The fields of motor`
 * @throws Problem invalid-configuration when it takes too long; otherwise what the work throws
 */
export function withinTime<T>(what: string, work: () => T, milliseconds = MOST_MILLIS): T {
  try {
    room.work = work;
    // The engine's own watchdog: it ends a regular expression too, which nothing written in JavaScript can.
    return start.runInContext(room, { timeout: milliseconds }) as T;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException | undefined)?.code !== LIMIT_REACHED) throw cause;
    throw new Problem(
      'invalid-configuration',
      `${what} took longer than ${milliseconds} ms to check: a form (regex) that repeats what repeats, such as (a+)+, may never end. Write it without.`,
      { cause },
    );
  } finally {
    room.work = undefined;
  }
}
