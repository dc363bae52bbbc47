import type { JsonObject } from '#core/model/json.ts';
import type { Actor, Store } from '../contract.ts';
import type { ReplicatedStore } from '../replica/replication-contract.ts';

/** What a repair found and did; kept in the repaired store (SPEC J64). Times are milliseconds. */
export interface RepairReport {
  readonly at: number;
  /** What was damaged, in a sentence. */
  readonly found: string;
  /** Folder in which the damaged file lies as it was. */
  readonly aside: string;
  /** The backup that it was made from; null: from the damaged file alone. */
  readonly backup: { readonly folder: string; readonly at: number } | null;
  /** The identity that the store had. */
  readonly device: string;
  /** Last own entry in the backup, and the number of those behind it that the damaged file still gave. */
  readonly lastInBackup: number;
  readonly kept: number;
  /** Records of missing entries that were read from the damaged file by themselves. */
  readonly records: readonly string[];
  /** Own entries that can not be read any more, at most 1,000; with a cloud, what was sent comes back. */
  readonly missing: readonly {
    readonly sequence: number;
    readonly at: number | null;
    readonly records: readonly string[];
  }[];
  /** Whether nothing else was there. `false`: what was made since the backup is known to the cloud alone, as far as it was sent. */
  readonly endKnown: boolean;
  /** Files that were missing here, taken from the backup. */
  readonly files: number;
  /** The store takes a new identity (core/sync/SPEC.md SY92). */
  readonly renewed: boolean;
  /** Whether somebody has read it: `first` before the cloud was asked to the end, `all` since. */
  readonly seen?: 'first' | 'all';
}

const SETTING = 'repair';
/** The client's mark of when both sides last agreed (core/sync/client). */
const LAST_SUCCESS = 'last-success';
const ACTOR = { user: 'workbench', name: 'Fieldwriter' };

/** The last repair of this store; undefined: there was none. */
export function lastRepair(store: Store): RepairReport | undefined {
  const record = store.get('setting', SETTING)?.record;
  return record as unknown as RepairReport | undefined;
}

export function keepReport(store: Store, report: RepairReport): void {
  const base = store.get('setting', SETTING)?.version ?? 0;
  const { kept, endKnown } = report;
  store.commit(
    {
      name: 'store.repair',
      version: 1,
      arguments: { kept, missing: report.missing.length, endKnown },
      actor: ACTOR,
      at: report.at,
    },
    [{ type: 'setting', locator: SETTING, base, record: report as unknown as JsonObject }],
  );
}

/** Somebody has read how the repair stands. */
export function noteRepairSeen(store: ReplicatedStore, actor: Actor, at: number): void {
  const standing = repairStanding(store);
  if (!standing) return;
  const base = store.get('setting', SETTING)?.version ?? 0;
  const seen = standing.outcome.asked ? 'all' : 'first';
  const record = { ...standing.report, seen } as unknown as JsonObject;
  store.commit({ name: 'store.repair-seen', version: 1, arguments: { seen }, actor, at }, [
    { type: 'setting', locator: SETTING, base, record },
  ]);
}

/** Whether it says something that nobody has read. */
export function isRepairNews({ report, outcome }: NonNullable<ReturnType<typeof repairStanding>>): boolean {
  return report.seen === undefined || (report.seen === 'first' && outcome.asked && outcome.lost.length > 0);
}

/** What became of what was missing: what the cloud gave back, and what is gone. */
export interface RepairOutcome {
  /** Own entries behind the backup that came back from the cloud. */
  readonly fromCloud: number;
  /** Entries that are not here, by number. Empty while the cloud was not asked to the end: see `asked`. */
  readonly lost: RepairReport['missing'];
  /** Whether the cloud was asked to its end since; true without a cloud. */
  readonly asked: boolean;
}

/** How a repair stands by now; undefined: this store was never repaired. */
export function repairStanding(store: ReplicatedStore): { report: RepairReport; outcome: RepairOutcome } | undefined {
  const report = lastRepair(store);
  return report && { report, outcome: outcomeOf(store, report) };
}

function outcomeOf({ replication }: ReplicatedStore, report: RepairReport): RepairOutcome {
  const status = replication.status();
  const asked = !status || (status.becoming === undefined && Number(replication.mark(LAST_SUCCESS) ?? 0) > report.at);
  const back = new Set(replication.logged(report.device, report.lastInBackup));
  const mended = new Set(report.records);
  const lost = report.missing.filter(
    ({ sequence, records }) =>
      !back.has(sequence) && !(records.length > 0 && records.every((name) => mended.has(name))),
  );
  return { fromCloud: back.size, lost: asked ? lost : [], asked };
}
