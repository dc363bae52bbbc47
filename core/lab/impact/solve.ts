import { Decimal } from '#core/model/decimal.ts';
import { roundHalfUp } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import { ExactSum } from './exact.ts';

/** A factor and what it makes of the book. */
export interface Solution {
  /** Plain decimal text with at most six decimals. */
  readonly factor: string;
  /** Cents that were wanted, and that the factor makes. */
  readonly target: bigint;
  readonly reached: bigint;
  /** reached − target: what no factor of six decimals can take away. */
  readonly residual: bigint;
  /** `linear`: three ratings lie on a line, so that the factor is read off it; `bisection`: searched. */
  readonly method: 'linear' | 'bisection';
  /** How often the book was rated. */
  readonly ratings: number;
}

const DECIMALS = 6;
const MOST_RATINGS = 40;
/** Factors beyond these are no rate change any more. */
const [LEAST, MOST] = [new Decimal('0.01'), new Decimal(100)];

/**
 * Finds the factor with which the book comes nearest to a wanted sum (IM11): first by the line through two ratings, which is
 * exact but for rounding where the factor stands before everything; where it is none, by bisection between two factors around it.
 * @param total the book's sum in cents with a factor; rates the book, so it is asked as seldom as possible
 * @throws Problem pricing-failed: no factor between 0.01 and 100 reaches it
 */
export async function solveFactor(total: (factor: string) => Promise<bigint>, target: bigint): Promise<Solution> {
  const known = new Map<string, bigint>();
  const at = async (factor: Decimal): Promise<bigint> => {
    const text = roundHalfUp(factor, DECIMALS).toFixed();
    const found = known.get(text) ?? (await total(text));
    known.set(text, found);
    return found;
  };
  const solution = (factor: Decimal, method: Solution['method']): Solution => {
    const text = roundHalfUp(factor, DECIMALS).toFixed();
    const reached = known.get(text) ?? 0n;
    return { factor: text, target, reached, residual: reached - target, method, ratings: known.size };
  };
  const one = new Decimal(1);
  const [atOne, atTwo] = [await at(one), await at(new Decimal(2))];
  if (atOne === target) return solution(one, 'linear');
  const slope = atTwo - atOne;
  if (slope !== 0n) {
    const factor = one.plus(new Decimal((target - atOne).toString()).div(slope.toString()));
    if (factor.greaterThanOrEqualTo(LEAST) && factor.lessThanOrEqualTo(MOST)) {
      const rounded = roundHalfUp(factor, DECIMALS);
      const reached = await at(rounded);
      // A millionth more or less moves the sum by this much: nearer than that the line can not be told from the truth.
      const grain = magnitude(slope) / 10n ** BigInt(DECIMALS) + 1n;
      if (magnitude(reached - target) <= grain) return solution(rounded, 'linear');
    }
  }
  return bisect(
    at,
    target,
    [...known].map(([text, sum]) => [new Decimal(text), sum] as const),
    solution,
  );
}

async function bisect(
  at: (factor: Decimal) => Promise<bigint>,
  target: bigint,
  known: readonly (readonly [Decimal, bigint])[],
  solution: (factor: Decimal, method: 'bisection') => Solution,
): Promise<Solution> {
  const ends = [...known, [LEAST, await at(LEAST)] as const, [MOST, await at(MOST)] as const];
  const sorted = ends.sort(([a], [b]) => a.comparedTo(b));
  const pair = sorted.findIndex(([, sum], i) => {
    const next = sorted[i + 1]?.[1];
    return next !== undefined && (sum - target) * (next - target) <= 0n;
  });
  let [low, high] = [sorted[pair], sorted[pair + 1]];
  if (!low || !high)
    throw new Problem(
      'pricing-failed',
      `No factor between ${LEAST} and ${MOST} reaches it: the sum stays between ${sorted[0]?.[1]} and ${sorted.at(-1)?.[1]} cents.`,
      { place: { field: 'solve' } },
    );
  const grain = new Decimal(1).div(new Decimal(10).pow(DECIMALS));
  for (let i = 0; i < MOST_RATINGS && high[0].minus(low[0]).greaterThan(grain); i += 1) {
    const middle = roundHalfUp(low[0].plus(high[0]).div(2), DECIMALS);
    const sum = await at(middle);
    if ((sum - target) * (low[1] - target) <= 0n) high = [middle, sum];
    else low = [middle, sum];
  }
  const nearer = magnitude(low[1] - target) <= magnitude(high[1] - target) ? low : high;
  return solution(nearer[0], 'bisection');
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

/** The sum of a book whose amounts are all multiplied by a factor and rounded half up to the cent. */
export function scaledTotal(amounts: Float64Array, factor: string): bigint {
  const sum = new ExactSum();
  // In whole millionths: the product of a cent amount below 2^33 and a factor below 2^20 millionths would pass 2^53.
  const millionths = BigInt(new Decimal(factor).times(10 ** DECIMALS).toFixed(0));
  const small = millionths < 2n ** 27n;
  for (const cents of amounts) {
    if (small && Math.abs(cents) < 2 ** 25) sum.add(halfUp(cents * Number(millionths)));
    else sum.add(Number(halfUpBig(BigInt(cents) * millionths)));
  }
  return sum.value;
}

const UNIT = 10 ** DECIMALS;

function halfUp(millionths: number): number {
  const size = Math.abs(millionths);
  const rest = size % UNIT;
  const whole = (size - rest) / UNIT + (rest * 2 >= UNIT ? 1 : 0);
  return millionths < 0 ? -whole : whole;
}

function halfUpBig(millionths: bigint): bigint {
  const size = magnitude(millionths);
  const whole = (size + BigInt(UNIT / 2)) / BigInt(UNIT);
  return millionths < 0n ? -whole : whole;
}

/** after = before × (1 + percent ÷ 100), rounded to the cent. */
export function wantedTotal(before: bigint, percent: string): bigint {
  const wanted = new Decimal(before.toString()).times(new Decimal(percent).div(100).plus(1));
  return BigInt(roundHalfUp(wanted, 0).toFixed(0));
}
