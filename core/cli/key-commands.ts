import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Problem } from '#core/model/problem.ts';
import { openWithHeader } from '#core/store/folder.ts';
import {
  givenKey,
  hasDatabase,
  keyFileOf,
  loadKey,
  readKeyFile,
  setAsideKeyFile,
  writeKeyFile,
} from '#core/store/key.ts';
import { keyOfRecovery, recoveryKeyOf } from '#core/store/recovery-key.ts';
import { dataFolder } from './folders.ts';
import { printJson, printProblem } from './output.ts';

interface KeyOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `fieldwriter key show`: the recovery key of a data folder, to be printed and kept apart from the computer. */
export async function showKey(options: KeyOptions): Promise<number> {
  return act(options, (folder) => {
    const recoveryKey = recoveryKeyOf(loadKey(process.env, folder));
    return [{ folder, recoveryKey }, recoveryKey];
  });
}

/**
 * `fieldwriter key restore`: makes the key file of a data folder or of a backup from its recovery key, which comes from standard
 * input: other programs can read a command line. A file with a key that does not open the folder is set aside, not thrown away.
 */
export async function restoreKey(options: KeyOptions): Promise<number> {
  return act(options, async (folder) => {
    if (givenKey(process.env))
      throw new Problem('wrong-state', 'FIELDWRITER_KEY is set and would go before the key file: unset it first.');
    if (process.stdin.isTTY) process.stderr.write('Type the recovery key, then Enter and Ctrl-D:\n');
    const key = keyOfRecovery(await text(process.stdin));
    openWithHeader(folder, key).close();
    const { file } = keyFileOf(process.env, folder);
    const before = existsSync(file) ? readKeyFile(file) : undefined;
    if (before && Buffer.compare(before, key) === 0) return [{ folder, file }, `${file} holds this key already.`];
    const aside = before && setAsideKeyFile(file, Date.now());
    writeKeyFile(file, key);
    const note = aside ? ` The file that did not open it is now ${aside}.` : '';
    return [{ folder, file, ...(aside ? { aside } : {}) }, `${file} holds the key of ${folder} again.${note}`];
  });
}

/** What is done with an existing data folder, told as JSON or as text. */
async function act(
  options: KeyOptions,
  work: (folder: string) => [object, string] | Promise<[object, string]>,
): Promise<number> {
  try {
    const folder = dataFolder(options.data);
    if (!hasDatabase(folder))
      throw new Problem('not-found', `There is no data in ${folder}: name a data folder with --data.`, {
        place: { file: folder },
      });
    const [json, said] = await work(folder);
    if (options.json) printJson(json);
    else process.stdout.write(`${said}\n`);
    return 0;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}
