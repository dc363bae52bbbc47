import type { QuotedExposure, QuotedPeril } from '#core/desk/records.ts';
import type { FieldDefinition, FieldValues } from '#core/model/field.ts';
import { conditionText } from '#core/model/field-values.ts';
import type { Product } from '#core/model/product.ts';
import type {
  ExposureUpdateRequest,
  FieldChanges,
  PerilUpdateRequest,
  PolicyUpdateRequest,
} from '#core/model/request.ts';
import {
  addPerils,
  amountsOf,
  checkEntity,
  contractPeriod,
  exposureNamed,
  newExposure,
  type Risk,
  type RiskContext,
  type RiskErrors,
  scheduleOf,
} from './risk.ts';

/**
 * A draft's risk with the changes of an update applied: removals, then updates, then additions. Everything is checked anew,
 * because a condition may hide or show a field that the update did not name.
 */
export function updatedRisk(before: Risk, change: PolicyUpdateRequest, context: RiskContext, errors: RiskErrors): Risk {
  const { product } = context;
  const removed = new Set(change.removeExposures ?? []);
  const updates = new Map((change.updateExposures ?? []).map((update, i) => [update.exposureLocator, { update, i }]));
  requireKnown(before.exposures, removed, 'removeExposures', errors);
  requireKnown(before.exposures, updates.keys(), 'updateExposures', errors);
  const kept = before.exposures
    .filter(({ locator }) => !removed.has(locator))
    .map((exposure) => updatedExposure(exposure, updates.get(exposure.locator), context, errors));
  const added = (change.addExposures ?? []).flatMap(
    (request, i) => newExposure(request, `addExposures[${i}]`, context, errors) ?? [],
  );
  const period = contractPeriod(
    {
      policyStartTimestamp: change.policyStartTimestamp ?? before.contractStart,
      policyEndTimestamp: change.policyEndTimestamp ?? before.contractEnd,
    },
    context,
    errors,
  );
  return {
    ...period,
    currency: before.currency,
    ...scheduleOf(change.paymentScheduleName ?? before.paymentScheduleName, product, errors),
    ...changedEntity(product.fields, before, change, '', context, errors),
    exposures: [...kept, ...added],
  };
}

function updatedExposure(
  before: QuotedExposure,
  change: { readonly update: ExposureUpdateRequest; readonly i: number } | undefined,
  context: RiskContext,
  errors: RiskErrors,
): QuotedExposure {
  const definition = exposureNamed(before.name, context.product);
  if (!definition || !change) return before;
  const { update } = change;
  const path = `updateExposures[${change.i}]`;
  const removed = new Set(update.removePerils ?? []);
  const updates = new Map((update.updatePerils ?? []).map((peril, i) => [peril.perilLocator, { update: peril, i }]));
  requireKnown(before.perils, removed, `${path}.removePerils`, errors);
  requireKnown(before.perils, updates.keys(), `${path}.updatePerils`, errors);
  const kept = before.perils
    .filter(({ locator }) => !removed.has(locator))
    .map((peril) => {
      const at = updates.get(peril.locator);
      return at ? updatedPeril(peril, at.update, `${path}.updatePerils[${at.i}]`, definition, context, errors) : peril;
    });
  return {
    ...before,
    ...changedEntity(definition.fields, before, update, path, context, errors),
    perils: addPerils(kept, update.addPerils ?? [], definition, `${path}.addPerils`, context, errors),
  };
}

function updatedPeril(
  before: QuotedPeril,
  update: PerilUpdateRequest,
  path: string,
  exposure: Product['exposures'][number],
  context: RiskContext,
  errors: RiskErrors,
): QuotedPeril {
  const definition = exposure.perils.find(({ name }) => name === before.name);
  if (!definition) return before;
  return {
    ...before,
    amounts: amountsOf(update, definition, before.amounts, path, errors),
    ...changedEntity(definition.fields, before, update, path, context, errors),
  };
}

/** The fields of an entity after a change: values replaced, groups removed, replaced and added; all checked anew. */
export function changedEntity(
  definitions: readonly FieldDefinition[],
  before: Pick<QuotedPeril, 'fieldValues' | 'fieldGroupsByLocator'>,
  change: FieldChanges,
  path: string,
  context: RiskContext,
  errors: RiskErrors,
): Pick<QuotedPeril, 'fieldValues' | 'fieldGroupsByLocator'> {
  const removed = new Set(change.removeFieldGroups ?? []);
  const updates = new Map(
    (change.updateFieldGroups ?? []).map((update) => [update.fieldGroupLocator, update.fieldValues]),
  );
  const groups = definitions.filter(({ type }) => type === 'group');
  const isGroup = new Set(groups.map(({ name }) => name));
  const present = groups.flatMap(({ name }) =>
    (before.fieldValues[name] ?? []).map((locator) => ({ fieldName: name, locator })),
  );
  for (const [member, named] of [
    ['removeFieldGroups', removed],
    ['updateFieldGroups', updates],
  ] as const)
    for (const locator of named.keys())
      if (!present.some((group) => group.locator === locator))
        errors.add(path, member, 'INVALID_VALUE', `There is no field group ${locator}.`);
  const kept = present
    .filter(({ locator }) => !removed.has(locator))
    .map((group) => ({
      ...group,
      fieldValues: { ...before.fieldGroupsByLocator[group.locator], ...updates.get(group.locator) },
    }));
  const carried = Object.entries(before.fieldValues).filter(([name]) => !isGroup.has(name));
  const checked = checkEntity(
    definitions,
    {
      fieldValues: { ...Object.fromEntries(carried), ...change.fieldValues },
      groups: [...kept, ...(change.addFieldGroups ?? [])],
      carried: true,
    },
    path,
    context,
    errors,
  );
  refuseHidden(definitions, change, checked.fieldValues, path, errors);
  return checked;
}

/** What was carried over may fall away with its condition; what this change itself gives must not do so silently. */
function refuseHidden(
  definitions: readonly FieldDefinition[],
  change: FieldChanges,
  values: FieldValues,
  path: string,
  errors: RiskErrors,
): void {
  for (const definition of definitions) {
    const given = change.fieldValues?.[definition.name];
    const empty = given === undefined || given === null || given === '' || (Array.isArray(given) && given.length === 0);
    const reported = errors.list.some((error) => (error.path ?? '') === path && error.fieldName === definition.name);
    if (!empty && !reported && !Object.hasOwn(values, definition.name))
      errors.add(
        path,
        definition.name,
        'INVALID_FIELD',
        `"${definition.name}" may only be given when ${conditionText(definition)}.`,
      );
  }
}

function requireKnown(
  present: readonly { readonly locator: string }[],
  named: Iterable<string>,
  member: string,
  errors: RiskErrors,
): void {
  for (const locator of named)
    if (!present.some((entity) => entity.locator === locator))
      errors.add('', member, 'INVALID_VALUE', `There is no ${locator} to change here.`);
}
