import { type CellValue, readXlsx, type Sheet } from 'hucre/xlsx';
import * as z from 'zod';
import { Problem } from '#core/model/problem.ts';
import { numberColumns } from '#core/model/rate-table/check.ts';
import type { TableChanges } from '#core/model/rate-table/edit.ts';
import { numberOf } from '#core/model/rate-table/numbers.ts';
import type { RateTable } from '#core/model/rate-table/rate-table.ts';
import {
  addressOf,
  excelNumberColumns,
  ID_COLUMNS,
  ID_HEADER,
  MANIFEST_SHEET,
  type Manifest,
  numberText,
  sha256Of,
  shownValue,
} from './workbook.ts';

/** One cell of a workbook that can not be taken (RT23). */
export interface CellError {
  readonly sheet: string;
  /** `C7` */
  readonly cell: string;
  /** Name of the table's column. */
  readonly column: string;
  readonly found: string;
  readonly wanted: string;
}
export interface OpenedWorkbook {
  readonly manifest: Manifest;
  readonly sheet: Sheet;
}

const ManifestShape = z.object({
  format: z.literal(1),
  file: z.string(),
  sha256: z.string(),
  columns: z.array(z.string()),
  rows: z.int().min(0),
  configVersion: z.int().positive().optional(),
});
/** More than this nobody reads; how many there are is said. */
const MOST_ERRORS = 500;
const FORMULA_ERROR =
  /^#(NULL!|DIV\/0!|VALUE!|REF!|NAME\?|NUM!|N\/A|GETTING_DATA|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!)$/;

/** Reads a workbook that was exported (RT22). Throws `malformed-request` for one that was not, or that is none. */
export async function openWorkbook(bytes: Uint8Array): Promise<OpenedWorkbook> {
  let sheets: readonly Sheet[];
  try {
    ({ sheets } = await readXlsx(bytes));
  } catch (cause) {
    throw new Problem('malformed-request', 'This is no Excel workbook (.xlsx) that can be read.', { cause });
  }
  const stated = sheets.find(({ name }) => name === MANIFEST_SHEET)?.rows[0]?.[0];
  const parsed = ManifestShape.safeParse(parseJson(stated));
  const sheet = sheets.find(({ name }) => name !== MANIFEST_SHEET);
  if (!parsed.success || !sheet)
    throw new Problem(
      'malformed-request',
      'This workbook was not exported by Fieldwriter, or its hidden sheet is gone: export the table and work in that file.',
    );
  const { configVersion, ...manifest } = parsed.data;
  return { manifest: { ...manifest, ...(configVersion === undefined ? {} : { configVersion }) }, sheet };
}

function parseJson(text: CellValue | undefined): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a workbook changes in the table that it was exported from: rows are known by their hidden ids, wherever they stand now; a row
 * without one is new, one that is missing was removed. A cell that says the same in other digits (1.5 for 1.50) is not changed.
 * @param table the exported text, as it was opened
 * Throws `malformed-request` with every cell that is wrong in `details.cells` (RT23): nothing is imported then.
 */
export function readWorkbook({ manifest, sheet }: OpenedWorkbook, table: RateTable): TableChanges {
  if (manifest.sha256 !== sha256Of(table.csv.text))
    throw new Problem(
      'version-conflict',
      `The workbook was exported from another version of ${manifest.file}: import it into that version, or export again.`,
      { place: { file: manifest.file } },
    );
  const errors: CellError[] = [];
  checkHeader(sheet, table, errors);
  if (errors.length > 0) throw refusal(errors, manifest.file);
  const reader = new RowReader(sheet, table, errors);
  const cells: { rows: number[]; columns: number[]; texts: string[] } = { rows: [], columns: [], texts: [] };
  const seen = new Set<number>();
  const inserted: { after: number; cells: readonly string[] }[] = [];
  let after = -1;
  for (const [index, values] of sheet.rows.entries()) {
    if (index === 0 || values.slice(ID_COLUMNS).every((value) => value === null || value === '')) continue;
    const id = reader.idOf(index, values[0], seen);
    const texts = reader.textsOf(index, values, id);
    if (id === undefined) {
      inserted.push({ after, cells: texts });
      continue;
    }
    after = id;
    const before = table.fileCells(id);
    for (const [column, text] of texts.entries()) {
      if (text === before[column]) continue;
      cells.rows.push(id);
      cells.columns.push(column);
      cells.texts.push(text);
    }
  }
  if (errors.length > 0) throw refusal(errors, manifest.file);
  const removed = Array.from({ length: table.fileRows }, (_, row) => row).filter((row) => !seen.has(row));
  return { cells, removed, inserted };
}

function checkHeader(sheet: Sheet, table: RateTable, errors: CellError[]): void {
  const header = sheet.rows[0] ?? [];
  const wanted = [ID_HEADER, ...table.columns];
  for (let at = 0; at < Math.max(header.length, wanted.length); at += 1) {
    const found = shownValue(header[at]);
    const name = wanted[at];
    if (found === name || (name === undefined && (header[at] ?? null) === null)) continue;
    const elsewhere = wanted.indexOf(found);
    errors.push({
      sheet: sheet.name,
      cell: addressOf(at, 1),
      column: name ?? found,
      found: elsewhere >= 0 ? `${found}, which belongs into ${addressOf(elsewhere, 1)}` : found,
      wanted: name === undefined ? 'no further column' : `the header ${name}`,
    });
  }
}

function refusal(errors: readonly CellError[], file: string): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return new Problem(
    'malformed-request',
    `Nothing was imported: ${first?.sheet}!${first?.cell} (${first?.column}) holds ${first?.found}, wanted is ${first?.wanted}${more}.`,
    {
      place: { file },
      details: { count: errors.length, cells: errors.slice(0, MOST_ERRORS).map((error) => ({ ...error })) },
    },
  );
}

/** Reads the cells of a sheet's rows as the texts of the table, and notes what can not be read. */
class RowReader {
  readonly #sheet: Sheet;
  readonly #table: RateTable;
  readonly #errors: CellError[];
  readonly #exported: ReadonlySet<number>;
  readonly #numbers: ReadonlyMap<number, { readonly mayBeEmpty: boolean }>;

  constructor(sheet: Sheet, table: RateTable, errors: CellError[]) {
    this.#sheet = sheet;
    this.#table = table;
    this.#errors = errors;
    this.#exported = excelNumberColumns(table);
    this.#numbers = numberColumns(table);
  }

  /** The row of the file that a row of the sheet is; undefined for a new one. */
  idOf(index: number, value: CellValue | undefined, seen: Set<number>): number | undefined {
    if (value === null || value === undefined || value === '') return undefined;
    const id = typeof value === 'string' ? numberOf(value) : value;
    const wanted = `a row id from 0 to ${this.#table.fileRows - 1}, or nothing for a new row`;
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= this.#table.fileRows) {
      this.#add(index, 0, ID_HEADER, shownValue(value), wanted);
      return undefined;
    }
    // A copied row brings the id of its original along.
    if (seen.has(id)) return undefined;
    seen.add(id);
    return id;
  }

  textsOf(index: number, values: readonly CellValue[], id: number | undefined): readonly string[] {
    const before = id === undefined ? undefined : this.#table.fileCells(id);
    for (let at = ID_COLUMNS + this.#table.columns.length; at < values.length; at += 1)
      if ((values[at] ?? null) !== null)
        this.#add(index, at, '(none)', shownValue(values[at]), 'nothing beyond the last column');
    return this.#table.columns.map((name, column) => {
      const at = column + ID_COLUMNS;
      return this.#textOf({ index, at, name, column, value: values[at] ?? null, before: before?.[column] });
    });
  }

  #textOf(cell: {
    readonly index: number;
    readonly at: number;
    readonly name: string;
    readonly column: number;
    readonly value: CellValue;
    readonly before: string | undefined;
  }): string {
    const { index, at, name, column, value, before } = cell;
    const text = this.#plainText(value, before);
    if (text === before) return text;
    const isNumber = this.#exported.has(column) || this.#numbers.has(column);
    const wanted = isNumber ? 'a number' : 'text';
    if (this.#isFormulaError(index, at, text)) this.#add(index, at, name, `the formula error ${text}`, wanted);
    else if (value instanceof Date && isNumber) this.#add(index, at, name, `the date ${text}`, wanted);
    else if (typeof value === 'boolean') this.#add(index, at, name, text.toUpperCase(), wanted);
    else if (isNumber && text !== '' && Number.isNaN(numberOf(text)))
      this.#add(index, at, name, `the text "${text}"`, wanted);
    return text;
  }

  #plainText(value: CellValue, before: string | undefined): string {
    if (value === null) return '';
    if (value instanceof Date) return value.toISOString().slice(0, 10);
    if (typeof value !== 'number') {
      const text = String(value).trim();
      // XML knows one line end only.
      return before?.replaceAll(/\r\n?/g, '\n') === text ? before : text;
    }
    // 1.5 is what Excel made of 1.50.
    return before !== undefined && before !== '' && Number(before) === value ? before : numberText(value);
  }

  #isFormulaError(index: number, at: number, text: string): boolean {
    return FORMULA_ERROR.test(text) || this.#sheet.cells?.get(`${index},${at}`)?.type === 'error';
  }

  #add(index: number, at: number, column: string, found: string, wanted: string): void {
    this.#errors.push({ sheet: this.#sheet.name, cell: addressOf(at, index + 1), column, found, wanted });
  }
}
