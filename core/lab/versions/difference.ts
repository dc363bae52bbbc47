import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { compareTables } from '#core/model/rate-table/difference.ts';
import { differenceWords } from '#core/model/rate-table/difference-words.ts';
import { keyLabel } from '#core/model/rate-table/keys.ts';
import type { TableSchema } from '#core/model/table.ts';
import { decodeText } from '#core/product/text.ts';
import { openTable } from '../tables/read-table.ts';
import type { FileDifference, TableChange, VersionDifference } from './contract.ts';
import { commitOf, repositoryOf } from './history.ts';
import { schemaOf, sidecarOf } from './sidecar.ts';

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
      const sidecar = now.get(sidecarOf(path)) ?? old.get(sidecarOf(path));
      const [left, right] = [await bytes(was), await bytes(is)];
      const known = sidecar !== undefined && left && right;
      const schema = known ? schemaOf(path, await repository.blob(sidecar), right) : undefined;
      return fileDifference(path, left, right, schema);
    }),
  );
}

/** How a file differs, as two contents; undefined where it is not there. */
export function fileDifference(
  path: string,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
  schema?: TableSchema,
): FileDifference {
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const table = before && after && /\.csv$/i.test(path) ? changeOf(path, before, after, schema) : undefined;
  return { path, kind, before: shown(before), after: shown(after), ...(table ? { table } : {}) };
}

function changeOf(
  path: string,
  before: Uint8Array,
  after: Uint8Array,
  schema: TableSchema | undefined,
): TableChange | undefined {
  try {
    const [old, now] = [openTable(path, before, schema), openTable(path, after, schema)];
    const difference = compareTables(old, now);
    const { keys } = difference;
    const cells = difference.changed.reduce((sum, { columns }) => sum + columns.length, 0);
    const changed = difference.changed.slice(0, MOST_CELLS).flatMap((row) =>
      row.columns.map((column) => {
        const name = now.columns[column] ?? '';
        const place = old.columns.indexOf(name);
        return {
          key: keyLabel(now, row.after, keys),
          column: name,
          before: place < 0 ? '' : old.cell(row.before, place),
          after: now.cell(row.after, column),
        };
      }),
    );
    const listed = changed.slice(0, MOST_CELLS);
    return {
      added: difference.added.slice(0, MOST_CELLS).map((row) => keyLabel(now, row, keys)),
      removed: difference.removed.slice(0, MOST_CELLS).map((row) => keyLabel(old, row, keys)),
      changed: listed,
      more: cells - listed.length,
      words: differenceWords(old, now, difference),
    };
  } catch (error) {
    // A file whose quotes are wrong is compared by its lines.
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function shown(bytes: Uint8Array | undefined): string | null {
  if (!bytes || bytes.length > MOST_TEXT) return null;
  const { text, encoding } = decodeText(bytes);
  return encoding === 'binary' ? null : text;
}
