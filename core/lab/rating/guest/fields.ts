import type { FieldDefinition, FieldGroups, FieldValues } from '#core/model/field.ts';
import { wholeExpression } from '#core/model/field-values.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { PolicyholderRules } from '#core/policy/policyholder-fields.ts';

/** The values of one entity in their stored form; undefined when the full check has to say what they are. */
export type QuickFields = (given: Readonly<Record<string, JsonValue>>) => FieldValues | undefined;

/** What one text of a field must be to be stored as it stands; false leaves it to the full check. */
export type Accepts = (text: string) => boolean;

const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;
const DAY = /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;
export const MOST_CHARACTERS = 20_000;

/**
 * A check of fields that is made once and says yes to what plainly is what it should be: the values that come are those of
 * `validateFields` (BR30). Anything else, wrong or only rare, it leaves to that.
 */
export function quickFields(definitions: readonly FieldDefinition[]): QuickFields {
  const known = new Map<string, Accepts | undefined>();
  for (const definition of definitions) known.set(definition.name, acceptsOf(definition));
  const all = definitions.map(({ name, optional, condition }) => {
    const asked = Object.entries(condition ?? {}).map(([other, allowed]) => ({ other, allowed: new Set(allowed) }));
    return { name, optional: optional === true, accepts: known.get(name), asked };
  });
  const askedOf = new Map(all.map(({ name, asked }) => [name, asked]));
  return (given) => {
    let left = 0;
    for (const _ in given) left += 1;
    const values: Record<string, readonly string[]> = {};
    for (const { name, optional, accepts, asked } of all) {
      const text = textOf(given, name);
      const shown = asked.length === 0 || isShown(asked, askedOf, given, 0);
      // Conditions that go in a circle.
      if (shown === undefined) return undefined;
      if (!shown) {
        // A value of a field that is not asked for is refused, in the words of the full check.
        if (Object.hasOwn(given, name)) return undefined;
        continue;
      }
      if (text === undefined) {
        if (!optional || Object.hasOwn(given, name)) return undefined;
        continue;
      }
      left -= 1;
      if (!accepts?.(text)) return undefined;
      values[name] = [text];
    }
    return left === 0 ? values : undefined;
  };
}

/** As `quickFields`, of a policyholder: nothing is required, and where nothing says what one is any text is taken. */
export function quickHolder({ fields, authored }: Pick<PolicyholderRules, 'fields' | 'authored'>): QuickFields {
  const known = quickFields(fields.map((field) => ({ ...field, optional: true })));
  if (authored || fields.length > 0) return known;
  return (given) => {
    const values: Record<string, readonly string[]> = {};
    for (const name in given) {
      const text = textOf(given, name);
      if (text === undefined || text.length > MOST_CHARACTERS || Object.hasOwn(Object.prototype, name))
        return undefined;
      values[name] = [text];
    }
    return values;
  };
}

type Asked = readonly { readonly other: string; readonly allowed: ReadonlySet<string> }[];
const DEEPEST = 10;

/** Whether the conditions of a field hold: a field that is itself not shown satisfies none. Undefined when they go on and on. */
function isShown(
  asked: Asked,
  askedOf: ReadonlyMap<string, Asked>,
  given: Readonly<Record<string, JsonValue>>,
  depth: number,
): boolean | undefined {
  if (depth > DEEPEST) return undefined;
  for (const { other, allowed } of asked) {
    const inner = askedOf.get(other);
    const text = textOf(given, other);
    if (inner === undefined || text === undefined || !allowed.has(text)) return false;
    const shown = inner.length === 0 || isShown(inner, askedOf, given, depth + 1);
    if (!shown) return shown;
  }
  return true;
}

/** A single value as text; undefined for none and for any other. */
function textOf(given: Readonly<Record<string, JsonValue>>, name: string): string | undefined {
  const found: unknown = Object.hasOwn(given, name) ? given[name] : undefined;
  const value: unknown = Array.isArray(found) && found.length === 1 ? found[0] : found;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns undefined for a field whose values the full check must see */
export function acceptsOf(definition: FieldDefinition): Accepts | undefined {
  const most = Math.min(definition.maxLength ?? MOST_CHARACTERS, MOST_CHARACTERS);
  if (Object.hasOwn(Object.prototype, definition.name)) return undefined;
  switch (definition.type) {
    case 'string': {
      const expression = definition.regex === undefined ? undefined : wholeExpression(definition.regex);
      return (text) => text.length <= most && (expression === undefined || expression.test(text));
    }
    case 'select': {
      const options = new Set(definition.values);
      return (text) => text.length <= most && (options.size === 0 || options.has(text));
    }
    case 'number':
      return numberAccepts(definition, most);
    case 'date':
      if (definition.precision !== undefined && definition.precision !== 'day') return undefined;
      if (definition.minimum ?? definition.maximum ?? definition.minimumOffset ?? definition.maximumOffset)
        return undefined;
      return (text) => text.length <= most && DAY.test(text);
    default:
      return undefined;
  }
}

/** How long a text may be of a field that takes any; undefined for other fields. */
export function isAnyText(definition: FieldDefinition): number | undefined {
  if (definition.type !== 'string' || definition.regex !== undefined) return undefined;
  if (Object.hasOwn(Object.prototype, definition.name)) return undefined;
  return Math.min(definition.maxLength ?? MOST_CHARACTERS, MOST_CHARACTERS);
}

function numberAccepts({ minimum, maximum, decimalPlaces }: FieldDefinition, most: number): Accepts | undefined {
  const bound = (text: string | undefined, open: number): number | undefined => {
    if (text === undefined || text.trim() === '') return open;
    return NUMBER.test(text) && text.length < 16 ? Number(text) : undefined;
  };
  const low = bound(minimum, Number.NEGATIVE_INFINITY);
  const high = bound(maximum, Number.POSITIVE_INFINITY);
  if (low === undefined || high === undefined) return undefined;
  return (text) => {
    // Of at most 15 digits the nearest doubles are in the order of their decimals.
    if (text.length > 15 || text.length > most) return false;
    const whole = wholeOf(text);
    if (whole >= 0) return whole >= low && whole <= high;
    if (!NUMBER.test(text)) return false;
    const point = text.indexOf('.');
    if (decimalPlaces !== undefined && point >= 0 && text.length - point - 1 > decimalPlaces) return false;
    const number = Number(text);
    return number >= low && number <= high;
  };
}

/** A whole number of a few digits; -1 for any other text. */
function wholeOf(text: string): number {
  const { length } = text;
  if (length > 9 || length === 0) return -1;
  let number = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return length > 1 && text.charCodeAt(0) === 0x30 ? -1 : number;
}

/** No repeats of groups. */
export const NO_GROUPS: FieldGroups = Object.freeze({});
