import { describe, expect, it } from 'vitest';
import type { TableSchema, TableSource } from './table.ts';
import { indexTable } from './table-index.ts';

const table = (csv: string, schema?: TableSchema): TableSource => {
  const [header = [], ...rows] = csv
    .trim()
    .split('\n')
    .map((line) => line.trim().split(','));
  return { name: 't', file: 'tables/t.csv', columns: header, rows, ...(schema ? { schema } : {}) };
};
const lookup = (csv: string, schema: TableSchema | undefined, ...keys: string[]) =>
  indexTable(table(csv, schema), 'UTC').lookup(keys);

describe('key,value (T1)', () => {
  const rates = 'key,value\nA,1.5\n0005,2\nA,1.7';

  it('T1 matches keys as text and answers with the row', () => {
    expect(lookup(rates, undefined, '0005')).toEqual({ found: true, value: '2', rows: [3] });
    expect(lookup(rates, undefined, '5')).toMatchObject({ found: false, value: null, rows: [] });
  });
  it('T2 takes the last of two equal keys', () => {
    expect(lookup(rates, undefined, 'A')).toEqual({ found: true, value: '1.7', rows: [4] });
  });
  it('T3 finds a key with blanks around it, and says why nothing was found', () => {
    expect(lookup(rates, undefined, 'A ').found).toBe(true);
    expect(lookup(rates, undefined, 'B').why).toContain('"B"');
  });
  it('T4 finds the columns by name wherever they stand', () => {
    expect(lookup('note,value,key\nx,9,A', undefined, 'A').value).toBe('9');
  });
  it('T5 answers with the line of the file, not of the row', () => {
    const source = { ...table('key,value\nA,1'), lines: [7] };
    expect(indexTable(source, 'UTC').lookup(['A']).rows).toEqual([7]);
  });
});

describe('several keys and bands', () => {
  it('T6 matches several exact columns', () => {
    const csv = 'state,class,rate\nNE,1,10\nNE,2,20\nIA,1,30';
    const schema: TableSchema = {
      keys: [
        { column: 'state', match: 'exact' },
        { column: 'class', match: 'exact' },
      ],
      values: ['rate'],
    };
    expect(lookup(csv, schema, 'NE', '2').value).toBe('20');
    expect(lookup(csv, schema, 'IA', '2').found).toBe(false);
    expect(lookup(csv, schema, 'IA').why).toContain('2 keys');
  });

  const bands = 'from,to,rate\n,15,a\n16,24,b\n25,64,c\n65,,d';
  const range: TableSchema = { keys: [{ column: 'from', match: 'range', to: 'to' }], values: ['rate'] };
  it.each([
    ['-3', 'a'],
    ['15', 'a'],
    ['16', 'b'],
    ['24', 'b'],
    ['24.5', null],
    ['65', 'd'],
    ['120', 'd'],
    ['young', null],
  ])('T7 a range holds both ends, open where a cell is empty: %s', (key, value) => {
    expect(lookup(bands, range, key).value).toBe(value);
  });
  it('T7 of overlapping bands the one that begins last counts', () => {
    const csv = 'from,to,rate\n0,100,wide\n10,20,narrow';
    expect(lookup(csv, range, '15').value).toBe('narrow');
    expect(lookup(csv, range, '50').value).toBe('wide');
  });

  const floors = 'age,rate\n20,b\n16,a\n30,c';
  const floor = (below?: 'miss' | 'clamp'): TableSchema => ({
    keys: [{ column: 'age', match: 'floor', ...(below ? { below } : {}) }],
    values: ['rate'],
  });
  it('T8 floor takes the last row not above the key', () => {
    expect(['16', '19.99', '20', '99'].map((key) => lookup(floors, floor(), key).value)).toEqual(['a', 'a', 'b', 'c']);
    expect(lookup(floors, floor(), '15').found).toBe(false);
    expect(lookup(floors, floor('clamp'), '15')).toMatchObject({ value: 'a', why: expect.stringContaining('below') });
  });

  it('T9 prefix takes the longest key with which the wanted one begins, among the rows that match otherwise', () => {
    const csv = 'zip,class,rate\n6,x,1\n68,x,2\n681,y,3';
    const schema: TableSchema = {
      keys: [
        { column: 'zip', match: 'prefix' },
        { column: 'class', match: 'exact' },
      ],
      values: ['rate'],
    };
    expect(lookup(csv, schema, '68102', 'x').value).toBe('2');
    expect(lookup(csv, schema, '68102', 'y').value).toBe('3');
    expect(lookup(csv, schema, '7', 'x').found).toBe(false);
  });
});

describe('interpolation (T10)', () => {
  const csv = 'limit,rate\n90000,229\n91000,233\n200000,745';
  const schema = (ends: { below?: 'clamp' | 'extrapolate'; above?: 'clamp' | 'extrapolate' } = {}): TableSchema => ({
    keys: [{ column: 'limit', match: 'interpolate', ...ends }],
    values: ['rate'],
  });
  it('T10 lies on the line between the rows around the key, exact and unrounded', () => {
    expect(lookup(csv, schema(), '90500')).toEqual({ found: true, value: '231', rows: [2, 3] });
    expect(
      lookup('x,y\n0,0.1\n3,0.2', { ...schema(), keys: [{ column: 'x', match: 'interpolate' }], values: ['y'] }, '1')
        .value,
    ).toBe('0.1333333333333333333333333333333333');
  });
  it('T10 answers with the cell as authored at a row', () => {
    expect(lookup('limit,rate\n1,1.50\n2,2.00', schema(), '1')).toEqual({ found: true, value: '1.50', rows: [2] });
  });
  it('T11 behaves at the ends as declared', () => {
    expect(lookup(csv, schema(), '89000').found).toBe(false);
    expect(lookup(csv, schema({ below: 'clamp' }), '89000').value).toBe('229');
    expect(lookup(csv, schema({ below: 'extrapolate' }), '89000').value).toBe('225');
    expect(lookup(csv, schema({ above: 'clamp' }), '300000')).toMatchObject({ value: '745', rows: [4] });
    expect(lookup('limit,rate\n1,1\n2,3', schema({ above: 'extrapolate' }), '4').value).toBe('7');
  });
  it('T12 interpolates within the rows that match the exact keys, in two directions too', () => {
    const grid = 'x,state,y,v\n0,A,0,0\n10,A,0,10\n0,A,10,20\n10,A,10,30\n5,B,0,1000';
    const two: TableSchema = {
      keys: [
        { column: 'x', match: 'interpolate' },
        { column: 'state', match: 'exact' },
        { column: 'y', match: 'interpolate' },
      ],
      values: ['v'],
    };
    expect(lookup(grid, two, '5', 'A', '5').value).toBe('15');
  });
});

describe('effective dates and defaults', () => {
  const csv = 'band,from,to,rate\nA,2004-01-01,2005-01-01,0.05\nA,2005-01-01,,0.04';
  const schema: TableSchema = {
    keys: [{ column: 'band', match: 'exact' }],
    values: ['rate'],
    effective: { from: 'from', to: 'to' },
    default: '1',
  };
  const index = indexTable(table(csv, schema), 'America/New_York');
  it('T13 takes the row that holds at the date, in the tenant zone, from inclusive, to exclusive', () => {
    const newYear = Date.UTC(2005, 0, 1, 5);
    expect(index.lookup(['A'], newYear - 1).value).toBe('0.05');
    expect(index.lookup(['A'], newYear).value).toBe('0.04');
    expect(index.lookup(['A']).value).toBe('0.04');
  });
  it('T14 a default answers instead of a miss, and says so', () => {
    expect(index.lookup(['B'], 0)).toEqual({
      found: true,
      value: '1',
      rows: [],
      why: expect.stringContaining('default'),
    });
    expect(index.lookup(['A'], 0).value).toBe('1');
  });
  it('T15 answers with another value column when asked', () => {
    const wide = indexTable(
      table('k,a,b\nx,1,2', { keys: [{ column: 'k', match: 'exact' }], values: ['a', 'b'] }),
      'UTC',
    );
    expect(wide.lookup(['x']).value).toBe('1');
    expect(wide.lookup(['x'], undefined, 'b').value).toBe('2');
    expect(wide.lookup(['x'], undefined, 'c').found).toBe(false);
  });
});
