/** Names a row for as long as a table is open: rows of the file count from 0 in its order, new ones go on from there (RT2). */
export type RowId = number;

/** Cells that get another text: three lists side by side, so that a pasted block of a million cells stays small. */
export interface CellsEdit {
  readonly kind: 'cells';
  readonly rows: readonly RowId[];
  readonly columns: readonly number[];
  readonly texts: readonly string[];
}
/** New rows with their cells, each to stand at a position (0-based, ascending, as they will stand afterwards). */
export interface InsertEdit {
  readonly kind: 'insert';
  readonly positions: readonly number[];
  readonly cells: readonly (readonly string[])[];
}
export interface RemoveEdit {
  readonly kind: 'remove';
  readonly rows: readonly RowId[];
}
/** Rows that were removed, back at their positions: what undoes a removal. */
export interface RestoreEdit {
  readonly kind: 'restore';
  readonly rows: readonly RowId[];
  readonly positions: readonly number[];
}
/** A change of a table as data (RT5). Steps of a group happen in order. */
export type TableEdit = CellsEdit | InsertEdit | RemoveEdit | RestoreEdit | GroupEdit;
export interface GroupEdit {
  readonly kind: 'group';
  readonly edits: readonly TableEdit[];
}

/** Everything that was changed since the file was opened, as it is sent and kept (RT7): rows are those of the file. */
export interface TableChanges {
  readonly cells: {
    readonly rows: readonly RowId[];
    readonly columns: readonly number[];
    readonly texts: readonly string[];
  };
  readonly removed: readonly RowId[];
  /** `after`: the row of the file behind which they stand, in this order; -1 at the top. */
  readonly inserted: readonly { readonly after: RowId; readonly cells: readonly string[] }[];
}
