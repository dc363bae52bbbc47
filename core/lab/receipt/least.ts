import type { JsonValue } from '#core/model/json.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { sameSteps } from './difference.ts';

/** Members of records and responses that hold what people said of themselves, by the name of the field. */
const BY_FIELD = new Set(['fieldValues', 'values', 'fields', 'lists']);
/** The same, below a locator. */
const BY_GROUP = new Set(['fieldGroupsByLocator', 'groups']);
const MOST_TRIED = 200;

interface Tried<T> {
  readonly input: T;
  readonly steps: readonly WorksheetStep[];
}

/**
 * The input with no more fields than the price needs (PR3): first without all that no step of the worksheet read; where that is
 * another price (JavaScript reads unseen), field by field. Every attempt is rated; only what gives the same worksheet counts.
 * @param rate rates an input; throws when it can not be rated
 */
export async function leastInput<T extends object>(
  whole: T,
  steps: readonly WorksheetStep[],
  rate: (input: T) => Promise<readonly WorksheetStep[]>,
): Promise<{ readonly input: T; readonly steps: readonly WorksheetStep[]; readonly leftOut: readonly string[] }> {
  const names = [...fieldNames(whole)].sort();
  const attempt = async (left: ReadonlySet<string>): Promise<Tried<T> | undefined> => {
    const input = without(whole, left);
    try {
      const now = await rate(input);
      return sameSteps(steps, now) ? { input, steps: now } : undefined;
    } catch {
      return undefined;
    }
  };
  const read = new Set(readNames(steps));
  const unread = new Set(names.filter((name) => !read.has(name)));
  const first = await attempt(unread);
  if (first) return { ...first, leftOut: [...unread].sort() };
  let best: Tried<T> = { input: whole, steps };
  const left = new Set<string>();
  for (const name of names.slice(0, MOST_TRIED)) {
    if (read.has(name)) continue;
    const tried = await attempt(new Set([...left, name]));
    if (!tried) continue;
    left.add(name);
    best = tried;
  }
  return { ...best, leftOut: [...left].sort() };
}

/** Names that the paths of inputs end in. */
function readNames(steps: readonly WorksheetStep[]): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'section') return readNames(step.steps);
    return step.kind === 'input' ? step.path.split(/[.[\]"']+/) : [];
  });
}

function fieldNames(value: unknown, into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) fieldNames(item, into);
  else if (isObject(value))
    for (const [key, member] of Object.entries(value)) {
      if (isObject(member) && BY_FIELD.has(key)) addNames(member, into);
      else if (isObject(member) && BY_GROUP.has(key))
        for (const group of Object.values(member)) addNames(isObject(group) ? group : {}, into);
      if (isObject(member) || Array.isArray(member)) fieldNames(member, into);
    }
  return into;
}

/** Only lists of texts are values of fields: `fields` and `values` are members of other things too. */
function addNames(values: object, into: Set<string>): void {
  for (const [name, value] of Object.entries(values)) if (isFieldValue(value)) into.add(name);
}

function isFieldValue(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

/** A copy without the fields, and without files that they name. */
function without<T extends object>(whole: T, left: ReadonlySet<string>): T {
  const kept = (values: object): object =>
    Object.fromEntries(Object.entries(values).filter(([name, value]) => !(left.has(name) && isFieldValue(value))));
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        if (key === 'mediaByLocator') return [key, {}];
        if (isObject(member) && BY_FIELD.has(key)) return [key, copy(kept(member))];
        if (isObject(member) && BY_GROUP.has(key))
          return [key, Object.fromEntries(Object.entries(member).map(([at, group]) => [at, kept(group as object)]))];
        return [key, copy(member)];
      }),
    );
  };
  return copy(whole) as T;
}

function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
