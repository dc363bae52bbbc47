import { clearBlock, fillDown, insertRows, removeRows } from '#core/model/rate-table/block.ts';
import type { Corner, TableSession } from './session.ts';

/** Where a key moves the active cell to; undefined for a key that moves nothing. Keys are those of spreadsheets. */
export function movedBy(
  session: TableSession,
  { key, ctrl, page }: { readonly key: string; readonly ctrl: boolean; readonly page: number },
): Corner | undefined {
  const { row, column } = session.active;
  const { table } = session;
  const [last, end] = [Math.max(0, table.rowCount - 1), table.columns.length - 1];
  const at = (toRow: number, toColumn: number): Corner => ({
    row: Math.max(0, Math.min(last, toRow)),
    column: Math.max(0, Math.min(end, toColumn)),
  });
  switch (key) {
    case 'ArrowDown':
      return ctrl ? edge(session, 1, 0) : at(row + 1, column);
    case 'ArrowUp':
      return ctrl ? edge(session, -1, 0) : at(row - 1, column);
    case 'ArrowRight':
      return ctrl ? edge(session, 0, 1) : at(row, column + 1);
    case 'ArrowLeft':
      return ctrl ? edge(session, 0, -1) : at(row, column - 1);
    case 'PageDown':
      return at(row + page, column);
    case 'PageUp':
      return at(row - page, column);
    case 'Home':
      return at(ctrl ? 0 : row, 0);
    case 'End':
      return at(ctrl ? last : row, end);
    default:
      return undefined;
  }
}

/** The end of the filled cells that one is in, or the next filled cell, as Ctrl+arrow goes. */
function edge({ table, active }: TableSession, down: number, right: number): Corner {
  const isThere = (row: number, column: number): boolean =>
    row >= 0 && row < table.rowCount && column >= 0 && column < table.columns.length;
  const filled = (row: number, column: number): boolean => table.cell(table.idAt(row), column) !== '';
  let { row, column } = active;
  if (!isThere(row + down, column + right)) return active;
  const run = filled(row, column) && filled(row + down, column + right);
  while (isThere(row + down, column + right)) {
    if (run && !filled(row + down, column + right)) break;
    row += down;
    column += right;
    if (!run && filled(row, column)) break;
  }
  return { row, column };
}

/** What a key with Ctrl, or a key that empties, does to the selection. @returns whether the key meant something */
export function editedBy(
  session: TableSession,
  { key, ctrl, shift }: { readonly key: string; readonly ctrl: boolean; readonly shift: boolean },
): boolean {
  const { table, block } = session;
  if (key === 'Delete' || (key === 'Backspace' && !ctrl)) session.edit(clearBlock(table, block));
  else if (!ctrl) return false;
  else if (key === 'z' || key === 'Z') {
    if (shift) session.redo();
    else session.undo();
  } else if (key === 'y') session.redo();
  else if (key === 'd')
    session.edit(
      fillDown(table, block.top === block.bottom && block.top > 0 ? { ...block, top: block.top - 1 } : block),
    );
  else if (key === '+' || (key === '=' && shift)) addRows(session);
  else if (key === '-') dropRows(session);
  else if (key === 'a')
    session.select({ row: 0, column: 0 }, { row: Math.max(0, table.rowCount - 1), column: table.columns.length - 1 });
  else return false;
  return true;
}

/** As many rows as are selected, above them. */
export function addRows(session: TableSession): void {
  const { top, bottom } = session.block;
  session.edit(
    insertRows(
      session.table,
      Math.min(top, session.table.rowCount),
      Math.min(bottom, session.table.rowCount) - top + 1,
    ),
  );
}

export function dropRows(session: TableSession): void {
  const { table, block } = session;
  if (table.rowCount === 0) return;
  session.edit(removeRows(table, block.top, Math.min(block.bottom, table.rowCount - 1)));
  session.select({ row: Math.max(0, Math.min(block.top, table.rowCount - 1)), column: session.active.column });
}
