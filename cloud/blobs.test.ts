import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketIn, bucketPlace } from './blob-bucket.ts';
import { folderPlace } from './blob-folder.ts';
import { type BlobPlace, cloudBlobs } from './blobs.ts';
import { startTestBucket, type TestBucket } from './s3-server.fixture.ts';

const KEY = new Uint8Array(32).fill(3);
const [TENANT, OTHER] = ['018f0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000002'];
const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-blobs-'));
let bucket: TestBucket;
beforeAll(async () => {
  bucket = await startTestBucket();
});
afterAll(async () => {
  await bucket.close();
  rmSync(folder, { recursive: true });
});

/** What lies in a place, by name, and how to change it behind its back. */
interface Behind {
  names(): readonly string[];
  read(name: string): Buffer;
  write(name: string, bytes: Uint8Array): void;
}
const PLACES: readonly [string, () => BlobPlace, Behind][] = [
  [
    'a folder',
    () => folderPlace(folder, randomBytes),
    {
      names: () =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((one) => one.isFile())
          .map((one) => path.relative(folder, path.join(one.parentPath, one.name)).split(path.sep).join('/')),
      read: (name) => readFileSync(path.join(folder, name)),
      write: (name, bytes) => writeFileSync(path.join(folder, name), bytes),
    },
  ],
  [
    'a bucket',
    () => bucketPlace(bucket.settings),
    {
      names: () => [...bucket.objects.keys()],
      read: (name) => bucket.objects.get(name) ?? Buffer.alloc(0),
      write: (name, bytes) => bucket.objects.set(name, Buffer.from(bytes)),
    },
  ],
];

describe.each(PLACES)('CL42 CL43 blobs in %s', (_, open, behind) => {
  /** Two copies of the cloud. */
  const copies = () => [open(), open()].map((place) => cloudBlobs(place, KEY, randomBytes));
  const text = 'A policy of Anna, '.repeat(1000);
  const hash = createHash('sha256').update(text).digest('hex');
  const bytes = Buffer.from(text);
  const piece = (offset: number, end: number, more: object = {}) => ({
    tenant: TENANT,
    device: 'laptop',
    hash,
    offset,
    total: bytes.length,
    bytes: bytes.subarray(offset, end),
    ...more,
  });

  test('come in pieces that any copy takes, again and overlapping, and are sealed, whole or not there', async () => {
    const [one, other] = copies();
    if (!one || !other) throw new Error();
    expect(await one.state(TENANT, 'laptop', hash)).toEqual({ stored: false, received: 0 });
    expect(await one.add(piece(0, 4000))).toEqual({ stored: false, received: 4000 });
    await expect(other.add(piece(9000, 12_000))).rejects.toMatchObject({ details: { reason: 'gap', received: 4000 } });
    expect(await other.add(piece(3000, 9000))).toEqual({ stored: false, received: 9000 });
    expect(await one.add(piece(0, 4000))).toEqual({ stored: false, received: 9000 });
    expect(await one.add(piece(9000, 12_000))).toEqual({ stored: false, received: 12_000 });
    expect(await other.state(TENANT, 'laptop', hash)).toEqual({ stored: false, received: 12_000 });
    expect(await other.state(TENANT, 'another laptop', hash)).toEqual({ stored: false, received: 0 });
    expect(await one.get(TENANT, hash)).toBeUndefined();
    await expect(one.add(piece(12_000, bytes.length, { total: 12_001 }))).rejects.toMatchObject({
      code: 'malformed-request',
    });
    for (const name of behind.names()) expect(behind.read(name).includes('Anna')).toBe(false);
    expect(await other.add(piece(12_000, bytes.length))).toEqual({ stored: true, received: bytes.length });
    expect(behind.names()).toEqual([`${TENANT}/${hash.slice(0, 2)}/${hash}`]);
    expect(behind.read(behind.names()[0] ?? '').includes('Anna')).toBe(false);
    expect(Buffer.from((await one.get(TENANT, hash)) ?? []).toString()).toBe(text);
    // Kept once a tenant, and nobody else's.
    expect(await one.add(piece(0, 10, { device: 'another laptop' }))).toEqual({ stored: true, received: bytes.length });
    expect(await one.state(OTHER, 'laptop', hash)).toEqual({ stored: false, received: 0 });
    expect(await one.get(OTHER, hash)).toBeUndefined();
  });

  test('that are not what their name says leave nothing, and what was changed behind our back is never given', async () => {
    const [one, other] = copies();
    if (!one || !other) throw new Error();
    const before = behind.names();
    const wrong = { hash: '0'.repeat(64), total: 20 };
    await one.add(piece(0, 12, wrong));
    await expect(other.add(piece(12, 20, wrong))).rejects.toMatchObject({ details: { reason: 'hash' } });
    expect(behind.names()).toEqual(before);
    await expect(one.state(TENANT, 'laptop', '../../cloud-key')).rejects.toMatchObject({ code: 'malformed-request' });
    const whole = before[0] ?? '';
    behind.write(whole, behind.read(whole).fill(1, 40, 50));
    await expect(one.get(TENANT, hash)).rejects.toMatchObject({ code: 'store-damaged' });
    const empty = createHash('sha256').digest('hex');
    expect(await one.add(piece(0, 0, { hash: empty, total: 0 }))).toEqual({ stored: true, received: 0 });
    expect(await one.get(TENANT, empty)).toEqual(new Uint8Array());
    // All of a tenant's are found, and no piece of one.
    for (const text of ['one', 'two', 'three', 'four']) await other.put(TENANT, Buffer.from(text));
    await other.put(OTHER, Buffer.from('other'));
    await one.add(piece(0, 12, wrong));
    const all = ['one', 'two', 'three', 'four'].map((text) => createHash('sha256').update(text).digest('hex'));
    expect([...(await one.names(TENANT))].sort()).toEqual([...all, hash, empty].sort());
  });
});

test('CL43 a bucket that is busy is asked again, one that is away is asked later, and one that refuses us says so', async () => {
  const place = bucketPlace(bucket.settings);
  bucket.busy = 2;
  await place.put('a/b', Buffer.from('x'));
  expect(await place.get('a/b')).toEqual(new Uint8Array(Buffer.from('x')));
  bucket.busy = 9;
  await expect(place.get('a/b')).rejects.toMatchObject({ code: 'unavailable' });
  bucket.busy = 0;
  const wrong = bucketPlace({ ...bucket.settings, secret: 'another' });
  await expect(wrong.put('a/b', Buffer.from('y'))).rejects.toThrow('403 SignatureDoesNotMatch');
  const away = bucketPlace({ ...bucket.settings, url: 'http://127.0.0.1:1/bucket' });
  await expect(away.list('a')).rejects.toMatchObject({ code: 'unavailable' });
  await place.remove(['a/b', 'a/c']);
  expect(await place.get('a/b')).toBeUndefined();
  const keys = { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's' };
  const url = 'https://bucket.example.com';
  expect(bucketIn({})).toBeUndefined();
  expect(bucketIn({ FIELDWRITER_S3_BUCKET: url, ...keys })).toEqual({
    url,
    region: 'us-east-1',
    keyId: 'k',
    secret: 's',
  });
  expect(() => bucketIn({ FIELDWRITER_S3_BUCKET: url })).toThrow('AWS_ACCESS_KEY_ID');
  expect(() => bucketIn({ FIELDWRITER_S3_BUCKET: 'bucket', ...keys })).toThrow('https://');
});
