import type { KeyColumn } from '../table.ts';
import { checkFormulas } from './check-formula.ts';
import { checkDomains } from './check-keys.ts';
import { checkOrder } from './check-order.ts';
import { Findings, type KeyDomain, type TableFinding } from './findings.ts';
import { keysOf, keyText } from './keys.ts';
import { compareNumbers, numberOf } from './numbers.ts';
import type { TableView } from './rate-table.ts';

/** So many rows are looked at between two pauses: a millisecond or two. */
export const CHECK_SLICE = 2_000;

/**
 * Looks at a whole table (RT15 to RT21), in slices: a screen goes on after each pause when it has time. What it answers is the same as
 * of one that never paused, if the table was not edited meanwhile.
 */
export function* checkTable(
  table: TableView,
  domains: readonly KeyDomain[] = [],
): Generator<undefined, readonly TableFinding[]> {
  const findings = new Findings();
  yield* checkCells(table, findings);
  yield* checkDuplicates(table, findings);
  yield* checkOrder(table, findings);
  yield* checkFormulas(table, findings);
  yield* checkDomains(table, domains, findings);
  return findings.done();
}

/** The same without pauses. */
export function checkWholeTable(table: TableView, domains: readonly KeyDomain[] = []): readonly TableFinding[] {
  const steps = checkTable(table, domains);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Columns that must hold numbers, each with whether an empty cell is one too (RT16). */
export function numberColumns(table: TableView): ReadonlyMap<number, { readonly mayBeEmpty: boolean }> {
  const columns = new Map<number, { readonly mayBeEmpty: boolean }>();
  const set = (name: string, mayBeEmpty: boolean): void => {
    const at = table.columns.indexOf(name);
    if (at >= 0) columns.set(at, { mayBeEmpty });
  };
  const { keys = [], values = [], columns: rules = {} } = table.schema ?? {};
  for (const [name, { type, min, max, monotone, step }] of Object.entries(rules))
    if (type === 'number' || (type === undefined && (min ?? max ?? monotone ?? step) !== undefined)) set(name, true);
  for (const key of keys) {
    if (key.match === 'range') for (const name of [key.column, key.to]) set(name, true);
    if (key.match === 'floor' || key.match === 'interpolate') set(key.column, false);
  }
  if (keys.some(({ match }) => match === 'interpolate') && values[0] !== undefined) set(values[0], false);
  return columns;
}

function* checkCells(table: TableView, findings: Findings): Generator<undefined, void> {
  const { schema, columns } = table;
  const numbers = numberColumns(table);
  const dates = schema?.effective
    ? [schema.effective.from, schema.effective.to ?? ''].map((name) => columns.indexOf(name))
    : [];
  const rules = columns.map((name) => schema?.columns?.[name]);
  if (numbers.size === 0 && !dates.some((column) => column >= 0)) return;
  for (let at = 0; at < table.rowCount; at += 1) {
    if (at % CHECK_SLICE === CHECK_SLICE - 1) yield;
    const row = table.idAt(at);
    const cells = table.cells(row);
    for (const [column, { mayBeEmpty }] of numbers) {
      const cell = cells[column] ?? '';
      if (cell === '' && mayBeEmpty) continue;
      const name = columns[column] ?? '';
      if (Number.isNaN(numberOf(cell))) {
        findings.add({
          severity: 'warning',
          code: 'unreadable-number',
          message: `${name} should be a number, not "${cell}".`,
          row,
          column,
        });
        continue;
      }
      const { min, max } = rules[column] ?? {};
      if (min !== undefined && compareNumbers(cell, min) < 0)
        findings.add({
          severity: 'warning',
          code: 'out-of-bounds',
          message: `${name} ${cell} is below ${min}.`,
          row,
          column,
        });
      if (max !== undefined && compareNumbers(cell, max) > 0)
        findings.add({
          severity: 'warning',
          code: 'out-of-bounds',
          message: `${name} ${cell} is above ${max}.`,
          row,
          column,
        });
    }
    for (const column of dates) {
      const cell = column < 0 ? '' : (cells[column] ?? '');
      if (cell === '' || /^(\d{4}-\d\d-\d\d|-?\d{9,})$/.test(cell)) continue;
      const message = `${columns[column] ?? ''} should be a date like 2021-06-28, not "${cell}".`;
      findings.add({ severity: 'warning', code: 'unreadable-date', message, row, column });
    }
  }
}

/** Rows that no lookup tells apart: of `key,value` and of a schema; other tables feed lookup fields, where they are what it is about. */
function* checkDuplicates(table: TableView, findings: Findings): Generator<undefined, void> {
  const keys = keysOf(table);
  if (keys.kind !== 'declared' && keys.kind !== 'key-value') return;
  const at = (name: string): number => table.columns.indexOf(name);
  const whole = [
    ...(table.schema?.keys ?? []).flatMap((key: KeyColumn) =>
      key.match === 'range' ? [key.column, key.to] : [key.column],
    ),
    ...(table.schema?.effective ? [table.schema.effective.from, table.schema.effective.to ?? ''] : []),
  ].map(at);
  const columns = table.schema ? whole.filter((column) => column >= 0) : keys.columns;
  const before = new Map<string, number>();
  for (let at = 0; at < table.rowCount; at += 1) {
    if (at % CHECK_SLICE === CHECK_SLICE - 1) yield;
    const row = table.idAt(at);
    const key = keyText(table, row, columns);
    const other = before.get(key);
    if (other === undefined) {
      before.set(key, at);
      continue;
    }
    const shown = columns.map((column) => table.cell(row, column) || '(empty)').join(', ');
    const why = table.schema ? 'a lookup does not tell them apart' : 'the last row counts';
    const [column = 0] = columns;
    findings.add({
      severity: 'warning',
      code: 'duplicate-key',
      message: `The key ${shown} stands in row ${other + 1} too: ${why}.`,
      row,
      column,
    });
  }
}
