import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { type Logger, pino } from 'pino';
import { Problem } from '#core/model/problem.ts';
import { masterKey } from './authority/master-key.ts';
import { folderBlobs } from './blobs.ts';
import type { Cloud } from './cloud.ts';
import { openDatabase } from './database/pool.ts';
import { openMetrics } from './http/metrics.ts';

/** What a copy of the cloud is started with. */
export interface CloudSettings {
  readonly databaseUrl: string;
  /** 32 bytes, the same for all copies: keys of persons, blobs and tokens rest on it. */
  readonly key: Uint8Array;
  /** For blobs; all copies share it. */
  readonly folder: string;
  readonly adminToken?: string | undefined;
  /** Milliseconds; the machine's clock when absent. */
  readonly now?: () => number;
  readonly log?: Logger;
}

/** Opens a copy: the database at its newest schema, blobs, log. It keeps nothing of its own, so there may be any number. */
export async function openCloud(settings: CloudSettings): Promise<Cloud> {
  const { databaseUrl, key, folder, adminToken, now = Date.now } = settings;
  const log = settings.log ?? pino({ level: process.env.FIELDWRITER_LOG || 'info' });
  const random = (count: number): Uint8Array => randomBytes(count);
  const master = masterKey(key, random);
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
  return {
    database,
    master,
    random,
    now,
    log,
    adminToken,
    metrics: openMetrics(),
    blobs: folderBlobs(path.join(folder, 'blobs'), master.blobs, random),
  };
}
