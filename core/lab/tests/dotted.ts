import type { FieldDefinition } from '#core/model/field.ts';
import type { Exposure, Peril, PerilAmount, Product } from '#core/model/product.ts';
import { PERIL_AMOUNTS } from '#core/model/product.ts';
import { suggestion } from '#core/product/reports.ts';

/** What a dotted name means in a product: the headers of a book and of a table of cases (settled questions, 13). */
export type Dotted =
  | { readonly of: 'policyholder'; readonly field: string; readonly repeatable: boolean }
  | { readonly of: 'policy'; readonly field: string; readonly repeatable: boolean }
  | {
      readonly of: 'exposure';
      readonly exposure: string;
      readonly index: number;
      readonly field: string;
      readonly repeatable: boolean;
    }
  | {
      readonly of: 'peril';
      readonly exposure: string;
      readonly index: number;
      readonly peril: string;
      readonly field: string;
      readonly repeatable: boolean;
    }
  | {
      readonly of: 'amount';
      readonly exposure: string;
      readonly index: number;
      readonly peril: string;
      readonly amount: PerilAmount;
    }
  /** The peril itself: `vehicle[0].collision`. */
  | { readonly of: 'cover'; readonly exposure: string; readonly index: number; readonly peril: string };

/** A name that means nothing in the product; the message says what may have been meant. */
export interface Unknown {
  readonly unknown: string;
}

/** @param policyholder fields of the tenant's policyholders */
export function readDotted(name: string, product: Product, policyholder: readonly FieldDefinition[]): Dotted | Unknown {
  const [head = '', ...rest] = name.split('.');
  const [field = ''] = rest;
  if (head === 'policyholder' && rest.length === 1) {
    const found = ofFields(policyholder, field, 'the policyholder');
    return 'unknown' in found ? found : { of: 'policyholder', ...found };
  }
  if (head === 'policy' && rest.length === 1) {
    const found = ofFields(product.fields, field, 'the policy');
    return 'unknown' in found ? found : { of: 'policy', ...found };
  }
  const [, exposureName, digits] = /^(.+)\[(\d+)\]$/.exec(head) ?? [];
  const exposures = product.exposures.map((one) => one.name);
  const exposure = product.exposures.find((one) => one.name === exposureName);
  if (!exposure || rest.length === 0 || rest.length > 2) {
    const heads = ['policyholder', 'policy', ...exposures.map((one) => `${one}[0]`)];
    return { unknown: `it begins with none of ${heads.join(', ')}.${suggestion(head, heads)}` };
  }
  const at = { exposure: exposure.name, index: Number(digits) };
  const peril = exposure.perils.find((one) => one.name === field);
  if (rest.length === 2) return peril ? ofPeril(peril, rest[1] ?? '', at) : unknownIn(exposure, field, true);
  const known = exposure.fields.find((one) => one.name === field);
  if (known) return { of: 'exposure', ...at, field, repeatable: known.repeatable };
  return peril ? { of: 'cover', ...at, peril: peril.name } : unknownIn(exposure, field, false);
}

type Place = { readonly exposure: string; readonly index: number };

function ofPeril(peril: Peril, name: string, at: Place): Dotted | Unknown {
  const field = peril.fields.find((one) => one.name === name);
  if (field) return { of: 'peril', ...at, peril: peril.name, field: name, repeatable: field.repeatable };
  const amount = PERIL_AMOUNTS.find((one) => one === name);
  if (amount) return { of: 'amount', ...at, peril: peril.name, amount };
  const known = [...peril.fields.map((one) => one.name), ...PERIL_AMOUNTS];
  return { unknown: `${peril.name} has no field "${name}".${suggestion(name, known)}` };
}

function ofFields(
  fields: readonly FieldDefinition[],
  name: string,
  holder: string,
): { readonly field: string; readonly repeatable: boolean } | Unknown {
  const field = fields.find((one) => one.name === name);
  const known = fields.map((one) => one.name);
  if (!field) return { unknown: `${holder} has no field "${name}".${suggestion(name, known)}` };
  if (field.type === 'group')
    return { unknown: `"${name}" is a group: a column has one value. Write the case as JSON.` };
  return { field: name, repeatable: field.repeatable };
}

function unknownIn(exposure: Exposure, name: string, perilsOnly: boolean): Unknown {
  const perils = exposure.perils.map((one) => one.name);
  const known = perilsOnly ? perils : [...exposure.fields.map((one) => one.name), ...perils];
  return {
    unknown: `${exposure.name} has no ${perilsOnly ? 'peril' : 'field or peril'} "${name}".${suggestion(name, known)}`,
  };
}
