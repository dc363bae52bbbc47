import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '#core/model/problem.ts';
import type { Connection } from '../database.ts';
import { STORE_FILES } from '../folder.ts';
import { damaged } from '../trouble.ts';
import { isLogDamaged } from './log.ts';

/** The whole file is looked at on every start up to this size, and after an end out of order up to the second, in bytes: it is read once, at some 600 MB a second. */
const ALWAYS = 16 * 1024 * 1024;
const AFTER_A_KILL = 256 * 1024 * 1024;

/** Keeps in the folder that its database was found damaged, for the next start (SPEC J60). Nothing more can be done about a failure here. */
export function noteDamage(folder: string, what: string): void {
  try {
    writeFileSync(join(folder, STORE_FILES.damage), `${what}\n`, { mode: 0o600 });
  } catch {
    // The disk is full, or gone: the next reading finds the damage again.
  }
}

export function damageNoted(folder: string): string | undefined {
  const file = join(folder, STORE_FILES.damage);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

export function forgetDamage(folder: string): void {
  rmSync(join(folder, STORE_FILES.damage), { force: true });
}

/** Runs work on the database of a folder; damage that it meets is noted. */
export function notingDamage<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isDamage(error)) noteDamage(folder, error.message);
    throw error;
  }
}

export function isDamage(error: unknown): error is Problem {
  return error instanceof Problem && error.code === 'store-damaged';
}

/** Bytes of the log that a process left behind which did not close; nothing after an orderly end. Asked before the database is opened. */
export function leftBehind(folder: string): number {
  return sizeOf(join(folder, `${STORE_FILES.database}-wal`));
}

/** Before the database is opened, because opening ends the log where it is damaged. @throws store-damaged */
export function checkLogLeft(folder: string): void {
  const file = join(folder, STORE_FILES.database);
  if (leftBehind(folder) > 0 && isLogDamaged(file)) throw damaged(`${file}-wal is damaged`);
}

/** Reads the pages of the database where that is quick, or where there is a reason to (SPEC J60). @throws store-damaged */
export function checkAtStart(database: Connection, folder: string, left: number): void {
  const file = join(folder, STORE_FILES.database);
  const size = sizeOf(file) + left;
  const noted = damageNoted(folder) !== undefined;
  if (!noted && size > (left > 0 ? AFTER_A_KILL : ALWAYS)) return;
  const [found] = database.pragma('quick_check(1)') as readonly { quick_check: string }[];
  if (found && found.quick_check !== 'ok')
    throw damaged(`${file} is damaged (${found.quick_check.replaceAll(/\s+/g, ' ')})`);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
