import { Temporal } from 'temporal-polyfill';
import { Decimal } from '#core/model/decimal.ts';
import { type Millis, zoned } from '#core/model/time.ts';

/**
 * Formatting of numbers and timestamps as the filters of both Liquid dialects do it (formats §2.2): Java DecimalFormat patterns
 * (rounded half up, English symbols) and Joda date patterns in the tenant's zone. Pure functions over plain values.
 */

/** `format_number`: grouped, at most three decimals: 1234567.5 → `1,234,567.5`. */
export function formatNumber(value: Decimal): string {
  return formatNumberPattern(value, '#,##0.###');
}

/** `format_number_currency: "en", "US"`: an amount in the tenant's currency as that place writes it. An unknown place counts as en-US. */
export function formatNumberCurrency(value: Decimal, currency: string, language?: string, country?: string): string {
  const options = { style: 'currency', currency } as const;
  // Intl reads decimal text exactly; its type only knows numbers.
  const exact = value.toFixed() as unknown as number;
  const tag = language && country ? `${language}-${country}` : language || 'en-US';
  try {
    return new Intl.NumberFormat(tag, options).format(exact);
  } catch {
    return new Intl.NumberFormat('en-US', options).format(exact);
  }
}

interface NumberPattern {
  readonly prefix: string;
  readonly suffix: string;
  readonly grouping: number;
  readonly minimumInteger: number;
  readonly minimumFraction: number;
  readonly maximumFraction: number;
  /** Power of ten that the number is multiplied by: 2 for %, 3 for ‰. */
  readonly shift: number;
}

/** `format_number_pattern: "#,##0.00"`: a Java DecimalFormat pattern; `;` starts the pattern of negative numbers. */
export function formatNumberPattern(value: Decimal, pattern: string): string {
  const [positive = '', negative] = splitPattern(pattern);
  const format = readPattern(positive);
  const rounded = value
    .abs()
    .times(new Decimal(10).pow(format.shift))
    .toDecimalPlaces(format.maximumFraction, Decimal.ROUND_HALF_UP);
  const [whole = '0', fraction = ''] = rounded.toFixed(format.maximumFraction).split('.');
  const integer = whole === '0' && format.minimumInteger === 0 ? '' : whole.padStart(format.minimumInteger, '0');
  const grouped =
    format.grouping > 0 ? integer.replace(new RegExp(`\\B(?=(\\d{${format.grouping}})+$)`, 'g'), ',') : integer;
  const kept = fraction.slice(0, format.minimumFraction) + fraction.slice(format.minimumFraction).replace(/0+$/, '');
  const digits = (kept === '' ? grouped : `${grouped}.${kept}`) || '0';
  if (value.isNegative() && !rounded.isZero()) {
    if (negative === undefined) return `-${format.prefix}${digits}${format.suffix}`;
    const affixes = readPattern(negative);
    return `${affixes.prefix}${digits}${affixes.suffix}`;
  }
  return `${format.prefix}${digits}${format.suffix}`;
}

function splitPattern(pattern: string): [string, string?] {
  let quoted = false;
  for (let i = 0; i < pattern.length; i += 1) {
    if (pattern[i] === "'") quoted = !quoted;
    if (pattern[i] === ';' && !quoted) return [pattern.slice(0, i), pattern.slice(i + 1)];
  }
  return [pattern];
}

function readPattern(pattern: string): NumberPattern {
  let prefix = '';
  let suffix = '';
  let number = '';
  let shift = 0;
  for (let i = 0; i < pattern.length; i += 1) {
    let char = pattern[i] ?? '';
    if (char === "'") {
      const end = pattern.indexOf("'", i + 1);
      const close = end < 0 ? pattern.length : end;
      char = close === i + 1 ? "'" : pattern.slice(i + 1, close);
      i = close;
    } else if ('#0,.'.includes(char)) {
      number += char;
      continue;
    } else if (char === '%') shift = 2;
    else if (char === '‰') shift = 3;
    if (number === '') prefix += char;
    else suffix += char;
  }
  const [integer = '', fraction = ''] = number.split('.');
  const comma = integer.lastIndexOf(',');
  return {
    prefix,
    suffix,
    shift,
    grouping: comma < 0 ? 0 : integer.length - comma - 1,
    minimumInteger: countOf(integer, '0'),
    minimumFraction: countOf(fraction, '0'),
    maximumFraction: fraction.replaceAll(',', '').length,
  };
}

const countOf = (text: string, char: string): number => text.split(char).length - 1;

/**
 * Reads a point in time: milliseconds (number or digits), a date (`2021-06-28`: midnight in the zone), a date and time, or `now`.
 * @returns undefined when the value is none of these.
 */
export function readTimestamp(value: string | number, timeZone: string, now: Millis): Millis | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : undefined;
  const text = value.trim();
  if (text === 'now') return now;
  if (text === 'today') return timestampDayFloor(now, timeZone);
  if (/^[+-]?\d{5,}(\.\d*)?$/.test(text) || /^-?\d{1,3}$/.test(text)) return Math.trunc(Number(text));
  try {
    if (/^\d{4}-\d{2}$/.test(text)) return readTimestamp(`${text}-01`, timeZone, now);
    if (/^\d{4}$/.test(text)) return readTimestamp(`${text}-01-01`, timeZone, now);
    if (/(Z|[+-]\d{2}:?\d{2})$/i.test(text) && text.includes('T')) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    return undefined;
  }
}

const UNITS = {
  millisecond: 'milliseconds',
  second: 'seconds',
  minute: 'minutes',
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  month: 'months',
  year: 'years',
} as const;

/** `timestamp_millis_add: "day", -1`: calendar units in the zone. @returns undefined for an unknown unit. */
export function timestampAdd(instant: Millis, unit: string, amount: number, timeZone: string): Millis | undefined {
  const singular = unit.trim().toLowerCase().replace(/s$/, '');
  if (!Object.hasOwn(UNITS, singular) || !Number.isSafeInteger(amount)) return undefined;
  const name = UNITS[singular as keyof typeof UNITS];
  try {
    return zoned(instant, timeZone).add({ [name]: amount }).epochMilliseconds;
  } catch {
    return undefined;
  }
}

/** `timestamp_millis_round_day_floor`: midnight at or before the instant. */
export function timestampDayFloor(instant: Millis, timeZone: string): Millis {
  return zoned(instant, timeZone).startOfDay().epochMilliseconds;
}

/** `timestamp_millis_round_day_ceiling`: midnight at or after the instant. */
export function timestampDayCeiling(instant: Millis, timeZone: string): Millis {
  const floor = zoned(instant, timeZone).startOfDay();
  return floor.epochMilliseconds === instant ? instant : floor.add({ days: 1 }).startOfDay().epochMilliseconds;
}

/** `get_30_360_day_count`: days between two instants in a year of twelve months of 30 days (30E/360, formats §2.7). */
export function dayCount30360(start: Millis, end: Millis, timeZone: string): number {
  const from = zoned(start, timeZone);
  const to = zoned(end, timeZone);
  return (to.year - from.year) * 360 + (to.month - from.month) * 30 + (Math.min(to.day, 30) - Math.min(from.day, 30));
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** `timestamp_millis_print: "d MMM YYYY"`: a Joda pattern in the zone, English names. */
export function timestampPrint(instant: Millis, pattern: string, timeZone: string): string {
  const at = zoned(instant, timeZone);
  return pattern.replace(/''|'((?:[^']|'')*)'|([A-Za-z])\2*/g, (run: string, literal: string | undefined) => {
    if (run === "''") return "'";
    if (literal !== undefined) return literal.replaceAll("''", "'");
    return jodaField(at, run[0] ?? '', run.length, timeZone);
  });
}

function jodaField(at: Temporal.ZonedDateTime, letter: string, count: number, timeZone: string): string {
  const padded = (value: number): string => String(value).padStart(count, '0');
  const year = (value: number): string => (count === 2 ? String(value % 100).padStart(2, '0') : padded(value));
  const name = (names: readonly string[], index: number): string =>
    (names[index - 1] ?? '').slice(0, count >= 4 ? undefined : 3);
  switch (letter) {
    case 'G':
      return at.year > 0 ? 'AD' : 'BC';
    case 'C':
      return padded(Math.floor(at.year / 100));
    case 'Y':
    case 'y':
      return year(at.year);
    case 'x':
      return year(at.yearOfWeek ?? at.year);
    case 'w':
      return padded(at.weekOfYear ?? 0);
    case 'e':
      return padded(at.dayOfWeek);
    case 'E':
      return name(DAYS, at.dayOfWeek);
    case 'D':
      return padded(at.dayOfYear);
    case 'M':
      return count >= 3 ? name(MONTHS, at.month) : padded(at.month);
    case 'd':
      return padded(at.day);
    case 'a':
      return at.hour < 12 ? 'AM' : 'PM';
    case 'K':
      return padded(at.hour % 12);
    case 'h':
      return padded(at.hour % 12 || 12);
    case 'H':
      return padded(at.hour);
    case 'k':
      return padded(at.hour || 24);
    case 'm':
      return padded(at.minute);
    case 's':
      return padded(at.second);
    case 'S':
      return String(at.millisecond).padStart(3, '0').padEnd(count, '0').slice(0, count);
    case 'z':
      return zoneName(at, count >= 4 ? 'long' : 'short', timeZone);
    case 'Z':
      return count === 1 ? at.offset.replace(':', '') : count === 2 ? at.offset : timeZone;
    default:
      return letter.repeat(count);
  }
}

function zoneName(at: Temporal.ZonedDateTime, style: 'long' | 'short', timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: style }).formatToParts(at.epochMilliseconds);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** The standard filter `date: "%d/%m/%Y"` (strftime) in the zone, English names. `%-d` drops the padding. */
export function strftime(instant: Millis, pattern: string, timeZone: string): string {
  const at = zoned(instant, timeZone);
  return pattern.replace(/%([-_0^]?)([A-Za-z%])/g, (run: string, flag: string, letter: string) => {
    const number = (value: number, width: number, pad = '0'): string =>
      flag === '-' ? String(value) : String(value).padStart(width, flag === '_' ? ' ' : pad);
    const text = strftimeField(at, letter, number, timeZone);
    return text === undefined ? run : flag === '^' ? text.toUpperCase() : text;
  });
}

function strftimeField(
  at: Temporal.ZonedDateTime,
  letter: string,
  number: (value: number, width: number, pad?: string) => string,
  timeZone: string,
): string | undefined {
  const again = (pattern: string): string => strftime(at.epochMilliseconds, pattern, timeZone);
  switch (letter) {
    case 'Y':
      return number(at.year, 4);
    case 'C':
      return number(Math.floor(at.year / 100), 2);
    case 'y':
      return number(at.year % 100, 2);
    case 'm':
      return number(at.month, 2);
    case 'B':
      return MONTHS[at.month - 1];
    case 'b':
    case 'h':
      return MONTHS[at.month - 1]?.slice(0, 3);
    case 'd':
      return number(at.day, 2);
    case 'e':
      return number(at.day, 2, ' ');
    case 'j':
      return number(at.dayOfYear, 3);
    case 'H':
      return number(at.hour, 2);
    case 'k':
      return number(at.hour, 2, ' ');
    case 'I':
      return number(at.hour % 12 || 12, 2);
    case 'l':
      return number(at.hour % 12 || 12, 2, ' ');
    case 'M':
      return number(at.minute, 2);
    case 'S':
      return number(at.second, 2);
    case 'L':
      return number(at.millisecond, 3);
    case 'p':
      return at.hour < 12 ? 'AM' : 'PM';
    case 'P':
      return at.hour < 12 ? 'am' : 'pm';
    case 'A':
      return DAYS[at.dayOfWeek - 1];
    case 'a':
      return DAYS[at.dayOfWeek - 1]?.slice(0, 3);
    case 'u':
      return number(at.dayOfWeek, 1);
    case 'w':
      return number(at.dayOfWeek % 7, 1);
    case 'V':
      return number(at.weekOfYear ?? 0, 2);
    case 'G':
      return number(at.yearOfWeek ?? at.year, 4);
    case 's':
      return String(Math.floor(at.epochMilliseconds / 1000));
    case 'z':
      return at.offset.replace(':', '');
    case 'Z':
      return zoneName(at, 'short', timeZone);
    case 'F':
      return again('%Y-%m-%d');
    case 'T':
    case 'X':
      return again('%H:%M:%S');
    case 'D':
    case 'x':
      return again('%m/%d/%y');
    case 'R':
      return again('%H:%M');
    case 'r':
      return again('%I:%M:%S %p');
    case 'c':
      return again('%a %b %e %H:%M:%S %Y');
    case '%':
      return '%';
    default:
      return undefined;
  }
}
