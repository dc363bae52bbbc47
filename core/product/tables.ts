import { parse } from 'csv-parse/sync';
import { parseDecimal } from '#core/model/decimal.ts';
import type { Configuration } from '#core/model/product.ts';
import type { ColumnRule, KeyColumn, TableSchema, TableSource } from '#core/model/table.ts';
import { defined } from './fields.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Reports } from './reports.ts';
import { decodeText } from './text.ts';

/** More findings of one kind in one table than this are summed up. */
const MOST_FINDINGS = 20;

/** What `readTable` finds in a file. */
const READ_FINDINGS: ReadonlySet<string> = new Set(['table-encoding', 'empty-table', 'ragged-row', 'table-quotes']);

/**
 * The tables of a configuration by the bytes that they were read from: whoever loads the same bytes again need not read them again.
 * One that reading found something in is left out, so that it is found again.
 */
export function readAlready({ tables, files, diagnostics }: Configuration): Map<Uint8Array, TableSource> {
  const found = new Set(diagnostics.flatMap(({ code, file }) => (READ_FINDINGS.has(code) ? [file] : [])));
  const read = new Map<Uint8Array, TableSource>();
  for (const { schema: _, ...table } of Object.values(tables)) {
    const bytes = files.get(table.file);
    if (bytes && !found.has(table.file)) read.set(bytes, table);
  }
  return read;
}

/**
 * Reads a CSV (formats §1.10): byte order mark, any line ends, quoted cells, padding blanks trimmed, blank rows left out.
 * Ragged rows are named; missing cells are empty. A file that is no text is an error: it can not be loaded.
 */
export function readTable(file: string, bytes: Uint8Array, reports: Reports, product: string | null): TableSource {
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.csv$/i, '');
  const { text, encoding, line } = decodeText(bytes);
  if (encoding === 'binary')
    reports.add(
      'error',
      'table-encoding',
      'This file is no text: save the table as CSV in UTF-8.',
      { file, line },
      product,
    );
  if (encoding === 'windows-1252' || encoding === 'utf-16')
    reports.add(
      'warning',
      'table-encoding',
      `This table is no UTF-8 but read as ${encoding === 'utf-16' ? 'UTF-16' : 'Windows-1252'}: save it as CSV in UTF-8, or keys may not match.`,
      { file, line },
      product,
    );
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  const ragged: CsvRecord[] = [];
  let header: CsvRecord | undefined;
  let columns: readonly string[] = [];
  // One pass that keeps nothing but the rows: a table may have a million of them.
  const take = (cells: readonly string[], line: number): void => {
    if (cells.every((cell) => cell === '')) return;
    if (!header) {
      header = { cells, line };
      columns = trimEnd(cells);
      return;
    }
    const { length } = columns;
    if (cells.length !== length && (cells.length < length || trimEnd(cells).length > length))
      ragged.push({ cells, line });
    rows.push(ofLength(cells, length));
    lines.push(line);
  };
  if (text.includes('"')) for (const { cells, line } of quotedRecords(text, file, reports, product)) take(cells, line);
  else plainRecords(text, take);
  if (header === undefined) {
    if (encoding !== 'binary') reports.add('warning', 'empty-table', 'This table is empty.', { file }, product);
    return { name, file, columns: [], rows: [] };
  }
  for (const { cells, line } of ragged.slice(0, MOST_FINDINGS))
    reports.add(
      'warning',
      'ragged-row',
      `This row has ${cells.length} cells, the header ${columns.length}: ${cells.length < columns.length ? 'the missing ones are empty' : 'the others have no effect; a value with a comma needs quotes'}.`,
      { file, line },
      product,
    );
  if (ragged.length > MOST_FINDINGS)
    reports.add(
      'warning',
      'ragged-row',
      `${ragged.length - MOST_FINDINGS} more rows have a wrong number of cells.`,
      { file, line: ragged[MOST_FINDINGS]?.line },
      product,
    );
  const plain = lines.every((line, index) => line === index + 2);
  return { name, file, columns, rows, ...(plain ? {} : { lines }) };
}

interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Without quotes a CSV is lines and commas; a million rows are read in half a second. Nothing but the cells is cut out of the text. */
function plainRecords(text: string, take: (cells: readonly string[], line: number) => void): void {
  let [line, from, count] = [1, 0, 0];
  // As many cells as the record before had: a list that grows would take room for more.
  let cells = new Array<string>(1);
  // Codes and factors occur again and again: one text each, instead of millions for the collector to carry about.
  const known: Map<string, string>[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const code = at === text.length ? LF : text.charCodeAt(at);
    if (code !== COMMA && code !== LF && code !== CR) continue;
    let column = known[count];
    if (!column) {
      column = new Map();
      known[count] = column;
    }
    const cell = trimmed(text, from, at);
    const same = column.get(cell);
    cells[count] = same ?? cell;
    if (same === undefined && column.size < MOST_KNOWN) column.set(cell, cell);
    count += 1;
    from = at + 1;
    if (code === COMMA) continue;
    if (code === CR && text.charCodeAt(from) === LF) {
      at += 1;
      from += 1;
    }
    if (cells.length !== count) cells.length = count;
    take(cells, line);
    line += 1;
    cells = new Array<string>(count);
    count = 0;
  }
}

/** Of a column with more texts than these the others are kept as they come. */
const MOST_KNOWN = 10_000;
const COMMA = 44;
const LF = 10;
const CR = 13;

function trimmed(text: string, from: number, to: number): string {
  const cell = text.slice(from, to);
  const [first, last] = [text.charCodeAt(from), text.charCodeAt(to - 1)];
  return first > 32 && first < 128 && last > 32 && last < 128 ? cell : cell.trim();
}

function quotedRecords(text: string, file: string, reports: Reports, product: string | null): CsvRecord[] {
  const options = {
    record_delimiter: ['\r\n', '\n', '\r'] as string[],
    relax_column_count: true,
    trim: true,
    skip_empty_lines: true,
    info: true,
  } as const;
  type Record = { readonly record: string[]; readonly info: { readonly lines: number } };
  const read = (relax: boolean): CsvRecord[] => {
    const records = parse(text, { ...options, relax_quotes: relax }) as unknown as Record[];
    let line = 1;
    return records.map(({ record, info }) => {
      const start = skipBlankLines(lines, line);
      line = info.lines + 1;
      return { cells: record.map((cell) => cell.trim()), line: Math.min(start, info.lines) };
    });
  };
  const lines = text.split(/\r\n|[\n\r]/);
  try {
    return read(false);
  } catch (error) {
    const { lines: line, message } = error as { lines?: number; message: string };
    reports.add(
      'warning',
      'table-quotes',
      `Wrong quotes: ${message}. They are taken as they stand.`,
      { file, line },
      product,
    );
  }
  try {
    return read(true);
  } catch {
    const records: CsvRecord[] = [];
    plainRecords(text, (cells, line) => void records.push({ cells, line }));
    return records;
  }
}

function skipBlankLines(lines: readonly string[], from: number): number {
  let line = from;
  while (line <= lines.length && (lines[line - 1] ?? '').trim() === '') line += 1;
  return line;
}

function trimEnd(cells: readonly string[]): readonly string[] {
  let length = cells.length;
  while (length > 0 && cells[length - 1] === '') length -= 1;
  return cells.slice(0, length);
}

function ofLength(cells: readonly string[], length: number): readonly string[] {
  if (cells.length === length) return cells;
  return Array.from({ length }, (_, index) => cells[index] ?? '');
}

/**
 * Reads the sidecar `<table>.schema.json` (formats §10). A column that the table lacks, or a way of matching that does not
 * exist, is an error: the table can not be loaded as declared, and reading it in another way would be a wrong price.
 */
export function readSchema(reader: ObjectReader, table: TableSource): TableSchema | undefined {
  let sound = true;
  const column = (holder: ObjectReader, key: string): string => {
    const name = holder.text(key) ?? '';
    if (table.columns.includes(name)) return name;
    holder.error(
      'table-schema',
      `The table ${table.name} has no column "${name}": it has ${table.columns.join(', ')}.`,
      key,
    );
    sound = false;
    return name;
  };
  const oneOf = <T extends string>(holder: ObjectReader, key: string, allowed: readonly T[]): T | undefined => {
    const text = holder.text(key);
    const found = allowed.find((one) => one === text);
    if (text === undefined || found) return found;
    holder.error('table-schema', `"${key}": "${text}" is none of ${allowed.join(', ')}.`, key);
    sound = false;
    return undefined;
  };
  const keys = reader.objects('keys').map((key): KeyColumn => {
    const match = oneOf(key, 'match', ['exact', 'prefix', 'range', 'floor', 'interpolate']) ?? 'exact';
    const base = column(key, 'column');
    const below = oneOf(key, 'below', [
      'miss',
      'clamp',
      ...(match === 'interpolate' ? (['extrapolate'] as const) : []),
    ]);
    const above = oneOf(key, 'above', ['miss', 'clamp', 'extrapolate']);
    const to = match === 'range' ? column(key, 'to') : '';
    key.finish();
    if (match === 'range') return { column: base, match, to };
    if (match === 'floor') return { column: base, match, ...defined({ below: below === 'clamp' ? below : undefined }) };
    if (match === 'interpolate') return { column: base, match, ...defined({ below, above }) };
    return { column: base, match };
  });
  const used = new Set(keys.flatMap((key) => (key.match === 'range' ? [key.column, key.to] : [key.column])));
  const effectiveReader = reader.object('effective');
  const effective = effectiveReader && {
    from: column(effectiveReader, 'from'),
    ...(effectiveReader.text('to') === undefined ? {} : { to: column(effectiveReader, 'to') }),
  };
  effectiveReader?.finish();
  const named = reader.texts('values');
  for (const name of named ?? [])
    if (!table.columns.includes(name)) {
      reader.error('table-schema', `The table ${table.name} has no column "${name}".`, 'values');
      sound = false;
    }
  const values =
    named ?? table.columns.filter((name) => !used.has(name) && name !== effective?.from && name !== effective?.to);
  if (keys.length === 0 || values.length === 0) {
    reader.error('table-schema', 'A schema names at least one key column and one value column.');
    sound = false;
  }
  const fallback = reader.text('default');
  const columns = columnRules(reader.object('columns'), table, oneOf);
  reader.ignore('description', 'name', '$schema');
  reader.finish();
  return sound ? { keys, values, ...defined({ default: fallback, effective, columns }) } : undefined;
}

/** What the checks of tables hold columns to (core/model/rate-table/SPEC.md, RT14); prices do not depend on it. */
function columnRules(
  reader: ObjectReader | undefined,
  table: TableSource,
  oneOf: <T extends string>(holder: ObjectReader, key: string, allowed: readonly T[]) => T | undefined,
): TableSchema['columns'] {
  if (!reader) return undefined;
  const rules = reader.keys.flatMap((name): [string, ColumnRule][] => {
    const rule = reader.object(name);
    if (!rule) return [];
    if (!table.columns.includes(name))
      reader.warn('table-schema', `The table ${table.name} has no column "${name}": this rule has no effect.`, name);
    const read: ColumnRule = defined({
      type: oneOf(rule, 'type', ['number', 'text']),
      min: decimalText(rule, 'min'),
      max: decimalText(rule, 'max'),
      monotone: oneOf(rule, 'monotone', ['up', 'down']),
      step: decimalText(rule, 'step'),
      formula: rule.text('formula'),
      field: rule.text('field'),
    });
    rule.finish();
    return [[name, read]];
  });
  return Object.fromEntries(rules);
}

function decimalText(reader: ObjectReader, key: string): string | undefined {
  const text = reader.text(key);
  if (text === undefined || parseDecimal(text)) return text;
  reader.warn('table-schema', `"${key}" should be a number, not "${text}": it has no effect.`, key);
  return undefined;
}
