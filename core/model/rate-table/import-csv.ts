import { Problem } from '../problem.ts';
import { numberColumns } from './check.ts';
import type { TableChanges } from './edit.ts';
import { mergeTables } from './merge.ts';
import { numberOf } from './numbers.ts';
import { RateTable } from './rate-table.ts';

const MOST_ERRORS = 500;

/**
 * What a CSV of somebody else changes in a table, by key (RT24).
 * @param table as it was opened
 * Throws `malformed-request` with every cell that is wrong in `details.cells`: nothing is imported then.
 */
export function importCsv(table: RateTable, text: string): TableChanges {
  const given = new RateTable(text, { schema: table.schema });
  const errors: { readonly cell: string; readonly column: string; readonly found: string; readonly wanted: string }[] =
    [];
  for (let at = 0; at < Math.max(table.columns.length, given.columns.length); at += 1) {
    const [wanted, found] = [table.columns[at], given.columns[at]];
    if (wanted !== found)
      errors.push({
        cell: `column ${at + 1}, line 1`,
        column: wanted ?? found ?? '',
        found: found ?? '(empty)',
        wanted: wanted === undefined ? 'no further column' : `the header ${wanted}`,
      });
  }
  const numbers = errors.length > 0 ? [] : [...numberColumns(table)];
  for (let row = 0; row < given.rowCount && errors.length < MOST_ERRORS; row += 1)
    for (const [column] of numbers) {
      const cell = given.cell(row, column);
      if (cell !== '' && Number.isNaN(numberOf(cell)))
        errors.push({
          cell: `column ${column + 1}, line ${given.lineOf(row) ?? row + 2}`,
          column: table.columns[column] ?? '',
          found: `the text "${cell}"`,
          wanted: 'a number',
        });
    }
  const [first] = errors;
  if (first)
    throw new Problem(
      'malformed-request',
      `Nothing was imported: ${first.cell} (${first.column}) holds ${first.found}, wanted is ${first.wanted}.`,
      { details: { count: errors.length, cells: errors.map((error) => ({ sheet: 'CSV', ...error })) } },
    );
  return mergeTables(table, given, new RateTable(table.csv.text, { schema: table.schema })).changes;
}
