import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BillingState, PlannedInvoice } from '#core/desk/billing-records.ts';
import type { Charge } from '#core/model/charge.ts';
import { Decimal } from '#core/model/decimal.ts';
import { addCalendar, calendarDay, startOfDay } from '#core/model/time.ts';
import { allocate } from './allocate.ts';
import { payableOf, sumOf } from './amounts.ts';
import { type Cadence, cadenceOf, endOfDay, measureOf, periodsOf } from './cadence.ts';
import { expectedOf, misallocated, type Scheduling, schedule } from './schedule.ts';

const ZONE = 'America/Los_Angeles';
const day = (date: string): number => startOfDay(date, ZONE);
const TERM = { start: day('2026-01-01'), end: day('2027-01-01') };
const EMPTY: BillingState = { terms: [TERM], open: [], planned: [], fees: [] };
const CADENCES: readonly Cadence[] = [
  'once',
  { days: 7 },
  { days: 14 },
  ...[1, 3, 6, 12].map((months) => ({ months })),
];

const premium = (locator: string, amount: string, more: Partial<Charge> = {}): Charge => ({
  locator,
  type: 'premium',
  amount,
  start: TERM.start,
  end: TERM.end,
  transactionLocator: 't',
  ...more,
});

function scheduling(charges: readonly Charge[], more: Partial<Scheduling> = {}): Scheduling {
  const taken: string[] = [];
  return {
    charges,
    state: EMPTY,
    cadence: { months: 1 },
    anew: false,
    transaction: {
      locator: 't',
      invoiceType: 'newBusiness',
      firstAtOnce: true,
      coverageStart: TERM.start,
      coverageEnd: TERM.end,
    },
    at: day('2025-12-20'),
    days: 14,
    timeZone: ZONE,
    currency: 'USD',
    newLocator: () => `planned-${taken.push('')}`,
    ...more,
  };
}
const endorsing = (at: string): Partial<Scheduling> => ({
  at: day(at),
  transaction: {
    locator: 'e',
    invoiceType: 'endorsement',
    firstAtOnce: false,
    coverageStart: day(at),
    coverageEnd: TERM.end,
  },
});
const shown = (planned: readonly PlannedInvoice[]): string[] =>
  planned.map(({ issueAt, items }) => `${calendarDay(issueAt, ZONE)} ${payableOf(items).toFixed(2)}`);
/** What is left when the first planned invoices have been issued. */
function afterIssuing(result: Pick<BillingState, 'open' | 'planned'>, count: number): BillingState {
  return { ...EMPTY, open: result.open, planned: result.planned.slice(count) };
}

const cents = fc.integer({ min: -500_000, max: 2_000_000 }).map((amount) => new Decimal(amount).div(100).toFixed(2));
/** Spans within two years, cut anywhere, also within a day and of no length. */
const span = fc
  .tuple(fc.integer({ min: -40, max: 420 }), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 86_399_999 }))
  .map(([from, length, within]) => {
    const start = addCalendar(TERM.start, { days: from }, ZONE) + within;
    return { start, end: addCalendar(start, { days: length }, ZONE) };
  });
const charges = fc
  .array(
    fc.record({
      amount: cents,
      span: fc.option(span, { nil: TERM }),
      type: fc.constantFrom('premium', 'tax', 'fee', 'commission', 'holdback') as fc.Arbitrary<Charge['type']>,
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) =>
    list.map(({ amount, span: { start, end }, type }, i) => premium(`c${i}`, amount, { start, end, type })),
  );

describe('allocation', () => {
  it('BI13: splits every amount exactly, and no total is more than a cent off its exact share', () => {
    fc.assert(
      fc.property(charges, fc.constantFrom(...CADENCES), span, (list, cadence, term) => {
        const periods = periodsOf(term, cadence, ZONE);
        const shares = list.map(({ amount, start, end }) => ({ amount: new Decimal(amount), start, end }));
        const measure = measureOf(cadence, TERM.start, ZONE);
        const split = allocate(shares, periods, 2, measure);
        let exact = periods.map(() => new Decimal(0));
        for (const [i, share] of shares.entries()) {
          const parts = split[i] ?? [];
          expect(sumOf(parts.map((part) => ({ amount: part.toString() }))).equals(share.amount)).toBe(true);
          expect(parts.every((part) => part.decimalPlaces() <= 2)).toBe(true);
          const fine = allocate([share], periods, 30, measure)[0] ?? [];
          exact = exact.map((sum, k) => sum.plus(fine[k] ?? 0));
        }
        for (const [k, sum] of exact.entries()) {
          const given = sumOf(split.map((parts) => ({ amount: (parts[k] ?? new Decimal(0)).toString() })));
          expect(given.minus(sum).abs().lte('0.0100000001'), `period ${k}: ${given} of ${sum}`).toBe(true);
        }
      }),
      { seed: 20_261_127, numRuns: 150 },
    );
  });

  it('BI10: months of all lengths get the same', () => {
    const { planned } = schedule(scheduling([premium('a', '1200.00'), premium('b', '100.00')]));
    const totals = planned.map(({ items }) => payableOf(items).toFixed(2));
    expect(new Set(totals)).toEqual(new Set(['108.33', '108.34']));
    expect(totals.length).toBe(12);
  });
});

describe('periods', () => {
  it.each([
    ['full-pay', undefined, 'once'],
    ['upfront', 'total', 'once'],
    ['Plan A', 'monthly', { months: 1 }],
    ['monthly-9', 'monthly', { months: 1 }],
    ['Bi-Weekly', undefined, { days: 14 }],
    ['fortnightly', undefined, { days: 14 }],
    ['weekly', undefined, { days: 7 }],
    ['quarterly', undefined, { months: 3 }],
    ['semi-annually', undefined, { months: 6 }],
    ['annually', undefined, { months: 12 }],
    ['whenever', 'odd', undefined],
  ])('BI11: %s (%s)', (name, type, cadence) => {
    expect(cadenceOf({ name, ...(type === undefined ? {} : { type }) })).toEqual(cadence);
  });

  it('BI12: meet every end of month and come back; over summer time they begin at midnight; the last is cut', () => {
    const periods = periodsOf({ start: day('2026-01-31'), end: day('2026-06-10') }, { months: 1 }, ZONE);
    expect(periods.map(({ start }) => calendarDay(start, ZONE))).toEqual([
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
    ]);
    expect(periods.every(({ start }) => start === startOfDay(calendarDay(start, ZONE), ZONE))).toBe(true);
    expect(periods.at(-1)).toMatchObject({ end: day('2026-06-10'), whole: day('2026-06-30') });
  });

  it.each([
    ['the same day', ZONE, '2026-01-15T23:30:00-08:00', 0, '2026-01-15T23:59:59.999-08:00'],
    ['a week later', ZONE, '2026-01-15T00:00:00-08:00', 7, '2026-01-22T23:59:59.999-08:00'],
    ['over the change to summer time', ZONE, '2026-03-07T12:00:00-08:00', 1, '2026-03-08T23:59:59.999-07:00'],
    ['without a midnight', 'America/Sao_Paulo', '2018-11-03T12:00:00-03:00', 1, '2018-11-04T23:59:59.999-02:00'],
  ])('BI15: due at the end of the day: %s', (_, timeZone, issued, days, due) => {
    expect(endOfDay(Date.parse(issued), days, timeZone)).toBe(Date.parse(due));
  });
});

describe('new business', () => {
  it('BI15: the first installment at once, the others the payment terms before their period', () => {
    const { planned } = schedule(scheduling([premium('a', '1200.00')]));
    expect(shown(planned).slice(0, 3)).toEqual(['2025-12-20 100.00', '2026-01-18 100.00', '2026-02-15 100.00']);
    expect(planned.slice(0, 3).map(({ due }) => calendarDay(due, ZONE))).toEqual([
      '2026-01-03',
      '2026-02-01',
      '2026-03-01',
    ]);
  });

  it('BI16: back-dated, what has passed is one invoice', () => {
    const { planned } = schedule(scheduling([premium('a', '1200.00')], { at: day('2026-04-20') }));
    expect(shown(planned).slice(0, 2)).toEqual(['2026-04-20 500.00', '2026-05-18 100.00']);
  });

  it('full pay is one invoice of everything, also of nothing', () => {
    const full = scheduling([premium('a', '99.99')], { cadence: 'once' });
    expect(shown(schedule(full).planned)).toEqual(['2025-12-20 99.99']);
    expect(shown(schedule({ ...full, charges: [] }).planned)).toEqual(['2025-12-20 0.00']);
  });

  it('BI4: a commission is an item and asks for nothing', () => {
    const { planned } = schedule(
      scheduling([premium('a', '120.00'), premium('c', '12.00', { type: 'commission' })], { cadence: 'once' }),
    );
    expect(planned.map(({ items }) => [items.length, payableOf(items).toFixed(2)])).toEqual([[2, '120.00']]);
  });
});

/** 1200 a year, monthly, of which three installments are issued. */
const ISSUED = afterIssuing(schedule(scheduling([premium('a', '1200.00')])), 3);
const back = premium('a_back', '-1200.00', { reverses: 'a', transactionLocator: 'e' });

describe('an endorsement', () => {
  const until = premium('a1', '300.00', { end: day('2026-04-01'), transactionLocator: 'e' });
  const from = (amount: string): Charge => premium('a2', amount, { start: day('2026-04-01'), transactionLocator: 'e' });

  it('BI14, BI16: bills the difference over what is still ahead; the past comes to nothing', () => {
    const { planned, open } = schedule(
      scheduling([back, until, from('1800.00')], { state: ISSUED, ...endorsing('2026-03-10') }),
    );
    expect(shown(planned).slice(0, 3)).toEqual(['2026-03-10 0.00', '2026-03-18 200.00', '2026-04-17 200.00']);
    expect(planned.length).toBe(10);
    expect(open.map(({ locator }) => locator)).toEqual(['a', 'a_back', 'a1', 'a2']);
  });

  it('BI20: a credit lowers the next installments before it is paid out', () => {
    const cheap = [back, premium('a1', '0.60', { transactionLocator: 'e', end: day('2026-04-01') }), from('900.00')];
    const { planned } = schedule(scheduling(cheap, { state: ISSUED, ...endorsing('2026-03-10') }));
    // 300.00 were invoiced for 0.60 of cover: 299.40 are given back by April, May and June.
    expect(shown(planned).slice(0, 2)).toEqual(['2026-05-18 0.60', '2026-06-17 100.00']);
    expect(sumOf(planned.flatMap(({ items }) => items)).toFixed(2)).toBe('600.60');
  });

  it('BI20: what no installment is left for is one credit invoice at once', () => {
    const { planned } = schedule(scheduling([back], { state: ISSUED, ...endorsing('2026-03-10') }));
    expect(shown(planned)).toEqual(['2026-03-10 -300.00']);
  });

  it('BI20: a credit that comes last goes back to the installments before it', () => {
    const late = premium('l', '-250.00', { start: day('2026-12-01'), transactionLocator: 'e' });
    const { planned } = schedule(scheduling([late], { state: ISSUED, ...endorsing('2026-03-10') }));
    expect(shown(planned).slice(-2)).toEqual(['2026-08-18 100.00', '2026-09-17 50.00']);
  });

  it('BI17: what it does not touch stays on the invoices where it was', () => {
    const added = premium('b', '90.00', { start: day('2026-04-01'), transactionLocator: 'e' });
    const { planned } = schedule(scheduling([added], { state: ISSUED, ...endorsing('2026-03-10') }));
    expect(planned.map(({ locator }) => locator)).toEqual(ISSUED.planned.map(({ locator }) => locator));
    expect(shown(planned)[0]).toBe('2026-03-18 110.00');
  });

  it('BI14: what is held back is due at once', () => {
    const kept = premium('h', '45.00', { type: 'holdback', start: day('2026-09-01') });
    const { planned } = schedule(scheduling([kept], { state: ISSUED, ...endorsing('2026-03-10') }));
    expect(shown(planned)[0]).toBe('2026-03-10 45.00');
  });
});

describe('another schedule', () => {
  const change = (cadence: Cadence) =>
    shown(schedule(scheduling([], { state: ISSUED, anew: true, cadence, ...endorsing('2026-03-10') })).planned);

  it('BI21: places what is not invoiced yet by the new periods', () => {
    expect(change({ months: 3 })).toEqual(['2026-03-18 300.00', '2026-06-17 300.00', '2026-09-17 300.00']);
    expect(change('once')).toEqual(['2026-03-10 900.00']);
  });
});

describe('the money law', () => {
  it('BI1: whatever is charged and taken back, however it is scheduled, everything not invoiced is planned', () => {
    const moves = fc.array(
      fc.record({
        charges,
        cadence: fc.constantFrom(...CADENCES),
        anew: fc.boolean(),
        issue: fc.integer({ min: 0, max: 4 }),
        reverse: fc.integer({ min: 0, max: 3 }),
        days: fc.integer({ min: 0, max: 120 }),
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(moves, (list) => {
        let state = EMPTY;
        let at = day('2025-12-20');
        for (const [i, move] of list.entries()) {
          at = addCalendar(at, { days: move.days }, ZONE);
          const own = move.charges.map((charge) => ({ ...charge, locator: `${i}.${charge.locator}` }));
          const reversals = state.open.slice(0, move.reverse).map(({ locator, amount, ...charge }) => ({
            ...charge,
            locator: `${i}.${locator}_back`,
            reverses: locator,
            amount: new Decimal(amount).negated().toFixed(2),
          }));
          const added = [...reversals, ...own];
          const result = schedule(
            scheduling(added, {
              state,
              cadence: move.cadence,
              anew: move.anew,
              ...endorsing(calendarDay(at, ZONE)),
              at,
            }),
          );
          expect(misallocated(expectedOf(state, added), result.planned)).toBeUndefined();
          const below = result.planned.filter(({ items }) => payableOf(items).isNegative());
          expect(below.length === 0 || (result.planned.length === 1 && below[0]?.issueAt === at)).toBe(true);
          const times = result.planned.map(({ issueAt }) => issueAt);
          expect(times).toEqual(times.toSorted((a, b) => a - b));
          state = afterIssuing(result, move.issue);
          const used = new Set(state.planned.flatMap(({ items }) => items.map(({ chargeLocator }) => chargeLocator)));
          state = { ...state, open: state.open.filter(({ locator }) => used.has(locator)) };
        }
      }),
      { seed: 20_261_127, numRuns: 300 },
    );
  });
});
