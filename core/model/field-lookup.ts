import type { FieldDefinition } from './field.ts';
import type { TableSource } from './table.ts';

/**
 * The choices of a lookup field (formats §1.5): without `match` the distinct values of its table's first column; every field
 * further in the cascade offers the next column, of the rows that have the matched fields' values in theirs.
 * @returns undefined when the table or its column is not there: then nothing can be said.
 */
export function lookupOptions(
  definition: FieldDefinition,
  definitions: readonly FieldDefinition[],
  values: Readonly<Record<string, readonly string[] | undefined>>,
  tables: Readonly<Record<string, TableSource>>,
): readonly string[] | undefined {
  const table = definition.table === undefined ? undefined : ownTable(tables, definition.table);
  const cascade = cascadeOf(definition, definitions, new Set());
  if (!table || !cascade || cascade.column >= table.columns.length) return undefined;
  const options = new Set<string>();
  for (const row of table.rows) {
    if (
      !cascade.matched.every(({ name, column }) =>
        (Object.hasOwn(values, name) ? (values[name] ?? []) : []).includes(row[column] ?? ''),
      )
    )
      continue;
    options.add(row[cascade.column] ?? '');
  }
  options.delete('');
  return [...options];
}

interface Cascade {
  readonly column: number;
  readonly matched: readonly { readonly name: string; readonly column: number }[];
}

/** The column that a lookup field chooses from, and the columns that fields before it have fixed. */
function cascadeOf(
  definition: FieldDefinition,
  definitions: readonly FieldDefinition[],
  seen: ReadonlySet<string>,
): Cascade | undefined {
  const matched = new Map<string, number>();
  let column = 0;
  for (const name of definition.match ?? []) {
    const other = definitions.find((one) => one.name === name);
    if (other?.type !== 'lookup' || seen.has(name)) return undefined;
    const before = cascadeOf(other, definitions, new Set([...seen, definition.name]));
    if (!before) return undefined;
    for (const one of before.matched) matched.set(one.name, one.column);
    matched.set(name, before.column);
    column = Math.max(column, before.column + 1);
  }
  return { column, matched: [...matched].map(([name, at]) => ({ name, column: at })) };
}

function ownTable(tables: Readonly<Record<string, TableSource>>, name: string): TableSource | undefined {
  return Object.hasOwn(tables, name) ? tables[name] : undefined;
}
