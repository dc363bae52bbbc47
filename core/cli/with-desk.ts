import { existsSync } from 'node:fs';
import path from 'node:path';
import { secondOpinionJudge } from '#core/lab/second-opinion/gate.ts';
import { Problem } from '#core/model/problem.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { openSecondEngine } from '#core/sandbox/second-engine.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { withRepair } from '#core/tasks/with-repair.ts';
import { dataFolder } from './folders.ts';
import { printProblem } from './output.ts';
import { sayDamage, sayRepaired } from './repair.ts';

/** Runs a command on the desk of a data folder that exists; a problem is printed. @returns the exit code */
export async function withDesk(data: string | undefined, work: (desk: OpenDesk) => Promise<number>): Promise<number> {
  let desk: OpenDesk | undefined;
  // Starts no process before a new version is judged.
  const engine = openSecondEngine();
  try {
    const folder = dataFolder(data);
    if (!existsSync(path.join(folder, STORE_FILES.database)))
      throw new Problem('not-found', `There is no data in ${folder}: name a data folder with --data.`, {
        place: { file: folder },
      });
    const judge = secondOpinionJudge(engine);
    const key = loadKey(process.env, folder);
    const { opened, repaired } = await withRepair({ folder, key, onDamage: sayDamage }, () =>
      openDesk({ folder, key, documents: 'later', judge }),
    );
    desk = opened;
    if (repaired) sayRepaired(desk.store);
    return await work(desk);
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await Promise.all([desk?.close(), engine.close()]);
  }
}
