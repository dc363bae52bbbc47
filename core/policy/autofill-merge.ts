import type {
  ExposureCreateRequest,
  ExposureUpdateRequest,
  FieldChanges,
  PerilCreateRequest,
  PerilUpdateRequest,
  PolicyUpdateRequest,
  RequestGroup,
  RequestValues,
} from '#core/model/request.ts';

/** The update that autofill is asked about and answers, whatever the transaction (formats §2.11). */
export interface AutofillUpdates extends Omit<PolicyUpdateRequest, 'name' | 'autofill'> {
  readonly endorsementName?: string;
  /** Milliseconds. */
  readonly endorsementEffectiveTimestamp?: string | number;
}
type NewPeril = PerilCreateRequest & { readonly name: string };

/**
 * What was filled in, under what was asked for (docs/decisions/0010): a value that somebody gave stays, also where they took it
 * away with null; what they did not mention is filled in. New exposures, perils and groups meet by name, the n-th of a name with
 * the n-th; those without a counterpart are added.
 */
export function mergeUpdates(given: AutofillUpdates, filled: AutofillUpdates): AutofillUpdates {
  return defined({
    ...filled,
    ...defined({ ...given }),
    ...mergeFields(given, filled),
    addExposures: pairUp(given.addExposures, filled.addExposures, ({ exposureName }) => exposureName, mergeExposure),
    updateExposures: pairUp(
      given.updateExposures,
      filled.updateExposures,
      ({ exposureLocator }) => exposureLocator,
      mergeExposureUpdate,
    ),
    removeExposures: union(
      given.removeExposures,
      filled.removeExposures,
      given.updateExposures?.map(({ exposureLocator }) => exposureLocator),
    ),
  });
}

function mergeFields(given: FieldChanges, filled: FieldChanges): FieldChanges {
  return {
    fieldValues: mergeValues(given.fieldValues, filled.fieldValues),
    addFieldGroups: mergeGroups(given.addFieldGroups, filled.addFieldGroups),
    updateFieldGroups: pairUp(
      given.updateFieldGroups,
      filled.updateFieldGroups,
      ({ fieldGroupLocator }) => fieldGroupLocator,
      (own, other) => ({ ...own, fieldValues: { ...other.fieldValues, ...own.fieldValues } }),
    ),
    removeFieldGroups: union(
      given.removeFieldGroups,
      filled.removeFieldGroups,
      given.updateFieldGroups?.map(({ fieldGroupLocator }) => fieldGroupLocator),
    ),
  } as FieldChanges;
}

function mergeExposure(given: ExposureCreateRequest, filled: ExposureCreateRequest): ExposureCreateRequest {
  return defined({
    ...given,
    fieldValues: mergeValues(given.fieldValues, filled.fieldValues),
    fieldGroups: mergeGroups(given.fieldGroups, filled.fieldGroups),
    perils: mergePerils(given.perils, filled.perils),
  });
}

function mergeExposureUpdate(given: ExposureUpdateRequest, filled: ExposureUpdateRequest): ExposureUpdateRequest {
  return defined({
    ...given,
    ...mergeFields(given, filled),
    addPerils: mergePerils(given.addPerils, filled.addPerils),
    updatePerils: pairUp<PerilUpdateRequest>(
      given.updatePerils,
      filled.updatePerils,
      ({ perilLocator }) => perilLocator,
      (own, other) => defined({ ...other, ...own, ...mergeFields(own, other) }),
    ),
    removePerils: union(
      given.removePerils,
      filled.removePerils,
      given.updatePerils?.map(({ perilLocator }) => perilLocator),
    ),
  });
}

function mergePerils(given: readonly NewPeril[] | undefined, filled: readonly NewPeril[] | undefined) {
  return pairUp<NewPeril>(
    given,
    filled,
    ({ name }) => name,
    (own, other) =>
      defined({
        ...other,
        ...own,
        fieldValues: mergeValues(own.fieldValues, other.fieldValues),
        fieldGroups: mergeGroups(own.fieldGroups, other.fieldGroups),
      }),
  );
}

function mergeGroups(given: readonly RequestGroup[] | undefined, filled: readonly RequestGroup[] | undefined) {
  return pairUp<RequestGroup>(
    given,
    filled,
    ({ fieldName }) => fieldName,
    (own, other) => ({ ...own, fieldValues: { ...other.fieldValues, ...own.fieldValues } }),
  );
}

function mergeValues(given: RequestValues | undefined, filled: RequestValues | undefined): RequestValues | undefined {
  return given || filled ? { ...filled, ...given } : undefined;
}

/** The n-th item of a name is merged with the n-th of the same name; the others follow. */
function pairUp<T>(
  given: readonly T[] | undefined,
  filled: readonly T[] | undefined,
  nameOf: (item: T) => string,
  merge: (given: T, filled: T) => T,
): readonly T[] | undefined {
  if (!filled) return given;
  const waiting = new Map<string, T[]>();
  for (const item of filled) waiting.set(nameOf(item), [...(waiting.get(nameOf(item)) ?? []), item]);
  const merged = (given ?? []).map((item) => {
    const other = waiting.get(nameOf(item))?.shift();
    return other === undefined ? item : merge(item, other);
  });
  const left = new Set([...waiting.values()].flat());
  return [...merged, ...filled.filter((item) => left.has(item))];
}

/** Removals of both, except of what the request itself changes. */
function union(
  given: readonly string[] | undefined,
  filled: readonly string[] | undefined,
  kept: readonly string[] = [],
): readonly string[] | undefined {
  if (!filled) return given;
  return [...new Set([...(given ?? []), ...filled.filter((locator) => !kept.includes(locator))])];
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
