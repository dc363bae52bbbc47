import type { Change, ExposureChange, Insured, InsuredExposure, InsuredPeril } from './contract.ts';
import { type Masked, patched, pathOf, withAmounts } from './values.ts';

/** What an applied change touched, so that rows are split only where something is different (TL12). */
export interface Touched {
  /** Fields of the policy changed: every peril hangs on them. */
  policy: boolean;
  /** By exposure locator. */
  readonly exposures: Set<string>;
  /** By peril locator. */
  readonly perils: Set<string>;
  /** Parts of the change that found nothing to change any more: what they were about is gone. */
  readonly void: string[];
}

/** What is insured after a change. What the change is about and is no longer there falls away, named in `touched.void`. */
export function applyChange(before: Insured, change: Change, masked: Masked): { insured: Insured; touched: Touched } {
  const touched: Touched = { policy: false, exposures: new Set(), perils: new Set(), void: [] };
  const values = patched(before, change.values, pathOf.policy, masked);
  touched.policy = values !== before;
  const ended = new Set(change.endExposures);
  const present = new Set(before.exposures.map(({ locator }) => locator));
  for (const locator of [...ended, ...Object.keys(change.exposures)])
    if (!present.has(locator)) touched.void.push(pathOf.exposure(locator));
  const kept = before.exposures
    .filter(({ locator }) => !ended.has(locator))
    .map((exposure) => changedExposure(exposure, change.exposures[exposure.locator], masked, touched));
  const added = change.addExposures.filter(({ locator }) => !present.has(locator));
  for (const { locator, perils } of added) {
    touched.exposures.add(locator);
    for (const peril of perils) touched.perils.add(peril.locator);
  }
  const { fieldValues, fieldGroupsByLocator } = values;
  return { insured: { fieldValues, fieldGroupsByLocator, exposures: [...kept, ...added] }, touched };
}

function changedExposure(
  before: InsuredExposure,
  change: ExposureChange | undefined,
  masked: Masked,
  touched: Touched,
): InsuredExposure {
  if (!change) return before;
  const values = patched(before, change.values, pathOf.exposure(before.locator), masked);
  if (values !== before) touched.exposures.add(before.locator);
  const ended = new Set(change.endPerils);
  const present = new Set(before.perils.map(({ locator }) => locator));
  for (const locator of [...ended, ...Object.keys(change.perils)])
    if (!present.has(locator)) touched.void.push(`peril ${locator}`);
  const kept = before.perils
    .filter(({ locator }) => !ended.has(locator))
    .map((peril) => changedPeril(peril, change, masked, touched));
  const added = change.addPerils.filter(({ name, locator }) => {
    // An exposure has each peril once: a peril that a back-dated change has added already is not added again.
    if (!kept.some((peril) => peril.name === name)) return true;
    if (!present.has(locator)) touched.void.push(`peril ${locator}`);
    return false;
  });
  for (const { locator } of added) touched.perils.add(locator);
  return {
    locator: before.locator,
    name: before.name,
    fieldValues: values.fieldValues,
    fieldGroupsByLocator: values.fieldGroupsByLocator,
    perils: [...kept, ...added],
  };
}

function changedPeril(before: InsuredPeril, change: ExposureChange, masked: Masked, touched: Touched): InsuredPeril {
  const own = change.perils[before.locator];
  if (!own) return before;
  const prefix = pathOf.peril(before.renewalGroup);
  const values = patched(before, own.values, prefix, masked);
  const amounts = withAmounts(before.amounts, own.amounts, prefix, masked);
  if (values === before && amounts === before.amounts) return before;
  touched.perils.add(before.locator);
  const { locator, name, renewalGroup } = before;
  const { fieldValues, fieldGroupsByLocator } = values;
  return { locator, name, renewalGroup, amounts, fieldValues, fieldGroupsByLocator };
}

/** Copies of all perils for a new term (formats §3.2): locators of their own, the same renewal group. */
export function renewed(insured: Insured, locatorFor: (renewalGroup: string) => string): Insured {
  return {
    ...insured,
    exposures: insured.exposures.map((exposure) => ({
      ...exposure,
      perils: exposure.perils.map((peril) => ({ ...peril, locator: locatorFor(peril.renewalGroup) })),
    })),
  };
}
