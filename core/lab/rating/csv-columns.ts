import type { FieldDefinition } from '#core/model/field.ts';
import { Problem } from '#core/model/problem.ts';
import { type Exposure, PERIL_AMOUNTS, type Peril, type Product } from '#core/model/product.ts';

/** A mapping file: what columns of a foreign CSV are called here, and what stands in no column (settled question 13). */
export interface ColumnMap {
  /** Header as it stands in the file → dotted name; '' or null leaves the column out. */
  readonly columns?: Readonly<Record<string, string | null>>;
  /** Dotted name → the value of every risk. */
  readonly constants?: Readonly<Record<string, string>>;
}

/** Where the cells of a column go. */
export type Target =
  | { readonly kind: 'key' | 'start' | 'end' | 'currency' | 'schedule' }
  | { readonly kind: 'holder' | 'policy'; readonly field: FieldTarget }
  | { readonly kind: 'exposure'; readonly exposure: ExposureTarget; readonly field: FieldTarget }
  | {
      readonly kind: 'peril';
      readonly exposure: ExposureTarget;
      readonly peril: string;
      /** Absent: the cell says whether the peril is covered. */
      readonly field?: FieldTarget;
    };
interface FieldTarget {
  readonly name: string;
  /** Of a field in a repeated group: `driver[1].age`. */
  readonly group?: { readonly name: string; readonly index: number };
  readonly repeatable: boolean;
  /** An amount of the peril itself, not one of its fields. */
  readonly amount?: true;
}
interface ExposureTarget {
  readonly name: string;
  readonly index: number;
}

const PLAIN: Readonly<Record<string, 'key' | 'start' | 'end' | 'currency' | 'schedule'>> = {
  key: 'key',
  start: 'start',
  end: 'end',
  currency: 'currency',
  paymentSchedule: 'schedule',
};

/**
 * What the columns of a book mean to a product (BR10): `key`, `start`, `end`, `policyholder.<field>`, `policy.<field>`,
 * `<exposure>[0].<field>`, `<exposure>[0].<peril>`, `<exposure>[0].<peril>.<field or amount>`; a field of a group is
 * `<group>[0].<field>`. Throws `malformed-request` that names every column without a meaning.
 * @param file for messages
 */
export function targetsOf(
  header: readonly string[],
  map: ColumnMap,
  product: Product,
  holder: readonly FieldDefinition[],
  file: string,
): readonly (Target | undefined)[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const targets = header.map((column) => {
    const mapped = Object.hasOwn(map.columns ?? {}, column) ? map.columns?.[column] : column;
    if (mapped === null || mapped === undefined || mapped === '') return undefined;
    if (seen.has(mapped)) faults.push(`"${column}": the book has ${mapped} twice`);
    seen.add(mapped);
    const target = targetOf(mapped, product, holder);
    if (typeof target !== 'string') return target;
    faults.push(mapped === column ? `"${column}": ${target}` : `"${column}" (mapped to "${mapped}"): ${target}`);
    return undefined;
  });
  for (const column of Object.keys(map.columns ?? {}))
    if (!header.includes(column)) faults.push(`the mapping file names a column "${column}", which the book lacks`);
  if (faults.length > 0)
    throw new Problem(
      'malformed-request',
      `${file}: ${faults.slice(0, 10).join('; ')}${faults.length > 10 ? `; and ${faults.length - 10} more` : ''}. Rename columns with a mapping file, --map {"columns": {"Area": "policy.area", "Remark": ""}}; an empty name leaves a column out.`,
      { place: { file, line: 1 } },
    );
  return targets;
}

/** @returns what is wrong with the name, in words */
export function targetOf(name: string, product: Product, holder: readonly FieldDefinition[]): Target | string {
  if (Object.hasOwn(PLAIN, name)) return { kind: PLAIN[name] ?? 'key' };
  const [head = '', ...rest] = name.split('.');
  if (head === 'policyholder' || head === 'policy') {
    const fields = head === 'policy' ? product.fields : holder;
    // A configuration without policyholder fields takes any.
    if (head === 'policyholder' && holder.length === 0)
      return { kind: 'holder', field: { name: rest.join('.'), repeatable: false } };
    const field = fieldTarget(rest, fields);
    if (!field) return `${head} has no field "${rest.join('.')}"; it has ${namesOf(fields)}`;
    return { kind: head === 'policy' ? 'policy' : 'holder', field };
  }
  const { name: exposureName, index } = indexed(head);
  const exposure = product.exposures.find((one) => one.name === exposureName);
  if (!exposure)
    return `it is none of key, start, end, currency, policyholder.<field>, policy.<field>, ${product.exposures.map((one) => `${one.name}[0].<field>`).join(', ')}`;
  return exposureTarget(exposure, index ?? 0, rest);
}

function exposureTarget(exposure: Exposure, index: number, rest: readonly string[]): Target | string {
  const at: ExposureTarget = { name: exposure.name, index };
  const field = fieldTarget(rest, exposure.fields);
  if (field) return { kind: 'exposure', exposure: at, field };
  const [perilName = '', ...inner] = rest;
  const peril = exposure.perils.find((one) => one.name === perilName);
  if (!peril)
    return `${exposure.name} has neither a field nor a peril "${rest.join('.')}"; it has ${namesOf([...exposure.fields, ...exposure.perils])}`;
  if (inner.length === 0) return { kind: 'peril', exposure: at, peril: peril.name };
  const target = perilField(peril, inner);
  if (!target)
    return `${peril.name} has no "${inner.join('.')}"; it has ${namesOf(peril.fields)} and its amounts ${PERIL_AMOUNTS.join(', ')}`;
  return { kind: 'peril', exposure: at, peril: peril.name, field: target };
}

function perilField(peril: Peril, inner: readonly string[]): FieldTarget | undefined {
  const amount = PERIL_AMOUNTS.find((name) => inner.length === 1 && name === inner[0]);
  return amount ? { name: amount, repeatable: false, amount: true } : fieldTarget(inner, peril.fields);
}

function fieldTarget(path: readonly string[], fields: readonly FieldDefinition[]): FieldTarget | undefined {
  const [head = '', inner] = path;
  if (path.length === 1) {
    const field = fields.find(({ name, type }) => name === head && type !== 'group');
    return field && { name: field.name, repeatable: field.repeatable === true };
  }
  if (path.length !== 2) return undefined;
  const { name, index } = indexed(head);
  const group = fields.find((field) => field.name === name && field.type === 'group');
  const field = group?.fields?.find((one) => one.name === inner);
  return group && field
    ? { name: field.name, group: { name: group.name, index: index ?? 0 }, repeatable: field.repeatable === true }
    : undefined;
}

function indexed(text: string): { readonly name: string; readonly index: number | undefined } {
  const [, name = text, index] = /^(.*)\[(\d{1,4})\]$/.exec(text) ?? [];
  return { name, index: index === undefined ? undefined : Number(index) };
}

function namesOf(list: readonly { readonly name: string }[]): string {
  const names = list.map(({ name }) => name);
  return names.length > 12
    ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`
    : names.join(', ') || 'none';
}
