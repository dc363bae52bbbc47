import type { TableSource } from '#core/model/table.ts';

/** A table by the keys of its rows: what blame looks at, whatever the order of the rows. */
export interface KeyedTable {
  readonly keyColumns: readonly string[];
  readonly columns: readonly string[];
  /** Key → its cells in the order of `columns`. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** Keys of several columns are joined by ` / `. Of rows with the same key each but the first gets a number. */
export function keyedTable({ columns, rows, schema }: TableSource): KeyedTable {
  const keyColumns = schema
    ? schema.keys.flatMap((key) => (key.match === 'range' ? [key.column, key.to] : [key.column]))
    : columns.slice(0, 1);
  const places = keyColumns.map((name) => columns.indexOf(name)).filter((place) => place >= 0);
  const keyed = new Map<string, readonly string[]>();
  for (const row of rows) {
    const key = places.map((place) => row[place] ?? '').join(' / ');
    let name = key;
    for (let again = 2; keyed.has(name); again += 1) name = `${key} (${again})`;
    keyed.set(name, row);
  }
  return { keyColumns, columns, rows: keyed };
}
