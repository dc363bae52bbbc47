import type { QuoteState } from './policy.ts';
import { Problem } from './problem.ts';

/** What moves a quote from state to state (formats §3.5). Pricing and selecting move nothing. */
export type QuoteAction = 'quote' | 'decline' | 'accept' | 'invalidate' | 'discard';

/**
 * The whole life of a quote. `quote` locks, prices and underwrites; failed underwriting is `decline`. Finalizing a policy is
 * `quote` and `accept` in one step. Issuing binds an accepted quote for good: after it nothing here applies any more.
 */
const TRANSITIONS: Readonly<Record<QuoteState, Readonly<Partial<Record<QuoteAction, QuoteState>>>>> = {
  draft: { quote: 'quoted', decline: 'declined', discard: 'discarded' },
  quoted: { accept: 'accepted', discard: 'discarded' },
  accepted: { invalidate: 'quoted', discard: 'discarded' },
  declined: { discard: 'discarded' },
  discarded: {},
};

/** Only a draft may be changed; to change a locked quote, copy it. */
export function isMutable(state: QuoteState): boolean {
  return state === 'draft';
}

/** @returns the state after the actions, in order. Throws `wrong-state`, naming what is possible instead. */
export function nextState(from: QuoteState, actions: readonly QuoteAction[], locator: string): QuoteState {
  return actions.reduce((state, action) => {
    const next = TRANSITIONS[state][action];
    if (next) return next;
    const possible = Object.keys(TRANSITIONS[state]);
    throw new Problem(
      'wrong-state',
      `Quote ${locator} is ${state}: it can not be ${PARTICIPLES[action]}. ${
        possible.length > 0 ? `Possible now: ${possible.join(', ')}.` : 'Nothing more can be done to it.'
      }`,
      { place: { locator } },
    );
  }, from);
}

/** Whether some sequence of actions, none too, leads from one state to the other; `undefined`: it is not there yet. */
export function quoteCanBecome(from: QuoteState | undefined, to: QuoteState): boolean {
  const reached = new Set<QuoteState>([from ?? 'draft']);
  // A set gives what is added while it is gone through.
  for (const state of reached) for (const next of Object.values(TRANSITIONS[state] ?? {})) reached.add(next);
  return reached.has(to);
}

const PARTICIPLES: Readonly<Record<QuoteAction, string>> = {
  quote: 'quoted again',
  decline: 'declined',
  accept: 'accepted',
  invalidate: 'invalidated',
  discard: 'discarded',
};
