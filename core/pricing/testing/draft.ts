import type { Change, Insured, InsuredExposure, InsuredPeril, Values } from '#core/model/timeline/contract.ts';
import { changeBetween } from '#core/model/timeline/values.ts';
import { PERILS } from './insurer.ts';

/** One edit of what is insured, as somebody at a form makes it. Numbers choose among what is there. */
export interface Edit {
  readonly kind: (typeof EDITS)[number];
  readonly target: number;
  readonly value: number;
}
export const EDITS = [
  'policy size',
  'policy channel',
  'driver',
  'driver years',
  'driver leaves',
  'exposure value',
  'peril factor',
  'deductible',
  'add exposure',
  'end exposure',
  'add peril',
  'end peril',
] as const;

/** What edits change in what is insured; `name` makes what they add unique. */
export function changeOf(before: Insured, edits: readonly Edit[], name: string): Change {
  const after = edits.reduce((insured, edit, i) => edited(insured, edit, `${name}${i}`), before);
  return changeBetween(before, after);
}

export function newExposure(locator: string, perils: readonly string[], value: number): InsuredExposure {
  return {
    locator,
    name: 'building',
    ...fields({ value: String(value) }),
    perils: perils.map((name) => newPeril(`${locator}-${name}`, name)),
  };
}

export function newPeril(locator: string, name: string): InsuredPeril {
  return { locator, name, renewalGroup: locator, amounts: {}, ...fields({ factor: '1' }) };
}

function fields(values: Readonly<Record<string, string>>): Values {
  return {
    fieldValues: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])),
    fieldGroupsByLocator: {},
  };
}

export function edited(insured: Insured, { kind, target, value }: Edit, name: string): Insured {
  const exposure = at(insured.exposures, target);
  const onExposure = (next: (exposure: InsuredExposure) => InsuredExposure): Insured => ({
    ...insured,
    exposures: insured.exposures.map((other) => (other === exposure ? next(other) : other)),
  });
  const peril = exposure && at(exposure.perils, Math.floor(target / 7));
  const onPeril = (next: (peril: InsuredPeril) => InsuredPeril): Insured =>
    onExposure((on) => ({ ...on, perils: on.perils.map((other) => (other === peril ? next(other) : other)) }));
  switch (kind) {
    case 'policy size':
      return withField(insured, 'size', String(value));
    case 'policy channel':
      return withField(insured, 'channel', value % 2 === 0 ? undefined : 'agent');
    case 'driver':
    case 'driver years':
    case 'driver leaves':
      return withDriver(insured, kind, target, value, name);
    case 'exposure value':
      return onExposure((on) => withField(on, 'value', String(value)));
    case 'peril factor':
      return onPeril((on) => withField(on, 'factor', String(value)));
    case 'deductible':
      return onPeril((on) => ({ ...on, amounts: value === 0 ? {} : { deductible: String(value) } }));
    case 'add exposure': {
      const perils = PERILS.filter((_, i) => (value & (1 << i)) !== 0);
      return { ...insured, exposures: [...insured.exposures, newExposure(name, perils, value)] };
    }
    case 'end exposure':
      return { ...insured, exposures: insured.exposures.filter((other) => other !== exposure) };
    case 'add peril':
      return onExposure((on) => {
        const missing = at(
          PERILS.filter((peril) => on.perils.every((other) => other.name !== peril)),
          value,
        );
        return missing ? { ...on, perils: [...on.perils, newPeril(`${on.locator}-${missing}-${name}`, missing)] } : on;
      });
    case 'end peril':
      return onExposure((on) => ({ ...on, perils: on.perils.filter((other) => other !== peril) }));
  }
}

function withDriver(insured: Insured, kind: Edit['kind'], target: number, value: number, name: string): Insured {
  const drivers = insured.fieldValues.driver ?? [];
  const groups = { ...insured.fieldGroupsByLocator };
  const chosen = kind === 'driver' ? name : at(drivers, target);
  if (chosen === undefined) return insured;
  if (kind === 'driver leaves') delete groups[chosen];
  else groups[chosen] = { years: [String(value)] };
  const left = kind === 'driver leaves' ? drivers.filter((driver) => driver !== chosen) : drivers;
  const { driver: _, ...others } = insured.fieldValues;
  const listed = kind === 'driver' ? [...left, chosen] : left;
  return {
    ...insured,
    fieldValues: listed.length === 0 ? others : { ...others, driver: listed },
    fieldGroupsByLocator: groups,
  };
}

function withField<T extends Values>(values: T, name: string, value: string | undefined): T {
  const { [name]: _, ...others } = values.fieldValues;
  return { ...values, fieldValues: value === undefined ? others : { ...others, [name]: [value] } };
}

function at<T>(list: readonly T[], choice: number): T | undefined {
  return list.length === 0 ? undefined : list[choice % list.length];
}
