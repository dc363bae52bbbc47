import { Problem } from '#core/model/problem.ts';
import type { Comparison } from './comparison.ts';
import { ExactSum } from './exact.ts';

/** How far a renewal may move from what was paid before, percent with at most two decimals; null: as far as it does. */
export interface Caps {
  /** Most rise, 0 or more. */
  readonly cap: number | null;
  /** Most fall, 0 to 100. */
  readonly floor: number | null;
}
export interface Capped {
  /** The book with the amounts that may be asked. */
  readonly comparison: Comparison;
  readonly risks: { readonly capped: number; readonly floored: number };
  /** Cents that the cap gives away, and that the floor keeps. */
  readonly givenAway: bigint;
  readonly kept: bigint;
}

/**
 * Holds every risk within the caps (IM10). The bound is rounded towards the amount before, so that no cent breaks it; a risk
 * that paid nothing before has no bound.
 */
export function capped(comparison: Comparison, caps: Caps): Capped {
  const [cap, floor] = [hundredths(caps.cap, 'cap', 1_000_000), hundredths(caps.floor, 'floor', 10_000)];
  const [givenAway, kept] = [new ExactSum(), new ExactSum()];
  let [cappedRisks, flooredRisks] = [0, 0];
  const after = comparison.after.map((is, at) => {
    const was = comparison.before[at] ?? 0;
    const size = Math.abs(was);
    if (size === 0) return is;
    const most = cap === null ? Number.POSITIVE_INFINITY : was + wholePart(size * cap);
    const least = floor === null ? Number.NEGATIVE_INFINITY : was - wholePart(size * floor);
    if (is > most) {
      cappedRisks += 1;
      givenAway.add(is - most);
      return most;
    }
    if (is < least) {
      flooredRisks += 1;
      kept.add(least - is);
      return least;
    }
    return is;
  });
  return {
    comparison: { ...comparison, after },
    risks: { capped: cappedRisks, floored: flooredRisks },
    givenAway: givenAway.value,
    kept: kept.value,
  };
}

/** The remainder of two whole doubles is exact, the quotient need not be. */
function wholePart(tenThousandths: number): number {
  return (tenThousandths - (tenThousandths % 10_000)) / 10_000;
}

function hundredths(percent: number | null, field: string, most: number): number | null {
  if (percent === null) return null;
  const whole = Math.round(percent * 100);
  if (whole >= 0 && whole <= most && Math.abs(whole - percent * 100) < 1e-6) return whole;
  throw new Problem(
    'malformed-request',
    `A ${field} is 0 to ${most / 100} percent with at most two decimals, not ${percent}.`,
    { place: { field } },
  );
}
