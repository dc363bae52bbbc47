import { existsSync } from 'node:fs';
import path from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { openDesk } from '#core/policy/open-desk.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { loadKey } from '#core/store/key.ts';
import { isDamage } from '#core/store/repair/damage.ts';
import { repairStanding } from '#core/store/repair/report.ts';
import { damageWords, repairWords } from '#core/store/repair/words.ts';
import type { ReplicatedStore } from '#core/store/replica/replication-contract.ts';
import { verify } from '#core/store/verify.ts';
import { repair as repairFolder } from '#core/tasks/with-repair.ts';
import { dataFolder } from './folders.ts';
import { printJson, printProblem } from './output.ts';

interface RepairFlags {
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * `fieldwriter repair`: reads the whole database of a data folder and repairs it where it is damaged, from the newest backup that
 * verifies and what the file still gives; then, or where it is sound, tells how the last repair stands. @returns 0 when it is sound now
 */
export async function repair({ data, json }: RepairFlags): Promise<number> {
  try {
    const folder = dataFolder(data);
    if (!existsSync(path.join(folder, STORE_FILES.header)) && !existsSync(path.join(folder, STORE_FILES.database)))
      throw new Problem('not-found', `There is no data in ${folder}: name a data folder with --data.`, {
        place: { file: folder },
      });
    const key = loadKey(process.env, folder);
    const found = await damageOf(folder, key);
    if (found !== undefined) await repairFolder({ folder, key, onDamage: sayDamage }, found);
    const desk = openDesk({ folder, key, documents: 'later' });
    try {
      const standing = repairStanding(desk.store);
      if (json) printJson({ repaired: found !== undefined, ...standing });
      else {
        if (found === undefined) process.stdout.write('The database is sound.\n');
        for (const line of standing ? repairWords(standing.report, standing.outcome) : [])
          process.stdout.write(`${line}\n`);
      }
      return 0;
    } finally {
      await desk.close();
    }
  } catch (error) {
    printProblem(error);
    return 1;
  }
}

/** What is damaged, in a sentence; undefined: nothing. */
async function damageOf(folder: string, key: Uint8Array): Promise<string | undefined> {
  const file = path.join(folder, STORE_FILES.database);
  if (!existsSync(file)) return `${file} is missing.`;
  try {
    const { faults } = await verify(folder, key, { blobs: false });
    return faults.length === 0 ? undefined : `The database of ${folder} is damaged: ${faults.slice(0, 3).join(' ')}`;
  } catch (error) {
    // The key was told to be right by the header, which `loadKey` and the repair look at.
    if (isDamage(error) || (error instanceof Problem && error.code === 'wrong-key')) return error.message;
    throw error;
  }
}

/** On standard error, so that what a command prints stays what it is. */
export function sayDamage(found: string): void {
  process.stderr.write(`${damageWords(found)} It is being repaired…\n`);
}

export function sayRepaired(store: ReplicatedStore): void {
  const standing = repairStanding(store);
  if (!standing) return;
  for (const line of repairWords(standing.report, standing.outcome)) process.stderr.write(`${line}\n`);
}
