import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readJson, writeWhole } from './whole-file.ts';

/** Where the user wants their data, kept in the shell's own folder: it has to be known before the data can be opened. */
export interface DataPlace {
  /** Absolute; undefined: where the system keeps a user's application data. */
  chosen(): string | undefined;
  /** @throws a sentence for the user when data can not be kept there */
  choose(folder: string): void;
}

export function dataPlace(file: string): DataPlace {
  return {
    chosen() {
      const kept = readJson(file);
      const folder = typeof kept === 'object' && kept !== null && 'folder' in kept ? kept.folder : undefined;
      return typeof folder === 'string' && path.isAbsolute(folder) ? folder : undefined;
    },
    choose(folder) {
      const trouble = troubleWith(folder, process.platform);
      if (trouble !== undefined) throw new Error(trouble);
      writeWhole(file, `${JSON.stringify({ format: 1, folder })}\n`);
    },
  };
}

/** Why data can not be kept in a folder. One that holds data of Fieldwriter already is opened. */
export function troubleWith(folder: string, platform: string): string | undefined {
  // A database that many machines may open at once is damaged sooner or later: SQLite's locks do not hold over a network.
  if (platform === 'win32' && /^[\\/]{2}/.test(folder))
    return `${folder} is on the network. Choose a folder of this computer; backups may go to the network.`;
  if (!existsSync(folder)) return `${folder} does not exist.`;
  const there = readdirSync(folder);
  if (there.length > 0 && !there.includes('workbench.db'))
    return `${folder} is not empty. Choose an empty folder, or one that holds Fieldwriter's data already.`;
  return undefined;
}
