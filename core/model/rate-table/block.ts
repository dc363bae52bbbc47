import type { CellsEdit, TableEdit } from './edit.ts';
import type { RateTable, TableView } from './rate-table.ts';

/** A rectangle of cells: positions of rows as they stand, and columns; both ends belong to it. */
export interface Block {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** What somebody looks for; in capitals or not, unless told otherwise. */
export interface Search {
  readonly text: string;
  readonly wholeCell?: boolean;
  readonly matchCase?: boolean;
  readonly column?: number;
}

/** One cell with another text; undefined when it has that text already. */
export function setCell(table: TableView, position: number, column: number, text: string): CellsEdit | undefined {
  const row = table.idAt(position);
  if (table.cell(row, column) === text.trim()) return undefined;
  return { kind: 'cells', rows: [row], columns: [column], texts: [text] };
}

/** The cells of a block as spreadsheets exchange them: tabs and lines, cells with either of them in quotes. */
export function copyBlock(table: TableView, { top, bottom, left, right }: Block): string {
  const lines: string[] = [];
  for (let at = top; at <= bottom; at += 1) {
    const cells = table.cells(table.idAt(at)).slice(left, right + 1);
    lines.push(cells.map((cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join('\t'));
  }
  return `${lines.join('\n')}\n`;
}

/** Reads what a spreadsheet put on the clipboard: cells between tabs, quoted where they hold a tab, a quote or a line end. */
export function readClipboard(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const [value, after] = quotedCell(text, at);
      [cell, at] = [value, after];
    } else {
      const to = endOfCell(text, at);
      [cell, at] = [text.slice(at, to), to];
    }
    row.push(cell);
    if (text[at] === '\t') {
      at += 1;
      if (at === text.length) row.push('');
      continue;
    }
    rows.push(row);
    row = [];
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function endOfCell(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\t' || sign === '\n' || sign === '\r') return at;
  }
  return text.length;
}

function quotedCell(text: string, open: number): readonly [string, number] {
  for (let at = open + 1; ; at += 2) {
    at = text.indexOf('"', at);
    // No quoted cell after all: a text that begins with a quote.
    if (at < 0) {
      const to = endOfCell(text, open);
      return [text.slice(open, to), to];
    }
    if (text[at + 1] !== '"') return [text.slice(open + 1, at).replaceAll('""', '"'), at + 1];
  }
}

/**
 * Pastes a block: a single cell fills the whole selection, anything else begins at its corner. Rows beyond the last are added;
 * cells beyond the last column are left out (RT8).
 */
export function pasteBlock(
  table: TableView,
  into: Block,
  cells: readonly (readonly string[])[],
): TableEdit | undefined {
  const [only] = cells[0] ?? [];
  if (only === undefined) return undefined;
  if (cells.length === 1 && cells[0]?.length === 1) return fill(table, into, () => only);
  const width = table.columns.length;
  const there = Math.max(0, Math.min(cells.length, table.rowCount - into.top));
  const edit: Cells = { rows: [], columns: [], texts: [] };
  for (let row = 0; row < there; row += 1)
    for (const [index, text] of (cells[row] ?? []).entries())
      if (into.left + index < width) addCell(table, edit, into.top + row, into.left + index, text);
  const more = cells.slice(there);
  const edits: TableEdit[] = edit.rows.length > 0 ? [{ kind: 'cells', ...edit }] : [];
  if (more.length > 0)
    edits.push({
      kind: 'insert',
      positions: more.map((_, index) => table.rowCount + index),
      cells: more.map((row) => table.columns.map((_, column) => row[column - into.left] ?? '')),
    });
  return edits.length > 1 ? { kind: 'group', edits } : edits[0];
}

/** Every cell of a block gets the text of the first in its column (Ctrl+D). */
export function fillDown(table: TableView, block: Block): TableEdit | undefined {
  const above = table.cells(table.idAt(block.top));
  return fill(table, { ...block, top: block.top + 1 }, (column) => above[column] ?? '');
}

export function clearBlock(table: TableView, block: Block): TableEdit | undefined {
  return fill(table, block, () => '');
}

function fill(
  table: TableView,
  { top, bottom, left, right }: Block,
  textOf: (column: number) => string,
): TableEdit | undefined {
  const edit: Cells = { rows: [], columns: [], texts: [] };
  for (let row = top; row <= Math.min(bottom, table.rowCount - 1); row += 1)
    for (let column = left; column <= right; column += 1) addCell(table, edit, row, column, textOf(column));
  return edit.rows.length > 0 ? { kind: 'cells', ...edit } : undefined;
}

interface Cells {
  readonly rows: number[];
  readonly columns: number[];
  readonly texts: string[];
}

function addCell(table: TableView, edit: Cells, position: number, column: number, text: string): void {
  const row = table.idAt(position);
  if (table.cell(row, column) === text.trim()) return;
  edit.rows.push(row);
  edit.columns.push(column);
  edit.texts.push(text);
}

/** @param count rows to add above `position`, each empty */
export function insertRows(table: TableView, position: number, count: number): TableEdit {
  const empty = table.columns.map(() => '');
  return {
    kind: 'insert',
    positions: Array.from({ length: count }, (_, index) => position + index),
    cells: Array.from({ length: count }, () => empty),
  };
}

export function removeRows(table: TableView, top: number, bottom: number): TableEdit {
  return { kind: 'remove', rows: Array.from({ length: bottom - top + 1 }, (_, index) => table.idAt(top + index)) };
}

/** Where the text stands next, in the order of reading; begins behind the given cell and goes round once. */
export function findNext(
  table: TableView,
  search: Search,
  from: { readonly position: number; readonly column: number },
  backwards = false,
): { readonly position: number; readonly column: number } | undefined {
  const found = matcher(search);
  const width = table.columns.length;
  const step = backwards ? -1 : 1;
  for (let passed = 0; passed <= table.rowCount; passed += 1) {
    const position = (from.position + step * passed + table.rowCount * 2) % Math.max(1, table.rowCount);
    const cells = table.cells(table.idAt(position));
    for (let i = 0; i < width; i += 1) {
      const column = backwards ? width - 1 - i : i;
      if (search.column !== undefined && search.column !== column) continue;
      const before = backwards ? column >= from.column : column <= from.column;
      if (passed === 0 && before) continue;
      if (passed === table.rowCount && !before) continue;
      if (found(cells[column] ?? '')) return { position, column };
    }
  }
  return undefined;
}

/** Replaces every occurrence; undefined when there is none. */
export function replaceAll(table: RateTable, search: Search, by: string): CellsEdit | undefined {
  const found = matcher(search);
  const edit: Cells = { rows: [], columns: [], texts: [] };
  const pattern = new RegExp(search.text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'), search.matchCase ? 'g' : 'gi');
  for (let position = 0; position < table.rowCount; position += 1) {
    const row = table.idAt(position);
    for (const [column, cell] of table.cells(row).entries()) {
      if ((search.column !== undefined && search.column !== column) || !found(cell)) continue;
      const text = search.wholeCell ? by : cell.replaceAll(pattern, () => by);
      addCell(table, edit, position, column, text);
    }
  }
  return edit.rows.length > 0 ? { kind: 'cells', ...edit } : undefined;
}

function matcher({ text, wholeCell, matchCase }: Search): (cell: string) => boolean {
  if (text === '') return () => false;
  const fold = (value: string): string => (matchCase ? value : value.toLowerCase());
  const wanted = fold(text);
  return wholeCell ? (cell) => fold(cell) === wanted : (cell) => fold(cell).includes(wanted);
}
