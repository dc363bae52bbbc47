import type { RiskSummary } from '#core/api/contracts/desk.ts';

/** How the cells of a column are written. Amounts are decimal text, times ISO days: made for other programs. */
export interface CsvColumn {
  readonly title: string;
  readonly cell: (risk: RiskSummary) => string;
}

/** The risks as CSV (RFC 4180, with a byte order mark, so that spreadsheets read it as UTF-8). */
export function toCsv(columns: readonly CsvColumn[], risks: readonly RiskSummary[]): string {
  const lines = [
    columns.map(({ title }) => cellText(title)),
    ...risks.map((risk) => columns.map(({ cell }) => cellText(cell(risk)))),
  ];
  return `\u{feff}${lines.map((cells) => `${cells.join(',')}\r\n`).join('')}`;
}

/**
 * A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it (OWASP, CSV injection).
 * A plain number keeps its minus.
 */
export function cellText(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
