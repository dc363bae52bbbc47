import type { LookupResult, TableIndex, TableSource } from '#core/model/table.ts';
import { indexTable, plainColumns } from '#core/model/table-index.ts';

/** A table as scripts look it up: the value's text, '' where there is none. Keys are text. */
export interface FastTable {
  readonly index: TableIndex;
  /** Several keys as one list. */
  of(keys: readonly string[], asOf: number): string;
  one(key: string, asOf: number): string;
}

/** Answers that are kept of tables whose lookups cost more than a `Map`. */
const MOST_KEPT = 50_000;

/**
 * Indexes a table for a book: the same answers as `indexTable` gives, from `Map`s where its keys are matched as text. What bands and
 * interpolation answered is kept by key.
 */
export function fastTable(source: TableSource, timeZone: string): FastTable {
  const table = indexed(source, timeZone);
  // What depends on the time as well is asked each time.
  return source.schema?.effective ? table : remembering(table);
}

/** The last answer is there at once: the coverages of one thing that is insured ask mostly the same, in the same words. */
function remembering(table: FastTable): FastTable {
  let key: string | undefined;
  let answer = '';
  let keys: readonly string[] = [];
  let answerOfKeys = '';
  let known = false;
  return {
    index: table.index,
    one(wanted, asOf) {
      if (wanted === key) return answer;
      answer = table.one(wanted, asOf);
      key = wanted;
      return answer;
    },
    of(wanted, asOf) {
      if (known && isSame(wanted, keys)) return answerOfKeys;
      known = false;
      answerOfKeys = table.of(wanted, asOf);
      // The list is the script's: it may change it.
      keys = wanted.slice();
      known = true;
      return answerOfKeys;
    },
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function indexed(source: TableSource, timeZone: string): FastTable {
  const index = indexTable(source, timeZone);
  const { schema } = source;
  const slow = (keys: readonly string[], asOf: number): string => index.lookup(keys, asOf).value ?? '';
  if (!schema) {
    const { key, value } = plainColumns(source);
    const map = new Map<string, string>();
    for (const row of source.rows) map.set(row[key] ?? '', row[value] ?? '');
    const one = (wanted: string): string => map.get(wanted) ?? map.get(wanted.trim()) ?? '';
    return { index, one, of: (keys) => (keys.length === 1 ? one(keys[0] ?? '') : one(keys.join('/'))) };
  }
  if (schema.effective) return { index, one: (key, asOf) => slow([key], asOf), of: slow };
  if (schema.keys.every(({ match }) => match === 'exact')) return exactTable(source, index, slow);
  const kept = new Map<string, LookupResult>();
  const lookup: TableIndex['lookup'] = (keys, asOf, column) => {
    if (column !== undefined) return index.lookup(keys, asOf, column);
    const id = keys.length === 1 ? (keys[0] ?? '') : JSON.stringify(keys);
    const known = kept.get(id);
    if (known) return known;
    const result = index.lookup(keys, asOf);
    if (kept.size < MOST_KEPT) kept.set(id, result);
    return result;
  };
  const of = (keys: readonly string[], asOf: number): string => lookup(keys, asOf).value ?? '';
  return { index: { source, lookup }, of, one: (key, asOf) => of([key], asOf) };
}

type Nested = Map<string, Nested | string>;

/** Keys that are matched as text: `Map`s in `Map`s. What is not found at once is left to the index (blanks around, defaults). */
function exactTable(source: TableSource, index: TableIndex, slow: FastTable['of']): FastTable {
  const { schema } = source;
  const columns = (schema?.keys ?? []).map(({ column }) => source.columns.indexOf(column));
  const value = source.columns.indexOf(schema?.values[0] ?? '');
  const root: Nested = new Map();
  const last = columns.length - 1;
  for (const row of source.rows) {
    let level = root;
    columns.forEach((column, depth) => {
      const key = row[column] ?? '';
      if (depth === last) level.set(key, row[value] ?? '');
      else {
        let next = level.get(key);
        if (typeof next !== 'object') {
          next = new Map();
          level.set(key, next);
        }
        level = next;
      }
    });
  }
  const depth = columns.length;
  const of = (keys: readonly string[], asOf: number): string => {
    if (keys.length !== depth) return slow(keys, asOf);
    let found: Nested | string | undefined = root;
    for (let i = 0; i < depth; i += 1) {
      if (typeof found !== 'object') return slow(keys, asOf);
      found = found.get(keys[i] as string);
    }
    return typeof found === 'string' ? found : slow(keys, asOf);
  };
  const single = depth === 1;
  return {
    index,
    of,
    one(key, asOf) {
      const found = single ? root.get(key) : undefined;
      return typeof found === 'string' ? found : slow([key], asOf);
    },
  };
}
