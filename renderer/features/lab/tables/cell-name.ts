import { keyLabel, keysOf } from '#core/model/rate-table/keys.ts';
import type { TableSession } from './session.ts';

/** Where the active cell stands, in words of the table: `factor · row 12`. */
export function addressText({ table, active, block }: TableSession): string {
  const rows = block.bottom - block.top + 1;
  const columns = block.right - block.left + 1;
  const size = rows > 1 || columns > 1 ? ` · ${rows.toLocaleString('en')} × ${columns}` : '';
  return `${table.columns[active.column] ?? ''} · ${(active.row + 1).toLocaleString('en')}${size}`;
}

/** What a row is called, by its declared key; without one by its number. */
export function rowName({ table }: TableSession, row: number): string {
  const position = table.positionOf(row);
  const known = table.schema !== undefined || table.columns.some((name) => name.toLowerCase() === 'key');
  return known ? keyLabel(table, row, keysOf(table)) : `${position + 1}`;
}
