import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import { canonicalJson } from '#core/model/json.ts';
import type { PerilRow, RowPrice } from '#core/model/timeline/contract.ts';
import { type Effect, effectOf, recordedTimeline } from '#core/model/timeline/history.ts';
import { chargesOf, grossOf } from '#core/model/timeline/money.ts';
import type { Application } from '#core/model/timeline/replay.ts';
import { type Book, run } from './testing/book.ts';
import { content, doubles, faults } from './testing/facts.ts';
import { live, lives } from './testing/history.ts';
import { LONG, tries } from './testing/tries.ts';

const LINEAR = ['days', 'ms', 'days360', 'days365'] as const;

describe('over random lives of policies', LONG, () => {
  it('TL1 TL41 what is recorded adds up to what a replay gives, after every issue', () => {
    fc.assert(
      fc.property(lives(), (life) => {
        live(life, (_, { recorded, replayed }) => {
          expect(content(recorded)).toEqual(content(replayed.timeline));
        });
      }),
      tries(250),
    );
  });

  it('TL11 TL12b TL51 current rows never overlap, lie in coverage and on rows that cover them; no name is given twice', () => {
    fc.assert(
      fc.property(lives(), (life) => {
        live(life, (_, { recorded, replayed }) => {
          expect([faults(recorded), faults(replayed.timeline)]).toEqual([[], []]);
        });
      }),
      tries(200),
    );
  });

  it('TL3 applying everything again changes nothing: not with the amounts that were found, and not without any', () => {
    fc.assert(
      fc.property(lives(), (life) => {
        const book = live(life, (sofar, { replayed, recorded }) => {
          const priced: Application[] = [];
          const again = run(sofar, sofar.transactions, { priced });
          expect(priced).toEqual([]);
          expect(canonicalJson(again.timeline)).toBe(canonicalJson(replayed.timeline));
          const nothing = { results: {}, resolutions: [] };
          const effect = effectOf('again', recorded, again.timeline, nothing, (locator) => locator);
          expect([effect.replaced, chargesOf(effect, recorded)]).toEqual([[], []]);
        });
        const anew = run(book, book.transactions.toReversed(), { results: new Map() });
        expect(content(anew.timeline)).toEqual(content(recordedTimeline(book.effects)));
      }),
      tries(200),
    );
  });

  it('TL40 what was known at an instant is what was issued until then, whatever came later and wherever it was kept', () => {
    fc.assert(
      fc.property(lives(), (life) => {
        const known: string[] = [];
        const book = live(life, (_, { recorded }) => known.push(canonicalJson(recorded)));
        const kept = JSON.parse(JSON.stringify(book.effects)) as Effect[];
        expect(known.map((_, i) => canonicalJson(recordedTimeline(kept.slice(0, i + 1))))).toEqual(known);
        expect(known.map((_, i) => canonicalJson(recordedTimeline(book.effects.slice(0, i + 1))))).toEqual(known);
      }),
      tries(200),
    );
  });

  it('TL19 TL50 charges add up to premium, taxes, fees and holdbacks, commissions beside them; none is charged twice, all is given back by a withdrawal', () => {
    fc.assert(
      fc.property(lives(), (life) => {
        live(life, (book, { recorded }) => {
          const { total, premium, taxes, fees, holdbacks } = grossOf(recorded, 2);
          const parts = { premium, tax: taxes, fee: fees, holdback: holdbacks, commission: commissionsOf(recorded) };
          expect(chargedBy(book)).toEqual(parts);
          expect(sum([premium, taxes, fees, holdbacks])).toBe(total);
          if (book.transactions.at(-1)?.kind === 'withdrawal') expect(total).toBe('0.00');
          expect(doubles(book.charges.map(({ locator }) => locator))).toEqual([]);
          const charged = new Set(book.charges.map(({ locator }) => locator));
          for (const { reverses } of book.charges) expect(reverses === undefined || charged.has(reverses)).toBe(true);
        });
      }),
      tries(250),
    );
  });

  it('TL14 TL15 the pieces of a split add up to the whole: exactly where nothing is rated anew', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINEAR).chain((unit) => lives({ unit, linear: true })),
        (life) => {
          live(life, (_, { priced }) => {
            for (const { work } of priced) {
              for (const { row, original, kept } of work.remainder)
                expect(added(priceOf(row), kept?.price)).toEqual(amounts(priceOf(original)));
              for (const { original, kept, rest } of work.cutFees)
                if (rest) expect(sum([kept.amount, rest.amount])).toBe(original.amount);
            }
          });
        },
      ),
      tries(150),
    );
  });

  it('TL15 rated anew at the same rate, the pieces of a row add up to the whole, to half a cent for each rounding', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LINEAR).chain((unit) => lives({ unit, linear: true })),
        (life) => {
          const wishes = life.wishes.map(
            (wish) => ({ ...wish, kind: 'endorse', edits: [], repricing: 'all' }) as const,
          );
          const wholes = perilPrices(live({ ...life, wishes: [] }));
          for (const [peril, pieces] of perilPrices(live({ ...life, wishes }))) {
            // The whole is rounded once, the last piece once, every piece before it as a row and as its share.
            const roundings = 1 + 1 + 2 * (pieces.length - 1);
            const difference = new Decimal(sum(pieces)).minus(sum(wholes.get(peril) ?? []));
            expect(difference.abs().toNumber()).toBeLessThanOrEqual(0.005 * roundings);
          }
        },
      ),
      tries(150),
    );
  });
});

/** Premiums of the current rows by peril. */
function perilPrices({ effects }: Book): ReadonlyMap<string, readonly string[]> {
  const perils = recordedTimeline(effects).exposures.flatMap((exposure) => exposure.perils);
  return new Map(
    perils.map(({ locator, rows }) => [
      locator,
      rows.filter(({ replacedBy }) => replacedBy === undefined).map((row) => priceOf(row).premium),
    ]),
  );
}

function sum(list: readonly string[]): string {
  return list.reduce((total, amount) => total.plus(amount), new Decimal(0)).toFixed(2);
}

function chargedBy({ charges }: Book): object {
  const of = (wanted: string): string => sum(charges.filter(({ type }) => type === wanted).map(({ amount }) => amount));
  return Object.fromEntries(['premium', 'tax', 'fee', 'holdback', 'commission'].map((type) => [type, of(type)]));
}

function commissionsOf({ exposures }: ReturnType<typeof recordedTimeline>): string {
  const rows = exposures.flatMap(({ perils }) => perils.flatMap((peril) => peril.rows));
  const current = rows.filter(({ replacedBy }) => replacedBy === undefined);
  return sum(current.flatMap(({ price }) => price?.commissions.map(({ amount }) => amount) ?? []));
}

function priceOf({ price, locator }: PerilRow): RowPrice {
  if (price) return price;
  throw new RangeError(`${locator} has no price.`);
}

/** Every amount of a price by its name. */
function amounts(price: RowPrice): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ['premium', price.premium],
    ...(price.technicalPremium === undefined ? [] : [['technical', price.technicalPremium]]),
    ...price.commissions.map(({ recipient, amount }) => [recipient, amount]),
    ...price.taxes.map(({ name, amount }) => [name, amount]),
  ]);
}

function added(a: RowPrice, b: RowPrice | undefined): Readonly<Record<string, string>> {
  const other = b ? amounts(b) : {};
  return Object.fromEntries(
    Object.entries(amounts(a)).map(([name, amount]) => [name, sum([amount, other[name] ?? '0'])]),
  );
}
