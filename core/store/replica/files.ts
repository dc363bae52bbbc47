import type { JsonValue } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import { unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import { bodyIn } from './fold.ts';
import type { WaitingFiles } from './replication-contract.ts';

/** Place of this store's journal up to which it was looked for files; whether what the first fetch brought was looked at. */
const LOOKED = 'replica.files';
const LOOKED_FIRST = 'replica.files-first';
/** Records that name files: those of the first fetch stand in no entry. */
const FETCHED = `SELECT record FROM record WHERE type IN ('document', 'media') AND updated = 0 AND record IS NOT NULL
   ORDER BY locator DESC`;

/** How far a store has looked for files, and what it noted. */
export function readWaiting(database: Connection): {
  /** Position of the journal; 0: nowhere. */
  readonly looked: number;
  readonly lookedFirst: boolean;
  readonly waiting: ReadonlySet<string>;
} {
  const kept = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'waiting_file'").get() !== undefined;
  // A backup of an older program, which kept nothing of this.
  if (!kept) return { looked: 0, lookedFirst: false, waiting: new Set() };
  const meta = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  return {
    looked: Number(meta.get(LOOKED) ?? 0),
    lookedFirst: meta.get(LOOKED_FIRST) !== undefined,
    waiting: new Set(database.prepare<[], string>('SELECT hash FROM waiting_file').pluck().all()),
  };
}

/** The files of what the first fetch brought, newest first. */
export function fetchedFiles(database: Connection): ReadonlySet<string> {
  const found = new Set<string>();
  for (const record of database.prepare<[], string>(FETCHED).pluck().iterate())
    blobsIn(JSON.parse(record) as JsonValue, found);
  return found;
}

export function waitingFiles(database: Connection): WaitingFiles {
  const rows = database.prepare<[number, number], JournalRow>(
    'SELECT * FROM journal WHERE position > ? ORDER BY position LIMIT ?',
  );
  const meta = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const setMeta = database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const count = database.prepare<[], { own: number; others: number }>(
    'SELECT coalesce(sum(own), 0) AS own, count(*) - coalesce(sum(own), 0) AS others FROM waiting_file',
  );
  const add = database.prepare(
    `INSERT INTO waiting_file (hash, own) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET own = max(own, excluded.own), due = 0`,
  );
  const due = database.prepare<[number, number], { hash: string; own: number; tries: number }>(
    'SELECT hash, own, tries FROM waiting_file WHERE due <= ? ORDER BY due, id LIMIT ?',
  );
  const remove = database.prepare('DELETE FROM waiting_file WHERE hash = ?');
  const later = database.prepare('UPDATE waiting_file SET tries = tries + 1, due = ? WHERE hash = ?');
  const now = database.prepare('UPDATE waiting_file SET due = 0 WHERE hash = ?');
  const note = database.transaction((files: readonly (readonly [string, boolean])[], name: string, value: string) => {
    for (const [hash, own] of files) add.run(hash, own ? 1 : 0);
    setMeta.run(name, value);
  });

  return {
    counts: () => count.get() ?? { own: 0, others: 0 },
    async look(entries, has) {
      const first = meta.get(LOOKED_FIRST) === undefined;
      const next = first ? [] : rows.all(Number(meta.get(LOOKED) ?? 0), entries);
      const named = new Map<string, boolean>();
      if (first) for (const hash of fetchedFiles(database)) named.set(hash, false);
      for (const row of next) {
        const text = unpacked(row.body);
        // Nearly no entry names a file: its canonical text tells that at once.
        if (!text.includes('"blob":')) continue;
        const found = new Set<string>();
        for (const { record } of bodyIn(text)?.changes ?? []) blobsIn(record, found);
        for (const hash of found) named.set(hash, row.seen !== null || named.get(hash) === true);
      }
      const wait: (readonly [string, boolean])[] = [];
      for (const [hash, own] of named) {
        const here = await has(hash);
        if (own || !here) wait.push([hash, here]);
      }
      const last = next.at(-1);
      if (first) note.immediate(wait, LOOKED_FIRST, 'done');
      else if (last) note.immediate(wait, LOOKED, String(last.position));
      return first || next.length === entries;
    },
    due: (at, limit) => due.all(at, limit).map(({ own, ...file }) => ({ ...file, own: own === 1 })),
    crossed: (hash) => void remove.run(hash),
    later: (hash, at) => void later.run(at, hash),
    wanted: (hash) => now.run(hash).changes > 0,
  };
}

/** The hashes in members called `blob` (J19). */
export function blobsIn(value: JsonValue | undefined, found: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'blob') for (const hash of [member].flat()) if (typeof hash === 'string') found.add(hash);
    blobsIn(member, found);
  }
}
