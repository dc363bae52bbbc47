import { type CellValue, writeXlsx } from 'hucre/xlsx';
import { Problem } from '#core/model/problem.ts';
import { decimalsOf } from '#core/model/rate-table/numbers.ts';
import type { RateTable } from '#core/model/rate-table/rate-table.ts';
import {
  excelNumberColumns,
  ID_HEADER,
  MANIFEST_SHEET,
  type Manifest,
  MOST_SHEET_ROWS,
  sha256Of,
  sheetName,
} from './workbook.ts';

/**
 * A table as an Excel workbook (RT22): its rows with hidden ids, and a manifest by which an import knows what was exported.
 * @param table as it was opened from its file; unsaved edits are not exported
 * @returns the bytes of the .xlsx
 * Throws `too-large` for more rows than Excel has.
 */
export async function exportExcel(
  table: RateTable,
  file: string,
  options: { readonly configVersion?: number } = {},
): Promise<Uint8Array> {
  if (table.fileRows + 1 > MOST_SHEET_ROWS)
    throw new Problem(
      'too-large',
      `${file} has ${table.fileRows} rows, and Excel no more than ${MOST_SHEET_ROWS - 1}: use the CSV.`,
      { place: { file } },
    );
  const numbers = excelNumberColumns(table);
  const digits = table.columns.map(() => 0);
  const rows: CellValue[][] = [[ID_HEADER, ...table.columns]];
  for (let row = 0; row < table.fileRows; row += 1) {
    const cells = table.fileCells(row);
    const written: CellValue[] = [row];
    for (const [column, cell] of cells.entries()) {
      if (cell === '') written.push(null);
      else if (numbers.has(column)) {
        written.push(Number(cell));
        digits[column] = Math.max(digits[column] ?? 0, decimalsOf(cell));
      } else written.push(escaped(cell));
    }
    rows.push(written);
  }
  const manifest: Manifest = {
    format: 1,
    file,
    sha256: sha256Of(table.csv.text),
    columns: table.columns,
    rows: table.fileRows,
    ...(options.configVersion === undefined ? {} : { configVersion: options.configVersion }),
  };
  return writeXlsx({
    sheets: [
      {
        name: sheetName(file),
        rows,
        columns: [
          { hidden: true, width: 8 },
          ...table.columns.map((name, column) => ({
            width: Math.max(10, Math.min(40, name.length + 4)),
            // Text stays text when it is edited: Excel would take 007 for 7.
            numFmt: numbers.has(column) ? `0${digits[column] ? `.${'0'.repeat(digits[column])}` : ''}` : '@',
          })),
        ],
        freezePane: { rows: 1 },
      },
      { name: MANIFEST_SHEET, rows: [[JSON.stringify(manifest)]], veryHidden: true },
    ],
  });
}

/** Excel reads `_x0041_` in a text as the sign of that number: the underscore itself is written so. */
const escaped = (cell: string): string => cell.replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_');
