import { encodeCell } from './csv-text.ts';
import type { TableView } from './rate-table.ts';

/** What names a row of a table across versions (RT9). */
export interface TableKeys {
  /** Columns that together are the key. */
  readonly columns: readonly number[];
  /** `row`: no column tells the rows apart, so the whole row does: a changed row is one removed and one added. */
  readonly kind: 'declared' | 'key-value' | 'first' | 'row';
}

/**
 * The key of a table: that of its schema (of a band its beginning, and the date from which a row holds), else `key` of
 * `key,value`, else the first column where it tells the rows of all versions apart, else the whole row.
 */
export function keysOf(...versions: readonly TableView[]): TableKeys {
  const [table] = versions;
  if (!table) return { columns: [], kind: 'row' };
  const at = (name: string): number => table.columns.indexOf(name);
  const { schema } = table;
  if (schema) {
    const dates = schema.effective ? [schema.effective.from] : [];
    const columns = [...schema.keys.map(({ column }) => column), ...dates].map(at).filter((column) => column >= 0);
    return { columns, kind: 'declared' };
  }
  const names = table.columns.map((column) => column.toLowerCase());
  if (names.includes('key') && names.includes('value')) return { columns: [names.indexOf('key')], kind: 'key-value' };
  if (versions.every((version) => tellsApart(version, 0))) return { columns: [0], kind: 'first' };
  return { columns: table.columns.map((_, column) => column), kind: 'row' };
}

function tellsApart(table: TableView, column: number): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < table.rowCount; at += 1) {
    const cell = table.cell(table.idAt(at), column);
    if (seen.has(cell)) return false;
    seen.add(cell);
  }
  return true;
}

/**
 * The key of a row as one text: equal for rows of equal keys, and only for them. Several cells are joined as a CSV would, so that
 * cells that stand side by side are mostly a slice of their record.
 */
export function keyText(table: TableView, row: number, columns: readonly number[]): string {
  const [first] = columns;
  if (columns.length === 1 && first !== undefined) return table.cell(row, first);
  const slice = first === undefined || !adjoin(columns) ? undefined : table.slice(row, first, columns.length);
  if (slice !== undefined) return slice;
  const cells = table.cells(row);
  return columns.map((column) => encodeCell(cells[column] ?? '')).join(',');
}

const adjoin = (columns: readonly number[]): boolean =>
  columns.every((column, index) => column === (columns[0] ?? 0) + index);

/** A row as people call it: `territory 014, class B`; `key` and `value` say nothing and are left out. */
export function keyLabel(table: TableView, row: number, { columns, kind }: TableKeys): string {
  const named = columns.map((column) => {
    const cell = table.cell(row, column);
    const shown = cell === '' ? '(empty)' : cell;
    return kind === 'key-value' ? shown : `${table.columns[column] ?? ''} ${shown}`;
  });
  return named.join(', ');
}
