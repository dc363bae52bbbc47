import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import type { Blobs } from './contract.ts';
import { damaged, guardedAsync } from './trouble.ts';

const ALGORITHM = 'aes-256-gcm';
/** First bytes of every blob: what it is and in which form. */
const MAGIC = Buffer.from('FWB1');
const NONCE = 12;
const TAG = 16;
const HASH = /^[0-9a-f]{64}$/;

/**
 * Content-addressed files `ab/abcdef…` under a folder, each encrypted with AES-256-GCM under a key derived from the store's:
 * magic, nonce, tag, ciphertext. The content is hashed again when it is read, so that no file can stand in for another.
 */
export function openBlobs(folder: string, storeKey: Uint8Array, random: RandomBytes): Blobs {
  // What a kill left behind was never acknowledged.
  const incoming = join(folder, 'incoming');
  rmSync(incoming, { recursive: true, force: true });
  const { seal } = blobCipher(storeKey, random);
  const get = blobReader(folder, storeKey);
  mkdirSync(incoming, { recursive: true, mode: 0o700 });

  return {
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      const file = blobFile(folder, hash);
      return guardedAsync(file, async () => {
        // A damaged one is replaced by the good content in hand.
        const stored = await get(hash).catch(() => undefined);
        if (stored) return hash;
        const temporary = join(incoming, `${hash}.${Buffer.from(random(8)).toString('hex')}`);
        try {
          await writeDurably(temporary, seal(bytes));
          await makeFolderDurably(dirname(file));
          await rename(temporary, file);
          await syncFolder(dirname(file));
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
        return hash;
      });
    },
    get: (hash) => guardedAsync(folder, () => get(hash)),
    has: (hash) =>
      access(blobFile(folder, hash)).then(
        () => true,
        () => false,
      ),
  };
}

/** Reads and checks blobs without touching the folder. */
export function blobReader(folder: string, storeKey: Uint8Array): Blobs['get'] {
  const key = blobKey(storeKey);
  return async (hash) => {
    const bytes = await readFile(blobFile(folder, hash)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return bytes && opened(bytes, key, hash);
  };
}

/** Where the blob of a hash lies. @throws malformed-request for anything but a hash: names never come from outside */
export function blobFile(folder: string, hash: string): string {
  if (!HASH.test(hash))
    throw new Problem('malformed-request', 'A blob is named by the 64 hexadecimal digits of its SHA-256.');
  return join(folder, hash.slice(0, 2), hash);
}

/** The hashes that a folder holds. */
export async function blobNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.map((name) => basename(name)).filter((name) => HASH.test(name));
}

/** How the content of a blob is written down, wherever that lies. */
export interface BlobCipher {
  seal(content: Uint8Array): Uint8Array;
  /** @throws store-damaged for anything but what was sealed as the content of this hash */
  open(bytes: Uint8Array, hash: string): Uint8Array;
}
/** Octets that sealing adds. */
export const BLOB_OVERHEAD: number = MAGIC.length + NONCE + TAG;

/** AES-256-GCM under a key derived from the store's: magic, nonce, tag, ciphertext. */
export function blobCipher(storeKey: Uint8Array, random: RandomBytes): BlobCipher {
  const key = blobKey(storeKey);
  return {
    seal(content) {
      const nonce = random(NONCE);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const text = Buffer.concat([cipher.update(content), cipher.final()]);
      return Buffer.concat([MAGIC, nonce, cipher.getAuthTag(), text]);
    },
    open: (bytes, hash) => opened(bytes, key, hash),
  };
}

function blobKey(storeKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', storeKey, new Uint8Array(0), 'fieldwriter blobs', 32));
}

function opened(bytes: Uint8Array, key: Uint8Array, hash: string): Uint8Array {
  try {
    if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) throw new Error('not a blob');
    const nonce = bytes.subarray(MAGIC.length, MAGIC.length + NONCE);
    const tag = bytes.subarray(MAGIC.length + NONCE, BLOB_OVERHEAD);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAuthTag(tag);
    const content = Buffer.concat([decipher.update(bytes.subarray(BLOB_OVERHEAD)), decipher.final()]);
    if (createHash('sha256').update(content).digest('hex') !== hash) throw new Error('other content');
    return new Uint8Array(content);
  } catch (error) {
    throw damaged(`The blob ${hash} no longer holds what it was stored with`, error);
  }
}

/** Writes a new file that is on the disk when this returns. */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function makeFolderDurably(folder: string): Promise<void> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  );
  if (exists) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await syncFolder(dirname(folder));
}

/** Makes the names in a folder durable. Windows has no such call and needs none: its file system journals them. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes every file and name under a folder durable. */
export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await syncTree(path);
    } else {
      const handle = await open(path, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
  }
  await syncFolder(folder);
}
