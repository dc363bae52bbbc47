import { Temporal } from 'temporal-polyfill';
import { Decimal } from './decimal.ts';

/** An instant as milliseconds since the epoch: what travels on the wire (there as text) and is stored. */
export type Millis = number;

/** The calendar moment of an instant in a zone (IANA name). */
export function zoned(instant: Millis, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
}

/** Midnight at the start of a calendar day (`2021-06-28`) in a zone. Throws a RangeError on a text that is no date. */
export function startOfDay(date: string, timeZone: string): Millis {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone }).epochMilliseconds;
}

/** The calendar day of an instant in a zone, as `2021-06-28`. */
export function calendarDay(instant: Millis, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDate().toString();
}

/** Adds whole calendar units in the zone; the end of the month is kept within the target month (31 Jan + 1 month = 28 Feb). */
export function addCalendar(
  instant: Millis,
  duration: { years?: number; months?: number; days?: number },
  timeZone: string,
): Millis {
  return zoned(instant, timeZone).add(duration).epochMilliseconds;
}

/**
 * The month count between two instants (formats §2.6), rounded to 7 decimals.
 *
 * Two instants on the same local day of month and time of day are whole months apart. Otherwise: step month by month from the
 * start in the tenant's zone, count the full steps, and add the remaining milliseconds over the length of the step that
 * overshoots. Days 29 to 31 stick to the anchor's day of month as far as the original platform does it: see `nextStep`.
 *
 * @param start inclusive, milliseconds; @param end exclusive, milliseconds, not before the start
 * @param anchor start of the original contract, milliseconds
 */
export function monthCount(start: Millis, end: Millis, anchor: Millis, timeZone: string): Decimal {
  if (end < start) return monthCount(end, start, anchor, timeZone).negated();
  const from = zoned(start, timeZone);
  const to = zoned(end, timeZone);
  const calendarMonths = (to.year - from.year) * 12 + (to.month - from.month);
  if (from.day === to.day && from.toPlainTime().equals(to.toPlainTime())) return new Decimal(calendarMonths);
  const anchorDay = zoned(anchor, timeZone).day;
  // The 28th meets the end of a month in February, and moves on to a later anchor's day from there.
  const sticks = from.day > 28 || (from.day === 28 && anchorDay > 28);
  return sticks ? stickyMonths(from, end, anchorDay) : plainMonths(from, end, calendarMonths);
}

/** Steps that never meet the end of a month: the n-th is the start plus n months. */
function plainMonths(from: Temporal.ZonedDateTime, end: Millis, calendarMonths: number): Decimal {
  const step = (months: number): Millis => from.add({ months }).epochMilliseconds;
  let full = calendarMonths;
  while (full > 0 && step(full) > end) full -= 1;
  return fraction(full, step(full), step(full + 1), end);
}

function stickyMonths(from: Temporal.ZonedDateTime, end: Millis, anchorDay: number): Decimal {
  let full = 0;
  let floor = from;
  let ceiling = nextStep(floor, from.day, anchorDay, true);
  while (ceiling.epochMilliseconds <= end) {
    full += 1;
    floor = ceiling;
    ceiling = nextStep(floor, from.day, anchorDay, false);
  }
  return fraction(full, floor.epochMilliseconds, ceiling.epochMilliseconds, end);
}

/**
 * One month on, as the original platform steps: the last day of a month before the anchor's day moves on towards the anchor's
 * day (28 Feb → 31 Mar for an anchor on the 31st); after the first step a day that differs from the start's is put on the
 * month's last day when the anchor's day reaches it, else back on the start's day. Its corner cases are part of the price
 * (with the anchor on the 31st, 30 Mar steps to 30 Apr and then to 31 May) and are kept.
 */
function nextStep(
  at: Temporal.ZonedDateTime,
  startDay: number,
  anchorDay: number,
  first: boolean,
): Temporal.ZonedDateTime {
  const moved = at.add({ months: 1 });
  const sticks = at.day === at.daysInMonth && at.day < anchorDay && moved.day < anchorDay;
  const next = sticks ? moved.with({ day: Math.min(moved.daysInMonth, anchorDay) }) : moved;
  if (first || next.day === startDay) return next;
  return next.with({ day: anchorDay >= next.daysInMonth ? next.daysInMonth : Math.min(startDay, next.daysInMonth) });
}

function fraction(full: number, floor: Millis, ceiling: Millis, end: Millis): Decimal {
  if (floor === end) return new Decimal(full);
  return new Decimal(end - floor)
    .div(ceiling - floor)
    .plus(full)
    .toDecimalPlaces(7, Decimal.ROUND_HALF_UP);
}
