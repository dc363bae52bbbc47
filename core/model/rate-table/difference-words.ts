import type { ChangedRow, TableDifference } from './difference.ts';
import { keyLabel } from './keys.ts';
import type { RateTable } from './rate-table.ts';

/** Factors are rounded when they are changed by a percentage: changes this near to each other are one. */
const ONE_CHANGE = 0.006;
const MOST_PHRASES = 8;
/** A column with more values than this groups nothing. */
const MOST_GROUPS = 40;

/** A difference in words (RT11): `territory 014: factor +3 %, 212 rows`. Empty when the versions are equal. */
export function differenceWords(before: RateTable, after: RateTable, difference: TableDifference): readonly string[] {
  const { changed, added, removed, keys } = difference;
  const words: string[] = [];
  for (const name of difference.addedColumns) words.push(`column ${name} added`);
  for (const name of difference.removedColumns) words.push(`column ${name} removed`);
  for (const [column, name] of after.columns.entries()) {
    const rows = changed.filter(({ columns }) => columns.includes(column));
    if (rows.length > 0) words.push(...columnWords({ before, after, difference, column, name, rows }));
  }
  const listed = (table: RateTable, rows: readonly number[], what: string): void => {
    if (rows.length === 0) return;
    const labels = rows.length <= 3 ? `: ${rows.map((row) => keyLabel(table, row, keys)).join('; ')}` : '';
    words.push(`${counted(rows.length)} ${what}${labels}`);
  };
  listed(after, added, 'added');
  listed(before, removed, 'removed');
  return words;
}

interface ColumnChange {
  readonly before: RateTable;
  readonly after: RateTable;
  readonly difference: TableDifference;
  readonly column: number;
  readonly name: string;
  readonly rows: readonly ChangedRow[];
}
interface Cell {
  readonly row: number;
  readonly was: string;
  readonly is: string;
  /** After in times of before; undefined where either is no number or the first is 0. */
  readonly ratio: number | undefined;
}

function columnWords(change: ColumnChange): readonly string[] {
  const { before, after, name, column, rows } = change;
  const old = before.columns.indexOf(name);
  const cells = rows.map((row): Cell => {
    const [was, is] = [old < 0 ? '' : before.cell(row.before, old), after.cell(row.after, column)];
    const ratio = Number(is) / Number(was);
    const known = was !== '' && is !== '' && Number.isFinite(ratio) && Number(was) !== 0;
    return { row: row.after, was, is, ratio: known ? ratio : undefined };
  });
  if (cells.length <= 2) return cells.map((cell) => cellWords(change, cell));
  const plain = cells.filter(({ ratio }) => ratio === undefined);
  const groups = grouped(
    change,
    cells.filter(({ ratio }) => ratio !== undefined),
  );
  const phrases = groups.map((group) => groupWords(change, group));
  if (plain.length > 0)
    phrases.push(
      plain.length <= 2
        ? plain.map((cell) => cellWords(change, cell)).join('; ')
        : `${name} changed, ${counted(plain.length)}`,
    );
  if (phrases.length <= MOST_PHRASES) return phrases;
  return [...phrases.slice(0, MOST_PHRASES), `and ${phrases.length - MOST_PHRASES} more changes of ${name}`];
}

function cellWords({ after, difference, name }: ColumnChange, { row, was, is, ratio }: Cell): string {
  const percent = ratio === undefined ? '' : ` (${percentText(ratio)})`;
  return `${keyLabel(after, row, difference.keys)}: ${name} ${was || '(empty)'} → ${is || '(empty)'}${percent}`;
}

/** One group where one percentage says it; else by the values of the key column that makes the fewest groups of one percentage each. */
function grouped({ after, difference }: ColumnChange, cells: readonly Cell[]): readonly (readonly Cell[])[] {
  if (cells.length === 0) return [];
  if (isOneChange(cells)) return [cells];
  let best: readonly (readonly Cell[])[] = [cells];
  for (const column of difference.keys.columns) {
    const groups = new Map<string, Cell[]>();
    for (const cell of cells) {
      const value = after.cell(cell.row, column);
      const group = groups.get(value);
      if (group) group.push(cell);
      else groups.set(value, [cell]);
      if (groups.size > MOST_GROUPS) break;
    }
    if (groups.size > MOST_GROUPS || groups.size > cells.length / 2) continue;
    const found = [...groups.values()];
    if (found.every(isOneChange) && (best.length === 1 || found.length < best.length)) best = found;
  }
  return best.toSorted((a, b) => b.length - a.length);
}

function isOneChange(cells: readonly Cell[]): boolean {
  const [low, high] = rangeOf(cells);
  return high / low - 1 <= ONE_CHANGE;
}

function rangeOf(cells: readonly Cell[]): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { ratio = 1 } of cells) {
    low = Math.min(low, ratio);
    high = Math.max(high, ratio);
  }
  return [low, high];
}

function groupWords(change: ColumnChange, cells: readonly Cell[]): string {
  const { after, difference, name } = change;
  const [only] = cells;
  if (cells.length === 1 && only) return cellWords(change, only);
  const shared = difference.keys.columns.filter((column) => {
    const value = after.cell(only?.row ?? 0, column);
    return cells.every(({ row }) => after.cell(row, column) === value);
  });
  const where = shared.map(
    (column) => `${after.columns[column] ?? ''} ${after.cell(only?.row ?? 0, column) || '(empty)'}`,
  );
  const [low, high] = rangeOf(cells);
  const mean = cells.reduce((sum, { ratio = 1 }) => sum + Math.log(Math.abs(ratio)), 0) / cells.length;
  const size = isOneChange(cells) ? percentText(Math.exp(mean)) : `${percentText(low)} to ${percentText(high)}`;
  return `${where.length > 0 ? `${where.join(', ')}: ` : ''}${name} ${size}, ${counted(cells.length)}`;
}

function percentText(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  const text = Math.abs(Number(percent.toFixed(digits))).toString();
  if (text === '0') return percent === 0 ? '0 %' : `${percent > 0 ? '+' : '−'}<0.1 %`;
  return `${percent > 0 ? '+' : '−'}${text} %`;
}

const counted = (rows: number): string => (rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`);
