import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { LookupResult } from '#core/model/table.ts';
import type { CalculationInput, Effect, LiquidCallOutcome } from './contract.ts';
import {
  dayCount30360,
  formatNumber,
  formatNumberCurrency,
  formatNumberPattern,
  readTimestamp,
  strftime,
  timestampAdd,
  timestampDayCeiling,
  timestampDayFloor,
  timestampPrint,
} from './format.ts';
import {
  CalculationProblem,
  isNumberText,
  isObject,
  itemsOf,
  type Kit,
  LIMITS,
  limitText,
  member,
  own,
  pathText,
  textOf,
  type Value,
} from './kit.ts';
import { findField } from './names.ts';
import { jsonOf, RunTrace } from './run-trace.ts';

const NONE: readonly never[] = Object.freeze([]);
const NOTHING: JsonObject = Object.freeze({});

const missed = (why: string): LookupResult => ({ found: false, value: null, rows: [], why });

const isComposite = (value: Value): value is object => Array.isArray(value) || isObject(value);

/** Keys as text; written for speed, a book is looked up millions of times. */
function keyTexts(keys: readonly Value[], kit: Kit): readonly string[] {
  for (let i = 0; i < keys.length; i += 1) if (typeof keys[i] !== 'string') return keys.map((key) => textOf(key, kit));
  return keys as readonly string[];
}

/** One run of one file: what it reads from outside, what it has set so far, and its worksheet. */
export class Run {
  readonly file: string;
  readonly kit: Kit;
  readonly effects: Effect[] = [];
  readonly trace: RunTrace | undefined;
  readonly #input: CalculationInput;
  #iterations = 0;
  /** Where objects and lists of the data were met, for a worksheet: it names inputs by their path, whatever a file calls them. */
  readonly #paths: WeakMap<object, string> | undefined;

  constructor(file: string, input: CalculationInput, kit: Kit) {
    this.file = file;
    this.kit = kit;
    this.#input = input;
    this.trace = input.worksheet ? new RunTrace(file, kit) : undefined;
    this.#paths = this.trace && new WeakMap();
  }

  /** The raw value of a name that nothing assigned: a name of the scope, or a field (rule L36). */
  raw(name: string): unknown {
    const scope = this.#input.scope;
    if (Object.hasOwn(scope, name)) return scope[name];
    return findField(scope, name)?.values[name];
  }

  /**
   * Reads a path and notes it in the worksheet.
   * @param assigned the value of the root when something assigned it, undefined otherwise
   */
  read(assigned: Value, root: string, keys: readonly Value[], line: number): Value {
    if (assigned !== undefined) {
      if (keys.length === 0) return assigned;
      const known = isComposite(assigned) ? this.#paths?.get(assigned) : undefined;
      return this.#noted(assigned, known ?? root, keys, line);
    }
    const scope = this.#input.scope;
    if (Object.hasOwn(scope, root)) return this.#noted(scope[root], root, keys, line);
    const found = findField(scope, root);
    if (found) return this.#noted(found.values[root], `${found.path}.${root}`, keys, line);
    this.trace?.warn(`\`${root}\` is not assigned, not in the data and no field of the policy: it is nil`, line);
    return null;
  }

  #noted(root: unknown, path: string, keys: readonly Value[], line: number): Value {
    const value = this.kit.read(keys.reduce<unknown>((target, key) => member(target, key, this.kit), root));
    if (!this.trace) return value;
    const fullPath = pathText(path, keys, this.kit);
    if (isComposite(value)) this.#paths?.set(value, fullPath);
    this.trace.input(fullPath, value, line);
    return value;
  }

  /** A setter filter: notes the effect and gives nil. */
  set(filter: string, value: Value, args: readonly Value[], line: number): null {
    if (this.effects.length >= LIMITS.effects) {
      throw new CalculationProblem(`more than ${LIMITS.effects} results are set`);
    }
    const effect = {
      filter,
      value: this.#scalar(value),
      arguments: args.length === 0 ? NONE : args.map((arg) => this.#scalar(arg)),
      line,
    };
    this.effects.push(effect);
    this.trace?.set(filter, effect.value, effect.arguments, line);
    return null;
  }

  #scalar(value: Value): string | boolean | null {
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    return value === null || value === undefined ? null : textOf(value, this.kit);
  }

  /** Every turn of every loop. */
  tick(): void {
    this.#iterations += 1;
    if (this.#iterations > LIMITS.iterations) {
      throw new CalculationProblem(`the loops of this file take more than ${LIMITS.iterations} turns`);
    }
  }

  /** The items of a loop: offset, then limit, then reversed. */
  items(collection: Value, offset: Value, limit: Value, reversed: boolean): readonly unknown[] {
    const all = itemsOf(collection);
    const path = isComposite(collection) ? this.#paths?.get(collection) : undefined;
    if (path !== undefined && all === collection) {
      for (const [i, item] of all.entries()) if (isComposite(item)) this.#paths?.set(item, `${path}[${i}]`);
    }
    const from = Math.max(0, this.kit.integer(offset) ?? 0);
    const to = this.kit.integer(limit);
    if (from === 0 && to === undefined && !reversed) return all;
    const items = all.slice(from, to === undefined ? undefined : from + Math.max(0, to));
    return reversed ? items.reverse() : items;
  }

  /** `(1..5)` */
  range(from: Value, to: Value): Value[] {
    const first = this.kit.integer(from) ?? 0;
    const last = this.kit.integer(to) ?? 0;
    if (last - first >= LIMITS.items) throw new CalculationProblem(`a range has more than ${LIMITS.items} numbers`);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => this.kit.fromInteger(first + i));
  }

  out(text: string, piece: Value): string {
    return limitText(text + textOf(piece, this.kit));
  }

  /** A rounding, noted in the worksheet. */
  rounded(
    what: string,
    from: Value,
    decimals: Value,
    compute: (value: Value, decimals: Value) => Value,
    line: number,
  ): Value {
    const to = compute(from, decimals);
    this.trace?.rounded(what, from, to, decimals, line);
    return to;
  }

  /** An ordering, noted in the worksheet when it can not be answered. */
  order(compare: (a: Value, b: Value) => number, a: Value, b: Value, text: string, line: number): number {
    this.trace?.ordered(a, b, text, line);
    return compare(a, b);
  }

  unknown(filter: string, _values: readonly Value[]): never {
    throw new CalculationProblem(`there is no filter \`${filter}\`; correct its name`);
  }

  /** A call that nothing reads (catalog.ts, lostCall): the worksheet says aloud that it did nothing. */
  lost(filter: string, line: number): void {
    this.trace?.warn(`there is no filter \`${filter}\`: this call does nothing; correct its name`, line);
  }

  /** A filter that only prints documents. */
  document(): null {
    return null;
  }

  /** @param values an object of its own for this run, of assigned names and their values: becomes the answer's `assigned` */
  done(values: Record<string, Value>): LiquidCallOutcome {
    if (this.#input.effectsOnly) return { ok: true, effects: this.effects, assigned: NOTHING, steps: NONE };
    for (const name in values) {
      const value = values[name];
      if (value !== undefined && typeof value !== 'string') values[name] = jsonOf(value, this.kit);
    }
    return { ok: true, effects: this.effects, assigned: values as JsonObject, steps: this.trace?.steps ?? [] };
  }

  failed(error: unknown, line: number): LiquidCallOutcome {
    const message =
      error instanceof CalculationProblem
        ? error.message
        : `this file could not be calculated: ${error instanceof Error ? error.message : String(error)}`;
    this.trace?.failure(message, line);
    return { ok: false, message, place: { file: this.file, line }, steps: this.trace?.steps ?? [] };
  }

  /** Calls a filter that needs the outside (kind `run` of the catalog), by its name. */
  call(filter: string, line: number, input: Value, args: readonly Value[]): Value {
    switch (filter) {
      case 'lookup':
        return this.lookup(line, input, ...args);
      case 'lookup_effective':
        return this.lookupEffective(line, input, ...args);
      case 'get_timestamp_millis':
        return this.#instant(line, input, (at) => this.kit.fromInteger(at));
      case 'timestamp_millis_round_day_floor':
        return this.#instant(line, input, (at) => this.kit.fromInteger(timestampDayFloor(at, this.#input.timeZone)));
      case 'timestamp_millis_round_day_ceiling':
        return this.#instant(line, input, (at) => this.kit.fromInteger(timestampDayCeiling(at, this.#input.timeZone)));
      case 'timestamp_millis_add':
        return this.#instant(line, input, (at) => this.#moved(at, textOf(args[0], this.kit), args[1]));
      case 'timestamp_millis_print':
        return this.#instant(line, input, (at) => timestampPrint(at, textOf(args[0], this.kit), this.#input.timeZone));
      case 'date':
        return this.#instant(line, input, (at) => strftime(at, textOf(args[0], this.kit), this.#input.timeZone));
      case 'get_30_360_day_count':
        return this.#instant(line, input, (from) =>
          this.#instant(line, args[0], (to) => this.kit.fromInteger(dayCount30360(from, to, this.#input.timeZone))),
        );
      case 'format_number':
        return this.#number(line, input, formatNumber);
      case 'format_number_pattern':
        return this.#number(line, input, (value) => formatNumberPattern(value, textOf(args[0], this.kit)));
      case 'format_number_currency': {
        const [language, country] = args.map((arg) => textOf(arg, this.kit));
        return this.#number(line, input, (value) =>
          formatNumberCurrency(value, this.#input.currency, language, country),
        );
      }
      case 'get_policyholder_info_from_id':
        return this.#policyholder(line, input);
      default:
        throw new CalculationProblem(`the filter \`${filter}\` is not available here`);
    }
  }

  /** A missed lookup is nil, and the worksheet says why. */
  lookup(line: number, table: Value, ...keys: Value[]): Value {
    return this.#lookup(line, table, keys, this.#input.clock);
  }

  /** A last argument beyond the table's keys is the time that the table is asked for. */
  lookupEffective(line: number, table: Value, ...args: Value[]): Value {
    const index = typeof table === 'string' ? this.#input.tables(table) : undefined;
    const count = index?.source.schema?.keys.length ?? 1;
    const asOf = args.length > count ? this.#millis(args.at(-1)) : undefined;
    return this.#lookup(line, table, args.slice(0, count), asOf ?? this.#input.clock);
  }

  #lookup(line: number, table: Value, keys: readonly Value[], asOf: number): Value {
    const texts = keyTexts(keys, this.kit);
    const result = this.#find(table, keys, texts, asOf);
    this.trace?.lookup(textOf(table, this.kit), texts, result, line);
    return result.value;
  }

  #find(table: Value, keys: readonly Value[], texts: readonly string[], asOf: number): LookupResult {
    if (typeof table !== 'string') return missed('the name of the table is no text');
    const index = this.#input.tables(table);
    if (!index) return missed(`there is no table \`${table}\``);
    const schema = index.source.schema;
    const count = schema?.keys.length ?? 1;
    if (keys.length !== count) return missed(`the table has ${count} key column(s), ${keys.length} key(s) are given`);
    for (let i = 0; i < count; i += 1) {
      const key = keys[i];
      if (key === null || key === undefined) return missed(count === 1 ? 'the key is nil' : `key ${i + 1} is nil`);
      if (!schema && this.kit.isNumber(key)) {
        return missed(
          `the key is the number ${texts[i]}, but the table's keys are text: make it text with \`| downcase\``,
        );
      }
    }
    return index.lookup(texts, asOf);
  }

  #moved(at: number, unit: string, amount: Value): Value {
    const moved = timestampAdd(at, unit, this.kit.integer(amount) ?? 0, this.#input.timeZone);
    if (moved === undefined) throw new CalculationProblem(`\`${unit}\` is no unit of time`);
    return this.kit.fromInteger(moved);
  }

  /** The policyholder of the data when the locator is theirs: all that a calculation knows of policyholders. */
  #policyholder(line: number, input: Value): Value {
    const data = own(this.#input.scope, 'data');
    const policyholder = isObject(data) ? own(data, 'policyholder') : undefined;
    const known = isObject(policyholder) ? [own(policyholder, 'locator'), own(policyholder, 'id')] : [];
    if (input !== null && known.includes(input)) return policyholder;
    this.trace?.warn(`there is no policyholder ${textOf(input, this.kit)} in the data`, line);
    return null;
  }

  #millis(value: Value): number | undefined {
    const plain = this.kit.isNumber(value) ? (this.kit.integer(value) ?? 0) : value;
    if (typeof plain !== 'number' && typeof plain !== 'string') return undefined;
    return readTimestamp(plain, this.#input.timeZone, this.#input.clock);
  }
  #instant(line: number, value: Value, use: (at: number) => Value): Value {
    const at = this.#millis(value);
    if (at !== undefined && Math.abs(at) <= 8.64e15) return use(at);
    this.trace?.warn(
      `${value === null ? 'nil' : `"${textOf(value, this.kit)}"`} is no point in time: the result is nil`,
      line,
    );
    return null;
  }
  #number(line: number, value: Value, print: (value: Decimal) => string): Value {
    if (value === null || value === undefined) return '';
    const text = textOf(value, this.kit).trim();
    if (isNumberText(text)) return limitText(print(new Decimal(text)));
    this.trace?.warn(`"${text.slice(0, 60)}" is no number and is printed as it is`, line);
    return text;
  }
}
