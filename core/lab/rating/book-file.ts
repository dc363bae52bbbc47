import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import * as z from 'zod';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { batchesOf, linesOf } from './book-lines.ts';
import type { BookLines, BookSource } from './contract.ts';
import { type ColumnMap, targetsOf } from './csv-columns.ts';
import { requestOfRow } from './csv-request.ts';

/** Several batches at once. */
const READ_BYTES = 1024 * 1024;

export interface BookFile {
  /** For messages. */
  readonly name: string;
  readonly format: 'ndjson' | 'csv';
  readonly open: () => AsyncIterable<Uint8Array>;
}
export interface BookReading {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly map?: ColumnMap;
  /** Risks to leave out at the beginning: a run that goes on. */
  readonly skip?: number;
}

const MapFile = z.strictObject({
  columns: z.record(z.string(), z.string().nullable()).optional(),
  constants: z.record(z.string(), z.string()).optional(),
});

/** A book in a file, by its ending: `.csv`, or NDJSON. Throws `not-found`. */
export async function bookAt(path: string): Promise<BookFile> {
  const found = await stat(path).catch(() => undefined);
  if (!found || found.isDirectory())
    throw new Problem('not-found', `${path} can not be read: give a book as NDJSON or CSV, or in-force with --data.`, {
      place: { file: path },
    });
  return {
    name: path,
    format: /\.csv$/i.test(path) ? 'csv' : 'ndjson',
    open: () => createReadStream(path, { highWaterMark: READ_BYTES }),
  };
}

/** A mapping file of CSV columns. Throws `malformed-request` with file and member. */
export async function columnMapAt(path: string): Promise<ColumnMap> {
  const place = { file: path };
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Problem('not-found', `${path} can not be read.`, { place, cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new Problem('malformed-request', `${path} is no JSON: ${String(cause)}`, { place, cause });
  }
  const read = MapFile.safeParse(value);
  if (read.success) return read.data as ColumnMap;
  const [issue] = read.error.issues;
  throw new Problem('malformed-request', `${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, { place });
}

/** The requests of a book file. Reading it throws `malformed-request` for a CSV whose columns mean nothing to the product. */
export function requestsIn(file: BookFile, reading: BookReading): BookSource {
  const { skip = 0 } = reading;
  return file.format === 'csv' ? () => csvRequests(file, reading) : () => linesOf(file.open(), skip);
}

async function* csvRequests(file: BookFile, reading: BookReading): AsyncGenerator<BookLines> {
  const { map = {}, product, configuration, skip = 0 } = reading;
  // The header is row 1: a policy is named by its row, as a spreadsheet shows it.
  yield* batchesOf(rowRequests(file, map, product, configuration, skip), skip + 2);
}

async function* rowRequests(
  file: BookFile,
  map: ColumnMap,
  product: Product,
  { policyholder }: Configuration,
  skip: number,
): AsyncGenerator<string> {
  const constants = Object.entries(map.constants ?? {});
  const rows = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n', '\r'],
  });
  const source = file.open();
  const feeding = (async (): Promise<void> => {
    try {
      for await (const chunk of source)
        if (!rows.write(chunk)) await new Promise((resolve) => rows.once('drain', resolve));
      rows.end();
    } catch (error) {
      rows.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  })();
  let targets: ReturnType<typeof targetsOf> | undefined;
  let row = 0;
  try {
    for await (const record of rows) {
      const cells = record as readonly string[];
      if (!targets) {
        const header = [...cells.map((cell) => cell.trim()), ...constants.map(([name]) => name)];
        targets = targetsOf(header, map, product, policyholder.fields, file.name);
        continue;
      }
      row += 1;
      if (row <= skip) continue;
      const width = targets.length - constants.length;
      const filled = constants.length === 0 ? cells : [...sized(cells, width), ...constants.map(([, value]) => value)];
      yield cells.length > width
        ? tooLong(cells.length, width)
        : JSON.stringify(requestOfRow(filled, targets, product));
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? 0);
    throw new Problem(
      'malformed-request',
      `${file.name}:${line}: this is no CSV: ${error.message}. Check the quotes of that line.`,
      {
        place: { file: file.name, line },
        cause: error,
      },
    );
  } finally {
    rows.destroy();
  }
  await feeding;
}

function sized(cells: readonly string[], width: number): readonly string[] {
  return cells.length === width ? cells : Array.from({ length: width }, (_, i) => cells[i] ?? '');
}

/** A row that can not be read is its own error, never another one's values: the reader of requests says why. */
function tooLong(cells: number, width: number): string {
  return JSON.stringify({
    unreadable: `the row has ${cells} cells, the header ${width}: a value with a comma needs quotes`,
  });
}
