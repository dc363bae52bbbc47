import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { NearChange } from '#core/model/near-miss.ts';

/** An input that may change, and what to (SPEC.md, N1 to N7). */
export interface Adjustable {
  readonly change: Omit<NearChange, 'to'>;
  readonly candidates: readonly (readonly string[])[];
  /** Of a number: the smallest amount by which it moves. */
  readonly step?: Decimal;
}
/** What an evaluation of some changes came to; undefined when the changed risk can not be evaluated (a field is wrong then). */
export interface Verdict {
  readonly accepted: boolean;
  /** Decision and notes: what a change may have moved although it is not accepted. */
  readonly outcome: string;
}
export interface SearchOptions {
  readonly evaluate: (changes: readonly NearChange[]) => Promise<Verdict | undefined>;
  /** Of the risk as it is. */
  readonly before: Verdict;
  /** Evaluations at most. */
  readonly most: number;
  /** Whether the time is over or somebody cancelled. */
  readonly over: () => boolean;
}
export interface Found {
  /** Nearest first. */
  readonly accepted: readonly (readonly NearChange[])[];
  readonly evaluations: number;
  /** Everything that the rules allow was tried. */
  readonly exhausted: boolean;
}

interface Move {
  readonly input: Adjustable;
  /** Position of the input in the form. */
  readonly order: number;
  readonly change: NearChange;
  readonly distance: number;
}
/** Evaluations that run at the same time: the machine has more than one processor. */
const AT_ONCE = 4;
/** Pairs that are evaluated in the end stop at so many accepted ones. */
const ENOUGH = 8;

/** Searches the nearest changes that are accepted (SPEC.md, N10 to N14). Rejects only with what an evaluation rejects with. */
export async function searchNearest(inputs: readonly Adjustable[], options: SearchOptions): Promise<Found> {
  const search = new Search(options);
  const moves = inputs.map((input, order) => [...movesOf(input, order)].sort(nearer));
  // The nearest of every input first: a search that is ended has looked everywhere.
  const rounds = Math.max(0, ...moves.map(({ length }) => length));
  const singles = Array.from({ length: rounds }, (_, i) => moves.flatMap((list) => list[i] ?? [])).flat();
  let found = await search.singles(singles);
  if (found.length === 0) found = await search.pairs(singles);
  const refined: (readonly Move[])[] = [];
  for (const moves of found) refined.push(await search.refine(moves));
  return {
    accepted: refined.sort(nearerSets).map((moves) => moves.map(({ change }) => change)),
    evaluations: search.evaluations,
    exhausted: !search.stopped,
  };
}

class Search {
  evaluations = 0;
  /** Something was left out. */
  stopped = false;
  readonly #options: SearchOptions;
  /** Moves that alone changed decision or notes. */
  readonly #moving = new Set<Move>();

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  async #verdict(moves: readonly Move[]): Promise<Verdict | undefined> {
    if (this.stopped || this.evaluations >= this.#options.most || this.#options.over()) {
      this.stopped = true;
      return undefined;
    }
    this.evaluations += 1;
    return this.#options.evaluate(moves.map(({ change }) => change));
  }

  /**
   * Asks for some at once, in their order.
   * @param wanted whether one is still of interest
   */
  async #each(
    sets: readonly (readonly Move[])[],
    wanted: (moves: readonly Move[]) => boolean,
    take: (moves: readonly Move[], verdict: Verdict) => void,
  ): Promise<void> {
    let next = 0;
    while (next < sets.length && !this.stopped) {
      const batch: (readonly Move[])[] = [];
      for (; next < sets.length && batch.length < AT_ONCE; next += 1) {
        const moves = sets[next];
        if (moves && wanted(moves)) batch.push(moves);
      }
      const verdicts = await Promise.all(batch.map((moves) => this.#verdict(moves)));
      for (const [i, moves] of batch.entries()) {
        const verdict = verdicts[i];
        if (verdict && wanted(moves)) take(moves, verdict);
      }
    }
  }

  /** @returns the nearest accepted move of each input */
  async singles(moves: readonly Move[]): Promise<(readonly Move[])[]> {
    const accepted = new Map<number, readonly Move[]>();
    await this.#each(
      moves.map((move) => [move]),
      ([move]) => move !== undefined && !accepted.has(move.order),
      ([move], verdict) => {
        if (!move) return;
        if (verdict.accepted) accepted.set(move.order, [move]);
        if (verdict.outcome !== this.#options.before.outcome) this.#moving.add(move);
      },
    );
    return [...accepted.values()];
  }

  /** @returns accepted pairs, the nearest of each two inputs */
  async pairs(singles: readonly Move[]): Promise<(readonly Move[])[]> {
    if (this.stopped) return [];
    const pairs: (readonly [Move, Move])[] = [];
    for (const [i, one] of singles.entries())
      for (const other of singles.slice(i + 1))
        if (one.order !== other.order) pairs.push(one.order < other.order ? [one, other] : [other, one]);
    pairs.sort(nearerSets);
    if (pairs.length > this.#options.most - this.evaluations) {
      const moving = (pair: readonly Move[]): number => pair.filter((move) => this.#moving.has(move)).length;
      pairs.sort((a, b) => moving(b) - moving(a) || nearerSets(a, b));
    }
    const accepted = new Map<string, readonly Move[]>();
    const inputsOf = (pair: readonly Move[]): string => pair.map(({ order }) => order).join();
    await this.#each(
      pairs,
      (pair) => accepted.size < ENOUGH && !accepted.has(inputsOf(pair)),
      (pair, verdict) => {
        if (verdict.accepted) accepted.set(inputsOf(pair), pair);
      },
    );
    return [...accepted.values()];
  }

  /** Moves every number back towards where it was, as far as it stays accepted (N12). */
  async refine(moves: readonly Move[]): Promise<readonly Move[]> {
    let kept = moves;
    for (const [i, move] of moves.entries()) {
      const { step, change } = move.input;
      const [from, to] = [parseDecimal(change.from[0]), parseDecimal(move.change.to[0])];
      if (!step || !from || !to) continue;
      const at = (value: Decimal): readonly Move[] =>
        kept.map((one, k) => (k === i ? moveTo(one.input, one.order, [value.toFixed()]) : one));
      const direction = from.lessThan(to) ? 1 : -1;
      // In steps away from `from`: `refused` is not accepted (0 is the value as it was), `fine` is.
      let refused = new Decimal(0);
      let fine = to.minus(from).abs().div(step).ceil();
      let probe = fine.minus(1);
      while (fine.minus(refused).greaterThan(1)) {
        const value = from.plus(step.times(probe).times(direction));
        const verdict = await this.#verdict(at(value));
        if (this.stopped) return kept;
        if (verdict?.accepted) {
          fine = probe;
          kept = at(value);
        } else refused = probe;
        probe = refused.plus(fine).div(2).floor();
      }
    }
    return kept;
  }
}

function movesOf(input: Adjustable, order: number): readonly Move[] {
  return input.candidates.map((to) => moveTo(input, order, to));
}

function moveTo(input: Adjustable, order: number, to: readonly string[]): Move {
  return { input, order, change: { ...input.change, to }, distance: distanceOf(input, to) };
}

/** What a number moves as a share of the larger of both values, at most 1; anything else is 1 (N10). */
function distanceOf({ step, change }: Adjustable, to: readonly string[]): number {
  const [before, after] = [parseDecimal(change.from[0]), parseDecimal(to[0])];
  const isNumber = step !== undefined || change.target.amount !== undefined;
  if (!isNumber || !before || !after) return 1;
  const larger = Decimal.max(before.abs(), after.abs());
  return larger.isZero() ? 0 : Math.min(1, after.minus(before).abs().div(larger).toNumber());
}

const nearer = (a: Move, b: Move): number => nearerSets([a], [b]);

function nearerSets(a: readonly Move[], b: readonly Move[]): number {
  const sum = (moves: readonly Move[]): number => moves.reduce((total, { distance }) => total + distance, 0);
  const orders = (moves: readonly Move[]): readonly number[] => moves.map(({ order }) => order);
  const difference = a.length - b.length || sum(a) - sum(b);
  if (difference !== 0) return difference;
  const [first, second] = [orders(a), orders(b)];
  return first.reduce((found, order, i) => found || order - (second[i] ?? 0), 0);
}
