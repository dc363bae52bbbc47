import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Caller, commit, write } from '#core/desk/desk.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import type { RecordType } from '#core/store/contract.ts';
import { openSyncClient, type SyncClient } from '#core/sync/client/client.ts';
import type { RoundAction } from '#core/sync/client/contract.ts';
import { openPageReader } from '#core/sync/client/page-reader.ts';
import { newRound, runAction } from '#core/sync/client/round.ts';
import { KEY_PLACE, readSettings } from '#core/sync/client/settings.ts';
import { deviceKey, openTransport } from '#core/sync/client/transport.ts';

export const CALLER: Caller = { actor: { user: 'anna', name: 'Anna' } };

/** A workbench in a temporary folder, encrypted and durable as any, that replicates when it is told to. */
export interface Laptop {
  readonly desk: OpenDesk;
  readonly client: SyncClient;
  /** Enrols it and waits until its first round is over and everything is indexed. @param onComplete called once all records are here */
  enrol(address: string, code: string, onComplete?: () => void): Promise<void>;
  /** A whole round. */
  round(): Promise<void>;
  /** One kind of step of a round, until it has nothing more to do. */
  all(action: RoundAction): Promise<void>;
  close(): Promise<void>;
}

export function openLaptop(name: string): Laptop {
  const folder = mkdtempSync(path.join(tmpdir(), 'fieldwriter-bench-'));
  const desk = openDesk({
    folder,
    key: new Uint8Array(randomBytes(32)),
    documents: 'later',
    throwaway: true,
    log: (message, details) => console.error(message, details),
  });
  const client = openSyncClient(desk, { every: 1e9 });
  const transport = openTransport({
    addresses: () => readSettings(desk)?.addresses ?? [],
    now: desk.now,
    random: desk.random,
    onTraffic() {},
  });
  const round = newRound();
  const reader = openPageReader();
  const idle = async (): Promise<void> => {
    await client.idle();
    const { blocked, lastFailure } = client.status();
    if (blocked ?? lastFailure) throw new Error(`${name}: ${JSON.stringify(blocked ?? lastFailure)}`);
  };
  async function step(action: RoundAction): Promise<boolean> {
    const settings = readSettings(desk);
    if (!settings) throw new Error(`${name} has no cloud.`);
    const identity = { device: settings.device, key: deviceKey(desk.vault.open(settings.key, KEY_PLACE)) };
    const event = await runAction(action, {
      desk,
      transport,
      identity,
      round,
      reader,
      others: { goes: (ids) => ids.length, holds: () => false },
      allowed: null,
      spare: false,
      progress() {},
    });
    return event.event === 'done' && event.more;
  }
  return {
    desk,
    client,
    async enrol(address, code, onComplete = () => undefined) {
      await client.enrol(CALLER, { address, code, name });
      const watched = complete(client).then(onComplete);
      await idle();
      await watched;
    },
    async round() {
      client.now();
      await idle();
    },
    async all(action) {
      while (await step(action));
    },
    async close() {
      reader.rest();
      await client.close();
      transport.close();
      await desk.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function complete(client: SyncClient): Promise<void> {
  while (!client.status().complete) await client.changed(1_000);
}

/** Saves a record as one command, with its personal members sealed in somebody's name. */
export function save(desk: OpenDesk, type: RecordType, record: object, base = 0, person?: string): void {
  const { locator } = record as { readonly locator: string };
  const changes = [write(type, locator, base, record as never, person)];
  commit(desk, CALLER, { name: `${type}.save`, arguments: {}, changes, result: locator });
}
