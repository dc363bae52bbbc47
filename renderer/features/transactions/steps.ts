import type { PolicyAction } from './allowed.ts';

export type Step = 'open' | 'quote' | 'accept' | 'issue' | 'invalidate' | 'discard';
export type ChangeKind = 'endorsement' | 'renewal' | 'cancellation' | 'reinstatement';

const CHANGE: Readonly<Record<string, readonly Step[]>> = {
  application: ['open', 'quote', 'issue', 'discard'],
  quoted: ['open', 'accept', 'issue', 'invalidate'],
  accepted: ['open', 'issue', 'invalidate'],
  declined: ['open', 'discard'],
};
const STEPS: Readonly<Record<string, Readonly<Record<string, readonly Step[]>>>> = {
  endorsement: CHANGE,
  renewal: CHANGE,
  cancellation: { draft: ['open', 'issue', 'discard'] },
  reinstatement: {
    draft: ['open', 'issue', 'discard'],
    accepted: ['open', 'issue', 'invalidate'],
    declined: ['open', 'discard'],
  },
  withdrawal: { draft: ['discard'] },
  fees: { draft: ['discard'] },
};

/** What can be done next with a transaction that is not issued (formats §3.6, §3.7); none: it has come to its end. */
export function nextSteps(kind: string, state: string): readonly Step[] {
  return STEPS[kind]?.[state] ?? [];
}

/** Where a step of a saved transaction is taken. */
export function stepPath(kind: string, locator: string, step: Exclude<Step, 'open'>): string {
  return step === 'discard' ? `/api/transactions/${locator}/discard` : `/${kind}s/${locator}/${step}`;
}

export const ACTION_OF: Readonly<Record<ChangeKind, PolicyAction>> = {
  endorsement: 'endorse',
  renewal: 'renew',
  cancellation: 'cancel',
  reinstatement: 'reinstate',
};
export const KIND_OF: Readonly<Record<PolicyAction, ChangeKind>> = {
  endorse: 'endorsement',
  renew: 'renewal',
  cancel: 'cancellation',
  reinstate: 'reinstatement',
};
