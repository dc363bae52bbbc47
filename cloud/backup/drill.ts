import { inScratchDatabase } from '../database/dump.ts';
import { readManifest } from './manifest.ts';
import { proveRestored } from './prove.ts';
import { eachBlob, restoreBackup } from './restore.ts';
import type { BackupSource } from './write.ts';

/**
 * Opens every file of a backup, restores it into a scratch database of the same server, proves that, and throws the scratch away (CL62).
 * @returns what is wrong, a sentence each; empty: the backup can be used
 */
export async function drill(source: Omit<BackupSource, 'blobs'>, backup: string): Promise<readonly string[]> {
  try {
    const manifest = await readManifest(backup, source.master.backups);
    // Each file is opened and hashed on the way.
    await eachBlob(source, backup, manifest, async () => undefined);
    return await inScratchDatabase(source.databaseUrl, async (databaseUrl) => {
      await restoreBackup({ ...source, databaseUrl }, backup);
      return proveRestored(databaseUrl, manifest, source.master);
    });
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
