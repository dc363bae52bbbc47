import { parseDecimal } from './decimal.ts';
import type { FieldDefinition, FieldValues } from './field.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { ExposureResponse, PolicyholderResponse, PolicyResponse } from './policy.ts';
import type { Product } from './product.ts';

/**
 * What Liquid sees of a policy (formats §2.2, §6): API shapes in snake_case, field values typed by their definitions, timestamps
 * and amounts as numbers. The choices are written down in core/pricing/SPEC.md (P30 to P39).
 */
export interface PolicyScope {
  /** `data.policy` */
  readonly policy: JsonObject;
  /** The characteristics rows of policy, exposures and perils by locator: the same objects as inside `policy`. */
  readonly rows: ReadonlyMap<string, JsonObject>;
}

export function policyScope(policy: PolicyResponse, product: Product): PolicyScope {
  const rows = new Map<string, JsonObject>();
  const convertRows = (list: readonly RowLike[], fields: readonly FieldDefinition[]): JsonObject[] =>
    list.map((row) => {
      const converted = rowScope(row, fields);
      rows.set(row.locator, converted);
      return converted;
    });
  const { characteristics, exposures, ...rest } = policy;
  const scope: JsonObject = {
    ...snakeMembers(rest),
    characteristics: convertRows(characteristics, product.fields),
    exposures: exposures.map((exposure) => exposureScope(exposure, product, convertRows)),
  };
  return { policy: scope, rows };
}

/** `data.policyholder`: `{id, locator, entity: {values, …}, …}` with values typed by the policyholder's field definitions. */
export function policyholderScope(policyholder: PolicyholderResponse, fields: readonly FieldDefinition[]): JsonObject {
  const { entity, ...rest } = policyholder;
  return {
    id: policyholder.locator,
    ...snakeMembers(rest),
    entity: { ...snakeMembers({ completed: entity.completed }), values: typedValues(entity.values, fields) },
  };
}

/**
 * Field values as Liquid's ValuesMap (formats §2.2): a repeatable field is a list, any other a scalar; an unknown field is a
 * scalar when it holds one value. Numbers become numbers; everything else stays the text that it is.
 */
export function typedValues(values: FieldValues, fields: readonly FieldDefinition[]): JsonObject {
  const definitions = new Map(fields.map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(values).map(([name, list]): [string, JsonValue] => {
      const field = definitions.get(name);
      const items = list.map((text) => typedValue(text, field));
      return [name, (field?.repeatable ?? items.length > 1) ? items : (items[0] ?? null)];
    }),
  );
}

function typedValue(text: string, field: FieldDefinition | undefined): JsonValue {
  if (field?.type === 'number') return text.trim() === '' ? null : liquidNumber(text);
  // Older clients send dates as milliseconds: those stay numbers, so that arithmetic and timestamp filters work on them.
  if (field?.type === 'date' && /^-?\d{6,}$/.test(text)) return liquidNumber(text);
  return text;
}

/**
 * A number for Liquid: a plain whole number is an integer (integer ÷ integer truncates there), any other an exact decimal
 * `{"$decimal": text}`. A text that is no number stays as it is (`"unlimited"`).
 */
export function liquidNumber(text: string): JsonValue {
  const plain = text.trim();
  if (/^-?(0|[1-9]\d*)$/.test(plain) && Number.isSafeInteger(Number(plain))) return Number(plain);
  if (/^-?\d+\.\d+$/.test(plain)) return { $decimal: plain };
  const decimal = parseDecimal(plain);
  if (!decimal) return text;
  return decimal.isInteger() && decimal.abs().lte(Number.MAX_SAFE_INTEGER)
    ? decimal.toNumber()
    : { $decimal: decimal.toFixed() };
}

/** What plugins and raters are given: the same shapes with every number as text, "to keep precision" (formats §1.11). */
export function numbersAsText(value: unknown): JsonValue {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(numbersAsText);
  if (value === null || typeof value !== 'object') return (value ?? null) as JsonValue;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, numbersAsText(member)]),
  );
}

interface RowLike {
  readonly locator: string;
  readonly fieldValues: FieldValues;
  readonly fieldGroupsByLocator: Readonly<Record<string, unknown>>;
}

export function rowScope(row: RowLike, fields: readonly FieldDefinition[]): JsonObject {
  const { fieldValues, fieldGroupsByLocator, ...rest } = row;
  return {
    ...snakeMembers(rest),
    field_values: typedValues(fieldValues, fields),
    field_groups_by_locator: groupScopes(fieldValues, fieldGroupsByLocator, fields),
  };
}

/** Each repeat of a group by its locator; the group's own definition types its fields. Accepts both shapes of formats §3.2. */
function groupScopes(
  values: FieldValues,
  groups: Readonly<Record<string, unknown>>,
  fields: readonly FieldDefinition[],
): JsonObject {
  return Object.fromEntries(
    Object.entries(groups).map(([locator, group]) => {
      const owner = fields.find((field) => field.type === 'group' && values[field.name]?.includes(locator));
      return [locator, typedValues(groupValues(group), owner?.fields ?? [])];
    }),
  );
}

function groupValues(group: unknown): FieldValues {
  if (typeof group !== 'object' || group === null) return {};
  const wrapped = 'fieldValues' in group && 'fieldName' in group && !Array.isArray(group.fieldValues);
  const values = wrapped ? (group.fieldValues as object | null) : group;
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(String)]),
  );
}

function exposureScope(
  exposure: ExposureResponse,
  product: Product,
  convertRows: (rows: readonly RowLike[], fields: readonly FieldDefinition[]) => JsonObject[],
): JsonObject {
  const definition = product.exposures.find((candidate) => candidate.name === exposure.name);
  const { characteristics, perils, ...rest } = exposure;
  return {
    ...snakeMembers(rest),
    characteristics: convertRows(characteristics, definition?.fields ?? []),
    perils: perils.map((peril) => {
      const fields = definition?.perils.find((candidate) => candidate.name === peril.name)?.fields ?? [];
      const { characteristics: perilRows, ...perilRest } = peril;
      return { ...snakeMembers(perilRest), characteristics: convertRows(perilRows, fields) };
    }),
  };
}

/** Members that are numbers though they travel as text: timestamps and amounts. */
const NUMERIC =
  /(timestamp|amount|premium|premiumChange|taxes|fees|totalDue|price|commission|balance|refund|charge|deductible|lumpSumPayment|indemnityPerItem|indemnityPerEvent|indemnityInAggregate)$/i;
/** Maps whose keys are names that a tenant gave (fields, groups, exposures) or locators: those stay as they are. */
const NAMED_BY_TENANT: ReadonlySet<string> = new Set([
  ...['allFieldValues', 'updatedFieldValues', 'updatedFieldGroups', 'updatedExposures', 'updatedPerils'],
  ...['fieldGroupsByLocator', 'mediaByLocator'],
]);

/** Members of an API shape in snake_case: `…Timestamp` as integers, amounts as numbers; maps named by the tenant keep their keys. */
export function snakeMembers(members: object): Record<string, JsonValue> {
  const converted: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined) converted[memberName(key).snake] = snakeValue(key, value);
  }
  return converted;
}

function snakeValue(key: string, value: unknown): JsonValue {
  if (typeof value === 'string') return memberName(key).numeric ? liquidNumber(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  // Items of a list are no map named by the tenant, whatever the list is called.
  if (Array.isArray(value)) return value.map((item) => snakeValue(NAMED_BY_TENANT.has(key) ? '' : key, item));
  if (typeof value !== 'object') return null;
  if (key === 'fieldValues') return typedValues(value as FieldValues, []);
  if (!NAMED_BY_TENANT.has(key)) return snakeMembers(value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, snakeValue('', member)]));
}

interface MemberName {
  readonly snake: string;
  readonly numeric: boolean;
}
/** A memo of a pure function: the names of API members are few, and a policy holds each of them many times. Bounded all the same. */
const MEMBER_NAMES = new Map<string, MemberName>();
const MOST_MEMBER_NAMES = 1_000;

function memberName(key: string): MemberName {
  const known = MEMBER_NAMES.get(key);
  if (known !== undefined) return known;
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const name = { snake, numeric: NUMERIC.test(key) };
  if (MEMBER_NAMES.size < MOST_MEMBER_NAMES) MEMBER_NAMES.set(key, name);
  return name;
}
