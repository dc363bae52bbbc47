import type { FieldValues } from '#core/model/field.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { Insured } from '#core/model/timeline/contract.ts';
import type { Entity, ExposureEntity, PerilEntity, RiskForm } from '../risk/form.ts';
import { given, toGroups, toPeril } from '../risk/form.ts';

/** What a transaction changes, as its request says it, and where in the form each part of the request stands. */
export interface ChangeRequest {
  readonly request: JsonObject;
  /** By path in the request (`updateExposures[0].addPerils[1]`): the path in the form (`exposures[2].perils[4]`). */
  readonly places: ReadonlyMap<string, string>;
}

/**
 * The members of an endorsement's or renewal's request (formats §3.6) that say what is different between the policy as it stands
 * and the form: only what changed, so that an unchanged field never contends with a later transaction. Emptied fields are
 * sent as empty lists, amounts as null.
 */
export function changeRequest(before: RiskForm, after: RiskForm): ChangeRequest {
  const places = new Map<string, string>();
  const known = new Map(
    before.exposures.flatMap((exposure) => (exposure.locator ? [[exposure.locator, exposure]] : [])),
  );
  const addExposures: JsonObject[] = [];
  const updateExposures: JsonObject[] = [];
  for (const [index, exposure] of after.exposures.entries()) {
    const place = `exposures[${index}]`;
    const earlier = exposure.locator === undefined ? undefined : known.get(exposure.locator);
    if (!earlier) {
      const path = `addExposures[${addExposures.length}]`;
      places.set(path, place);
      const perils = exposure.perils.filter(({ included }) => included);
      for (const at of perils.keys()) places.set(`${path}.perils[${at}]`, `${place}.perils[${at}]`);
      addExposures.push(newExposure(exposure, perils));
      continue;
    }
    const path = `updateExposures[${updateExposures.length}]`;
    const change = exposureChange(earlier, exposure, path, place, places);
    if (Object.keys(change).length === 0) continue;
    places.set(path, place);
    updateExposures.push({ exposureLocator: exposure.locator ?? '', ...change });
  }
  const kept = new Set(after.exposures.map(({ locator }) => locator));
  const endExposures = [...known.keys()].filter((locator) => !kept.has(locator));
  return {
    request: filled({ ...entityChange(before.policy, after.policy), addExposures, updateExposures, endExposures }),
    places,
  };
}

function newExposure(exposure: ExposureEntity, perils: readonly PerilEntity[]): JsonObject {
  return {
    exposureName: exposure.name,
    fieldValues: given(exposure.values),
    fieldGroups: toGroups(exposure) as unknown as JsonObject[],
    perils: perils.map((peril) => toPeril(peril) as unknown as JsonObject),
  };
}

function exposureChange(
  before: ExposureEntity,
  after: ExposureEntity,
  path: string,
  place: string,
  places: Map<string, string>,
): JsonObject {
  const addPerils: JsonObject[] = [];
  const updatePerils: JsonObject[] = [];
  const endPerils: string[] = [];
  const included = after.perils.filter((peril) => peril.included);
  for (const peril of after.perils) {
    const earlier = before.perils.find(({ name }) => name === peril.name);
    const stood = earlier?.included === true ? earlier.locator : undefined;
    const at = `${place}.perils[${included.indexOf(peril)}]`;
    if (stood === undefined) {
      if (!peril.included) continue;
      places.set(`${path}.addPerils[${addPerils.length}]`, at);
      addPerils.push(toPeril(peril) as unknown as JsonObject);
    } else if (!peril.included) endPerils.push(stood);
    else {
      const change = { ...amountChange(earlier, peril), ...entityChange(earlier, peril) };
      if (Object.keys(change).length === 0) continue;
      places.set(`${path}.updatePerils[${updatePerils.length}]`, at);
      updatePerils.push({ perilLocator: stood, ...change });
    }
  }
  return filled({ ...entityChange(before, after), addPerils, updatePerils, endPerils });
}

function amountChange(before: PerilEntity | undefined, after: PerilEntity): JsonObject {
  const changed = Object.entries(after.amounts).filter(
    ([name, amount]) => amount !== (before?.amounts as Readonly<Record<string, string>> | undefined)?.[name],
  );
  return Object.fromEntries(changed.map(([name, amount]) => [name, amount === '' ? null : amount]));
}

/** What is different of one entity's fields and groups, as requests say it (formats §3.4). */
export function entityChange(before: Entity | undefined, after: Entity): JsonObject {
  const earlier = new Map(
    Object.values(before?.groups ?? {})
      .flat()
      .flatMap((repeat) => (repeat.locator ? [[repeat.locator, repeat.values]] : [])),
  );
  const now = Object.entries(after.groups).flatMap(([fieldName, repeats]) =>
    repeats.map((repeat) => ({ fieldName, repeat })),
  );
  const kept = new Set(now.map(({ repeat }) => repeat.locator));
  const addFieldGroups = now
    .filter(({ repeat }) => repeat.locator === undefined || !earlier.has(repeat.locator))
    .map(({ fieldName, repeat }) => ({ fieldName, fieldValues: given(repeat.values) }));
  const updateFieldGroups = now.flatMap(({ fieldName, repeat }) => {
    const values = repeat.locator === undefined ? undefined : earlier.get(repeat.locator);
    const change = values ? valueChange(values, repeat.values) : {};
    return Object.keys(change).length === 0
      ? []
      : [{ fieldGroupLocator: repeat.locator ?? '', fieldName, fieldValues: change }];
  });
  return filled({
    fieldValues: valueChange(before?.values ?? {}, after.values),
    addFieldGroups,
    updateFieldGroups,
    removeFieldGroups: [...earlier.keys()].filter((locator) => !kept.has(locator)),
  });
}

function valueChange(before: FieldValues, after: FieldValues): Record<string, string[]> {
  const [was, is] = [given(before), given(after)];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(was[name] ?? []) !== JSON.stringify(is[name] ?? []))
      .map((name) => [name, [...(is[name] ?? [])]]),
  );
}

/** Without members that say nothing. */
function filled(members: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).filter(
      ([, value]) => typeof value !== 'object' || value === null || Object.keys(value).length > 0,
    ),
  );
}

/** A form as what is insured, so that two of them can be told apart in words; what nobody saved has its key for a locator. */
export function insuredIn({ policy, exposures }: Pick<RiskForm, 'policy' | 'exposures'>): Insured {
  return {
    ...valuesIn(policy),
    exposures: exposures.map((exposure) => ({
      locator: exposure.locator ?? exposure.key,
      name: exposure.name,
      ...valuesIn(exposure),
      perils: exposure.perils
        .filter(({ included }) => included)
        .map((peril) => ({
          locator: peril.locator ?? peril.name,
          name: peril.name,
          renewalGroup: `${exposure.locator ?? exposure.key} ${peril.name}`,
          amounts: Object.fromEntries(Object.entries(peril.amounts).filter(([, amount]) => amount !== '')),
          ...valuesIn(peril),
        })),
    })),
  };
}

function valuesIn({ values, groups }: Entity): Pick<Insured, 'fieldValues' | 'fieldGroupsByLocator'> {
  const lists = Object.entries(groups).map(
    ([field, repeats]) => [field, repeats.map(({ locator, key }) => locator ?? key)] as const,
  );
  return {
    fieldValues: { ...given(values), ...Object.fromEntries(lists) },
    fieldGroupsByLocator: Object.fromEntries(
      Object.values(groups)
        .flat()
        .map((repeat) => [repeat.locator ?? repeat.key, given(repeat.values)]),
    ),
  };
}
