import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { PerilCharacteristics } from '#core/model/policy.ts';
import type { Totals } from './account.ts';

/** What the losses of a peril amount to, in the account's sign: on one sub-claim, on its claim, and on all claims. */
export interface LossSoFar {
  readonly subclaim: Totals;
  /** All sub-claims of the claim on this peril: one event. */
  readonly event: Totals;
  /** All sub-claims of all claims on this peril, which lives for one term. */
  readonly aggregate: Totals;
}
type LimitName = 'indemnityPerItem' | 'lumpSumPayment' | 'indemnityPerEvent' | 'indemnityInAggregate';
type Limits = Readonly<Partial<Pick<PerilCharacteristics, LimitName | 'deductible'>>>;

const LIMITS: readonly (readonly [LimitName, keyof LossSoFar, string])[] = [
  ['indemnityPerItem', 'subclaim', 'per item (one sub-claim)'],
  ['lumpSumPayment', 'subclaim', 'lump sum'],
  ['indemnityPerEvent', 'event', 'per event (one claim)'],
  ['indemnityInAggregate', 'aggregate', 'in aggregate'],
];

/**
 * What an adjuster should know about losses and the peril's limits (K26): they decide, so nothing is refused. A limit that is
 * `unlimited`, absent or no number bounds nothing. @param limits of the row that was in force when it happened
 */
export function limitWarnings(limits: Limits, losses: LossSoFar): readonly string[] {
  return LIMITS.flatMap(([name, scope, words]) => {
    const limit = parseDecimal(limits[name]);
    const cost = Decimal.max(losses[scope].incurred.negated(), 0);
    return limit && cost.greaterThan(limit)
      ? [`Losses of ${cost.toFixed()} are more than the limit of ${limit.toFixed()} ${words}.`]
      : [];
  });
}

/** A reminder with the first payment for a loss: what is paid is what remains after the deductible (K27). */
export function deductibleReminder(limits: Limits, paidBefore: Decimal): readonly string[] {
  const deductible = parseDecimal(limits.deductible);
  if (!deductible?.greaterThan(0) || !paidBefore.isZero()) return [];
  return [`The peril carries a deductible of ${deductible.toFixed()}: pay what remains of the loss after it.`];
}
