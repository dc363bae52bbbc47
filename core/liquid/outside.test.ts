import { expect, test } from 'vitest';
import { run, tables, value, warnings } from './testing.ts';

test('L61 timestamps in the zone, now is the clock', () => {
  expect(value('"now" | get_timestamp_millis')).toBe('1624863600000');
  expect(value('"now" | timestamp_millis_print: "d MMM YYYY"')).toBe('28 Jun 2021');
  expect(value('data.dob | timestamp_millis_print: "YYYY"', { dob: '1985-03-02' })).toBe('1985');
  expect(value('"now" | timestamp_millis_add: "day", -1 | timestamp_millis_print: "dd"')).toBe('27');
  expect(value('data.a | get_30_360_day_count: data.b', { a: 1624863600000, b: 1656399600000 })).toBe('360');
  expect(value('"now" | date: "%Y"')).toBe('2021');
  expect(value('data.none | timestamp_millis_print: "YYYY"')).toBe(null);
  expect(warnings('{{ data.none | timestamp_millis_print: "YYYY" }}')).toEqual([
    'nil is no point in time: the result is nil',
  ]);
});

test('L60 number formats', () => {
  expect(value('1234.565 | format_number_pattern: "#,##0.00"')).toBe('1,234.57');
  expect(value('1234.5 | format_number_currency: "en", "US"')).toBe('$1,234.50');
});

test('L64 lookups find by text; a miss is nil and says why', () => {
  expect(value('"rates" | lookup: data.type | times: 2', { type: 'Car' }, { tables })).toBe('2.2');
  expect(value('"pairs" | lookup: "NE", 18', {}, { tables })).toBe('0.7');
  const why = (expression: string): unknown =>
    run(`{{ ${expression} }}`, {}, { tables }).steps.find((step) => step.kind === 'lookup')?.why;
  expect(value('"rates" | lookup: 36', {}, { tables })).toBe(null);
  expect(why('"rates" | lookup: 36')).toContain('the key is the number 36');
  expect(value('36 | downcase', {}, { tables })).toBe('36');
  expect(why('"rates" | lookup: data.none')).toBe('the key is nil');
  expect(why('"nothing" | lookup: "a"')).toBe('there is no table `nothing`');
  expect(why('"pairs" | lookup: "NE"')).toContain('2 key column(s), 1 key(s)');
  expect(why('"rates" | lookup: "Van"')).toBe('no such key');
});

test('L65 lookup_effective asks as of a time', () => {
  expect(value('"rates" | lookup_effective: "Car", 5', {}, { tables })).toBe('9');
  expect(value('"rates" | lookup_effective: "Car"', {}, { tables })).toBe('1.1');
  expect(value('"rates" | lookup: "Car"', {}, { tables, clock: 5 })).toBe('9');
});
