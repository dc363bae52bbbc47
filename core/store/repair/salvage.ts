import type { Connection } from '../database.ts';
import { type EntryBody, hashOf, parseBody, unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import type { RecordRow } from '../records.ts';
import { FORMER } from '../replica/identity.ts';

/** Where the journal of a backup ends: what is behind it is looked for in the damaged file. */
export interface End {
  readonly device: string;
  /** Of the whole journal, and of the device's own chain. */
  readonly position: number;
  readonly sequence: number;
}
/** An own entry that could be read, whole and as its hash says. */
export interface SalvagedEntry {
  readonly sequence: number;
  readonly hash: string;
  readonly row: JournalRow;
  readonly body: EntryBody;
}
/** An own entry that is known to have been there and can not be read. */
export interface MissingEntry {
  readonly sequence: number;
  /** When it was made, where its id can still be read; milliseconds. */
  readonly at: number | null;
  /** What it changed, where that can still be read: `policy 018f…`. */
  readonly records: readonly string[];
}
export interface SalvagedKey {
  readonly id: string;
  readonly person: string;
  /** Null: the person was erased. */
  readonly key: Uint8Array | null;
  readonly position: number | null;
}
export interface Salvaged {
  /** In order of the device's chain. */
  readonly entries: readonly SalvagedEntry[];
  readonly missing: readonly MissingEntry[];
  /** Whether it is certain that there was nothing behind what is named. */
  readonly endKnown: boolean;
  readonly keys: readonly SalvagedKey[];
  /** Last sequence that is known to stand in the log of all devices. */
  readonly settled: number;
  /** The records that missing entries made, where they can be read. */
  readonly records: readonly RecordRow[];
}

/** So many places one after the other that can not be read are taken for the end, where nothing says where it is. */
const PATIENCE = 2_000;

/** What of a damaged database can still be read behind the end of a backup (SPEC J62). Changes nothing. */
export function salvage(database: Connection, end: End, hasKey: (id: string) => boolean): Salvaged {
  const rowAt = database.prepare<[number], JournalRow>('SELECT * FROM journal WHERE position = ?');
  const isOwn = (device: string): boolean => device === end.device || device === `${end.device}${FORMER}`;
  const indexed = sequenceIndex(database, end, isOwn);
  const keys = [...places(database, 'person_key', 0)].flatMap((rowid): SalvagedKey[] => {
    const row = attempt(() =>
      database
        .prepare<[number], SalvagedKey>('SELECT id, person, key, position FROM person_key WHERE rowid = ?')
        .get(rowid),
    );
    return row ? [row] : [];
  });
  const known = new Set(keys.map(({ id }) => id));
  const entries = new Map<number, SalvagedEntry>();
  for (const position of places(database, 'journal', end.position)) {
    const row = attempt(() => rowAt.get(position));
    if (!row || !isOwn(row.device) || row.seen === null) continue;
    const entry = attempt(() => readable(row, (id) => known.has(id) || hasKey(id)));
    if (entry) entries.set(entry.sequence, entry);
  }
  const last = Math.max(end.sequence, ...entries.keys(), ...indexed.positions.keys());
  const times = timesOf(database);
  const missing: MissingEntry[] = [];
  for (let sequence = end.sequence + 1; sequence <= last; sequence += 1) {
    if (entries.has(sequence)) continue;
    const position = indexed.positions.get(sequence);
    const at = position === undefined ? null : (times.get(position) ?? null);
    missing.push({ sequence, at, records: position === undefined ? [] : changedAt(database, position) });
  }
  const settled = attempt(() => database.prepare<[], number>('SELECT settled FROM replica').pluck().get()) ?? 0;
  return {
    entries: [...entries.values()].sort((a, b) => a.sequence - b.sequence),
    missing,
    endKnown: indexed.whole && isOwn(identityOf(database) ?? end.device),
    keys,
    settled,
    records: missing.flatMap(({ records }) => records.flatMap((name) => recordOf(database, name))),
  };
}

/** The entry, if it is what its hash says and every key that it is sealed with is there. */
function readable(row: JournalRow, hasKey: (id: string) => boolean): SalvagedEntry | undefined {
  const text = unpacked(row.body);
  const body = parseBody(text);
  const { sequence, hash } = row;
  const seals = [body.argumentsSeal, ...body.changes.map(({ seal }) => seal)];
  const whole = hashOf(text) === hash && body.sequence === sequence && body.id === row.id;
  return whole && seals.every((seal) => !seal || hasKey(seal.key)) ? { sequence, hash, row, body } : undefined;
}

/** Where each own sequence stands, as the index says: it may be readable where the entries are not. */
function sequenceIndex(
  database: Connection,
  { device, sequence: after }: End,
  isOwn: (device: string) => boolean,
): { readonly positions: ReadonlyMap<number, number>; readonly whole: boolean } {
  const positions = new Map<number, number>();
  const read = (order: 'ASC' | 'DESC'): boolean => {
    const rows = database.prepare<[string, string, number], { device: string; sequence: number; position: number }>(
      `SELECT device, sequence, position FROM journal INDEXED BY sqlite_autoindex_journal_2
       WHERE device IN (?, ?) AND sequence > ? ORDER BY device ${order}, sequence ${order}`,
    );
    return (
      attempt(() => {
        for (const row of rows.iterate(device, `${device}${FORMER}`, after))
          if (isOwn(row.device)) positions.set(row.sequence, row.position);
        return true;
      }) ?? false
    );
  };
  const whole = attempt(() => read('ASC')) ?? false;
  if (!whole) attempt(() => read('DESC'));
  return { positions, whole };
}

/** Every place of a table behind one, whether it can be read or not. */
function* places(database: Connection, table: 'journal' | 'person_key', after: number): Generator<number> {
  const at = attempt(() => database.prepare<[number], number>(`SELECT 1 FROM ${table} WHERE rowid = ?`).pluck());
  if (!at) return;
  const tops = [`SELECT max(rowid) FROM ${table}`, 'SELECT max(position) FROM journal_change'];
  const last = attempt(() =>
    database
      .prepare<[], number>(tops[0] ?? '')
      .pluck()
      .get(),
  );
  const least =
    table === 'journal'
      ? attempt(() =>
          database
            .prepare<[], number>(tops[1] ?? '')
            .pluck()
            .get(),
        )
      : 0;
  let nothing = 0;
  for (
    let place = after + 1;
    last === undefined ? nothing < PATIENCE || place <= (least ?? 0) : place <= last;
    place += 1
  ) {
    nothing = attempt(() => at.get(place)) === undefined ? nothing + 1 : 0;
    yield place;
  }
}

/** When entries were made, by position: an id begins with its millisecond (UUID v7). */
function timesOf(database: Connection): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const order of ['ASC', 'DESC'])
    attempt(() => {
      const rows = database.prepare<[], { id: string; position: number }>(
        `SELECT id, position FROM journal INDEXED BY sqlite_autoindex_journal_1 ORDER BY id ${order}`,
      );
      for (const { id, position } of rows.iterate())
        times.set(position, Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
    });
  return times;
}

/** The identity of the store, where it can be read. */
export function identityOf(database: Connection): string | undefined {
  const device = attempt(() =>
    database.prepare<[], string>("SELECT value FROM meta WHERE name = 'device'").pluck().get(),
  );
  return device?.replace(/~$/, '');
}

function changedAt(database: Connection, position: number): readonly string[] {
  const rows = attempt(() =>
    database
      .prepare<[number], { type: string; locator: string }>(
        'SELECT type, locator FROM journal_change WHERE position = ?',
      )
      .all(position),
  );
  return (rows ?? []).map(({ type, locator }) => `${type} ${locator}`);
}

function recordOf(database: Connection, name: string): RecordRow[] {
  const [type = '', locator = ''] = name.split(' ');
  const row = attempt(() =>
    database
      .prepare<[string, string], RecordRow>('SELECT * FROM record WHERE type = ? AND locator = ?')
      .get(type, locator),
  );
  return row ? [row] : [];
}

/** Undefined where it can not be read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
