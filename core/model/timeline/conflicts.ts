import type { Change, Timeline, Transaction, ValuesPatch } from './contract.ts';
import { inEffectiveOrder } from './replay.ts';
import { pathOf } from './values.ts';

/**
 * Two transactions that set the same thing differently, the new one taking effect before the later one (TL30). `later` keeps the
 * later value from its own effective time on, which is what replaying in effective order gives; `new` takes the new value
 * throughout: the later setting gives way.
 */
export interface Conflict {
  readonly transaction: string;
  readonly path: string;
  readonly newValue: string | null;
  readonly laterValue: string | null;
}
/** The issued transactions that take effect after another one and are applied again on top of it, in their order (TL2). */
export function laterThan(transaction: Transaction, issued: readonly Transaction[]): readonly Transaction[] {
  const ordered = inEffectiveOrder([...issued, transaction]);
  return ordered.slice(ordered.indexOf(transaction) + 1);
}

/** Settings that a new transaction and later ones have in common and make differently (TL30). */
export function conflictsWith(change: Change, later: readonly Transaction[], recorded: Timeline): readonly Conflict[] {
  const groups = renewalGroups(recorded, change);
  const settings = settingsOf(change, groups);
  return later.flatMap((transaction): readonly Conflict[] => {
    if (!('change' in transaction)) return [];
    return [...settingsOf(transaction.change, groups)].flatMap(([path, laterValue]) => {
      const newValue = settings.get(path);
      return newValue === undefined || newValue === laterValue
        ? []
        : [{ transaction: transaction.locator, path, newValue, laterValue }];
    });
  });
}

function renewalGroups(recorded: Timeline, change: Change): ReadonlyMap<string, string> {
  const added = [...change.addExposures, ...Object.values(change.exposures)].flatMap((exposure) =>
    'perils' in exposure && Array.isArray(exposure.perils)
      ? exposure.perils
      : 'addPerils' in exposure
        ? exposure.addPerils
        : [],
  );
  const known = recorded.exposures.flatMap(({ perils }) => perils);
  return new Map([...known, ...added].map(({ locator, renewalGroup }) => [locator, renewalGroup]));
}

/** Everything that a change sets, by path; null takes a value away. */
function settingsOf(change: Change, groups: ReadonlyMap<string, string>): ReadonlyMap<string, string | null> {
  const settings = new Map<string, string | null>();
  addPatch(settings, change.values, pathOf.policy);
  for (const [locator, exposure] of Object.entries(change.exposures)) {
    addPatch(settings, exposure.values, pathOf.exposure(locator));
    for (const [perilLocator, peril] of Object.entries(exposure.perils)) {
      const prefix = pathOf.peril(groups.get(perilLocator) ?? perilLocator);
      addPatch(settings, peril.values, prefix);
      for (const [name, amount] of Object.entries(peril.amounts ?? {}))
        settings.set(`${prefix}.${name}`, amount ?? null);
    }
  }
  return settings;
}

function addPatch(settings: Map<string, string | null>, patch: ValuesPatch | undefined, prefix: string): void {
  if (!patch) return;
  for (const [name, value] of Object.entries(patch.fields)) settings.set(`${prefix}.${name}`, valueText(value));
  for (const [locator, setting] of Object.entries(patch.groups))
    for (const [name, value] of Object.entries(setting)) settings.set(`${prefix}.${locator}.${name}`, valueText(value));
}

function valueText(value: readonly string[] | null): string | null {
  return value === null ? null : value.join(', ');
}
