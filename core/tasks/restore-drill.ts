import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { commit, type Desk, look, write } from '#core/desk/desk.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { makeReceipt } from '#core/lab/receipt/make.ts';
import { Problem } from '#core/model/problem.ts';
import { openDesk } from '#core/policy/open-desk.ts';
import { restoreBackup } from '#core/store/backup.ts';
import { STORE_FILES } from '#core/store/folder.ts';

const SETTING = 'restoreDrill';
/** Prices that are rated again, spread over the newest of them. */
const SAMPLE = 20;
const NEWEST = 1_000;

const Drill = z.strictObject({
  at: z.int(),
  /** Folder of the backup. */
  backup: z.string(),
  ok: z.boolean(),
  /** Prices that were rated again. */
  prices: z.int(),
  /** Those whose receipt was compared with the workbench's own. */
  compared: z.int(),
  /** What was found, each in one sentence. */
  faults: z.array(z.string()),
  /** When a drill last found nothing. */
  lastSuccess: z.int().optional(),
});
/** How the last restore of a backup went (BK6). */
export type Drill = z.infer<typeof Drill>;

export function lastDrill(desk: Desk): Drill | undefined {
  const record = desk.store.get('setting', SETTING)?.record;
  return record === undefined ? undefined : Drill.parse(record);
}

/**
 * Restores a backup into a scratch folder beside it, proves it, and rates a sample of its prices again (BK5). What it finds is kept
 * and is no error. @param key of the data: 32 bytes. Throws `not-found` when the backup is not there.
 */
export async function runDrill(desk: Desk, backup: string, key: Uint8Array): Promise<Drill> {
  if (!existsSync(path.join(backup, STORE_FILES.database)))
    throw new Problem('not-found', `${backup} is not there: no backup could be tried. Make one.`);
  const scratch = await mkdtemp(`${backup}.drill-`);
  const found = { prices: 0, compared: 0, faults: [] as string[] };
  try {
    // Verifies before the folder has its name.
    const restored = path.join(scratch, 'data');
    await restoreBackup(backup, restored, key);
    await ratePrices(desk, restored, key, found);
  } catch (error) {
    found.faults.push(error instanceof Error ? error.message : String(error));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const at = desk.now();
  const ok = found.faults.length === 0;
  const before = lastDrill(desk)?.lastSuccess;
  const lastSuccess = ok ? at : before;
  const drill: Drill = { at, backup, ok, ...found, ...(lastSuccess === undefined ? {} : { lastSuccess }) };
  commit(
    desk,
    { actor: WORKBENCH },
    {
      name: 'backup.drill',
      arguments: { ok, prices: drill.prices },
      changes: [write('setting', SETTING, desk.store.get('setting', SETTING)?.version ?? 0, drill)],
      result: SETTING,
    },
  );
  return drill;
}

/** Making a receipt rates again and refuses a price that comes out otherwise than it was recorded (core/lab/receipt, PR1, PR7). */
async function ratePrices(
  live: Desk,
  folder: string,
  key: Uint8Array,
  found: { prices: number; compared: number; faults: string[] },
): Promise<void> {
  const copy = openDesk({ folder, key, documents: 'later', sandbox: live.sandbox, now: live.now });
  try {
    const priced = copy.store
      .list('quote', { limit: NEWEST, newestFirst: true })
      .flatMap(({ locator, record }) => (record.price === undefined ? [] : [locator]));
    const step = Math.max(1, Math.floor(priced.length / SAMPLE));
    for (const locator of priced.filter((_, i) => i % step === 0).slice(0, SAMPLE)) {
      try {
        const receipt = await makeReceipt(copy, locator);
        found.prices += 1;
        if (look(live, 'quote', locator)?.record.worksheet !== look(copy, 'quote', locator)?.record.worksheet) continue;
        const own = await makeReceipt(live, locator);
        found.compared += 1;
        if (own.hash !== receipt.hash)
          found.faults.push(
            `The receipt of ${locator} is another one in the backup than here: ${receipt.hash}, ${own.hash}.`,
          );
      } catch (error) {
        found.faults.push(`The price of ${locator}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await copy.close();
  }
}
