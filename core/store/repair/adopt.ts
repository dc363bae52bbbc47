import { canonicalJson } from '#core/model/json.ts';
import type { RecordType } from '../contract.ts';
import type { Connection } from '../database.ts';
import { type BodyChange, type EntryBody, hashOf, NO_HASH, packed } from '../entry.ts';
import { stateTable } from '../replica/state.ts';
import type { End, Salvaged, SalvagedEntry, SalvagedKey } from './salvage.ts';

/** Where the journal of a database ends. */
export function endOf(database: Connection): End & { readonly hash: string } {
  const device = database.prepare<[], string>("SELECT value FROM meta WHERE name = 'device'").pluck().get() ?? '';
  const last = database
    .prepare<[string], { sequence: number; hash: string }>(
      'SELECT sequence, hash FROM journal WHERE device = ? ORDER BY sequence DESC LIMIT 1',
    )
    .get(device);
  const position = database.prepare<[], number>('SELECT coalesce(max(position), 0) FROM journal').pluck().get() ?? 0;
  return { device, position, sequence: last?.sequence ?? 0, hash: last?.hash ?? NO_HASH };
}

/**
 * Puts what was salvaged behind the journal of a backup, in one transaction; records are to be made again from it. What continues the
 * chain stands verbatim. Behind a gap a store with a cloud keeps entries verbatim too: the log may hold what is missing, and
 * the new identity journals again what it does not (core/sync/SPEC.md SY11). A stand-alone store has nobody to ask: there they are
 * journaled again here, each change made from what is there now; the records in it are whole.
 * @returns the persons that were erased meanwhile
 */
export function adopt(database: Connection, { entries, keys }: Salvaged): readonly string[] {
  const enrolled = stateTable(database).read() !== undefined;
  const end = endOf(database);
  const insert = database.prepare(
    `INSERT INTO journal (position, id, device, sequence, hash, body, seen, bases)
     VALUES (@position, @id, @device, @sequence, @hash, @body, @seen, @bases)`,
  );
  const versions = versionsIn(database);
  const erased = new Set<string>();
  database.transaction(() => {
    takeKeys(database, keys);
    let head = { sequence: end.sequence, hash: end.hash };
    let { position } = end;
    for (const entry of entries) {
      position += 1;
      const verbatim =
        enrolled ||
        (entry.sequence === head.sequence + 1 && entry.body.previousHash === head.hash && versions.follow(entry.body));
      const next = verbatim ? entry : again(entry, head, versions);
      const { sequence, hash, body } = next;
      const { id, seen, bases } = entry.row;
      const packedBody = verbatim ? entry.row.body : packed(canonicalJson({ ...body }));
      insert.run({ position, id, device: end.device, sequence, hash, body: packedBody, seen: seen ?? 0, bases });
      versions.take(body.changes);
      head = { sequence, hash };
      if (body.command === 'person.erase') erased.add(String(body.arguments.person));
    }
    for (const person of erased) database.prepare('UPDATE person_key SET key = NULL WHERE person = ?').run(person);
  })();
  return [...erased];
}

/** The entry as one that continues what is there. */
function again(
  { body }: SalvagedEntry,
  head: { readonly sequence: number; readonly hash: string },
  versions: Versions,
): Pick<SalvagedEntry, 'sequence' | 'hash' | 'body'> {
  const sequence = head.sequence + 1;
  const changes = body.changes.map((change): BodyChange => {
    const base = versions.of(change);
    return { ...change, base, version: base + 1 };
  });
  const made: EntryBody = { ...body, sequence, previousHash: head.hash, changes };
  return { sequence, hash: hashOf(canonicalJson({ ...made })), body: made };
}

interface Versions {
  of(key: { readonly type: RecordType; readonly locator: string }): number;
  /** Whether every change of an entry was made from what is there. */
  follow(body: EntryBody): boolean;
  take(changes: readonly BodyChange[]): void;
}

/** Versions of records, as the entries that are adopted leave them. */
function versionsIn(database: Connection): Versions {
  const standing = database
    .prepare<[string, string], number>('SELECT version FROM record WHERE type = ? AND locator = ?')
    .pluck();
  const adopted = new Map<string, number>();
  const of: Versions['of'] = ({ type, locator }) =>
    adopted.get(`${type} ${locator}`) ?? standing.get(type, locator) ?? 0;
  return {
    of,
    follow: ({ changes }) => changes.every((change) => change.base === of(change)),
    take(changes) {
      for (const { type, locator, version } of changes) adopted.set(`${type} ${locator}`, version);
    },
  };
}

/** What was erased meanwhile stays erased. */
function takeKeys(database: Connection, keys: readonly SalvagedKey[]): void {
  const insert = database.prepare('INSERT OR IGNORE INTO person_key (id, person, key, position) VALUES (?, ?, ?, ?)');
  const erase = database.prepare('UPDATE person_key SET key = NULL WHERE id = ?');
  for (const { id, person, key, position } of keys) {
    // The entry that was the first to use it may stand elsewhere now: it is looked up when it is sent.
    insert.run(id, person, key, position === 0 ? 0 : null);
    if (key === null) erase.run(id);
  }
}
