import { Random } from './random.ts';

/** What may happen, and how often, in one run: probabilities of each message or step. */
export interface Weather {
  readonly laptops: number;
  readonly steps: number;
  readonly loss: number;
  readonly duplication: number;
  readonly partition: number;
  /** A process dies: of a laptop between two writes, of a copy of the cloud between two transactions. */
  readonly death: number;
  /** A laptop is restored from a backup that it made before. */
  readonly restore: number;
  /** A new laptop comes; one is turned away for good. */
  readonly coming: number;
  readonly going: number;
  /** Copies of the cloud that are older than the laptops. */
  readonly old: number;
  /** The cloud is set back to a backup that was made before. */
  readonly setBack: number;
}
/** Weather of a seed; every kind is met in some hundred seeds, calm weather too. */
export function weatherOf(seed: number): Weather {
  const random = new Random(seed ^ 0x5eed);
  const some = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
  return {
    laptops: 2 + random.below(4),
    steps: 60 + random.below(240),
    loss: some(0.3),
    duplication: some(0.3),
    partition: some(0.1),
    death: some(0.08),
    restore: some(0.03),
    coming: some(0.01),
    going: some(0.003),
    old: some(0.05),
    setBack: some(0.01),
  };
}

/** What came of a run, to see that there was something to find. */
export interface Sums {
  entries: number;
  refused: number;
  merged: number;
  followed: number;
  restored: number;
  joined: number;
  parked: number;
  deaths: number;
  turnedAway: number;
  /** What the machine met: rounds that were given up, that a person had to look at, and why. */
  failed: number;
  braked: number;
  tooOld: number;
  diskFull: number;
  enrolledAgain: number;
  wiped: number;
  /** Times that the cloud was set back, and entries that were in the log then and came again. */
  setBack: number;
  cameAgain: number;
  /** Entries of others that stood aside until they came again, or for ever. */
  aside: number;
}
/** Nothing yet. */
export function noSums(): Sums {
  return {
    entries: 0,
    refused: 0,
    merged: 0,
    followed: 0,
    restored: 0,
    joined: 0,
    parked: 0,
    deaths: 0,
    turnedAway: 0,
    failed: 0,
    braked: 0,
    tooOld: 0,
    diskFull: 0,
    enrolledAgain: 0,
    wiped: 0,
    setBack: 0,
    cameAgain: 0,
    aside: 0,
  };
}
