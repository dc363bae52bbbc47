import { Decimal } from '#core/model/decimal.ts';
import { roundHalfUp } from '#core/model/money.ts';
import type { Millis } from '#core/model/time.ts';
import type { Period } from './cadence.ts';

/** An amount and the coverage that it pays for. */
export interface Share {
  readonly amount: Decimal;
  readonly start: Millis;
  readonly end: Millis;
}

/** How long a time is: what a part of a period weighs beside the whole one (BI10). */
export type Measure = (start: Millis, end: Millis) => Decimal;

/**
 * Splits amounts over periods by the coverage that falls into each. Rounded along both directions: what the first k amounts have
 * given by the end of period i is the rounding of their exact sum there. So every amount is split exactly to the cent, and no
 * period's total is off its exact share by more than a cent, however many amounts there are (BI13).
 *
 * @param decimals of the amounts
 * @returns for each share the amount of each period
 */
export function allocate(
  shares: readonly Share[],
  periods: readonly Period[],
  decimals: number,
  measure: Measure,
): readonly (readonly Decimal[])[] {
  const fractions = cumulativeFractions(periods, measure);
  const exact = periods.map(() => new Decimal(0));
  let before = periods.map(() => new Decimal(0));
  return shares.map((share) => {
    const by = fractions(share);
    const after = periods.map((_, i) => {
      const sum = (exact[i] ?? ZERO).plus(share.amount.times(by[i] ?? ZERO));
      exact[i] = sum;
      return roundHalfUp(sum, decimals);
    });
    const given = after.map((sum, i) => sum.minus(before[i] ?? ZERO));
    before = after;
    return given.map((sum, i) => sum.minus(i === 0 ? ZERO : (given[i - 1] ?? ZERO)));
  });
}
const ZERO = new Decimal(0);
const ONE = new Decimal(1);

/** How much of a share's coverage has passed by the end of each period; from its last period on exactly all of it. */
function cumulativeFractions(periods: readonly Period[], measure: Measure): (share: Share) => readonly Decimal[] {
  // Nearly all charges of a transaction cover the same time.
  const known = new Map<string, readonly Decimal[]>();
  return ({ start, end }) => {
    const key = `${start} ${end}`;
    const found = known.get(key) ?? fractionsOf(start, end, periods, measure);
    known.set(key, found);
    return found;
  };
}

function fractionsOf(start: Millis, end: Millis, periods: readonly Period[], measure: Measure): readonly Decimal[] {
  const weights = periods.map((period) => {
    const from = Math.max(period.start, start);
    const to = Math.min(period.end, end);
    if (from >= to) return ZERO;
    return from === period.start && to === period.whole
      ? ONE
      : measure(from, to).div(measure(period.start, period.whole));
  });
  const last = weights.findLastIndex((weight) => !weight.isZero());
  // Coverage outside of every period, or of no length, belongs to the period that it begins in or next to.
  const only = last >= 0 ? -1 : Math.max(0, nearest(start, periods));
  const total = weights.reduce((sum, weight) => sum.plus(weight), ZERO);
  let passed = ZERO;
  return weights.map((weight, i) => {
    passed = passed.plus(weight);
    if (only >= 0) return i >= only ? ONE : ZERO;
    return i >= last ? ONE : passed.div(total);
  });
}

function nearest(start: Millis, periods: readonly Period[]): number {
  const within = periods.findIndex((period) => period.end > start);
  return within >= 0 ? within : periods.length - 1;
}
