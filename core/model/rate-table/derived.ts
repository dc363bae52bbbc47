import type { CellsEdit, RowId, TableEdit } from './edit.ts';
import { type Formula, readFormula } from './formula.ts';
import { decimalsOf, numberOf } from './numbers.ts';
import type { RateTable, TableView } from './rate-table.ts';

/** A column that is worked out of others of its row. */
export interface DerivedColumn {
  readonly column: number;
  readonly formula: Formula;
  /** Columns that the formula names. */
  readonly needs: readonly number[];
}

/** Digits of a derived cell where no cell of its column says how many it should have. */
const MOST_DIGITS = 6;

/** The derived columns of a table; one whose formula can not be read, or that needs itself, is left to the checks (RT19). */
export function derivedColumns({ schema, columns }: TableView): readonly DerivedColumn[] {
  return Object.entries(schema?.columns ?? {}).flatMap(([name, { formula: text }]) => {
    const column = columns.indexOf(name);
    const formula = text === undefined || column < 0 ? undefined : readFormula(text, columns);
    if (!formula || typeof formula === 'string' || formula.columns.includes(name)) return [];
    return [{ column, formula, needs: formula.columns.map((needed) => columns.indexOf(needed)) }];
  });
}

/**
 * What derived cells become after an edit (RT26): those of the rows that it touched, to the digits that each cell has. A derived
 * cell that was edited itself stays as it was typed.
 * @param table after the edit
 * @param undo what `table.apply(edit)` answered
 */
export function recalculated(
  table: RateTable,
  derived: readonly DerivedColumn[],
  edit: TableEdit,
  undo: TableEdit,
): CellsEdit | undefined {
  if (derived.length === 0) return undefined;
  const touched = new Map<RowId, Set<number>>();
  touch(edit, undo, touched);
  const found = { rows: [] as number[], columns: [] as number[], texts: [] as string[] };
  for (const [row, edited] of touched) {
    if (table.positionOf(row) < 0) continue;
    for (const [column, text] of rowAgain(table, derived, row, edited)) {
      found.rows.push(row);
      found.columns.push(column);
      found.texts.push(text);
    }
  }
  return found.rows.length > 0 ? { kind: 'cells', ...found } : undefined;
}

/** Columns of each row that an edit gives a text. */
function touch(edit: TableEdit, undo: TableEdit, into: Map<RowId, Set<number>>): void {
  const add = (row: RowId, column: number): void => void into.set(row, (into.get(row) ?? new Set()).add(column));
  if (edit.kind === 'cells') for (const [index, row] of edit.rows.entries()) add(row, edit.columns[index] ?? 0);
  // New rows have their ids from the edit that takes them away again.
  if (edit.kind === 'insert' && undo.kind === 'remove')
    for (const [index, row] of undo.rows.entries())
      for (const [column, text] of (edit.cells[index] ?? []).entries()) if (text.trim() !== '') add(row, column);
  if (edit.kind === 'group' && undo.kind === 'group')
    for (const [index, one] of edit.edits.entries()) {
      const back = undo.edits.at(-1 - index);
      if (back) touch(one, back, into);
    }
}

function rowAgain(
  table: RateTable,
  derived: readonly DerivedColumn[],
  row: RowId,
  edited: ReadonlySet<number>,
): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const textAt = (column: number): string => texts.get(column) ?? table.cell(row, column);
  const stale = new Set(edited);
  // A column may need another one that is derived too: as often as there are columns, so that a circle ends.
  for (let pass = 0; pass < derived.length; pass += 1)
    for (const { column, formula, needs } of derived) {
      if (edited.has(column) || !needs.some((needed) => stale.has(needed))) continue;
      const value = formula.value((name) => textAt(table.columns.indexOf(name)));
      if (!value) continue;
      const text = value.toFixed(digitsAt(table, row, column));
      if (text === textAt(column)) continue;
      texts.set(column, text);
      stale.add(column);
    }
  return texts;
}

function digitsAt(table: RateTable, row: RowId, column: number): number {
  const isNumber = (cell: string): boolean => !Number.isNaN(numberOf(cell));
  const own = table.cell(row, column);
  if (isNumber(own)) return decimalsOf(own);
  for (let other = 0; other < Math.min(100, table.fileRows); other += 1) {
    const cell = table.fileCells(other)[column] ?? '';
    if (isNumber(cell)) return decimalsOf(cell);
  }
  return MOST_DIGITS;
}
