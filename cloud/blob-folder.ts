import { readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RandomBytes } from '#core/model/locator.ts';
import { makeFolderDurably, syncFolder, writeDurably } from '#core/store/blobs.ts';
import type { BlobPlace } from './blobs.ts';

/** Blobs in a folder that all copies of the cloud share, a file each. */
export function folderPlace(folder: string, random: RandomBytes): BlobPlace {
  const file = (name: string): string => path.join(folder, ...name.split('/'));
  return {
    async put(name, bytes) {
      const [to, incoming] = [file(name), path.join(folder, 'incoming')];
      const temporary = path.join(incoming, Buffer.from(random(16)).toString('hex'));
      for (const made of [incoming, path.dirname(to)]) await makeFolderDurably(made);
      try {
        await writeDurably(temporary, bytes);
        await rename(temporary, to);
        await syncFolder(path.dirname(to));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    get: (name) => readFile(file(name)).catch(absent),
    size: async (name) => (await stat(file(name)).catch(absent))?.size,
    list: async (under) => (await readdir(file(under)).catch(absent)) ?? [],
    async remove(names) {
      for (const name of names) await rm(file(name), { force: true });
      // Fails where something else lies there by now.
      for (const home of new Set(names.map((name) => path.dirname(file(name)))))
        await rmdir(home).catch(() => undefined);
    },
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
