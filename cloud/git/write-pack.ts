import { createHash } from 'node:crypto';
import type { ObjectKind } from './object.ts';

/** An object as it is kept: what it unpacks to stands deflated already. */
export interface PackedObject {
  readonly kind: ObjectKind;
  /** Octets, unpacked. */
  readonly size: number;
  readonly body: Uint8Array;
}
const TYPES: Readonly<Record<ObjectKind, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** A pack (gitformat-pack, version 2) piece by piece. @param count how many objects the groups hold together */
export async function* writtenPack(
  count: number,
  groups: AsyncIterable<readonly PackedObject[]>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha1');
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(count, 8);
  hash.update(head);
  yield head;
  for await (const group of groups) {
    const piece = Buffer.concat(group.flatMap(({ kind, size, body }) => [headOf(TYPES[kind], size), body]));
    hash.update(piece);
    yield piece;
  }
  yield hash.digest();
}

function headOf(type: number, size: number): Buffer {
  const octets: number[] = [];
  let rest = Math.floor(size / 16);
  let octet = (type << 4) | (size % 16);
  while (rest > 0) {
    octets.push(octet | 0x80);
    octet = rest % 128;
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...octets, octet]);
}
