import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { Problem } from '#core/model/problem.ts';

const MAGIC = Buffer.from('FWC1');
const SALT = 16;
const TAG = 16;
const LAST = 0x8000_0000;
/** Octets of one piece: nothing longer is kept in memory. */
const PIECE = 1024 * 1024;

/**
 * A stream as it lies in a backup: pieces of AES-256-GCM, each of which opens in its place and its file alone; one that is missing
 * at the end is found too. @param name of the file
 */
export async function* sealed(
  bytes: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  name: string,
  salt: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const fileKey = keyOf(key, salt);
  yield Buffer.concat([MAGIC, salt]);
  let held: Buffer = Buffer.alloc(0);
  let index = 0;
  const piece = (text: Uint8Array, last: boolean): Uint8Array => {
    const cipher = createCipheriv('aes-256-gcm', fileKey, nonceOf(index)).setAAD(placeOf(name, index, last));
    index += 1;
    const body = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(((last ? LAST : 0) | body.length) >>> 0);
    return Buffer.concat([head, body]);
  };
  for await (const chunk of bytes) {
    held = Buffer.concat([held, chunk]);
    while (held.length > PIECE) {
      yield piece(held.subarray(0, PIECE), false);
      held = held.subarray(PIECE);
    }
  }
  yield piece(held, true);
}

/** What was sealed. Throws `store-damaged` for anything else. */
export async function* opened(
  bytes: AsyncIterable<Uint8Array>,
  key: Uint8Array,
  name: string,
): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0);
  let fileKey: Uint8Array | undefined;
  let index = 0;
  let ended = false;
  for await (const chunk of bytes) {
    held = Buffer.concat([held, chunk]);
    if (!fileKey) {
      if (held.length < MAGIC.length + SALT) continue;
      if (!held.subarray(0, MAGIC.length).equals(MAGIC)) throw spoilt(name);
      fileKey = keyOf(key, held.subarray(MAGIC.length, MAGIC.length + SALT));
      held = held.subarray(MAGIC.length + SALT);
    }
    while (held.length >= 4) {
      const head = held.readUInt32BE();
      const length = head & ~LAST;
      if (ended || length < TAG || length > PIECE + TAG) throw spoilt(name);
      if (held.length < 4 + length) break;
      const last = head >= LAST;
      yield openPiece(held.subarray(4, 4 + length), fileKey, name, index, last);
      held = held.subarray(4 + length);
      index += 1;
      ended = last;
    }
  }
  if (!ended || held.length > 0) throw spoilt(name);
}

function openPiece(body: Buffer, key: Uint8Array, name: string, index: number, last: boolean): Uint8Array {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index), { authTagLength: TAG })
      .setAAD(placeOf(name, index, last))
      .setAuthTag(body.subarray(body.length - TAG));
    return Buffer.concat([decipher.update(body.subarray(0, body.length - TAG)), decipher.final()]);
  } catch (error) {
    throw spoilt(name, error);
  }
}

function keyOf(key: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, 'fieldwriter cloud backup file', 32));
}

function nonceOf(index: number): Uint8Array {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

function placeOf(name: string, index: number, last: boolean): Uint8Array {
  return Buffer.from(`${name} ${index} ${last ? 'last' : ''}`);
}

function spoilt(name: string, cause?: unknown): Problem {
  return new Problem(
    'store-damaged',
    `The backup is damaged, or of another key: ${name} can not be read. Use another backup.`,
    {
      cause,
    },
  );
}
