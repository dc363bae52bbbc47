import type { Insured, InsuredExposure, InsuredPeril, Values } from './contract.ts';
import { pathOf } from './values.ts';

/** One thing that is insured otherwise than before; texts as people read them, null where there is or was nothing. */
export interface Difference {
  readonly what: 'set' | 'added' | 'ended';
  /** As `conflictsWith` names it; of what is added or ended, the entity's. */
  readonly path: string;
  /** Absent: the policy itself. */
  readonly exposure?: ExposureName;
  /** Name of the peril; absent: the exposure itself. */
  readonly peril?: string;
  /** Of `set`: the field, or one of the peril's amounts. */
  readonly field?: string;
  /** Of a repeated group: which repeat, from 1, and the field in it. */
  readonly repeat?: { readonly number: number; readonly field: string };
  readonly before: string | null;
  readonly after: string | null;
}
export interface ExposureName {
  readonly locator: string;
  readonly name: string;
  /** Among those of its name, from 1; absent where there is only one. */
  readonly number?: number;
}

/** What is insured otherwise, in the order of the form: the policy's fields, then each exposure with its perils. */
export function differencesBetween(before: Insured, after: Insured): readonly Difference[] {
  const earlier = new Map(before.exposures.map((exposure) => [exposure.locator, exposure]));
  const now = new Set(after.exposures.map(({ locator }) => locator));
  return [
    ...valuesBetween(before, after, pathOf.policy, {}),
    ...after.exposures.flatMap((exposure) => {
      const known = earlier.get(exposure.locator);
      const of = { exposure: nameIn(after, exposure) };
      return known ? exposureBetween(known, exposure, of) : [whole('added', pathOf.exposure(exposure.locator), of)];
    }),
    ...before.exposures
      .filter(({ locator }) => !now.has(locator))
      .map((gone) => whole('ended', pathOf.exposure(gone.locator), { exposure: nameIn(before, gone) })),
  ];
}

type Of = Pick<Difference, 'exposure' | 'peril'>;

function exposureBetween(before: InsuredExposure, after: InsuredExposure, of: Of): readonly Difference[] {
  const earlier = new Map(before.perils.map((peril) => [peril.name, peril]));
  const now = new Set(after.perils.map(({ name }) => name));
  return [
    ...valuesBetween(before, after, pathOf.exposure(after.locator), of),
    ...after.perils.flatMap((peril) => {
      const known = earlier.get(peril.name);
      const on = { ...of, peril: peril.name };
      return known ? perilBetween(known, peril, on) : [whole('added', pathOf.peril(peril.renewalGroup), on)];
    }),
    ...before.perils
      .filter(({ name }) => !now.has(name))
      .map((gone) => whole('ended', pathOf.peril(gone.renewalGroup), { ...of, peril: gone.name })),
  ];
}

function perilBetween(before: InsuredPeril, after: InsuredPeril, of: Of): readonly Difference[] {
  const path = pathOf.peril(before.renewalGroup);
  const amounts = { fieldGroupsByLocator: {} };
  return [
    ...valuesBetween(
      { fieldValues: listed(before.amounts), ...amounts },
      { fieldValues: listed(after.amounts), ...amounts },
      path,
      of,
    ),
    ...valuesBetween(before, after, path, of),
  ];
}

function listed(amounts: InsuredPeril['amounts']): Values['fieldValues'] {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount ? [amount] : []]));
}

function valuesBetween(before: Values, after: Values, path: string, of: Of): readonly Difference[] {
  const [was, is] = [settings(before), settings(after)];
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((key): readonly Difference[] => {
    const [old, now] = [was.get(key), is.get(key)];
    if ((old?.value ?? '') === (now?.value ?? '')) return [];
    const { field = '', repeat } = now ?? old ?? {};
    return [
      {
        what: 'set',
        path: `${path}.${key}`,
        ...of,
        field,
        ...(repeat ? { repeat } : {}),
        before: old?.value || null,
        after: now?.value || null,
      },
    ];
  });
}

interface Setting extends Pick<Difference, 'field' | 'repeat'> {
  readonly value: string;
}

/** Every value of an entity by its path below it, those in groups too. */
function settings({ fieldValues, fieldGroupsByLocator }: Values): ReadonlyMap<string, Setting> {
  const found = new Map<string, Setting>();
  for (const [field, values] of Object.entries(fieldValues)) {
    const groups = values.filter((value) => Object.hasOwn(fieldGroupsByLocator, value));
    if (groups.length === 0) found.set(field, { field, value: values.join(', ') });
    for (const [index, locator] of groups.entries())
      for (const [inner, given] of Object.entries(fieldGroupsByLocator[locator] ?? {}))
        found.set(`${locator}.${inner}`, {
          field,
          repeat: { number: index + 1, field: inner },
          value: given.join(', '),
        });
  }
  return found;
}

function nameIn({ exposures }: Insured, { locator, name }: InsuredExposure): ExposureName {
  const same = exposures.filter((exposure) => exposure.name === name);
  const number = same.findIndex((exposure) => exposure.locator === locator) + 1;
  return { locator, name, ...(same.length > 1 ? { number } : {}) };
}

function whole(what: 'added' | 'ended', path: string, of: Of): Difference {
  return { what, path, ...of, before: null, after: null };
}
