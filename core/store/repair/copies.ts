import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { STORE_FILES } from '../folder.ts';

/** A backup that a store may be repaired from. */
export interface Copy {
  /** Its database. */
  readonly file: string;
  /** The folder of the backup; for a copy before a migration the data folder itself. */
  readonly folder: string;
  readonly at: number;
}

const MOST = 100;

/** Keeps beside the database where a backup was written to: the database itself may not be able to tell any more (SPEC J63). */
export function noteCopy(folder: string, target: string): void {
  const file = join(folder, STORE_FILES.copies);
  const places = [resolve(target), ...notedCopies(folder).filter((one) => one !== resolve(target))].slice(0, MOST);
  writeFileSync(`${file}.new`, `${JSON.stringify(places)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function notedCopies(folder: string): readonly string[] {
  try {
    const places: unknown = JSON.parse(readFileSync(join(folder, STORE_FILES.copies), 'utf8'));
    return Array.isArray(places) ? places.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

/** The backups of a data folder that can be found, newest first. @param besides folders in which backups lie, one in each folder */
export function copiesOf(folder: string, besides: readonly string[]): readonly Copy[] {
  const within = (parent: string): string[] =>
    existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : [];
  const folders = new Set([...notedCopies(folder), ...besides.map((one) => resolve(one)).flatMap(within)]);
  folders.delete(resolve(folder));
  const backups = [...folders].map((one) => ({ folder: one, file: join(one, STORE_FILES.database) }));
  const before = within(join(folder, STORE_FILES.backups)).map((file) => ({ folder, file }));
  return [...backups, ...before]
    .flatMap((one): Copy[] => {
      const found = statSync(one.file, { throwIfNoEntry: false });
      return found?.isFile() ? [{ ...one, at: Math.round(found.mtimeMs) }] : [];
    })
    .sort((a, b) => b.at - a.at);
}
