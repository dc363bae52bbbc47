import { parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { Product } from '#core/model/product.ts';
import type { TableSource } from '#core/model/table.ts';
import { lineOf, plainColumns } from '#core/model/table-index.ts';
import { type ReportPlace, type Reports, suggestion } from './reports.ts';

/** A part of a key as far as it is known without running: a text, a number, one of some options, or anything. */
export type KeyPart =
  | { readonly kind: 'text' | 'number'; readonly value: string }
  | { readonly kind: 'options'; readonly field: string; readonly values: readonly string[] }
  | { readonly kind: 'any' };
/** A table lookup in Liquid or a script, read off the source. */
export interface LookupUse {
  readonly table: string;
  /** For each key the parts that it is joined of. */
  readonly keys: readonly (readonly KeyPart[])[];
  readonly place: ReportPlace;
  readonly product: string | null;
  /** Liquid hands a number to the lookup as a number, which never equals a text key (formats §1.10). */
  readonly typed: boolean;
}

/** More combinations of options or comparisons than this are not tried. */
const MOST_COMBINATIONS = 2_000;
const MOST_COMPARISONS = 2_000_000;

/** What a lookup says about the table that it reads: that it is not there, or that its key can not be found in it. */
export function checkLookup(
  use: LookupUse,
  tables: Readonly<Record<string, TableSource>>,
  reports: Reports,
): TableSource | undefined {
  const { table: name, place, product } = use;
  const warn = (code: string, message: string): void => reports.add('warning', code, message, place, product);
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (!table) {
    warn(
      'unknown-table',
      `There is no table "${name}": every lookup in it misses.${suggestion(name, Object.keys(tables))}`,
    );
    return undefined;
  }
  const wanted = table.schema?.keys.length ?? 1;
  if (table.schema && use.keys.length !== wanted) {
    warn('key-count', `The table "${name}" is looked up with ${wanted} keys, not ${use.keys.length}.`);
    return table;
  }
  const [parts] = use.keys;
  if (table.schema || use.keys.length !== 1 || !parts) return table;
  if (use.typed && parts.length === 1 && parts[0]?.kind === 'number') {
    warn('number-key', `The keys of "${name}" are text, which the number ${parts[0].value} never equals: quote it.`);
    return table;
  }
  checkKey(name, table, parts, warn);
  return table;
}

function checkKey(
  name: string,
  table: TableSource,
  parts: readonly KeyPart[],
  warn: (code: string, message: string) => void,
): void {
  if (parts.every(({ kind }) => kind === 'any')) return;
  const { key: column } = plainColumns(table);
  const keys = new Set(table.rows.map((row) => row[column] ?? ''));
  const combinations = combine(parts);
  const open = parts.some(({ kind }) => kind === 'any');
  if (!combinations || (open && combinations.length * keys.size > MOST_COMPARISONS)) return;
  const missing = combinations.filter(({ segments }) => !hasKey(keys, segments));
  if (missing.length === 0) return;
  const written = (segments: readonly (string | null)[]): string => segments.map((segment) => segment ?? '…').join('');
  if (missing.length === combinations.length) {
    const [first] = missing;
    const near = first && !open ? suggestion(written(first.segments), keys) : '';
    const examples = missing
      .slice(0, 3)
      .map(({ segments }) => `"${written(segments)}"`)
      .join(', ');
    warn('unmatched-key', `No row of the table "${name}" has the key ${examples}: this lookup always misses.${near}`);
    return;
  }
  // By convention authors ask for this row when a key has none of its own.
  if (keys.has('DEFAULT')) return;
  const options = [...new Set(missing.map(({ label }) => label))];
  const some = options
    .slice(0, 8)
    .map((option) => `"${option}"`)
    .join(', ');
  const more = options.length > 8 ? ` and ${options.length - 8} more` : '';
  warn('missing-option', `The table "${name}" has no key for ${some}${more}: this lookup misses for them.`);
}

interface Combination {
  /** Texts in order; null stands for anything. */
  readonly segments: readonly (string | null)[];
  readonly label: string;
}

function combine(parts: readonly KeyPart[]): readonly Combination[] | undefined {
  let combinations: Combination[] = [{ segments: [], label: '' }];
  for (const part of parts) {
    const values = part.kind === 'any' ? [null] : part.kind === 'options' ? part.values : [part.value];
    if (combinations.length * values.length > MOST_COMBINATIONS) return undefined;
    combinations = combinations.flatMap(({ segments, label }) =>
      values.map((value) => ({
        segments: [...segments, value],
        label: part.kind === 'options' ? [label, value].filter(Boolean).join(' with ') : label,
      })),
    );
  }
  return combinations;
}

const escapeRegex = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function hasKey(keys: ReadonlySet<string>, segments: readonly (string | null)[]): boolean {
  if (segments.every((segment) => segment !== null)) {
    const key = segments.join('');
    return keys.has(key) || keys.has(key.trim());
  }
  const pattern = segments.map((segment) => (segment === null ? '.*' : escapeRegex(segment))).join('');
  const expression = new RegExp(`^${pattern}$`, 's');
  for (const key of keys) if (expression.test(key)) return true;
  return false;
}

/** A lookup reads `key,value`: other headers feed lookup fields only (formats §1.10). */
export function checkHeader(table: TableSource, reports: Reports): void {
  if (table.schema || table.columns.length === 0) return;
  const header = table.columns.join(',');
  if (header === 'key,value') return;
  const message = `A table for lookups has the header key,value, not ${header}: the original may find nothing in it. A ${table.name}.schema.json can name its columns.`;
  reports.add('warning', 'table-header', message, { file: table.file }, null);
}

/** The options of the select fields of a product by field name; a name with different options in two places is left out. */
export function optionsByField(product: Product): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, readonly string[]>();
  const unclear = new Set<string>();
  for (const field of allFields(product)) {
    const before = options.get(field.name);
    const values = field.type === 'select' && !field.repeatable && field.values?.length ? field.values : undefined;
    if (!values || (before && before.join('\n') !== values.join('\n'))) unclear.add(field.name);
    else options.set(field.name, values);
  }
  for (const name of unclear) options.delete(name);
  return options;
}

/** Every field of policy, exposures and perils, and those within groups. */
export function allFields(product: Product): readonly FieldDefinition[] {
  const hosts = [
    product.fields,
    ...product.exposures.flatMap(({ fields, perils }) => [fields, ...perils.map((peril) => peril.fields)]),
  ];
  return hosts.flat().flatMap((field) => [field, ...(field.fields ?? [])]);
}

/** Whether a column of a table holds numbers with decimals, which `parseInt` would cut off; an example of one. */
export function decimalExample(table: TableSource): { readonly text: string; readonly line: number } | undefined {
  const { value: column } = plainColumns(table);
  const at = table.schema ? table.columns.indexOf(table.schema.values[0] ?? '') : column;
  const row = table.rows.findIndex((cells) => parseDecimal(cells[at])?.isInteger() === false);
  return row < 0 ? undefined : { text: table.rows[row]?.[at] ?? '', line: lineOf(table, row) };
}
