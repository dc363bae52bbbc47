import type { ExposureForm, ProductForm, QuoteRequest, RequestGroup } from '#core/api/contract.ts';
import type { FieldDefinition, FieldGroups, FieldValues } from '#core/model/field.ts';
import type { PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import { policyholderName } from '#core/model/policyholder-name.ts';
import type { PerilAmount } from '#core/model/product.ts';
import { calendarDay, startOfDay } from '#core/model/time.ts';

/** What is typed into the screen of one risk. Values are lists of text, as they are stored. */
export interface RiskForm {
  readonly policyholder: Entity;
  /** Calendar days in the tenant's zone, `2026-11-21`. */
  readonly start: string;
  readonly end: string;
  readonly policy: Entity;
  readonly exposures: readonly ExposureEntity[];
}
export interface Entity {
  readonly values: FieldValues;
  /** Repeats of each group field, by its name. */
  readonly groups: Readonly<Record<string, readonly GroupEntity[]>>;
}
export interface GroupEntity {
  readonly key: string;
  /** Present once saved. */
  readonly locator?: string;
  readonly values: FieldValues;
}
export interface ExposureEntity extends Entity {
  readonly key: string;
  readonly locator?: string;
  readonly name: string;
  readonly perils: readonly PerilEntity[];
}
export interface PerilEntity extends Entity {
  readonly locator?: string;
  readonly name: string;
  readonly included: boolean;
  readonly amounts: Readonly<Partial<Record<PerilAmount, string>>>;
}

const NOTHING: Entity = { values: {}, groups: {} };

/** An empty risk: one of the first exposure with all its perils, from today for a year. */
export function emptyForm(product: ProductForm, now: number): RiskForm {
  const start = calendarDay(now, product.timeZone);
  const first = product.exposures[0];
  return {
    policyholder: NOTHING,
    start,
    end: nextYear(start),
    policy: withFirstGroups(product.fields),
    exposures: first ? [emptyExposure(first)] : [],
  };
}

export function emptyExposure(exposure: ExposureForm): ExposureEntity {
  return {
    key: crypto.randomUUID(),
    name: exposure.name,
    ...withFirstGroups(exposure.fields),
    perils: exposure.perils.map((peril) => ({
      name: peril.name,
      included: true,
      amounts: peril.amounts,
      ...withFirstGroups(peril.fields),
    })),
  };
}

/** Another one like it: the same answers, saved nowhere yet. */
export function copyOfExposure(exposure: ExposureEntity): ExposureEntity {
  const { locator: _saved, ...rest } = exposure;
  return {
    ...rest,
    key: crypto.randomUUID(),
    groups: copyOfGroups(exposure.groups),
    perils: exposure.perils.map(({ locator: _peril, ...peril }) => ({ ...peril, groups: copyOfGroups(peril.groups) })),
  };
}

function copyOfGroups(groups: Entity['groups']): Entity['groups'] {
  return Object.fromEntries(
    Object.entries(groups).map(([field, repeats]) => [
      field,
      repeats.map(({ values }) => ({ key: crypto.randomUUID(), values })),
    ]),
  );
}

/** Required groups begin with one repeat, so that nobody has to guess that one is wanted. */
function withFirstGroups(fields: readonly FieldDefinition[]): Entity {
  const groups = fields
    .filter((field) => field.type === 'group' && !field.optional && !field.condition)
    .map((field) => [field.name, [emptyGroup()]] as const);
  return { values: {}, groups: Object.fromEntries(groups) };
}

export function emptyGroup(): GroupEntity {
  return { key: crypto.randomUUID(), values: {} };
}

function nextYear(day: string): string {
  const [year = '', rest = ''] = [day.slice(0, 4), day.slice(4)];
  return `${Number(year) + 1}${rest === '-02-29' ? '-02-28' : rest}`;
}

/** The request that prices or creates this risk (formats §3.4). Empty values are left out. */
export function toRequest(form: RiskForm, product: ProductForm, policyholderLocator?: string): QuoteRequest {
  return {
    policyholder: { values: given(form.policyholder.values) },
    policy: {
      ...(policyholderLocator ? { policyholderLocator } : {}),
      productName: product.name,
      // Not `configVersion`: that would keep the risk out of an experiment.
      formVersion: product.configVersion,
      ...period(form, product),
      fieldValues: given(form.policy.values),
      fieldGroups: toGroups(form.policy),
      exposures: form.exposures.map((exposure) => ({
        exposureName: exposure.name,
        fieldValues: given(exposure.values),
        fieldGroups: toGroups(exposure),
        perils: exposure.perils.filter((peril) => peril.included).map(toPeril),
      })),
    },
  };
}

export function period(
  form: RiskForm,
  product: ProductForm,
): { policyStartTimestamp?: string; policyEndTimestamp?: string } {
  return {
    ...(form.start ? { policyStartTimestamp: String(startOfDay(form.start, product.timeZone)) } : {}),
    ...(form.end ? { policyEndTimestamp: String(startOfDay(form.end, product.timeZone)) } : {}),
  };
}

export function toPeril(peril: PerilEntity) {
  const amounts = Object.entries(peril.amounts).filter(([, amount]) => amount !== '');
  return {
    name: peril.name,
    ...Object.fromEntries(amounts),
    fieldValues: given(peril.values),
    fieldGroups: toGroups(peril),
  };
}

/** Values that were filled in: a field with nothing but blanks counts as not given. */
export function given(values: FieldValues): FieldValues {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, list]) => [name, list.filter((value) => value.trim() !== '')] as const)
      .filter(([, list]) => list.length > 0),
  );
}

export function toGroups(entity: Entity): RequestGroup[] {
  return Object.entries(entity.groups).flatMap(([fieldName, repeats]) =>
    repeats.map((repeat) => ({ fieldName, fieldValues: given(repeat.values) })),
  );
}

/** The form of a stored risk, from the rows that are current. */
export function formOf(policy: PolicyResponse, policyholder: PolicyholderResponse, product: ProductForm): RiskForm {
  const row = policy.characteristics.findLast((item) => !item.replacedTimestamp);
  return {
    policyholder: { values: policyholder.entity.values, groups: {} },
    start: calendarDay(Number(row?.policyStartTimestamp ?? policy.originalContractStartTimestamp), product.timeZone),
    end: calendarDay(Number(row?.policyEndTimestamp ?? policy.originalContractEndTimestamp), product.timeZone),
    policy: entityOf(product.fields, row),
    exposures: policy.exposures.map((exposure) => {
      const definition = product.exposures.find((candidate) => candidate.name === exposure.name);
      const perils = definition?.perils ?? [];
      return {
        key: exposure.locator,
        locator: exposure.locator,
        name: exposure.name,
        ...entityOf(
          definition?.fields ?? [],
          exposure.characteristics.findLast((item) => !item.replacedTimestamp),
        ),
        perils: perils.map((peril): PerilEntity => {
          const stored = exposure.perils.find((candidate) => candidate.name === peril.name);
          const current = stored?.characteristics.findLast((item) => !item.replacedTimestamp);
          const amounts = Object.keys(peril.amounts).map(
            (name) => [name, current?.[name as PerilAmount] ?? ''] as const,
          );
          return {
            name: peril.name,
            ...(stored ? { locator: stored.locator } : {}),
            included: stored !== undefined,
            amounts: stored ? Object.fromEntries(amounts) : peril.amounts,
            ...entityOf(peril.fields, current),
          };
        }),
      };
    }),
  };
}

function entityOf(
  fields: readonly FieldDefinition[],
  row: { readonly fieldValues: FieldValues; readonly fieldGroupsByLocator: FieldGroups } | undefined,
): Entity {
  if (!row) return NOTHING;
  const groupFields = fields.filter((field) => field.type === 'group');
  const groups = groupFields.map((field) => {
    const locators = row.fieldValues[field.name] ?? [];
    const repeats = locators.map((locator) => ({
      key: locator,
      locator,
      values: row.fieldGroupsByLocator[locator] ?? {},
    }));
    return [field.name, repeats] as const;
  });
  const isGroup = new Set(groupFields.map((field) => field.name));
  const values = Object.entries(row.fieldValues).filter(([name]) => !isGroup.has(name));
  return { values: Object.fromEntries(values), groups: Object.fromEntries(groups) };
}

/** What the policyholder is called as far as it was typed, in the order of the form. */
export function insuredName(product: ProductForm, form: RiskForm): string {
  const { values } = form.policyholder;
  return policyholderName(Object.fromEntries(product.policyholderFields.map(({ name }) => [name, values[name] ?? []])));
}

/** What each exposure of a form is called: its display name, with a number where there are several of a kind. */
export function exposureTitles(product: ProductForm, form: Pick<RiskForm, 'exposures'>): readonly string[] {
  return form.exposures.map((exposure) => {
    const title = product.exposures.find(({ name }) => name === exposure.name)?.displayName ?? exposure.name;
    const same = form.exposures.filter(({ name }) => name === exposure.name);
    return same.length > 1 ? `${title} ${same.indexOf(exposure) + 1}` : title;
  });
}

/** What the product calls a peril. */
export function perilTitle(product: ProductForm, name: string): string {
  return product.exposures.flatMap(({ perils }) => perils).find((peril) => peril.name === name)?.displayName ?? name;
}
