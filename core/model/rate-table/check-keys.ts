import type { Findings, KeyDomain } from './findings.ts';
import type { TableView } from './rate-table.ts';

const SLICE = 2_000;
/** By convention authors ask for these rows when a key has none of its own. */
const FALLBACKS = new Set(['DEFAULT', 'default', '*', '']);

/** Keys that no option of the field can give, and options that no row has (RT20). */
export function* checkDomains(
  table: TableView,
  domains: readonly KeyDomain[],
  findings: Findings,
): Generator<undefined, void> {
  for (const { column: name, field, values } of domains) {
    const column = table.columns.indexOf(name);
    const match = table.schema?.keys.find((key) => key.column === name)?.match ?? 'exact';
    // What a band or a prefix holds is another question.
    if (column < 0 || match !== 'exact') continue;
    const known = new Set(values);
    const found = new Set<string>();
    let fallback = table.schema?.default !== undefined;
    for (let at = 0; at < table.rowCount; at += 1) {
      if (at % SLICE === SLICE - 1) yield;
      const row = table.idAt(at);
      const cell = table.cell(row, column);
      found.add(cell);
      if (FALLBACKS.has(cell)) fallback = true;
      else if (!known.has(cell)) {
        const near = values.find((value) => value.toLowerCase() === cell.toLowerCase());
        findings.add({
          severity: 'warning',
          code: 'impossible-key',
          message: `No option of ${field} is "${cell}": this row is never found.${near === undefined ? '' : ` Did you mean "${near}"?`}`,
          row,
          column,
        });
      }
    }
    if (fallback) continue;
    for (const value of values)
      if (!found.has(value))
        findings.add({
          severity: 'warning',
          code: 'option-without-key',
          message: `The option "${value}" of ${field} has no row: its lookup misses.`,
          column,
        });
  }
}
