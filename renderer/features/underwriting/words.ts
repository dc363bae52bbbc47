import type { ProductForm } from '#core/api/contract.ts';
import { parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { ChangeTarget, NearChange } from '#core/model/near-miss.ts';
import { number } from '../../app/format.ts';
import { text } from '../../app/text.ts';
import { exposureTitles, type RiskForm } from '../risk/form.ts';

/**
 * What people call an input that a rule read: `data.policy.exposures[0].characteristics.last.field_values.limit` is
 * "Dwelling · Limit on the dwelling". The path itself where nothing in the product has that name.
 */
export function inputName(path: string, product: ProductForm, form: Pick<RiskForm, 'exposures'>): string {
  const name = /\.([^.[\]]+)(\[0\]|\.(first|last))?$/.exec(path)?.[1];
  const index = /\bexposures\[(\d+)\]/.exec(path)?.[1];
  if (name === undefined) return path;
  if (index === undefined) {
    const fields = path.includes('policyholder') ? product.policyholderFields : product.fields;
    return titleIn(fields, name) ?? path;
  }
  const exposure = form.exposures[Number(index)];
  const definition = product.exposures.find((one) => one.name === exposure?.name);
  const title = exposureTitles(product, form)[Number(index)];
  if (!definition || title === undefined) return path;
  const own = path.includes('.perils') ? definition.perils.flatMap(({ fields }) => fields) : definition.fields;
  const field = titleIn(own, name);
  if (field !== undefined) return `${title} · ${field}`;
  return name === 'name' && !path.includes('.perils') ? title : path;
}

function titleIn(fields: readonly FieldDefinition[], name: string): string | undefined {
  const inside = fields.flatMap((field) => [field, ...(field.fields ?? [])]);
  return inside.find((field) => field.name === name)?.title;
}

/** A value of a worksheet as people read it. */
export function shown(value: JsonValue): string {
  if (value === null || value === '') return text.underwriting.nothing;
  if (typeof value !== 'string') return JSON.stringify(value);
  return parseDecimal(value) ? number(value) : value;
}

/** What changes, from what to what: `Limit on the dwelling`, `800,000`, `750,000`. */
export function changeWords(
  { target, label, from, to }: NearChange,
  product: ProductForm,
): { readonly label: string; readonly from: string; readonly to: string } {
  if (target.amount !== undefined) {
    const [before = '', after = ''] = [from[0], to[0]];
    return { label: `${label} · ${text.risk.amounts[target.amount]}`, from: amount(before), to: amount(after) };
  }
  if (target.field === undefined)
    return { label, from: '', to: to.length > 0 ? text.underwriting.add : text.underwriting.leaveOut };
  const isNumber = fieldAt(target, product)?.type === 'number';
  const words = (values: readonly string[]): string =>
    values.length === 0
      ? text.underwriting.empty
      : values.map((value) => (isNumber ? amount(value) : value)).join(', ');
  return { label, from: words(from), to: words(to) };
}

const amount = (value: string): string => (parseDecimal(value) ? number(value) : value);

function fieldAt(target: ChangeTarget, product: ProductForm): FieldDefinition | undefined {
  const exposures = product.exposures;
  const fields =
    target.on === 'policyholder'
      ? product.policyholderFields
      : target.on === 'policy'
        ? product.fields
        : target.on === 'exposure'
          ? exposures.flatMap((exposure) => exposure.fields)
          : exposures.flatMap(({ perils }) => perils).find(({ name }) => name === target.peril)?.fields;
  const inside = target.group ? fields?.find(({ name }) => name === target.group?.field)?.fields : fields;
  return inside?.find(({ name }) => name === target.field);
}
