import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blobFile, openBlobs } from './blobs.ts';
import { inFolder, KEY, seededBytes } from './store.fixture.ts';

const CONTENT = Buffer.from('a certificate of insurance for Greta');

test('J17 J22 content is stored once under its hash, encrypted', async () => {
  await inFolder(async (folder) => {
    const blobs = openBlobs(folder, KEY, seededBytes('blobs'));
    const hash = await blobs.put(CONTENT);
    expect(hash).toBe(createHash('sha256').update(CONTENT).digest('hex'));
    expect(Buffer.from((await blobs.get(hash)) ?? [])).toEqual(CONTENT);
    const file = blobFile(folder, hash);
    const stored = readFileSync(file);
    expect(stored.includes('Greta')).toBe(false);
    expect(await blobs.put(CONTENT)).toBe(hash);
    expect(readFileSync(file)).toEqual(stored);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
    const empty = await blobs.put(new Uint8Array(0));
    expect(await blobs.get(empty)).toEqual(new Uint8Array(0));
  });
});

test('J17 two puts of the same content at once agree', async () => {
  await inFolder(async (folder) => {
    const blobs = openBlobs(folder, KEY, seededBytes('blobs'));
    const hashes = await Promise.all(Array.from({ length: 8 }, () => blobs.put(CONTENT)));
    expect(new Set(hashes).size).toBe(1);
    expect(Buffer.from((await blobs.get(hashes[0] ?? '')) ?? [])).toEqual(CONTENT);
  });
});

test('J18 any changed byte, another blob under its name, and another key are damage; none is undefined', async () => {
  await inFolder(async (folder) => {
    const blobs = openBlobs(folder, KEY, seededBytes('blobs'));
    const hash = await blobs.put(CONTENT);
    const file = blobFile(folder, hash);
    const stored = readFileSync(file);
    for (let i = 0; i < stored.length; i += 1) {
      const changed = Buffer.from(stored);
      changed[i] = (changed[i] ?? 0) ^ 1;
      writeFileSync(file, changed);
      await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'store-damaged' });
    }
    for (const length of [0, 3, 20, stored.length - 1]) {
      writeFileSync(file, stored.subarray(0, length));
      await expect(blobs.get(hash)).rejects.toMatchObject({ code: 'store-damaged' });
    }
    // Putting the content again mends it.
    await blobs.put(CONTENT);
    expect(Buffer.from((await blobs.get(hash)) ?? [])).toEqual(CONTENT);

    const other = await blobs.put(Buffer.from('another'));
    renameSync(blobFile(folder, other), file);
    await expect(blobs.get(hash)).rejects.toThrow(hash);
    expect(await blobs.get(other)).toBeUndefined();
    await expect(blobs.get('../../etc/passwd')).rejects.toMatchObject({ code: 'malformed-request' });
  });
});

test('J17 what a kill left half-written is gone at the next start', async () => {
  await inFolder((folder) => {
    openBlobs(folder, KEY, seededBytes('blobs'));
    const torn = join(folder, 'incoming', 'torn');
    writeFileSync(torn, 'half');
    openBlobs(folder, KEY, seededBytes('blobs'));
    expect(existsSync(torn)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
