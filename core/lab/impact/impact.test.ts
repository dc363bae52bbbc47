import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookColumn, RatedBook } from '../contract.ts';
import { attribute } from './attribution.ts';
import { bookInText } from './books.ts';
import { groupedColumn, oneWay, twoWay } from './by-field.ts';
import { capped } from './caps.ts';
import { readClaims } from './claims-file.ts';
import { compareBooks, type Measure, type Sums, sumsOf } from './comparison.ts';
import { bandsOf, histogramOf } from './distribution.ts';
import { amountText, percentChange } from './exact.ts';
import { experienceBy } from './experience.ts';
import { moversOf } from './movers.ts';
import { scaledTotal, solveFactor, wantedTotal } from './solve.ts';

const RUNS = { seed: 20261127, numRuns: 150 };
const NET: Measure = { taxes: false, fees: false };
const GROSS: Measure = { taxes: true, fees: true };

function book(premiums: readonly number[], more: Partial<RatedBook> = {}): RatedBook {
  const none = (): Float64Array => new Float64Array(premiums.length);
  return {
    currency: 'EUR',
    keys: premiums.map((_, index) => `P${index}`),
    premium: Float64Array.from(premiums),
    taxes: none(),
    fees: none(),
    failures: premiums.flatMap((cents, index) =>
      Number.isNaN(cents) ? [{ index, code: 'pricing-failed', message: `no rate for P${index}` }] : [],
    ),
    ...more,
  };
}
const add = (parts: readonly Sums[]): Sums =>
  parts.reduce(
    (sum, part) => ({ count: sum.count + part.count, before: sum.before + part.before, after: sum.after + part.after }),
    { count: 0, before: 0n, after: 0n },
  );

const cents = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 500_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -90_000, max: 0 }) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const risks = fc.array(
  fc.record({
    before: cents,
    after: cents,
    taxes: fc.nat(999),
    zone: fc.nat(3),
    age: fc.integer({ min: 18, max: 90 }),
  }),
  { maxLength: 120 },
);
type Risks = typeof risks extends fc.Arbitrary<infer T> ? T : never;
const compared = (list: Risks, measure = NET) =>
  compareBooks(
    book(list.map(({ before }) => before)),
    book(
      list.map(({ after }) => after),
      { taxes: Float64Array.from(list, ({ taxes }) => taxes) },
    ),
    measure,
  );
function columnOf(name: string, values: readonly string[]): BookColumn {
  const labels = [...new Set(values)];
  return { name, labels, codes: Uint32Array.from(values, (value) => labels.indexOf(value)) };
}

describe('the impact of a change on a book', () => {
  it('compares what has a price on both sides and lists the others with their reasons (IM1)', () => {
    const comparison = compareBooks(
      book([100, Number.NaN, 300, Number.NaN]),
      book([110, 200, Number.NaN, Number.NaN]),
      NET,
    );
    expect(sumsOf(comparison)).toEqual({ count: 1, before: 100n, after: 110n });
    expect(comparison.failures).toEqual([
      { index: 1, key: 'P1', before: 'no rate for P1' },
      { index: 2, key: 'P2', after: 'no rate for P2' },
      { index: 3, key: 'P3', before: 'no rate for P3', after: 'no rate for P3' },
    ]);
    expect(() => compareBooks(book([1, 2]), book([1]), NET)).toThrow('2 risks before, 1 after');
    expect(() => compareBooks(book([1]), book([1], { keys: ['X'] }), NET)).toThrow(
      'risk 1 is "P0" before and "X" after',
    );
    expect(() => compareBooks(book([1]), book([1], { currency: 'USD' }), NET)).toThrow('two currencies');
  });

  it('adds exactly where doubles would not (IM2)', () => {
    const large = Number.MAX_SAFE_INTEGER;
    const { before } = sumsOf(compareBooks(book([large, large, 1]), book([0, 0, 0]), NET));
    expect(before).toBe(2n * BigInt(large) + 1n);
    expect(amountText(-5n, 2)).toBe('-0.05');
    expect(percentChange(300n, 400n)).toBe('33.3333');
  });

  it('counts every risk in exactly one band, one bin and one level: all add up to the book (IM5, IM6, IM8)', () => {
    fc.assert(
      fc.property(risks, fc.boolean(), (list, gross) => {
        const comparison = compared(list, gross ? GROSS : NET);
        const whole = sumsOf(comparison);
        expect(whole.count + comparison.failures.length).toBe(list.length);
        const zones = columnOf(
          'policy.zone',
          list.map(({ zone }) => `Z${zone}`),
        );
        const ages = groupedColumn(
          columnOf(
            'driver[0].age',
            list.map(({ age }) => `${age}`),
          ),
          5,
        );
        for (const parts of [
          bandsOf(comparison),
          bandsOf(comparison, [3]),
          histogramOf(comparison),
          oneWay(comparison, zones),
          oneWay(comparison, ages),
          twoWay(comparison, zones, ages),
        ])
          expect(add(parts)).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('puts a change on an edge into the band that begins there, by integers alone (IM3, IM5)', () => {
    const comparison = compareBooks(
      book([1000, 1000, 1000, 1000, 0, 0, 333]),
      book([900, 899, 1100, 1000, 7, 0, 333.0]),
      NET,
    );
    const counts = bandsOf(comparison, [-10, 0, 10]).map(({ kind, from, to, count }) => [kind, from, to, count]);
    expect(counts).toEqual([
      ['range', null, -10, 1],
      ['range', -10, 0, 1],
      ['same', 0, 0, 3],
      ['range', 0, 10, 0],
      ['range', 10, null, 1],
      ['new', null, null, 1],
    ]);
    for (const edges of [[], [5, 5], [1.234], [Number.NaN]]) expect(() => bandsOf(comparison, edges)).toThrow(/edge/);
  });

  it('finds the largest falls and rises with their places (IM7)', () => {
    const comparison = compareBooks(book([100, Number.NaN, 1000, 100, 0]), book([150, 1, 900, 150, 99]), NET);
    expect(moversOf(comparison, 2, 'amount')).toEqual({
      winners: [{ index: 2, key: 'P2', before: 1000, after: 900 }],
      losers: [
        { index: 4, key: 'P4', before: 0, after: 99 },
        { index: 0, key: 'P0', before: 100, after: 150 },
      ],
    });
    expect(moversOf(comparison, 9, 'percent').losers.map(({ index }) => index)).toEqual([0, 3]);
  });

  it('keeps a field of numbers in their order, also where a few risks have none (IM8)', () => {
    const values = [...Array.from({ length: 300 }, (_, at) => `${at % 30}`), 'NA', ''];
    expect(groupedColumn(columnOf('age', values), 40).labels).toEqual(
      [...Array(30).keys()].map(String).concat('NA', ''),
    );
    expect(groupedColumn(columnOf('age', values), 3).labels).toEqual(['0 – 9', '10 – 19', '20 – 29', 'NA', '']);
    expect(groupedColumn(columnOf('model', ['206', 'CLIO', '106', 'C3', 'CLIO']), 2).labels).toEqual([
      'CLIO',
      '3 other values',
    ]);
  });

  it('says what a level adds to the whole, and how it moves against it (IM9)', () => {
    const comparison = compareBooks(book([1000, 1000, 2000]), book([1200, 1100, 2300]), NET);
    const zones = oneWay(comparison, columnOf('zone', ['A', 'A', 'B']));
    expect(zones.map(({ label, contribution, offBalance }) => [label, contribution, offBalance])).toEqual([
      ['A', '7.5', '1'],
      ['B', '7.5', '1'],
    ]);
  });

  it('holds every risk within the caps, to the cent, and says what that costs (IM10)', () => {
    fc.assert(
      fc.property(risks, fc.nat(3000), fc.nat(3000), (list, cap, floor) => {
        const comparison = compared(list);
        const result = capped(comparison, { cap: cap / 100, floor: floor / 100 });
        const { before, after } = result.comparison;
        after.forEach((is, at) => {
          const was = before[at] ?? 0;
          if (was === 0) return;
          expect((is - was) * 10_000).toBeLessThanOrEqual(cap * Math.abs(was));
          expect((was - is) * 10_000).toBeLessThanOrEqual(floor * Math.abs(was));
        });
        expect(sumsOf(result.comparison).after).toBe(sumsOf(comparison).after - result.givenAway + result.kept);
        const still = capped(comparison, { cap: 0, floor: 0 }).comparison;
        expect(still.after.filter((is, at) => is !== still.before[at] && still.before[at] !== 0)).toHaveLength(0);
        expect(capped(comparison, { cap: null, floor: null }).comparison.after).toEqual(comparison.after);
      }),
      RUNS,
    );
    expect(() => capped(compared([]), { cap: -1, floor: null })).toThrow('0 to 10000 percent');
  });

  it('solves the factor for a wanted change of the book, and reports the residual (IM11, IM12)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90_000_000 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: -60, max: 120 }),
        async (amounts, percent) => {
          const after = Float64Array.from(amounts);
          const before = sumsOf(compareBooks(book(amounts), book(amounts), NET)).before;
          const target = wantedTotal(before, `${percent}`);
          const { factor, reached, residual } = await solveFactor(async (one) => scaledTotal(after, one), target);
          expect(reached).toBe(scaledTotal(after, factor));
          expect(residual).toBe(reached - target);
          // A millionth of the book, and half a cent a risk.
          const near = before / 1_000_000n + BigInt(amounts.length) + 1n;
          expect(residual <= near && -residual <= near).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('searches where the book does not follow the factor in a line, and refuses what no factor reaches (IM11)', async () => {
    const minimum = async (factor: string) => BigInt(Math.max(5_000, Math.round(2_000 * Number(factor) ** 2)));
    const found = await solveFactor(minimum, 8_000n);
    expect(found).toMatchObject({ factor: '2', residual: 0n });
    expect(await solveFactor(minimum, 12_345n)).toMatchObject({ method: 'bisection', residual: 0n });
    await expect(solveFactor(async () => 100n, 200n)).rejects.toThrow('No factor between 0.01 and 100');
  });

  it('shares the change of a book out over the groups of changes to the cent (IM13)', () => {
    const books = [book([1000, 1000, 5]), book([1100, 1000, 5]), book([1100, 1300, Number.NaN])];
    expect(attribute(books, ['territory', 'age'], NET)).toEqual({
      steps: [
        { name: 'territory', before: 2000n, after: 2100n, share: '25' },
        { name: 'age', before: 2100n, after: 2400n, share: '75' },
      ],
      count: 2,
      leftOut: 1,
    });
  });

  it('puts the claims of a book beside what the plan asks, by field, with strangers counted (IM30)', async () => {
    const text = 'client,car,cost\nA,1,100.00\nA,1,-20.005\nB,1,30\nZ,9,5\n';
    const reading = { key: ['client', 'car'], amount: 'cost', keys: ['A-1', 'B-1', 'C-1', 'D-1'], decimals: 2 };
    const claims = await readClaims(bookInText('claims.csv', 'csv', text), reading);
    expect(claims).toMatchObject({ read: 4, strangers: 1 });
    expect([...claims.amount]).toEqual([7999, 3000, 0, 0]);
    const rated = book([20_000, 10_000, 10_000, Number.NaN]);
    const { levels, whole } = experienceBy(columnOf('zone', ['N', 'S', 'S', 'S']), rated, claims);
    expect(whole).toMatchObject({ policies: 3, claims: 3, burningCost: '36.66', averagePremium: '133.33' });
    expect(levels.map(({ label, frequency, actual, plan }) => [label, frequency, actual, plan])).toEqual([
      ['N', '2', '2.1817', '1.5'],
      ['S', '0.5', '0.4091', '0.75'],
    ]);
    const wrong = bookInText('claims.csv', 'csv', 'client,car,cost\nA,1,much\n');
    await expect(readClaims(wrong, reading)).rejects.toThrow('claims.csv:2: the cost "much" is no number');
    await expect(readClaims(wrong, { ...reading, amount: 'sum' })).rejects.toThrow('no column "sum"');
  });
});
