import { Decimal, parseDecimal } from '#core/model/decimal.ts';
import type { Configuration } from '#core/model/product.ts';
import type { KeyColumn, TableSchema, TableSource } from '#core/model/table.ts';
import { lineOf, plainColumns } from '#core/model/table-index.ts';
import type { Reports } from './reports.ts';

/** More findings of one kind in one table than this are summed up. */
const MOST_FINDINGS = 20;

/**
 * What is wrong within the tables themselves: keys that occur twice, bands that overlap, cells that can not be read.
 * @param before what it was made of, where that is known: a table is not checked again where nothing that is checked differs
 */
export function checkTables(configuration: Configuration, reports: Reports, before?: Configuration): void {
  for (const table of Object.values(configuration.tables)) {
    const product = productOf(configuration, table.file);
    for (const { code, message, row } of summedUp(tableFindings(table, before?.tables[table.name])))
      reports.add('warning', code, message, { file: table.file, line: lineOf(table, row) }, product);
  }
  for (const path of configuration.files.keys())
    if (/(^|\/)tables\/[^/]+\.schema\.json$/.test(path) && !hasTable(configuration, path))
      reports.add('warning', 'schema-without-table', 'There is no table beside this schema.', { file: path }, null);
}

export function productOf(configuration: Configuration, file: string): string | null {
  return (
    configuration.products.find(({ directory }) => directory !== '' && file.startsWith(`${directory}/`))?.name ?? null
  );
}

function hasTable(configuration: Configuration, schema: string): boolean {
  const stem = schema.slice(0, -'.schema.json'.length);
  return configuration.files.has(`${stem}.csv`) || configuration.files.has(`${stem}.CSV`);
}

interface Found {
  readonly code: string;
  readonly message: string;
  readonly row: number;
}

/** A memo of a pure function, by the rows: a million keys are gone through once, not for every version that has them. */
const FOUND = new WeakMap<TableSource['rows'], { readonly table: TableSource; readonly found: readonly Found[] }>();

/** What is wrong within a table. @param before another that may differ in nothing that is checked: then the same is wrong in it */
export function tableFindings(table: TableSource, before?: TableSource): readonly Found[] {
  const known = FOUND.get(table.rows);
  if (known && sameShape(known.table, table)) return known.found;
  const found = before && sameShape(before, table) && sameCells(before, table) ? tableFindings(before) : checked(table);
  FOUND.set(table.rows, { table, found });
  return found;
}

function checked(table: TableSource): readonly Found[] {
  const found: Found[] = [];
  const add = (code: string, message: string, row: number): void => void found.push({ code, message, row });
  if (table.schema) checkSchemaTable(table, table.schema, add);
  else if (isKeyValue(table)) checkDuplicates(table, [plainColumns(table).key], add);
  return found;
}

/** What findings depend on beside the rows: columns, schema, and the lines that they name. */
function sameShape(one: TableSource, other: TableSource): boolean {
  const shape = ({ columns, schema }: TableSource): string => JSON.stringify([columns, schema]);
  return one.lines === other.lines && (one === other || shape(one) === shape(other));
}

/** Whether every row has the same cells where they are checked; most rows of a version are the very ones of the version before. */
function sameCells(one: TableSource, other: TableSource): boolean {
  if (one.rows.length !== other.rows.length) return false;
  const { schema } = one;
  const names = schema && [
    ...schema.keys.flatMap((key) => (key.match === 'range' ? [key.column, key.to] : [key.column])),
    ...(schema.effective ? [schema.effective.from, schema.effective.to ?? ''] : []),
    ...(schema.keys.some(({ match }) => match === 'interpolate') ? schema.values.slice(0, 1) : []),
  ];
  const columns = names ? names.map((name) => one.columns.indexOf(name)) : [plainColumns(one).key];
  for (let row = 0; row < one.rows.length; row += 1) {
    const [was, is] = [one.rows[row], other.rows[row]];
    if (was !== is && columns.some((column) => was?.[column] !== is?.[column])) return false;
  }
  return true;
}

/** Other tables feed lookup fields, where equal values in the first column are what they are about. */
const isKeyValue = (table: TableSource): boolean =>
  table.columns.length === 2 &&
  table.columns[0]?.toLowerCase() === 'key' &&
  table.columns[1]?.toLowerCase() === 'value';

type Add = (code: string, message: string, row: number) => void;

function summedUp<T extends { code: string; message: string; row: number }>(found: readonly T[]): readonly T[] {
  const counts = new Map<string, number>();
  for (const { code } of found) counts.set(code, (counts.get(code) ?? 0) + 1);
  const seen = new Map<string, number>();
  return found.flatMap((one) => {
    const index = seen.get(one.code) ?? 0;
    seen.set(one.code, index + 1);
    const rest = (counts.get(one.code) ?? 0) - MOST_FINDINGS;
    if (index < MOST_FINDINGS) return [one];
    return index === MOST_FINDINGS ? [{ ...one, message: `${one.message} ${rest} such rows from here on.` }] : [];
  });
}

/** The rows by their keys, a level a column: keys of a million rows are not put together one by one. */
interface KeyLevel {
  readonly rows: Map<string, number>;
  readonly next: Map<string, KeyLevel>;
}

function checkDuplicates(table: TableSource, columns: readonly number[], add: Add): void {
  const level = (): KeyLevel => ({ rows: new Map(), next: new Map() });
  const root = level();
  const last = columns.at(-1) ?? 0;
  const before = columns.slice(0, -1);
  // Tables are mostly sorted: the level of the row before is the next one's too.
  let [at, known] = [root, undefined as readonly string[] | undefined];
  for (let row = 0; row < table.rows.length; row += 1) {
    const cells = table.rows[row] ?? [];
    if (!known || before.some((column) => cells[column] !== known?.[column])) {
      at = root;
      for (const column of before) {
        const cell = cells[column] ?? '';
        let next = at.next.get(cell);
        if (!next) {
          next = level();
          at.next.set(cell, next);
        }
        at = next;
      }
      known = cells;
    }
    const key = cells[last] ?? '';
    const other = at.rows.get(key);
    if (other !== undefined)
      add(
        'duplicate-key',
        `The key "${columns.map((column) => cells[column] ?? '').join('", "')}" stands on line ${lineOf(table, other)} too: the last row counts.`,
        row,
      );
    at.rows.set(key, row);
  }
}

function checkSchemaTable(table: TableSource, schema: TableSchema, add: Add): void {
  const at = (name: string): number => table.columns.indexOf(name);
  const keyColumns = schema.keys.flatMap((key) => (key.match === 'range' ? [key.column, key.to] : [key.column]));
  const dates = schema.effective ? [schema.effective.from, ...(schema.effective.to ? [schema.effective.to] : [])] : [];
  checkDuplicates(table, [...keyColumns, ...dates].map(at), add);

  const banded = schema.keys.filter(({ match }) => match === 'range' || match === 'floor' || match === 'interpolate');
  const numeric = banded.flatMap((key) => (key.match === 'range' ? [key.column, key.to] : [key.column]));
  const mayBeOpen = new Set(banded.flatMap((key) => (key.match === 'range' ? [key.column, key.to] : [])));
  const values = schema.keys.some(({ match }) => match === 'interpolate') ? schema.values.slice(0, 1) : [];
  const numbers = [...numeric, ...values].map((name) => ({ name, column: at(name) }));
  const days = dates.map((name) => ({ name, column: at(name) }));
  const rows = numbers.length + days.length === 0 ? [] : table.rows;
  for (const [row, cells] of rows.entries()) {
    for (const { name, column } of numbers) {
      const cell = cells[column] ?? '';
      if ((cell === '' && mayBeOpen.has(name)) || parseDecimal(cell)) continue;
      add('unreadable-number', `"${name}" should be a number, not "${cell}": this row is never found.`, row);
    }
    for (const { name, column } of days) {
      const cell = cells[column] ?? '';
      if (cell !== '' && !/^(\d{4}-\d\d-\d\d|-?\d{9,})$/.test(cell))
        add('unreadable-date', `"${name}" should be a date like 2021-06-28, not "${cell}".`, row);
    }
  }
  for (const key of schema.keys) if (key.match === 'range') checkBands(table, schema, key, add);
}

/** Bands of rows that are equal in every other key column should not overlap, and should end where they begin or later. */
function checkBands(table: TableSource, schema: TableSchema, key: KeyColumn & { match: 'range' }, add: Add): void {
  const at = (name: string): number => table.columns.indexOf(name);
  const others = [
    ...schema.keys.flatMap((other) =>
      other === key ? [] : other.match === 'range' ? [other.column, other.to] : [other.column],
    ),
    ...(schema.effective ? [schema.effective.from] : []),
  ].map(at);
  const groups = new Map<string, { from: Decimal; to: Decimal; row: number }[]>();
  for (const [row, cells] of table.rows.entries()) {
    const [fromText, toText] = [cells[at(key.column)] ?? '', cells[at(key.to)] ?? ''];
    const from = fromText === '' ? new Decimal('-Infinity') : parseDecimal(fromText);
    const to = toText === '' ? new Decimal('Infinity') : parseDecimal(toText);
    if (!from || !to) continue;
    if (from.greaterThan(to)) add('empty-band', `This band ends (${toText}) before it begins (${fromText}).`, row);
    const group = others.map((column) => cells[column] ?? '').join('\u0000');
    const bands = groups.get(group) ?? [];
    bands.push({ from, to, row });
    groups.set(group, bands);
  }
  for (const bands of groups.values()) {
    bands.sort((a, b) => a.from.comparedTo(b.from));
    for (const [index, band] of bands.entries()) {
      const before = bands[index - 1];
      const same = before?.from.equals(band.from) && before.to.equals(band.to);
      if (before && !same && before.to.greaterThanOrEqualTo(band.from))
        add(
          'overlapping-bands',
          `This band overlaps the one on line ${lineOf(table, before.row)}: the later start counts.`,
          band.row,
        );
    }
  }
}
