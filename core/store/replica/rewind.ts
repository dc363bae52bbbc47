import type { Connection } from '../database.ts';
import { parseBody, unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import { project } from '../rebuild.ts';
import type { RecordKey } from './contract.ts';
import { effectsOf } from './effects.ts';
import { bodyOf, fold, loggedRows, parkedTable } from './fold.ts';
import { becoming, FORMER } from './identity.ts';
import type { Target } from './incoming.ts';
import type { Rewound } from './replication-contract.ts';
import { isReplicated } from './scope.ts';
import type { SnapshotPlace } from './snapshot.ts';
import type { ReplicaState } from './state.ts';

/**
 * Goes back to a position of the log, because the cloud lost what stood behind it (SPEC J67), in the transaction of the caller. The text
 * of every entry stays in the journal where it stands: what this device made waits again, what others made stands aside. Records are
 * made again from what is left. What that does not give is fetched again, as the heads of this position: everything where the first
 * fetch was of a later one, else what it had brought of records that were changed since.
 * @returns undefined: it had met nothing of what was lost
 */
export function rewind(position: number, target: Target): Rewound | undefined {
  const { database, state, records, risks, keys, confirmed } = target;
  const standing = state.read();
  // The cloud may have lost files all the same: they are offered once more.
  database.exec("DELETE FROM meta WHERE name = 'replica.files'");
  if (!standing || (standing.position <= position && fetchedAt(standing) <= position)) return undefined;
  const current = target.device();
  const mine = becoming(database, current)?.formerly ?? current;
  const rows = database
    .prepare<[number], JournalRow>('SELECT * FROM journal WHERE log_position > ? ORDER BY position')
    .all(position);
  const waitsAgain = database.prepare(
    `UPDATE journal SET device = ?, lost = log_position, log_position = NULL, outcome = NULL, effects = NULL WHERE position = ?`,
  );
  const standsAside = database.prepare(
    `UPDATE journal SET device = ?, lost = iif(?, log_position, NULL), log_position = NULL,
       outcome = coalesce(outcome, 'accepted') WHERE position = ?`,
  );
  const taken = database.prepare<[string, number], number>('SELECT 1 FROM journal WHERE device = ? AND sequence = ?');
  const erased = new Set<string>();
  let again = 0;
  let lost = 0;
  const touched = new Map<string, RecordKey>();
  const made = new Set<string>();
  for (const row of rows) {
    for (const { type, locator, version } of effectsOf(row)) {
      const name = `${type} ${locator}`;
      touched.set(name, { type, locator });
      // Numbers rise: under the first one nothing was there before.
      if (version === 1) made.add(name);
    }
    if (row.seen !== null && row.device === mine) {
      // Under way to another identity, it waits where everything of the old one waits (core/sync/SPEC.md SY11).
      waitsAgain.run(current, row.position);
      again += 1;
      continue;
    }
    let name = `${row.device}${FORMER}`;
    // What stands aside is not among what a restored store has not journaled again yet.
    while (name === current || taken.get(name, row.sequence) !== undefined) name += FORMER;
    const body = bodyOf(row);
    // What a device did to itself alone is nobody's loss (core/sync/SPEC.md SY4).
    const isWork = !body || body.changes.some(isReplicated);
    standsAside.run(name, isWork ? 1 : 0, row.position);
    if (isWork) lost += 1;
    if (body?.command === 'person.erase') erased.add(String(body.arguments.person));
  }
  // What was seen behind it nobody has seen any more.
  database.prepare('UPDATE journal SET seen = ? WHERE seen > ? AND log_position IS NULL').run(position, position);
  database.prepare('DELETE FROM parked WHERE log_position > ?').run(position);
  const settled = database
    .prepare<[string], number>(
      'SELECT coalesce(max(sequence), 0) FROM journal WHERE device = ? AND log_position IS NOT NULL',
    )
    .pluck()
    .get(mine);
  const fetched = standing.snapshot === null && standing.baseline <= position;
  if (!fetched) database.exec('DELETE FROM record WHERE updated = 0; DELETE FROM confirmed WHERE updated = 0');
  state.write({
    position: Math.min(standing.position, position),
    settled: settled ?? 0,
    baseline: fetched ? standing.baseline : position,
    snapshot: fetched ? null : JSON.stringify({ at: position, done: 0 }),
  });
  sendKeysAlong(target, current);
  database.exec("DELETE FROM meta WHERE name = 'replica.unindexed'");
  fold(database, records, confirmed, keys);
  const isMissing = (key: RecordKey): boolean => {
    const kept = confirmed.get(key);
    return kept === 'none' || (kept === undefined && records.row(key.type, key.locator) === undefined);
  };
  const begun = state.read();
  if (
    begun &&
    fetched &&
    standing.baseline > 0 &&
    [...touched].some(([name, key]) => !made.has(name) && isMissing(key))
  ) {
    asFetched(database);
    state.write({ ...begun, baseline: position, snapshot: JSON.stringify({ at: position, done: 0 }) });
  }
  // What is fetched again may name other files.
  if (state.read()?.snapshot) database.exec("DELETE FROM meta WHERE name = 'replica.files-first'");
  project(records, risks);
  return { again, lost, erased: [...erased] };
}

/** What is here of the log stands from now on as if it had been fetched: the heads of one position are of one kind, however far they came. */
function asFetched(database: Connection): void {
  const parked = parkedTable(database);
  const updates = ['record', 'confirmed'].map((table) =>
    database.prepare(
      `UPDATE ${table} SET etag = coalesce(etag, ?), updated = 0 WHERE type = ? AND locator = ? AND updated = ?`,
    ),
  );
  for (const row of loggedRows(database))
    for (const effect of effectsOf(row))
      if (!parked(effect, row.log_position))
        for (const update of updates) update.run(row.id, effect.type, effect.locator, row.position);
}

/** The position of a first fetch that is not complete; 0: nothing came. Of what came in parts of a first page it is not known. */
function fetchedAt({ snapshot }: ReplicaState): number {
  if (snapshot === null) return 0;
  const { at, done } = JSON.parse(snapshot) as SnapshotPlace;
  return at ?? (done > 0 ? Infinity : 0);
}

/** Keys that came with what was lost, or went with what stands aside: the cloud does not have them any more, and what waits is sealed with them. */
function sendKeysAlong({ database }: Target, device: string): void {
  const waiting = database.prepare<[string], JournalRow>(
    'SELECT * FROM journal WHERE device = ? AND log_position IS NULL ORDER BY sequence',
  );
  const assign = database.prepare(
    `UPDATE person_key SET position = ? WHERE id = ? AND (position = 0 OR EXISTS (
       SELECT 1 FROM journal j WHERE j.position = person_key.position AND j.log_position IS NULL AND j.device <> ?))`,
  );
  for (const row of waiting.all(device)) {
    const { argumentsSeal, changes } = parseBody(unpacked(row.body));
    for (const seal of [argumentsSeal, ...changes.map((change) => change.seal)])
      if (seal) assign.run(row.position, seal.key, device);
  }
}
