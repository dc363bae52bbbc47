import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ENGINE } from '#core/model/engine.ts';
import { Problem } from '#core/model/problem.ts';
import { restoreBackup } from '#core/store/backup.ts';
import type { Store } from '#core/store/contract.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { openStore } from '#core/store/open.ts';
import { verify as verifyFolder } from '#core/store/verify.ts';
import { dataFolder } from './folders.ts';
import { printJson, printProblem } from './output.ts';

interface FolderOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `fieldwriter verify`: proves the journal's chain, the records and the blobs of a data folder. @returns 1 with faults */
export async function verify(options: FolderOptions): Promise<number> {
  try {
    const folder = existing(options.data);
    const report = await verifyFolder(folder, loadKey(process.env, folder));
    if (options.json) printJson(report);
    else {
      for (const fault of report.faults) process.stdout.write(`${fault}\n`);
      const { entries, records, blobs, notFetched } = report;
      const later = notFetched > 0 ? `, of which ${notFetched} have not come from other devices yet` : '';
      process.stdout.write(
        `${report.ok ? 'Sound' : 'DAMAGED'}: ${entries} journal entries, ${records} records, ${blobs} files${later}\n`,
      );
    }
    return report.ok ? 0 : 1;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}

/** `fieldwriter backup <target>`: an encrypted, verified copy. Not while a workbench is open on the folder: it makes its own. */
export async function backup(target: string, options: FolderOptions): Promise<number> {
  let store: Store | undefined;
  try {
    const folder = existing(options.data);
    store = openStore({
      folder,
      key: loadKey(process.env, folder),
      engine: ENGINE,
      now: Date.now,
      random: (count) => new Uint8Array(randomBytes(count)),
    });
    await store.backup(path.resolve(target));
    done(
      options,
      { backup: path.resolve(target), of: folder },
      `Backed up ${folder} to ${path.resolve(target)}. Keep its key apart.`,
    );
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    store?.close();
  }
}

/** `fieldwriter restore <backup>`: verifies a backup and makes a data folder of it; never over one that is there. */
export async function restore(source: string, options: FolderOptions): Promise<number> {
  try {
    const folder = dataFolder(options.data);
    // Asked first: loading a key from a folder without a database would make one there.
    const from = existing(source);
    await restoreBackup(from, folder, loadKey(process.env, from));
    done(options, { restored: folder, from }, `Restored ${folder}.`);
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}

function done(options: FolderOptions, json: object, text: string): void {
  if (options.json) printJson(json);
  else process.stdout.write(`${text}\n`);
}

function existing(data: string | undefined): string {
  const folder = dataFolder(data);
  if (existsSync(path.join(folder, STORE_FILES.database))) return folder;
  throw new Problem('not-found', `There is no data in ${folder}: name a data folder with --data.`, {
    place: { file: folder },
  });
}
