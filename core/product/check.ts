import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { Configuration } from '#core/model/product.ts';
import { checkLiquid } from './check-liquid.ts';
import { checkFields, checkProduct } from './check-product.ts';
import { checkScripts } from './check-scripts.ts';
import { checkTables } from './check-tables.ts';
import { checkIntegrations } from './integrations.ts';
import { Reports } from './reports.ts';

/**
 * Everything that can be said about a configuration without running it: what loading found and what authors get wrong.
 * *error* = the original would refuse to deploy it or it can not be loaded; everything else is a warning or info and blocks
 * nothing (settled questions, 11). By file, line and column.
 * @param before what it was made of: the answer is the same without it, and takes longer
 */
export function checkConfiguration(configuration: Configuration, before?: Configuration): readonly Diagnostic[] {
  const reports = new Reports();
  checkFields(configuration, configuration.policyholder.fields, 'policyholder', reports, null);
  for (const product of configuration.products) {
    checkProduct(configuration, product, reports);
    checkLiquid(configuration, product, reports);
  }
  checkTables(configuration, reports, before);
  checkScripts(configuration, reports);
  checkIntegrations(configuration, reports);
  return sorted([...configuration.diagnostics, ...reports.list]);
}

/** In order of place, each finding once. */
function sorted(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const distinct = new Map(
    diagnostics.map((one) => [`${one.file}:${one.line}:${one.column}:${one.code}:${one.message}`, one]),
  );
  return [...distinct.values()].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.line - b.line || a.column - b.column,
  );
}
