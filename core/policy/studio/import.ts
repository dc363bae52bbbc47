import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { withoutLitter } from '#core/product/archive.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { parsePath, refuseFileAsFolder } from './paths.ts';

const MOST_FILES = 5_000;

/** A file of a folder that somebody dropped, with its path from there. */
export interface DroppedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The configuration in a dropped folder, as a ZIP of it would be (ST21). Throws `too-large`, `malformed-request` with the path that
 * can not be taken.
 */
export async function importFolder(dropped: readonly DroppedFile[]): Promise<Configuration> {
  if (dropped.length > MOST_FILES)
    throw new Problem(
      'too-large',
      `The folder has ${dropped.length} files; at most ${MOST_FILES} are taken. Choose the folder of the configuration itself.`,
    );
  const given = new Map<string, Uint8Array>();
  for (const { path, bytes } of dropped) {
    if (given.has(path))
      throw new Problem('malformed-request', `The path ${path} comes twice.`, { place: { file: path } });
    given.set(path, bytes);
  }
  // What an operating system left behind is left out; everything else must be a path that can be kept.
  const files = withoutLitter(given);
  for (const path of files.keys()) parsePath(path);
  refuseFileAsFolder(files);
  const [folder] = [...files.keys()][0]?.split('/') ?? [];
  return loadConfiguration({ files, ...(folder === undefined ? {} : { name: folder }) });
}
