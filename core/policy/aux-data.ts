import { type Caller, commit, type Desk, look, write } from '#core/desk/desk.ts';
import type { AuxDataRecord } from '#core/desk/records.ts';
import { Problem } from '#core/model/problem.ts';
import type { Change } from '#core/store/contract.ts';

/** One key and value attached to any locator; unversioned, never part of a price (formats §7.6). */
export interface AuxDataItem {
  readonly key: string;
  readonly value: string;
  readonly uiType?: string;
}

/** Everything that is attached to a locator; nothing attached is an empty list. */
export function getAuxData(desk: Desk, locator: string): readonly AuxDataItem[] {
  const items = look(desk, 'auxData', locator)?.record.items ?? {};
  return Object.entries(items).map(([key, item]) => ({ key, ...item }));
}

/** What is attached under one key. Throws `not-found`. */
export function needAuxData(desk: Desk, locator: string, key: string): AuxDataItem {
  const found = getAuxData(desk, locator).find((item) => item.key === key);
  if (found) return found;
  throw new Problem('not-found', `There is no auxiliary data "${key}" at ${locator}.`, {
    place: { locator, field: key },
  });
}

/** Attaches or replaces keys of a locator; keys that are not named stay. */
export function setAuxData(desk: Desk, caller: Caller, locator: string, items: readonly AuxDataItem[]): void {
  const changes = auxDataChanges(
    desk,
    items.map((item) => ({ locator, ...item })),
  );
  if (changes.length > 0)
    commit(desk, caller, { name: 'auxData.set', arguments: { locator }, changes, result: locator });
}

/** Removes one key, or all of a locator. */
export function removeAuxData(desk: Desk, caller: Caller, locator: string, key?: string): void {
  const found = look(desk, 'auxData', locator);
  if (key !== undefined) needAuxData(desk, locator, key);
  if (!found) return;
  const items = Object.fromEntries(
    Object.entries(found.record.items).filter(([name]) => key !== undefined && name !== key),
  );
  commit(desk, caller, {
    name: 'auxData.remove',
    arguments: { locator },
    changes: [write('auxData', locator, found.version, { locator, items })],
    result: locator,
  });
}

/** The changes that set items, also those that plugins asked for with `setAuxData`: the last value of a key counts. */
export function auxDataChanges(
  desk: Desk,
  items: readonly (AuxDataItem & { readonly locator: string })[],
): readonly Change[] {
  const records = new Map<string, AuxDataRecord>();
  for (const { locator, key, value, uiType } of items) {
    const record = records.get(locator) ?? look(desk, 'auxData', locator)?.record ?? { locator, items: {} };
    records.set(locator, {
      locator,
      items: { ...record.items, [key]: { value, ...(uiType === undefined ? {} : { uiType }) } },
    });
  }
  return [...records].map(([locator, record]) =>
    write('auxData', locator, look(desk, 'auxData', locator)?.version ?? 0, record),
  );
}
