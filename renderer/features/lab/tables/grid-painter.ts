import type { TableFinding } from '#core/model/rate-table/findings.ts';
import { type Geometry, geometryOf, HEAD, ROW } from './grid-geometry.ts';
import type { TableSession } from './session.ts';

/** What of the findings a cell shows. */
export type Marks = ReadonlyMap<number, ReadonlyMap<number, TableFinding>>;

interface Line {
  readonly element: HTMLElement;
  readonly number: HTMLElement;
  readonly cells: readonly HTMLElement[];
  /** What each element holds: asking the document is slower than remembering. */
  readonly texts: string[];
  readonly classes: string[];
  row: number;
}

/**
 * Draws the rows before one's eyes into elements that stay: scrolling changes their text and nothing else, so that a frame costs the
 * same at any length of the table (rows each with a style of their own made Chromium's style engine slow).
 */
export class GridPainter {
  readonly #scroller: HTMLElement;
  readonly #space: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #session: TableSession;
  readonly #numeric: readonly boolean[];
  #lines: Line[] = [];
  #geometry: Geometry = geometryOf(0);
  #count = -1;
  marks: Marks = new Map();

  constructor(
    parts: { readonly scroller: HTMLElement; readonly space: HTMLElement; readonly rows: HTMLElement },
    session: TableSession,
    numeric: readonly boolean[],
  ) {
    this.#scroller = parts.scroller;
    this.#space = parts.space;
    this.#rows = parts.rows;
    this.#session = session;
    this.#numeric = numeric;
  }

  /** Where a cell stands in the sight of the grid, in pixels below its top. */
  topOf(row: number): number {
    return HEAD + row * ROW - this.#begin();
  }

  /** The row under an element of the grid. */
  rowUnder(element: Element): number | undefined {
    return this.#lines.find((line) => line.element.contains(element))?.row;
  }

  columnUnder(element: Element): number | undefined {
    const cell = element.closest('.grid-cell');
    if (!cell) return undefined;
    for (const line of this.#lines) {
      const column = line.cells.indexOf(cell as HTMLElement);
      if (column >= 0) return column;
    }
    return undefined;
  }

  elementOf(row: number, column: number): HTMLElement | undefined {
    return this.#lines.find((line) => line.row === row)?.cells[column];
  }

  get rowsInSight(): number {
    return Math.max(1, Math.floor((this.#scroller.clientHeight - HEAD) / ROW));
  }

  /** Scrolls no further than it takes to see the whole row. */
  reveal(row: number): void {
    const sight = this.#scroller.clientHeight;
    const begin = this.#begin();
    const height = sight - HEAD;
    let wanted = begin;
    if (row * ROW < begin) wanted = row * ROW;
    else if ((row + 1) * ROW > begin + height) wanted = (row + 1) * ROW - height;
    if (wanted !== begin) this.#scroller.scrollTop = Math.round(this.#geometry.scrollFor(wanted, sight));
  }

  /** A wheel moves rows, not the squeezed scroll bar. */
  wheel(delta: number): void {
    const sight = this.#scroller.clientHeight;
    this.#scroller.scrollTop = this.#geometry.scrollFor(this.#begin() + delta, sight);
  }

  get isSqueezed(): boolean {
    return this.#geometry.space < this.#geometry.whole;
  }

  #begin(): number {
    return Math.round(this.#geometry.rowsAt(this.#scroller.scrollTop, this.#scroller.clientHeight));
  }

  paint(): void {
    const { table } = this.#session;
    if (table.rowCount !== this.#count) {
      this.#count = table.rowCount;
      this.#geometry = geometryOf(this.#count);
      this.#space.style.height = `${this.#geometry.space}px`;
    }
    const begin = this.#begin();
    const first = Math.floor(begin / ROW);
    this.#fit(Math.ceil(this.#scroller.clientHeight / ROW) + 1);
    this.#rows.style.transform = `translateY(${first * ROW - begin}px)`;
    const { block } = this.#session;
    for (const [place, line] of this.#lines.entries()) this.#paintLine(line, first + place, block);
  }

  #paintLine(line: Line, position: number, block: TableSession['block']): void {
    const { table, active, comparison, conflicts } = this.#session;
    const there = position < table.rowCount;
    if (line.row !== position) {
      line.row = position;
      line.element.hidden = !there;
      line.number.textContent = String(position + 1);
      line.element.setAttribute('aria-rowindex', String(position + 2));
    } else if (line.element.hidden === there) line.element.hidden = !there;
    if (!there) return;
    const row = table.idAt(position);
    const cells = table.cells(row);
    const before = row < table.fileRows && table.isEdited(row) ? table.fileCells(row) : undefined;
    const isNew = row >= table.fileRows;
    const found = this.marks.get(row);
    const differs = comparison?.marks.get(row);
    const inRows = position >= block.top && position <= block.bottom;
    for (const [column, element] of line.cells.entries()) {
      const text = cells[column] ?? '';
      if (line.texts[column] !== text) {
        line.texts[column] = text;
        element.textContent = text;
      }
      let name = this.#numeric[column] ? 'grid-cell number' : 'grid-cell';
      if (inRows && column >= block.left && column <= block.right) name += ' selected';
      if (position === active.row && column === active.column) name += ' active';
      if (isNew || (before && before[column] !== text)) name += ' edited';
      const finding = found?.get(column);
      if (finding) name += ` found-${finding.severity}`;
      if (differs === null || differs?.has(column)) name += ' differs';
      if (
        conflicts.length > 0 &&
        conflicts.some((one) => one.kind === 'cell' && one.row === row && one.column === column)
      )
        name += ' in-conflict';
      if (line.classes[column] !== name) {
        line.classes[column] = name;
        element.className = name;
      }
    }
  }

  /** As many lines as fit; none is ever taken away. */
  #fit(wanted: number): void {
    while (this.#lines.length < wanted) {
      const element = document.createElement('div');
      element.className = 'grid-line';
      element.setAttribute('role', 'row');
      const number = document.createElement('div');
      number.className = 'grid-number';
      number.setAttribute('role', 'rowheader');
      element.append(number);
      const cells = this.#session.table.columns.map((_, column) => {
        const cell = document.createElement('div');
        cell.setAttribute('role', 'gridcell');
        cell.setAttribute('aria-colindex', String(column + 2));
        cell.id = `cell-${this.#lines.length}-${column}`;
        element.append(cell);
        return cell;
      });
      this.#rows.append(element);
      this.#lines.push({ element, number, cells, texts: [], classes: [], row: -1 });
    }
  }
}

/** The head of the sheet: made as the rows are, once. */
export function headLine(columns: readonly string[], numeric: readonly boolean[], rowTitle: string): HTMLElement {
  const line = document.createElement('div');
  line.className = 'grid-line grid-head';
  line.setAttribute('role', 'row');
  line.setAttribute('aria-rowindex', '1');
  const title = (name: string, className: string): HTMLElement => {
    const element = document.createElement('div');
    element.className = className;
    element.setAttribute('role', 'columnheader');
    element.textContent = name;
    return element;
  };
  const corner = title('', 'grid-number');
  const hidden = document.createElement('span');
  hidden.className = 'visually-hidden';
  hidden.textContent = rowTitle;
  corner.append(hidden);
  line.append(
    corner,
    ...columns.map((name, column) => title(name, numeric[column] ? 'grid-title number' : 'grid-title')),
  );
  return line;
}
