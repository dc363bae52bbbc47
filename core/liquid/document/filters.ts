import { Decimal } from '#core/model/decimal.ts';
import type { TableIndex } from '#core/model/table.ts';
import { filterNames } from '../catalog.ts';
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
} from '../format.ts';
import { PAGE_COUNT_MARK, PAGE_NUMBER_MARK } from './marks.ts';
import { DocumentNumber, orZero, toNumber } from './values.ts';

/** Input and arguments → output. */
export type DocumentFilter = (value: unknown, ...args: unknown[]) => unknown;

/** What the filters of one rendering need, and where those that act instead of printing leave their result. */
export interface FilterState {
  readonly clock: number;
  readonly timeZone: string;
  readonly currency: string;
  readonly tables: (name: string) => TableIndex | undefined;
  /** `data.policyholder` of this document. */
  readonly policyholder: unknown;
  /** Inside a header or footer block. */
  readonly inBlock: boolean;
  warn(message: string): void;
  /** What render_static_document decided; undefined until it was called. */
  decision: { readonly suppressed: true } | { readonly suppressed: false; readonly file: string } | undefined;
}

/** Standard filters that liquidjs brings and a document may use as they are: text, lists and encoding, nothing that evaluates. */
export const STANDARD_FILTERS: readonly string[] = [
  ...['append', 'prepend', 'capitalize', 'downcase', 'upcase', 'strip', 'lstrip', 'rstrip', 'strip_newlines'],
  ...['replace', 'replace_first', 'replace_last', 'remove', 'remove_first', 'remove_last', 'split', 'truncate'],
  ...[
    'truncatewords',
    'slice',
    'number_of_words',
    'newline_to_br',
    'strip_html',
    'escape',
    'escape_once',
    'url_encode',
  ],
  ...['url_decode', 'join', 'size', 'first', 'last', 'map', 'where', 'reject', 'find', 'has', 'sort', 'sort_natural'],
  ...['reverse', 'uniq', 'compact', 'concat', 'default', 'json', 'raw'],
];

/** The filters of the original platform (formats §2.2, §6) and exact arithmetic, bound to the state of the current rendering. */
export function documentFilters(state: () => FilterState): Record<string, DocumentFilter> {
  return { ...arithmetic(state), ...numbers(state), ...timestamps(state), ...documents(state), ...setters(state) };
}

/** Rounding modes of decimal.js. */
const ROUND = { ceiling: 2, floor: 3, halfUp: 4 } as const;

function arithmetic(state: () => FilterState): Record<string, DocumentFilter> {
  const binary =
    (calculate: (a: Decimal, b: Decimal) => Decimal): DocumentFilter =>
    (left: unknown, right: unknown) => {
      const [a, b] = [orZero(left), orZero(right)];
      return new DocumentNumber(calculate(a.value, b.value), undefined, a.integer && b.integer);
    };
  const rounded = (value: unknown, mode: 2 | 3 | 4, places: unknown = 0): DocumentNumber => {
    const digits = Math.max(0, Math.min(30, orZero(places).value.toNumber()));
    return new DocumentNumber(orZero(value).value.toDecimalPlaces(digits, mode), undefined, digits === 0);
  };
  const division = (
    left: unknown,
    right: unknown,
    calculate: (a: Decimal, b: Decimal, integer: boolean) => Decimal,
  ): DocumentNumber | null => {
    const [a, b] = [orZero(left), orZero(right)];
    if (b.value.isZero()) {
      state().warn('a division by zero gives nothing');
      return null;
    }
    const integer = a.integer && b.integer;
    return new DocumentNumber(calculate(a.value, b.value, integer), undefined, integer);
  };
  return {
    plus: binary((a, b) => a.plus(b)),
    minus: binary((a, b) => a.minus(b)),
    times: binary((a, b) => a.times(b)),
    at_least: binary((a, b) => Decimal.max(a, b)),
    at_most: binary((a, b) => Decimal.min(a, b)),
    divided_by: (left: unknown, right: unknown) =>
      division(left, right, (a, b, integer) => (integer ? a.div(b).trunc() : a.div(b))),
    modulo: (left: unknown, right: unknown) => division(left, right, (a, b) => a.minus(b.times(a.div(b).floor()))),
    abs: (value: unknown) => new DocumentNumber(orZero(value).value.abs(), undefined, orZero(value).integer),
    round: (value: unknown, places?: unknown) => rounded(value, ROUND.halfUp, places),
    ceil: (value: unknown) => rounded(value, ROUND.ceiling),
    floor: (value: unknown) => rounded(value, ROUND.floor),
    sum: (list: unknown, property?: unknown) => {
      const items = Array.isArray(list) ? list : [list];
      const values = items.map((item: unknown) =>
        orZero(property === undefined ? item : member(item, String(property))),
      );
      return new DocumentNumber(
        values.reduce((total, each) => total.plus(each.value), new Decimal(0)),
        undefined,
        values.every((each) => each.integer),
      );
    },
    // Written by the lenient reading for `1.0`, which liquidjs would take for an integer.
    to_decimal: (value: unknown) => toNumber(value) ?? value,
  };
}

function numbers(state: () => FilterState): Record<string, DocumentFilter> {
  /** Nothing in, nothing out: an absent amount must not be printed as 0. */
  const format = (value: unknown, write: (number: Decimal) => string): unknown => {
    const number = toNumber(value);
    return number ? write(number.value) : (value ?? '');
  };
  return {
    format_number: (value: unknown) => format(value, formatNumber),
    format_number_pattern: (value: unknown, pattern: unknown) =>
      format(value, (number) => formatNumberPattern(number, text(pattern) || '#')),
    format_number_currency: (value: unknown, language?: unknown, country?: unknown) =>
      format(value, (number) => formatNumberCurrency(number, state().currency, text(language), text(country))),
  };
}

function timestamps(state: () => FilterState): Record<string, DocumentFilter> {
  const instant = (value: unknown): number | undefined => {
    const { timeZone, clock } = state();
    if (value instanceof DocumentNumber) return value.value.trunc().toNumber();
    return typeof value === 'string' || typeof value === 'number' ? readTimestamp(value, timeZone, clock) : undefined;
  };
  const change = (value: unknown, calculate: (at: number, timeZone: string) => number | undefined): unknown => {
    const at = instant(value);
    const changed = at === undefined ? undefined : calculate(at, state().timeZone);
    return changed === undefined ? value : toNumber(changed);
  };
  const print = (value: unknown, write: (at: number, timeZone: string) => string): unknown => {
    const at = instant(value);
    return at === undefined ? (value ?? '') : write(at, state().timeZone);
  };
  return {
    get_timestamp_millis: (value: unknown) => change(value, (at) => at),
    timestamp_millis_add: (value: unknown, unit: unknown, amount: unknown) =>
      change(value, (at, timeZone) => {
        const moved = timestampAdd(at, text(unit), orZero(amount).value.trunc().toNumber(), timeZone);
        if (moved === undefined) state().warn(`timestamp_millis_add does not know the unit "${text(unit)}"`);
        return moved;
      }),
    timestamp_millis_round_day_floor: (value: unknown) => change(value, timestampDayFloor),
    timestamp_millis_round_day_ceiling: (value: unknown) => change(value, timestampDayCeiling),
    timestamp_millis_print: (value: unknown, pattern: unknown) =>
      print(value, (at, timeZone) => timestampPrint(at, text(pattern) || 'd MMM YYYY', timeZone)),
    date: (value: unknown, pattern: unknown) =>
      print(value, (at, timeZone) => strftime(at, text(pattern) || '%Y-%m-%d', timeZone)),
    get_30_360_day_count: (start: unknown, end: unknown) => {
      const [from, to] = [instant(start), instant(end)];
      return from === undefined || to === undefined ? null : toNumber(dayCount30360(from, to, state().timeZone));
    },
  };
}

function documents(state: () => FilterState): Record<string, DocumentFilter> {
  const lookup = (table: unknown, keys: readonly unknown[], asOf?: number): string | null => {
    const index = state().tables(text(table));
    if (!index) {
      state().warn(`there is no table "${text(table)}"`);
      return null;
    }
    const result = index.lookup(keys.map(text), asOf);
    if (!result.found) state().warn(`table "${text(table)}" has no row for ${keys.map(text).join(', ')}`);
    return result.value;
  };
  const decide = (value: unknown): string => {
    const file = text(value);
    const current = state();
    if (current.decision && !current.decision.suppressed && current.decision.file !== file)
      current.warn(`two static documents: "${current.decision.file}" gives way to "${file}", the last one wins`);
    current.decision = file === '' ? { suppressed: true } : { suppressed: false, file };
    return '';
  };
  const pageMark = (name: string, mark: string): string => {
    if (!state().inBlock) state().warn(`${name} prints only inside {% header %} and {% footer %}`);
    return mark;
  };
  return {
    lookup: (table: unknown, ...keys: unknown[]) => lookup(table, keys),
    lookup_effective: (table: unknown, key: unknown, asOf?: unknown) =>
      lookup(table, [key], toNumber(asOf)?.value.toNumber() ?? state().clock),
    get_policyholder_info_from_id: (id: unknown) => {
      const { policyholder } = state();
      const known = [member(policyholder, 'id'), member(policyholder, 'locator')].map(text);
      if (text(id) !== '' && known.includes(text(id))) return policyholder;
      state().warn(`policyholder "${text(id)}" is not the one of this policy: nothing is known of them here`);
      return null;
    },
    render_static_document: (file: unknown) => decide(file),
    // Static documents are packaged with the configuration here: the version in force is the packaged one.
    render_effective_document: (file: unknown) => decide(file),
    page_number: () => pageMark('page_number', PAGE_NUMBER_MARK),
    page_count: () => pageMark('page_count', PAGE_COUNT_MARK),
    image_url: (image: unknown) => text(member(image, 'url') ?? member(image, 'file_name') ?? image),
  };
}

/** They act in calculation files only; here they print nothing. */
function setters(state: () => FilterState): Record<string, DocumentFilter> {
  return Object.fromEntries(
    filterNames('setter').map((name) => [
      name,
      () => {
        state().warn(`${name} does nothing in a document`);
        return '';
      },
    ]),
  );
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || value instanceof DocumentNumber) return String(toNumber(value) ?? '');
  return typeof value === 'boolean' ? String(value) : '';
}
