import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { blobFile, blobNames, blobReader } from '../blobs.ts';
import { STORE_FILES } from '../folder.ts';

/**
 * Takes from a backup the files that the data folder lacks or can not read any more, and the repository of the configurations where
 * there is none. What is there and sound stays: it is newer. @returns how many files
 */
export async function missingFiles(folder: string, backup: string, key: Uint8Array): Promise<number> {
  const from = join(backup, STORE_FILES.blobs);
  const to = join(folder, STORE_FILES.blobs);
  const read = blobReader(to, key);
  let taken = 0;
  for (const hash of existsSync(from) ? await blobNames(from) : []) {
    if (await read(hash).catch(() => undefined)) continue;
    await mkdir(dirname(blobFile(to, hash)), { recursive: true, mode: 0o700 });
    await copyFile(blobFile(from, hash), blobFile(to, hash));
    taken += 1;
  }
  const repository = join(folder, STORE_FILES.configurations);
  const kept = join(backup, STORE_FILES.configurations);
  if (!existsSync(repository) && existsSync(kept)) await cp(kept, repository, { recursive: true });
  return taken;
}
