import { createHmac } from 'node:crypto';
import type { FieldDefinition, FieldValues } from '#core/model/field.ts';
import type { Configuration } from '#core/model/product.ts';

/** Replaces what people said of themselves; the same text becomes the same replacement, so that a person stays one person. */
export interface Mask {
  /** A policyholder: everything that is no choice from a list. */
  person(values: FieldValues): FieldValues;
  /** A risk: texts and addresses; numbers, choices and whatever a table has as a key stay, because they make the price. */
  risk(values: FieldValues): FieldValues;
}

const FIRST = [
  'Avery',
  'Blake',
  'Casey',
  'Drew',
  'Ellis',
  'Finley',
  'Gray',
  'Harper',
  'Indigo',
  'Jules',
  'Kit',
  'Logan',
  'Morgan',
  'Noel',
  'Oakley',
  'Parker',
  'Quinn',
  'Riley',
  'Sage',
  'Taylor',
];
const LAST = [
  'Ashdown',
  'Birch',
  'Calder',
  'Dale',
  'Elmwood',
  'Fenn',
  'Grove',
  'Hollis',
  'Ivers',
  'Jarrow',
  'Kestrel',
  'Linden',
  'Marsh',
  'Norwood',
  'Oakes',
  'Pike',
  'Rowan',
  'Sorrel',
  'Thorne',
  'Wren',
];

/**
 * @param seed the same seed gives the same replacements. It is a secret: who has it can try out names
 */
export function maskOf(configuration: Configuration, seed: string): Mask {
  const personal = definitionsIn(configuration.policyholder.fields);
  const insured = new Map<string, FieldDefinition>();
  for (const product of configuration.products)
    for (const fields of [
      product.fields,
      ...product.exposures.flatMap((exposure) => [exposure.fields, ...exposure.perils.map((peril) => peril.fields)]),
    ])
      for (const [name, definition] of definitionsIn(fields)) insured.set(name, definition);
  const keys = keysIn(configuration);
  const number = (text: string): number => createHmac('sha256', seed).update(text).digest().readUInt32BE(0);

  function replaced(name: string, type: FieldDefinition['type'] | undefined, value: string): string {
    const at = number(`${name}\n${value}`);
    if (type === 'email' || /e-?mail/i.test(name)) return `person-${at.toString(36)}@example.com`;
    if (type === 'date') return /^\d{4}/.test(value) ? `${value.slice(0, 4)}-01-01` : value;
    if (type === 'number' || /^[\d\s+()./-]+$/.test(value))
      return [...value].map((digit, index) => (/\d/.test(digit) ? String((at >>> (index % 24)) % 10) : digit)).join('');
    if (/first|given/i.test(name)) return FIRST[at % FIRST.length] ?? '';
    if (/name|insured|owner|driver|company/i.test(name)) return LAST[at % LAST.length] ?? '';
    return `Masked ${at.toString(36)}`;
  }
  const each = (values: FieldValues, change: (name: string, value: string) => string | undefined): FieldValues =>
    Object.fromEntries(
      Object.entries(values).map(([name, list]) => [name, list.flatMap((value) => change(name, value) ?? [])]),
    );
  return {
    person: (values) =>
      each(values, (name, value) => {
        const type = personal.get(name)?.type;
        return type === 'select' ? value : replaced(name, type, value);
      }),
    risk: (values) =>
      each(values, (name, value) => {
        const type = insured.get(name)?.type;
        // Files hold anything; they do not come along.
        if (type === 'media') return undefined;
        const free = type === 'string' || type === 'email' || type === undefined;
        return free && !keys.has(value) ? replaced(name, type, value) : value;
      }),
  };
}

function definitionsIn(fields: readonly FieldDefinition[]): ReadonlyMap<string, FieldDefinition> {
  return new Map(fields.flatMap((field) => [field, ...(field.fields ?? [])]).map((field) => [field.name, field]));
}

/** Texts that a table has as a key: rating classes such as a town's code, no person. */
function keysIn({ tables }: Configuration): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { columns, rows, schema } of Object.values(tables)) {
    const places = schema ? schema.keys.map(({ column }) => columns.indexOf(column)) : [0];
    for (const row of rows) for (const place of places) keys.add(row[place] ?? '');
  }
  return keys;
}
