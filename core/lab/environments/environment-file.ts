import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { Problem } from '#core/model/problem.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { ENVIRONMENTS, type EnvironmentEntry } from './contract.ts';

/** What an environment says of itself, in its data folder: the frame's colour follows from its kind. */
const EnvironmentFile = z.strictObject({
  kind: z.enum(ENVIRONMENTS),
  name: z.string().min(1).max(60),
  /** Milliseconds. */
  clonedAt: z.int().optional(),
  clonedFrom: z.string().optional(),
});
export type EnvironmentFile = z.infer<typeof EnvironmentFile>;
const FILE = 'environment.json';

/** What a data folder says it is; production where it says nothing. Throws `malformed-request` for a file that is not ours. */
export async function readEnvironment(folder: string): Promise<EnvironmentFile> {
  const text = await readFile(path.join(folder, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return { kind: 'production', name: path.basename(folder) };
  const place = { file: path.join(folder, FILE) };
  try {
    return EnvironmentFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem('malformed-request', `${place.file} does not say which environment it is: {"kind", "name"}.`, {
      place,
      cause,
    });
  }
}

export async function writeEnvironment(folder: string, environment: EnvironmentFile): Promise<void> {
  await writeFile(path.join(folder, FILE), `${JSON.stringify(environment, null, 2)}\n`);
}

/** The environments of a computer: a data folder and those beside it, development first. */
export async function listEnvironments(folder: string): Promise<readonly EnvironmentEntry[]> {
  const parent = path.dirname(path.resolve(folder));
  const names = await readdir(parent).catch(() => []);
  const folders = names
    .map((name) => path.join(parent, name))
    .filter((one) => existsSync(path.join(one, STORE_FILES.database)));
  const found = await Promise.all(folders.map(async (one) => ({ ...(await readEnvironment(one)), folder: one })));
  return found.sort(
    (a, b) => ENVIRONMENTS.indexOf(a.kind) - ENVIRONMENTS.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
  );
}
