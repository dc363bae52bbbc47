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
 * Steps month by month from the start in the tenant's zone, counts the full steps and adds the remaining milliseconds over
 * the length of the step that overshoots. Days 29 to 31 stick to the anchor's day of month: the anchor is the start of the
 * policy's original contract, so that a policy begun on the 31st has its months end on the last day of each month.
 *
 * @param start inclusive, milliseconds; @param end exclusive, milliseconds, not before the start
 * @param anchor start of the original contract, milliseconds
 */
export function monthCount(start: Millis, end: Millis, anchor: Millis, timeZone: string): Decimal {
  if (end < start) return monthCount(end, start, anchor, timeZone).negated();
  const from = zoned(start, timeZone);
  const to = zoned(end, timeZone);
  const sticky = stickyDay(from, zoned(anchor, timeZone));
  const step = (months: number): Temporal.ZonedDateTime => {
    const moved = from.add({ months });
    return sticky === undefined ? moved : moved.with({ day: Math.min(sticky, moved.daysInMonth) });
  };
  let full = Math.max(0, (to.year - from.year) * 12 + (to.month - from.month) - 1);
  while (step(full + 1).epochMilliseconds <= end) full += 1;
  const floor = step(full).epochMilliseconds;
  if (floor === end) return new Decimal(full);
  const length = step(full + 1).epochMilliseconds - floor;
  return new Decimal(end - floor).div(length).plus(full).toDecimalPlaces(7, Decimal.ROUND_HALF_UP);
}

/** The day of month that steps return to: the anchor's when it lies in 29..31 and the start was only clipped to its month's end. */
function stickyDay(from: Temporal.ZonedDateTime, anchor: Temporal.ZonedDateTime): number | undefined {
  if (anchor.day <= 28 || from.day > anchor.day) return from.day > 28 ? from.day : undefined;
  return from.day === Math.min(anchor.day, from.daysInMonth) ? anchor.day : undefined;
}
