import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '#core/model/problem.ts';
import { blobFile, blobNames, syncFolder, syncTree } from './blobs.ts';
import type { VerifyReport } from './contract.ts';
import { inThread, isLarge } from './copy-thread.ts';
import type { Connection } from './database.ts';
import { checkHeader, STORE_FILES } from './folder.ts';
import { damaged, guardedAsync } from './trouble.ts';
import { verify } from './verify.ts';

/**
 * Copies an open store into a new folder (J28). The database goes first, in one statement, so its blobs are all there when they are
 * copied after it. A backup is a data folder: encrypted with the same key, opened by the same program.
 * @param threaded whether a thread of its own copies and verifies, so that the store answers meanwhile; a large one has one
 * @throws wrong-state when the target holds something; store-damaged when the copy does not verify; disk-full
 */
export async function backup(
  database: Connection,
  folder: string,
  key: Uint8Array,
  target: string,
  threaded: boolean = isLarge(join(folder, STORE_FILES.database)),
): Promise<void> {
  await intoNewFolder(
    target,
    key,
    async (partial) => {
      const to = join(partial, STORE_FILES.database);
      // The library's own backup call writes to an unkeyed file, which SQLite refuses from an encrypted one.
      if (threaded) {
        await inThread({ kind: 'copy', database: join(folder, STORE_FILES.database), key, to });
        // While it was read the log could not be emptied: not of a person who was erased meanwhile either (J16).
        database.pragma('wal_checkpoint(TRUNCATE)');
      } else database.prepare('VACUUM INTO ?').run(to);
      await copyRest(folder, partial);
    },
    threaded,
  );
}

/**
 * Makes a data folder from a backup (J29), which stays as it is.
 * @throws not-found when the source is no backup; wrong-key; wrong-state when the target holds something; store-damaged
 */
export async function restoreBackup(source: string, targetFolder: string, key: Uint8Array): Promise<void> {
  if (!existsSync(join(source, STORE_FILES.database))) {
    throw new Problem('not-found', `${source} is no backup: it has no ${STORE_FILES.database}.`);
  }
  checkHeader(source, key);
  await intoNewFolder(targetFolder, key, async (partial) => {
    for (const name of [STORE_FILES.database, `${STORE_FILES.database}-wal`]) {
      if (existsSync(join(source, name))) await copyFile(join(source, name), join(partial, name));
    }
    await copyRest(source, partial);
  });
}

/** Fills a folder beside the target, verifies it, makes it durable and only then gives it its name. */
async function intoNewFolder(
  target: string,
  key: Uint8Array,
  fill: (partial: string) => Promise<void>,
  threaded = false,
): Promise<void> {
  await guardedAsync(target, async () => {
    await refuseOverwrite(target);
    await mkdir(dirname(target), { recursive: true });
    // A name of its own: whatever else begins with the target's name is somebody's, and stays.
    const partial = await mkdtemp(`${target}.partial-`);
    try {
      await fill(partial);
      const report = threaded ? await verifiedInThread(partial, key) : await verify(partial, key);
      if (!report.ok) throw damaged(`The copy does not verify: ${report.faults.slice(0, 3).join(' ')}`);
      await syncTree(partial);
      if (existsSync(target)) await rmdir(target);
      await rename(partial, target);
      await syncFolder(dirname(target));
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw error;
    }
  });
}

async function verifiedInThread(folder: string, key: Uint8Array): Promise<VerifyReport> {
  const done = await inThread({ kind: 'verify', folder, key });
  if (done.kind !== 'verified') throw new Error('the thread verified nothing');
  return done.report;
}

async function refuseOverwrite(target: string): Promise<void> {
  if (!existsSync(target)) return;
  const held = await readdir(target).catch(() => ['a file']);
  if (held.length > 0) {
    throw new Problem('wrong-state', `${target} already holds something. Name a folder that does not exist yet.`);
  }
}

/** Everything but the database. Blobs and commits are durable before the database names them, so a later copy of them is complete. */
async function copyRest(from: string, to: string): Promise<void> {
  for (const name of [STORE_FILES.header, STORE_FILES.id]) {
    if (existsSync(join(from, name))) await copyFile(join(from, name), join(to, name));
  }
  const configurations = join(from, STORE_FILES.configurations);
  if (existsSync(configurations)) await cp(configurations, join(to, STORE_FILES.configurations), { recursive: true });
  const source = join(from, STORE_FILES.blobs);
  const target = join(to, STORE_FILES.blobs);
  await mkdir(target, { mode: 0o700 });
  for (const hash of await blobNames(source)) {
    await mkdir(dirname(blobFile(target, hash)), { recursive: true, mode: 0o700 });
    await copyFile(blobFile(source, hash), blobFile(target, hash));
  }
}
