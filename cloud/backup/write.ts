import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { ENGINE } from '#core/model/engine.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import { syncTree } from '#core/store/blobs.ts';
import type { MasterKey } from '../authority/master-key.ts';
import { folderPlace } from '../blob-folder.ts';
import { type CloudBlobs, cloudBlobs } from '../blobs.ts';
import { type Dump, openDump } from '../database/dump.ts';
import { MANIFEST, type Manifest, manifestText } from './manifest.ts';
import { sealed } from './sealed.ts';

/** What is backed up. */
export interface BackupSource {
  readonly databaseUrl: string;
  readonly master: MasterKey;
  readonly blobs: CloudBlobs;
  readonly random: RandomBytes;
  now(): number;
}

/** Beside the backups of a folder: the files of all of them. */
const BLOBS = 'blobs';
export const BLOB_LIST = 'blobs';

/**
 * Writes a backup of the whole cloud into a new folder under `root`, named by its instant (CL60): the database as it was at one
 * moment, table by table, compressed and encrypted, and the files that are not there from an earlier one yet. It has its name only
 * when it is complete and on the disk. @returns its folder. Throws `wrong-state` where the name is taken, `disk-full`
 */
export async function writeBackup(source: BackupSource, root: string): Promise<string> {
  const at = source.now();
  const folder = path.join(root, new Date(at).toISOString().replaceAll(':', '-'));
  if (existsSync(folder)) throw new Problem('wrong-state', `${folder} is there already.`);
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o700 });
  const dump = await openDump(source.databaseUrl);
  try {
    const tables: Manifest['tables'] = [];
    for (const table of dump.tables) {
      const { name, key } = table;
      const written = await writeFileOf(source, partial, name, framedRows(dump.rows(table)));
      tables.push({ name, key: [...key], ...written });
    }
    const blobs = await writeBlobs(source, dump, root, partial);
    const migrations = [...dump.migrations];
    const manifest: Manifest = { format: 1, at, engine: ENGINE, migrations, tables, blobs };
    await writeFile(path.join(partial, MANIFEST), manifestText(manifest, source.master.backups), { mode: 0o600 });
    await syncTree(partial);
    await rename(partial, folder);
    return folder;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await dump.close();
  }
}

/** Rows one behind the other, each with its length before it; nothing is escaped. */
export async function* framedRows(
  batches: AsyncIterable<readonly string[]>,
): AsyncGenerator<{ bytes: Uint8Array; rows: number }> {
  for await (const batch of batches) {
    const parts = batch.flatMap((row) => {
      const text = Buffer.from(row);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(text.length);
      return [head, text];
    });
    yield { bytes: Buffer.concat(parts), rows: batch.length };
  }
}

/** What a table's rows are, without writing them. */
export async function digestOf(batches: AsyncIterable<readonly string[]>): Promise<{ rows: number; sha256: string }> {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const chunk of framedRows(batches)) {
    hash.update(chunk.bytes);
    rows += chunk.rows;
  }
  return { rows, sha256: hash.digest('hex') };
}

/** The files of all backups of a folder, sealed under the key of backups: wherever the cloud itself keeps them, they lie here alike. */
export function blobsOf({ master, random }: Pick<BackupSource, 'master' | 'random'>, root: string): CloudBlobs {
  return cloudBlobs(folderPlace(path.join(root, BLOBS), random), master.backups, random);
}

/** Where a file of a backup lies. */
export function backupFile(folder: string, name: string): string {
  return path.join(folder, `${name}.fwc`);
}

async function writeFileOf(
  { master, random }: BackupSource,
  folder: string,
  name: string,
  chunks: AsyncIterable<{ readonly bytes: Uint8Array; readonly rows: number }>,
): Promise<{ rows: number; sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let rows = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk.bytes);
      rows += chunk.rows;
      yield chunk.bytes;
    }
  }
  const file = backupFile(folder, name);
  const seal = (bytes: AsyncIterable<Uint8Array>) => sealed(bytes, master.backups, name, random(16));
  await pipeline(
    Readable.from(counted()),
    createZstdCompress(),
    seal,
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  );
  return { rows, sha256: hash.digest('hex'), bytes: (await stat(file)).size };
}

/** The list of the files, and those that no earlier backup holds. Their content is proven by their name when it is taken. */
async function writeBlobs(source: BackupSource, dump: Dump, root: string, partial: string): Promise<Manifest['blobs']> {
  const { blobs } = source;
  const shelf = blobsOf(source, root);
  async function* lists(): AsyncGenerator<readonly string[]> {
    for await (const tenants of dump.query<{ id: string }>('SELECT id::text AS id FROM tenant ORDER BY id'))
      for (const { id } of tenants) {
        const names = [...(await blobs.names(id))].sort();
        const there = new Set(await shelf.names(id));
        for (const name of names) {
          const content = there.has(name) ? undefined : await blobs.get(id, name);
          if (content) await shelf.put(id, content);
        }
        yield names.map((name) => `${id} ${name}`);
      }
  }
  const { rows, sha256 } = await writeFileOf(source, partial, `${BLOB_LIST}.list`, framedRows(lists()));
  return { count: rows, sha256 };
}
