import { Problem } from '../problem.ts';
import type { TableSchema } from '../table.ts';
import { type CsvText, cellsOf, plainCell, plainCells, scanCsv } from './csv-text.ts';
import type { CellsEdit, InsertEdit, RowId, TableChanges, TableEdit } from './edit.ts';
import { editedText } from './write-csv.ts';

/** What reading a table needs: editing is not for everybody who looks at one. */
export interface TableView {
  readonly columns: readonly string[];
  readonly schema: TableSchema | undefined;
  readonly rowCount: number;
  /** @param position 0-based, as the rows stand now */
  idAt(position: number): RowId;
  cells(row: RowId): readonly string[];
  cell(row: RowId, column: number): string;
  /** Adjoining cells as they stand in the file, commas between them; undefined where they would have to be put together. */
  slice(row: RowId, column: number, count: number): string | undefined;
  /** 1-based line of the file; undefined for a row that was not there. */
  lineOf(row: RowId): number | undefined;
}

/**
 * A table that is edited in place (RT1 to RT7): its file stays as one text, and only what was changed lies beside it. Cells are
 * trimmed text, as configurations are read. Opening costs one pass over the text, an edit what it touches.
 * Throws `malformed-request` for a file whose quotes are wrong: which text belongs to which cell would be a guess.
 */
export class RateTable implements TableView {
  readonly columns: readonly string[];
  readonly schema: TableSchema | undefined;
  readonly csv: CsvText;
  /** Goes up with every edit: what was worked out of the table is old then. */
  revision = 0;
  readonly #edited = new Map<RowId, readonly string[]>();
  #order: Int32Array | undefined;
  #positions: Int32Array | undefined;
  #next: RowId;
  #sorted: { readonly revision: number; readonly rows: Uint32Array } | undefined;
  #line = { offset: 0, line: 1 };

  constructor(
    text: string,
    { schema, file }: { readonly schema?: TableSchema | undefined; readonly file?: string } = {},
  ) {
    this.csv = scanCsv(text);
    const { fault, starts, ends } = this.csv;
    if (fault !== undefined) {
      const line = lineAt(text, fault);
      throw new Problem(
        'malformed-request',
        `A quote stands wrong on line ${line}${file === undefined ? '' : ` of ${file}`}: put it right in the text before the table is edited.`,
        { place: { ...(file === undefined ? {} : { file }), line } },
      );
    }
    this.schema = schema;
    const header = starts.length === 0 ? [] : cellsOf(text.slice(starts[0], ends[0]));
    while (header.at(-1) === '') header.pop();
    this.columns = header;
    this.#next = this.fileRows;
  }

  /** Rows of the file as it was opened. */
  get fileRows(): number {
    return Math.max(0, this.csv.starts.length - 1);
  }

  get rowCount(): number {
    return this.#order?.length ?? this.fileRows;
  }

  idAt(position: number): RowId {
    return this.#order ? (this.#order[position] ?? -1) : position;
  }

  /** Where a row stands now; -1 when it was removed. */
  positionOf(row: RowId): number {
    if (!this.#order) return row < this.fileRows ? row : -1;
    if (!this.#positions) {
      this.#positions = new Int32Array(this.#next).fill(-1);
      for (let at = 0; at < this.#order.length; at += 1) this.#positions[this.#order[at] ?? 0] = at;
    }
    return this.#positions[row] ?? -1;
  }

  /** The record of a row as it stands in the file; undefined for one that was not there. */
  record(row: RowId): string | undefined {
    if (row < 0 || row >= this.fileRows) return undefined;
    return this.csv.text.slice(this.csv.starts[row + 1], this.csv.ends[row + 1]);
  }

  /** As many cells as there are columns. */
  cells(row: RowId): readonly string[] {
    return this.#edited.get(row) ?? this.fileCells(row);
  }

  cell(row: RowId, column: number): string {
    const edited = this.#edited.get(row);
    if (edited) return edited[column] ?? '';
    if (this.csv.quoted) return this.fileCells(row)[column] ?? '';
    const record = this.record(row);
    return record === undefined ? '' : plainCell(record, column);
  }

  slice(row: RowId, column: number, count: number): string | undefined {
    if (this.csv.quoted || this.#edited.has(row)) return undefined;
    const record = this.record(row);
    const slice = record === undefined ? undefined : plainCells(record, column, count);
    return slice === undefined || /\s/.test(slice) ? undefined : slice;
  }

  /** The cells as the file has them. */
  fileCells(row: RowId): readonly string[] {
    const cells = cellsOf(this.record(row) ?? '');
    if (cells.length > this.columns.length) cells.length = this.columns.length;
    while (cells.length < this.columns.length) cells.push('');
    return cells;
  }

  /** Whether the row is another one than in the file. */
  isEdited(row: RowId): boolean {
    return this.#edited.has(row);
  }

  /** How many rows from a position on are those of the file, one after the other, that nobody edited. */
  untouchedFrom(position: number): number {
    const first = this.idAt(position);
    if (first < 0 || first >= this.fileRows) return 0;
    let end = this.#editedFrom(first);
    if (this.#order) {
      let at = position;
      while (at < this.#order.length && this.#order[at] === first + at - position) at += 1;
      end = Math.min(end, first + at - position);
    }
    return Math.min(end, this.fileRows) - first;
  }

  /** The first edited row that is not before this one; rows beyond the file where there is none. */
  #editedFrom(row: RowId): RowId {
    if (this.#sorted?.revision !== this.revision)
      this.#sorted = { revision: this.revision, rows: Uint32Array.from(this.#edited.keys()).sort() };
    const { rows } = this.#sorted;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return rows[low] ?? this.fileRows;
  }

  lineOf(row: RowId): number | undefined {
    const start = row < this.fileRows ? this.csv.starts[row + 1] : undefined;
    if (start === undefined) return undefined;
    // Findings are asked for in the order of the file: each goes on from the one before.
    const from = start < this.#line.offset ? { offset: 0, line: 1 } : this.#line;
    this.#line = { offset: start, line: lineAt(this.csv.text, start, from) };
    return this.#line.line;
  }

  /** Does an edit. @returns the edit that undoes it (RT6). Throws `malformed-request` for rows and columns that are not there. */
  apply(edit: TableEdit): TableEdit {
    this.revision += 1;
    switch (edit.kind) {
      case 'cells':
        return this.#setCells(edit);
      case 'insert':
        return this.#insert(edit);
      case 'remove':
        return this.#remove(edit.rows);
      case 'restore':
        this.#place(edit.rows, edit.positions);
        return { kind: 'remove', rows: edit.rows };
      case 'group':
        return { kind: 'group', edits: edit.edits.map((one) => this.apply(one)).reverse() };
    }
  }

  /** Everything that differs from the file; `applyChanges` on a table opened from the same text gives this table again (RT7). */
  changes(): TableChanges {
    const [rows, columns, texts]: [RowId[], number[], string[]] = [[], [], []];
    for (const [row, cells] of [...this.#edited].sort(([a], [b]) => a - b)) {
      if (row >= this.fileRows || this.positionOf(row) < 0) continue;
      const before = this.fileCells(row);
      for (const [column, text] of cells.entries())
        if (text !== before[column]) {
          rows.push(row);
          columns.push(column);
          texts.push(text);
        }
    }
    const removed: RowId[] = [];
    const inserted: { after: RowId; cells: readonly string[] }[] = [];
    if (this.#order) {
      let after = -1;
      for (const row of this.#order)
        if (row >= this.fileRows) inserted.push({ after, cells: this.cells(row) });
        else {
          for (let gone = after + 1; gone < row; gone += 1) removed.push(gone);
          after = row;
        }
      for (let gone = after + 1; gone < this.fileRows; gone += 1) removed.push(gone);
    }
    return { cells: { rows, columns, texts }, removed, inserted };
  }

  /** @param changes of the file, while nothing else was edited. Throws `malformed-request` when they are of another file */
  applyChanges(changes: TableChanges): TableEdit {
    return this.apply(this.editOf(changes));
  }

  /** Changes of the file as an edit of the table while nothing else was edited. Throws `malformed-request`. */
  editOf({ cells, removed, inserted }: TableChanges): TableEdit {
    const steps: TableEdit[] = [];
    if (cells.rows.length > 0) steps.push({ kind: 'cells', ...cells });
    if (removed.length > 0) steps.push({ kind: 'remove', rows: removed });
    if (inserted.length > 0) {
      const sortedGone = [...removed].sort((a, b) => a - b);
      const gone = new Set(removed);
      // Rows of the file up to a new one's neighbour that are not there any more.
      let passed = 0;
      const goneUpTo = (row: RowId): number => {
        while (passed < sortedGone.length && (sortedGone[passed] ?? 0) <= row) passed += 1;
        return passed;
      };
      for (const { after } of inserted)
        if (!Number.isInteger(after) || after < -1 || after >= this.fileRows || gone.has(after))
          throw unknownRow(after);
      const sorted = inserted
        .map((one, index) => ({ ...one, index }))
        .sort((a, b) => a.after - b.after || a.index - b.index);
      steps.push({
        kind: 'insert',
        positions: sorted.map(({ after }, index) => after + 1 - goneUpTo(after) + index),
        cells: sorted.map((one) => one.cells),
      });
    }
    return { kind: 'group', edits: steps };
  }

  /** The file as it is to be saved: what was not edited has the bytes that it had (RT3). */
  toText(): string {
    return editedText(this);
  }

  #setCells({ rows, columns, texts }: CellsEdit): TableEdit {
    if (rows.length !== columns.length || rows.length !== texts.length)
      throw new Problem('malformed-request', 'Rows, columns and texts of changed cells must be of one length.');
    for (const row of rows) if (!this.#exists(row)) throw unknownRow(row);
    for (const column of columns)
      if (!(column in this.columns))
        throw new Problem('malformed-request', `There is no column ${column} in this table.`);
    const before: string[] = [];
    for (const [index, row] of rows.entries()) {
      const column = columns[index] ?? 0;
      const cells = this.#writable(row);
      before.push(cells[column] ?? '');
      cells[column] = (texts[index] ?? '').trim();
    }
    // Undone backwards: a cell that was set twice gets its first text again.
    return { kind: 'cells', rows: rows.toReversed(), columns: columns.toReversed(), texts: before.reverse() };
  }

  #writable(row: RowId): string[] {
    const known = this.#edited.get(row);
    if (known) return known as string[];
    const cells = [...this.fileCells(row)];
    this.#edited.set(row, cells);
    return cells;
  }

  #exists(row: RowId): boolean {
    return this.positionOf(row) >= 0;
  }

  #insert({ positions, cells }: InsertEdit): TableEdit {
    const rows = cells.map((row) => {
      const id = this.#next;
      this.#next += 1;
      this.#edited.set(
        id,
        this.columns.map((_, column) => (row[column] ?? '').trim()),
      );
      return id;
    });
    this.#place(rows, positions);
    return { kind: 'remove', rows };
  }

  #remove(rows: readonly RowId[]): TableEdit {
    const gone = [...new Set(rows)].map((row) => ({ row, position: this.positionOf(row) }));
    const missing = gone.find(({ position }) => position < 0);
    if (missing) throw unknownRow(missing.row);
    gone.sort((a, b) => a.position - b.position);
    const old = this.#order ?? identity(this.fileRows);
    const order = new Int32Array(old.length - gone.length);
    let [from, to] = [0, 0];
    for (const { position } of gone) {
      order.set(old.subarray(from, position), to);
      to += position - from;
      from = position + 1;
    }
    order.set(old.subarray(from), to);
    this.#setOrder(order);
    return { kind: 'restore', rows: gone.map(({ row }) => row), positions: gone.map(({ position }) => position) };
  }

  #place(rows: readonly RowId[], positions: readonly number[]): void {
    const old = this.#order ?? identity(this.fileRows);
    const order = new Int32Array(old.length + rows.length);
    let [from, to] = [0, 0];
    for (const [index, row] of rows.entries()) {
      const position = positions[index] ?? -1;
      if (position < to || position > old.length + index)
        throw new Problem('malformed-request', `No row can stand at position ${position}.`);
      const count = position - to;
      order.set(old.subarray(from, from + count), to);
      from += count;
      order[position] = row;
      to = position + 1;
    }
    order.set(old.subarray(from), to);
    this.#setOrder(order);
  }

  #setOrder(order: Int32Array): void {
    this.#order = order;
    this.#positions = undefined;
  }
}

function identity(length: number): Int32Array {
  const order = new Int32Array(length);
  for (let row = 0; row < length; row += 1) order[row] = row;
  return order;
}

const unknownRow = (row: number): Problem => new Problem('malformed-request', `There is no row ${row} in this table.`);

function lineAt(text: string, offset: number, from = { offset: 0, line: 1 }): number {
  let line = from.line;
  for (let at = from.offset; at < offset; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) line += 1;
  }
  return line;
}
