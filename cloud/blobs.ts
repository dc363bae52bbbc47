import { createHash } from 'node:crypto';
import type { RandomBytes } from '#core/model/locator.ts';
import { Problem } from '#core/model/problem.ts';
import { BLOB_OVERHEAD, blobCipher, blobFile } from '#core/store/blobs.ts';

/** How much of a blob is here. */
export interface BlobState {
  readonly stored: boolean;
  /** Octets from its beginning that need not be sent again. */
  readonly received: number;
}
/** Content of documents and media, by tenant and SHA-256; the same content is kept once. */
export interface CloudBlobs {
  state(tenant: string, device: string, hash: string): Promise<BlobState>;
  /** Takes the next piece; the last one (`total` reached) completes it. What was taken before is passed over. */
  add(piece: BlobPiece): Promise<BlobState>;
  get(tenant: string, hash: string): Promise<Uint8Array | undefined>;
  /** The hashes of all that a tenant has, in no order. */
  names(tenant: string): Promise<readonly string[]>;
  /** Content whole, as a restore brings it. */
  put(tenant: string, content: Uint8Array): Promise<void>;
}
export interface BlobPiece {
  readonly tenant: string;
  readonly device: string;
  readonly hash: string;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Uint8Array;
}
/**
 * Where they lie: a folder or a bucket that all copies of the cloud share. It sees sealed bytes and names that we made (letters, digits,
 * "-", "/"), and knows nothing of tenants.
 */
export interface BlobPlace {
  /** There whole, and durable, when this returns; before that as if nothing had happened. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  get(name: string): Promise<Uint8Array | undefined>;
  /** Octets of what is there. */
  size(name: string): Promise<number | undefined>;
  /** What lies right under a name, without it. */
  list(under: string): Promise<readonly string[]>;
  /** What is not there is no error. */
  remove(names: readonly string[]): Promise<void>;
}

/** Most octets of a blob. */
export const MOST_BLOB: number = 64 * 1024 * 1024;
const TENANT = /^[0-9a-f-]{36}$/;

/**
 * Blobs over a place, pieces too, each sealed under the cloud's key: `TENANT/ab/abcdef…`, and `partial/TENANT/…` until all of one is
 * here and its content is what its name says. Pieces are objects of their own: every copy can take the next one, and S3's own parts
 * may not be as small as what a laptop sends over a bad line.
 */
export function cloudBlobs(place: BlobPlace, key: Uint8Array, random: RandomBytes): CloudBlobs {
  const { seal, open } = blobCipher(key, random);
  const whole = (tenant: string, hash: string): string => {
    if (!TENANT.test(tenant)) throw new Error('A tenant is named by a UUID.');
    // Whatever is no hash is refused there.
    return blobFile(tenant, hash).replaceAll('\\', '/');
  };
  const piecesOf = (tenant: string, device: string, hash: string): string => {
    whole(tenant, hash);
    // A device's name is a hash here, whatever it is called.
    return `partial/${tenant}/${hashOf(Buffer.from(device)).slice(0, 16)}-${hash}`;
  };
  const state: CloudBlobs['state'] = async (tenant, device, hash) => {
    const size = await place.size(whole(tenant, hash));
    if (size !== undefined) return { stored: true, received: size - BLOB_OVERHEAD };
    const pieces = inOrder(await place.list(piecesOf(tenant, device, hash)));
    return { stored: false, received: pieces.at(-1)?.end ?? 0 };
  };
  return {
    state,
    async get(tenant, hash) {
      const bytes = await place.get(whole(tenant, hash));
      return bytes && open(bytes, hash);
    },
    async names(tenant) {
      if (!TENANT.test(tenant)) throw new Error('A tenant is named by a UUID.');
      const shelves = (await place.list(tenant)).filter((name) => /^[0-9a-f]{2}$/.test(name));
      const names: string[] = [];
      for (const shelf of shelves) names.push(...(await place.list(`${tenant}/${shelf}`)));
      return names.filter((name) => /^[0-9a-f]{64}$/.test(name));
    },
    put: (tenant, content) => place.put(whole(tenant, hashOf(content)), seal(content)),
    async add({ tenant, device, hash, offset, total, bytes }) {
      const before = await state(tenant, device, hash);
      if (before.stored) return before;
      if (offset > before.received) throw gap(before.received);
      const under = piecesOf(tenant, device, hash);
      const fresh = bytes.subarray(before.received - offset);
      const end = before.received + fresh.length;
      if (end > total) throw new Problem('malformed-request', 'The piece reaches beyond the end that it names.');
      // A piece says what it is as a blob does: a hash of its own.
      if (fresh.length > 0) await place.put(`${under}/${before.received}-${end}-${hashOf(fresh)}`, seal(fresh));
      if (end < total) return { stored: false, received: end };
      const names = await place.list(under);
      const pieces = await Promise.all(
        inOrder(names).map(async (piece) => {
          const sealed = await place.get(`${under}/${piece.name}`);
          return sealed && open(sealed, piece.hash);
        }),
      );
      const content = pieces.flatMap((piece) => piece ?? []);
      // Another request completed it and took the pieces away.
      if (content.length < pieces.length) return state(tenant, device, hash);
      const sum = Buffer.concat(content);
      if (hashOf(sum) === hash) await place.put(whole(tenant, hash), seal(sum));
      await place.remove(names.map((name) => `${under}/${name}`));
      if (hashOf(sum) === hash) return { stored: true, received: sum.length };
      throw new Problem('malformed-request', 'The content is not what its name says. Nothing was kept.', {
        details: { reason: 'hash' },
      });
    },
  };
}

function gap(received: number): Problem {
  return new Problem('wrong-state', `The next piece begins at ${received}.`, { details: { reason: 'gap', received } });
}

interface Piece {
  readonly name: string;
  readonly end: number;
  readonly hash: string;
}

/** Whole pieces one behind the other, from the beginning on. */
function inOrder(names: readonly string[]): readonly Piece[] {
  const found = names.flatMap((name) => {
    const [, start, end, hash] = /^(\d+)-(\d+)-([0-9a-f]{64})$/.exec(name) ?? [];
    return hash === undefined ? [] : [{ name, start: Number(start), end: Number(end), hash }];
  });
  const pieces: Piece[] = [];
  let at = 0;
  for (const { name, start, end, hash } of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start !== at) continue;
    pieces.push({ name, end, hash });
    at = end;
  }
  return pieces;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
