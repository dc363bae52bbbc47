import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';

/** A slice of a table: its columns, how many rows hold the words, and some of those (ST4). */
export interface TableSlice {
  readonly name: string;
  readonly columns: readonly string[];
  readonly total: number;
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** @param words every one of them stands in some cell of the row, in capitals or not. Throws `not-found`. */
export function tableSlice(
  configuration: Configuration,
  file: string,
  { words, from, count }: { readonly words: string; readonly from: number; readonly count: number },
): TableSlice {
  const table = Object.values(configuration.tables).find((candidate) => candidate.file === file);
  if (!table) throw new Problem('not-found', `There is no table ${file} in this version.`, { place: { file } });
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rows: TableSlice['rows'][number][] = [];
  let total = 0;
  for (const [index, cells] of table.rows.entries()) {
    if (!wanted.every((word) => cells.some((cell) => cell.toLowerCase().includes(word)))) continue;
    if (total >= from && rows.length < count) rows.push({ line: table.lines?.[index] ?? index + 2, cells });
    total += 1;
  }
  return { name: table.name, columns: table.columns, total, rows };
}
