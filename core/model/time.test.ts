import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addCalendar, calendarDay, monthCount, startOfDay } from './time.ts';

const ZONE = 'America/Los_Angeles';
const day = (date: string, zone = ZONE): number => startOfDay(date, zone);
const months = (start: string, end: string, anchor = start, zone = ZONE): string =>
  monthCount(day(start, zone), day(end, zone), day(anchor, zone), zone).toString();

describe('monthCount (formats §2.6)', () => {
  test('whole months: same day of month and time of day', () => {
    expect(months('2021-06-28', '2022-06-28')).toBe('12');
    expect(months('2021-01-01', '2021-07-01')).toBe('6');
    expect(months('2021-01-01', '2021-01-01')).toBe('0');
    expect(months('2020-02-29', '2024-02-29')).toBe('48');
  });

  test('the golden split of §13: 1 + 11/31 before, 10 + 20/30 after', () => {
    expect(months('2021-06-28', '2021-08-08')).toBe('1.3548387');
    expect(months('2021-08-08', '2022-06-28', '2021-06-28')).toBe('10.6666667');
  });

  test('daylight saving: a step is as long as its milliseconds, a month across the change is still one month', () => {
    expect(months('2021-03-01', '2021-04-01')).toBe('1');
    // 14 March 2021 has 23 hours in Los Angeles: 335 of the month's 743.
    expect(months('2021-03-01', '2021-03-15')).toBe('0.4508748');
    expect(months('2021-03-01', '2021-03-15', '2021-03-01', 'UTC')).toBe('0.4516129');
  });

  test.each([
    ['2021-01-31', '2021-02-28', '2021-01-31', '1'],
    ['2021-01-31', '2021-03-31', '2021-01-31', '2'],
    ['2021-01-31', '2021-04-30', '2021-01-31', '3'],
    ['2021-01-31', '2022-01-31', '2021-01-31', '12'],
    // begins on a clipped day: back to the 31st
    ['2021-02-28', '2021-03-31', '2021-01-31', '1'],
    ['2021-02-28', '2021-04-30', '2021-01-31', '2'],
    ['2021-04-30', '2021-05-31', '2021-01-31', '1'],
    // an anchor in the month's middle never sticks; the start's own day does
    ['2021-02-28', '2021-03-31', '2021-01-15', '1.0967742'],
    ['2021-01-31', '2021-03-31', '2021-01-15', '2'],
    // the same day of month is asked first: whole months, although the step would go on to the 31st
    ['2021-02-28', '2021-03-28', '2021-01-31', '1'],
    // corner cases of the original: 30 Mar → 30 Apr → 31 May → 30 Jun
    ['2021-03-30', '2021-06-15', '2021-01-31', '2.5'],
    ['2021-02-28', '2021-05-28', '2020-12-30', '3'],
    // the 28th goes on to the 31st once it has met the end of February: 12 months to 31 Aug, then 2 of 30 days
    ['2021-08-28', '2022-09-02', '2021-01-31', '12.0666667'],
    ['2021-08-28', '2022-09-02', '2021-01-15', '12.1612903'],
  ])('end of month: %s to %s with the contract begun on %s is %s', (start, end, anchor, expected) => {
    expect(monthCount(day(start, 'UTC'), day(end, 'UTC'), day(anchor, 'UTC'), 'UTC').toString()).toBe(expected);
  });

  test('backwards is the negative', () => {
    expect(monthCount(day('2021-08-08'), day('2021-06-28'), day('2021-06-28'), ZONE).toString()).toBe('-1.3548387');
  });

  test('agrees with stepping one month at a time for starts up to the 28th (property)', () => {
    const instant = fc.integer({ min: day('2000-01-01'), max: day('2040-01-01') });
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 0, max: 1500 }),
        fc.integer({ min: 0, max: 86_399_999 }),
        (at, days, ms) => {
          fc.pre(Number(calendarDay(at, ZONE).slice(8)) <= 27);
          const end = addCalendar(at, { days }, ZONE) + ms;
          let full = 0;
          while (addCalendar(at, { months: full + 1 }, ZONE) <= end) full += 1;
          const floor = addCalendar(at, { months: full }, ZONE);
          const ceiling = addCalendar(at, { months: full + 1 }, ZONE);
          const expected = full + (end - floor) / (ceiling - floor);
          expect(monthCount(at, end, at, ZONE).toNumber()).toBeCloseTo(expected, 6);
        },
      ),
      { seed: 20211121, numRuns: 150 },
    );
  });
});
