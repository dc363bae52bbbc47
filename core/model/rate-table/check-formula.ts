import { parseDecimal } from '../decimal.ts';
import type { Findings } from './findings.ts';
import { readFormula } from './formula.ts';
import { decimalsOf } from './numbers.ts';
import type { TableView } from './rate-table.ts';

/** Decimals take a while: fewer rows between two pauses. */
const SLICE = 500;

/** Cells of derived columns that are not what their formula says, to the digits that the cell has (RT19). */
export function* checkFormulas(table: TableView, findings: Findings): Generator<undefined, void> {
  for (const [name, { formula: text }] of Object.entries(table.schema?.columns ?? {})) {
    const column = table.columns.indexOf(name);
    if (text === undefined || column < 0) continue;
    const formula = readFormula(text, table.columns);
    if (typeof formula === 'string') {
      findings.add({ severity: 'warning', code: 'formula-differs', message: formula, column });
      continue;
    }
    for (let at = 0; at < table.rowCount; at += 1) {
      if (at % SLICE === SLICE - 1) yield;
      const row = table.idAt(at);
      const cells = table.cells(row);
      const cell = cells[column] ?? '';
      const [is, wanted] = [parseDecimal(cell), formula.value((other) => cells[table.columns.indexOf(other)])];
      if (!wanted || is?.equals(wanted.toDecimalPlaces(decimalsOf(cell)))) continue;
      const shown = wanted.toDecimalPlaces(6).toString();
      findings.add({
        severity: 'warning',
        code: 'formula-differs',
        message: `${name} is "${cell}", its formula ${text} makes ${shown}.`,
        row,
        column,
      });
    }
  }
}
