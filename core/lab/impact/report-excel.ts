import { type CellStyle, type CellValue, writeXlsx } from 'hucre/xlsx';
import { METHOD, type Report, type ReportCell, reportFacts, reportTables } from './report-tables.ts';
import type { Result } from './result.ts';

/** The report as a workbook: a sheet about it, then a sheet for each table, numbers as numbers. */
export async function reportWorkbook(result: Result, report: Report): Promise<Uint8Array> {
  const about: readonly (readonly CellValue[])[] = [[report.title], ...reportFacts(result, report), ['Method', METHOD]];
  const names = new Set<string>();
  return writeXlsx({
    sheets: [
      { name: 'About', columns: [{ width: 24 }, { width: 110 }], rows: about.map((row) => [...row]) },
      ...reportTables(result).map(({ name, columns, rows, note }) => ({
        name: sheetName(name, names),
        columns: columns.map((_, at) => ({ width: at === 0 ? 30 : 16 })),
        rows: [[...columns], ...rows.map((row) => row.map(cellValue)), ...(note ? [[note]] : [])],
        // A column may hold an amount in one row and a percentage in the next: formats belong to cells.
        cells: new Map<string, { readonly style: CellStyle }>([
          ...columns.map((_, at) => [`0,${at}`, { style: { font: { bold: true } } }] as const),
          ...rows.flatMap((row, index) =>
            row.flatMap((cell, at) =>
              typeof cell === 'string'
                ? []
                : [[`${index + 1},${at}`, { style: { numFmt: FORMATS[cell.as] } }] as const],
            ),
          ),
        ]),
      })),
    ],
  });
}

/** Excel calculates in binary floats; what is exact stands in the JSON of the report. */
function cellValue(cell: ReportCell): CellValue {
  if (typeof cell === 'string') return cell;
  return cell.as === 'percent' ? Number(cell.number) / 100 : Number(cell.number);
}

const FORMATS = {
  amount: '#,##0.00',
  percent: '+0.00%;-0.00%;0.00%',
  points: '+0.00" pp";-0.00" pp";0.00" pp"',
  count: '#,##0',
  factor: '0.000000',
};

/** At most 31 characters, none of `[]:*?/\`, each once. */
function sheetName(name: string, taken: Set<string>): string {
  const stem = name.replaceAll(/[[\]:*?/\\]/g, '_').slice(0, 28);
  let free = stem;
  for (let i = 2; taken.has(free.toLowerCase()); i += 1) free = `${stem.slice(0, 25)} (${i})`;
  taken.add(free.toLowerCase());
  return free;
}
