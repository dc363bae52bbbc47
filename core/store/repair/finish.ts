import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STORE_FILES, syncNames } from '../folder.ts';
import { forgetDamage } from './damage.ts';
import { forgetPlaces } from './tables.ts';

/**
 * A repaired database that is complete takes its place; what a repair that was broken off left behind otherwise goes. Whoever calls
 * holds the lock of the store. The old log goes first: SQLite would take it for the new file's.
 */
export function finishRepair(folder: string): void {
  for (const name of readdirSync(folder))
    if (/^repair-\w{6}$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  const repaired = join(folder, STORE_FILES.repaired);
  if (!existsSync(repaired)) return;
  for (const end of ['-wal', '-shm']) rmSync(join(folder, `${STORE_FILES.database}${end}`), { force: true });
  forgetPlaces(folder);
  forgetDamage(folder);
  renameSync(repaired, join(folder, STORE_FILES.database));
  syncNames(folder);
}
