import { writeXlsx } from 'hucre/xlsx';
import { csvText } from '#core/model/csv.ts';
import type { Letter } from '../mail/smtp.ts';
import type { ReportTable } from './report-tables.ts';

export const REPORT_FORMATS = ['csv', 'xlsx'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Amounts are numbers in Excel; everything else stays the text that it is. */
const AMOUNTS: ReadonlySet<string> = new Set(['premium', 'total', 'outstanding']);
const AMOUNT = /^-?\d{1,12}(\.\d{1,8})?$/;

/** A report as the file that is attached. @param name without its ending */
export async function reportFile(
  { columns, rows }: ReportTable,
  format: ReportFormat,
  name: string,
): Promise<Letter['attachments'][number]> {
  if (format === 'csv') {
    const content = Buffer.from(csvText([columns, ...rows]));
    return { name: `${name}.csv`, type: 'text/csv; charset=utf-8', content };
  }
  const content = await writeXlsx({
    sheets: [
      {
        name: name.slice(0, 31),
        columns: columns.map((column) => ({ width: 16, numFmt: AMOUNTS.has(column) ? '#,##0.00' : '@' })),
        rows: [
          [...columns],
          ...rows.map((row) =>
            row.map((cell, at) => (AMOUNTS.has(columns[at] ?? '') && AMOUNT.test(cell) ? Number(cell) : cell)),
          ),
        ],
      },
    ],
  });
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  return { name: `${name}.xlsx`, type, content };
}
