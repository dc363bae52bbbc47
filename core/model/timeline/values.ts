import type { FieldValues } from '../field.ts';
import type {
  Change,
  ExposureChange,
  Insured,
  InsuredExposure,
  InsuredPeril,
  Limits,
  PerilChange,
  Values,
  ValuesPatch,
} from './contract.ts';

type Setting = Readonly<Record<string, readonly string[] | null>>;

export const NO_CHANGE: Change = { addExposures: [], endExposures: [], exposures: {} };

/** What a transaction changes, from what it found and what it leaves (TL21): only what differs, so that it can be applied again. */
export function changeBetween(before: Insured, after: Insured): Change {
  const old = byLocator(before.exposures);
  const kept = byLocator(after.exposures);
  const values = patchBetween(before, after);
  const exposures: Record<string, ExposureChange> = {};
  for (const exposure of after.exposures) {
    const was = old.get(exposure.locator);
    const change = was && exposureChange(was, exposure);
    if (change) exposures[exposure.locator] = change;
  }
  return {
    ...(values ? { values } : {}),
    addExposures: after.exposures.filter(({ locator }) => !old.has(locator)).map(insuredExposure),
    endExposures: before.exposures.filter(({ locator }) => !kept.has(locator)).map(({ locator }) => locator),
    exposures,
  };
}

function exposureChange(before: InsuredExposure, after: InsuredExposure): ExposureChange | undefined {
  const old = byLocator(before.perils);
  const kept = byLocator(after.perils);
  const values = patchBetween(before, after);
  const perils: Record<string, PerilChange> = {};
  for (const peril of after.perils) {
    const was = old.get(peril.locator);
    if (!was) continue;
    const own = patchBetween(was, peril);
    const amounts = settingBetween(was.amounts, peril.amounts);
    if (own || amounts) perils[peril.locator] = { ...(own ? { values: own } : {}), ...(amounts ? { amounts } : {}) };
  }
  const addPerils = after.perils.filter(({ locator }) => !old.has(locator)).map(insuredPeril);
  const endPerils = before.perils.filter(({ locator }) => !kept.has(locator)).map(({ locator }) => locator);
  if (!values && addPerils.length === 0 && endPerils.length === 0 && Object.keys(perils).length === 0) return undefined;
  return { ...(values ? { values } : {}), addPerils, endPerils, perils };
}

/** The exposure without anything that only its record knows. */
export function insuredExposure(exposure: InsuredExposure): InsuredExposure {
  const { locator, name, fieldValues, fieldGroupsByLocator, perils } = exposure;
  return { locator, name, fieldValues, fieldGroupsByLocator, perils: perils.map(insuredPeril) };
}

function insuredPeril(peril: InsuredPeril): InsuredPeril {
  const { locator, name, renewalGroup, amounts, fieldValues, fieldGroupsByLocator } = peril;
  return { locator, name, renewalGroup, amounts, fieldValues, fieldGroupsByLocator };
}

function byLocator<T extends { readonly locator: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((item) => [item.locator, item]));
}

function patchBetween(before: Values, after: Values): ValuesPatch | undefined {
  const fields: Record<string, readonly string[] | null> = {};
  const lists: Record<string, { add: readonly string[]; remove: readonly string[] }> = {};
  const groups: Record<string, Setting> = {};
  const isGroup = (locator: string): boolean =>
    Object.hasOwn(before.fieldGroupsByLocator, locator) || Object.hasOwn(after.fieldGroupsByLocator, locator);
  for (const name of namesOf(before.fieldValues, after.fieldValues)) {
    const was = own(before.fieldValues, name);
    const is = own(after.fieldValues, name);
    if (sameList(was, is)) continue;
    if ([...(was ?? []), ...(is ?? [])].some(isGroup))
      lists[name] = {
        add: (is ?? []).filter((locator) => !was?.includes(locator)),
        remove: (was ?? []).filter((locator) => !is?.includes(locator)),
      };
    else fields[name] = is ?? null;
  }
  for (const [locator, values] of Object.entries(after.fieldGroupsByLocator)) {
    const setting = settingBetween(own(before.fieldGroupsByLocator, locator) ?? {}, values);
    if (setting || !Object.hasOwn(before.fieldGroupsByLocator, locator)) groups[locator] = setting ?? {};
  }
  const empty = [fields, lists, groups].every((part) => Object.keys(part).length === 0);
  return empty ? undefined : { fields, lists, groups };
}

function settingBetween<T extends string | readonly string[]>(
  before: Readonly<Partial<Record<string, T>>>,
  after: Readonly<Partial<Record<string, T>>>,
): Record<string, T | null> | undefined {
  const setting: Record<string, T | null> = {};
  for (const name of namesOf(before, after)) {
    const was = own(before, name);
    const is = own(after, name);
    if (!sameList(was, is)) setting[name] = is ?? null;
  }
  return Object.keys(setting).length === 0 ? undefined : setting;
}

function namesOf(before: object, after: object): ReadonlySet<string> {
  return new Set([...Object.keys(before), ...Object.keys(after)]);
}

function own<T>(record: Readonly<Partial<Record<string, T>>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function sameList(a: string | readonly string[] | undefined, b: string | readonly string[] | undefined): boolean {
  if (typeof a === 'string' || typeof b === 'string' || !a || !b) return a === b;
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Which settings of a transaction give way to a newer one's (TL31). */
export type Masked = (path: string) => boolean;

/** Values after a patch; the very same object when the patch changes nothing. */
export function patched(values: Values, patch: ValuesPatch | undefined, prefix: string, masked: Masked): Values {
  if (!patch) return values;
  const fieldValues = withSetting(values.fieldValues, patch.fields, prefix, masked);
  const fieldGroupsByLocator = { ...values.fieldGroupsByLocator };
  const lists: Record<string, readonly string[]> = {};
  for (const [name, { add, remove }] of Object.entries(patch.lists)) {
    const present = own(fieldValues, name) ?? [];
    lists[name] = [
      ...present.filter((item) => !remove.includes(item)),
      ...add.filter((item) => !present.includes(item)),
    ];
    for (const locator of remove) delete fieldGroupsByLocator[locator];
  }
  const added = new Set(Object.values(patch.lists).flatMap(({ add }) => add));
  for (const [locator, setting] of Object.entries(patch.groups)) {
    const present = own(values.fieldGroupsByLocator, locator);
    // A repeat that was taken away before is not brought back by a change of one of its fields.
    if (present || added.has(locator))
      fieldGroupsByLocator[locator] = withSetting(present ?? {}, setting, `${prefix}.${locator}`, masked);
  }
  const next = { fieldValues: withSetting(fieldValues, lists, prefix, () => false), fieldGroupsByLocator };
  return sameValues(values, next) ? values : next;
}

function withSetting(values: FieldValues, setting: Setting, prefix: string, masked: Masked): FieldValues {
  const next: Record<string, readonly string[]> = { ...values };
  for (const [name, value] of Object.entries(setting)) {
    if (masked(`${prefix}.${name}`)) continue;
    if (value === null || value.length === 0) delete next[name];
    else next[name] = value;
  }
  return next;
}

export function withAmounts(limits: Limits, setting: PerilChange['amounts'], prefix: string, masked: Masked): Limits {
  if (!setting) return limits;
  const next: Record<string, string> = { ...limits };
  for (const [name, value] of Object.entries(setting)) {
    if (masked(`${prefix}.${name}`)) continue;
    if (value === null || value === undefined) delete next[name];
    else next[name] = value;
  }
  return sameMembers(limits, next) ? limits : next;
}

export function sameValues(a: Values, b: Values): boolean {
  if (a === b) return true;
  return (
    sameMembers(a.fieldValues, b.fieldValues) &&
    namesOf(a.fieldGroupsByLocator, b.fieldGroupsByLocator).size === Object.keys(a.fieldGroupsByLocator).length &&
    Object.entries(a.fieldGroupsByLocator).every(([locator, values]) => {
      const other = own(b.fieldGroupsByLocator, locator);
      return other !== undefined && sameMembers(values, other);
    })
  );
}

/** Whether two maps of text, or of lists of text, hold the same. */
export function sameMembers(
  a: Readonly<Partial<Record<string, string | readonly string[]>>>,
  b: Readonly<Partial<Record<string, string | readonly string[]>>>,
): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameList(a[name], b[name]))
  );
}

/** Path prefixes of what a change can set: the same for a peril in every term, since a renewal copies it. */
export const pathOf = {
  policy: 'policy',
  exposure: (locator: string): string => `exposure ${locator}`,
  peril: (renewalGroup: string): string => `peril ${renewalGroup}`,
} as const;
