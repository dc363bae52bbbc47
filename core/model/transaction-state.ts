import { Problem } from './problem.ts';

export type TransactionKind = 'endorsement' | 'renewal' | 'cancellation' | 'reinstatement' | 'withdrawal' | 'fees';
export type TransactionState =
  | 'application'
  | 'draft'
  | 'quoted'
  | 'accepted'
  | 'issued'
  | 'declined'
  | 'discarded'
  | 'invalidated'
  | 'rescinded'
  | 'expired';
export type TransactionAction =
  | 'quote'
  | 'decline'
  | 'accept'
  | 'issue'
  | 'invalidate'
  | 'discard'
  | 'rescind'
  | 'expire';
type Life = Readonly<Partial<Record<TransactionState, Readonly<Partial<Record<TransactionAction, TransactionState>>>>>>;

/**
 * Endorsements and renewals (formats §3.6). `quote` locks, prices and underwrites; a decision other than accept is `decline`,
 * after which a transaction can only be discarded (settled questions, 5). A quoted one may be quoted again: its price is worked out
 * anew when something else was issued meanwhile.
 */
const CHANGE: Life = {
  application: { quote: 'quoted', decline: 'declined', discard: 'discarded' },
  quoted: { quote: 'quoted', decline: 'declined', accept: 'accepted', invalidate: 'invalidated' },
  accepted: { issue: 'issued', invalidate: 'invalidated' },
  declined: { discard: 'discarded' },
};
/** Formats §3.7. */
const CANCELLATION: Life = { draft: { issue: 'issued', rescind: 'rescinded' } };
/** Formats §3.7: it is underwritten when it is accepted; invalidating takes it back to a draft. */
const REINSTATEMENT: Life = {
  draft: { accept: 'accepted', decline: 'declined', expire: 'expired', discard: 'discarded' },
  accepted: { issue: 'issued', invalidate: 'draft', expire: 'expired' },
  declined: { discard: 'discarded' },
};
/** Issued as they are made; a draft is left where that failed. */
const AT_ONCE: Life = { draft: { issue: 'issued', discard: 'discarded' } };
const LIVES: Readonly<Record<TransactionKind, Life>> = {
  endorsement: CHANGE,
  renewal: CHANGE,
  cancellation: CANCELLATION,
  reinstatement: REINSTATEMENT,
  withdrawal: AT_ONCE,
  fees: AT_ONCE,
};

/** @returns the state after an action. Throws `wrong-state`, naming what is possible instead. */
export function nextTransactionState(
  kind: TransactionKind,
  from: TransactionState,
  action: TransactionAction,
  locator: string,
): TransactionState {
  const possible = LIVES[kind][from] ?? {};
  const next = possible[action];
  if (next) return next;
  const names = Object.keys(possible).filter((name) => name !== 'decline' && name !== 'expire');
  throw new Problem(
    'wrong-state',
    `The ${kind} ${locator} is ${from}: it can not be ${PARTICIPLES[action]}. ${
      names.length > 0 ? `Possible now: ${names.join(', ')}.` : 'Nothing more can be done to it.'
    }`,
    { place: { locator } },
  );
}

/** Whether some sequence of actions, none too, leads from one state to the other; `undefined`: it is not there yet. */
export function canBecome(kind: TransactionKind, from: TransactionState | undefined, to: TransactionState): boolean {
  const life = LIVES[kind];
  const reached = new Set<TransactionState>(from === undefined ? (['application', 'draft'] as const) : [from]);
  // A set gives what is added while it is gone through.
  for (const state of reached) for (const next of Object.values(life[state] ?? {})) reached.add(next);
  return reached.has(to);
}

/** Whether its request may still be changed. */
export function isOpen(state: TransactionState): boolean {
  return state === 'application' || state === 'draft';
}

const PARTICIPLES: Readonly<Record<TransactionAction, string>> = {
  quote: 'quoted',
  decline: 'declined',
  accept: 'accepted',
  issue: 'issued',
  invalidate: 'invalidated',
  discard: 'discarded',
  rescind: 'rescinded',
  expire: 'expired',
};
