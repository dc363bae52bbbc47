import type { TableSchema } from '#core/model/table.ts';
import { Reports } from '#core/product/reports.ts';
import { Source } from '#core/product/source.ts';
import { readSchema } from '#core/product/tables.ts';
import { openTable } from '../tables/read-table.ts';

/** Path of the schema beside a table (formats §10). */
export const sidecarOf = (path: string): string => path.replace(/\.csv$/i, '.schema.json');

/**
 * The schema of a table as a commit has it; undefined where it can not be read: then its keys are found from its rows.
 * @param schema the sidecar's bytes @param csv the table's, of which only the header is read
 */
export function schemaOf(path: string, schema: Uint8Array, csv: Uint8Array): TableSchema | undefined {
  const end = csv.indexOf(0x0a);
  const { columns } = openTable(path, end < 0 ? csv : csv.subarray(0, end));
  const sidecar = sidecarOf(path);
  const reports = new Reports();
  const reader = new Source(new Map([[sidecar, schema]]), reports).json(sidecar, null);
  return reader && readSchema(reader, { name: path, file: path, columns, rows: [] });
}
