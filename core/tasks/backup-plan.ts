import { existsSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type Caller, commit, type Desk, write } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { Problem } from '#core/model/problem.ts';
import { sizeOf } from '#core/policy/admin/backups.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { KEEP, outlived } from './rotation.ts';

/** Backups that are made by themselves (SPEC.md). */
export interface BackupPlan {
  readonly on: boolean;
  /** Absolute. */
  readonly folder: string;
  /** Newest first. */
  readonly made: readonly { readonly folder: string; readonly at: number; readonly bytes: number }[];
}

const SETTING = 'backupPlan';
const Stored = z.strictObject({
  on: z.boolean(),
  folder: z.string().optional(),
  made: z.array(z.strictObject({ folder: z.string(), at: z.int(), bytes: z.int() })),
});

/** @param data the data folder */
export function backupPlan(desk: Desk, data: string): BackupPlan {
  const { on, folder, made } = stored(desk);
  return { on, folder: folder ?? besides(data), made };
}

/** Changes the plan; what is left out stays. Throws `invalid-fields` for a folder that can not be used (BK2). */
export function changePlan(
  desk: Desk,
  caller: Caller,
  data: string,
  change: { readonly on?: boolean | undefined; readonly folder?: string | undefined },
): void {
  const before = stored(desk);
  const folder = change.folder === undefined ? before.folder : usable(change.folder, data);
  save(desk, caller, 'backup.plan', {
    ...before,
    ...(change.on === undefined ? {} : { on: change.on }),
    ...(folder === undefined ? {} : { folder }),
  });
}

/**
 * Makes the backup of now, and removes what it outlives (BK1 to BK4). @param timeZone the tenant's
 * @returns what was made, and what was removed. Throws as `Store.backup` does; then nothing was removed.
 */
export async function runBackup(
  desk: Desk,
  data: string,
  timeZone: string,
): Promise<{ readonly made: readonly string[]; readonly removed: readonly string[] }> {
  const at = desk.now();
  const { folder: into } = backupPlan(desk, data);
  const folder = path.join(into, new Date(at).toISOString().replaceAll(':', '-').replace('.000', ''));
  await desk.store.backup(folder);
  const made = [{ folder, at, bytes: await sizeOf(folder) }, ...stored(desk).made];
  const old = new Set(
    outlived(
      made.map((one) => one.at),
      KEEP,
      timeZone,
    ),
  );
  const removed: string[] = [];
  for (const one of made) {
    // What does not look like a store any more is somebody else's by now (BK3).
    if (!old.has(one.at) || !existsSync(path.join(one.folder, STORE_FILES.database))) continue;
    await rm(one.folder, { recursive: true });
    removed.push(one.folder);
  }
  const left = made.filter(({ at: instant, folder: place }) => !old.has(instant) && !removed.includes(place));
  save(desk, { actor: WORKBENCH }, 'backup.run', { ...stored(desk), made: left });
  return { made: [folder], removed };
}

function stored(desk: Desk): z.infer<typeof Stored> {
  const record = desk.store.get('setting', SETTING)?.record;
  return record === undefined ? { on: true, made: [] } : Stored.parse(record);
}

function save(desk: Desk, caller: Caller, name: string, record: z.infer<typeof Stored>): void {
  const base = desk.store.get('setting', SETTING)?.version ?? 0;
  commit(desk, caller, {
    name,
    arguments: { on: record.on, kept: record.made.length },
    changes: [write('setting', SETTING, base, record)],
    result: SETTING,
  });
}

/** Where backups lie unless another folder is named: beside the data folder, under its name, so that two workbenches of one machine do not share a place. */
export function besides(data: string): string {
  const whole = path.resolve(data);
  return path.join(path.dirname(whole), 'fieldwriter-backups', path.basename(whole));
}

function usable(given: string, data: string): string {
  const folder = path.resolve(given);
  const real = (of: string): string => (existsSync(of) ? realpathSync(of) : of);
  const inside = path.relative(real(path.resolve(data)), real(folder));
  if (!path.isAbsolute(given) || inside === '' || !(inside.startsWith('..') || path.isAbsolute(inside)))
    throw new Problem(
      'invalid-fields',
      `Backups can not be kept in ${given}: name a folder by its whole path, outside the data folder (${data}).`,
      { place: { field: 'folder' } },
    );
  return folder;
}
