import { canonicalJson, type JsonObject, type JsonValue } from '#core/model/json.ts';

/** A field in which two versions of a record differ. Paths as in merges: `exposures[<locator>].fieldValues.color` (SY26). */
export interface FieldDifference {
  readonly path: string;
  readonly before?: JsonValue;
  readonly theirs?: JsonValue;
  readonly mine?: JsonValue;
  /** Both sides changed it. */
  readonly clash: boolean;
}

/** Members that say when or how something was worked out: nobody chooses these. */
const NOT_CHOSEN: ReadonlySet<string> = new Set(['updatedAt', 'price', 'underwriting', 'worksheet', 'row']);

/** Where two versions differ, against what both came from where that is known. */
export function differencesOf(
  before: JsonObject | null,
  theirs: JsonObject | null,
  mine: JsonObject | null,
): readonly FieldDifference[] {
  const found: FieldDifference[] = [];
  compare(before ?? undefined, theirs ?? undefined, mine ?? undefined, '', found);
  return found;
}

type Maybe = JsonValue | undefined;

function compare(before: Maybe, theirs: Maybe, mine: Maybe, path: string, found: FieldDifference[]): void {
  if (same(theirs, mine)) return;
  const parts = partsOf(theirs, mine);
  if (parts) {
    const was = partsOf(before, before)?.names ?? new Map<string, Maybe>();
    for (const [name, [left, right]] of parts.pairs) {
      if (NOT_CHOSEN.has(name)) continue;
      const place = name.startsWith('[') ? `${path}${name}` : path === '' ? name : `${path}.${name}`;
      compare(was.get(name), left, right, place, found);
    }
    return;
  }
  found.push({
    path,
    ...(before !== undefined && { before }),
    ...(theirs !== undefined && { theirs }),
    ...(mine !== undefined && { mine }),
    clash: !same(before, theirs) && !same(before, mine),
  });
}

/** Members of two objects, or items of two lists with locators, side by side; undefined for anything else. */
function partsOf(
  a: Maybe,
  b: Maybe,
):
  | { readonly pairs: ReadonlyMap<string, readonly [Maybe, Maybe]>; readonly names: ReadonlyMap<string, Maybe> }
  | undefined {
  const [left, right] = [namedParts(a), namedParts(b)];
  if (!left || !right) return undefined;
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return { pairs: new Map(names.map((name) => [name, [left.get(name), right.get(name)]])), names: left };
}

function namedParts(value: Maybe): Map<string, Maybe> | undefined {
  if (Array.isArray(value)) {
    const parts = new Map<string, Maybe>();
    for (const item of value as readonly JsonValue[]) {
      if (!isObject(item) || typeof item.locator !== 'string') return undefined;
      parts.set(`[${item.locator}]`, item);
    }
    return parts.size > 0 ? parts : undefined;
  }
  return isObject(value) ? new Map(Object.entries(value)) : undefined;
}

/** The record with the fields at some paths as another version has them; what that has not is taken out. */
export function withFields(record: JsonObject, from: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((value, path) => set(value, from, stepsOf(path)) as JsonObject, record);
}

function stepsOf(path: string): readonly string[] {
  return path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
}

function set(value: Maybe, from: Maybe, steps: readonly string[]): Maybe {
  const [step, ...rest] = steps;
  if (step === undefined) return from;
  const taken = namedParts(from)?.get(step);
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    const at = items.findIndex((item) => isObject(item) && `[${String(item.locator)}]` === step);
    const next = set(items[at], taken, rest);
    if (at < 0) return next === undefined ? items : [...items, next];
    return items.flatMap((item, i) => (i === at ? (next === undefined ? [] : [next]) : [item]));
  }
  if (value !== undefined && !isObject(value)) return value;
  const { [step]: was, ...others } = (value ?? {}) as JsonObject;
  const next = set(was, taken, rest);
  return next === undefined ? others : { ...others, [step]: next };
}

function same(a: Maybe, b: Maybe): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
}

function isObject(value: Maybe): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
