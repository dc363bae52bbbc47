import type { ProductForm } from '#core/api/contract.ts';
import type { ConflictRecordSides } from '#core/api/contracts/sync.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { moment, titled } from '../../app/format.ts';
import { text } from '../../app/text.ts';

type Field = ConflictRecordSides['fields'][number];

/** What only the program reads: it follows from the rest, or is a name of ours. */
const TECHNICAL =
  /(^|\.)(\w*[lL]ocator|row|modification|renewalGroup|worksheet|configVersion|createdAt|updatedAt|inputHash|revision|basedOn|run|diary|blob|version)$|^(price|underwriting|effect|billing)(\.|$)/;
const INSTANT = /(^|\.)(contractStart|contractEnd|issuedAt|effective|\w+At)$/;

/** Whether people read this field. */
export function isRead({ path }: Field): boolean {
  return !TECHNICAL.test(path);
}

/** `Vehicle 1 › Collision › Deductible`: a path as the forms name its place. @param product undefined while it is not known */
export function fieldWords(path: string, sides: ConflictRecordSides, product: ProductForm | undefined): string {
  const words: string[] = [];
  let fields: readonly FieldDefinition[] = product
    ? [...(sides.type === 'policyholder' ? product.policyholderFields : product.fields)]
    : [];
  let exposure: ProductForm['exposures'][number] | undefined;
  for (const { name, locator } of partsOf(path)) {
    const item = locator === undefined ? undefined : itemOf(sides, name, locator);
    if (name === 'exposures' && item) {
      exposure = product?.exposures.find((candidate) => candidate.name === item.name);
      fields = exposure?.fields ?? [];
      words.push(`${exposure?.displayName ?? titled(item.name)}${item.number === undefined ? '' : ` ${item.number}`}`);
    } else if (name === 'perils' && item) {
      const peril = exposure?.perils.find((candidate) => candidate.name === item.name);
      fields = peril?.fields ?? [];
      words.push(peril?.displayName ?? titled(item.name));
    } else if (!CONTAINERS.has(name)) {
      const everywhere = fields.flatMap((field) => [field, ...(field.fields ?? [])]);
      const members: Readonly<Record<string, string>> = text.history.members;
      const amounts: Readonly<Record<string, string>> = text.risk.amounts;
      words.push(
        everywhere.find((field) => field.name === name)?.title ?? amounts[name] ?? members[name] ?? titled(name),
      );
    }
  }
  return words.join(' › ') || path;
}
/** Members that hold others and say nothing themselves. */
const CONTAINERS: ReadonlySet<string> = new Set(['entity', 'values', 'fieldValues', 'fieldGroupsByLocator', 'amounts']);

/** A value as people read it; nothing where there is none. */
export function valueWords(value: JsonValue | undefined, path: string, timeZone: string): string {
  if (value === undefined || value === null || value === '') return text.sync.conflicts.nothing;
  if (typeof value === 'number' && INSTANT.test(path)) return moment(value, timeZone);
  if (Array.isArray(value))
    return value.map((item) => valueWords(item, '', timeZone)).join(', ') || text.sync.conflicts.nothing;
  if (isObject(value)) return objectWords(value, timeZone);
  const known: Readonly<Record<string, string>> = text.history.words;
  return known[String(value)] ?? String(value);
}

/** A whole item that one side added or took away, in its values. */
function objectWords(value: JsonObject, timeZone: string): string {
  const { name, fieldValues } = value;
  const inner = typeof fieldValues === 'object' && fieldValues !== null ? Object.values(fieldValues) : [];
  const words = [typeof name === 'string' ? titled(name) : '', ...inner.map((item) => valueWords(item, '', timeZone))];
  return words.filter((word) => word !== '').join(', ') || JSON.stringify(value);
}

/** `exposures[e1].fieldValues.color` in its parts. */
function partsOf(path: string): readonly { readonly name: string; readonly locator?: string }[] {
  return [...path.matchAll(/([^.[\]]+)(?:\[([^\]]*)\])?/g)].map(([, name = '', locator]) =>
    locator === undefined ? { name } : { name, locator },
  );
}

/** An exposure or peril by locator, wherever a side has it, with its number among those of its name. */
function itemOf(sides: ConflictRecordSides, list: string, locator: string) {
  for (const side of [sides.mine, sides.theirs, sides.before])
    for (const items of listsOf(side, list)) {
      const found = items.find((item) => item.locator === locator);
      if (!found) continue;
      const same = items.filter((item) => item.name === found.name);
      return { name: found.name, ...(same.length > 1 ? { number: same.indexOf(found) + 1 } : {}) };
    }
  return undefined;
}

interface Named {
  readonly locator: string;
  readonly name: string;
}

/** The lists of a member, also those inside other lists: the perils of each exposure. */
function listsOf(value: JsonValue | undefined, name: string): readonly (readonly Named[])[] {
  if (Array.isArray(value)) return value.flatMap((item) => listsOf(item, name));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([member, inner]) => [
    ...(member === name && Array.isArray(inner) ? [inner.filter(isNamed)] : []),
    ...listsOf(inner, name),
  ]);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamed(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && 'locator' in value && 'name' in value;
}

/** The product that a record is written in, where it says so. */
export function productIn(records: readonly ConflictRecordSides[]): string | undefined {
  for (const { mine, theirs, before } of records)
    for (const side of [mine, theirs, before])
      if (isObject(side) && typeof side.productName === 'string') return side.productName;
  return undefined;
}
