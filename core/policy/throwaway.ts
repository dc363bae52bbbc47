import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Caller } from '#core/desk/desk.ts';
import type { Configuration } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import { deployConfiguration } from './deploy.ts';
import { type OpenDesk, openDesk } from './open-desk.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A workbench that leaves nothing behind: a private temporary folder, a key that nobody keeps, removed at the end. */
export interface ThrowawayDesk {
  readonly desk: OpenDesk;
  readonly caller: Caller;
  /** Its time: the machine's until it is set, and again after `set()`. */
  readonly clock: { set(now?: Millis): void };
  close(): Promise<void>;
}

export interface ThrowawayOptions {
  readonly documents: 'produce' | 'later';
  /**
   * Plugin hosts that somebody else keeps and closes, in a process that goes on: then its signals are its own affair too. Without
   * it the desk has hosts of its own, and a process that is interrupted removes the folder.
   */
  readonly sandbox?: Sandbox;
  /** The caller ends by itself when it is interrupted, and closes this then. */
  readonly interrupts?: 'by-caller';
}

/** Opens one with a configuration deployed, also one with errors: its sound products can be used. */
export async function openThrowawayDesk(
  configuration: Configuration,
  options: ThrowawayOptions,
): Promise<ThrowawayDesk> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fieldwriter-'));
  let set: Millis | undefined;
  const now = (): Millis => set ?? Date.now();
  const { interrupts: _, ...rest } = options;
  const desk = openDesk({ folder, key: new Uint8Array(randomBytes(32)), throwaway: true, now, ...rest });
  const clock = {
    set(to?: Millis): void {
      set = to;
    },
  };
  const caller: Caller = { actor: { user: 'command-line', name: 'Command line' } };
  const interrupted = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  const signals = options.sandbox || options.interrupts ? [] : SIGNALS;
  for (const signal of signals) process.once(signal, interrupted);
  const close = async (): Promise<void> => {
    for (const signal of signals) process.off(signal, interrupted);
    await desk.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await deployConfiguration(desk, caller, configuration, { despiteErrors: true });
  } catch (error) {
    await close();
    throw error;
  }
  return { desk, caller, clock, close };
}
