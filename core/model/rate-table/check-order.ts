import { Decimal, parseDecimal } from '../decimal.ts';
import type { KeyColumn } from '../table.ts';
import type { Findings } from './findings.ts';
import { keyText } from './keys.ts';
import { compareNumbers, decimalsOf, numberOf } from './numbers.ts';
import type { TableView } from './rate-table.ts';

const SLICE = 2_000;
/** With fewer rows than this in a row nothing can be said of a trend that nobody declared. */
const LEAST_FOR_TREND = 6;

/** A key column with an order: that of its numbers. */
interface Ordered {
  readonly column: number;
  /** End of a band; undefined where a key is one number. */
  readonly to: number | undefined;
  /** Key columns that must be equal for two rows to be neighbours. */
  readonly others: readonly number[];
}

/** Gaps and overlaps of bands (RT17), trends and jumps of values along an ordered key (RT18). */
export function* checkOrder(table: TableView, findings: Findings): Generator<undefined, void> {
  for (const ordered of orderedKeys(table)) {
    const groups = yield* groupsOf(table, ordered);
    const smallest = yield* stepOf(table, ordered);
    let looked = 0;
    for (const rows of groups.values()) {
      looked += rows.length;
      if (looked > SLICE) {
        looked = 0;
        yield;
      }
      rows.sort((a, b) => compareNumbers(startOf(table, ordered, a), startOf(table, ordered, b)));
      if (ordered.to !== undefined) checkBands(table, ordered, ordered.to, rows, smallest, findings);
      checkTrends(table, ordered, rows, findings);
    }
  }
}

/** The banded keys of a schema; without one, the last key column if it holds numbers only. */
function orderedKeys(table: TableView): readonly Ordered[] {
  const { schema } = table;
  if (!schema) return [];
  const at = (name: string): number => table.columns.indexOf(name);
  const columnsOf = (key: KeyColumn): readonly number[] =>
    key.match === 'range' ? [at(key.column), at(key.to)] : [at(key.column)];
  const dates = schema.effective ? [at(schema.effective.from)] : [];
  const banded = schema.keys.filter(({ match }) => match === 'range' || match === 'floor' || match === 'interpolate');
  const last = schema.keys.findLast(({ match }) => match === 'exact');
  const ordered = banded.length > 0 ? banded : last && holdsNumbers(table, at(last.column)) ? [last] : [];
  return ordered.map((key) => ({
    column: at(key.column),
    to: key.match === 'range' ? at(key.to) : undefined,
    others: [...schema.keys.flatMap((other) => (other === key ? [] : columnsOf(other))), ...dates],
  }));
}

/** Codes are no numbers: `007` says so by its zeros. */
function holdsNumbers(table: TableView, column: number): boolean {
  for (let at = 0; at < table.rowCount; at += 1) {
    const cell = table.cell(table.idAt(at), column);
    if (Number.isNaN(numberOf(cell)) || /^0\d/.test(cell)) return false;
  }
  return true;
}

function* groupsOf(table: TableView, { column, to, others }: Ordered): Generator<undefined, Map<string, number[]>> {
  const groups = new Map<string, number[]>();
  for (let at = 0; at < table.rowCount; at += 1) {
    if (at % SLICE === SLICE - 1) yield;
    const row = table.idAt(at);
    const [from, end] = [table.cell(row, column), to === undefined ? '' : table.cell(row, to)];
    if (to === undefined ? from === '' : false) continue;
    if ((from !== '' && Number.isNaN(numberOf(from))) || (end !== '' && Number.isNaN(numberOf(end)))) continue;
    const key = keyText(table, row, others);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

const startOf = (table: TableView, { column }: Ordered, row: number): string => table.cell(row, column) || '-Infinity';

/** Between 15 and 16 there is nothing where bands are of whole years: the finest step that the bounds are written in. */
function* stepOf(table: TableView, { column, to }: Ordered): Generator<undefined, Decimal> {
  let digits = 0;
  if (to !== undefined)
    for (let at = 0; at < table.rowCount; at += 1) {
      if (at % SLICE === SLICE - 1) yield;
      const row = table.idAt(at);
      digits = Math.max(digits, decimalsOf(table.cell(row, column)), decimalsOf(table.cell(row, to)));
    }
  return new Decimal(10).pow(-digits);
}

function checkBands(
  table: TableView,
  ordered: Ordered,
  to: number,
  rows: readonly number[],
  smallest: Decimal,
  findings: Findings,
): void {
  const { column } = ordered;
  const names = `${table.columns[column] ?? ''} to ${table.columns[to] ?? ''}`;
  /** The band before that reaches furthest: what lies up to there is covered. */
  let reach: { readonly row: number; readonly end: string } | undefined;
  for (const row of rows) {
    const [from, end] = [startOf(table, ordered, row), table.cell(row, to) || 'Infinity'];
    if (compareNumbers(from, end) > 0) {
      findings.add({
        severity: 'warning',
        code: 'empty-band',
        message: `This band ends (${end}) before it begins (${from}).`,
        row,
        column: to,
      });
      continue;
    }
    if (reach) {
      const shown = `${table.cell(reach.row, column)}–${table.cell(reach.row, to)}`;
      const same = from === startOf(table, ordered, reach.row) && end === reach.end;
      if (!same && compareNumbers(reach.end, from) >= 0)
        findings.add({
          severity: 'warning',
          code: 'overlapping-bands',
          message: `${names}: this band overlaps ${shown}: ${from === '-Infinity' ? table.cell(row, to) || '0' : from} lies in both, the later start counts.`,
          row,
          column,
        });
      else if (!same) checkGap({ row, column, from, end: reach.end, smallest, names }, findings);
    }
    if (!reach || compareNumbers(end, reach.end) > 0) reach = { row, end };
  }
}

function checkGap(
  gap: {
    readonly row: number;
    readonly column: number;
    readonly from: string;
    readonly end: string;
    readonly smallest: Decimal;
    readonly names: string;
  },
  findings: Findings,
): void {
  const [end, from] = [parseDecimal(gap.end), parseDecimal(gap.from)];
  const example = end?.plus(gap.smallest);
  if (!example || !from || example.greaterThanOrEqualTo(from)) return;
  const message = `${gap.names}: no band holds ${example}: the one before ends with ${gap.end}, this one begins with ${gap.from}.`;
  findings.add({ severity: 'warning', code: 'gap', message, row: gap.row, column: gap.column });
}

function checkTrends(table: TableView, ordered: Ordered, rows: readonly number[], findings: Findings): void {
  const keyName = table.columns[ordered.column] ?? '';
  for (const name of table.schema?.values ?? []) {
    const column = table.columns.indexOf(name);
    if (column < 0) continue;
    const rule = table.schema?.columns?.[name];
    const points = rows
      .map((row) => ({ row, text: table.cell(row, column), value: numberOf(table.cell(row, column)) }))
      .filter(({ value }) => !Number.isNaN(value));
    const trend = rule?.monotone ?? likelyTrend(points.map(({ value }) => value));
    const most = rule?.step === undefined ? undefined : Number(rule.step);
    for (const [index, point] of points.entries()) {
      const before = points[index - 1];
      if (!before) continue;
      const sign = compareNumbers(point.text, before.text);
      const where = `${keyName} ${startOf(table, ordered, before.row)}: ${before.text}, ${keyName} ${startOf(table, ordered, point.row)}: ${point.text}`;
      if (trend && (trend === 'up' ? sign < 0 : sign > 0))
        findings.add({
          severity: rule?.monotone ? 'warning' : 'info',
          code: 'not-monotone',
          message: rule?.monotone
            ? `${name} should ${trend === 'up' ? 'never fall' : 'never rise'} along ${keyName}: ${where}.`
            : `${name} ${trend === 'up' ? 'rises' : 'falls'} along ${keyName} but for this row: ${where}.`,
          row: point.row,
          column,
        });
      if (most !== undefined && before.value !== 0 && Math.abs(point.value / before.value - 1) > most + 1e-12)
        findings.add({
          severity: 'warning',
          code: 'jump',
          message: `${name} changes by more than ${Number((most * 100).toFixed(2))} %: ${where}.`,
          row: point.row,
          column,
        });
      const after = points[index + 1];
      if (most === undefined && after && isSpike(before.value, point.value, after.value))
        findings.add({
          severity: 'info',
          code: 'jump',
          message: `${name} ${point.text} stands out between ${before.text} and ${after.text}.`,
          row: point.row,
          column,
        });
    }
  }
}

/** A trend that all but one in ten steps follow, and that at least one does not: where nobody declared one it is worth a look. */
function likelyTrend(values: readonly number[]): 'up' | 'down' | undefined {
  if (values.length < LEAST_FOR_TREND) return undefined;
  let [up, down] = [0, 0];
  for (let i = 1; i < values.length; i += 1) {
    const step = (values[i] ?? 0) - (values[i - 1] ?? 0);
    if (step > 0) up += 1;
    else if (step < 0) down += 1;
  }
  if (up + down < LEAST_FOR_TREND - 1) return undefined;
  if (down > 0 && down <= (up + down) * 0.1) return 'up';
  return up > 0 && up <= (up + down) * 0.1 ? 'down' : undefined;
}

/** More than half as high again, or lower, than both neighbours, which are near to each other. */
function isSpike(before: number, value: number, after: number): boolean {
  if (before <= 0 || after <= 0 || value <= 0) return false;
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  return high / low < 1.25 && (value / high > 1.5 || low / value > 1.5);
}
