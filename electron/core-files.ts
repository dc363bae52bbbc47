import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readJson } from './whole-file.ts';

/**
 * The files beside the archive that core runs from, by path with forward slashes: the SHA-256 of each, or `signed` where the system's
 * signature covers a binary that signing changes after we counted. The list lies in the archive, which Electron checks itself.
 */
export type CoreFiles = Readonly<Record<string, string>>;
export const SIGNED = 'signed';

/** What systems leave in folders by themselves. */
const LEFT_BEHIND = new Set(['.DS_Store', 'desktop.ini', 'Thumbs.db']);

/** All files below a folder, by path with forward slashes. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !LEFT_BEHIND.has(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}

export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** @returns what is wrong with the files of a folder, as a sentence; undefined when they are what was built */
export async function faultOf(folder: string, expected: CoreFiles): Promise<string | undefined> {
  const again = 'Install Fieldwriter again.';
  const there = new Set(filesBelow(folder));
  for (const file of there)
    if (!Object.hasOwn(expected, file)) return `${path.join(folder, file)} does not belong to Fieldwriter. ${again}`;
  for (const [file, hash] of Object.entries(expected)) {
    if (!there.has(file)) return `${path.join(folder, file)} is missing. ${again}`;
    if (hash !== SIGNED && (await hashOf(path.join(folder, file))) !== hash)
      return `${path.join(folder, file)} was changed since Fieldwriter was built. ${again}`;
  }
  return undefined;
}

/**
 * Core lies outside the archive that Electron checks, so we check its files ourselves before it runs.
 * @param checked undefined in development @throws with a sentence for the user
 */
export async function requireFiles(
  checked: { readonly folder: string; readonly list: string } | undefined,
): Promise<void> {
  if (!checked) return;
  const expected = readJson(checked.list);
  const entries = typeof expected === 'object' && expected !== null ? Object.entries(expected) : [];
  if (entries.length === 0 || entries.some(([, hash]) => typeof hash !== 'string'))
    throw new Error('The list of what belongs to Fieldwriter is missing. Install Fieldwriter again.');
  const fault = await faultOf(checked.folder, expected as CoreFiles);
  if (fault !== undefined) throw new Error(fault);
}
