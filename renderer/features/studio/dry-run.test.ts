import { describe, expect, it } from 'vitest';
import type { DryRunSlice } from '#core/api/contracts/studio.ts';
import { added, cellOf, NOTHING_YET, sampledSlices, storedSlices } from './dry-run.ts';

const slice = (risks: number, premium: string): DryRunSlice => ({
  risks,
  matrix: [{ before: 'accept', after: 'reject', risks }],
  flips: [],
  premium: { risks, before: premium, after: '0.20', changed: 1 },
  missing: { colour: 1 },
  priced: true,
});

describe('a dry run on the screen', () => {
  it('adds slices up, amounts exactly', () => {
    const totals = added(added(NOTHING_YET, slice(2, '0.1')), slice(3, '0.2'));
    expect(totals).toMatchObject({
      risks: 5,
      premium: { risks: 5, before: '0.3', after: '0.4', changed: 2 },
      missing: { colour: 2 },
    });
    expect(cellOf(totals, 'accept', 'reject')).toBe(5);
    expect(cellOf(totals, 'reject', 'accept')).toBe(0);
  });

  it('asks for every risk once', () => {
    const books = sampledSlices('s', 60);
    expect(books.map((book) => (book.kind === 'sampled' ? [book.from, book.count] : []))).toEqual([
      [0, 25],
      [25, 25],
      [50, 10],
    ]);
    const locators = Array.from({ length: 26 }, (_, index) => String(index));
    expect(storedSlices(locators).flatMap((book) => (book.kind === 'stored' ? book.locators : []))).toEqual(locators);
    expect(storedSlices([])).toEqual([]);
  });
});
