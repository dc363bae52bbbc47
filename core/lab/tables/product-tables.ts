import { isUtf8 } from 'node:buffer';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import type { TableChanges } from '#core/model/rate-table/edit.ts';
import type { RateTable } from '#core/model/rate-table/rate-table.ts';
import type { TableSource } from '#core/model/table.ts';
import { type WorkingCopy, workingCopy } from '#core/policy/studio/working-copy.ts';
import { productOf } from '#core/product/check-tables.ts';
import { readAlready } from '#core/product/tables.ts';
import { decodeText } from '#core/product/text.ts';
import { editedSource } from './edited-source.ts';
import type { TableFile } from './excel-thread.ts';
import { openTable } from './read-table.ts';

/** The tables of a product and those of the tenant, by path. */
export function tablesOf(
  configuration: Configuration,
  product: string,
): readonly { readonly table: TableSource; readonly product: string | null }[] {
  return Object.values(configuration.tables)
    .map((table) => ({ table, product: productOf(configuration, table.file) }))
    .filter((one) => one.product === null || one.product === product)
    .sort((a, b) => (a.table.file < b.table.file ? -1 : 1));
}

/** A table of a version as it lies there. Throws `not-found`. */
export function tableFileIn(configuration: Configuration, path: string): TableFile {
  const bytes = configuration.files.get(path);
  const source = Object.values(configuration.tables).find(({ file }) => file === path);
  if (!bytes || !source)
    throw new Problem('not-found', `There is no table ${path} in this version.`, { place: { file: path } });
  return { file: path, bytes, schema: source.schema };
}

/** A table of a version, ready to be edited. Throws `not-found`, `malformed-request` for one that can not be edited by cells (RT4). */
export function tableIn(configuration: Configuration, path: string): RateTable {
  const { bytes, schema } = tableFileIn(configuration, path);
  return openTable(path, bytes, schema);
}

/** The text of a table of a version as UTF-8, without looking into it. Throws `not-found`. */
export function tableTextIn(configuration: Configuration, path: string): Uint8Array<ArrayBuffer> {
  const { bytes } = tableFileIn(configuration, path);
  // Most are, and to know it costs a hundredth of reading them.
  if (isUtf8(bytes) && bytes.indexOf(0) < 0) return bytes as Uint8Array<ArrayBuffer>;
  const { text, encoding } = decodeText(bytes);
  return encoding === 'utf-8' ? (bytes as Uint8Array<ArrayBuffer>) : new TextEncoder().encode(text);
}

/** The version that changes of a table would make: a working copy, to be saved as any other (ST16 to ST18). */
export async function tableCopy(
  desk: Desk,
  { base, path, changes }: { readonly base: number; readonly path: string; readonly changes: TableChanges },
): Promise<WorkingCopy> {
  const { configuration } = await desk.configurations.version(base);
  const table = tableIn(configuration, path);
  table.applyChanges(changes);
  const before = [...readAlready(configuration).values()].find(({ file }) => file === path);
  const source = before && editedSource(before, table);
  return workingCopy(desk, base, { [path]: table.toText() }, source ? { [path]: source } : {});
}
