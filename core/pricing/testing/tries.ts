/** How often and from which seed a law is tried: a soak gives a fresh seed and more tries (test/soak/run.ts). */
export function tries(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  const { FIELDWRITER_SEED: seed, FIELDWRITER_TIMES: times } = process.env;
  return {
    seed: seed === undefined ? 20261127 : Number.parseInt(seed.slice(0, 7), 16),
    numRuns: numRuns * Number(times ?? 1),
  };
}

/** The laws take their time on a busy machine, and a soak takes hours. */
export const LONG = { timeout: 3_600_000 } as const;

/** How long a random history may get: a soak tries longer ones. */
export function longest(usual: number): number {
  return usual * (Number(process.env.FIELDWRITER_TIMES ?? 1) > 1 ? 4 : 1);
}
