import { Problem } from '../problem.ts';
import type { TableChanges, TableEdit } from './edit.ts';
import { keyLabel, keysOf, keyText } from './keys.ts';
import { pairRows } from './pairs.ts';
import type { RateTable } from './rate-table.ts';

/** What two people made of one row, and it can not both be (RT13). Rows are those of `theirs`, where there is one. */
export type MergeConflict =
  /** Both set the cell, to different texts. `base` is empty for rows that both added. */
  | (Conflicting & {
      readonly kind: 'cell';
      readonly row: number;
      readonly column: number;
      readonly columnName: string;
      readonly base: string;
      readonly ours: string;
      readonly theirs: string;
    })
  /** We changed the row that they removed; `ours` is how it would stand, behind the row `after` of theirs. */
  | (Conflicting & { readonly kind: 'removed-there'; readonly after: number; readonly ours: readonly string[] })
  /** We removed the row that they changed. */
  | (Conflicting & { readonly kind: 'removed-here'; readonly row: number; readonly theirs: readonly string[] });
interface Conflicting {
  /** The key of the row as people call it. */
  readonly key: string;
}
export interface TableMerge {
  /** What is to be changed in `theirs` so that it holds our changes too; where there is a conflict theirs stands. */
  readonly changes: TableChanges;
  readonly conflicts: readonly MergeConflict[];
}

/**
 * Merges our changes of a table into theirs, by key and cell, not by line (RT12, RT13).
 * @param theirs as it was opened: rows of the answer are rows of its file
 * Throws `version-conflict` when either side has other columns: which cell is which would be a guess.
 */
export function mergeTables(base: RateTable, ours: RateTable, theirs: RateTable): TableMerge {
  for (const [side, table] of Object.entries({ Ours: ours, Theirs: theirs }))
    if (table.columns.join('\n') !== base.columns.join('\n'))
      throw new Problem(
        'version-conflict',
        `The columns of the table were changed: they were ${base.columns.join(', ')}, and are ${table.columns.join(', ')} in ${side.toLowerCase()}. Such a change can not be merged: take over by hand.`,
      );
  const keys = keysOf(theirs, base, ours);
  const names = keys.columns.map((column) => base.columns[column] ?? '');
  const our = pairRows(base, ours, names);
  const their = pairRows(base, theirs, names);
  const cells: { rows: number[]; columns: number[]; texts: string[] } = { rows: [], columns: [], texts: [] };
  const removed: number[] = [];
  const conflicts: MergeConflict[] = [];
  const label = (table: RateTable, row: number): string => keyLabel(table, row, keys);
  const mergeCells = (row: number, was: readonly string[], is: readonly string[], key: string): void => {
    const there = theirs.cells(row);
    for (const [column, text] of is.entries()) {
      const [old = '', now = ''] = [was[column], there[column]];
      if (text === old || text === now) continue;
      if (now === old) {
        cells.rows.push(row);
        cells.columns.push(column);
        cells.texts.push(text);
      } else {
        const columnName = base.columns[column] ?? '';
        conflicts.push({ kind: 'cell', key, row, column, columnName, base: old, ours: text, theirs: now });
      }
    }
  };
  for (const position of our.mayDiffer) {
    const [old, mine, row] = [base.idAt(position), our.partners[position] ?? -1, their.partners[position] ?? -1];
    const [was, is] = [base.cells(old), ours.cells(mine)];
    if (row >= 0) mergeCells(row, was, is, label(theirs, row));
    else if (differ(was, is))
      conflicts.push({
        kind: 'removed-there',
        key: label(base, old),
        after: standingBefore(their.partners, position),
        ours: is,
      });
  }
  for (const gone of our.removed) {
    const position = base.positionOf(gone);
    const row = their.partners[position] ?? -1;
    if (row < 0) continue;
    if (differ(base.cells(gone), theirs.cells(row)))
      conflicts.push({ kind: 'removed-here', key: label(theirs, row), row, theirs: theirs.cells(row) });
    else removed.push(row);
  }
  const inserted = added(base, ours, theirs, { our, their }, keys.columns, (row, mine) =>
    mergeCells(row, [], ours.cells(mine), label(theirs, row)),
  );
  const gone = new Set(removed);
  const standing = (after: number): number => {
    let row = after;
    while (gone.has(row)) row -= 1;
    return row;
  };
  return {
    changes: { cells, removed, inserted: inserted.map((one) => ({ ...one, after: standing(one.after) })) },
    conflicts,
  };
}

/**
 * What takes our side of a conflict in the merged table; theirs needs nothing.
 * @param table theirs with the changes of the merge, and whatever was edited since
 */
export function takeOurs(table: RateTable, conflict: MergeConflict): TableEdit {
  switch (conflict.kind) {
    case 'cell':
      return { kind: 'cells', rows: [conflict.row], columns: [conflict.column], texts: [conflict.ours] };
    case 'removed-there': {
      // Behind the nearest row above that is still there.
      let after = conflict.after;
      while (after >= 0 && table.positionOf(after) < 0) after -= 1;
      return { kind: 'insert', positions: [after < 0 ? 0 : table.positionOf(after) + 1], cells: [conflict.ours] };
    }
    case 'removed-here':
      return { kind: 'remove', rows: [conflict.row] };
  }
}

const differ = (a: readonly string[], b: readonly string[]): boolean => a.some((cell, column) => cell !== b[column]);

/** The row of theirs behind which the place of a row of the base lies. */
function standingBefore(partners: Int32Array, position: number): number {
  for (let at = position - 1; at >= 0; at -= 1) {
    const row = partners[at] ?? -1;
    if (row >= 0) return row;
  }
  return -1;
}

type Pairs = ReturnType<typeof pairRows>;

/** Our new rows, each behind the row that it followed; one whose key they added too is merged cell by cell. */
function added(
  base: RateTable,
  ours: RateTable,
  theirs: RateTable,
  { our, their }: { readonly our: Pairs; readonly their: Pairs },
  columns: readonly number[],
  both: (row: number, mine: number) => void,
): { after: number; cells: readonly string[] }[] {
  if (our.added.length === 0) return [];
  const theirNew = new Map<string, number[]>();
  for (const row of their.added) {
    const key = keyText(theirs, row, columns);
    theirNew.set(key, [...(theirNew.get(key) ?? []), row]);
  }
  const followed = new Map<number, number>();
  const wanted = new Set(our.added.map((row) => ours.positionOf(row)));
  // The row of theirs that the row of ours before each new one is.
  const baseOf = new Map<number, number>();
  for (let at = 0; at < base.rowCount; at += 1) {
    const mine = our.partners[at] ?? -1;
    if (mine >= 0 && wanted.has(ours.positionOf(mine) + 1)) baseOf.set(mine, at);
  }
  const inserted: { after: number; cells: readonly string[] }[] = [];
  for (const mine of our.added) {
    const twin = theirNew.get(keyText(ours, mine, columns))?.shift();
    const position = ours.positionOf(mine);
    const before = position === 0 ? undefined : ours.idAt(position - 1);
    const at = before === undefined ? undefined : baseOf.get(before);
    const after =
      at !== undefined
        ? standingBefore(their.partners, at + 1)
        : before === undefined
          ? -1
          : (followed.get(before) ?? -1);
    followed.set(mine, twin ?? after);
    if (twin !== undefined) both(twin, mine);
    else inserted.push({ after, cells: ours.cells(mine) });
  }
  return inserted;
}
