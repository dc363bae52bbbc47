import { lineEndAt } from '#core/model/rate-table/csv-text.ts';
import type { RateTable } from '#core/model/rate-table/rate-table.ts';
import type { TableSource } from '#core/model/table.ts';

/**
 * What reading the text of an edited table would give, without reading a million rows again for the one that changed. Undefined
 * where only reading tells: quotes, blank lines between rows or before a new one.
 * @param before as the file was read, without a finding, before it was opened in `table`
 */
export function editedSource(before: TableSource, table: RateTable): TableSource | undefined {
  const { csv, columns, fileRows } = table;
  if (csv.quoted || before.lines || before.rows.length !== fileRows || before.columns.join() !== columns.join())
    return undefined;
  const end = csv.ends.at(-1) ?? 0;
  const blankEnd = end + lineEndAt(csv.text, end).length < csv.text.length;
  const parts: TableSource['rows'][] = [];
  for (let at = 0; at < table.rowCount; at += 1) {
    const row = table.idAt(at);
    const untouched = table.untouchedFrom(at);
    if (untouched > 0) {
      parts.push(before.rows.slice(row, row + untouched));
      at += untouched - 1;
      continue;
    }
    const cells = [...table.cells(row)];
    // A row without any text is not written.
    if (cells.every((cell) => cell === '')) continue;
    if ((blankEnd && row >= fileRows) || cells.some((cell) => /[",\r\n]/.test(cell))) return undefined;
    parts.push([cells]);
  }
  // A few long parts are copied as they lie; as arguments of one call there can not be many.
  const rows: TableSource['rows'] =
    parts.length < 1_000 ? ([] as (readonly string[])[]).concat(...parts) : parts.flat();
  return { ...before, rows };
}
