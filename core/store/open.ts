import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newLocator, type RandomBytes } from '#core/model/locator.ts';
import { backup } from './backup.ts';
import { openBlobs } from './blobs.ts';
import { type Connection, takeLock } from './database.ts';
import { describe } from './describe.ts';
import { exportCanonical, exportReplicated } from './export.ts';
import { makeFolder, openWithHeader, STORE_FILES, writeHeader } from './folder.ts';
import { openJournal } from './journal.ts';
import { PROJECTIONS_VERSION } from './members.ts';
import { MIGRATIONS_FOLDER, migrate, readMigrations } from './migrate.ts';
import { personKeys } from './personal.ts';
import type { RiskProjector } from './projector.ts';
import { project, rebuild } from './rebuild.ts';
import { records, type Upgrades, type Validators } from './records.ts';
import { noteCopy } from './repair/copies.ts';
import { checkAtStart, checkLogLeft, isDamage, leftBehind, noteDamage, notingDamage } from './repair/damage.ts';
import { finishRepair } from './repair/finish.ts';
import { keepPlaces } from './repair/tables.ts';
import { replicaCommits } from './replica/commits.ts';
import { confirmedTable } from './replica/confirmed.ts';
import { guardedReplication, openReplication } from './replica/open-replication.ts';
import type { ReplicatedStore } from './replica/replication-contract.ts';
import { stateTable } from './replica/state.ts';
import { openRisks } from './risks.ts';
import { guarded, guardedAsync } from './trouble.ts';
import { verify } from './verify.ts';

export interface StoreOptions {
  /** The data folder; made if it is not there. */
  readonly folder: string;
  /** 32 bytes, see key.ts. */
  readonly key: Uint8Array;
  /** Version of this program, written into every entry. */
  readonly engine: string;
  /** Milliseconds. */
  now(): number;
  /** Secure random bytes: keys and nonces come from here too. */
  readonly random: RandomBytes;
  /** Checks of records on their way in, by type. */
  readonly validators?: Validators;
  /** Numbered steps that bring old records up to date on their way out, by type. */
  readonly upgrades?: Upgrades;
  /** Makes the rows of the list of risks; without one the list is left as it is. */
  readonly risks?: RiskProjector;
  /** Folder of the SQL migrations; by default the one beside `core/`. */
  readonly migrations?: string;
}

/**
 * Opens the store of a data folder, made and migrated if needed.
 * @throws store-locked, wrong-key, store-damaged, store-from-the-future, disk-full
 */
export function openStore(options: StoreOptions): ReplicatedStore {
  const { folder } = options;
  guarded(folder, () => makeFolder(folder));
  const lock = takeLock(join(folder, STORE_FILES.lock), folder);
  let database: Connection | undefined;
  try {
    guarded(folder, () => finishRepair(folder));
    const left = leftBehind(folder);
    guarded(folder, () => checkLogLeft(folder));
    const opened = openWithHeader(folder, options.key);
    database = opened;
    return guarded(folder, () => {
      checkAtStart(opened, folder, left);
      const store = storeOn(opened, lock, options);
      keepPlaces(opened, folder);
      return store;
    });
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

/** The store on an open database: migrates it, and answers for it until it is closed. */
export function storeOn(database: Connection, lock: { release(): void }, options: StoreOptions): ReplicatedStore {
  const { folder, key, now, random } = options;
  const file = join(folder, STORE_FILES.database);
  const newId = (): string => newLocator(now(), random);
  migrate(database, readMigrations(options.migrations ?? MIGRATIONS_FOLDER), now(), (from, to) =>
    backUpBeforeMigration(database, folder, from, to),
  );
  let device = metaOnce(database, 'device', newId);
  const upgrades = options.upgrades ?? {};
  const table = records(database, upgrades);
  const keys = personKeys(database, random, newId);
  const blobs = openBlobs(join(folder, STORE_FILES.blobs), key, random);
  const risks = openRisks(database, options.risks);
  const state = stateTable(database);
  const confirmed = confirmedTable(database);
  const journal = openJournal(database, table, risks, keys, {
    device: () => device,
    engine: options.engine,
    validators: options.validators ?? {},
    upgrades,
    now,
    random,
    replica: replicaCommits(database, state, confirmed),
  });
  const replication = openReplication({
    database,
    records: table,
    risks,
    keys,
    state,
    confirmed,
    upgrades,
    device: () => device,
    newId,
    changed() {
      device = metaOnce(database, 'device', newId);
      journal.reload();
    },
  });
  const idAt = database.prepare<[number], string>('SELECT id FROM journal WHERE position = ?').pluck();
  projectOnce(database, options.risks?.version, () => project(table, risks));
  writeHeader(folder, key);
  const onFile = <T>(work: () => T): T => notingDamage(folder, () => guarded(file, work));

  return {
    get device() {
      return device;
    },
    blobs,
    replication: guardedReplication(replication, file),
    commit: (command, changes) => onFile(() => journal.commit(command, changes)),
    get: (type, locator) => onFile(() => table.get(type, locator)),
    list: (type, page) => onFile(() => table.list(type, page)),
    find: (type, member, value) => onFile(() => table.find(type, member, value)),
    risks: (query) => onFile(() => risks.page(query)),
    search: (text, limit) => onFile(() => table.search(text, limit)),
    history: (type, locator) => onFile(() => journal.history(type, locator)),
    erasePerson: (person, actor, at) =>
      onFile(() => {
        const command = { name: 'person.erase', version: 1, arguments: { person }, actor, at };
        const entry = journal.erasePerson(command, person);
        // What was erased must not stay behind in the log either.
        database.pragma('wal_checkpoint(TRUNCATE)');
        return entry;
      }),
    rebuild: () => onFile(() => rebuild(database, table, risks, keys, confirmed)),
    exportCanonical: ({ replicated = false } = {}) =>
      replicated ? exportReplicated(table, (position) => idAt.get(position)) : exportCanonical(table),
    describe: () => onFile(() => describe(database)),
    verify: () => guardedAsync(file, () => verify(folder, key)),
    async backup(target) {
      await guardedAsync(target, () => backup(database, folder, key, target)).catch((error: unknown) => {
        if (isDamage(error)) noteDamage(folder, error.message);
        throw error;
      });
      noteCopy(folder, target);
    },
    close() {
      database.close();
      lock.release();
    },
  };
}

function metaOnce(database: Connection, name: string, make: () => string): string {
  database.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)').run(name, make());
  return database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get(name) ?? '';
}

/**
 * Projections that an older program made are made again; the mark is written last, in the same transaction. A program without a
 * projector for the list of risks leaves the mark to the next one that has it.
 */
function projectOnce(database: Connection, risks: number | undefined, project: () => void): void {
  const mark = database.prepare<[], string>("SELECT value FROM meta WHERE name = 'projections'").pluck().get();
  const wanted = `${PROJECTIONS_VERSION}.${risks ?? 0}`;
  if (mark === wanted || (risks === undefined && mark?.startsWith(`${PROJECTIONS_VERSION}.`))) return;
  database.transaction(() => {
    project();
    database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('projections', ?)").run(wanted);
  })();
}

function backUpBeforeMigration(database: Connection, folder: string, from: number, to: number): void {
  const backups = join(folder, STORE_FILES.backups);
  makeFolder(backups);
  let file = join(backups, `before-${from}-to-${to}.db`);
  for (let again = 2; existsSync(file); again += 1) file = join(backups, `before-${from}-to-${to}-${again}.db`);
  database.prepare('VACUUM INTO ?').run(file);
}
