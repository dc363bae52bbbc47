import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { type Connection, openDatabase, takeLock } from '../database.ts';
import { checkHeader, makeFolder, STORE_FILES, syncNames } from '../folder.ts';
import { type StoreOptions, storeOn } from '../open.ts';
import { confirmedTable } from '../replica/confirmed.ts';
import type { ReplicatedStore } from '../replica/replication-contract.ts';
import { damaged, guarded } from '../trouble.ts';
import { verify } from '../verify.ts';
import { adopt, endOf } from './adopt.ts';
import { type Copy, copiesOf } from './copies.ts';
import { missingFiles } from './files.ts';
import { finishRepair } from './finish.ts';
import { keepReport, type RepairReport } from './report.ts';
import { identityOf, type Salvaged, salvage } from './salvage.ts';
import { openOld } from './tables.ts';

export interface RepairOptions extends StoreOptions {
  /** What is damaged, in a sentence: what opening it threw. */
  readonly found: string;
  /** Folders in which backups lie, beside those that the data folder knows of. */
  readonly backups: readonly string[];
}

const LOG = `${STORE_FILES.database}-wal`;
/** Numbers that a store without a cloud leaves out where it can not know which ones it printed. */
const SKIPPED = 1_000;
const ACTOR = { user: 'workbench', name: 'Fieldwriter' };
const MOST_NAMED = 1_000;

/**
 * Repairs the database of a data folder (SPEC J60 to J65): the damaged file is set aside, the newest backup that verifies takes its
 * place, and behind it everything that the damaged file still gives. Broken off at any moment it begins again, or is finished, by the
 * next call. Throws `store-locked`, `wrong-key`, `disk-full`; `store-damaged` when there is nothing to repair from: then everything is
 * as it was.
 */
export async function repairStore(options: RepairOptions): Promise<RepairReport> {
  const { folder, key } = options;
  checkHeader(folder, key);
  const lock = takeLock(join(folder, STORE_FILES.lock), folder);
  const scratch = mkdtempSync(join(folder, 'repair-'));
  try {
    const old = openOld(folder, key, scratch);
    try {
      const base = await chooseBase(options, old, scratch);
      const report = await build(options, base, old, scratch);
      old?.close();
      takeItsPlace(folder, join(scratch, STORE_FILES.database), report.aside);
      return report;
    } finally {
      old?.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    lock.release();
  }
}

interface Base {
  readonly copy: Copy | undefined;
  readonly database: Connection;
}

/**
 * The newest backup whose pages, chain and records are sound, as a database in the scratch folder; else an empty one. One of the
 * identity that the damaged file has goes before newer ones of another: behind that, something can be kept.
 */
async function chooseBase(options: RepairOptions, old: Connection | undefined, scratch: string): Promise<Base> {
  const { folder, key } = options;
  const file = join(scratch, STORE_FILES.database);
  const clean = (): void => {
    for (const name of readdirSync(scratch)) if (name.startsWith(STORE_FILES.database)) rmSync(join(scratch, name));
  };
  const identity = old && identityOf(old);
  const refused = new Map<string, string>();
  const copies = copiesOf(folder, options.backups);
  for (const same of [true, false])
    for (const copy of copies) {
      if (refused.has(copy.file)) continue;
      clean();
      try {
        checkHeader(copy.folder, key);
        copyFileSync(copy.file, file);
        if (existsSync(`${copy.file}-wal`)) copyFileSync(`${copy.file}-wal`, `${file}-wal`);
        if (same && identity !== undefined && deviceOf(file, key) !== identity) continue;
        const { faults } = await verify(scratch, key, { blobs: false });
        if (faults.length === 0) return { copy, database: openDatabase(file, key) };
        refused.set(copy.file, faults[0] ?? '');
      } catch (error) {
        if (error instanceof Problem && error.code === 'disk-full') throw error;
        refused.set(copy.file, error instanceof Error ? error.message : String(error));
      }
    }
  clean();
  const device = old && standsAlone(old) ? identity : undefined;
  if (device === undefined) throw nothingToRepairFrom(options, refused);
  storeOn(openDatabase(file, key), { release() {} }, { ...options, folder: scratch }).close();
  const database = openDatabase(file, key);
  database.prepare("UPDATE meta SET value = ? WHERE name = 'device'").run(device);
  return { copy: undefined, database };
}

function deviceOf(file: string, key: Uint8Array): string {
  const database = openDatabase(file, key);
  try {
    return endOf(database).device;
  } finally {
    database.close();
  }
}

/** Whether it never had a cloud: then its journal alone is everything. */
function standsAlone(old: Connection): boolean {
  try {
    return old.prepare<[], number>('SELECT count(*) FROM replica').pluck().get() === 0;
  } catch {
    return false;
  }
}

async function build(
  options: RepairOptions,
  { copy, database: base }: Base,
  old: Connection | undefined,
  scratch: string,
): Promise<RepairReport> {
  const { folder, key, now } = options;
  const at = now();
  const end = endOf(base);
  const has = base.prepare<[string], number>('SELECT 1 FROM person_key WHERE id = ?').pluck();
  const found: Salvaged = old
    ? salvage(old, end, (id) => has.get(id) !== undefined)
    : { entries: [], missing: [], endKnown: false, keys: [], settled: 0, records: [] };
  if (!copy && found.entries.length === 0) throw nothingToRepairFrom(options, new Map());
  const opened = (database: Connection): ReplicatedStore =>
    // Checks of records came later than some of them: what was accepted stays.
    storeOn(database, { release() {} }, { ...options, folder: scratch, validators: {} });
  // A backup that an older program made is brought up to date first.
  const [persons, database] = reopened(scratch, key, opened(base), (again) => adopt(again, found));
  const store = opened(database);
  store.rebuild();
  for (const person of persons) confirmedTable(database).empty(person);
  const lossy = found.missing.length > 0 || !found.endKnown;
  const enrolled = store.replication.status() !== undefined;
  const renewed = enrolled && lossy;
  if (renewed) store.replication.beginIdentity();
  if (lossy) passNumbersOver(store, at, enrolled);
  const records = restoreRecords(store, found, at);
  const report: RepairReport = {
    at,
    found: options.found,
    aside: join(folder, STORE_FILES.damaged, new Date(at).toISOString().replaceAll(':', '-')),
    backup: copy ? { folder: copy.folder, at: copy.at } : null,
    device: end.device,
    lastInBackup: end.sequence,
    kept: found.entries.length,
    records,
    missing: found.missing.slice(0, MOST_NAMED),
    endKnown: found.endKnown,
    files: copy && copy.folder !== folder ? await missingFiles(folder, copy.folder, key) : 0,
    renewed,
  };
  keepReport(store, report);
  store.close();
  const { faults } = await verify(scratch, key, { blobs: false });
  if (faults.length > 0) throw damaged(`The repaired data does not verify: ${faults.slice(0, 3).join(' ')}`);
  return report;
}

/** Closes a store, works on its database, and gives that open. */
function reopened<T>(
  scratch: string,
  key: Uint8Array,
  store: { close(): void },
  work: (database: Connection) => T,
): [T, Connection] {
  store.close();
  const database = openDatabase(join(scratch, STORE_FILES.database), key);
  return [work(database), database];
}

/** What was lost may have printed numbers: none is printed twice. With a cloud new ones are granted at the next meeting (SY11). */
function passNumbersOver(store: ReplicatedStore, at: number, enrolled: boolean): void {
  const changes = store.list('counter').map(({ type, locator, version, record }) => {
    const next = Number(record.next);
    const left = enrolled ? { locator, next, last: next - 1 } : { ...record, next: next + SKIPPED };
    return { type, locator, base: version, record: left as JsonObject };
  });
  store.commit({ name: 'numbers.withdraw', version: 1, arguments: {}, actor: ACTOR, at }, changes);
}

/**
 * Records whose entries are lost and that the damaged file still shows, as a command of the workbench; what is known to stand in the
 * log comes from there. @returns their names
 */
function restoreRecords(store: ReplicatedStore, found: Salvaged, at: number): readonly string[] {
  const unsent = new Set(
    found.missing.filter(({ sequence }) => sequence > found.settled).flatMap((one) => one.records),
  );
  const seen = new Set<string>();
  const changes = found.records.flatMap((row) => {
    const name = `${row.type} ${row.locator}`;
    const base = store.get(row.type, row.locator)?.version ?? 0;
    if (!unsent.has(name) || seen.has(name) || row.version <= base || row.record === null || row.type === 'counter')
      return [];
    seen.add(name);
    const personal = row.person !== null &&
      row.personal !== null && {
        personal: { person: row.person, paths: JSON.parse(row.personal) as string[] },
      };
    return [{ type: row.type, locator: row.locator, base, record: JSON.parse(row.record) as JsonObject, ...personal }];
  });
  if (changes.length > 0) store.commit({ name: 'store.salvage', version: 1, arguments: {}, actor: ACTOR, at }, changes);
  return [...seen];
}

/**
 * The damaged files get a second name, under which they stay; only then the repaired one gets the name that says that it is complete,
 * and takes the place.
 */
function takeItsPlace(folder: string, repaired: string, aside: string): void {
  guarded(folder, () => {
    makeFolder(join(folder, STORE_FILES.damaged));
    mkdirSync(aside, { mode: 0o700 });
    for (const name of [STORE_FILES.database, LOG])
      if (existsSync(join(folder, name))) keepUnder(join(folder, name), join(aside, name));
    syncNames(aside);
    renameSync(repaired, join(folder, STORE_FILES.repaired));
    syncNames(folder);
    finishRepair(folder);
  });
}

function nothingToRepairFrom({ found, folder }: RepairOptions, refused: ReadonlyMap<string, string>): Problem {
  const unusable = [...refused]
    .slice(0, 5)
    .map(([file, why]) => `${file}: ${why}`)
    .join(' ');
  return new Problem(
    'store-damaged',
    `${found} There is no backup to repair it from, and too little of the file can be read; nothing was changed. Restore a backup from elsewhere into another folder with \`fieldwriter restore\`, or enrol an empty data folder: the cloud brings everything that was sent.${unusable ? ` Not usable: ${unusable}` : ''}`,
    { place: { file: folder } },
  );
}

function keepUnder(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch {
    // Some file systems know no second name.
    copyFileSync(file, name);
  }
}
