import {
  equals,
  isBlank,
  isObject,
  itemsOf,
  type Kit,
  limitItems,
  limitLength,
  limitText,
  member,
  textOf,
  truthy,
  type Value,
} from './kit.ts';
import { spreadsheetFilters } from './spreadsheet/filters.ts';

export type ValueFilter = (input: Value, ...args: Value[]) => Value;

/** The standard filters over text and lists (rules L55–L58), for the numbers of one evaluator. */
export function makeFilters(kit: Kit): Readonly<Record<string, ValueFilter>> {
  return Object.assign(Object.create(null), textFilters(kit), listFilters(kit), spreadsheetFilters(kit));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function textFilters(kit: Kit): Record<string, ValueFilter> {
  const text = (value: Value): string => textOf(value, kit);
  const changed =
    (change: (text: string, first: string, second: string) => string): ValueFilter =>
    (input, first, second) =>
      limitText(change(text(input), text(first), text(second)));
  const count = (value: Value, fallback: number): number => kit.integer(value ?? null) ?? fallback;
  return {
    append: changed((value, end) => value + end),
    prepend: changed((value, start) => start + value),
    capitalize: changed((value) => value.slice(0, 1).toUpperCase() + value.slice(1).toLowerCase()),
    downcase: changed((value) => value.toLowerCase()),
    upcase: changed((value) => value.toUpperCase()),
    strip: changed((value) => value.trim()),
    lstrip: changed((value) => value.trimStart()),
    rstrip: changed((value) => value.trimEnd()),
    replace: changed((value, what, by) => boundedReplace(value, what, by)),
    replace_first: changed((value, what, by) => value.replace(what, () => by)),
    replace_last: changed((value, what, by) => replaceLast(value, what, by)),
    remove: changed((value, what) => boundedReplace(value, what, '')),
    remove_first: changed((value, what) => value.replace(what, () => '')),
    remove_last: changed((value, what) => replaceLast(value, what, '')),
    strip_html: changed((value) =>
      value.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->|<[\s\S]*?>/g, ''),
    ),
    newline_to_br: changed((value) => value.replace(/\r?\n/g, '<br />\n')),
    strip_newlines: changed((value) => value.replace(/\r?\n/g, '')),
    escape: changed((value) => value.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)),
    escape_once: changed((value) =>
      value.replace(/&(?!(?:#\d+|#x[\da-f]+|\w+);)|[<>"']/gi, (char) => ESCAPES[char] ?? char),
    ),
    url_encode: changed((value) => encodeURIComponent(value.toWellFormed()).replace(/%20/g, '+')),
    url_decode: changed((value) => {
      try {
        return decodeURIComponent(value.replaceAll('+', ' '));
      } catch {
        return value;
      }
    }),
    split: (input, separator) => {
      const parts = limitItems(text(input).split(text(separator)));
      while (parts.at(-1) === '') parts.pop();
      return parts;
    },
    slice: (input, start, length) => {
      const source = Array.isArray(input) ? input : text(input);
      const from = count(start, 0);
      const begin = from < 0 ? source.length + from : from;
      if (begin < 0) return source.slice(0, 0);
      return source.slice(begin, begin + Math.max(0, count(length, 1)));
    },
    truncate: (input, length, ellipsis) => {
      const value = text(input);
      const end = ellipsis === undefined ? '...' : text(ellipsis);
      const limit = count(length, 50);
      return value.length <= limit ? value : limitText(value.slice(0, Math.max(0, limit - end.length)) + end);
    },
    truncatewords: (input, length, ellipsis) => {
      const words = text(input).split(/\s+/).filter(Boolean);
      const limit = Math.max(1, count(length, 15));
      const end = ellipsis === undefined ? '...' : text(ellipsis);
      return words.length <= limit ? words.join(' ') : limitText(words.slice(0, limit).join(' ') + end);
    },
    size: (input) =>
      kit.fromInteger(
        typeof input === 'string' ? input.length : Array.isArray(input) || isObject(input) ? itemsOf(input).length : 0,
      ),
    default: (input, fallback, allowFalse) => {
      if (input === false && truthy(allowFalse)) return input;
      return isBlankForDefault(input) ? (fallback ?? null) : input;
    },
  };
}

/** nil, false, empty text and empty lists have no value of their own; blanks have. */
const isBlankForDefault = (value: Value): boolean => isBlank(value) && !(typeof value === 'string' && value !== '');

function boundedReplace(value: string, what: string, by: string): string {
  const pieces = value.split(what);
  limitLength(value.length + (pieces.length - 1) * by.length);
  return pieces.join(by);
}

function replaceLast(value: string, what: string, by: string): string {
  const at = value.lastIndexOf(what);
  return at < 0 ? value : value.slice(0, at) + by + value.slice(at + what.length);
}

function listFilters(kit: Kit): Record<string, ValueFilter> {
  const read = (raw: unknown): Value => kit.read(raw);
  const list = (value: Value): unknown[] => [...itemsOf(value)];
  const property = (item: unknown, name: Value): Value =>
    name === undefined || name === null ? read(item) : read(member(item, name, kit));
  const matches = (item: unknown, name: Value, wanted: Value): boolean =>
    wanted === undefined ? truthy(property(item, name)) : equals(property(item, name), wanted, kit);
  return {
    first: (input) => read(itemsOf(input)[0]),
    last: (input) => read(itemsOf(input).at(-1)),
    reverse: (input) => list(input).reverse(),
    join: (input, separator) =>
      joined(
        list(input).map((item) => textOf(read(item), kit)),
        separator === undefined ? ' ' : textOf(separator, kit),
      ),
    concat: (input, more) => limitItems([...itemsOf(input), ...itemsOf(more)]),
    map: (input, name) => list(input).map((item) => property(item, name)),
    where: (input, name, wanted) => list(input).filter((item) => matches(item, name, wanted)),
    reject: (input, name, wanted) => list(input).filter((item) => !matches(item, name, wanted)),
    find: (input, name, wanted) => read(list(input).find((item) => matches(item, name, wanted))),
    find_index: (input, name, wanted) => {
      const index = list(input).findIndex((item) => matches(item, name, wanted));
      return index < 0 ? null : kit.fromInteger(index);
    },
    has: (input, name, wanted) => list(input).some((item) => matches(item, name, wanted)),
    compact: (input, name) => list(input).filter((item) => property(item, name) !== null),
    sort: (input, name) => list(input).sort((a, b) => compareForSort(property(a, name), property(b, name), kit)),
    sort_natural: (input, name) =>
      list(input).sort((a, b) => {
        const [left, right] = [property(a, name), property(b, name)];
        if (left === null || right === null) return Number(left === null) - Number(right === null);
        return compareText(textOf(left, kit).toLowerCase(), textOf(right, kit).toLowerCase());
      }),
    uniq: (input, name) => {
      const seen = new Set<unknown>();
      return list(input).filter((item) => {
        const key = identity(property(item, name), kit);
        return !seen.has(key) && seen.add(key);
      });
    },
    sum: (input, name) =>
      list(input).reduce<Value>((total, item) => kit.plus(total, property(item, name)), kit.fromInteger(0)),
  };
}

function joined(parts: readonly string[], separator: string): string {
  const length = parts.reduce((total, part) => total + part.length + separator.length, 0);
  limitLength(length - separator.length);
  return parts.join(separator);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** nil comes last, numbers by amount, everything else by its text. */
function compareForSort(a: Value, b: Value, kit: Kit): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (kit.isNumber(a) && kit.isNumber(b)) return kit.compareNumbers(a, b);
  return compareText(textOf(a, kit), textOf(b, kit));
}

function identity(value: Value, kit: Kit): unknown {
  if (kit.isNumber(value)) return `number ${kit.numberText(value)}`;
  if (typeof value === 'string') return `text ${value}`;
  return Array.isArray(value) ? `list ${textOf(value, kit)}` : value;
}
