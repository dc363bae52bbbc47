import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Logger, pino } from 'pino';
import { Problem } from '#core/model/problem.ts';
import type { Migration } from '#core/store/migrate.ts';
import type { Spoken } from '#core/sync/handshake.ts';
import { masterKey } from './authority/master-key.ts';
import { SPOKEN } from './authority/spoken.ts';
import { startKeepingSafe } from './backup/keep-safe.ts';
import { type BackupSource, writeBackup } from './backup/write.ts';
import { type BucketSettings, bucketPlace } from './blob-bucket.ts';
import { folderPlace } from './blob-folder.ts';
import { cloudBlobs } from './blobs.ts';
import type { Cloud } from './cloud.ts';
import { openDatabase } from './database/pool.ts';
import { openMetrics } from './http/metrics.ts';
import type { JobContext } from './jobs/contract.ts';

/** What a copy of the cloud is started with. */
export interface CloudSettings {
  readonly databaseUrl: string;
  /** 32 bytes, the same for all copies: keys of persons, blobs and tokens rest on it. */
  readonly key: Uint8Array;
  /** For blobs, where there is no bucket; all copies share it. */
  readonly folder: string;
  readonly bucket?: BucketSettings | undefined;
  readonly adminToken?: string | undefined;
  /** Whether this copy runs background jobs; they may be left to other copies. */
  readonly jobs?: boolean;
  /** `smtps://user:password@host:465`, for tenants that name no mail server of their own. */
  readonly mailServer?: string | undefined;
  readonly retries?: JobContext['retries'];
  /** Folder of the backups (CL60); absent: none is made by this copy, neither each day nor before a migration. */
  readonly backups?: string | undefined;
  /** What this program knows of the schema and of devices, where it is not what it was made for: see CL67. */
  readonly knows?: { readonly migrations?: readonly Migration[]; readonly spoken?: Spoken };
  /** Milliseconds; the machine's clock when absent. */
  readonly now?: () => number;
  readonly log?: Logger;
}

/** Opens a copy: the database at its newest schema, blobs, log. It keeps nothing of its own, so there may be any number. */
export async function openCloud(settings: CloudSettings): Promise<Cloud> {
  const { databaseUrl, key, folder, bucket, adminToken, jobs = false, mailServer, retries, now = Date.now } = settings;
  const log = settings.log ?? pino({ level: process.env.FIELDWRITER_LOG || 'info' });
  const random = (count: number): Uint8Array => randomBytes(count);
  const master = masterKey(key, random);
  const place = bucket ? bucketPlace(bucket) : folderPlace(path.join(folder, 'blobs'), random);
  // A bucket that refuses us is known before the first document waits for it.
  await place.list('partial');
  const blobs = cloudBlobs(place, master.blobs, random);
  const source = { databaseUrl, master, blobs, random, now };
  const { backups, knows } = settings;
  const database = await openDatabase(
    databaseUrl,
    now,
    (error) => log.warn({ event: 'connection lost', error: String(error) }),
    {
      migrations: knows?.migrations,
      before: backups === undefined ? undefined : (from, to) => backUpBefore(source, backups, from, to),
    },
  );
  if ((await database.directory.keyCheck(master.check)) !== master.check) {
    await database.close();
    throw new Problem(
      'wrong-key',
      'FIELDWRITER_CLOUD_KEY is not the key that this database was begun with. Nothing was changed: start with that one.',
    );
  }
  const context: JobContext = {
    database,
    master,
    random,
    now,
    log,
    mailServer,
    retries,
    metrics: openMetrics(),
    blobs,
  };
  const safe =
    backups === undefined
      ? undefined
      : startKeepingSafe({ ...source, directory: database.directory, root: backups, log });
  const common = { ...context, adminToken, spoken: knows?.spoken ?? SPOKEN, ...(safe && { safe }) };
  if (!jobs) return common;
  try {
    // The engines are loaded only where they are used.
    const { startJobs } = await import('./jobs/start-jobs.ts');
    return { ...common, jobs: await startJobs(context) };
  } catch (error) {
    await safe?.close();
    await database.close();
    throw error;
  }
}

/** @throws wrong-state when it could not be written: the database is not touched then (CL65) */
async function backUpBefore(source: BackupSource, root: string, from: number, to: number): Promise<void> {
  try {
    await writeBackup(source, root);
  } catch (error) {
    throw new Problem(
      'wrong-state',
      `The database has to be brought from schema ${from} to ${to}, and the backup before that could not be written to ${root}: ${error instanceof Error ? error.message : String(error)} Nothing was changed. Make room there, or name another folder with --backups.`,
      { cause: error },
    );
  }
}
