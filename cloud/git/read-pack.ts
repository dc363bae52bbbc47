import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { Problem } from '#core/model/problem.ts';
import { applyDelta, deltaResult } from './delta.ts';
import { checkedObject, type GitObject, type ObjectKind } from './object.ts';

/** What a pack may unpack to. Octets. */
export interface PackLimits {
  readonly objects: number;
  readonly object: number;
  readonly sum: number;
}
export const PACK_LIMITS: PackLimits = { objects: 200_000, object: 64 * 1024 * 1024, sum: 512 * 1024 * 1024 };

const KINDS: Readonly<Record<number, ObjectKind>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFFSET_DELTA = 6;
const NAMED_DELTA = 7;
const HEADER = 12;
const TRAILER = 20;
/** After so much was unpacked others are let in. */
const BREATH = 4 * 1024 * 1024;
/** What an object counts for beside its size. */
const SMALL = 2048;

/** A record of a pack, unpacked: an object, or the difference from one that stands at an offset or has a name. */
interface Entry {
  readonly offset: number;
  readonly kind: ObjectKind | undefined;
  readonly base: number | string | undefined;
  readonly bytes: Uint8Array;
}

/**
 * The objects of a pack (gitformat-pack, version 2), each checked; the pack must hold the bases of its deltas itself. What is hostile
 * costs no more than the limits: nothing is unpacked further than its head says, and nothing is believed that is not seen.
 * @throws Problem malformed-request with the reason `pack`, `object` or `pack-size`
 */
export async function readPack(pack: Uint8Array, limits: PackLimits = PACK_LIMITS): Promise<readonly GitObject[]> {
  const bytes = Buffer.from(pack.buffer, pack.byteOffset, pack.byteLength);
  const count = readHead(bytes, limits);
  const budget = new Budget(limits);
  const entries: Entry[] = [];
  const end = bytes.length - TRAILER;
  let at = HEADER;
  for (let i = 0; i < count; i += 1) {
    const { entry, next } = readEntry(bytes.subarray(0, end), at, budget);
    entries.push(entry);
    at = next;
    await budget.breath();
  }
  if (at !== end) throw broken('goes on behind its last object');
  return resolved(entries, budget);
}

function readHead(bytes: Buffer, limits: PackLimits): number {
  if (bytes.length < HEADER + TRAILER || bytes.toString('latin1', 0, 4) !== 'PACK' || bytes.readUInt32BE(4) !== 2)
    throw broken('is none of version 2');
  const end = bytes.length - TRAILER;
  if (!createHash('sha1').update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end)))
    throw broken('does not match its checksum');
  const count = bytes.readUInt32BE(8);
  if (count > limits.objects) throw tooMuch(`${count} objects, and at most ${limits.objects} are taken at once`);
  return count;
}

function readEntry(bytes: Buffer, offset: number, budget: Budget): { readonly entry: Entry; readonly next: number } {
  let at = offset;
  const octet = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw broken('ends too early');
    return value;
  };
  let head = octet();
  const type = (head >> 4) & 7;
  let size = head & 15;
  for (let shift = 4; head >= 0x80; shift += 7) {
    head = octet();
    size += (head & 0x7f) * 2 ** shift;
    if (size > Number.MAX_SAFE_INTEGER) throw broken('has an object of an impossible size');
  }
  let base: number | string | undefined;
  if (type === OFFSET_DELTA) {
    let back = 0;
    do {
      head = octet();
      back = back * 128 + (head & 0x7f) + (head >= 0x80 ? 1 : 0);
      if (back > offset) throw broken('rests on what stands before it');
    } while (head >= 0x80);
    base = offset - back;
  } else if (type === NAMED_DELTA) {
    base = bytes.toString('hex', at, at + TRAILER);
    at += TRAILER;
  } else if (!KINDS[type]) throw broken('has an object that nobody knows');
  budget.spend(size);
  const { content, used } = inflated(bytes.subarray(at), size);
  return { entry: { offset, kind: KINDS[type], base, bytes: content }, next: at + used };
}

/** Unpacks exactly so much. */
function inflated(bytes: Uint8Array, size: number): { readonly content: Uint8Array; readonly used: number } {
  const chunkSize = Math.min(Math.max(size, 64), 1024 * 1024);
  try {
    // With `info` the answer tells how much was read; the types of Node leave that out.
    const answer: unknown = inflateSync(bytes, { info: true, maxOutputLength: Math.max(size, 1), chunkSize });
    const { buffer, engine } = answer as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    if (buffer.length === size) return { content: buffer, used: engine.bytesWritten };
  } catch (cause) {
    throw broken('can not be unpacked', cause);
  }
  throw broken('has an object of another size than it says');
}

/** Puts deltas onto their bases, whatever the order they came in: each is looked at once, when its base is there. */
async function resolved(entries: readonly Entry[], budget: Budget): Promise<readonly GitObject[]> {
  const found = new Map<string, GitObject>();
  const resting = new Map<number | string, Entry[]>();
  for (const entry of entries) {
    if (entry.base === undefined) continue;
    const others = resting.get(entry.base);
    if (others) others.push(entry);
    else resting.set(entry.base, [entry]);
  }
  let left = entries.length;
  const ready = entries.flatMap((entry) =>
    entry.kind === undefined ? [] : [{ offset: entry.offset, object: checkedObject(entry.kind, entry.bytes) }],
  );
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    const { offset, object } = next;
    left -= 1;
    found.set(object.oid, object);
    for (const base of [offset, object.oid]) {
      for (const { offset: at, bytes } of resting.get(base) ?? [])
        ready.push({ offset: at, object: checkedObject(object.kind, grown(object.content, bytes, budget)) });
      resting.delete(base);
    }
    await budget.breath();
  }
  if (left > 0) throw broken('rests on objects that it does not hold');
  return [...found.values()];
}

function grown(base: Uint8Array, delta: Uint8Array, budget: Budget): Uint8Array {
  try {
    budget.spend(deltaResult(delta));
    return applyDelta(base, delta);
  } catch (error) {
    throw error instanceof RangeError ? broken('has a delta that can not be read', error) : error;
  }
}

/** What may still be unpacked, and when others get their turn. */
class Budget {
  readonly #limits: PackLimits;
  #spent = 0;
  #worked = 0;
  #breathed = 0;
  constructor(limits: PackLimits) {
    this.#limits = limits;
  }
  spend(size: number): void {
    const { object, sum } = this.#limits;
    if (size > object) throw tooMuch(`an object of ${size} octets, and at most ${object} are taken`);
    this.#spent += size;
    if (this.#spent > sum) throw tooMuch(`more than ${sum} octets`);
  }
  async breath(): Promise<void> {
    // What is small takes its time too.
    this.#worked += SMALL;
    if (this.#spent + this.#worked - this.#breathed < BREATH) return;
    this.#breathed = this.#spent + this.#worked;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function broken(what: string, cause?: unknown): Problem {
  return new Problem('malformed-request', `The pack ${what}.`, { details: { reason: 'pack' }, cause });
}
function tooMuch(what: string): Problem {
  return new Problem('malformed-request', `The pack unpacks to ${what}.`, { details: { reason: 'pack-size' } });
}
