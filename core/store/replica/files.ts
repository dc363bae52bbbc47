import type { JsonValue } from '#core/model/json.ts';
import type { Connection } from '../database.ts';
import type { JournalRow } from '../journal.ts';
import { bodyOf } from './fold.ts';
import type { FilesBehind } from './replication-contract.ts';

/** @param position of this store's journal, not of the log */
export function filesBehind(database: Connection, position: number, entries: number): FilesBehind {
  const rows = database
    .prepare<[number, number], JournalRow>('SELECT * FROM journal WHERE position > ? ORDER BY position LIMIT ?')
    .all(position, entries);
  const files = new Map<string, boolean>();
  for (const row of rows) {
    const found = new Set<string>();
    for (const { record } of bodyOf(row)?.changes ?? []) blobsIn(record, found);
    for (const hash of found) files.set(hash, row.seen !== null);
  }
  return {
    files: [...files].map(([hash, own]) => ({ hash, own })),
    position: rows.at(-1)?.position ?? position,
    more: rows.length === entries,
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
