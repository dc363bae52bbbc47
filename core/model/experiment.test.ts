import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arm, armOf, murmur3 } from './experiment.ts';

const ARMS: readonly Arm[] = [
  { name: 'control', configVersion: 1, share: 0.5 },
  { name: 'cheaper', configVersion: 2, share: 0.3 },
  { name: 'dearer', configVersion: 3, share: 0.2 },
];
const at = (key: string, traffic = 1, seed = 'spring 2027'): string | undefined =>
  armOf({ seed, traffic, arms: ARMS }, key)?.name;

describe('EX2: the arm of a risk', () => {
  it('hashes as MurmurHash3 x86_32 does everywhere (reference vectors of the algorithm, seed 0)', () => {
    const of = (text: string): number => murmur3(new TextEncoder().encode(text));
    expect([of(''), of('test'), of('Hello, world!'), of('The quick brown fox jumps over the lazy dog')]).toEqual([
      0, 0xba6bd213, 0xc0363e43, 0x2e4ff723,
    ]);
  });

  it('is the same on every laptop, for good (golden vectors)', () => {
    const keys = [
      'ada@example.com',
      'grace@example.com',
      'alan@example.com',
      'edsger@example.com',
      'barbara@example.com',
      'Ö',
    ];
    expect(keys.map((key) => at(key))).toEqual(['control', 'cheaper', 'cheaper', 'cheaper', 'control', 'dearer']);
    expect(keys.map((key) => at(key, 0.5))).toEqual([undefined, 'cheaper', 'cheaper', undefined, 'control', undefined]);
  });

  it('converges to the shares, and to the traffic', () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `risk ${index}`);
    const counts = (traffic: number) => {
      const arms = keys.map((key) => at(key, traffic));
      return ARMS.map(({ name }) => arms.filter((arm) => arm === name).length / keys.length);
    };
    for (const [index, share] of counts(1).entries()) expect(share).toBeCloseTo(ARMS[index]?.share ?? 0, 2);
    for (const [index, share] of counts(0.25).entries()) expect(share).toBeCloseTo((ARMS[index]?.share ?? 0) * 0.25, 2);
  });

  it('never moves with more traffic, and seeds are independent of each other', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (key, traffic) => {
        const before = at(key, traffic);
        if (before !== undefined) expect(at(key, 1)).toBe(before);
      }),
      { seed: 7, numRuns: 500 },
    );
    const both = Array.from({ length: 20_000 }, (_, index) => [at(`${index}`), at(`${index}`, 1, 'autumn')]);
    const same = both.filter(([a, b]) => a === 'control' && b === 'control').length / both.length;
    expect(same).toBeCloseTo(0.25, 1);
  });
});
