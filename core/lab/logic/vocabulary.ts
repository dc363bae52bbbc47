import { filterEntry, filterNames } from '#core/liquid/catalog.ts';
import { SPREADSHEET_NAMES } from '#core/liquid/spreadsheet/names.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { Configuration, Product } from '#core/model/product.ts';

/** The words that an author of pricing logic may write, for completion while typing. */
export interface Vocabulary {
  readonly fields: readonly { readonly name: string; readonly of: string; readonly title: string }[];
  readonly tables: readonly { readonly name: string; readonly keys: readonly string[] }[];
  readonly filters: readonly { readonly name: string; readonly kind: string; readonly arguments: string }[];
  /** What `require('spreadsheet')` gives. */
  readonly functions: readonly string[];
}

export function vocabularyOf(configuration: Configuration, product: Product): Vocabulary {
  const fields = [
    ...named(product.fields, 'policy'),
    ...product.exposures.flatMap((exposure) => [
      ...named(exposure.fields, exposure.displayName),
      ...exposure.perils.flatMap((peril) => named(peril.fields, peril.displayName)),
    ]),
    ...named(configuration.policyholder.fields, 'policyholder'),
  ];
  const tables = Object.values(configuration.tables).map(({ name, columns, schema }) => ({
    name,
    keys: schema ? schema.keys.map(({ column }) => column) : columns.slice(0, 1),
  }));
  const filters = filterNames().flatMap((name) => {
    const entry = filterEntry(name);
    if (!entry || entry.kind === 'document') return [];
    const { kind, minimum, maximum } = entry;
    return [
      {
        name,
        kind,
        arguments: kind === 'spreadsheet' ? '' : minimum === maximum ? `${minimum}` : `${minimum}–${maximum}`,
      },
    ];
  });
  return { fields, tables, filters, functions: SPREADSHEET_NAMES };
}

function named(fields: readonly FieldDefinition[], of: string): Vocabulary['fields'] {
  return fields.flatMap(({ name, title, fields: inner }) => [
    { name, of, title },
    ...(inner ? named(inner, `${of} › ${title}`) : []),
  ]);
}
