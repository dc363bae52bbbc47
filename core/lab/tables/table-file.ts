import { readFile } from 'node:fs/promises';
import { Problem } from '#core/model/problem.ts';
import { RateTable } from '#core/model/rate-table/rate-table.ts';
import type { TableSchema } from '#core/model/table.ts';
import { parseJson } from '#core/product/json-text.ts';
import { ObjectReader } from '#core/product/object-reader.ts';
import { Reports } from '#core/product/reports.ts';
import { readSchema } from '#core/product/tables.ts';
import { openTable } from './read-table.ts';

/**
 * Opens a CSV of the file system with the schema beside it, or beside the file that it is a version of.
 * @param others CSVs whose `.schema.json` holds for this one too when it has none of its own
 * Throws `not-found`; `malformed-request` for what can not be read, and for a schema that does not fit.
 */
export async function openTableFile(path: string, ...others: readonly string[]): Promise<RateTable> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Problem('not-found', `${path} can not be read.`, { place: { file: path }, cause });
  });
  const plain = openTable(path, bytes);
  for (const candidate of [path, ...others]) {
    const schema = await schemaBeside(candidate, plain.columns);
    if (schema) return new RateTable(plain.csv.text, { schema, file: path });
  }
  return plain;
}

async function schemaBeside(path: string, columns: readonly string[]): Promise<TableSchema | undefined> {
  const file = path.replace(/\.csv$/i, '.schema.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || file === path) return undefined;
  const reports = new Reports();
  const { node, faults } = parseJson(text.replace(/^\uFEFF/, ''));
  const [fault] = faults;
  if (!node?.members || fault)
    throw new Problem('malformed-request', `${file} is no JSON object that can be read.`, {
      place: { file, ...(fault ? { line: fault.line } : {}) },
    });
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.csv$/i, '');
  const schema = readSchema(new ObjectReader(node, file, reports, null), { name, file: path, columns, rows: [] });
  const error = reports.list.find(({ severity }) => severity === 'error');
  if (error) throw new Problem('malformed-request', error.message, { place: { file, line: error.line } });
  return schema;
}
