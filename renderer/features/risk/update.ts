import type { ProductForm } from '#core/api/contract.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Entity, ExposureEntity, RiskForm } from './form.ts';
import { given, period, toGroups, toPeril } from './form.ts';

/**
 * The update of a saved draft (`POST /policy/{l}/update`, formats §3.4): what changed between the form as it was saved and
 * the form as it is. Fields that were emptied are sent as empty lists; groups that went are named in `removeFieldGroups`.
 */
export function draftUpdate(saved: RiskForm, form: RiskForm, product: ProductForm): JsonObject {
  const before = new Map(saved.exposures.map((exposure) => [exposure.locator, exposure]));
  const kept = new Set(form.exposures.map((exposure) => exposure.locator));
  const changed = form.exposures.filter((exposure) => exposure.locator !== undefined && before.has(exposure.locator));
  return {
    ...period(form, product),
    ...entityChange(saved.policy, form.policy),
    addExposures: form.exposures
      .filter((exposure) => exposure.locator === undefined)
      .map((exposure) => ({
        exposureName: exposure.name,
        fieldValues: given(exposure.values),
        fieldGroups: toGroups(exposure) as unknown as JsonObject[],
        perils: exposure.perils
          .filter((peril) => peril.included)
          .map((peril) => toPeril(peril) as unknown as JsonObject),
      })),
    updateExposures: changed.map((exposure) => exposureChange(before.get(exposure.locator), exposure)),
    removeExposures: saved.exposures.flatMap(({ locator }) => (locator && !kept.has(locator) ? [locator] : [])),
  };
}

function exposureChange(before: ExposureEntity | undefined, after: ExposureEntity): JsonObject {
  const perils = after.perils.map((peril) => ({
    peril,
    saved: before?.perils.find(({ name }) => name === peril.name),
  }));
  return {
    exposureLocator: after.locator ?? '',
    ...entityChange(before, after),
    addPerils: perils
      .filter(({ peril }) => peril.included && !peril.locator)
      .map(({ peril }) => toPeril(peril) as unknown as JsonObject),
    updatePerils: perils.flatMap(({ peril, saved }) =>
      peril.included && peril.locator
        ? [{ perilLocator: peril.locator, ...peril.amounts, ...entityChange(saved, peril) }]
        : [],
    ),
    removePerils: perils.flatMap(({ peril }) => (!peril.included && peril.locator ? [peril.locator] : [])),
  };
}

function entityChange(before: Entity | undefined, after: Entity): JsonObject {
  const cleared = Object.keys(given(before?.values ?? {})).filter((name) => !(name in given(after.values)));
  const earlier = Object.values(before?.groups ?? {}).flat();
  const now = Object.entries(after.groups).flatMap(([fieldName, repeats]) =>
    repeats.map((repeat) => ({ fieldName, repeat })),
  );
  const kept = new Set(now.map(({ repeat }) => repeat.locator));
  return {
    fieldValues: { ...given(after.values), ...Object.fromEntries(cleared.map((name) => [name, []])) },
    addFieldGroups: now
      .filter(({ repeat }) => !repeat.locator)
      .map(({ fieldName, repeat }) => ({ fieldName, fieldValues: given(repeat.values) })),
    updateFieldGroups: now.flatMap(({ fieldName, repeat }) =>
      repeat.locator ? [{ fieldGroupLocator: repeat.locator, fieldName, fieldValues: given(repeat.values) }] : [],
    ),
    removeFieldGroups: earlier.flatMap(({ locator }) => (locator && !kept.has(locator) ? [locator] : [])),
  };
}

/**
 * A form that was made from one copy of a risk, for another copy of the same risk: what was saved keeps its place but has other
 * locators there (a copied quote's exposures and perils are things of their own, formats §3.5).
 */
export function rebased(form: RiskForm, from: RiskForm, to: RiskForm): RiskForm {
  const places = new Map(from.exposures.map((exposure, index) => [exposure.locator, to.exposures[index]]));
  return {
    ...form,
    exposures: form.exposures.map((exposure): ExposureEntity => {
      const { locator, ...rest } = exposure;
      const twin = locator === undefined ? undefined : places.get(locator);
      return {
        ...rest,
        ...(twin?.locator === undefined ? {} : { locator: twin.locator }),
        perils: exposure.perils.map(({ locator: _old, ...peril }) => {
          const saved = twin?.perils.find(({ name }) => name === peril.name)?.locator;
          return { ...peril, ...(saved === undefined ? {} : { locator: saved }) };
        }),
      };
    }),
  };
}

/** How many values a saved risk has that nobody gave: the product filled them in (formats §2.11, autofill). */
export function filledIn(given: RiskForm, saved: RiskForm): number {
  const more = (before: Entity | undefined, after: Entity): number =>
    Object.entries(after.values).filter(([name, value]) => value.length > 0 && !before?.values[name]?.length).length;
  return (
    more(given.policyholder, saved.policyholder) +
    more(given.policy, saved.policy) +
    saved.exposures.reduce((sum, exposure, index) => {
      const before = given.exposures[index];
      const perils = exposure.perils.map((peril) =>
        peril.included
          ? more(
              before?.perils.find(({ name }) => name === peril.name),
              peril,
            )
          : 0,
      );
      return sum + more(before, exposure) + perils.reduce((total, count) => total + count, 0);
    }, 0)
  );
}
