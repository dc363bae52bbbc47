import { keysOf } from '#core/model/rate-table/keys.ts';
import { numberOf } from '#core/model/rate-table/numbers.ts';
import type { TableView } from '#core/model/rate-table/rate-table.ts';

/** A factor along one key: what a chart draws. */
export interface OneWay {
  readonly key: string;
  readonly value: string;
  readonly points: readonly { readonly label: string; readonly value: number; readonly position: number }[];
  /** Rows that a point is the mean of, on the whole; 0 where every row is a point. */
  readonly averaged: number;
  readonly ordered: boolean;
}

/** More points than this are no picture. */
const MOST_POINTS = 400;

/** The values of a column by the table's ordered key, else by its first; several rows of one key are averaged. Undefined without numbers. */
export function oneWay(table: TableView, column: number): OneWay | undefined {
  const keys = keysOf(table);
  const banded = table.schema?.keys.find(({ match }) => match !== 'exact' && match !== 'prefix');
  const key = banded ? table.columns.indexOf(banded.column) : (keys.columns[0] ?? 0);
  if (key === column) return undefined;
  const groups = new Map<string, { sum: number; rows: number; position: number }>();
  let rows = 0;
  for (let position = 0; position < table.rowCount; position += 1) {
    const row = table.idAt(position);
    const value = numberOf(table.cell(row, column));
    if (Number.isNaN(value)) continue;
    rows += 1;
    const label = table.cell(row, key);
    const group = groups.get(label);
    if (group) {
      group.sum += value;
      group.rows += 1;
    } else groups.set(label, { sum: value, rows: 1, position });
  }
  if (rows < 2) return undefined;
  const points = [...groups].map(([label, group]) => ({
    label,
    value: group.sum / group.rows,
    position: group.position,
  }));
  const ordered = points.every(({ label }) => label === '' || !Number.isNaN(numberOf(label)));
  if (ordered) points.sort((a, b) => (a.label === '' ? -1 : b.label === '' ? 1 : Number(a.label) - Number(b.label)));
  return {
    key: table.columns[key] ?? '',
    value: table.columns[column] ?? '',
    points: points.slice(0, MOST_POINTS),
    averaged: groups.size === rows ? 0 : rows,
    ordered,
  };
}
