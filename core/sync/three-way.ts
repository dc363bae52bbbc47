import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';
import type { RecordType } from '#core/store/contract.ts';

/** A merged draft, or the fields that both sides changed differently. */
export type Merge =
  | { readonly ok: true; readonly record: JsonObject }
  | { readonly ok: false; readonly fields: readonly string[] };

/** Members that say what was worked out from a draft: nobody worked out the merged one (SY27). */
const WORKED_OUT: Partial<Record<RecordType, readonly string[]>> = {
  quote: ['price', 'underwriting', 'worksheet'],
  transaction: ['effect', 'gross', 'run', 'basedOn', 'revision', 'underwriting', 'worksheet', 'billing'],
};
/** Times of the last change of a record: the later one is taken (SY26). A field that a product calls so is a field like any other. */
const LATEST: ReadonlySet<string> = new Set(['updatedAt']);

/** Whether a record is a draft whose disjoint changes merge (SY25). */
export function isDraft(type: RecordType, record: JsonObject): boolean {
  switch (type) {
    case 'policyholder':
    case 'auxData':
      return true;
    case 'policy':
      return record.issuedAt === undefined;
    case 'quote':
      return record.state === 'draft';
    case 'transaction':
      return record.state === 'draft' || record.state === 'application';
    default:
      return false;
  }
}

/** Merges two descendants of one draft, or names the fields in which they disagree (SY25 to SY28). */
export function mergeDrafts(type: RecordType, base: JsonObject, theirs: JsonObject, mine: JsonObject): Merge {
  if (![base, theirs, mine].every((record) => isDraft(type, record))) return { ok: false, fields: [] };
  const fields: string[] = [];
  const without = WORKED_OUT[type] ?? [];
  const inputs = (record: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !without.includes(name)));
  const record = mergeObjects(inputs(base), inputs(theirs), inputs(mine), '', fields);
  return fields.length === 0 ? { ok: true, record } : { ok: false, fields };
}

function mergeObjects(
  base: JsonObject,
  theirs: JsonObject,
  mine: JsonObject,
  path: string,
  fields: string[],
): JsonObject {
  const merged: Record<string, JsonValue> = {};
  for (const name of [...new Set([...Object.keys(base), ...Object.keys(theirs), ...Object.keys(mine)])].sort()) {
    const [before, left, right] = [own(base, name), own(theirs, name), own(mine, name)];
    const place = path === '' ? name : `${path}.${name}`;
    const value =
      path === '' && LATEST.has(name) && typeof left === 'number' && typeof right === 'number'
        ? Math.max(left, right)
        : mergeValues(before, left, right, place, fields);
    if (value !== undefined) Object.defineProperty(merged, name, { value, ...PLAIN });
  }
  return merged;
}
/** A member called `__proto__` is a member like any other. */
const PLAIN = { enumerable: true, writable: true, configurable: true } as const;

function own(of: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function mergeValues(
  base: JsonValue | undefined,
  theirs: JsonValue | undefined,
  mine: JsonValue | undefined,
  path: string,
  fields: string[],
): JsonValue | undefined {
  if (same(theirs, mine) || same(base, mine)) return theirs;
  if (same(base, theirs)) return mine;
  if (isObject(theirs) && isObject(mine) && (isObject(base) || base === undefined))
    return mergeObjects(base ?? {}, theirs, mine, path, fields);
  const lists = [base, theirs, mine].map(itemsOf);
  const [before, left, right] = lists;
  if (before && left && right) return mergeLists(before, left, right, path, fields);
  fields.push(path);
  return theirs;
}

type Items = ReadonlyMap<string, JsonObject>;

/** A list whose items have locators of their own, by locator. */
function itemsOf(value: JsonValue | undefined): Items | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = new Map<string, JsonObject>();
  for (const item of value as readonly JsonValue[]) {
    if (!isObject(item) || typeof item.locator !== 'string' || items.has(item.locator)) return undefined;
    items.set(item.locator, item);
  }
  return items;
}

/** Item by item: what both kept, then what was added, by locator, so that either order of arrival gives the same. */
function mergeLists(base: Items, theirs: Items, mine: Items, path: string, fields: string[]): readonly JsonValue[] {
  const merge = (locator: string): JsonValue | undefined =>
    mergeValues(base.get(locator), theirs.get(locator), mine.get(locator), `${path}[${locator}]`, fields);
  const common = [...base.keys()].filter((locator) => theirs.has(locator) && mine.has(locator));
  const orderIn = (items: Items): readonly string[] => [...items.keys()].filter((locator) => common.includes(locator));
  // Their order is a field of its own: who moved items is followed, two who moved them differently disagree.
  const order = mergeValues(common, orderIn(theirs), orderIn(mine), `${path}[]`, fields) as readonly string[];
  const alone = [...base.keys()].filter((locator) => !common.includes(locator));
  const kept = [...order, ...alone];
  const added = [...new Set([...theirs.keys(), ...mine.keys()])].filter((locator) => !base.has(locator)).sort();
  return [...kept, ...added].flatMap((locator) => merge(locator) ?? []);
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
