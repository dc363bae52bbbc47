import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import { blobFile, blobReader, sharedBlobs, writeDurably } from '#core/store/blobs.ts';

/** How much of a blob is here. */
export interface BlobState {
  readonly stored: boolean;
  /** Octets from its beginning that need not be sent again. */
  readonly received: number;
}
/** Content of documents and media, by tenant and SHA-256; the same content is kept once. Another store has the same four doors. */
export interface CloudBlobs {
  state(tenant: string, device: string, hash: string): Promise<BlobState>;
  /** Takes the next piece; the last one (`total` reached) completes it. What was taken before is passed over. */
  add(piece: BlobPiece): Promise<BlobState>;
  get(tenant: string, hash: string): Promise<Uint8Array | undefined>;
}
export interface BlobPiece {
  readonly tenant: string;
  readonly device: string;
  readonly hash: string;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Uint8Array;
}

/** Most octets of a blob. */
export const MOST_BLOB: number = 64 * 1024 * 1024;
const TENANT = /^[0-9a-f-]{36}$/;

/** Blobs in a folder that all copies of the cloud share; pieces too are encrypted, and durable before they are acknowledged. */
export function folderBlobs(folder: string, key: Uint8Array, random: RandomBytes): CloudBlobs {
  const homeOf = (tenant: string): string => {
    if (!TENANT.test(tenant)) throw new Error('A tenant is named by a UUID.');
    return path.join(folder, tenant);
  };
  const piecesOf = (tenant: string, device: string, hash: string): string => {
    // The hash is checked as it is for a blob's own file; a device's name is a hash here, whatever it is called.
    const name = path.basename(blobFile(homeOf(tenant), hash));
    return path.join(homeOf(tenant), 'partial', `${hashOf(Buffer.from(device)).slice(0, 16)}-${name}`);
  };
  const get = (tenant: string, hash: string) => blobReader(homeOf(tenant), key)(hash);
  const state: CloudBlobs['state'] = async (tenant, device, hash) => {
    const stored = await get(tenant, hash);
    if (stored) return { stored: true, received: stored.length };
    const pieces = await piecesIn(piecesOf(tenant, device, hash));
    return { stored: false, received: pieces.at(-1)?.end ?? 0 };
  };
  return {
    state,
    get,
    async add({ tenant, device, hash, offset, total, bytes }) {
      const before = await state(tenant, device, hash);
      if (before.stored) return before;
      if (offset > before.received)
        throw new Problem('wrong-state', `The next piece begins at ${before.received}.`, {
          details: { reason: 'gap', received: before.received },
        });
      const place = piecesOf(tenant, device, hash);
      const fresh = bytes.subarray(before.received - offset);
      const end = before.received + fresh.length;
      if (end > total) throw new Problem('malformed-request', 'The piece reaches beyond the end that it names.');
      if (fresh.length > 0) {
        await mkdir(place, { recursive: true, mode: 0o700 });
        const piece = path.join(place, `${before.received}-${end}`);
        const temporary = `${piece}.${Buffer.from(random(8)).toString('hex')}`;
        await writeDurably(temporary, sealed(fresh, key, random));
        await rename(temporary, piece);
      }
      if (end < total) return { stored: false, received: end };
      const pieces = await piecesIn(place);
      const content = Buffer.concat(
        await Promise.all(pieces.map(async ({ name }) => opened(await readFile(path.join(place, name)), key))),
      );
      if (hashOf(content) !== hash) {
        await rm(place, { recursive: true, force: true });
        throw new Problem('malformed-request', 'The content is not what its name says. Nothing was kept.', {
          details: { reason: 'hash' },
        });
      }
      await sharedBlobs(homeOf(tenant), key, random).put(content);
      await rm(place, { recursive: true, force: true });
      return { stored: true, received: content.length };
    },
  };
}

/** Whole pieces one behind the other, from the beginning on. */
async function piecesIn(place: string): Promise<readonly { readonly name: string; readonly end: number }[]> {
  const names = await readdir(place).catch(() => []);
  const found = names.flatMap((name) => {
    const [, start, end] = /^(\d+)-(\d+)$/.exec(name) ?? [];
    return start === undefined || end === undefined ? [] : [{ name, start: Number(start), end: Number(end) }];
  });
  const pieces: { name: string; end: number }[] = [];
  let at = 0;
  for (const { name, start, end } of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start !== at) continue;
    pieces.push({ name, end });
    at = end;
  }
  return pieces;
}

const NONCE = 12;
const TAG = 16;

function sealed(bytes: Uint8Array, key: Uint8Array, random: RandomBytes): Uint8Array {
  const nonce = random(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const text = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function opened(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
