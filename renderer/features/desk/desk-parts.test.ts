import { expect, test } from 'vitest';
import type { RiskSummary } from '#core/api/contracts/desk.ts';
import { cellText, toCsv } from './csv.ts';
import { isFiltered, listQuery } from './query.ts';
import { toggled, withRange } from './selection.ts';
import { premiumsOf } from './sums.ts';

const risk = (locator: string, more: Partial<RiskSummary> = {}): RiskSummary => ({
  locator,
  quoteLocator: 'q',
  policyholderLocator: 'h',
  productName: 'auto',
  insured: 'Ada',
  items: '',
  state: 'accepted',
  stage: 'accepted',
  start: 0,
  end: 1,
  currency: 'USD',
  missing: [],
  updated: 0,
  created: 0,
  ...more,
});

test('a cell of CSV is never a formula, and numbers stay numbers', () => {
  expect(['=1+1', '+1', '@x', '-1+cmd', '\tx'].map(cellText)).toEqual(["'=1+1", "'+1", "'@x", "'-1+cmd", "'\tx"]);
  expect(['-12.50', '1200.00', 'Marsh, Ada', 'say "hi"', 'a\nb', '=a,b'].map(cellText)).toEqual([
    '-12.50',
    '1200.00',
    '"Marsh, Ada"',
    '"say ""hi"""',
    '"a\nb"',
    '"\'=a,b"',
  ]);
  const columns = [{ title: 'Insured', cell: ({ insured }: RiskSummary) => insured }];
  expect(toCsv(columns, [risk('1')])).toBe('\u{feff}Insured\r\nAda\r\n');
});

test('premiums add up to the cent, by currency; what has no premium counts nothing', () => {
  const risks = [
    risk('1', { premium: '0.10' }),
    risk('2', { premium: '0.20' }),
    risk('3'),
    risk('4', { premium: '5', currency: 'EUR' }),
  ];
  expect(premiumsOf(risks)).toEqual([
    { currency: 'USD', amount: '0.3' },
    { currency: 'EUR', amount: '5' },
  ]);
});

test('a selection toggles one, and takes a range in either direction as far as it is loaded', () => {
  const rows = [risk('a'), risk('b'), undefined, risk('d')];
  const one = toggled(new Map(), risk('a'));
  expect([...one.keys()]).toEqual(['a']);
  expect(toggled(one, risk('a')).size).toBe(0);
  expect([...withRange(one, 3, 1, (index) => rows[index]).keys()]).toEqual(['a', 'b', 'd']);
});

test('the query names what is asked, and blanks ask nothing', () => {
  expect(listQuery({ filters: { q: ' mar ', stage: ['ready'], product: [], from: '' }, sort: '-updated' })).toBe(
    'q=mar&stage=ready&sort=-updated',
  );
  expect([isFiltered({}), isFiltered({ q: ' ' }), isFiltered({ stage: [] }), isFiltered({ to: '2026-01-01' })]).toEqual(
    [false, false, false, true],
  );
});
