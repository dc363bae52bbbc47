import { createHash } from 'node:crypto';
import type { CellValue } from 'hucre';
import { numberOf } from '#core/model/rate-table/numbers.ts';
import type { TableView } from '#core/model/rate-table/rate-table.ts';

/** Columns of the sheet before those of the table: the hidden row ids. */
export const ID_COLUMNS = 1;
export const ID_HEADER = 'fieldwriter row';
/** The sheet, hidden from menus too, that says what was exported. */
export const MANIFEST_SHEET = '_fieldwriter';
/** Excel has no more. */
export const MOST_SHEET_ROWS = 1_048_576;
/** Excel keeps no more digits of a number. */
const MOST_DIGITS = 15;

/** What an exported workbook says of itself (RT22). */
export interface Manifest {
  readonly format: 1;
  /** Path of the table in its configuration. */
  readonly file: string;
  /** Of the exported text: an import is a change of that text and of no other. */
  readonly sha256: string;
  readonly columns: readonly string[];
  readonly rows: number;
  /** The version that it was exported from, where there is one. */
  readonly configVersion?: number;
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Columns that go to Excel as numbers: every cell is empty or a number that Excel holds exactly. Anything else goes as text: codes keep
 * their zeros, long digits their ends.
 */
export function excelNumberColumns(table: TableView): ReadonlySet<number> {
  const numbers = new Set(table.columns.keys());
  const some = new Set<number>();
  const keys = new Set(
    (table.schema?.keys ?? []).flatMap((key) => (key.match === 'exact' || key.match === 'prefix' ? [key.column] : [])),
  );
  for (const [column, name] of table.columns.entries())
    if (keys.has(name) || table.schema?.columns?.[name]?.type === 'text') numbers.delete(column);
  if (!table.schema && table.columns.some((name) => name.toLowerCase() === 'key'))
    numbers.delete(table.columns.findIndex((name) => name.toLowerCase() === 'key'));
  for (let at = 0; at < table.rowCount && numbers.size > 0; at += 1) {
    const cells = table.cells(table.idAt(at));
    for (const column of numbers) {
      const cell = cells[column] ?? '';
      if (cell === '') continue;
      if (isExact(cell)) some.add(column);
      else numbers.delete(column);
    }
  }
  for (const column of numbers) if (!some.has(column)) numbers.delete(column);
  return numbers;
}

function isExact(cell: string): boolean {
  return (
    !Number.isNaN(numberOf(cell)) &&
    !/[eE]/.test(cell) &&
    !/^[+-]?0\d/.test(cell) &&
    cell.replace(/\D/g, '').length <= MOST_DIGITS
  );
}

/** A number of Excel as text: to the digits that it shows, without an exponent. */
export function numberText(value: number): string {
  const rounded = Number(value.toPrecision(MOST_DIGITS));
  const text = String(rounded);
  return text.includes('e') ? rounded.toFixed(20).replace(/\.?0+$/, '') : text;
}

/** `C7`. @param column 0-based, of the sheet; @param row 1-based */
export function addressOf(column: number, row: number): string {
  let name = '';
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return `${name}${row}`;
}

/** A name that Excel takes for a sheet. */
export function sheetName(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.csv$/i, '');
  return name.replaceAll(/[[\]:*?/\\']/g, '_').slice(0, 31) || 'table';
}

/** What a cell of a workbook holds, in words. */
export function shownValue(value: CellValue | undefined): string {
  if (value === null || value === undefined) return '(empty)';
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}
