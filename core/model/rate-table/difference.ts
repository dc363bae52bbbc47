import { keysOf, type TableKeys } from './keys.ts';
import { pairRows } from './pairs.ts';
import type { RateTable } from './rate-table.ts';

export interface ChangedRow {
  readonly before: number;
  readonly after: number;
  /** Columns of the version after whose cells differ; of a column that only one side has, the other is empty. */
  readonly columns: readonly number[];
}
/** How two versions of a table differ, cell by cell (RT10). Rows are ids of their own side, in the order of that side. */
export interface TableDifference {
  readonly keys: TableKeys;
  readonly changed: readonly ChangedRow[];
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** Names of columns that only one side has. */
  readonly addedColumns: readonly string[];
  readonly removedColumns: readonly string[];
}

/** Compares two versions by key, not by line (RT9, RT10): a row that only moved, or is only written in another way, is equal. */
export function compareTables(before: RateTable, after: RateTable): TableDifference {
  const keys = keysOf(after, before);
  const pairs = pairRows(
    before,
    after,
    keys.columns.map((column) => after.columns[column] ?? ''),
  );
  const columnsBefore = after.columns.map((name) => before.columns.indexOf(name));
  const changed: ChangedRow[] = [];
  for (const position of pairs.mayDiffer) {
    const [old, now] = [before.idAt(position), pairs.partners[position] ?? -1];
    const [was, is] = [before.cells(old), after.cells(now)];
    const columns: number[] = [];
    for (const [column, at] of columnsBefore.entries())
      if ((at < 0 ? '' : (was[at] ?? '')) !== (is[column] ?? '')) columns.push(column);
    if (columns.length > 0) changed.push({ before: old, after: now, columns });
  }
  return {
    keys,
    changed,
    added: pairs.added,
    removed: pairs.removed,
    addedColumns: after.columns.filter((column) => !before.columns.includes(column)),
    removedColumns: before.columns.filter((column) => !after.columns.includes(column)),
  };
}
