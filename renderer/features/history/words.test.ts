import { describe, expect, it } from 'vitest';
import type { FieldChange, PolicyHistoryEntry } from '#core/api/contracts/history.ts';
import { entryWords, historyRows, pathWords, recordWords, sentence, valueWords } from './words.ts';

const notation = { currency: 'USD', timeZone: 'America/Los_Angeles' };
const change = (kind: FieldChange['kind'], before?: string, after?: string): FieldChange => ({
  path: [{ title: 'Vehicle 1' }, { member: 'deductible' }],
  kind,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});
const entry = (more: Partial<PolicyHistoryEntry>): PolicyHistoryEntry => ({
  id: '1',
  at: '1750000000000',
  author: 'Ada',
  command: 'quote.update',
  records: [
    { type: 'quote', locator: 'q', name: 'Quote 2', what: 'changed', changes: [change('amount', '500', '-250.5')] },
  ],
  ...more,
});

describe('the words of the history', () => {
  it('has a sentence for a command, and the bare name for one that it does not know', () => {
    expect(sentence(entry({}))).toBe('Changed the quote');
    expect(sentence(entry({ command: 'later.thing' }))).toBe('Did later.thing');
  });

  it('names paths by titles and members, records by their names', () => {
    expect(pathWords([{ title: 'Vehicle 1' }, { member: 'deductible' }])).toBe('Vehicle 1 › Deductible');
    expect(pathWords([{ member: 'unheard_of' }])).toBe('Unheard of');
    expect(recordWords({ type: 'quote', locator: 'q', name: 'Quote 2', what: 'changed', changes: [] })).toBe('Quote 2');
    expect(recordWords({ type: 'invoice', locator: 'i', name: '3001', what: 'created', changes: [] })).toBe(
      'Invoice 3001',
    );
  });

  it('writes values by their kind, days in the zone of the tenant', () => {
    expect(valueWords('1234.5', change('amount'), notation)).toBe('$1,234.50');
    // Still the day before in Los Angeles.
    expect(valueWords('1750046400000', change('instant'), notation)).toMatch(/Jun 15, 2025/);
    expect(valueWords('2026-01-15', change('day'), notation)).toBe('Jan 15, 2026');
    expect(valueWords('carriedForward', change('word'), notation)).toBe('Carried forward');
    expect(valueWords('invalidated', change('word'), notation)).toBe('Invalidated');
    expect(valueWords(undefined, change('text'), notation)).toBe('');
  });

  it('finds an entry by what it says, before and after too', () => {
    const words = entryWords(entry({}), notation);
    for (const part of ['ada', 'quote 2', 'vehicle 1', '$500.00', 'changed the quote']) expect(words).toContain(part);
  });

  it('gives a spreadsheet plain amounts, and a line also to what changed nothing', () => {
    const [head, first, second] = historyRows([entry({}), entry({ records: [], erased: true })], notation);
    expect(head).toHaveLength(7);
    expect(first?.slice(1)).toEqual(['Ada', 'Changed the quote', 'Quote 2', 'Vehicle 1 › Deductible', '500', '-250.5']);
    expect(second?.slice(4)).toEqual(['Erased', '', '']);
  });
});
