import { Decimal, parseDecimal } from './decimal.ts';
import type { KeyColumn, LookupResult, TableIndex, TableSchema, TableSource } from './table.ts';
import { startOfDay } from './time.ts';

/**
 * Indexes a table (formats §1.10, §10). The index is built at the first lookup; after that a lookup costs one `Map` access
 * per exact key column and one binary search per banded one, whatever the number of rows.
 *
 * Without a schema the table is `key,value`: keys are matched as text, of two equal keys the last row counts. A key that
 * only differs by blanks around it is found too, because cells were trimmed when they were read.
 *
 * @param timeZone IANA zone in which effective dates begin
 */
export function indexTable(source: TableSource, timeZone: string): TableIndex {
  let index: TableIndex | undefined;
  return {
    source,
    lookup(keys, asOf, column) {
      index ??= source.schema ? schemaIndex(source, source.schema, timeZone) : plainIndex(source);
      return index.lookup(keys, asOf, column);
    },
  };
}

/** The key and value columns of a table without schema: by their names, else the first two. */
export function plainColumns(source: TableSource): { readonly key: number; readonly value: number } {
  const names = source.columns.map((column) => column.toLowerCase());
  const [key, value] = [names.indexOf('key'), names.indexOf('value')];
  return key >= 0 && value >= 0 ? { key, value } : { key: 0, value: 1 };
}

/** File line (1-based) of a row. */
export function lineOf(source: TableSource, row: number): number {
  return source.lines?.[row] ?? row + 2;
}

const miss = (why: string): LookupResult => ({ found: false, value: null, rows: [], why });

function plainIndex(source: TableSource): TableIndex {
  const { key: keyColumn, value: valueColumn } = plainColumns(source);
  const byKey = new Map<string, number>();
  for (const [row, cells] of source.rows.entries()) byKey.set(cells[keyColumn] ?? '', row);
  return {
    source,
    lookup(keys, _asOf, column) {
      const key = keys.length === 1 ? (keys[0] ?? '') : keys.join('/');
      const row = byKey.get(key) ?? byKey.get(key.trim());
      if (row === undefined) return miss(`no row of ${source.name} has the key "${key}"`);
      const at = column === undefined ? valueColumn : source.columns.indexOf(column);
      if (at < 0) return miss(`${source.name} has no column "${column}"`);
      return { found: true, value: source.rows[row]?.[at] ?? null, rows: [lineOf(source, row)] };
    },
  };
}

/** What a level of the index answers: rows reached with the remaining keys, or why none was. */
type Answer = { readonly value: string; readonly rows: readonly number[]; readonly why?: string } | undefined;
interface Query {
  readonly keys: readonly string[];
  readonly asOf: number | undefined;
  /** Index of the value column. */
  readonly column: number;
}
interface Level {
  find(query: Query): Answer;
}
type Rows = readonly number[];
/** How a schema's table is read while its levels are built. */
interface Building {
  readonly source: TableSource;
  readonly schema: TableSchema;
  readonly timeZone: string;
  /** Key columns in the order of the levels, each with the position of its key in a query. */
  readonly order: readonly { readonly key: KeyColumn; readonly position: number }[];
  column(name: string): number;
  cell(row: number, column: number): string;
}

/** Exact keys narrow first, so that bands are those of the rows in question and a miss is found at once. */
const LEVELS: readonly KeyColumn['match'][] = ['exact', 'prefix', 'range', 'floor', 'interpolate'];

function schemaIndex(source: TableSource, schema: TableSchema, timeZone: string): TableIndex {
  const positions = new Map(source.columns.map((name, index) => [name, index]));
  const building: Building = {
    source,
    schema,
    timeZone,
    order: schema.keys
      .map((key, position) => ({ key, position }))
      .sort((a, b) => LEVELS.indexOf(a.key.match) - LEVELS.indexOf(b.key.match)),
    column: (name) => positions.get(name) ?? -1,
    cell: (row, column) => source.rows[row]?.[column] ?? '',
  };
  const root = level(
    building,
    0,
    source.rows.map((_, row) => row),
  );
  return {
    source,
    lookup(keys, asOf, column = schema.values[0] ?? '') {
      if (keys.length !== schema.keys.length)
        return miss(`${source.name} is looked up with ${schema.keys.length} keys, not ${keys.length}`);
      const at = building.column(column);
      if (at < 0) return miss(`${source.name} has no column "${column}"`);
      const answer = root.find({ keys, asOf, column: at });
      if (answer) return { found: true, ...answer };
      const why = `no row of ${source.name} matches ${keys.map((key) => `"${key}"`).join(', ')}`;
      if (schema.default === undefined) return miss(why);
      return { found: true, value: schema.default, rows: [], why: `${why}: its default answered` };
    },
  };
}

/** The index over some rows from the key column at `depth` on; after the last key column, over their effective dates. */
function level(building: Building, depth: number, rows: Rows): Level {
  const at = building.order[depth];
  if (!at) return datesLevel(building, rows);
  const { key } = at;
  switch (key.match) {
    case 'exact':
      return exactLevel(building, depth, rows, key.column);
    case 'prefix':
      return prefixLevel(building, depth, rows, key.column);
    case 'range':
      return rangeLevel(building, depth, rows, key);
    case 'floor':
      return floorLevel(building, depth, rows, key);
    case 'interpolate':
      return interpolationLevel(building, depth, rows, key);
  }
}

function grouped(rows: Rows, keyOf: (row: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** The rows by their cells in a column that is matched as text, and the position of its key among the wanted ones. */
function branches(
  building: Building,
  depth: number,
  rows: Rows,
  name: string,
): { readonly position: number; readonly next: ReadonlyMap<string, Level> } {
  const column = building.column(name);
  const groups = grouped(rows, (row) => building.cell(row, column));
  return { position: positionAt(building, depth), next: nextLevels(building, depth, groups) };
}

const positionAt = (building: Building, depth: number): number => building.order[depth]?.position ?? 0;

function nextLevels(building: Building, depth: number, groups: ReadonlyMap<string, Rows>): Map<string, Level> {
  return new Map([...groups].map(([key, rows]) => [key, level(building, depth + 1, rows)]));
}

function exactLevel(building: Building, depth: number, rows: Rows, name: string): Level {
  const { position, next } = branches(building, depth, rows, name);
  return {
    find(query) {
      const key = query.keys[position] ?? '';
      return (next.get(key) ?? next.get(key.trim()))?.find(query);
    },
  };
}

/** The longest key of the table with which the wanted one begins, of those that match in the other columns too. */
function prefixLevel(building: Building, depth: number, rows: Rows, name: string): Level {
  const { position, next } = branches(building, depth, rows, name);
  const lengths = [...new Set([...next.keys()].map((key) => key.length))].sort((a, b) => b - a);
  return {
    find(query) {
      const key = (query.keys[position] ?? '').trim();
      for (const length of lengths) {
        const answer = length <= key.length ? next.get(key.slice(0, length))?.find(query) : undefined;
        if (answer) return answer;
      }
      return undefined;
    },
  };
}

/** A number of a band: its nearest double finds the place fast, the decimal decides between equal doubles. */
interface Bound {
  readonly number: number;
  readonly decimal: Decimal;
}
const bound = (text: string): Bound | undefined => {
  const decimal = parseDecimal(text);
  return decimal && { number: decimal.toNumber(), decimal };
};
const above = (a: Bound, b: Bound): boolean =>
  a.number > b.number || (a.number === b.number && a.decimal.greaterThan(b.decimal));

/** Position of the last bound that is not above the wanted one, -1 when all are; the bounds ascend. */
function lastNotAbove(bounds: readonly Bound[], wanted: Bound): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (above(bounds[middle] as Bound, wanted)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

const byBound = (a: { from: Bound }, b: { from: Bound }): number =>
  above(a.from, b.from) ? 1 : above(b.from, a.from) ? -1 : 0;
const OPEN_BELOW: Bound = { number: Number.NEGATIVE_INFINITY, decimal: new Decimal(Number.NEGATIVE_INFINITY) };
const OPEN_ABOVE: Bound = { number: Number.POSITIVE_INFINITY, decimal: new Decimal(Number.POSITIVE_INFINITY) };

/** Bands with both ends inclusive. Where bands overlap the one that begins last counts; cells that are no numbers never match. */
function rangeLevel(building: Building, depth: number, rows: Rows, key: KeyColumn & { match: 'range' }): Level {
  const position = positionAt(building, depth);
  const [fromColumn, toColumn] = [building.column(key.column), building.column(key.to)];
  const groups = grouped(rows, (row) => `${building.cell(row, fromColumn)}\n${building.cell(row, toColumn)}`);
  const bands = [...groups.values()]
    .flatMap((group) => {
      const [fromText, toText] = [building.cell(group[0] ?? 0, fromColumn), building.cell(group[0] ?? 0, toColumn)];
      const from = fromText === '' ? OPEN_BELOW : bound(fromText);
      const to = toText === '' ? OPEN_ABOVE : bound(toText);
      return from && to ? [{ from, to, next: level(building, depth + 1, group) }] : [];
    })
    .sort(byBound);
  const starts = bands.map(({ from }) => from);
  // The highest end of all bands up to each one: says when looking further back is in vain.
  const reach: Bound[] = [];
  for (const { to } of bands) {
    const before = reach.at(-1);
    reach.push(before && above(before, to) ? before : to);
  }
  return {
    find(query) {
      const wanted = bound(query.keys[position] ?? '');
      if (!wanted) return undefined;
      for (let i = lastNotAbove(starts, wanted); i >= 0 && !above(wanted, reach[i] as Bound); i -= 1) {
        const band = bands[i];
        const answer = band && !above(wanted, band.to) ? band.next.find(query) : undefined;
        if (answer) return answer;
      }
      return undefined;
    },
  };
}

interface Step {
  readonly from: Bound;
  readonly next: Level;
}

function steps(building: Building, depth: number, rows: Rows, name: string): readonly Step[] {
  const column = building.column(name);
  const groups = new Map<string, { from: Bound; rows: number[] }>();
  for (const row of rows) {
    const from = bound(building.cell(row, column));
    if (!from) continue;
    const key = from.decimal.toString();
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { from, rows: [row] });
  }
  return [...groups.values()].map(({ from, rows }) => ({ from, next: level(building, depth + 1, rows) })).sort(byBound);
}

/** The last row not above the key. Below the first: a miss, or the first where `below` is `clamp`. */
function floorLevel(building: Building, depth: number, rows: Rows, key: KeyColumn & { match: 'floor' }): Level {
  const position = positionAt(building, depth);
  const all = steps(building, depth, rows, key.column);
  const starts = all.map(({ from }) => from);
  return {
    find(query) {
      const wanted = bound(query.keys[position] ?? '');
      if (!wanted) return undefined;
      for (let i = lastNotAbove(starts, wanted); i >= 0; i -= 1) {
        const answer = all[i]?.next.find(query);
        if (answer) return answer;
      }
      if (key.below !== 'clamp' || lastNotAbove(starts, wanted) >= 0) return undefined;
      return withReason(all[0]?.next.find(query), `${query.keys[position]} lies below the first row, which answered`);
    },
  };
}

/**
 * The straight line between the two rows around the key, as an unrounded decimal; at a row, its value as authored. Beyond
 * the ends as declared: a miss, the end's value (`clamp`) or the line through the two outermost rows (`extrapolate`).
 */
function interpolationLevel(
  building: Building,
  depth: number,
  rows: Rows,
  key: KeyColumn & { match: 'interpolate' },
): Level {
  const position = positionAt(building, depth);
  const all = steps(building, depth, rows, key.column);
  const starts = all.map(({ from }) => from);
  return {
    find(query) {
      const text = query.keys[position] ?? '';
      const wanted = bound(text);
      if (!wanted) return undefined;
      const i = lastNotAbove(starts, wanted);
      const here = all[i];
      if (here && !above(wanted, here.from)) return here.next.find(query);
      const last = all.length - 1;
      if (i >= 0 && i < last) return line(all[i], all[i + 1], wanted, query);
      const end = i < 0 ? key.below : key.above;
      const side = i < 0 ? 'below the first' : 'above the last';
      if (end === 'clamp')
        return withReason(all[i < 0 ? 0 : last]?.next.find(query), `${text} lies ${side} row, which answered`);
      if (end !== 'extrapolate' || all.length < 2) return undefined;
      const [a, b] = i < 0 ? [all[0], all[1]] : [all[last - 1], all[last]];
      return withReason(line(a, b, wanted, query), `${text} lies ${side} row: extrapolated`);
    },
  };
}

function line(a: Step | undefined, b: Step | undefined, wanted: Bound, query: Query): Answer {
  const [from, to] = [a?.next.find(query), b?.next.find(query)];
  const [y0, y1] = [parseDecimal(from?.value), parseDecimal(to?.value)];
  if (!a || !b || !from || !to || !y0 || !y1) return undefined;
  const slope = wanted.decimal.minus(a.from.decimal).times(y1.minus(y0));
  const value = y0.plus(slope.div(b.from.decimal.minus(a.from.decimal)));
  return { value: value.toString(), rows: [...from.rows, ...to.rows] };
}

const withReason = (answer: Answer, why: string): Answer => answer && { ...answer, why: answer.why ?? why };

/** Rows that all keys reach: the last one, or with effective dates the one that holds at `asOf` (from inclusive, to exclusive). */
function datesLevel(building: Building, rows: Rows): Level {
  const { source, schema } = building;
  const answer = (row: number, column: number): Answer => ({
    value: building.cell(row, column),
    rows: [lineOf(source, row)],
  });
  const last = rows.at(-1) ?? 0;
  if (!schema.effective) return { find: ({ column }) => answer(last, column) };

  const fromColumn = building.column(schema.effective.from);
  const toColumn = schema.effective.to === undefined ? -1 : building.column(schema.effective.to);
  const periods = rows
    .map((row) => ({
      row,
      from: instantOf(building.cell(row, fromColumn), building.timeZone) ?? Number.NEGATIVE_INFINITY,
      to:
        (toColumn < 0 ? undefined : instantOf(building.cell(row, toColumn), building.timeZone)) ??
        Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => a.from - b.from || a.row - b.row);
  return {
    find({ asOf, column }) {
      if (asOf === undefined)
        return withReason(answer(periods.at(-1)?.row ?? last, column), 'no date was given: the newest row answered');
      for (let i = periods.length - 1; i >= 0; i -= 1) {
        const period = periods[i];
        if (period && period.from <= asOf && asOf < period.to) return answer(period.row, column);
      }
      return undefined;
    },
  };
}

/** A date in the tenant's zone, or milliseconds; an empty or unreadable cell is open. */
function instantOf(cell: string, timeZone: string): number | undefined {
  if (/^-?\d{9,}$/.test(cell)) return Number(cell);
  if (!/^\d{4}-\d\d-\d\d$/.test(cell)) return undefined;
  try {
    return startOfDay(cell, timeZone);
  } catch {
    return undefined;
  }
}
