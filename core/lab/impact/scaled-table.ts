import { csvText } from '#core/model/csv.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import { roundHalfUp } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';

/** A column of a table that is multiplied. */
export interface TableColumn {
  /** Name of the table. */
  readonly table: string;
  readonly column: string;
  /** Decimals that its numbers keep. */
  readonly decimals: number;
}

/**
 * A table with every number of a column multiplied and rounded half up (IM12). Cells that are no numbers stay.
 * Throws `not-found` for a table or column that is not there, `malformed-request` for a column without numbers.
 */
export function scaledTable(
  { tables }: Configuration,
  { table: name, column, decimals }: TableColumn,
  factor: string,
): { readonly path: string; readonly text: string } {
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (!table)
    throw new Problem(
      'not-found',
      `There is no table "${name}". There are: ${Object.keys(tables).join(', ') || 'none'}.`,
      {
        place: { field: 'table' },
      },
    );
  const position = table.columns.indexOf(column);
  if (position < 0)
    throw new Problem(
      'not-found',
      `The table "${name}" has no column "${column}". It has: ${table.columns.join(', ')}.`,
      {
        place: { file: table.file, field: 'column' },
      },
    );
  let numbers = 0;
  const rows = table.rows.map((row) =>
    row.map((cell, at) => {
      const value = at === position ? parseDecimal(cell) : undefined;
      if (!value) return cell;
      numbers += 1;
      return roundHalfUp(value.times(factor), decimals).toFixed();
    }),
  );
  if (numbers === 0)
    throw new Problem('malformed-request', `The column "${column}" of "${name}" holds no numbers.`, {
      place: { file: table.file, field: 'column' },
    });
  return { path: table.file, text: csvText([table.columns, ...rows]) };
}
