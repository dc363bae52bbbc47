import type { Product } from '#core/model/product.ts';
import type { KeyDomain } from '#core/model/rate-table/findings.ts';
import type { TableSource } from '#core/model/table.ts';
import { plainColumns } from '#core/model/table-index.ts';
import { optionsByField } from '#core/product/check-lookups.ts';

/**
 * Which select fields give a table's keys (RT20): the field that the schema names for a column, else the field that is called like the
 * column. Of `key,value` the field whose name stands in the table's, when half of the keys are options of it: no more is known
 * without running the logic, and composite keys are nobody's options.
 */
export function keyDomains(table: TableSource, product: Product): readonly KeyDomain[] {
  const options = optionsByField(product);
  const domain = (column: string, field: string): readonly KeyDomain[] => {
    const values = options.get(field);
    return values ? [{ column, field, values }] : [];
  };
  if (table.schema) {
    const { keys, columns } = table.schema;
    return keys.flatMap(({ column, match }) =>
      match === 'exact' ? domain(column, columns?.[column]?.field ?? column) : [],
    );
  }
  const { key } = plainColumns(table);
  const name = table.columns[key];
  if (name?.toLowerCase() !== 'key') return [];
  const words = `_${table.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}_`;
  const found = [...options].filter(([field, values]) => {
    if (!words.includes(`_${field.toLowerCase()}_`)) return false;
    const known = new Set(values);
    const hits = table.rows.filter((row) => known.has(row[key] ?? '')).length;
    return hits * 2 >= table.rows.length;
  });
  const [only] = found;
  return found.length === 1 && only ? domain(name, only[0]) : [];
}
