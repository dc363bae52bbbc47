import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '#core/model/problem.ts';
import type { GitObject } from './object.ts';
import { blobOf, commitOf, oidOf, packOf, type RawObject, treeOf } from './pack.fixture.ts';
import { PACK_LIMITS, readPack } from './read-pack.ts';
import { writtenPack } from './write-pack.ts';

const told = ({ kind, content }: GitObject): string => `${kind} ${Buffer.from(content).toString('hex')}`;

/** What a delta is made of: bytes of its own, and stretches of the base. */
const steps = fc.array(
  fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 127 }),
    fc.record({ offset: fc.nat(4000), length: fc.integer({ min: 1, max: 4000 }) }),
  ),
  { minLength: 1, maxLength: 12 },
);
const size = (value: number): number[] => (value < 128 ? [value] : [(value % 128) | 0x80, ...size(value >> 7)]);

function deltaOf(base: Uint8Array, made: readonly (Uint8Array | { offset: number; length: number })[]) {
  const result: number[] = [];
  const commands: number[] = [];
  for (const step of made) {
    if (step instanceof Uint8Array) {
      commands.push(step.length, ...step);
      result.push(...step);
      continue;
    }
    const offset = step.offset % base.length;
    const part = base.subarray(offset, offset + step.length);
    commands.push(0b1011_0011, offset & 255, offset >> 8, part.length & 255, part.length >> 8);
    result.push(...part);
  }
  return {
    delta: Buffer.from([...size(base.length), ...size(result.length), ...commands]),
    result: Buffer.from(result),
  };
}

test('CL53 objects and deltas of a pack, near and far, come out as they went in, and what we write is read again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 4000 }), steps, steps, async (bytes, first, second) => {
      const base: RawObject = { kind: 'blob', content: bytes };
      const one = deltaOf(bytes, first);
      const two = deltaOf(one.result, second);
      const named = (kind: number, content: Uint8Array, of: RawObject): RawObject => ({
        kind,
        content,
        base: Buffer.from(oidOf(of), 'hex'),
      });
      const results = [base, ...[one, two].map(({ result }): RawObject => ({ kind: 'blob', content: result }))];
      // The delta stands before what it rests on.
      const pack = packOf([named(7, two.delta, results[1] ?? base), named(7, one.delta, base), base]);
      const read = await readPack(pack);
      expect(new Set(read.map(({ oid }) => oid))).toEqual(new Set(results.map(oidOf)));
      const kept = read.map(({ kind, content }) => ({ kind, size: content.length, body: deflateSync(content) }));
      const pieces = [];
      for await (const piece of writtenPack(kept.length, [kept] as never)) pieces.push(piece);
      expect((await readPack(Buffer.concat(pieces))).map(told).sort()).toEqual(read.map(told).sort());
    }),
    { seed: 5, numRuns: 60 },
  );
});

describe('CL53 what is hostile is refused', () => {
  const blob = blobOf('x');
  const oid = oidOf(blob);
  const near = (back: number, content: Uint8Array): RawObject => ({ kind: 6, content, base: Buffer.from([back]) });
  const grow = (from: number, to: number, ...commands: number[]) =>
    Buffer.from([...size(from), ...size(to), ...commands]);
  const cases: Record<string, [reason: string, pack: Uint8Array]> = {
    'no pack': ['pack', Buffer.from('PACK')],
    'a changed octet': ['pack', packOf([blob]).fill(1, 14, 15)],
    'more objects than it holds': ['pack', packOf([blob], 2)],
    'four billion objects': ['pack-size', packOf([blob], 0xffff_ffff)],
    'something behind the last object': ['pack', packOf([blob, blob], 1)],
    'a little that unpacks to much': ['pack', packOf([{ ...blob, content: Buffer.alloc(9_000_000), says: 10 }])],
    'an object of four gigabytes': ['pack-size', packOf([{ ...blob, says: 2 ** 32 }])],
    'many objects that are too much together': [
      'pack-size',
      packOf(Array.from({ length: 9 }, (_, i) => ({ kind: 'blob', content: Buffer.alloc(30_000, i) }))),
    ],
    'a delta that grows without end': ['pack-size', packOf([blob, near(10, grow(1, 2 ** 27, 0x91, 0, 1))])],
    'a delta that takes what is not there': ['pack', packOf([blob, near(10, grow(1, 9, 0x91, 5, 9))])],
    'a delta of another length': ['pack', packOf([blob, near(10, grow(1, 9, 0x91, 0, 1))])],
    'a delta of an unknown command': ['pack', packOf([blob, near(10, grow(1, 1, 0))])],
    'a delta that rests before the pack': ['pack', packOf([blob, near(127, grow(1, 1, 0x91, 0, 1))])],
    'a delta that rests on nothing': ['pack', packOf([{ kind: 7, content: grow(1, 1), base: Buffer.alloc(20) }])],
    'a link': ['object', packOf([treeOf(['120000', 'rates.csv', oid])])],
    'a module': ['object', packOf([treeOf(['160000', 'rates', oid])])],
    'a name twice': ['object', packOf([treeOf(['100644', 'a', oid], ['100644', 'a', oid])])],
    'a file that is a folder': ['object', packOf([treeOf(['100644', 'a', oid], ['40000', 'a', oid])])],
    'names out of order': ['object', packOf([treeOf(['100644', 'b', oid], ['100644', 'a', oid])])],
    'half a tree': ['object', packOf([{ kind: 'tree', content: Buffer.from('100644 a\0xyz') }])],
    'a commit of nobody': ['object', packOf([{ kind: 'commit', content: Buffer.from(`tree ${oid}\n\nHello`) }])],
    'a tag of nothing': ['object', packOf([{ kind: 'tag', content: Buffer.from('object x\n') }])],
  };
  for (const name of [
    '..',
    '.',
    '.git',
    '.GIT',
    '.git ',
    '.git::$INDEX_ALLOCATION',
    'GIT~1',
    '.g\u200cit',
    'a/b',
    'a\\b',
  ])
    cases[`a file called ${JSON.stringify(name)}`] = ['object', packOf([treeOf(['100644', name, oid])])];
  const limits = { ...PACK_LIMITS, sum: 200_000 };
  test.each(Object.entries(cases))('%s', async (_, [reason, pack]) => {
    const error = await readPack(pack, limits).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).details?.reason).toBe(reason);
  });
  test('and an honest commit is not', async () => {
    const tree = treeOf(['100644', 'rates.csv', oid], ['40000', 'tables', oidOf(treeOf(['100644', 'b', oid]))]);
    const objects = [blob, tree, treeOf(['100644', 'b', oid]), commitOf(oidOf(tree), [oid], 'Hello')];
    expect((await readPack(packOf(objects))).map((object) => object.oid).sort()).toEqual(objects.map(oidOf).sort());
  });
});
