import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../folder.ts';

/** The machine's name keeps apart containers that share a folder and count their processes each from one. */
const PREFIX = `fieldwriter-jobs-${hostname()}-`;

/** A folder of this process for what is thrown away. */
export function scratchFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Throws away what processes of this machine left behind that were killed; without its key nobody can read it. */
export async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = name.startsWith(PREFIX) ? (/^(\d+)-/.exec(name.slice(PREFIX.length)) ?? []) : [];
    if (pid !== undefined && !isAlive(Number(pid)))
      // Another copy that starts now does the same.
      await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
