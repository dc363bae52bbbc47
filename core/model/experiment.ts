/**
 * Which arm of an experiment a risk belongs to: a function of the experiment's seed and the risk's key alone, so that every laptop
 * finds the same without asking anybody (core/lab/experiments/SPEC.md).
 */
export interface Arm {
  readonly name: string;
  /** The version that prices this arm. */
  readonly configVersion: number;
  /** Of the risks in the experiment, above 0; all together 1. */
  readonly share: number;
}
export interface Assignable {
  readonly seed: string;
  /** Of all risks those that take part, above 0 and at most 1. */
  readonly traffic: number;
  readonly arms: readonly Arm[];
}

/** The arm of a risk, or undefined where it does not take part (EX2). */
export function armOf({ seed, traffic, arms }: Assignable, key: string): Arm | undefined {
  // Two questions, two hashes: more traffic lets more risks in and moves none from arm to arm.
  if (fractionOf(`${seed}\ntraffic`, key) >= traffic) return undefined;
  const at = fractionOf(`${seed}\narm`, key);
  let upTo = 0;
  for (const arm of arms) {
    upTo += arm.share;
    if (at < upTo) return arm;
  }
  // The shares add up to 1 but for the last binary digit.
  return arms.at(-1);
}

/** A number from 0 to below 1 that follows from seed and key. */
export function fractionOf(seed: string, key: string): number {
  return murmur3(new TextEncoder().encode(`${seed}\n${key}`)) / 2 ** 32;
}

/** MurmurHash3 x86_32 with seed 0 (Austin Appleby, public domain): an unsigned 32-bit number. */
export function murmur3(bytes: Uint8Array): number {
  const [c1, c2] = [0xcc9e2d51, 0x1b873593];
  const mixed = (k: number): number => Math.imul(rotated(Math.imul(k, c1), 15), c2);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < whole; at += 4)
    hash = (Math.imul(rotated(hash ^ mixed(view.getUint32(at, true)), 13), 5) + 0xe6546b64) | 0;
  let rest = 0;
  for (let at = bytes.length - 1; at >= whole; at -= 1) rest = (rest << 8) | (bytes[at] ?? 0);
  if (whole < bytes.length) hash ^= mixed(rest);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
