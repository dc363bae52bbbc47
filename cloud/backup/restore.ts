import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { Problem } from '#core/model/problem.ts';
import { firstSince } from '../authority/grants-again.ts';
import { openLoad } from '../database/dump.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { opened } from './sealed.ts';
import { type BackupSource, BLOB_LIST, backupFile, blobsOf } from './write.ts';

/** Rows of one statement, and octets. */
const BATCH = 500;
const MOST = 8 * 1024 * 1024;

/**
 * Restores a backup into an empty database, in one transaction, and its files (CL61). What is read is compared with what the manifest
 * says before it is committed. @param blobs takes the files; absent: they are left where they are
 * @param setsBack the devices are to meet it: it says from now on that it was set back (CL68); absent: it is a scratch database
 * @throws not-found, wrong-key, wrong-state, store-damaged, store-from-the-future: then nothing was restored into the database
 */
export async function restoreBackup(
  source: Pick<BackupSource, 'master' | 'random' | 'now'> & {
    readonly databaseUrl: string;
    readonly blobs?: BackupSource['blobs'];
    readonly setsBack?: boolean;
  },
  backup: string,
): Promise<Manifest> {
  const { master, now, databaseUrl, blobs, random, setsBack = false } = source;
  const manifest = await readManifest(backup, master.backups);
  const load = await openLoad(databaseUrl, manifest.migrations, now());
  try {
    for (const { name, rows, sha256 } of manifest.tables) {
      let waiting: string[] = [];
      let size = 0;
      const flush = async (): Promise<void> => {
        if (waiting.length > 0) await load.rows(name, waiting);
        waiting = [];
        size = 0;
      };
      await readRows(master.backups, backup, name, { rows, sha256 }, async (row) => {
        waiting.push(row);
        size += row.length;
        if (waiting.length >= BATCH || size > MOST) await flush();
      });
      await flush();
    }
    if (blobs)
      await eachBlob(source, backup, manifest, async (tenant, _hash, content) => {
        await blobs.put(tenant, content);
      });
    if (setsBack) await load.setBack(manifest.at, random, firstSince);
    await load.commit();
  } finally {
    await load.close();
  }
  return manifest;
}

/** Every file of a backup, opened and proven by its name. Throws `store-damaged` for one that is missing or damaged. */
export async function eachBlob(
  source: Pick<BackupSource, 'master' | 'random'>,
  backup: string,
  { blobs }: Manifest,
  take: (tenant: string, hash: string, content: Uint8Array) => Promise<void>,
): Promise<void> {
  const expected = { rows: blobs.count, sha256: blobs.sha256 };
  const shelf = blobsOf(source, path.dirname(backup));
  await readRows(source.master.backups, backup, `${BLOB_LIST}.list`, expected, async (line) => {
    const [tenant = '', hash = ''] = line.split(' ');
    const content = await shelf.get(tenant, hash);
    if (!content) throw new Problem('store-damaged', `The backup lacks the file ${hash}. Use another backup.`);
    await take(tenant, hash, content);
  });
}

async function readRows(
  key: Uint8Array,
  backup: string,
  name: string,
  expected: { readonly rows: number; readonly sha256: string },
  take: (row: string) => Promise<void>,
): Promise<void> {
  const hash = createHash('sha256');
  let rows = 0;
  let held: Buffer = Buffer.alloc(0);
  const plain = Readable.from(opened(createReadStream(backupFile(backup, name)), key, name));
  const bytes = plain.pipe(createZstdDecompress());
  plain.on('error', (error) => bytes.destroy(error));
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    hash.update(chunk);
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= 4 && held.length - at >= 4 + held.readUInt32BE(at)) {
      const length = held.readUInt32BE(at);
      await take(held.toString('utf8', at + 4, at + 4 + length));
      rows += 1;
      at += 4 + length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0 || rows !== expected.rows || hash.digest('hex') !== expected.sha256)
    throw new Problem('store-damaged', `${name} of the backup is not what its manifest says. Use another backup.`);
}
