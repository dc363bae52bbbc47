import type { ClipboardEvent, CSSProperties, KeyboardEvent, MouseEvent, RefObject } from 'react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { clearBlock, copyBlock, pasteBlock, readClipboard, setCell } from '#core/model/rate-table/block.ts';
import { numberColumns } from '#core/model/rate-table/check.ts';
import type { TableFinding } from '#core/model/rate-table/findings.ts';
import { numberOf } from '#core/model/rate-table/numbers.ts';
import { text } from '../../../app/text.ts';
import { HEAD, ROW, widthsOf } from './grid-geometry.ts';
import { editedBy, movedBy } from './grid-keys.ts';
import { GridPainter, headLine, type Marks } from './grid-painter.ts';
import type { Corner, TableSession } from './session.ts';

/** Width of the row numbers. */
const GUTTER = 64;

interface GridProps {
  readonly session: TableSession;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/** The table as a sheet: walked, edited and pasted into as in a spreadsheet, at any length. */
export function Grid({ session, scroller }: GridProps) {
  const { table } = session;
  const space = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const painter = useRef<GridPainter>(undefined);
  const revealed = useRef<Corner>(undefined);
  const [editing, setEditing] = useState<{ readonly at: Corner; readonly text: string; readonly typed: boolean }>();
  const shown = useSyncExternalStore(session.subscribe, () => session.shown);
  const numeric = useMemo(() => numericColumns(session), [session]);
  const widths = useMemo(() => {
    const sample = Array.from({ length: Math.min(100, table.rowCount) }, (_, at) => table.cells(table.idAt(at)));
    return widthsOf(table.columns, sample);
  }, [table]);
  const { findings } = session;
  const marks = useMemo(() => marksOf(findings), [findings]);

  useLayoutEffect(() => {
    if (!scroller.current || !space.current || !head.current || !rows.current) return;
    rows.current.replaceChildren();
    head.current.replaceChildren(headLine(table.columns, numeric, text.labTables.row));
    const made = new GridPainter(
      { scroller: scroller.current, space: space.current, rows: rows.current },
      session,
      numeric,
    );
    painter.current = made;
    made.paint();
    const watch = new ResizeObserver(() => made.paint());
    watch.observe(scroller.current);
    const element = scroller.current;
    const onWheel = (event: WheelEvent): void => {
      if (!made.isSqueezed || event.ctrlKey || event.deltaX !== 0) return;
      event.preventDefault();
      made.wheel(event.deltaMode === 1 ? event.deltaY * ROW : event.deltaY);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      watch.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [session, table, numeric, scroller]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: everything that is shown goes through `shown`
  useLayoutEffect(() => {
    if (!painter.current) return;
    painter.current.marks = marks;
    if (session.active !== revealed.current) {
      revealed.current = session.active;
      painter.current.reveal(session.active.row);
      revealColumn(scroller.current, widths, session.active.column);
    }
    painter.current.paint();
    const active = painter.current.elementOf(session.active.row, session.active.column);
    if (active) scroller.current?.setAttribute('aria-activedescendant', active.id);
  }, [shown, marks, session]);
  useEffect(() => scroller.current?.focus({ preventScroll: true }), [scroller]);

  const moveTo = (to: Corner, extend = false): void => {
    session.select(to, extend ? session.anchor : to);
  };
  const begin = (typed?: string): void => {
    if (table.rowCount === 0) return;
    const { row, column } = session.active;
    painter.current?.reveal(row);
    setEditing({ at: session.active, text: typed ?? table.cell(table.idAt(row), column), typed: typed !== undefined });
  };
  const end = (value: string | undefined, then?: Partial<Corner>): void => {
    const at = editing?.at;
    setEditing(undefined);
    scroller.current?.focus({ preventScroll: true });
    if (!at) return;
    if (value !== undefined) session.edit(setCell(table, at.row, at.column, value));
    if (then)
      moveTo({
        row: Math.max(0, Math.min(table.rowCount - 1, at.row + (then.row ?? 0))),
        column: Math.max(0, Math.min(table.columns.length - 1, at.column + (then.column ?? 0))),
      });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const { key, shiftKey: shift } = event;
    const page = painter.current?.rowsInSight ?? 1;
    const to = movedBy(session, { key, ctrl, page });
    if (to) moveTo(to, shift);
    else if (key === 'Tab' && !ctrl && canStep(session, shift))
      moveTo({ row: session.active.row, column: session.active.column + (shift ? -1 : 1) });
    else if (key === 'Enter' && !ctrl)
      moveTo({
        ...session.active,
        row: Math.max(0, Math.min(table.rowCount - 1, session.active.row + (shift ? -1 : 1))),
      });
    else if (key === 'F2') begin();
    else if (key.length === 1 && !ctrl) begin(key);
    else if (!editedBy(session, { key, ctrl, shift })) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onMouse = (event: MouseEvent): void => {
    const made = painter.current;
    if (!made || editing || (event.type === 'mousemove' && event.buttons !== 1)) return;
    const row = made.rowUnder(event.target as Element);
    if (row === undefined || row >= table.rowCount) return;
    const column = made.columnUnder(event.target as Element);
    if (event.type === 'dblclick') {
      begin();
      return;
    }
    const extend = event.shiftKey || event.type === 'mousemove';
    if (column === undefined)
      session.select({ row, column: table.columns.length - 1 }, { row: extend ? session.anchor.row : row, column: 0 });
    else if (!extend || row !== session.active.row || column !== session.active.column) moveTo({ row, column }, extend);
  };
  const onClipboard = (event: ClipboardEvent): void => {
    if (event.target !== event.currentTarget || table.rowCount === 0) return;
    event.preventDefault();
    if (event.type === 'paste')
      session.edit(pasteBlock(table, session.block, readClipboard(event.clipboardData.getData('text/plain'))));
    else {
      event.clipboardData.setData('text/plain', copyBlock(table, session.block));
      if (event.type === 'cut') session.edit(clearBlock(table, session.block));
    }
  };
  const tracks = [`${GUTTER}px`, ...widths.map((width) => `${width}px`)].join(' ');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table lays out all its rows; these are a few that lend themselves to a million
    <div
      ref={scroller}
      className="grid-scroll"
      role="grid"
      aria-label={text.labTables.grid(session.info.name)}
      aria-rowcount={table.rowCount + 1}
      aria-colcount={table.columns.length + 1}
      aria-multiselectable
      tabIndex={0}
      style={{ '--grid-tracks': tracks } as CSSProperties}
      onScroll={() => painter.current?.paint()}
      onKeyDown={onKeyDown}
      onMouseDown={onMouse}
      onMouseMove={onMouse}
      onDoubleClick={onMouse}
      onCopy={onClipboard}
      onCut={onClipboard}
      onPaste={onClipboard}
    >
      <div ref={space} className="grid-space" role="presentation">
        <div className="grid-view" role="presentation">
          <div ref={head} role="presentation" />
          <div ref={rows} role="presentation" className="grid-rows" />
          {editing ? (
            <CellEditor
              label={text.labTables.cell(table.columns[editing.at.column] ?? '', editing.at.row + 1)}
              initial={editing.text}
              typed={editing.typed}
              isNumber={numeric[editing.at.column] ?? false}
              place={{
                top: (painter.current?.topOf(editing.at.row) ?? HEAD) - 1,
                left: GUTTER + widths.slice(0, editing.at.column).reduce((sum, width) => sum + width, 0) - 1,
                width: (widths[editing.at.column] ?? 80) + 1,
                height: ROW + 1,
              }}
              onEnd={end}
            />
          ) : null}
        </div>
      </div>
    </div>
  );
}

interface CellEditorProps {
  readonly label: string;
  readonly initial: string;
  readonly typed: boolean;
  readonly isNumber: boolean;
  readonly place: CSSProperties;
  readonly onEnd: (value: string | undefined, then?: Partial<Corner>) => void;
}

/** The cell that is typed into. Arrows leave it where it was begun by typing, as in a spreadsheet. */
function CellEditor({ label, initial, typed, isNumber, place, onEnd }: CellEditorProps) {
  const input = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  const [bad, setBad] = useState(false);
  useLayoutEffect(() => {
    input.current?.focus({ preventScroll: true });
    input.current?.setSelectionRange(initial.length, initial.length);
  }, [initial.length]);
  const finish = (value: string | undefined, then?: Partial<Corner>): void => {
    if (ended.current) return;
    ended.current = true;
    onEnd(value, then);
  };
  return (
    <input
      ref={input}
      className={bad ? 'grid-editor bad' : 'grid-editor'}
      aria-label={label}
      aria-invalid={bad}
      defaultValue={initial}
      style={place}
      onChange={({ currentTarget: { value } }) =>
        setBad(isNumber && value.trim() !== '' && Number.isNaN(numberOf(value.trim())))
      }
      onBlur={({ currentTarget }) => finish(currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        const { key, shiftKey, currentTarget } = event;
        const steps: Readonly<Record<string, Partial<Corner>>> = {
          Enter: { row: shiftKey ? -1 : 1 },
          Tab: { column: shiftKey ? -1 : 1 },
          ...(typed ? { ArrowDown: { row: 1 }, ArrowUp: { row: -1 } } : {}),
        };
        const then = steps[key];
        if (key === 'Escape') finish(undefined);
        else if (then) finish(currentTarget.value, then);
        else return;
        event.preventDefault();
      }}
    />
  );
}

/** At the first and the last column Tab leaves the grid: nobody is caught in it. */
function canStep({ active, table }: TableSession, back: boolean): boolean {
  return back ? active.column > 0 : active.column < table.columns.length - 1;
}

function revealColumn(scroller: HTMLElement | null, widths: readonly number[], column: number): void {
  if (!scroller) return;
  const left = widths.slice(0, column).reduce((sum, width) => sum + width, 0);
  const right = left + (widths[column] ?? 0) + GUTTER;
  if (left < scroller.scrollLeft) scroller.scrollLeft = left;
  else if (right > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = right - scroller.clientWidth;
}

/** Columns that are read as numbers: declared ones, and those whose first rows hold nothing else. */
function numericColumns({ table }: TableSession): readonly boolean[] {
  const declared = numberColumns(table);
  return table.columns.map((_, column) => {
    if (declared.has(column)) return true;
    let some = false;
    for (let at = 0; at < Math.min(50, table.rowCount); at += 1) {
      const cell = table.cell(table.idAt(at), column);
      if (cell === '') continue;
      if (Number.isNaN(numberOf(cell)) || /^0\d/.test(cell)) return false;
      some = true;
    }
    return some;
  });
}

function marksOf(findings: readonly TableFinding[]): Marks {
  const marks = new Map<number, Map<number, TableFinding>>();
  for (const finding of findings) {
    if (finding.row === undefined) continue;
    const cells = marks.get(finding.row) ?? new Map<number, TableFinding>();
    if (!cells.has(finding.column ?? 0)) cells.set(finding.column ?? 0, finding);
    marks.set(finding.row, cells);
  }
  return marks;
}
