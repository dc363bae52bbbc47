import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { canonicalJson } from '#core/model/json.ts';
import { blobReader } from './blobs.ts';
import type { VerifyReport } from './contract.ts';
import { type Connection, openDatabase } from './database.ts';
import { type BodyChange, type EntryBody, hashOf, isCanonical, parseBody, unpacked } from './entry.ts';
import { STORE_FILES } from './folder.ts';
import { type JournalRow, journalRows, openArguments, openRecord } from './journal.ts';
import { type PersonReader, personReader } from './personal.ts';
import type { RecordRow } from './records.ts';
import { checkReplicated } from './replica/check.ts';
import { blobsIn, fetchedFiles, readWaiting } from './replica/files.ts';
import { bodyOf } from './replica/fold.ts';
import { FORMER } from './replica/identity.ts';
import { stateTable } from './replica/state.ts';
import { type Chains, chainsInOrder, chainsInPieces } from './verify-chains.ts';

const MOST_FAULTS = 1_000;
/** Entries between two breaths, so that the process goes on answering. */
const BREATH = 100;

/** Collects damages, each one sentence with its place; a store that is broken all over is not listed to the end. */
interface Faults {
  readonly list: readonly string[];
  add(sentence: string): void;
}

/**
 * Proves the store of a folder against its own journal (J27): reads everything through a connection of its own, in one snapshot,
 * so that it is safe while the store is in use.
 * @param options `blobs: false`: the folder has a database alone
 */
export async function verify(
  folder: string,
  key: Uint8Array,
  options: { readonly blobs?: boolean } = {},
): Promise<VerifyReport> {
  const faults = collectFaults();
  const database = openDatabase(join(folder, STORE_FILES.database), key);
  try {
    database.pragma('query_only = ON');
    database.exec('BEGIN');
    await attempt(faults, 'The database', () => checkPages(database, faults));
    const blobs = (await attempt(faults, 'The list of files', () => namedBlobs(database))) ?? noBlobs();
    const entries = await attempt(faults, 'The journal', () => checkJournal(database, blobs, faults));
    const files = join(folder, STORE_FILES.blobs);
    const notFetched =
      options.blobs === false ? 0 : await attempt(faults, 'The blobs', () => checkBlobs(files, key, blobs, faults));
    return {
      ok: faults.list.length === 0,
      entries: entries?.entries ?? 0,
      records: entries?.records ?? 0,
      blobs: blobs.all.size,
      notFetched: notFetched ?? 0,
      faults: faults.list,
    };
  } finally {
    database.close();
  }
}

function checkPages(database: Connection, faults: Faults): void {
  const found = database.pragma(`integrity_check(${MOST_FAULTS})`) as readonly { integrity_check: string }[];
  for (const { integrity_check: text } of found) if (text !== 'ok') faults.add(`The database is damaged: ${text}.`);
}

/** The files that a store names. */
interface NamedBlobs {
  readonly all: Set<string>;
  /** Those that may be elsewhere still. */
  readonly elsewhere: Set<string>;
  /** What entries of other devices behind this position name was not asked for yet. */
  readonly looked: number;
}
function noBlobs(): NamedBlobs {
  return { all: new Set(), elsewhere: new Set(), looked: 0 };
}
function namedBlobs(database: Connection): NamedBlobs {
  const { looked, lookedFirst, waiting } = readWaiting(database);
  const fetched = fetchedFiles(database);
  return { all: new Set(fetched), elsewhere: new Set(lookedFirst ? waiting : [...waiting, ...fetched]), looked };
}

/** Goes through the journal once: every entry, its place in the chain, and the records that it left behind. */
async function checkJournal(
  database: Connection,
  blobs: NamedBlobs,
  faults: Faults,
): Promise<{ entries: number; records: number }> {
  const keys = personReader(database);
  const replica = stateTable(database).read();
  const check = replica ? undefined : recordChecks(database, keys, faults);
  // Of other devices a store that fetched the heads of a log has the entries behind that.
  const begunLater = replica !== undefined && replica.baseline > 0;
  const chains = replica ? chainsInPieces(begunLater, faults) : chainsInOrder(faults);
  let position = 0;
  for (const row of journalRows(database, 0)) {
    if (row.position !== position + 1)
      faults.add(`Positions ${position + 1} to ${row.position - 1} of the journal are missing.`);
    position = row.position;
    if (position % BREATH === 0) await setImmediate();
    const body = checkEntry(row, chains, faults);
    if (!body) continue;
    tryOpen(() => openArguments(body, keys), placeOf(row), faults);
    for (const change of body.changes) {
      check?.change(change, row);
      blobsIn(change.record, blobs.all);
      if (row.seen === null && row.position > blobs.looked) blobsIn(change.record, blobs.elsewhere);
    }
  }
  chains.end();
  return { entries: position, records: check ? check.finish() : checkReplicated(database, keys, faults) };
}

/** One entry against its hash and the entry before it. @returns undefined when it cannot be read */
function checkEntry(row: JournalRow, chains: Chains, faults: Faults): EntryBody | undefined {
  const place = placeOf(row);
  const text = tryOpen(() => unpacked(row.body), place, faults);
  if (text !== undefined && hashOf(text) !== row.hash)
    faults.add(`${place} was changed: its text does not give its hash.`);
  // What came from another device may be a newer program's.
  const read = row.seen === null ? () => bodyOf(row) : () => text && parseBody(text);
  const body = text === undefined ? undefined : tryOpen(read, place, faults);
  chains.next(row, body ? body.previousHash : undefined, place);
  if (text === undefined || !body) return undefined;
  if (body.id !== row.id || !isOf(body.device, row.device) || body.sequence !== row.sequence) {
    faults.add(`${place} stands under another id, device or sequence than its text says.`);
  }
  if (!isCanonical(text)) faults.add(`${place} is not in canonical form.`);
  return body;
}

/** What stands aside stands under the device's name with a sign behind it, one for each time. */
function isOf(device: string, row: string): boolean {
  return row.startsWith(device) && row.slice(device.length).replaceAll(FORMER, '') === '';
}

/** Compares records with what the journal says of them; `finish` finds those it says nothing of. */
function recordChecks(
  database: Connection,
  keys: PersonReader,
  faults: Faults,
): { change(change: BodyChange, row: JournalRow): void; finish(): number } {
  const get = database.prepare<[string, string], RecordRow>('SELECT * FROM record WHERE type = ? AND locator = ?');
  const indexed = database
    .prepare<[string, string, number], number>(
      'SELECT version FROM journal_change WHERE type = ? AND locator = ? AND position = ?',
    )
    .pluck();
  const count = database.prepare<[], number>('SELECT count(*) FROM journal_change').pluck();
  const versions = database.prepare<[], Pick<RecordRow, 'type' | 'locator' | 'version'>>(
    'SELECT type, locator, version FROM record',
  );
  const last = new Map<string, number>();
  let changes = 0;

  return {
    change(change, row) {
      const name = `${change.type} ${change.locator}`;
      const place = `${placeOf(row)}: ${name}`;
      changes += 1;
      if (change.base !== (last.get(name) ?? 0) || change.version !== change.base + 1) {
        faults.add(
          `${place} goes from version ${change.base} to ${change.version}, the journal before it from ${last.get(name) ?? 0}.`,
        );
      }
      last.set(name, change.version);
      if (indexed.get(change.type, change.locator, row.position) !== change.version) {
        faults.add(`${place} version ${change.version} is missing in the index of changes; a rebuild mends it.`);
      }
      const record = tryOpen(() => ({ value: openRecord(change, keys) }), place, faults);
      const stored = get.get(change.type, change.locator);
      if (!record || stored?.version !== change.version) return;
      const text = record.value === null ? null : canonicalJson(record.value);
      const same =
        stored.record === text &&
        stored.schema === change.schema &&
        stored.updated === row.position &&
        stored.person === (change.seal?.person ?? null) &&
        stored.personal === (change.seal ? JSON.stringify(change.seal.paths) : null);
      if (!same) faults.add(`${name} differs from version ${change.version} in the journal; a rebuild mends it.`);
    },
    finish() {
      if (count.get() !== changes)
        faults.add('The index of changes holds lines that the journal does not; a rebuild mends it.');
      let records = 0;
      for (const { type, locator, version } of versions.all()) {
        records += 1;
        const name = `${type} ${locator}`;
        const known = last.get(name);
        if (known === undefined) faults.add(`${name} is in no entry of the journal.`);
        else if (known !== version)
          faults.add(`${name} is at version ${version}, in the journal at ${known}; a rebuild mends it.`);
        last.delete(name);
      }
      for (const name of last.keys())
        faults.add(`${name} is in the journal but not among the records; a rebuild mends it.`);
      return records;
    },
  };
}

/** @returns how many have not come from other devices yet */
async function checkBlobs(folder: string, key: Uint8Array, blobs: NamedBlobs, faults: Faults): Promise<number> {
  const read = blobReader(folder, key);
  let notFetched = 0;
  for (const hash of blobs.all) {
    try {
      if (await read(hash)) continue;
      if (blobs.elsewhere.has(hash)) notFetched += 1;
      else faults.add(`The blob ${hash} is missing.`);
    } catch (error) {
      faults.add(messageOf(error));
    }
  }
  return notFetched;
}

function placeOf(row: JournalRow): string {
  return `Journal entry ${row.sequence} (position ${row.position}, ${row.id})`;
}

function tryOpen<T>(work: () => T, place: string, faults: Faults): T | undefined {
  try {
    return work();
  } catch (error) {
    faults.add(`${place} cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** A part that cannot be read at all is a fault too; the other parts are still looked at. */
async function attempt<T>(faults: Faults, what: string, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    faults.add(`${what} cannot be read to the end: ${messageOf(error)}`);
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function collectFaults(): Faults {
  const list: string[] = [];
  return {
    list,
    add(sentence) {
      if (list.length < MOST_FAULTS) list.push(sentence);
      else if (list.length === MOST_FAULTS)
        list.push(`There are more than ${MOST_FAULTS} faults; the rest is left out.`);
    },
  };
}
