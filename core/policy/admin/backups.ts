import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import { STORE_FILES } from '#core/store/folder.ts';

/** A backup that was made from here. */
export interface BackupMade {
  readonly folder: string;
  readonly timestamp: string;
  readonly bytes: number;
  /** Whether its database still lies there. */
  readonly present: boolean;
}

/** One setting holds them: they are few. */
const SETTING = 'backups';
const MOST_KEPT = 50;
const AT_ONCE = 128;
const Made = z.object({ made: z.array(z.strictObject({ folder: z.string(), at: z.int(), bytes: z.int() })) });

/** Writes a verified copy of the data into a new folder and remembers it. Throws `wrong-state` for a folder that holds something. */
export async function makeBackup(desk: Desk, caller: Caller, given: string): Promise<string> {
  const folder = path.resolve(given);
  await desk.store.backup(folder);
  const bytes = await sizeOf(folder);
  // Read after the copy, which takes its time: another one may have been made meanwhile.
  const stored = desk.store.get('setting', SETTING);
  const made = [{ folder, at: desk.now(), bytes }, ...madeIn(desk)].slice(0, MOST_KEPT);
  commit(desk, caller, {
    name: 'backup.make',
    arguments: { bytes },
    changes: [write('setting', SETTING, stored?.version ?? 0, { made })],
    result: folder,
  });
  return folder;
}

/** The backups that were made from here, newest first. */
export function listBackups(desk: Desk): readonly BackupMade[] {
  return madeIn(desk).map(({ folder, at, bytes }) => ({
    folder,
    timestamp: String(at),
    bytes,
    present: existsSync(path.join(folder, STORE_FILES.database)),
  }));
}

function madeIn(desk: Desk): z.infer<typeof Made>['made'] {
  const stored = desk.store.get('setting', SETTING)?.record;
  return stored === undefined ? [] : Made.parse(stored).made;
}

/** Bytes of all files in a folder; what vanishes meanwhile or may not be read counts nothing. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  let bytes = 0;
  // Many at once, not all at once: a large store has hundreds of thousands.
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const sizes = await Promise.all(files.slice(from, from + AT_ONCE).map(sizeOfFile));
    bytes += sizes.reduce((sum, size) => sum + size, 0);
  }
  return bytes;
}

/** Bytes of a file; nothing of one that is not there. */
export function sizeOfFile(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
