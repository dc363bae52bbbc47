import { parseDecimal } from './decimal.ts';
import type { FieldDefinition, FieldGroups, FieldValues, ValueFault } from './field.ts';
import { dateFault } from './field-dates.ts';
import { lookupOptions } from './field-lookup.ts';
import type { FieldError } from './problem.ts';
import type { TableSource } from './table.ts';

/** Most characters of any text value, whatever the field says (formats §1.5). */
const MOST_CHARACTERS = 20_000;
/** Most values of a repeatable field and most repeats of a group in one request. */
const MOST_REPEATS = 10_000;

/** Values as a request may carry them: a scalar or a list; a group also as objects of values. */
export type FieldInput = Readonly<Record<string, unknown>>;
/** One repeat of a group as a request carries it beside the values (formats §3.4). */
export interface FieldGroupInput {
  readonly fieldName: string;
  readonly fieldValues?: FieldInput;
  /** Of a repeat that is there already; a new one gets its own. */
  readonly locator?: string;
}
export interface FieldContext {
  /** Milliseconds: the moment that date offsets count from. */
  readonly now: number;
  /** IANA zone of the tenant. */
  readonly timeZone: string;
  /** For lookup fields; a table that is not there accepts every text. */
  readonly tables?: Readonly<Record<string, TableSource>>;
  readonly newLocator: () => string;
  /** Where the fields sit, for messages, e.g. `exposures[0].perils[1]`; '' or absent for the policy itself. */
  readonly path?: string;
  /**
   * What becomes of a value whose field's condition does not hold: `refuse` it (default, as the original does) or `drop` it, for
   * values carried over from before a change.
   */
  readonly hidden?: 'refuse' | 'drop';
}
export interface ValidFields {
  readonly values: FieldValues;
  readonly groups: FieldGroups;
  /** Empty when everything is valid; then values and groups may be stored. */
  readonly errors: readonly FieldError[];
}

/**
 * Checks the values of one entity against its field definitions and brings them into their stored form, lists of text
 * (formats §1.5; rules F1–F12 in core/product/SPEC.md). Never throws for what a request contains.
 */
export function validateFields(
  definitions: readonly FieldDefinition[],
  input: FieldInput,
  groupInputs: readonly FieldGroupInput[],
  context: FieldContext,
): ValidFields {
  const errors: FieldError[] = [];
  const groups: Record<string, FieldValues> = {};
  const report = (fieldName: string, code: FieldError['code'], message: string, path = context.path ?? ''): void => {
    errors.push({ fieldName, code, message, ...(path === '' ? {} : { path }) });
  };
  const known = new Map(definitions.map((definition) => [definition.name, definition]));
  for (const name of unknownNames(known, input, groupInputs))
    report(name, 'INVALID_FIELD', `There is no field "${name}" here.`);

  const given: Record<string, readonly string[]> = Object.create(null);
  for (const definition of definitions) {
    if (definition.type === 'group') continue;
    const texts = textsOf(own(input, definition.name));
    if (texts) given[definition.name] = texts;
    else report(definition.name, 'INVALID_TYPE', `"${definition.name}" takes text, numbers or a list of them.`);
  }
  const shown = new Set(shownFields(definitions, given).map(({ name }) => name));
  const values: Record<string, readonly string[]> = {};
  for (const definition of definitions) {
    const { name } = definition;
    if (definition.type === 'group')
      for (const locator of strayLocators(own(input, name), groupInputs))
        report(name, 'INVALID_VALUE', `"${name}" names the group ${locator}, which the request does not carry.`);
    const repeats = definition.type === 'group' ? repeatsOf(definition, own(input, name), groupInputs) : undefined;
    const count = repeats ? repeats.length : (given[name]?.length ?? 0);
    if (!shown.has(name)) {
      if (count > 0 && context.hidden !== 'drop')
        report(name, 'INVALID_FIELD', `"${name}" may only be given when ${conditionText(definition)}.`);
      continue;
    }
    if (count === 0) {
      const readable = definition.type === 'group' || given[name] !== undefined;
      if (!definition.optional && readable) report(name, 'MISSING', `"${definition.title}" is required.`);
      continue;
    }
    if (count > 1 && !definition.repeatable) {
      report(name, 'INVALID_VALUE', `"${name}" takes one value, not ${count}.`);
      continue;
    }
    if (count > mostRepeats(definition)) {
      report(name, 'INVALID_VALUE', `"${name}" takes at most ${mostRepeats(definition)} repeats, not ${count}.`);
      continue;
    }
    if (repeats) values[name] = repeats.map((repeat, index) => validateRepeat(definition, repeat, index));
    else {
      const texts = (given[name] ?? []).map((text) => normal(definition, text));
      for (const text of texts) {
        const fault = faultOf(definition, text, definitions, given, context);
        if (fault) report(name, fault.code, `"${name}": ${fault.message}`);
      }
      values[name] = texts;
    }
  }
  return { values, groups, errors };

  function validateRepeat(group: FieldDefinition, repeat: FieldGroupInput, index: number): string {
    const path = [context.path, `${group.name}[${index}]`].filter(Boolean).join('.');
    const inner = validateFields(group.fields ?? [], repeat.fieldValues ?? {}, [], { ...context, path });
    errors.push(...inner.errors);
    Object.assign(groups, inner.groups);
    const locator = repeat.locator ?? context.newLocator();
    groups[locator] = inner.values;
    return locator;
  }
}

/**
 * The fields that are asked for, given the values: those whose condition holds (OR within a list, AND across fields). A field
 * that is itself not shown satisfies no condition.
 */
export function shownFields(
  definitions: readonly FieldDefinition[],
  values: Readonly<Record<string, readonly string[] | undefined>>,
): readonly FieldDefinition[] {
  const known = new Map(definitions.map((definition) => [definition.name, definition]));
  const decided = new Map<string, boolean>();
  const isShown = (definition: FieldDefinition): boolean => {
    const before = decided.get(definition.name);
    if (before !== undefined) return before;
    // A field that depends on itself counts as shown while it is looked at: its own value decides.
    decided.set(definition.name, true);
    const shown = Object.entries(definition.condition ?? {}).every(([name, allowed]) => {
      const other = known.get(name);
      return (
        other !== undefined && isShown(other) && (own(values, name) ?? []).some((value) => allowed.includes(value))
      );
    });
    decided.set(definition.name, shown);
    return shown;
  };
  return definitions.filter(isShown);
}

/** A member of the object itself: a field may be called `constructor`. */
function own<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function unknownNames(
  known: ReadonlyMap<string, FieldDefinition>,
  input: FieldInput,
  groupInputs: readonly FieldGroupInput[],
): ReadonlySet<string> {
  const names = Object.keys(input).filter((name) => !known.has(name) && textsOf(input[name])?.length !== 0);
  const groups = groupInputs.map(({ fieldName }) => fieldName).filter((name) => known.get(name)?.type !== 'group');
  return new Set([...names, ...groups]);
}

/** The values as text; null, blank text and empty lists are no value. Undefined when there is something that is no value. */
function textsOf(value: unknown): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (items.length > MOST_REPEATS) return undefined;
  const texts: string[] = [];
  for (const item of items) {
    if (item === undefined || item === null || item === '') continue;
    if (typeof item === 'number' && Number.isFinite(item)) texts.push(parseDecimal(item)?.toString() ?? String(item));
    else if (typeof item === 'string' || typeof item === 'boolean') texts.push(String(item));
    else return undefined;
  }
  return texts;
}

/** The repeats of a group: objects in its value, locators in its value that name inputs, and inputs with its name. */
function repeatsOf(
  group: FieldDefinition,
  value: unknown,
  inputs: readonly FieldGroupInput[],
): readonly FieldGroupInput[] {
  const own = inputs.filter(({ fieldName }) => fieldName === group.name);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const inline = items.filter((item): item is FieldInput => typeof item === 'object' && item !== null);
  return [...inline.map((fieldValues) => ({ fieldName: group.name, fieldValues })), ...own].slice(0, MOST_REPEATS + 1);
}

/** Texts in the value of a group that are the locator of none of its repeats. */
function strayLocators(value: unknown, inputs: readonly FieldGroupInput[]): readonly string[] {
  const texts = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string' && item !== '');
  return texts.filter((text) => !inputs.some(({ locator }) => locator === text));
}

function mostRepeats(definition: FieldDefinition): number {
  if (definition.type !== 'group') return MOST_REPEATS;
  return Math.min(parseDecimal(definition.maximum)?.toNumber() ?? MOST_REPEATS, MOST_REPEATS);
}

/** `channel is Agent or Broker and state is NE`. */
export function conditionText({ condition = {} }: FieldDefinition): string {
  return Object.entries(condition)
    .map(([name, values]) => `${name} is ${values.join(' or ')}`)
    .join(' and ');
}

/** Numbers lose blanks and exponents; everything else stays as it was given. */
function normal(definition: FieldDefinition, text: string): string {
  if (definition.type !== 'number') return text;
  const trimmed = text.trim();
  return /[eE]/.test(trimmed) ? (parseDecimal(trimmed)?.toString() ?? text) : trimmed;
}

const wrongType = (message: string): ValueFault => ({ code: 'INVALID_TYPE', message });
const wrongValue = (message: string): ValueFault => ({ code: 'INVALID_VALUE', message });

function faultOf(
  definition: FieldDefinition,
  text: string,
  definitions: readonly FieldDefinition[],
  given: Readonly<Record<string, readonly string[]>>,
  context: FieldContext,
): ValueFault | undefined {
  const most = Math.min(definition.maxLength ?? MOST_CHARACTERS, MOST_CHARACTERS);
  if (text.length > most) return wrongValue(`${text.length} characters are more than ${most}.`);
  switch (definition.type) {
    case 'number':
      return numberFault(definition, text);
    case 'select':
      if (!definition.values?.length || definition.values.includes(text)) return undefined;
      return wrongValue(`"${text}" is none of ${listed(definition.values)}.`);
    case 'date':
      return dateFault(definition, text, context.now, context.timeZone);
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(text) ? undefined : wrongType(`"${text}" is no e-mail address.`);
    case 'lookup': {
      const options = lookupOptions(definition, definitions, given, context.tables ?? {});
      return !options || options.includes(text) ? undefined : wrongValue(`"${text}" is none of ${listed(options)}.`);
    }
    case 'string':
      return regexFault(definition.regex, text);
    default:
      return undefined;
  }
}

function numberFault(definition: FieldDefinition, text: string): ValueFault | undefined {
  const number = parseDecimal(text);
  if (!number) return wrongType(`"${text}" is no number.`);
  const { decimalPlaces } = definition;
  if (decimalPlaces !== undefined && number.decimalPlaces() > decimalPlaces)
    return wrongValue(`${text} has more than ${decimalPlaces} decimals.`);
  const [minimum, maximum] = [parseDecimal(definition.minimum), parseDecimal(definition.maximum)];
  if (minimum && number.lessThan(minimum)) return wrongValue(`${text} is less than ${definition.minimum}.`);
  if (maximum && number.greaterThan(maximum)) return wrongValue(`${text} is more than ${definition.maximum}.`);
  return undefined;
}

/** The expression that a whole value must match; undefined for one that this platform can not read. */
export function wholeExpression(regex: string): RegExp | undefined {
  try {
    // Read by itself first: `a)|(b` is none, and would be one between our own parentheses.
    return new RegExp(`^(?:${new RegExp(regex).source})$`);
  } catch {
    return undefined;
  }
}

/** An expression that can not be read is not enforced; `check` reports it. */
function regexFault(regex: string | undefined, text: string): ValueFault | undefined {
  if (regex === undefined) return undefined;
  const expression = wholeExpression(regex);
  if (!expression) return undefined;
  return expression.test(text) ? undefined : wrongValue(`"${text}" does not have the form ${regex}.`);
}

function listed(values: readonly string[]): string {
  const first = values.slice(0, 12).join(', ');
  return values.length > 12 ? `${first} and ${values.length - 12} more` : first;
}
