import { existsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { dataFolder } from './folders.ts';
import { printProblem } from './output.ts';

/** Runs a command on the desk of a data folder that exists; a problem is printed. @returns the exit code */
export async function withDesk(data: string | undefined, work: (desk: OpenDesk) => Promise<number>): Promise<number> {
  let desk: OpenDesk | undefined;
  try {
    const folder = dataFolder(data);
    if (!existsSync(path.join(folder, STORE_FILES.database)))
      throw new Problem('not-found', `There is no data in ${folder}: name a data folder with --data.`, {
        place: { file: folder },
      });
    desk = openDesk({ folder, key: loadKey(process.env, folder), documents: 'later' });
    return await work(desk);
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await desk?.close();
  }
}
