import { Decimal } from '#core/model/decimal.ts';
import type { RatingRules } from '#core/model/product.ts';
import { type Millis, monthCount, zoned } from '#core/model/time.ts';

/**
 * The length of a coverage segment in months, as the product measures time (P25, P26). For units other than months it is twelve
 * times the share of a year, so that yearly ÷ 12 × months means the same for every unit.
 *
 * @param start, end, anchor milliseconds; the anchor is the start of the original contract
 */
export function segmentMonths(
  start: Millis,
  end: Millis,
  anchor: Millis,
  timeZone: string,
  unit: RatingRules['proration'],
): Decimal {
  switch (unit) {
    case 'months':
      return monthCount(start, end, anchor, timeZone);
    case 'days360':
      return new Decimal(days360(zoned(start, timeZone), zoned(end, timeZone))).times(12).div(360);
    case 'days365':
      return new Decimal(wholeDays(start, end, timeZone)).times(12).div(365);
    case 'days':
      return shareOfContractYears(start, end, anchor, timeZone, (a, b) => wholeDays(a, b, timeZone)).times(12);
    case 'ms':
      return shareOfContractYears(start, end, anchor, timeZone, (a, b) => b - a).times(12);
  }
}

/** 30E/360: every month has 30 days, the 31st is the 30th. */
function days360(start: ReturnType<typeof zoned>, end: ReturnType<typeof zoned>): number {
  return (
    (end.year - start.year) * 360 + (end.month - start.month) * 30 + (Math.min(end.day, 30) - Math.min(start.day, 30))
  );
}

/** Calendar days between two instants in the zone, the time of day left aside. */
function wholeDays(start: Millis, end: Millis, timeZone: string): number {
  return dayNumber(zoned(end, timeZone)) - dayNumber(zoned(start, timeZone));
}

/** Days since 1970 of a calendar day: cheaper than asking the calendar for the days between two, which is asked for every row. */
function dayNumber({ year, month, day }: ReturnType<typeof zoned>): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/** Sums each contract year's share: linear within a year, and pieces add up to the whole. */
function shareOfContractYears(
  start: Millis,
  end: Millis,
  anchor: Millis,
  timeZone: string,
  measure: (from: Millis, to: Millis) => number,
): Decimal {
  const origin = zoned(anchor, timeZone);
  const yearStart = (index: number): Millis => origin.add({ years: index }).epochMilliseconds;
  let index = zoned(start, timeZone).year - origin.year;
  while (yearStart(index) > start) index -= 1;
  let year = yearStart(index);
  let share = new Decimal(0);
  for (let from = start; from < end; index += 1) {
    const next = yearStart(index + 1);
    const to = Math.min(next, end);
    if (to > from) share = share.plus(new Decimal(measure(from, to)).div(measure(year, next)));
    from = Math.max(from, to);
    year = next;
  }
  return share;
}
