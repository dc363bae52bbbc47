import type { ProductForm } from '#core/api/contract.ts';
import type { FieldDefinition, FieldValues } from '#core/model/field.ts';
import { shownFields } from '#core/model/field-values.ts';
import type { NearChange } from '#core/model/near-miss.ts';
import type { Entity, RiskForm } from '../risk/form.ts';

/** The form with changes made; values whose field is hidden by them go. Changes of what is not there change nothing. Pure. */
export function applyChanges(form: RiskForm, changes: readonly NearChange[], product: ProductForm): RiskForm {
  return changes.reduce((changed, change) => applyChange(changed, change, product), form);
}

/** The changes that take these back. */
export function reversed(changes: readonly NearChange[]): readonly NearChange[] {
  return changes.map((change) => ({ ...change, from: change.to, to: change.from })).reverse();
}

function applyChange(form: RiskForm, change: NearChange, product: ProductForm): RiskForm {
  const { target, to } = change;
  if (target.on === 'policyholder')
    return { ...form, policyholder: withValue(form.policyholder, change, product.policyholderFields) };
  if (target.on === 'policy') return { ...form, policy: withValue(form.policy, change, product.fields) };
  return {
    ...form,
    exposures: form.exposures.map((exposure, i) => {
      if (i !== target.exposure) return exposure;
      const definition = product.exposures.find(({ name }) => name === exposure.name);
      if (target.on === 'exposure') return withValue(exposure, change, definition?.fields ?? []);
      const perils = exposure.perils.map((peril) => {
        if (peril.name !== target.peril) return peril;
        if (target.amount !== undefined)
          return { ...peril, amounts: { ...peril.amounts, [target.amount]: to[0] ?? '' } };
        if (target.field === undefined) return { ...peril, included: to.length > 0 };
        return withValue(peril, change, definition?.perils.find(({ name }) => name === peril.name)?.fields ?? []);
      });
      return { ...exposure, perils };
    }),
  };
}

function withValue<T extends Entity>(entity: T, { target, to }: NearChange, fields: readonly FieldDefinition[]): T {
  const { group, field = '' } = target;
  if (!group) return { ...entity, values: visible({ ...entity.values, [field]: to }, fields) };
  const inner = fields.find(({ name }) => name === group.field)?.fields ?? [];
  const repeats = (entity.groups[group.field] ?? []).map((repeat, i) =>
    i === group.index ? { ...repeat, values: visible({ ...repeat.values, [field]: to }, inner) } : repeat,
  );
  return { ...entity, groups: { ...entity.groups, [group.field]: repeats } };
}

function visible(values: FieldValues, fields: readonly FieldDefinition[]): FieldValues {
  const names = new Set(shownFields(fields, values).map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}
