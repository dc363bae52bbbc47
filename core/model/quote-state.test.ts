import { describe, expect, it } from 'vitest';
import type { QuoteState } from './policy.ts';
import { Problem } from './problem.ts';
import { isMutable, nextState, type QuoteAction } from './quote-state.ts';

const STATES: readonly QuoteState[] = ['draft', 'quoted', 'accepted', 'declined', 'discarded'];
const ACTIONS: readonly QuoteAction[] = ['quote', 'decline', 'accept', 'invalidate', 'discard'];

describe('the life of a quote', () => {
  it('knows exactly these steps', () => {
    const steps = STATES.flatMap((from) =>
      ACTIONS.flatMap((action) => {
        try {
          return [`${from} ${action} ${nextState(from, [action], 'q')}`];
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          return [];
        }
      }),
    );
    expect(steps).toEqual([
      'draft quote quoted',
      'draft decline declined',
      'draft discard discarded',
      'quoted accept accepted',
      'quoted discard discarded',
      'accepted invalidate quoted',
      'accepted discard discarded',
      'declined discard discarded',
    ]);
  });

  it('finalizing is quote and accept in one', () => {
    expect(nextState('draft', ['quote', 'accept'], 'q')).toBe('accepted');
  });

  it('says what is possible instead', () => {
    expect(() => nextState('declined', ['accept'], '100000002')).toThrow(
      'Quote 100000002 is declined: it can not be accepted. Possible now: discard.',
    );
    expect(() => nextState('discarded', ['discard'], 'q')).toThrow('Nothing more can be done to it.');
  });

  it('only drafts may be changed', () => {
    expect(STATES.filter(isMutable)).toEqual(['draft']);
  });
});
