import { randomBytes } from 'node:crypto';
import { ENGINE } from '#core/model/engine.ts';
import { riskProjector } from '#core/policy/risk-row.ts';
import { copiesOf } from '#core/store/repair/copies.ts';
import { damageNoted, forgetDamage, isDamage } from '#core/store/repair/damage.ts';
import { missingFiles } from '#core/store/repair/files.ts';
import { repairStore } from '#core/store/repair/repair.ts';
import type { RepairReport } from '#core/store/repair/report.ts';
import { verify } from '#core/store/verify.ts';
import { besides } from './backup-plan.ts';

/** The data folder whose database may have to be repaired. */
export interface Repairable {
  readonly folder: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly now?: (() => number) | undefined;
  /** Told before a repair begins, which may take a while. */
  readonly onDamage?: (found: string) => void;
}

/**
 * Opens something on a data folder; where its database is damaged it is repaired first, by itself (BK7).
 * Throws what opening throws, and `store-damaged` where there is nothing to repair from.
 */
export async function withRepair<T>(
  data: Repairable,
  open: () => T,
): Promise<{ readonly opened: T; readonly repaired: RepairReport | undefined }> {
  const noted = await foundBefore(data);
  if (noted === undefined) {
    try {
      return { opened: open(), repaired: undefined };
    } catch (error) {
      if (!isDamage(error)) throw error;
      return { repaired: await repair(data, error.message), opened: open() };
    }
  }
  return { repaired: await repair(data, noted), opened: open() };
}

/** Repairs the database of a folder. @param found what is damaged, in a sentence. Throws as `repairStore`. */
export function repair({ folder, key, now = Date.now, onDamage }: Repairable, found: string): Promise<RepairReport> {
  onDamage?.(found);
  const random = (count: number): Uint8Array => new Uint8Array(randomBytes(count));
  return repairStore({
    folder,
    key,
    engine: ENGINE,
    now,
    random,
    risks: riskProjector,
    found,
    backups: [besides(folder)],
  });
}

/** What the last process met: looked at whole, because what it stumbled over may be read again only by chance. */
async function foundBefore({ folder, key }: Repairable): Promise<string | undefined> {
  if (damageNoted(folder) === undefined) return undefined;
  try {
    const { faults } = await verify(folder, key, { blobs: false });
    if (faults.length > 0) return `The database of ${folder} is damaged: ${faults.slice(0, 3).join(' ')}`;
    // It was a file that is missing or damaged, perhaps: backups may have it whole.
    for (const copy of copiesOf(folder, [besides(folder)]))
      if (copy.folder !== folder) await missingFiles(folder, copy.folder, key);
    forgetDamage(folder);
    return undefined;
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  }
}
