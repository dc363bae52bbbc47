/**
 * A table as CSV (RFC 4180): every cell quoted where it must be, lines ended by CRLF. A cell that a spreadsheet would take for a
 * formula gets an apostrophe before it; a plain number, also a negative one, stays a number.
 */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string): string {
  const formula = /^[=+\-@\t\r]/.test(value) && !/^[+-]?\d+(\.\d+)?$/.test(value);
  const safe = formula ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
