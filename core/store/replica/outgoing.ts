import type { Connection } from '../database.ts';
import { type EntryBody, parseBody, unpacked } from '../entry.ts';
import { type JournalRow, openEntry } from '../journal.ts';
import type { PersonReader } from '../personal.ts';
import type { RecordKey } from './contract.ts';
import type { LoggedEntry, OutgoingEntry, PersonKey } from './replication-contract.ts';
import { isReplicated } from './scope.ts';

/** What waits in the journal, as it is sent and as it is shown (SPEC J51). */
export interface Outgoing {
  pending(device: string, after: number, mostEntries: number, mostBytes: number): readonly OutgoingEntry[];
  waiting(device: string, settled: number, limit: number): readonly LoggedEntry[];
  logged(row: JournalRow): LoggedEntry;
  /** Of the entries behind a sequence, as they are sent. */
  bytes(device: string, after: number): number;
}

export function outgoing(database: Connection, keys: PersonReader): Outgoing {
  const next = database.prepare<[string, number, number], JournalRow>(
    'SELECT * FROM journal WHERE device = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  );
  const bytes = database
    .prepare<[string, number], number>(
      'SELECT coalesce(sum(length(body)), 0) FROM journal WHERE device = ? AND sequence > ?',
    )
    .pluck();
  const before = database
    .prepare<[string, string, number], string>(
      `SELECT j.id FROM journal_change c JOIN journal j ON j.position = c.position
       WHERE c.type = ? AND c.locator = ? AND c.position < ? ORDER BY c.position DESC LIMIT 1`,
    )
    .pluck();
  const unassigned = database.prepare<[], number>('SELECT 1 FROM person_key WHERE position IS NULL LIMIT 1').pluck();
  const assign = database.prepare('UPDATE person_key SET position = ? WHERE id = ? AND position IS NULL');
  const first = database.prepare<[number], { id: string; person: string; key: Buffer | null }>(
    'SELECT id, person, key FROM person_key WHERE position = ? ORDER BY id',
  );

  /** The journal of a store that was enrolled later says by itself what each change was made from. */
  function basesOf(row: JournalRow, body: () => EntryBody): readonly (string | null)[] {
    if (row.bases !== null) return JSON.parse(row.bases) as (string | null)[];
    const from = (key: RecordKey): string | null =>
      isReplicated(key) ? (before.get(key.type, key.locator, row.position) ?? null) : null;
    return body().changes.map(from);
  }

  /** The keys that this entry is the first to use: looked up when it is sent, so that a commit does not have to. */
  function firstKeys(row: JournalRow, body: () => EntryBody): readonly PersonKey[] {
    if (unassigned.get() !== undefined) {
      const { argumentsSeal, changes } = body();
      for (const seal of [argumentsSeal, ...changes.map((change) => change.seal)])
        if (seal) assign.run(row.position, seal.key);
    }
    return first.all(row.position).map(({ id, person, key }) => ({ id, person, key: key?.toString('base64') ?? '' }));
  }

  function logged(row: JournalRow): LoggedEntry {
    const body = (): EntryBody => parseBody(unpacked(row.body));
    const { log_position: logPosition, lost: lostAt, outcome } = row;
    return { ...openEntry(row, keys), bases: basesOf(row, body), logPosition, lostAt, outcome, bytes: row.body.length };
  }

  return {
    pending: database.transaction((device: string, after: number, mostEntries: number, mostBytes: number) => {
      const entries: OutgoingEntry[] = [];
      let bytes = 0;
      for (const row of next.all(device, after, mostEntries)) {
        bytes += row.body.length;
        if (entries.length > 0 && bytes > mostBytes) break;
        const { sequence, id, hash, seen, lost } = row;
        const body = once(() => parseBody(unpacked(row.body)));
        const bases = basesOf(row, body);
        const keysOfIt = firstKeys(row, body);
        const out = { sequence, id, hash, seen: seen ?? 0, bases, keys: keysOfIt, body: row.body };
        entries.push(lost === null ? out : { ...out, again: true });
      }
      return entries;
    }),
    waiting: (device, settled, limit) => next.all(device, settled, limit).map(logged),
    logged,
    bytes: (device, after) => bytes.get(device, after) ?? 0,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
