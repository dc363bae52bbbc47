import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Logger, pino } from 'pino';
import { Problem } from '#core/model/problem.ts';
import { masterKey } from './authority/master-key.ts';
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
  const database = await openDatabase(databaseUrl, now, (error) =>
    log.warn({ event: 'connection lost', error: String(error) }),
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
    blobs: cloudBlobs(place, master.blobs, random),
  };
  if (!jobs) return { ...context, adminToken };
  try {
    // The engines are loaded only where they are used.
    const { startJobs } = await import('./jobs/start-jobs.ts');
    return { ...context, adminToken, jobs: await startJobs(context) };
  } catch (error) {
    await database.close();
    throw error;
  }
}
