import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import type { PerilRow } from '#core/model/timeline/contract.ts';
import type { Replayed } from '#core/model/timeline/replay.ts';
import { type Book, run } from './testing/book.ts';
import { civilCalendar } from './testing/civil-calendar.ts';
import { isCurrent } from './testing/facts.ts';
import { live, lives } from './testing/history.ts';
import { dayKey, earnedByDay, perilKey } from './testing/oracle.ts';
import { LONG, tries } from './testing/tries.ts';

const HALF_A_CENT = new Decimal('0.005');
/** More decimals than any rounding can reach, fewer than the arithmetic has. */
const EXACT = { decimals: 20, within: new Decimal('1e-15') };

describe('a second evaluator, day by day', LONG, () => {
  it('TL1 TL2 TL12 TL14 TL15: every row earns what its days earn, exactly before rounding', () => {
    fc.assert(
      fc.property(lives({ unit: 'days', linear: true }), (life) => {
        const insurer = { ...life.insurer, decimals: EXACT.decimals };
        const book = live({ ...life, insurer });
        expect(differences(book, run(book, book.transactions), () => EXACT.within)).toEqual([]);
      }),
      tries(200),
    );
  });

  it('TL14 TL15: to half a cent for each rounding that a row comes from', () => {
    fc.assert(
      fc.property(lives({ unit: 'days', linear: true }), (life) => {
        const book = live(life);
        const replayed = run(book, book.transactions);
        const roundings = roundingsOf(replayed);
        const within = (row: string): Decimal => HALF_A_CENT.times(roundings.get(row) ?? 0).plus(EXACT.within);
        expect(differences(book, replayed, within)).toEqual([]);
      }),
      tries(200),
    );
  });
});

/** Where the current rows and the days say something else; `within` is how far apart they may be, by the row's locator. */
function differences(book: Book, { timeline }: Replayed, within: (row: string) => Decimal): readonly string[] {
  const { day } = civilCalendar(book.insurer.timeZone);
  const earned = new Map(earnedByDay(book.insurer, book.transactions, book.resolutions));
  const found: string[] = [];
  const perils = timeline.exposures.flatMap((exposure) => exposure.perils.map((peril) => ({ exposure, peril })));
  for (const { exposure, peril } of perils) {
    const name = perilKey(exposure.locator, peril.renewalGroup);
    for (const row of peril.rows.filter(isCurrent)) {
      let days = new Decimal(0);
      for (let on = day(row.start); on < day(row.end); on += 1) {
        const share = earned.get(dayKey(name, on));
        if (share) days = days.plus(share);
        else found.push(`${row.locator} covers ${dayKey(name, on)}, and so does another row, or nothing was insured`);
        earned.delete(dayKey(name, on));
      }
      const premium = new Decimal(row.price?.premium ?? Number.NaN);
      if (!premium.minus(days).abs().lessThanOrEqualTo(within(row.locator)))
        found.push(`${row.locator} costs ${premium}, its days ${days.toDecimalPlaces(6)}`);
    }
  }
  return [...found, ...[...earned.keys()].map((key) => `${key} is insured, and no row covers it`)];
}

/**
 * How many roundings an amount comes from, by row: a rated row is rounded, a kept piece is a rounded share of the whole, the rest
 * is the whole less the piece.
 */
function roundingsOf({ applied }: Replayed): ReadonlyMap<string, number> {
  const roundings = new Map<string, number>();
  const of = ({ locator }: PerilRow): number => roundings.get(locator) ?? Number.NaN;
  for (const { work } of applied) {
    for (const { row } of work.rate) roundings.set(row.locator, 1);
    for (const { original, kept } of work.cut) roundings.set(kept.locator, 1 + of(original));
    for (const { row, original, kept } of work.remainder)
      roundings.set(row.locator, of(original) + (kept ? of(kept) : 0));
  }
  return roundings;
}
