import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { type CellValue, readXlsx, type Sheet, writeXlsx } from 'hucre/xlsx';
import { describe, expect, it, vi } from 'vitest';
import { Problem } from '#core/model/problem.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import type { TableSchema } from '#core/model/table.ts';
import { tableFindings } from '#core/product/check-tables.ts';
import { Reports } from '#core/product/reports.ts';
import { readTable } from '#core/product/tables.ts';
import { editedSource } from './edited-source.ts';
import { workbookChanges, writeWorkbook } from './excel-thread.ts';
import { exportExcel } from './export-excel.ts';
import { openWorkbook, readWorkbook } from './import-excel.ts';
import { openTable } from './read-table.ts';
import { openTableFile } from './table-file.ts';

const SEED = 20_261_127;
const EXAMPLES = path.resolve(import.meta.dirname, '../../../examples');
const tables = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /tables\/[^/]+\.csv$/.test(file),
);

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'B b', '1', '1.50', '007', '12345678901234567', '', '-0', '.5') },
  fc.constantFrom('x,y', 'say "so"', 'two\nlines', 'é & <b>', '_x0041_', "'quoted", '=1+1', '1e5', '#N/A', 'TRUE'),
);
const csv = fc
  .record({
    rows: fc.array(fc.tuple(text, text, text), { maxLength: 10 }),
    end: fc.constantFrom('\n', '\r\n'),
    mark: fc.boolean(),
  })
  .map(({ rows, end, mark }) => {
    const quote = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    return `${mark ? '\ufeff' : ''}key,value,note${end}${rows.map((row) => row.map(quote).join(',') + end).join('')}`;
  });

async function throughExcel(table: RateTable, change?: (sheet: Sheet) => void): Promise<string> {
  let bytes = await exportExcel(table, 'tables/t.csv');
  if (change) {
    const workbook = await readXlsx(bytes);
    for (const sheet of workbook.sheets.slice(0, 1)) change(sheet);
    const sheets = workbook.sheets.map(({ name, rows, veryHidden }) => ({
      name,
      rows,
      veryHidden: veryHidden === true,
    }));
    bytes = await writeXlsx({ sheets });
  }
  const imported = new RateTable(table.csv.text, { schema: table.schema });
  imported.applyChanges(readWorkbook(await openWorkbook(bytes), table));
  return imported.toText();
}

describe('tables and files', () => {
  it('RT1 reads cells as configurations do', () => {
    fc.assert(
      fc.property(csv, (given) => {
        const bytes = new TextEncoder().encode(given);
        const table = openTable('t.csv', bytes);
        const wanted = readTable('t.csv', bytes, new Reports(), null);
        expect(table.columns).toEqual(wanted.columns);
        expect(Array.from({ length: table.rowCount }, (_, row) => table.cells(row))).toEqual(wanted.rows);
        const lines = Array.from({ length: table.rowCount }, (_, row) => table.lineOf(row));
        expect(lines).toEqual(wanted.lines ?? wanted.rows.map((_, row) => row + 2));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
  it('RT25 what an edited table holds is known without reading it again, or read', () => {
    const cell = fc.constantFrom('a', 'B b', '1.50', '', 'é', 'x,y');
    const plain = fc.array(fc.constantFrom('a,1,x', 'b,,', ' c , 2 ,y', 'd,4,', ',,'), { maxLength: 6 });
    const edits = fc.array(fc.tuple(fc.constantFrom('set', 'insert', 'remove'), fc.nat(20), fc.nat(2), cell), {
      maxLength: 4,
    });
    const schema: TableSchema = {
      keys: [
        { column: 'key', match: 'exact' },
        { column: 'value', match: 'floor' },
      ],
      values: ['note'],
    };
    let known = 0;
    fc.assert(
      fc.property(plain, edits, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, steps, end, last) => {
        const bytes = new TextEncoder().encode(['key,value,note', ...rows].join(end) + (last ? end : ''));
        const before = readTable('t.csv', bytes, new Reports(), null);
        const table = openTable('t.csv', bytes);
        for (const [kind, at, column, text] of steps)
          if (kind === 'insert')
            table.apply({ kind, positions: [at % (table.rowCount + 1)], cells: [['n', text, '']] });
          else if (table.rowCount > 0) {
            const row = table.idAt(at % table.rowCount);
            table.apply(
              kind === 'remove'
                ? { kind, rows: [row] }
                : { kind: 'cells', rows: [row], columns: [column], texts: [text] },
            );
          }
        const source = editedSource(before, table);
        if (!source) return;
        known += 1;
        const read = readTable('t.csv', new TextEncoder().encode(table.toText()), new Reports(), null);
        expect(source).toEqual(read);
        expect(tableFindings({ ...source, schema }, { ...before, schema })).toEqual(tableFindings({ ...read, schema }));
      }),
      { seed: SEED, numRuns: 500 },
    );
    expect(known).toBeGreaterThan(150);
  });
  it('RT3 keeps the mark of UTF-8', () => {
    const bytes = new Uint8Array(readFileSync(path.join(EXAMPLES, tables[0] ?? '')));
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]);
    expect(Buffer.compare(Buffer.from(openTable('t.csv', marked).toText()), marked)).toBe(0);
  });
  it('RT22 every table of the examples comes back from Excel with the same bytes', async () => {
    expect(tables.length).toBeGreaterThan(13);
    for (const file of tables) {
      const full = path.join(EXAMPLES, file);
      expect(Buffer.compare(Buffer.from(await throughExcel(await openTableFile(full))), readFileSync(full)), file).toBe(
        0,
      );
    }
  });
  it('RT22 RT23 in a thread of its own it is written, read and refused as it is here', async () => {
    const table = { file: 'tables/t.csv', bytes: new TextEncoder().encode('key,value\n007,1.50\nb,2\n') };
    const there = { thread: true };
    const bytes = await writeWorkbook(table, 3, there);
    const asked = vi.fn(async () => table);
    const nothing = { cells: { rows: [], columns: [], texts: [] }, removed: [], inserted: [] };
    const same = workbookChanges(bytes, asked, there);
    const other = async () => ({ ...table, bytes: new TextEncoder().encode('key,value\nb,2\n') });
    const refusals = await Promise.all(
      [there, { thread: false }].map((how) => workbookChanges(bytes, other, how).catch((error: Problem) => error)),
    );
    expect(await same).toEqual(nothing);
    expect(asked).toHaveBeenCalledWith(expect.objectContaining({ file: 'tables/t.csv', configVersion: 3 }));
    expect(refusals[0]).toEqual(refusals[1]);
    expect(refusals[0]).toBeInstanceOf(Problem);
  });
  it('RT22 so does any other table: zeros, long digits, signs, line ends', async () => {
    await fc.assert(
      fc.asyncProperty(csv, async (given) => {
        expect(await throughExcel(new RateTable(given))).toBe(given);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
  it('RT23 takes over what was changed, by row id', async () => {
    const table = new RateTable('code,rate,note\r\n007,1.50,"a"\r\n008,2.00,b\r\n009,3.25,c\r\n');
    const changed = await throughExcel(table, ({ rows }) => {
      const [header = [], first = [], second = [], third = []] = rows;
      rows.splice(
        0,
        rows.length,
        header,
        [third[0] ?? null, '009', 3.3000000000000003, 'c'],
        first,
        [null, '0010', 12, 'x, y'],
        second.with(0, first[0] ?? null),
      );
    });
    expect(changed).toBe('code,rate,note\r\n007,1.50,"a"\r\n0010,12,"x, y"\r\n008,2,b\r\n009,3.3,c\r\n');
  });
});

describe('what an import refuses (RT23)', () => {
  const table = new RateTable('code,rate,note\n007,1.50,a\n008,2.00,b\n', {
    schema: { keys: [{ column: 'code', match: 'exact' }], values: ['rate', 'note'] },
  });
  const cellsOf = async (change: (sheet: Sheet) => void): Promise<unknown> => {
    try {
      await throughExcel(table, change);
    } catch (error) {
      if (error instanceof Problem) return error.details?.cells;
      throw error;
    }
    return 'imported';
  };
  const set = (row: number, column: number, value: CellValue) => (sheet: Sheet) => {
    const cells = sheet.rows[row];
    if (cells) cells[column] = value;
  };
  it.each([
    [
      'a wrong header',
      set(0, 2, 'price'),
      [{ sheet: 't', cell: 'C1', column: 'rate', found: 'price', wanted: 'the header rate' }],
    ],
    [
      'a text in a number column',
      set(2, 2, 'two'),
      [{ sheet: 't', cell: 'C3', column: 'rate', found: 'the text "two"', wanted: 'a number' }],
    ],
    [
      'a formula error',
      set(1, 3, '#REF!'),
      [{ sheet: 't', cell: 'D2', column: 'note', found: 'the formula error #REF!', wanted: 'text' }],
    ],
    [
      'a row id that is none',
      set(1, 0, 77),
      [
        {
          sheet: 't',
          cell: 'A2',
          column: 'fieldwriter row',
          found: '77',
          wanted: 'a row id from 0 to 1, or nothing for a new row',
        },
      ],
    ],
  ])('names %s', async (_, change, wanted) => {
    expect(await cellsOf(change)).toEqual(wanted);
  });
  it('names both ends of a moved column, and every wrong cell at once', async () => {
    const moved = await cellsOf(({ rows }) => {
      for (const row of rows) row.splice(1, 2, row[2] ?? null, row[1] ?? null);
    });
    expect(moved).toMatchObject([
      { cell: 'B1', found: 'rate, which belongs into C1' },
      { cell: 'C1', found: 'code, which belongs into B1' },
    ]);
    const two = await cellsOf((sheet) => {
      set(1, 2, 'one')(sheet);
      set(2, 2, '#DIV/0!')(sheet);
    });
    expect(two).toMatchObject([{ cell: 'C2' }, { cell: 'C3', found: 'the formula error #DIV/0!' }]);
  });
  it('refuses another version, and a workbook of somebody else', async () => {
    const bytes = await exportExcel(table, 'tables/t.csv');
    const other = new RateTable(`${table.csv.text}009,1,c\n`);
    const workbook = await openWorkbook(bytes);
    expect(() => readWorkbook(workbook, other)).toThrow('another version');
    await expect(openWorkbook(await writeXlsx({ sheets: [{ name: 't', rows: [['a']] }] }))).rejects.toThrow(
      'not exported',
    );
    await expect(openWorkbook(new TextEncoder().encode('a,b'))).rejects.toThrow('no Excel workbook');
  });
});
