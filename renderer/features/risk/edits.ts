/** What somebody typed, with the way back. Pure: the clock is an argument. */
export interface Edits<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** When the present was last typed into, milliseconds. */
  readonly at: number;
}

/** Keys that follow each other faster than this are one step back, milliseconds. */
const PAUSE = 700;
const MOST = 200;

export function edits<T>(present: T): Edits<T> {
  return { past: [], present, future: [], at: Number.NEGATIVE_INFINITY };
}

/** A change; within a pause of the one before it belongs to the same step, so that undo takes back a word, not a letter. */
export function edited<T>({ past, present, at: before }: Edits<T>, next: T, at: number): Edits<T> {
  const same = past.length > 0 && at - before < PAUSE;
  return { past: same ? past : [...past, present].slice(-MOST), present: next, future: [], at };
}

export function undone<T>(state: Edits<T>): Edits<T> {
  const previous = state.past.at(-1);
  if (previous === undefined) return state;
  return {
    past: state.past.slice(0, -1),
    present: previous,
    future: [state.present, ...state.future],
    at: Number.NEGATIVE_INFINITY,
  };
}

export function redone<T>(state: Edits<T>): Edits<T> {
  const [next, ...future] = state.future;
  if (next === undefined) return state;
  return { past: [...state.past, state.present], present: next, future, at: Number.NEGATIVE_INFINITY };
}
