import Database from 'better-sqlite3';
import { Problem } from '#core/model/problem.ts';

const REPAIR =
  'Run `fieldwriter verify` to see what is hurt. The next start repairs it from the newest backup and what can still be read, `fieldwriter repair` does so now.';

/** Turns what SQLite or the file system threw into a Problem that a person can act on; anything else passes through. */
export function asProblem(error: unknown, place: string): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (isDiskFull(code)) {
    return new Problem(
      'disk-full',
      `The disk is full: nothing of this was written to ${place}, everything before it is safe. Free some space and do it again.`,
      { cause: error },
    );
  }
  if (!(error instanceof Database.SqliteError)) return error;
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(`${place} is damaged`, error);
  if (code.startsWith('SQLITE_IOERR')) return damaged(`${place} cannot be read or written (${code})`, error);
  if (code.startsWith('SQLITE_BUSY')) return locked(place, error);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return new Problem(
      'internal',
      `${place} cannot be opened for writing (${code}): check the permissions of the folder.`,
      { cause: error },
    );
  }
  return error;
}

/** Runs a piece of work on the store and throws its failures as Problems. */
export function guarded<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asProblem(error, place);
  }
}

/** The same for work that takes a while. */
export async function guardedAsync<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asProblem(error, place);
  }
}

/** `store-damaged`, with what to do about it. */
export function damaged(what: string, cause?: unknown): Problem {
  return new Problem('store-damaged', `${what}. ${REPAIR}`, { cause });
}

/** `store-locked`: another process has the store open. */
export function locked(place: string, cause?: unknown): Problem {
  return new Problem(
    'store-locked',
    `${place} is in use by another Fieldwriter. Close that one (a window, \`fieldwriter serve\`), or open another data folder.`,
    { cause },
  );
}

/** SQLite reports a full disk as FULL, and as SHMSIZE when it cannot grow the shared memory of the log. */
function isDiskFull(code: string): boolean {
  return ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT'].includes(code);
}
