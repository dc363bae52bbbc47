import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Desk } from '#core/desk/desk.ts';
import { ENGINE } from '#core/model/engine.ts';
import { STORE_FILES } from '#core/store/folder.ts';
import { sizeOf, sizeOfFile } from './backups.ts';

/** Where this workbench runs, on what, and how much room it has; sizes in bytes. */
export async function environmentOf(desk: Desk, folder: string) {
  const { sqlite, cipher, entries } = desk.store.describe();
  const disk = await statfs(folder).catch(() => undefined);
  // What was committed last may still stand in the log beside the database.
  const files = await Promise.all(
    [STORE_FILES.database, `${STORE_FILES.database}-wal`].map((name) => sizeOfFile(path.join(folder, name))),
  );
  return {
    folder: path.resolve(folder),
    device: desk.store.device,
    engine: ENGINE,
    runtime: `Node.js ${process.versions.node}`,
    system: `${process.platform} ${process.arch}`,
    sqlite,
    cipher,
    entries,
    size: {
      database: files.reduce((sum, bytes) => sum + bytes, 0),
      files: await sizeOf(path.join(folder, STORE_FILES.blobs)),
      configurations: await sizeOf(path.join(folder, STORE_FILES.configurations)),
    },
    ...(disk ? { disk: { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize } } : {}),
    products: productVersions(desk),
  };
}

/** The newest version of every product in use. */
export function productVersions(desk: Desk) {
  const newest = new Map<
    string,
    { name: string; displayName: string; configVersion: number; errors: number; warnings: number }
  >();
  for (const { configVersion, products } of desk.configurations.list())
    for (const product of products)
      if (!newest.has(product.name)) newest.set(product.name, { ...product, configVersion });
  return [...newest.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
