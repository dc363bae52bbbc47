import { expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import {
  dayCount30360,
  formatNumber,
  formatNumberCurrency,
  formatNumberPattern,
  readTimestamp,
  strftime,
  timestampAdd,
  timestampDayCeiling,
  timestampDayFloor,
  timestampPrint,
} from './format.ts';

const zone = 'America/Los_Angeles';
const at = (text: string): number => readTimestamp(text, zone, 0) ?? Number.NaN;

test.each([
  ['0.0', '1234.25', '1234.3'],
  ['#,##0.00', '1234567.005', '1,234,567.01'],
  ['#,##0.00', '-0.001', '0.00'],
  ['$#,##0', '1999.5', '$2,000'],
  ['0.##', '12', '12'],
  ['0.0#', '12', '12.0'],
  ['000', '7', '007'],
  ['#.00', '.5', '.50'],
  ['0.#%', '0.1234', '12.3%'],
  ['#,##0;(#,##0)', '-1234', '(1,234)'],
  ["'#'0", '5', '#5'],
  ['#', '0', '0'],
])('L60 a DecimalFormat pattern %s prints %s as %s', (pattern, number, text) => {
  expect(formatNumberPattern(new Decimal(number), pattern)).toBe(text);
});

test('L60 numbers and currencies print exactly, rounded half up, never exponential', () => {
  expect(formatNumber(new Decimal('12345678901234567890.12345'))).toBe('12,345,678,901,234,567,890.123');
  expect(formatNumberCurrency(new Decimal('465.375'), 'USD', 'en', 'US')).toBe('$465.38');
  expect(formatNumberCurrency(new Decimal('1234.5'), 'EUR', 'de', 'DE')).toBe('1.234,50\u00a0€');
  expect(formatNumberCurrency(new Decimal('1'), 'USD', 'no such language')).toBe('$1.00');
});

test('L61 timestamps print in Joda patterns in the zone', () => {
  const instant = at('2021-06-28T15:04:05');
  expect(timestampPrint(instant, 'd MMM YYYY', zone)).toBe('28 Jun 2021');
  expect(timestampPrint(instant, 'EEEE, MMMM dd yy', zone)).toBe('Monday, June 28 21');
  expect(timestampPrint(instant, "hh:mm:ss.SSS a 'o''clock' Z ZZ", zone)).toBe("03:04:05.000 PM o'clock -0700 -07:00");
  expect(timestampPrint(instant, 'MM/dd/yyyy HH z', zone)).toBe('06/28/2021 15 PDT');
});

test('L61 calendar steps keep the wall clock over a change of offset', () => {
  expect(timestampAdd(at('2021-03-13T12:00'), 'day', 1, zone)).toBe(at('2021-03-14T12:00'));
  expect(timestampAdd(at('2021-01-31'), 'months', 1, zone)).toBe(at('2021-02-28'));
  expect(timestampAdd(0, 'fortnight', 1, zone)).toBeUndefined();
  expect(timestampDayFloor(at('2021-03-14T23:59'), zone)).toBe(at('2021-03-14'));
  expect(timestampDayCeiling(at('2021-03-14T00:01'), zone)).toBe(at('2021-03-15'));
  expect(timestampDayCeiling(at('2021-03-14'), zone)).toBe(at('2021-03-14'));
});

test('L61 points in time are read from milliseconds, digits, dates and now', () => {
  expect(readTimestamp(1624863600000, zone, 0)).toBe(1624863600000);
  expect(readTimestamp('1624863600000', zone, 0)).toBe(1624863600000);
  expect(readTimestamp('2021-06-28', zone, 0)).toBe(1624863600000);
  expect(readTimestamp('now', zone, 42)).toBe(42);
  expect(readTimestamp('yesterday', zone, 0)).toBeUndefined();
});

test('L62 the 30/360 day count of a year is 360', () => {
  expect(dayCount30360(at('2021-06-28'), at('2022-06-28'), zone)).toBe(360);
  expect(dayCount30360(at('2021-01-31'), at('2021-03-31'), zone)).toBe(60);
});

test('L63 date prints strftime in the zone', () => {
  expect(strftime(at('2021-06-08T03:04:05'), '%d/%m/%Y %-d %b %e %I%p %F %T %% %Q', zone)).toBe(
    '08/06/2021 8 Jun  8 03AM 2021-06-08 03:04:05 % %Q',
  );
});
