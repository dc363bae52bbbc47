import type { TableSource } from '#core/model/table.ts';

/** A table by the keys of its rows: what blame and differences look at, whatever the order of the rows. */
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

export interface TableChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly {
    readonly key: string;
    readonly column: string;
    readonly before: string;
    readonly after: string;
  }[];
  /** What changed as a person says it: `value: +3 % in 212 rows`. */
  readonly words: readonly string[];
}

/** Cell by cell, by key. */
export function tableChange(before: KeyedTable, after: KeyedTable): TableChange {
  const added = [...after.rows.keys()].filter((key) => !before.rows.has(key));
  const removed = [...before.rows.keys()].filter((key) => !after.rows.has(key));
  const places = after.columns.map((column) => before.columns.indexOf(column));
  const changed: TableChange['changed'][number][] = [];
  for (const [key, row] of after.rows) {
    const old = before.rows.get(key);
    if (!old || old === row) continue;
    after.columns.forEach((column, index) => {
      const [was, is] = [old[places[index] ?? -1] ?? '', row[index] ?? ''];
      if (was !== is) changed.push({ key, column, before: was, after: is });
    });
  }
  const words = [
    ...after.columns.flatMap((column) => {
      const cells = changed.filter((cell) => cell.column === column);
      return cells.length === 0 ? [] : [columnWords(column, cells)];
    }),
    ...(added.length > 0 ? [`${rowCount(added.length)} added${named(added)}`] : []),
    ...(removed.length > 0 ? [`${rowCount(removed.length)} removed${named(removed)}`] : []),
    ...(before.columns.join() === after.columns.join() ? [] : [`columns are now ${after.columns.join(', ')}`]),
  ];
  return { added, removed, changed, words };
}

function columnWords(column: string, cells: TableChange['changed']): string {
  const [first] = cells;
  if (cells.length === 1 && first) return `${column} of ${first.key}: ${first.before} → ${first.after}`;
  const percents = cells.map(({ before, after }) => (Number(after) / Number(before) - 1) * 100);
  const plain = percents.every((percent) => Number.isFinite(percent));
  if (!plain) return `${column} changed in ${rowCount(cells.length)}`;
  const [low, high] = [Math.min(...percents), Math.max(...percents)];
  // Factors are rounded when they are raised by a percentage: nearly the same is the same to a person.
  const how = high - low < 0.6 ? signed((low + high) / 2) : `${signed(low)} to ${signed(high)}`;
  return `${column}: ${how} in ${rowCount(cells.length)}`;
}

const signed = (percent: number): string =>
  `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1).replace(/\.0$/, '')} %`;
const rowCount = (count: number): string => (count === 1 ? '1 row' : `${count} rows`);
const named = (keys: readonly string[]): string => (keys.length <= 5 ? `: ${keys.join(', ')}` : '');
