import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { JournalEntry, Store } from './contract.ts';
import { openStore } from './open.ts';
import { change, command, inFolder, seededBytes, storeOptions } from './store.fixture.ts';

const CHILD = fileURLToPath(new URL('./crash-child.fixture.ts', import.meta.url));
/** `npm run soak` makes it ten times as many; a serving core is killed 50 times in test/integration/crash.test.ts. */
const ROUNDS = 20 * Number(process.env.FIELDWRITER_TIMES ?? 1);
const SEED = process.env.FIELDWRITER_SEED ?? 'crash-1';

interface Acknowledged {
  readonly sequence: number;
  readonly hash: string;
}

test(`J2 J4 J20 a store that is killed ${ROUNDS} times keeps every acknowledged entry (seed ${SEED})`, {
  timeout: ROUNDS * 6_000,
}, async () => {
  const random = seededBytes(SEED);
  const pick = (below: number): number => Buffer.from(random(4)).readUInt32LE() % below;
  await inFolder(async (folder) => {
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // One round in ten dies at any moment of its start, the others somewhere in a commit.
      const dying = round % 10 === 9 ? { afterStart: pick(200) } : { afterEntries: pick(20) + 1, wait: pick(4) };
      acknowledged.push(...(await runAndKill(folder, `${SEED} ${round}`, dying)));
      await expectWhole(folder, acknowledged, `round ${round}, seed ${SEED}`);
    }
    expect(acknowledged.length).toBeGreaterThan(ROUNDS);
  });
});

test('J2 a log that a power cut tore off anywhere gives a whole store up to there', async () => {
  const random = seededBytes('torn');
  await inFolder(async (folder) => {
    const store = openStore(storeOptions(folder));
    for (let i = 0; i < 20; i += 1)
      store.commit(command('a'), [change('policy', `p-${i}`, 0, { n: i, text: 'x'.repeat(i * 300) })]);
    for (let round = 0; round < 10; round += 1) {
      const copy = join(folder, `copy-${round}`);
      cpSync(join(folder, 'data'), copy, { recursive: true, filter: (name) => !name.endsWith('-shm') });
      const log = join(copy, 'workbench.db-wal');
      truncateSync(log, Buffer.from(random(4)).readUInt32LE() % statSync(log).size);
      const torn = openStore({ ...storeOptions(folder), folder: copy });
      const report = await torn.verify();
      expect(report.faults).toEqual([]);
      expect(torn.list('policy').length).toBe(report.entries);
      torn.close();
    }
    store.close();
  });
});

/** Starts a child on the folder and kills it. @returns what it acknowledged */
async function runAndKill(
  folder: string,
  seed: string,
  dying: { afterStart: number } | { afterEntries: number; wait: number },
): Promise<readonly Acknowledged[]> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, folder, seed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: Acknowledged[] = [];
  if ('afterStart' in dying) setTimeout(() => child.kill('SIGKILL'), dying.afterStart);
  for await (const line of createInterface({ input: child.stdout })) {
    // A kill may tear the last line: that entry was not acknowledged.
    if (!line.endsWith('}')) continue;
    acknowledged.push(JSON.parse(line) as Acknowledged);
    if ('afterEntries' in dying && acknowledged.length === dying.afterEntries) {
      setTimeout(() => child.kill('SIGKILL'), dying.wait);
    }
  }
  await ended(child);
  return acknowledged;
}

function ended(child: ChildProcess): Promise<void> {
  if (child.signalCode !== null || child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

async function expectWhole(folder: string, acknowledged: readonly Acknowledged[], what: string): Promise<void> {
  const store = openStore(storeOptions(folder));
  const report = await store.verify();
  expect(report.faults, what).toEqual([]);
  const kept = new Map(entriesOf(store).map((entry) => [entry.sequence, entry.hash]));
  expect(kept.size, what).toBe(report.entries);
  for (const { sequence, hash } of acknowledged) expect(kept.get(sequence), `entry ${sequence}, ${what}`).toBe(hash);
  store.close();
}

/** Every entry once: each of the child's entries changes one record. */
function entriesOf(store: Store): readonly JournalEntry[] {
  return (['policy', 'document'] as const).flatMap((type) =>
    store.list(type).flatMap(({ locator }) => store.history(type, locator)),
  );
}
