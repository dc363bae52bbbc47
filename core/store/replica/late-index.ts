import type { Connection } from '../database.ts';
import type { RecordRow, Records } from '../records.ts';
import { type Risks, readerOver } from '../risks.ts';
import type { StateTable } from './state.ts';

/**
 * Words and rows of the list of risks of what came in large numbers, with the first fetch or after a long absence, made behind it (SPEC
 * J66): they take longer than the records.
 */
export interface LateIndex {
  /** Records that come from now on without words are indexed later. */
  begin(): void;
  /** Indexes the next records, newest first; runs inside the transaction of the caller. @returns whether there is more to do now */
  some(): boolean;
  /** Records whose turn has not come; 0: everything is found. */
  left(): number;
}
/** Rows of `record` in the order in which they came: newest first, after those that were here before. */
interface Place {
  /** The last row that was here before. */
  readonly start: number;
  /** The last row that is indexed. */
  readonly done: number;
}

const MARK = 'replica.unindexed';
/** Records of one transaction: the workbench does not answer meanwhile. */
const SLICE = 100;
/** The newest work is found while the rest still comes. */
const NEWEST = 500;

export function lateIndex(database: Connection, records: Records, risks: Risks, state: StateTable): LateIndex {
  const read = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const write = database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM meta WHERE name = ?');
  const last = database.prepare<[], number>('SELECT coalesce(max(id), 0) FROM record').pluck();
  const next = database.prepare<[number, number], RecordRow & { readonly id: number }>(
    'SELECT * FROM record WHERE id > ? ORDER BY id LIMIT ?',
  );
  const place = (): Place | undefined => {
    const text = read.get(MARK);
    return text === undefined ? undefined : (JSON.parse(text) as Place);
  };

  return {
    begin() {
      if (place()) return;
      const start = last.get() ?? 0;
      write.run(MARK, JSON.stringify({ start, done: start }));
    },
    some() {
      const now = place();
      if (!now) return false;
      const fetching = (state.read()?.snapshot ?? null) !== null;
      if (fetching && now.done - now.start >= NEWEST) return false;
      const rows = next.all(now.done, SLICE).map(({ id, ...row }) => {
        return { id, type: row.type, locator: row.locator, record: records.valueOf(row) };
      });
      // What is read here is not read again for the rows of the list, which are made from records that came together.
      const reader = readerOver(rows, records);
      const policies = new Set<string>();
      for (const { id, ...row } of rows) {
        records.addWords(id, row.type, row.record);
        if (row.record) for (const policy of risks.concerned([row], reader)) policies.add(policy);
      }
      risks.refresh(policies, reader);
      const end = rows.at(-1);
      if (end) write.run(MARK, JSON.stringify({ ...now, done: end.id }));
      if (rows.length === SLICE) return true;
      if (!fetching) remove.run(MARK);
      return false;
    },
    left() {
      const now = place();
      return now ? Math.max(0, (last.get() ?? 0) - now.done) : 0;
    },
  };
}
