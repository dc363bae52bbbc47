import type { FieldDefinition } from '#core/model/field.ts';
import { type FieldContext, type ValidFields, validateFields } from '#core/model/field-values.ts';
import type { Configuration } from '#core/model/product.ts';
import type { RequestValues } from '#core/model/request.ts';
import type { TableSource } from '#core/model/table.ts';

/** What a configuration says of policyholders. */
export interface PolicyholderRules {
  readonly fields: readonly FieldDefinition[];
  /** Whether the configuration says itself what a policyholder is; one that does not takes anything, as text. */
  readonly authored: boolean;
  readonly timeZone: string;
  readonly tables: Readonly<Record<string, TableSource>>;
}

export function policyholderRules(configuration: Configuration | undefined): PolicyholderRules {
  return {
    fields: configuration?.policyholder.fields ?? [],
    authored: [...(configuration?.files.keys() ?? [])].some((file) => file.startsWith('policyholder/')),
    timeZone: configuration?.timeZone ?? 'UTC',
    tables: configuration?.tables ?? {},
  };
}

/** @returns values in their stored form, and everything that is wrong with them */
export function checkPolicyholder(
  values: RequestValues,
  { fields, authored, timeZone, tables }: PolicyholderRules,
  context: Pick<FieldContext, 'now' | 'newLocator'>,
): ValidFields {
  const names = new Set(fields.map(({ name }) => name));
  const others = authored ? [] : Object.keys(values).filter((name) => !names.has(name));
  const definitions: readonly FieldDefinition[] = [
    ...fields,
    ...others.map((name) => ({ name, title: name, type: 'string' as const, optional: true, repeatable: true })),
  ];
  return validateFields(definitions, values, [], { ...context, timeZone, tables, path: 'policyholder' });
}
