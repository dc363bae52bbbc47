import { describe, expect, it } from 'vitest';
import { csvText } from './csv.ts';

describe('a table as CSV', () => {
  it('quotes commas, quotes and line ends, and ends lines as spreadsheets expect', () => {
    expect(csvText([['a', 'b, c', 'say "hi"', 'two\nlines', '']])).toBe('a,"b, c","say ""hi""","two\nlines",\r\n');
  });

  it.each(['=1+1', '+cmd', '-cmd', '@SUM(A1)', '\tx', '\r=1'])('makes %j no formula', (value) => {
    expect(csvText([[value]])).toContain(`'${value}`);
  });

  it.each(['-12.50', '+3', '12', '0.119'])('leaves the number %s a number', (value) => {
    expect(csvText([[value]])).toBe(`${value}\r\n`);
  });
});
