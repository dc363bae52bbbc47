import { setTimeout as sleep } from 'node:timers/promises';

/** Measuring the way that noisy machines allow: contestants in turn, several rounds, median and spread, ratios within one run. */
export interface Contestant {
  readonly name: string;
  /** Does `count` units of work. */
  readonly work: (count: number) => void | Promise<void>;
}
export interface Measured {
  readonly name: string;
  /** Units of work per second: the median of the rounds. */
  readonly perSecond: number;
  /** Lowest and highest round. */
  readonly spread: readonly [number, number];
}

const ROUNDS = 7;
const ROUND_MILLISECONDS = 250;

/** Runs all contestants in turn, round after round; each first warms up and finds how much work fills a round. */
export async function contest(contestants: readonly Contestant[]): Promise<Measured[]> {
  const counts: number[] = [];
  for (const { work } of contestants) counts.push(await calibrate(work));
  const rates = contestants.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, { work }] of contestants.entries()) {
      const count = counts[index] ?? 1;
      const started = performance.now();
      await work(count);
      rates[index]?.push((count / (performance.now() - started)) * 1000);
    }
  return contestants.map(({ name }, index) => {
    const sorted = (rates[index] ?? []).toSorted((a, b) => a - b);
    return { name, perSecond: quantile(sorted, 0.5), spread: [sorted[0] ?? 0, sorted.at(-1) ?? 0] };
  });
}

async function calibrate(work: Contestant['work']): Promise<number> {
  let count = 1;
  for (;;) {
    const started = performance.now();
    await work(count);
    const took = performance.now() - started;
    if (took >= ROUND_MILLISECONDS / 2) return Math.max(1, Math.round((count * ROUND_MILLISECONDS) / took));
    count = Math.ceil(count * Math.min(10, Math.max(2, ROUND_MILLISECONDS / Math.max(took, 0.01))));
  }
}

/** Somebody who does a fixed amount of work each round. */
export interface Turn {
  /** Units of work of a round. */
  readonly units: number;
  readonly work: () => unknown;
}

/** Units a second of each contestant, in turn, the first round being for warming up: medians. */
export async function inTurn(turns: readonly Turn[], rounds: number): Promise<readonly number[]> {
  const rates = turns.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [i, { units, work }] of turns.entries()) {
      const started = performance.now();
      await work();
      if (round > 0) rates[i]?.push((units / (performance.now() - started)) * 1_000);
      await sleep(20);
    }
  return rates.map((all) =>
    quantile(
      all.toSorted((a, b) => a - b),
      0.5,
    ),
  );
}

/** The value below which a share of the sorted samples lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A time or rate with three significant digits and thousands separators. */
export function figure(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value);
}
