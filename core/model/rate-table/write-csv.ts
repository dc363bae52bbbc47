import { type CsvText, encodeCell, lineEndAt, spansOf } from './csv-text.ts';

/** What is written: a file, and what of it is another. */
interface EditedFile {
  readonly csv: CsvText;
  /** Rows that the file has, and that there are now. */
  readonly fileRows: number;
  readonly rowCount: number;
  idAt(position: number): number;
  isEdited(row: number): boolean;
  untouchedFrom(position: number): number;
  record(row: number): string | undefined;
  fileCells(row: number): readonly string[];
  cells(row: number): readonly string[];
}

/**
 * The text of an edited table (RT3). Runs of rows that nobody touched are copied whole, with their quotes, blanks and line ends and
 * the blank lines between them; of an edited row only the cells with another text are written anew.
 */
export function editedText(table: EditedFile): string {
  const { csv, rowCount, fileRows } = table;
  const { text, starts, ends, lineEnd } = csv;
  const startOf = (row: number): number => starts[row + 1] ?? text.length;
  const bodyEnd = (row: number): number => ends[row + 1] ?? text.length;
  const endOf = (row: number): number => bodyEnd(row) + lineEndAt(text, bodyEnd(row)).length;
  const pieces: string[] = [];
  let open = false;
  const add = (piece: string): void => {
    if (piece === '') return;
    if (open) pieces.push(lineEnd);
    pieces.push(piece);
    open = !endsLine(piece);
  };
  const head = text.slice(0, startOf(0));
  if (head === '\ufeff') pieces.push(head);
  else add(head);
  /** The row of the file that is written next; what lies between was removed, its blank lines stay. */
  let next = 0;
  const skipTo = (row: number): void => {
    for (; next < row; next += 1) add(text.slice(endOf(next), startOf(next + 1)));
  };
  for (let at = 0; at < rowCount; at += 1) {
    const row = table.idAt(at);
    if (row >= fileRows) {
      const cells = table.cells(row);
      if (cells.some((cell) => cell !== '')) add(cells.map(encodeCell).join(','));
      continue;
    }
    skipTo(row);
    if (table.isEdited(row)) {
      const record = rewritten(table, row);
      add(record === '' ? '' : record + lineEndAt(text, bodyEnd(row)));
      add(text.slice(endOf(row), startOf(row + 1)));
      next = row + 1;
      continue;
    }
    const count = table.untouchedFrom(at);
    const last = row + count - 1;
    at += count - 1;
    add(text.slice(startOf(row), startOf(last + 1)));
    next = last + 1;
  }
  skipTo(fileRows);
  // A new last row ends as the file did.
  if (open && endsLine(text)) pieces.push(lineEnd);
  return pieces.join('');
}

/** A pattern would walk through all of a long text. */
const endsLine = (text: string): boolean => /[\r\n]/.test(text.at(-1) ?? '');

/** An edited row of the file; empty when it has no text any more, for then it is no row (RT3). */
function rewritten(table: EditedFile, row: number): string {
  const record = table.record(row) ?? '';
  const cells = table.cells(row);
  if (cells.every((cell) => cell === '')) return '';
  const before = table.fileCells(row);
  const spans = spansOf(record);
  const written = Math.max(
    spans.length,
    cells.findLastIndex((cell, column) => column >= spans.length && cell !== '') + 1,
  );
  return Array.from({ length: written }, (_, column) => {
    const span = spans[column];
    const cell = cells[column];
    if (span && (cell === undefined || cell === before[column])) return record.slice(span.from, span.to);
    return encodeCell(cell ?? '');
  }).join(',');
}
