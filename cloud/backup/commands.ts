import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Command } from 'commander';
import { Problem } from '#core/model/problem.ts';
import { firstSince } from '../authority/grants-again.ts';
import { masterKey } from '../authority/master-key.ts';
import { bucketIn, bucketPlace } from '../blob-bucket.ts';
import { folderPlace } from '../blob-folder.ts';
import { cloudBlobs } from '../blobs.ts';
import { declareSetBack } from '../database/dump.ts';
import { startEmbedded } from '../database/embedded.ts';
import { openFolder, ownFolder } from '../folder.ts';
import { drill } from './drill.ts';
import { restoreBackup } from './restore.ts';
import { type BackupSource, writeBackup } from './write.ts';

/** What no device can give it again. */
const SINCE =
  'Devices bring what it lost by themselves. What an administrator did since is to be done again: tenants, codes, and above all devices and codes for Git that were revoked or are to be wiped.';

interface Flags {
  readonly folder: string;
}

/** The commands about backups of the cloud (CL60 to CL62). @param folder the default of `--folder` */
export function backupCommands(program: Command, folder: string): void {
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).option('--folder <folder>', 'database, blobs and key', folder);
  command(
    'backup <root>',
    'write a backup of database, repositories and files into a new folder under this one',
  ).action((root: string, flags: Flags) =>
    withSource(flags, process.env.DATABASE_URL, async (source) => say(await writeBackup(source, path.resolve(root)))),
  );
  command('drill <backup>', 'restore a backup into a scratch database of the same server and prove it').action(
    (backup: string, flags: Flags) =>
      withSource(flags, process.env.DATABASE_URL, async (source) => {
        const faults = await drill(source, path.resolve(backup));
        for (const fault of faults) say(fault);
        if (faults.length > 0) throw new Problem('store-damaged', `${backup} can not be used.`);
        say('The backup can be used.');
      }),
  );
  command('restore <backup>', 'restore a backup into an empty database, and its files into the folder or bucket')
    .option('--into <url>', "the empty database; DATABASE_URL when absent, else the folder's own")
    .action((backup: string, flags: Flags & { into?: string }) =>
      withSource(flags, flags.into ?? process.env.DATABASE_URL, async (source) => {
        const { at, tables } = await restoreBackup({ ...source, setsBack: true }, path.resolve(backup));
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        say(`Restored the cloud as it was at ${new Date(at).toISOString()}: ${rows} rows. Start it.`);
        say(SINCE);
      }),
    );
  command('set-back', 'say that the database was set back to an earlier time by other means than restore; no copy runs')
    .option('--into <url>', "the database; DATABASE_URL when absent, else the folder's own")
    .action((flags: Flags & { into?: string }) =>
      withSource(flags, flags.into ?? process.env.DATABASE_URL, async ({ databaseUrl, random, now }) => {
        await declareSetBack(databaseUrl, random, firstSince, now());
        say(`The cloud says from now on that it was set back. Start it. ${SINCE}`);
      }),
    );
}

/** Over a database that is given, or the folder's own, started for that. */
async function withSource(
  { folder }: Flags,
  given: string | undefined,
  work: (source: BackupSource) => Promise<void>,
): Promise<void> {
  const random = (count: number): Uint8Array => randomBytes(count);
  const master = masterKey(openFolder(folder, process.env).key, random);
  const bucket = bucketIn(process.env);
  const place = bucket ? bucketPlace(bucket) : folderPlace(path.join(folder, 'blobs'), random);
  const release = given === undefined ? ownFolder(folder) : () => undefined;
  const embedded = given === undefined ? await startEmbedded({ folder }) : undefined;
  try {
    const databaseUrl = given ?? embedded?.url ?? '';
    await work({ databaseUrl, master, random, blobs: cloudBlobs(place, master.blobs, random), now: Date.now });
  } finally {
    await embedded?.stop();
    release();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
