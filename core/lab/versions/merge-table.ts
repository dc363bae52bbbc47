import type { TableSource } from '#core/model/table.ts';
import { Reports } from '#core/product/reports.ts';
import { readTable } from '#core/product/tables.ts';
import { keyedTable } from './table-cells.ts';

/**
 * Three-way merge of a table by the keys of its rows and by cell (VE6), where lines do not merge because they are neighbours or were
 * moved. Rows stand as in `ours`, new ones behind them; a row that nobody else changed keeps its text.
 * @returns the merged text, or in words what both sides set; undefined when the columns differ or a row spans lines
 */
export function mergeTable(
  path: string,
  texts: { readonly base: string; readonly ours: string; readonly theirs: string },
): { readonly text: string } | { readonly conflict: string } | undefined {
  const [base, ours, theirs] = [texts.base, texts.ours, texts.theirs].map((text) => read(path, text));
  if (!base || !ours || !theirs) return undefined;
  if (![ours, theirs].every(({ columns }) => columns.join('\n') === base.columns.join('\n'))) return undefined;
  const [was, mine, other] = [keyedTable(base), keyedTable(ours), keyedTable(theirs)];
  const end = texts.ours.includes('\r\n') ? '\r\n' : '\n';
  const lines = texts.ours.split(/\r?\n/);
  const merged = new Map<string, string>();
  const conflicts: string[] = [];
  [...mine.rows].forEach(([key], index) => {
    const line = lines[(ours.lines?.[index] ?? index + 2) - 1];
    if (line !== undefined) merged.set(key, line);
  });
  for (const key of new Set([...was.rows.keys(), ...other.rows.keys()])) {
    const [old, left, right] = [was.rows.get(key), mine.rows.get(key), other.rows.get(key)];
    if (equal(old, right) || equal(left, right)) continue;
    if (!right) {
      if (equal(old, left)) merged.delete(key);
      else conflicts.push(`${key} was changed here and removed there`);
    } else if (!left) {
      if (old) conflicts.push(`${key} was removed here and changed there`);
      else merged.set(key, written(right));
    } else {
      const cells = left.map((cell, index) => {
        const [before, theirCell = ''] = [old?.[index], right[index]];
        if (theirCell === before || theirCell === cell) return cell;
        if (cell !== before) conflicts.push(`${base.columns[index]} of ${key} is ${cell} here and ${theirCell} there`);
        return theirCell;
      });
      merged.set(key, written(cells));
    }
  }
  if (conflicts.length > 0) return { conflict: `both sides changed it: ${conflicts.slice(0, 10).join('; ')}` };
  const text = [lines[0] ?? '', ...merged.values()].join(end);
  return { text: /\n$/.test(texts.ours) ? `${text}${end}` : text };
}

function read(path: string, text: string): TableSource | undefined {
  const table = readTable(path, new TextEncoder().encode(text), new Reports(), null);
  const rows = text.split(/\r?\n/).filter((line) => line.trim() !== '').length - 1;
  return table.columns.length > 0 && rows === table.rows.length ? table : undefined;
}

function equal(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.join('\n') === b.join('\n');
}

function written(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
