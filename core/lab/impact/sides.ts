import path from 'node:path';
import type { Configuration } from '#core/model/product.ts';
import type { Changes, WorkingCopies } from '#core/policy/studio/working-copy.ts';
import { assertUsable, loadConfiguration } from '#core/product/load.ts';
import { readAlready } from '#core/product/tables.ts';

/** One side of a comparison: a version, or a working copy of it. */
export interface Side {
  readonly configuration: Configuration;
  /** 0 for a folder or archive that is not deployed. */
  readonly version: number;
  /** Of a version; otherwise where it lies, with the beginning of its hash. */
  readonly commit: string;
  /** Paths that the working copy changes; none: the version itself. */
  readonly changed: readonly string[];
}

/** Throws `not-found`; `invalid-configuration` with the first error of the product. */
export async function sideOf(
  copies: WorkingCopies,
  product: string,
  asked: { readonly version: number; readonly changes?: Changes | undefined },
): Promise<Side> {
  const { version, changes = {} } = asked;
  const { base, configuration } = await copies.of(version, changes);
  assertUsable(configuration, product);
  return { configuration, version, commit: base.record.commit, changed: Object.keys(changes).sort() };
}

/** A configuration with some files replaced, without a store: for the command line and between two versions. */
export async function withFiles(
  base: Configuration,
  files: ReadonlyMap<string, Uint8Array | undefined>,
): Promise<Configuration> {
  const all = new Map(base.files);
  for (const [file, bytes] of files) {
    if (bytes) all.set(file, bytes);
    else all.delete(file);
  }
  const [product] = base.products;
  return loadConfiguration({ files: all, read: readAlready(base), ...(product ? { name: product.name } : {}) });
}

/** Changes between two configurations that belong together: a table and its sidecar, any other file. */
export interface ChangeGroup {
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array | undefined>;
}

/** What can not change a price: documents, cases, pictures, notes. */
const NO_RATE = /\.template\.liquid$|(^|\/)(tests|static_documents|assets|documents)\/|\.(md|png|jpe?g|svg|css|html)$/i;

/** What differs between two configurations, tables first, then the rest, each by name (IM13). */
export function changeGroups(before: Configuration, after: Configuration): readonly ChangeGroup[] {
  const groups = new Map<string, Map<string, Uint8Array | undefined>>();
  for (const file of new Set([...before.files.keys(), ...after.files.keys()])) {
    const [was, is] = [before.files.get(file), after.files.get(file)];
    if (NO_RATE.test(file) || (was && is && Buffer.compare(was, is) === 0)) continue;
    const name = file.replace(/\.schema\.json$/, '.csv');
    const group = groups.get(name) ?? new Map<string, Uint8Array | undefined>();
    groups.set(name, group.set(file, is));
  }
  const isTable = (file: string): boolean => /\.csv$/i.test(file);
  return [...groups]
    .sort(([a], [b]) => Number(isTable(b)) - Number(isTable(a)) || (a < b ? -1 : 1))
    .map(([file, files]) => ({ name: path.posix.basename(file), files }));
}
