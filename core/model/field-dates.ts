import type { DateOffset, FieldDefinition, ValueFault } from './field.ts';
import { addCalendar, calendarDay, startOfDay, zoned } from './time.ts';

/** How many characters of `2021-06-28` a precision compares. */
const LENGTHS = { year: 4, month: 7, day: 10, second: 10 } as const;
const SHAPES = {
  year: 'YYYY',
  month: 'YYYY-MM',
  day: 'YYYY-MM-DD',
  second: 'YYYY-MM-DDThh:mm:ss, or milliseconds',
} as const;

/**
 * What is wrong with a date (formats §1.5). A value may be finer than the field's precision, then its rest does not count.
 * Bounds are compared in the precision; with `second` and without `roundToDay` offsets are instants.
 */
export function dateFault(
  definition: FieldDefinition,
  text: string,
  now: number,
  timeZone: string,
): ValueFault | undefined {
  const precision = definition.precision ?? 'day';
  const date = readDate(text, timeZone);
  if (!date || date.day.length < LENGTHS[precision])
    return { code: 'INVALID_TYPE', message: `"${text}" is no date of the form ${SHAPES[precision]}.` };
  const { minimum, maximum, minimumOffset, maximumOffset } = definition;
  const tooEarly = `${text} is before`;
  const tooLate = `${text} is after`;
  const beyond = (what: string, bound: string): ValueFault => ({ code: 'INVALID_VALUE', message: `${what} ${bound}.` });
  if (minimum !== undefined && compare(date.day, minimum, precision) < 0) return beyond(tooEarly, minimum);
  if (maximum !== undefined && compare(date.day, maximum, precision) > 0) return beyond(tooLate, maximum);
  for (const [offset, sign, what] of [
    [minimumOffset, -1, tooEarly],
    [maximumOffset, 1, tooLate],
  ] as const) {
    if (!offset) continue;
    const instant = offsetInstant(offset, now, timeZone);
    const day = calendarDay(instant, timeZone);
    const exact = precision === 'second' && !offset.roundToDay && date.instant !== undefined;
    const difference = exact ? (date.instant ?? 0) - instant : compare(date.day, day, precision);
    if (difference * sign > 0) return beyond(what, exact ? zoned(instant, timeZone).toString() : day);
  }
  return undefined;
}

/** The moment that an offset names, counted from now in the tenant's zone. */
export function offsetInstant({ field, amount }: DateOffset, now: number, timeZone: string): number {
  return addCalendar(now, { [`${field}s`]: amount }, timeZone);
}

/** `day` is the calendar day in the zone, or its first 4 or 7 characters; `instant` when the text names one. */
interface ReadDate {
  readonly day: string;
  readonly instant?: number;
}

function readDate(text: string, timeZone: string): ReadDate | undefined {
  const trimmed = text.trim();
  if (/^-?\d{9,15}$/.test(trimmed)) return { day: calendarDay(Number(trimmed), timeZone), instant: Number(trimmed) };
  const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d)([T ].+)?)?)?$/.exec(trimmed);
  if (!match) return undefined;
  const [, year = '', month, day, time] = match;
  if (month === undefined) return { day: year };
  if (Number(month) < 1 || Number(month) > 12) return undefined;
  if (day === undefined) return { day: `${year}-${month}` };
  try {
    const midnight = startOfDay(`${year}-${month}-${day}`, timeZone);
    if (time === undefined) return { day: `${year}-${month}-${day}`, instant: midnight };
    const instant = instantOf(`${year}-${month}-${day}T${time.slice(1)}`, midnight, timeZone);
    return instant === undefined ? undefined : { day: calendarDay(instant, timeZone), instant };
  } catch {
    return undefined;
  }
}

/** With an offset or `Z` the text names an instant; without one it is wall time in the tenant's zone. */
function instantOf(text: string, midnight: number, timeZone: string): number | undefined {
  if (/(Z|[+-]\d\d:?\d\d)$/i.test(text)) {
    const instant = Date.parse(text);
    return Number.isNaN(instant) ? undefined : instant;
  }
  const time = /T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?$/.exec(text);
  if (!time) return undefined;
  const [hour, minute, second] = [Number(time[1]), Number(time[2]), Number(time[3] ?? 0)];
  return zoned(midnight, timeZone).with({ hour, minute, second }).epochMilliseconds;
}

/** Compares two dates by their first characters: year, month or day. A shorter bound is compared as far as it goes. */
function compare(day: string, bound: string, precision: keyof typeof LENGTHS): number {
  const length = Math.min(LENGTHS[precision], bound.length, day.length);
  const [a, b] = [day.slice(0, length), bound.slice(0, length)];
  return a < b ? -1 : a > b ? 1 : 0;
}
