import { Problem } from '#core/model/problem.ts';
import type { Connection } from '../database.ts';
import type { ConfirmedTable } from './confirmed.ts';
import type { RecordKey } from './contract.ts';
import { isReplicated } from './scope.ts';
import type { StateTable } from './state.ts';

/** What a store with a cloud keeps of each commit, inside its transaction (SPEC J51). */
export interface ReplicaCommits {
  /** Asked before the records are written. @returns the entry's columns; those of a stand-alone store say nothing */
  beforeCommit(changes: readonly RecordKey[]): { readonly seen: number; readonly bases: string | null };
  /** The person's words must not stay behind in the log's versions either. */
  emptyConfirmed(person: string): void;
}

export function replicaCommits(database: Connection, state: StateTable, confirmed: ConfirmedTable): ReplicaCommits {
  const etag = database
    .prepare<[string, string], string>(
      `SELECT coalesce(r.etag, j.id) FROM record r LEFT JOIN journal j ON j.position = r.updated
       WHERE r.type = ? AND r.locator = ?`,
    )
    .pluck();
  const parked = database
    .prepare<[string, string], number>('SELECT 1 FROM parked WHERE type = ? AND locator = ? LIMIT 1')
    .pluck();

  return {
    beforeCommit(changes) {
      const standing = state.read();
      if (!standing) return { seen: 0, bases: null };
      const bases = changes.map((change) => {
        const { type, locator } = change;
        if (!isReplicated(change)) return null;
        if (parked.get(type, locator) !== undefined) throw awaitsUpdate(change);
        const base = etag.get(type, locator) ?? null;
        confirmed.keepShown(change);
        return base;
      });
      return { seen: standing.position, bases: JSON.stringify(bases) };
    },
    emptyConfirmed: (person) => confirmed.empty(person),
  };
}

function awaitsUpdate({ type, locator }: RecordKey): Problem {
  return new Problem(
    'store-from-the-future',
    `${type} ${locator} was changed by a newer Fieldwriter on another computer, which this one can not read: nothing was saved. Update Fieldwriter, then it is shown and can be changed again.`,
    { place: { locator } },
  );
}
