import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '#core/model/json.ts';
import type { RandomBytes } from '#core/model/locator.ts';
import type { Change, Command, RecordType } from './contract.ts';
import type { StoreOptions } from './open.ts';

/** Stores for tests: in a folder of their own, with a clock and a randomness that give the same every time. */

export const KEY: Uint8Array = new Uint8Array(32).fill(7);
export const NOW = 1_795_000_000_000;
export const ACTOR = { user: 'u-1', name: 'Una' };

/** Runs a test in a fresh folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fieldwriter-store-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param opening another number gives other random bytes: for a store that is opened once more */
export function storeOptions(folder: string, more: Partial<StoreOptions> = {}, opening = 0): StoreOptions {
  let now = NOW;
  return {
    folder: join(folder, 'data'),
    key: KEY,
    engine: '0.1.0',
    now: () => {
      now += 1;
      return now;
    },
    random: seededBytes(`store ${opening}`),
    ...more,
  };
}

/** An endless sequence of bytes from a seed. */
export function seededBytes(seed: string): RandomBytes {
  let block = 0;
  return (count) => {
    const parts: Uint8Array[] = [];
    for (let length = 0; length < count; length += 32) {
      parts.push(createHash('sha256').update(`${seed} ${block}`).digest());
      block += 1;
    }
    return new Uint8Array(Buffer.concat(parts).subarray(0, count));
  };
}

export function command(name: string, more: Partial<Command> = {}): Command {
  return { name, version: 1, arguments: {}, actor: ACTOR, at: NOW, ...more };
}

export function change(type: RecordType, locator: string, base: number, record: JsonObject | null): Change {
  return { type, locator, base, record };
}

/** A policyholder whose field values are personal. */
export function policyholder(locator: string, base: number, values: Record<string, readonly string[]>): Change {
  return {
    ...change('policyholder', locator, base, { locator, completed: true, entity: { values } }),
    personal: { person: locator, paths: ['entity.values'] },
  };
}
