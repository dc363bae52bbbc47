import type { FieldValues } from '#core/model/field.ts';
import type { Entity, ExposureEntity, PerilEntity, RiskForm } from '../risk/form.ts';

/**
 * What somebody changed on the policy as it stood at one date, on the policy as it stands at another: their changes stay, and
 * everything else is what it is there. An exposure that is not there yet, or not any more, falls away.
 */
export function moved(form: RiskForm, from: RiskForm, to: RiskForm): RiskForm {
  const mine = new Map(form.exposures.map((exposure) => [exposure.locator, exposure]));
  const was = new Map(from.exposures.map((exposure) => [exposure.locator, exposure]));
  return {
    ...to,
    policy: movedEntity(form.policy, from.policy, to.policy),
    exposures: [
      ...to.exposures.flatMap((exposure): readonly ExposureEntity[] => {
        const [edited, before] = [mine.get(exposure.locator), was.get(exposure.locator)];
        if (!before) return [exposure];
        return edited ? [movedExposure(edited, before, exposure)] : [];
      }),
      ...form.exposures.filter(({ locator }) => locator === undefined || !was.has(locator)),
    ],
  };
}

function movedExposure(form: ExposureEntity, from: ExposureEntity, to: ExposureEntity): ExposureEntity {
  return {
    ...to,
    ...movedEntity(form, from, to),
    perils: to.perils.map((peril): PerilEntity => {
      const mine = form.perils.find(({ name }) => name === peril.name);
      const was = from.perils.find(({ name }) => name === peril.name);
      if (!mine || !was) return peril;
      const names = Object.keys(mine.amounts) as (keyof typeof mine.amounts)[];
      const changed = names.filter((name) => mine.amounts[name] !== was.amounts[name]);
      return {
        ...peril,
        ...movedEntity(mine, was, peril),
        included: mine.included === was.included ? peril.included : mine.included,
        amounts: { ...peril.amounts, ...Object.fromEntries(changed.map((name) => [name, mine.amounts[name] ?? ''])) },
      };
    }),
  };
}

function movedEntity(form: Entity, from: Entity, to: Entity): Entity {
  return {
    values: { ...to.values, ...changedIn(form.values, from.values) },
    groups: { ...to.groups, ...changedIn(form.groups, from.groups) },
  };
}

function changedIn<T extends FieldValues | Entity['groups']>(mine: T, was: T): T {
  return Object.fromEntries(
    Object.entries(mine).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name])),
  ) as T;
}

/** A draft's form with the locators that the policy itself has: a renewal names its copies of perils anew. */
export function aligned(form: RiskForm, base: RiskForm): RiskForm {
  const known = new Map(base.exposures.map((exposure) => [exposure.locator, exposure]));
  return {
    ...form,
    exposures: form.exposures.map((exposure) => ({
      ...exposure,
      perils: exposure.perils.map((peril): PerilEntity => {
        const own = known.get(exposure.locator)?.perils.find(({ name }) => name === peril.name)?.locator;
        return own === undefined ? peril : { ...peril, locator: own };
      }),
    })),
  };
}
