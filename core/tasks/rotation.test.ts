import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEEP, outlived } from './rotation.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1, 12);
const SEED = 20261127;

test('BK3 a year of daily backups leaves the last 7 days, 5 weeks and 12 months', () => {
  let kept: number[] = [];
  for (let day = 0; day < 400; day += 1) {
    kept.push(START + day * DAY);
    const gone = new Set(outlived(kept, KEEP, 'UTC'));
    kept = kept.filter((at) => !gone.has(at));
  }
  const ages = kept.map((at) => (START + 399 * DAY - at) / DAY).sort((a, b) => a - b);
  expect(ages.slice(0, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  // The last day is Thursday, 4 February 2027: Sundays before it, then ends of months.
  expect(kept.map((at) => new Date(at).toISOString().slice(0, 10)).sort()).toEqual([
    ...['2026-03-31', '2026-04-30', '2026-05-31', '2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30', '2026-10-31'],
    ...['2026-11-30', '2026-12-31', '2027-01-10', '2027-01-17', '2027-01-24', '2027-01-29', '2027-01-30', '2027-01-31'],
    ...['2027-02-01', '2027-02-02', '2027-02-03', '2027-02-04'],
  ]);
});

test('BK3 the newest always stays, and what stays does not outlive later what it did not outlive now', () => {
  const instants = fc.array(fc.integer({ min: 0, max: 900 * 24 }), { minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(instants, (hours) => {
      const made = [...new Set(hours)].map((hour) => START + hour * 3_600_000);
      const gone = new Set(outlived(made, KEEP, 'Europe/Paris'));
      const kept = made.filter((at) => !gone.has(at));
      expect(kept).toContain(Math.max(...made));
      expect(kept.length).toBeLessThanOrEqual(KEEP.days + KEEP.weeks + KEEP.months);
      expect(outlived(kept, KEEP, 'Europe/Paris')).toEqual([]);
    }),
    { seed: SEED, numRuns: 200 },
  );
});
