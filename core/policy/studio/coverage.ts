import type { FieldDefinition } from '#core/model/field.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { type SampleRequest, sampleRequests } from '#core/product/sample.ts';

/** A field that a template prints, and in how many samples there is nothing to print (ST22). */
export interface EmptyField {
  readonly field: string;
  readonly title: string;
  /** Of the samples that were looked at. */
  readonly empty: number;
  /** Number of the first sample without it, from 0. */
  readonly first: number;
}

/**
 * Which of the fields that a template names are empty in how many samples: what a reader of the document may not find. Read from the
 * template's text, not by rendering it; fields of groups are left out.
 */
export function emptyFields(
  template: string,
  { configuration, product }: { readonly configuration: Configuration; readonly product: Product },
  options: { readonly seed: string; readonly count: number; readonly now: number },
): readonly EmptyField[] {
  const used = fieldsUsed(template);
  const fields = [
    ...configuration.policyholder.fields,
    ...product.fields,
    ...product.exposures.flatMap((exposure) => [
      ...exposure.fields,
      ...exposure.perils.flatMap((peril) => peril.fields),
    ]),
  ].filter(({ name, type }) => used.has(name) && type !== 'group');
  if (fields.length === 0) return [];
  const found = new Map<string, EmptyField>();
  let index = 0;
  for (const sample of sampleRequests(product, configuration, options)) {
    const missing = missingIn(sample, configuration, product);
    for (const { name, title } of new Map(fields.map((field) => [field.name, field])).values()) {
      if (!missing.has(name)) continue;
      const before = found.get(name);
      found.set(name, { field: name, title, empty: (before?.empty ?? 0) + 1, first: before?.first ?? index });
    }
    index += 1;
  }
  return [...found.values()];
}

/** Names read from values, directly or through a variable that was assigned them: `field_values.x`, `answers.x`, `values["x"]`. */
export function fieldsUsed(template: string): ReadonlySet<string> {
  const tags = [...template.matchAll(/\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g)].map((tag) => tag[1] ?? tag[2] ?? '');
  const holders = new Set(['field_values', 'values']);
  for (const tag of tags) {
    const [, name, source = ''] = /^-?\s*assign\s+(\w+)\s*=\s*([^|]*)/.exec(tag) ?? [];
    if (name !== undefined && /\b(field_values|values)\s*-?$/.test(source.trimEnd())) holders.add(name);
  }
  const used = new Set<string>();
  for (const tag of tags)
    for (const [, holder = '', name = ''] of tag.matchAll(/(\w+)\s*(?:\.|\[\s*["'])\s*(?=(\w+))/g))
      if (holders.has(holder)) used.add(name);
  return used;
}

type Values = Readonly<Record<string, unknown>>;

function missingIn(sample: SampleRequest, configuration: Configuration, product: Product): ReadonlySet<string> {
  const missing = new Set<string>();
  const look = (fields: readonly FieldDefinition[], values: Values): void => {
    for (const { name } of fields) if (!Object.hasOwn(values, name)) missing.add(name);
  };
  look(configuration.policyholder.fields, sample.policyholder.values);
  look(product.fields, sample.policy.fieldValues);
  for (const exposure of sample.policy.exposures) {
    const definition = product.exposures.find(({ name }) => name === exposure.exposureName);
    look(definition?.fields ?? [], exposure.fieldValues);
    for (const peril of exposure.perils)
      look(definition?.perils.find(({ name }) => name === peril.name)?.fields ?? [], peril.fieldValues);
  }
  return missing;
}
