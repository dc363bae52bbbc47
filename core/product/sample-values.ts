import { Temporal } from 'temporal-polyfill';
import { parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import { offsetInstant } from '#core/model/field-dates.ts';
import { lookupOptions } from '#core/model/field-lookup.ts';
import { type FieldGroupInput, shownFields } from '#core/model/field-values.ts';
import type { TableSource } from '#core/model/table.ts';
import { calendarDay } from '#core/model/time.ts';
import type { Random } from './random.ts';
import { sampleEmail, sampleText } from './sample-text.ts';

export interface SampleContext {
  readonly random: Random;
  readonly tables: Readonly<Record<string, TableSource>>;
  readonly timeZone: string;
  /** Milliseconds: what date offsets count from. */
  readonly now: number;
  /** Calendar day (YYYY-MM-DD) around which all other dates lie. */
  readonly today: string;
}
export interface SampledFields {
  readonly fieldValues: Readonly<Record<string, string | readonly string[]>>;
  readonly fieldGroups: readonly FieldGroupInput[];
}

/** Most optional fields are filled in. */
const FILLED = 0.8;

/** Valid random values for the fields of one entity, conditions and cascades respected. */
export function sampleFields(definitions: readonly FieldDefinition[], context: SampleContext): SampledFields {
  const values: Record<string, readonly string[]> = {};
  const groups: FieldGroupInput[] = [];
  const decided = new Set<string>();
  // A value never hides what another has shown, so that going round until nothing is left decides every field once.
  for (let left = true; left; ) {
    left = false;
    for (const field of shownFields(definitions, values)) {
      if (decided.has(field.name) || waits(field, definitions, decided, values)) continue;
      decided.add(field.name);
      left = true;
      if (field.optional && !context.random.chance(FILLED)) continue;
      if (field.type === 'group') groups.push(...sampleGroup(field, context));
      else {
        const texts = sampleTexts(field, definitions, values, context);
        if (texts.length > 0) values[field.name] = texts;
      }
    }
  }
  const plain = Object.entries(values).map(([name, texts]) => [name, texts.length === 1 ? (texts[0] ?? '') : texts]);
  return { fieldValues: Object.fromEntries(plain), fieldGroups: groups };
}

/** A lookup field comes after those that it matches. */
function waits(
  field: FieldDefinition,
  definitions: readonly FieldDefinition[],
  decided: ReadonlySet<string>,
  values: Readonly<Record<string, readonly string[]>>,
): boolean {
  const open = (field.match ?? []).filter((name) => !decided.has(name));
  return shownFields(definitions, values).some(({ name }) => open.includes(name) && name !== field.name);
}

function sampleGroup(group: FieldDefinition, context: SampleContext): readonly FieldGroupInput[] {
  const most = Math.min(parseDecimal(group.maximum)?.toNumber() ?? 3, 3);
  const count = group.repeatable ? context.random.integer(1, Math.max(1, most)) : 1;
  return Array.from({ length: count }, () => {
    const { fieldValues } = sampleFields(group.fields ?? [], context);
    return { fieldName: group.name, fieldValues };
  });
}

function sampleTexts(
  field: FieldDefinition,
  definitions: readonly FieldDefinition[],
  values: Readonly<Record<string, readonly string[]>>,
  context: SampleContext,
): readonly string[] {
  const count = field.repeatable ? context.random.integer(1, 3) : 1;
  const texts = Array.from({ length: count }, () => sampleValue(field, definitions, values, context));
  return [...new Set(texts.filter((text) => text !== undefined))];
}

function sampleValue(
  field: FieldDefinition,
  definitions: readonly FieldDefinition[],
  values: Readonly<Record<string, readonly string[]>>,
  context: SampleContext,
): string | undefined {
  const { random } = context;
  switch (field.type) {
    case 'number':
      return sampleNumber(field, random);
    case 'select':
      return field.values?.length ? random.pick(field.values) : sampleText(field, random);
    case 'date':
      return sampleDate(field, context);
    case 'email':
      return sampleEmail(random);
    case 'media':
      return field.optional
        ? undefined
        : `${random.hex(8)}-${random.hex(4)}-7${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
    case 'lookup': {
      const options = lookupOptions(field, definitions, values, context.tables);
      return options ? random.pick(options) : sampleText(field, random);
    }
    default:
      return sampleText(field, random);
  }
}

/** Usual sizes of numbers by what the field's name says: from, to and the step between; the first that fits counts. */
const SIZES: readonly (readonly [RegExp, number, number, number])[] = [
  [/year_built|built_year|construction_year/, 1950, 2022, 1],
  [/years|months|tenure|term/, 1, 20, 1],
  [/year/, 2005, 2024, 1],
  [/\bage\b|_age|age_/, 18, 75, 1],
  [/zip|post_?code/, 10_000, 99_999, 1],
  [/percent|pct|rate|ratio|factor/, 1, 10, 1],
  [/score/, 550, 820, 1],
  [/square|sq_?f|area|size/, 800, 4_000, 10],
  [/mile|kilomet|distance|odometer/, 2_000, 20_000, 100],
  [/payroll|wage|revenue|sales|turnover|income|salary/, 50_000, 900_000, 1_000],
  [/building|dwelling|home|house|property|contents|coverage|sum_|insured/, 50_000, 500_000, 1_000],
  [/value|price|cost|limit|amount|benefit/, 5_000, 60_000, 500],
  [/deductible|excess/, 250, 2_500, 250],
  [/claim|loss|violation|accident|incident/, 0, 3, 1],
  [/count|number|num_|_num|no_of|rooms|floors|stor(?:y|ies)|employees|drivers|units|quantity/, 1, 5, 1],
];

function sampleNumber(field: FieldDefinition, random: Random): string | undefined {
  const words = field.name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const [, from, to, step] = SIZES.find(([pattern]) => pattern.test(words)) ?? [/./, 1, 100, 1];
  const minimum = parseDecimal(field.minimum)?.toNumber();
  const maximum = parseDecimal(field.maximum)?.toNumber();
  // A usual size that lies largely outside the bounds is none: then the bounds themselves count.
  const overlap = Math.min(to, maximum ?? to) - Math.max(from, minimum ?? from);
  const fits = overlap >= 0 && (minimum === undefined || maximum === undefined || overlap >= (to - from) / 2);
  const low = Math.max(fits ? from : Number.NEGATIVE_INFINITY, minimum ?? (fits ? from : (maximum ?? 0) - 100));
  const high = Math.min(fits ? to : Number.POSITIVE_INFINITY, maximum ?? (fits ? to : low + 100));
  const scale = 10 ** Math.min(field.decimalPlaces ?? 0, 6);
  const [first, last] = [Math.ceil(low * scale), Math.floor(high * scale)];
  if (first > last) return minimum !== undefined ? field.minimum : field.maximum;
  const stepped = Math.round(random.integer(first, last) / (step * scale)) * step * scale;
  const number = stepped >= first && stepped <= last ? stepped : random.integer(first, last);
  return parseDecimal(number)?.div(scale).toString();
}

/** A day within the bounds; births lie a working life back, other dates in the five years before. */
function sampleDate(field: FieldDefinition, context: SampleContext): string | undefined {
  const { random, now, timeZone } = context;
  const today = Temporal.PlainDate.from(context.today);
  const born = /birth|dob|born/i.test(field.name);
  const bound = (text: string | undefined): Temporal.PlainDate | undefined =>
    text === undefined ? undefined : Temporal.PlainDate.from(`${text}-01-01`.slice(0, 10));
  const offset = (one: FieldDefinition['minimumOffset']): Temporal.PlainDate | undefined =>
    one && Temporal.PlainDate.from(calendarDay(offsetInstant(one, now, timeZone), timeZone));
  const lows = [bound(field.minimum), offset(field.minimumOffset)].filter((date) => date !== undefined);
  const highs = [bound(field.maximum), offset(field.maximumOffset)].filter((date) => date !== undefined);
  const lowest = lows.sort(Temporal.PlainDate.compare).at(-1);
  const highest = highs.sort(Temporal.PlainDate.compare)[0];
  const usual = born
    ? ([today.subtract({ years: 75 }), today.subtract({ years: 21 })] as const)
    : ([today.subtract({ years: 5 }), today] as const);
  let [low, high] = usual;
  if (lowest && Temporal.PlainDate.compare(low, lowest) < 0) low = lowest;
  if (highest && Temporal.PlainDate.compare(high, highest) > 0) high = highest;
  if (Temporal.PlainDate.compare(low, high) > 0) {
    low = lowest ?? (highest ?? today).subtract({ years: 1 });
    high = highest ?? low.add({ years: 1 });
  }
  const days = low.until(high, { largestUnit: 'days' }).days;
  if (days < 0) return undefined;
  // A day in from each end, so that the hour of validation and the zone do not matter.
  const inset = days >= 4 ? 1 : 0;
  const day = low.add({ days: random.integer(inset, days - inset) }).toString();
  switch (field.precision) {
    case 'year':
      return day.slice(0, 4);
    case 'month':
      return day.slice(0, 7);
    case 'second':
      return `${day}T12:00:00Z`;
    default:
      return day;
  }
}
