import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import { lookupOptions } from '#core/model/field-lookup.ts';
import { shownFields } from '#core/model/field-values.ts';
import type { ChangeTarget, NearChange } from '#core/model/near-miss.ts';
import { type Configuration, type Exposure, PERIL_AMOUNTS, type Peril, type Product } from '#core/model/product.ts';
import type { ExposureCreateRequest, PolicyCreateRequest, RequestGroup, RequestValues } from '#core/model/request.ts';
import type { Adjustable } from './search.ts';

/** A risk as it is asked for, with everything that autofill fills in. */
export interface AskedRisk {
  readonly policyholder?: { readonly values: RequestValues };
  readonly policy: PolicyCreateRequest;
}
/** What decides, as far as its text tells. */
export interface DecidingText {
  /** Words of its source. */
  readonly words: ReadonlySet<string>;
  /** Numbers in its source, plain. */
  readonly constants: readonly Decimal[];
  /** It reads premiums, taxes or fees: then every field may matter. */
  readonly readsPrices: boolean;
}

const MOST_CONSTANTS = 8;
const MOST_OPTIONS = 30;
const MOST_NUMBERS = 200;
const CHOSEN =
  /\b(limits?|deductibles?|excess|sums? insured|insured sum|cover(age|ed)?|plan|package|option|term|retention)\b/i;

/** Words and constants of the source of guidelines or scripts (N1, N3). */
export function decidingText(sources: readonly string[]): DecidingText {
  const text = sources.join('\n');
  const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu) ?? []);
  const numbers = new Set(text.match(/(?<![\p{L}\p{N}_$.])\d+(\.\d+)?(?![\p{L}\p{N}_$])/gu) ?? []);
  return {
    words,
    constants: [...numbers].slice(0, MOST_NUMBERS).flatMap((number) => parseDecimal(number) ?? []),
    readsPrices: [...words].some((word) => /premium|gross_?(taxes|fees)|tax_?groups/i.test(word)),
  };
}

/** The inputs of a risk that may change, in the order of the form, each with what it may change to (SPEC.md, N1 to N6). */
export function adjustableInputs(
  risk: AskedRisk,
  { configuration, product }: { readonly configuration: Configuration; readonly product: Product },
  text: DecidingText,
): readonly Adjustable[] {
  const reader = new InputReader(configuration, text);
  const { policy, policyholder } = risk;
  reader.entity(
    configuration.policyholder.fields,
    policyholder?.values ?? {},
    [],
    { on: 'policyholder' },
    'policyholder',
    '',
  );
  reader.entity(product.fields, policy.fieldValues ?? {}, policy.fieldGroups ?? [], { on: 'policy' }, '', '');
  for (const [i, exposure] of (policy.exposures ?? []).entries()) {
    const definition = product.exposures.find(({ name }) => name === exposure.exposureName);
    if (!definition) continue;
    const [path, label] = [`exposures[${i}]`, exposureLabel(definition, policy.exposures ?? [], i)];
    const target = { on: 'exposure', exposure: i } as const;
    reader.entity(definition.fields, exposure.fieldValues ?? {}, exposure.fieldGroups ?? [], target, path, label);
    reader.perils(definition, exposure.perils ?? [], i, path, label);
  }
  const named = reader.found.filter(({ named: isNamed }) => isNamed);
  const chosen = text.readsPrices || named.length === 0 ? reader.found : named;
  return chosen.map(({ input }) => input);
}

/** As the screens call it: with a number where there are several of a kind. */
function exposureLabel(definition: Exposure, all: readonly ExposureCreateRequest[], index: number): string {
  const same = (one: ExposureCreateRequest): boolean => one.exposureName === definition.name;
  if (all.filter(same).length === 1) return definition.displayName;
  return `${definition.displayName} ${all.slice(0, index + 1).filter(same).length}`;
}

type PerilRequests = NonNullable<NonNullable<PolicyCreateRequest['exposures']>[number]['perils']>;

class InputReader {
  readonly found: { readonly input: Adjustable; readonly named: boolean }[] = [];
  readonly #configuration: Configuration;
  readonly #text: DecidingText;

  constructor(configuration: Configuration, text: DecidingText) {
    this.#configuration = configuration;
    this.#text = text;
  }

  #add(named: boolean, input: Adjustable): void {
    if (input.candidates.length > 0) this.found.push({ named, input });
  }

  entity(
    fields: readonly FieldDefinition[],
    values: RequestValues,
    groups: readonly RequestGroup[],
    target: ChangeTarget,
    path: string,
    label: string,
  ): void {
    const given = Object.fromEntries(fields.map(({ name }) => [name, textsOf(values, name)]));
    for (const field of shownFields(fields, given)) {
      if (field.type === 'group') {
        const repeats = groups.filter(({ fieldName }) => fieldName === field.name);
        for (const [index, repeat] of repeats.entries())
          this.entity(
            field.fields ?? [],
            repeat.fieldValues,
            [],
            { ...target, group: { field: field.name, index } },
            joined(path, '.', `${field.name}[${index}]`),
            joined(label, ' · ', `${field.title} ${index + 1}`),
          );
        continue;
      }
      const kind = target.on === 'peril' || isChosen(field) ? 'offer' : 'fact';
      const from = given[field.name] ?? [];
      const change: Omit<NearChange, 'to'> = {
        target: { ...target, field: field.name },
        path: joined(path, '.', field.name),
        label: joined(label, ' · ', field.title),
        from,
        kind,
      };
      const named = this.#text.words.has(field.name);
      if (field.type === 'number' && !field.repeatable && from.length < 2)
        this.#add(named, { change, ...this.#numbers(from[0], field) });
      if (field.type === 'select') this.#add(named, { change, candidates: optionsBeside(field, from, field.values) });
      if (field.type === 'lookup') {
        const options = lookupOptions(field, fields, given, this.#configuration.tables);
        this.#add(named, { change, candidates: optionsBeside(field, from, options) });
      }
    }
  }

  perils(exposure: Exposure, covers: PerilRequests, index: number, path: string, label: string): void {
    const names = exposure.perils.some(({ name }) => this.#text.words.has(name)) || this.#text.words.has('perils');
    for (const peril of exposure.perils) {
      const cover = covers.find(({ name }) => name === peril.name);
      const at = `${path}.perils.${peril.name}`;
      const title = `${label} · ${peril.displayName}`;
      const target = { on: 'peril', exposure: index, peril: peril.name } as const;
      const candidates = cover ? (covers.length > 1 ? [[]] : []) : [['included']];
      const from = cover ? ['included'] : [];
      this.#add(names, { change: { target, path: at, label: title, from, kind: 'offer' }, candidates });
      if (!cover) continue;
      this.#amounts(peril, cover, target, at, title);
      this.entity(peril.fields, cover.fieldValues ?? {}, cover.fieldGroups ?? [], target, at, title);
    }
  }

  #amounts(peril: Peril, cover: PerilRequests[number], target: ChangeTarget, path: string, label: string): void {
    for (const amount of PERIL_AMOUNTS) {
      const own = peril.amounts[amount];
      const value = cover[amount] ?? own;
      if (value === undefined || value === '') continue;
      const text = String(value);
      const written = amount.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const rated = this.#ratedAmounts(written).filter((value) => value !== text);
      const others = own === undefined || own === '' || own === text ? [] : [own];
      const change = {
        target: { ...target, amount },
        path: `${path}.${amount}`,
        label,
        from: [text],
        kind: 'offer' as const,
      };
      const moves =
        rated.length > 0
          ? { candidates: distinct([...others, ...rated].map((value) => [value])) }
          : this.#numbers(text, { minimum: '1' });
      this.#add(this.#text.words.has(amount) || this.#text.words.has(written), { change, ...moves });
    }
  }

  /** Amounts that the configuration has rates for: the keys of tables that are called after the amount. */
  #ratedAmounts(written: string): readonly string[] {
    const tables = Object.entries(this.#configuration.tables).filter(([name]) => name.toLowerCase().includes(written));
    const keys = new Set(tables.flatMap(([, { rows }]) => rows.map(([key = '']) => key.trim())));
    return [...keys].filter((key) => parseDecimal(key)?.gt(0)).slice(0, MOST_OPTIONS);
  }

  /** Constants as seen from the value, and the ends of what the field takes (N3). */
  #numbers(
    from: string | undefined,
    field: Pick<FieldDefinition, 'minimum' | 'maximum' | 'decimalPlaces'>,
  ): Pick<Adjustable, 'step' | 'candidates'> {
    const value = parseDecimal(from);
    if (!value) return { candidates: [] };
    const { decimalPlaces } = field;
    const stepOf = (...numbers: readonly Decimal[]): Decimal =>
      new Decimal(10).pow(-(decimalPlaces ?? Math.max(...numbers.map((number) => number.decimalPlaces()))));
    const [minimum, maximum] = [parseDecimal(field.minimum) ?? new Decimal(0), parseDecimal(field.maximum)];
    const near = [...this.#text.constants]
      .sort((a, b) => a.minus(value).abs().comparedTo(b.minus(value).abs()))
      .slice(0, MOST_CONSTANTS)
      .flatMap((constant) => {
        const step = stepOf(value, constant);
        return [
          constant,
          ...(constant.lte(value) ? [constant.minus(step)] : []),
          ...(constant.gte(value) ? [constant.plus(step)] : []),
        ];
      });
    const inside = [...near, minimum, ...(maximum ? [maximum] : [])].filter(
      (one) =>
        !one.equals(value) &&
        one.gte(minimum) &&
        !(maximum && one.gt(maximum)) &&
        (decimalPlaces === undefined || one.decimalPlaces() <= decimalPlaces),
    );
    return { step: stepOf(value), candidates: distinct(inside.map((one) => [one.toFixed()])) };
  }
}

/** Whether a field's name or title speaks of something that is agreed rather than found (N6). */
function isChosen(field: FieldDefinition): boolean {
  return CHOSEN.test(field.name.replaceAll('_', ' ')) || CHOSEN.test(field.title);
}

function optionsBeside(
  field: FieldDefinition,
  from: readonly string[],
  options: readonly string[] | undefined,
): readonly (readonly string[])[] {
  if (!options || options.length > MOST_OPTIONS) return [];
  const others = options.filter((option) => !from.includes(option));
  if (!field.repeatable)
    return [...others.map((option) => [option]), ...(field.optional && from.length > 0 ? [[]] : [])];
  const fewer = from.map((_, i) => from.filter((__, k) => k !== i));
  return [...fewer.filter((list) => list.length > 0 || field.optional), ...others.map((option) => [...from, option])];
}

function distinct(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(lists.map((list) => [list.join('\0'), list])).values()];
}

function textsOf(values: RequestValues, name: string): readonly string[] {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) =>
    item === undefined || item === null || item === '' || typeof item === 'object' ? [] : [String(item)],
  );
}

const joined = (before: string, by: string, after: string): string =>
  before === '' ? after : `${before}${by}${after}`;
