import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import type { Target } from '../rating/csv-columns.ts';
import type { PropertyFile } from './property-file.ts';

const MOST_VALUES = 500;
type Sweep = Exclude<PropertyFile, { readonly law: 'bounds' }>;

/**
 * The values of a property's field in their order (PT9): those of the file, its range, a select's options or a number's bounds.
 * Throws `malformed-request` where the field has no order to walk along.
 */
export function valuesOf(property: Sweep, at: Target, product: Product): readonly string[] {
  const { values, from, to, step, field: name } = property;
  if (values) return values;
  const field = definitionOf(at, product);
  if (from !== undefined || to !== undefined || step !== undefined)
    return range(from ?? numberOf(field?.minimum), to ?? numberOf(field?.maximum), step ?? 1, name);
  if (field?.type === 'select' && field.values && field.values.length > 1) return field.values;
  if (field?.type === 'number' && field.minimum !== undefined && field.maximum !== undefined) {
    const [low, high] = [Number(field.minimum), Number(field.maximum)];
    const width = high - low;
    // Every whole number where that is few, else fifty steps.
    return range(low, high, width <= 100 ? 1 : Math.ceil(width / 50), name);
  }
  throw unwalkable(name, 'give its values, or from, to and step');
}

function definitionOf(at: Target, product: Product): FieldDefinition | undefined {
  if (!('field' in at) || at.field?.amount) return undefined;
  const name = at.field?.name;
  if (at.kind === 'policy') return product.fields.find((field) => field.name === name);
  if (at.kind !== 'exposure' && at.kind !== 'peril') return undefined;
  const exposure = product.exposures.find((one) => one.name === at.exposure.name);
  const fields =
    at.kind === 'exposure' ? exposure?.fields : exposure?.perils.find((one) => one.name === at.peril)?.fields;
  return fields?.find((field) => field.name === name);
}

function numberOf(text: string | undefined): number | undefined {
  return parseDecimal(text)?.toNumber();
}

function range(from: number | undefined, to: number | undefined, step: number, name: string): readonly string[] {
  if (from === undefined || to === undefined)
    throw unwalkable(name, 'the field has no bounds of its own: give from and to');
  if (from >= to) throw unwalkable(name, `from ${from} to ${to} is nothing to walk along`);
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count < 2 || count > MOST_VALUES)
    throw unwalkable(
      name,
      `${count} values lie between ${from} and ${to} in steps of ${step}; 2 to ${MOST_VALUES} can be walked`,
    );
  return Array.from({ length: count }, (_, index) => new Decimal(step).times(index).plus(from).toFixed());
}

function unwalkable(field: string, why: string): Problem {
  return new Problem('malformed-request', `The values of "${field}" cannot be walked: ${why}.`, { place: { field } });
}
