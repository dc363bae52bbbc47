import { expect, test } from 'vitest';
import { simulate } from './world.ts';

/** Seeds of every run; those that once found something are pinned below. */
const SEEDS = 1_000;

test('SY1 SY2 SY15: any number of laptops converge, and nothing acknowledged is lost', () => {
  const seen = { refused: 0, merged: 0 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const weather = {
      laptops: 2 + (seed % 4),
      steps: 60 + (seed % 5) * 30,
      loss: 0.15,
      duplication: 0.15,
      partition: 0.05,
    };
    try {
      const { refused, merged } = simulate(seed, weather);
      seen.refused += refused;
      seen.merged += merged;
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  expect(seen.refused).toBeGreaterThan(1_000);
  expect(seen.merged).toBeGreaterThan(100);
}, 120_000);
