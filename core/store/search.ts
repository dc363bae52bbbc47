import type { JsonObject, JsonValue } from '#core/model/json.ts';
import type { RecordType } from './contract.ts';

/** What people search, and what a hit of each type is called. See PROJECTIONS_VERSION in members.ts before a change here. */
const TITLES: Partial<Record<RecordType, (record: JsonObject) => string>> = {
  policyholder: (record) => personName(record) || text(record.locator),
  policy: (record) => join([text(record.displayId) || text(record.locator), text(record.productName)]),
  quote: (record) => join([text(record.name) || text(record.locator), text(record.productName)]),
  claim: (record) => join(['Claim', text(record.locator), text(record.productName)]),
  document: (record) => text(record.displayName) || text(record.fileName),
};

/** Members whose values people typed; everything else (amounts, timestamps, states) would only drown them. */
const VALUE_MEMBERS = new Set(['fieldValues', 'fieldGroupsByLocator', 'values']);

const MOST_WORDS = 16;

/** What goes into the search index for a record; undefined for types that are not searched. */
export function searchText(type: RecordType, record: JsonObject): { title: string; body: string } | undefined {
  const title = TITLES[type]?.(record);
  if (title === undefined) return undefined;
  const locator = text(record.locator);
  const body = join([...typedValues(record), locator]).normalize('NFC');
  return { title: title.normalize('NFC'), body: join([body, ...unbroken(`${title} ${body}`)]) };
}

/** What people typed into a record: the values of its fields, each once. */
export function typedValues(record: JsonObject): readonly string[] {
  const values = new Set<string>();
  collectValues(record, false, values);
  return [...values];
}

/** Without regard to case and accents, as the index compares. */
export function plainText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A text as the index takes it: composed, and with the words that are broken by an apostrophe or hyphen once more in one piece. */
export function searchWords(words: string): string {
  const composed = words.normalize('NFC');
  return join([composed, ...unbroken(composed)]);
}

/** Words with an apostrophe or hyphen once more without it, so that `obrien` finds O'Brien. */
function unbroken(words: string): readonly string[] {
  const broken = words.match(/\p{L}+(?:['’-]\p{L}+)+/gu) ?? [];
  return [...new Set(broken.map((word) => word.replace(/['’-]/g, '')))];
}

/**
 * The FTS5 queries for what somebody typed, the narrower first: every word whole, every word as the beginning of one (J14).
 * Words are quoted, so that nothing typed is syntax. @returns none when the text holds no word
 */
export function searchQueries(typed: string): readonly string[] {
  const words = typed.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu);
  if (!words) return [];
  const quoted = words.slice(0, MOST_WORDS).map((word) => `"${word}"`);
  return [quoted.join(' '), quoted.map((word) => `${word}*`).join(' ')];
}

function collectValues(value: JsonValue | undefined, inside: boolean, found: Set<string>): void {
  if (typeof value === 'string') {
    if (inside && value !== '') found.add(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collectValues(item, inside, found);
  } else if (value !== null && typeof value === 'object') {
    for (const [name, member] of sorted(value as JsonObject))
      collectValues(member, inside || VALUE_MEMBERS.has(name), found);
  }
}

/** The values of the fields that hold names (first_name before last_name); of the first fields where none does. */
export function personName(record: JsonObject): string {
  const entity = object(record.entity);
  const values = sorted(object(entity.values ?? record.values));
  const named = values.filter(([field]) => /name/i.test(field));
  const words = new Set<string>();
  for (const [, value] of named.length > 0 ? named : values.slice(0, 3)) collectValues(value, true, words);
  return join([...words]);
}

/** By name: the order in which a caller built a record must not show, a rebuild has only the canonical text. */
function sorted(value: JsonObject): readonly [string, JsonValue | undefined][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function object(value: JsonValue | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
