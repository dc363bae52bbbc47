import { expect, test } from 'vitest';
import { FOUND } from './found.ts';
import type { Sums } from './weather.ts';
import { simulate } from './world.ts';

/** Seeds of every run; `npm run soak -- --only simulation` takes others. */
const SEEDS = 1_000;

test('SY1 SY2 SY15 SY44 SY60 SY81 SY85: any number of laptops, each driven by the machine of the product, converge, and nothing acknowledged is lost', () => {
  const seen: Partial<Record<keyof Sums, number>> = {};
  const one = Number(process.env.FIELDWRITER_SIMULATION ?? 0);
  const seeds = one ? [one] : [...FOUND, ...Array.from({ length: SEEDS }, (_, i) => i + 1)];
  for (const seed of seeds) {
    try {
      for (const [what, times] of Object.entries(simulate(seed)))
        seen[what as keyof Sums] = (seen[what as keyof Sums] ?? 0) + times;
    } catch (error) {
      const again = `FIELDWRITER_SIMULATION=${seed} npx vitest run test/simulation`;
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\nAgain: ${again}`, {
        cause: error,
      });
    }
  }
  if (one) return;
  // There was something to find.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20);
}, 120_000);
