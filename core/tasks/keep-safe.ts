import type { Desk } from '#core/desk/desk.ts';
import { type Watch, watchRuns } from '#core/desk/last-run.ts';
import { Problem } from '#core/model/problem.ts';
import { lastRepair } from '#core/store/repair/report.ts';
import { backupPlan, runBackup } from './backup-plan.ts';
import { type Drill, lastDrill, runDrill } from './restore-drill.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const BACKUP_EVERY: number = 24 * HOUR;
export const DRILL_EVERY: number = 7 * 24 * HOUR;
/** People are let to begin their work first (BK1). */
const LOOK_EVERY = 10 * MINUTE;

type BackupRun = Awaited<ReturnType<typeof runBackup>>;
/** What keeps the data safe by itself; runs never overlap. */
export interface KeepSafe {
  backUp(): Promise<BackupRun>;
  /** Throws `wrong-state` while there is no backup that was made by itself. */
  drill(): Promise<Drill>;
  readonly backups: Watch<BackupRun>;
  readonly drills: Watch<Drill>;
  /** When each is due, counted from the last one that the store knows of; undefined: not by itself. */
  due(): { readonly backup: number | undefined; readonly drill: number | undefined };
  /** Ends when what is under way has. */
  close(): Promise<void>;
}

/** Makes the daily backup and the weekly drill while the workbench is open (SPEC.md). @param data the data folder */
export function startKeepingSafe(desk: Desk, data: string, key: Uint8Array): KeepSafe {
  const backups = watchRuns<BackupRun>(desk.now);
  const drills = watchRuns<Drill>(desk.now);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const next = last.then(run);
    last = next.catch(() => undefined);
    return next;
  };
  const backUp = (): Promise<BackupRun> =>
    inTurn(() => backups.around(async () => runBackup(desk, data, await timeZoneOf(desk))));
  const drill = (): Promise<Drill> =>
    inTurn(() =>
      drills.around(async () => {
        const [newest] = backupPlan(desk, data).made;
        if (!newest) throw new Problem('wrong-state', 'There is no backup yet that could be tried: make one first.');
        return runDrill(desk, newest.folder, key);
      }),
    );
  const opened = desk.now();
  const due = (): ReturnType<KeepSafe['due']> => {
    const { on, made } = backupPlan(desk, data);
    if (!on) return { backup: undefined, drill: undefined };
    const first = opened + LOOK_EVERY;
    const again = backups.last?.error === undefined ? 0 : backups.last.at + HOUR;
    const newest = made[0]?.at ?? 0;
    // One of another identity, or of before there was a cloud, is a poor ground for a repair (BK1).
    const next = newest < renewedAt(desk) ? newest : newest + BACKUP_EVERY;
    return {
      backup: Math.max(first, again, next),
      drill: made.length === 0 ? undefined : Math.max(first, (lastDrill(desk)?.at ?? 0) + DRILL_EVERY),
    };
  };
  const look = async (): Promise<void> => {
    if (desk.now() >= (due().backup ?? Number.POSITIVE_INFINITY)) await backUp();
    if (desk.now() >= (due().drill ?? Number.POSITIVE_INFINITY)) await drill();
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => desk.log('The data could not be backed up', { error: String(error) }));
  }, LOOK_EVERY);
  timer.unref();
  return {
    backUp,
    drill,
    backups,
    drills,
    due,
    async close() {
      clearInterval(timer);
      await last;
    },
  };
}

/** When this store last got another identity, joined a cloud or was repaired; 0: never. */
function renewedAt({ store }: Desk): number {
  const joined = store
    .history('setting', 'replication')
    .findLast(({ command }) => command === 'sync.enrol' || command === 'sync.succeed');
  return Math.max(joined?.at ?? 0, lastRepair(store)?.at ?? 0);
}

/** The tenant's zone; before the first configuration there is none. */
async function timeZoneOf(desk: Desk): Promise<string> {
  const [newest] = desk.configurations.list();
  return newest ? (await desk.configurations.version(newest.configVersion)).configuration.timeZone : 'UTC';
}
