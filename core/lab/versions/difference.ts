import type { Desk } from '#core/desk/desk.ts';
import type { TableSource } from '#core/model/table.ts';
import { Reports } from '#core/product/reports.ts';
import { readTable } from '#core/product/tables.ts';
import { decodeText } from '#core/product/text.ts';
import { commitOf, repositoryOf } from './history.ts';
import { keyedTable, type TableChange, tableChange } from './table-cells.ts';

export interface VersionDifference {
  readonly from: string;
  readonly to: string;
  readonly files: readonly FileDifference[];
}
export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Null for what is no text, or is not there on that side. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of a table that both sides have: by key, cell by cell; the first cells of many. */
  readonly table?: TableChange & { readonly more: number };
}

/** More text than this is not sent: the file is named, and the table's words say what changed. */
const MOST_TEXT = 200_000;
const MOST_CELLS = 500;

/** What differs between two commits, branches, tags or versions (VE3). Throws `not-found`. */
export async function versionDifference(
  desk: Desk,
  product: string,
  from: string,
  to: string,
): Promise<VersionDifference> {
  const [before, after] = [await commitOf(desk, product, from), await commitOf(desk, product, to)];
  return { from: before, to: after, files: await filesBetween(desk, before, after) };
}

/** The files that differ between two commits, by path. */
async function filesBetween(desk: Desk, before: string, after: string): Promise<readonly FileDifference[]> {
  const repository = repositoryOf(desk);
  const [old, now] = [await repository.files(before), await repository.files(after)];
  const paths = [...new Set([...old.keys(), ...now.keys()])].sort();
  const changed = paths.filter((path) => old.get(path) !== now.get(path));
  return Promise.all(
    changed.map(async (path) => {
      const [was, is] = [old.get(path), now.get(path)];
      const bytes = async (oid: string | undefined) => (oid === undefined ? undefined : repository.blob(oid));
      return fileDifference(path, await bytes(was), await bytes(is));
    }),
  );
}

/** How a file differs, as two contents; undefined where it is not there. */
export function fileDifference(
  path: string,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
): FileDifference {
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const table = before && after && /\.csv$/i.test(path) ? changeOf(path, before, after) : undefined;
  return { path, kind, before: shown(before), after: shown(after), ...(table ? { table } : {}) };
}

function changeOf(path: string, before: Uint8Array, after: Uint8Array): FileDifference['table'] {
  const read = (bytes: Uint8Array): TableSource => readTable(path, bytes, new Reports(), null);
  const change = tableChange(keyedTable(read(before)), keyedTable(read(after)));
  const cells = change.changed.slice(0, MOST_CELLS);
  return {
    ...change,
    added: change.added.slice(0, MOST_CELLS),
    removed: change.removed.slice(0, MOST_CELLS),
    changed: cells,
    more: change.changed.length - cells.length,
  };
}

function shown(bytes: Uint8Array | undefined): string | null {
  if (!bytes || bytes.length > MOST_TEXT) return null;
  const { text, encoding } = decodeText(bytes);
  return encoding === 'binary' ? null : text;
}
