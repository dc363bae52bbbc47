import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { KEEP, outlived } from '#core/tasks/rotation.ts';
import type { Directory, Upkeep } from '../database/directory.ts';
import { aloneOn } from '../database/dump.ts';
import { drill } from './drill.ts';
import { type BackupSource, writeBackup } from './write.ts';

const HOUR = 60 * 60_000;
const BACKUP_EVERY = 24 * HOUR;
const DRILL_EVERY = 7 * BACKUP_EVERY;
const LOOK_EVERY = 10 * 60_000;
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/;

export interface KeepSafeOptions extends BackupSource {
  readonly directory: Directory;
  /** Folder of the backups. */
  readonly root: string;
  readonly log: Logger;
}
/** What keeps the cloud's data safe by itself (CL63). */
export interface KeepSafe {
  /** Does what is due, unless another copy is at it. */
  look(): Promise<void>;
  /** Ends when what is under way has. */
  close(): Promise<void>;
}

/** A backup each day and a drill each week, by whichever copy comes first. */
export function startKeepingSafe(options: KeepSafeOptions): KeepSafe {
  let last: Promise<unknown> = Promise.resolve();
  const look = (): Promise<void> => {
    const next = last.then(() => doWhatIsDue(options));
    last = next.catch(() => undefined);
    return next;
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => options.log.error({ event: 'upkeep failed', error: String(error) }));
  }, LOOK_EVERY);
  timer.unref();
  return {
    look,
    async close() {
      clearInterval(timer);
      await last;
    },
  };
}

async function doWhatIsDue(options: KeepSafeOptions): Promise<void> {
  const { directory, databaseUrl, now } = options;
  await aloneOn(databaseUrl, async () => {
    const before = await directory.upkeep();
    const isDue = (what: Upkeep['what'], every: number): boolean => {
      const { lastAt = 0, faults = [] } = before.find((one) => one.what === what) ?? {};
      // What went wrong is tried again an hour later.
      return now() >= lastAt + (faults.length > 0 ? HOUR : every);
    };
    if (isDue('backup', BACKUP_EVERY)) await backUp(options);
    const newest = (await backupsIn(options.root)).at(-1);
    if (newest !== undefined && isDue('drill', DRILL_EVERY)) await tryOut(options, newest);
  });
}

async function backUp(options: KeepSafeOptions): Promise<void> {
  const { root } = options;
  try {
    const backup = await writeBackup(options, root);
    await note(options, 'backup', backup, []);
    // Nothing is removed unless a new one was made.
    const made = new Map((await backupsIn(root)).map((folder) => [instantOf(folder), folder]));
    for (const at of outlived([...made.keys()], KEEP, 'UTC'))
      await rm(made.get(at) ?? '', { recursive: true, force: true });
  } catch (error) {
    await note(options, 'backup', null, [error instanceof Error ? error.message : String(error)]);
  }
}

async function tryOut(options: KeepSafeOptions, backup: string): Promise<void> {
  await note(options, 'drill', backup, await drill(options, backup));
}

async function note(
  { directory, log, now }: KeepSafeOptions,
  what: Upkeep['what'],
  backup: string | null,
  faults: readonly string[],
): Promise<void> {
  const lastAt = now();
  await directory.noteUpkeep({ what, lastAt, lastSuccess: faults.length === 0 ? lastAt : null, backup, faults });
  if (faults.length === 0) log.info({ event: what, backup });
  else log.error({ event: `${what} failed`, backup, faults });
}

/** The complete backups of a folder, oldest first. */
async function backupsIn(root: string): Promise<readonly string[]> {
  const names = await readdir(root).catch(() => []);
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => path.join(root, name));
}

function instantOf(folder: string): number {
  const [day, time = ''] = path.basename(folder).split('T');
  return Date.parse(`${day}T${time.replace('-', ':').replace('-', ':')}`);
}
