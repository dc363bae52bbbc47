import type { Comparison } from './comparison.ts';

/** A risk that moved, with its place in the book. */
export interface Mover {
  readonly index: number;
  readonly key: string;
  /** Cents. */
  readonly before: number;
  readonly after: number;
}
export interface Movers {
  /** Who pays less, the largest fall first. */
  readonly winners: readonly Mover[];
  /** Who pays more, the largest rise first. */
  readonly losers: readonly Mover[];
}

/** The risks that move most, by amount or by percentage; equal ones in the order of the book (IM7). */
export function moversOf(comparison: Comparison, count: number, by: 'amount' | 'percent'): Movers {
  const { before, after } = comparison;
  const size = (at: number): number => {
    const moved = (after[at] ?? 0) - (before[at] ?? 0);
    return by === 'amount' ? moved : moved / Math.abs(before[at] ?? 0);
  };
  const top = (sign: 1 | -1): readonly Mover[] => {
    const best: number[] = [];
    for (let at = 0; at < before.length; at += 1) {
      const moved = size(at) * sign;
      // Without a premium before there is no percentage: such a risk is in the band of the new ones.
      if (!(moved > 0) || !Number.isFinite(moved)) continue;
      if (best.length === count && moved <= size(best[count - 1] ?? 0) * sign) continue;
      let place = best.length;
      while (place > 0 && size(best[place - 1] ?? 0) * sign < moved) place -= 1;
      best.splice(place, 0, at);
      if (best.length > count) best.pop();
    }
    return best.map((at) => moverAt(comparison, at));
  };
  return count === 0 ? { winners: [], losers: [] } : { winners: top(-1), losers: top(1) };
}

function moverAt({ places, keys, before, after }: Comparison, at: number): Mover {
  const index = places[at] ?? 0;
  return { index, key: keys[index] ?? '', before: before[at] ?? 0, after: after[at] ?? 0 };
}
