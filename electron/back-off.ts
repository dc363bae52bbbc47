/** A life shorter than this was no life: the next one would most likely end the same way. Milliseconds. */
const QUICK = 60_000;
/** How long to wait before the next start, after so many quick ends in a row. Milliseconds. */
const WAITS = [0, 1_000];

/** What is done after an unexpected end: wait and start again, or stop and explain. */
export type After = { readonly quickEnds: number; readonly wait: number } | 'stop';

/** @param quickEnds how many lives before this one ended quickly, in a row @param lived how long this one lived, milliseconds */
export function afterEnd(quickEnds: number, lived: number): After {
  if (lived >= QUICK) return { quickEnds: 0, wait: 0 };
  const wait = WAITS[quickEnds];
  return wait === undefined ? 'stop' : { quickEnds: quickEnds + 1, wait };
}
