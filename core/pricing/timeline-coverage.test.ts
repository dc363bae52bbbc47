import { describe, expect, it } from 'vitest';
import { startOfDay } from '#core/model/time.ts';
import type { Timeline, Transaction } from '#core/model/timeline/contract.ts';
import { grossOf } from '#core/model/timeline/money.ts';
import { type Book, emptyBook, insuredAt, issue } from './testing/book.ts';
import { changeOf, newExposure } from './testing/draft.ts';
import type { Insurer } from './testing/insurer.ts';

const at = (date: string): number => startOfDay(date, 'UTC');
const INSURER: Insurer = {
  timeZone: 'UTC',
  anchor: at('2023-01-01'),
  unit: 'days',
  rounding: 'half_up',
  decimals: 2,
  linear: true,
  holdback: 10,
};

/** A year from the first of January 2023: premium 365.00 + 13.07 for the size, 110.03 for the factor: 488.10, then with fees by hand. */
function begun(): Book {
  const book = emptyBook(INSURER);
  issue(book, {
    kind: 'create',
    locator: 'create',
    effective: INSURER.anchor,
    order: 0,
    end: at('2024-01-01'),
    insured: { fieldValues: { size: ['1'] }, fieldGroupsByLocator: {}, exposures: [newExposure('b0', ['fire'], 0)] },
    rows: { policy: 'row', exposures: {}, perils: {} },
  });
  const fee = { description: '', amount: '100.00' } as const;
  const fees = [
    { ...fee, locator: 'club', name: 'club', proration: 'proratable' },
    { ...fee, locator: 'entry', name: 'entry', proration: 'flat' },
  ] as const;
  issue(book, { kind: 'fees', locator: 'fees', effective: INSURER.anchor, order: 1, fees });
  return book;
}

type Order<T> = T extends Transaction ? Omit<T, 'order'> : never;
function next(book: Book, transaction: Order<Transaction>): Timeline {
  return issue(book, { ...transaction, order: book.transactions.length } as Transaction).recorded;
}

function feesOf({ fees }: Timeline): readonly string[] {
  return fees
    .filter(({ replacedBy }) => replacedBy === undefined)
    .map(({ name, amount, start, end }) => {
      const days = `${(start - INSURER.anchor) / 86_400_000}..${(end - INSURER.anchor) / 86_400_000}`;
      return `${name} ${amount} on days ${days}`;
    })
    .sort();
}

const WHOLE = [
  'club 100.00 on days 0..365',
  'entry 100.00 on days 0..365',
  'service 14.64 on days 0..365',
  'stamp 10.00 on days 0..365',
];
/** After 73 of 365 days: a fifth. */
const FIFTH = at('2023-03-15');
const cancelled = (effective: number) => ({ kind: 'cancellation', locator: 'c', effective }) as const;
const reinstated = (effective: number) =>
  ({ kind: 'reinstatement', locator: 'r', effective, cancellation: 'c' }) as const;

describe('when coverage ends and comes back', () => {
  it('TL16 a cancellation cuts premium, tax and proratable fees with the time, leaves flat ones, and charges what is held back', () => {
    const book = begun();
    const timeline = next(book, cancelled(FIFTH));
    expect(feesOf(timeline)).toEqual([
      'club 20.00 on days 0..73',
      'entry 100.00 on days 0..365',
      'service 2.93 on days 0..73',
      'stamp 10.00 on days 0..365',
    ]);
    // 488.10 ÷ 5; 45.15 ÷ 5; a tenth of 390.48.
    expect(grossOf(timeline, 2)).toMatchObject({ premium: '97.62', taxes: '9.03', holdbacks: '39.05' });
    const [held] = timeline.holdbacks;
    const kept = timeline.exposures[0]?.perils[0]?.rows.find(({ replacedBy }) => replacedBy === undefined);
    expect(held).toMatchObject({ of: 'premium', perilRow: kept?.locator, start: FIFTH, end: at('2024-01-01') });
  });

  it('TL16 a flat cancellation leaves nothing but flat fees', () => {
    const timeline = next(begun(), cancelled(INSURER.anchor));
    expect(feesOf(timeline)).toEqual(['entry 100.00 on days 0..365', 'stamp 10.00 on days 0..365']);
    expect(grossOf(timeline, 2)).toMatchObject({ premium: '0.00', taxes: '0.00', holdbacks: '0.00' });
  });

  it('TL16 a holdback names a row that was recorded, also when a change that comes later is applied before it', () => {
    const book = begun();
    next(book, cancelled(FIFTH));
    const change = changeOf(insuredAt(book, INSURER.anchor), [{ kind: 'policy size', target: 0, value: 2 }], '');
    const effective = at('2023-02-01');
    const timeline = next(book, { kind: 'endorsement', locator: 'e', effective, change, repricing: 'changed' });
    const held = timeline.holdbacks.filter(({ of, replacedBy }) => of === 'premium' && replacedBy === undefined);
    const rows = timeline.exposures[0]?.perils[0]?.rows ?? [];
    expect(held.map(({ perilRow }) => rows.find(({ locator }) => locator === perilRow))).toEqual([
      expect.objectContaining({ start: effective, end: FIFTH }),
    ]);
  });

  it('TL17 without a gap everything is what it was, and nothing is held back', () => {
    const book = begun();
    next(book, cancelled(FIFTH));
    const timeline = next(book, reinstated(FIFTH));
    expect(feesOf(timeline)).toEqual(WHOLE);
    expect(grossOf(timeline, 2)).toMatchObject({ premium: '488.10', taxes: '45.15', holdbacks: '0.00' });
  });

  it('TL18 after a gap proratable fees and premiums are charged for the rest of their time', () => {
    const book = begun();
    next(book, cancelled(FIFTH));
    const timeline = next(book, reinstated(at('2023-05-27')));
    expect(feesOf(timeline)).toEqual([
      'club 20.00 on days 0..73',
      'club 60.00 on days 146..365',
      'entry 100.00 on days 0..365',
      'service 2.93 on days 0..73',
      'service 8.78 on days 146..365',
      'stamp 10.00 on days 0..365',
    ]);
    // 97.62 + 488.10 × 3 ÷ 5.
    expect(grossOf(timeline, 2)).toMatchObject({ premium: '390.48', holdbacks: '0.00' });
  });

  it('TL19 a withdrawal takes back everything, what was held back and flat fees too', () => {
    const book = begun();
    next(book, cancelled(FIFTH));
    const timeline = next(book, { kind: 'withdrawal', locator: 'w', effective: at('2023-02-01') });
    expect(feesOf(timeline)).toEqual([]);
    expect(grossOf(timeline, 2)).toMatchObject({ total: '0.00', holdbacks: '0.00' });
    const late = begun();
    next(late, cancelled(FIFTH));
    expect(grossOf(next(late, { kind: 'withdrawal', locator: 'w', effective: FIFTH }), 2).total).toBe('0.00');
  });

  it('TL20 of two cancellations the earlier one counts; once it is reinstated the other one does', () => {
    const book = begun();
    next(book, { kind: 'cancellation', locator: 'other', effective: at('2023-05-27') });
    next(book, cancelled(FIFTH));
    const timeline = next(book, reinstated(FIFTH));
    expect(timeline.ended).toEqual({ by: 'other', at: at('2023-05-27') });
    expect(grossOf(timeline, 2)).toMatchObject({ premium: '195.24', holdbacks: '29.29' });
  });
});
