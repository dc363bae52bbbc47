import type { FieldDefinition } from '#core/model/field.ts';
import { shownFields } from '#core/model/field-values.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { NearChange } from '#core/model/near-miss.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { RequestGroup, RequestValues } from '#core/model/request.ts';
import type { AskedRisk } from './inputs.ts';

/** The risk with changes made; fields that are hidden then are not given any more (SPEC.md, N7). Pure. */
export function withChanges(
  risk: AskedRisk,
  changes: readonly NearChange[],
  at: { readonly configuration: Configuration; readonly product: Product },
): AskedRisk {
  return changes.reduce((changed, change) => withChange(changed, change, at), risk);
}

interface Fields {
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
}

function withChange(
  risk: AskedRisk,
  { target, to }: NearChange,
  { configuration, product }: { readonly configuration: Configuration; readonly product: Product },
): AskedRisk {
  const { policy } = risk;
  switch (target.on) {
    case 'policyholder': {
      const { fields } = configuration.policyholder;
      const changed = withValue({ fieldValues: risk.policyholder?.values ?? {} }, { target, to }, fields);
      return { ...risk, policyholder: { ...risk.policyholder, values: changed.fieldValues ?? {} } };
    }
    case 'policy':
      return { ...risk, policy: withValue(policy, { target, to }, product.fields) };
    case 'exposure':
    case 'peril': {
      const exposures = (policy.exposures ?? []).map((exposure, i) => {
        if (i !== target.exposure) return exposure;
        const definition = product.exposures.find(({ name }) => name === exposure.exposureName);
        if (target.on === 'exposure') return withValue(exposure, { target, to }, definition?.fields ?? []);
        const { peril: name = '', amount, field } = target;
        const perils = exposure.perils ?? [];
        if (amount === undefined && field === undefined)
          return {
            ...exposure,
            perils: to.length > 0 ? [...perils, { name }] : perils.filter((one) => one.name !== name),
          };
        const fields = definition?.perils.find((one) => one.name === name)?.fields ?? [];
        return {
          ...exposure,
          perils: perils.map((peril) => {
            if (peril.name !== name) return peril;
            return amount === undefined
              ? withValue(peril, { target, to }, fields)
              : { ...peril, [amount]: to[0] ?? '' };
          }),
        };
      });
      return { ...risk, policy: { ...policy, exposures } };
    }
  }
}

function withValue<T extends Fields>(
  entity: T,
  { target, to }: Pick<NearChange, 'target' | 'to'>,
  definitions: readonly FieldDefinition[],
): T {
  const { group, field = '' } = target;
  if (!group) return { ...entity, fieldValues: shown({ ...entity.fieldValues, [field]: to }, definitions) };
  let repeat = -1;
  const inner = definitions.find(({ name }) => name === group.field)?.fields ?? [];
  return {
    ...entity,
    fieldGroups: (entity.fieldGroups ?? []).map((one) => {
      if (one.fieldName === group.field) repeat += 1;
      if (one.fieldName !== group.field || repeat !== group.index) return one;
      return { ...one, fieldValues: shown({ ...one.fieldValues, [field]: to }, inner) };
    }),
  };
}

/** Values without those whose field is hidden by the others; names that no field has stay, to be refused as they would be. */
function shown(values: RequestValues, definitions: readonly FieldDefinition[]): RequestValues {
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, listed(value)]));
  const visible = new Set(shownFields(definitions, texts).map(({ name }) => name));
  const known = new Set(definitions.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => visible.has(name) || !known.has(name)));
}

function listed(value: JsonValue): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== '').map(String);
}
