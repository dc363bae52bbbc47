import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ObjectKind } from './object.ts';

/** For tests: packs written by hand, as honest or as hostile as wanted. */

export interface RawObject {
  /** A kind, or how the content stands in a pack by number: 6 and 7 are deltas. */
  readonly kind: ObjectKind | number;
  readonly content: Uint8Array;
  /** Stands before the content: where a delta's base is. */
  readonly base?: Uint8Array;
  /** What the head says instead of the truth. */
  readonly says?: number;
}
const TYPES: Readonly<Record<string, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

export function packOf(objects: readonly RawObject[], says: number = objects.length): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(says, 8);
  const body = Buffer.concat([head, ...objects.map(recordOf)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function recordOf({ kind, content, base = new Uint8Array(), says = content.length }: RawObject): Buffer {
  const type = typeof kind === 'number' ? kind : (TYPES[kind] ?? 0);
  const octets = [(type << 4) | (says % 16)];
  for (let rest = Math.floor(says / 16); rest > 0; rest = Math.floor(rest / 128)) {
    octets[octets.length - 1] = (octets.at(-1) ?? 0) | 0x80;
    octets.push(rest % 128);
  }
  return Buffer.concat([Buffer.from(octets), base, deflateSync(content)]);
}

export function oidOf({ kind, content }: RawObject): string {
  return createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex');
}

export function blobOf(text: string): RawObject {
  return { kind: 'blob', content: Buffer.from(text) };
}

export type TreeEntry = readonly [mode: string, name: string, oid: string];
export function treeOf(...entries: readonly TreeEntry[]): RawObject {
  const lines = entries.map(([mode, name, oid]) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
  );
  return { kind: 'tree', content: Buffer.concat(lines) };
}

export function commitOf(tree: string, parents: readonly string[], message: string): RawObject {
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    'author Ann <ann@example.com> 1700000000 +0100',
    'committer Ann <ann@example.com> 1700000000 +0100',
  ];
  return { kind: 'commit', content: Buffer.from(`${lines.join('\n')}\n\n${message}\n`) };
}
