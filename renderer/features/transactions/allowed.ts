import type { ProductLifecycle } from '#core/api/contracts/transactions.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';

export type PolicyAction = 'endorse' | 'renew' | 'cancel' | 'reinstate';
export const POLICY_ACTIONS: readonly PolicyAction[] = ['endorse', 'renew', 'cancel', 'reinstate'];
/** Why something can not be done, by its key in the text catalogue. */
export type Hindrance =
  | 'withdrawn'
  | 'cancelled'
  | 'notCancelled'
  | 'noEndorsements'
  | 'noCancellations'
  | 'nothingCovered';

/** What may be done to an issued policy; what may not says why. The core decides in the end: this saves the way there. */
export function hindrances(
  timeline: Pick<TimelineResponse, 'status' | 'ended' | 'terms'>,
  { endorsements, cancellations }: Pick<ProductLifecycle, 'endorsements' | 'cancellations'>,
): Readonly<Record<PolicyAction, Hindrance | undefined>> {
  if (timeline.status === 'withdrawn')
    return { endorse: 'withdrawn', renew: 'withdrawn', cancel: 'withdrawn', reinstate: 'withdrawn' };
  const cancelled = timeline.ended !== undefined;
  // A policy that was cancelled from its first day covers nothing that could be changed.
  const empty = timeline.ended !== undefined && timeline.ended <= (timeline.terms[0]?.start ?? 0);
  return {
    endorse: empty ? 'nothingCovered' : endorsements.length === 0 ? 'noEndorsements' : undefined,
    renew: cancelled ? 'cancelled' : undefined,
    cancel: cancelled ? 'cancelled' : cancellations.length === 0 ? 'noCancellations' : undefined,
    reinstate: cancelled ? undefined : 'notCancelled',
  };
}

/** The cancellation that ended the policy: of those at that instant the one issued last. */
export function cancellationInForce({
  ended,
  transactions,
}: Pick<TimelineResponse, 'ended' | 'transactions'>): string | undefined {
  return transactions
    .filter(({ kind, state, effective }) => kind === 'cancellation' && state === 'issued' && effective === ended)
    .toSorted((a, b) => (a.issued ?? 0) - (b.issued ?? 0))
    .at(-1)?.locator;
}
