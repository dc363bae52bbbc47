import type { JsonObject } from '#core/model/json.ts';
import { Problem } from '#core/model/problem.ts';
import { parseBody, unpacked } from '../entry.ts';
import type { JournalRow } from '../journal.ts';
import { guarded, guardedAsync } from '../trouble.ts';
import type { RecordKey } from './contract.ts';
import { changeOf, contentOf, effectsOf, entryOf } from './effects.ts';
import { waitingFiles } from './files.ts';
import { becoming, beginIdentity, endIdentity } from './identity.ts';
import { incoming, type Target } from './incoming.ts';
import { lateIndex } from './late-index.ts';
import { outgoing } from './outgoing.ts';
import type { IncomingItem, LoggedEntry, Replication, WaitingFiles } from './replication-contract.ts';
import { rewind } from './rewind.ts';
import { isReplicated } from './scope.ts';
import { type SnapshotPlace, takeSnapshot } from './snapshot.ts';

export interface ReplicationOptions extends Target {
  newId(): string;
  /** The journal was written, or this store has another identity: what was read of it is old. */
  changed(): void;
}

/** Pages of the log (of 4 KB) after which SQLite copies them into the file: its own default, and while much comes. */
const CHECKPOINT = 1_000;
const CHECKPOINT_FETCHING = 16_000;
/** Mark of persons who are to be forgotten again (SPEC J68), a JSON list. */
export const ERASE_AGAIN = 'erase-again';
/** So many items are much: more come. */
const MUCH = 100;

/** The device's side of replication over an open database. */
export function openReplication(options: ReplicationOptions): Replication {
  const { database, state, confirmed, keys, records, risks, device } = options;
  const out = outgoing(database, keys);
  const later = lateIndex(database, records, risks, state);
  const byId = database.prepare<[string], JournalRow>('SELECT * FROM journal WHERE id = ?');
  const hashAt = database
    .prepare<[string, number], string>('SELECT hash FROM journal WHERE device = ? AND sequence = ?')
    .pluck();
  const idAt = database.prepare<[number], string>('SELECT id FROM journal WHERE position = ?').pluck();
  const loggedOf = database
    .prepare<[string, number], number>(
      'SELECT sequence FROM journal WHERE device = ? AND sequence > ? AND seen IS NULL ORDER BY sequence',
    )
    .pluck();
  const parkedRows = database.prepare<[], JournalRow>(
    'SELECT * FROM journal WHERE log_position IN (SELECT log_position FROM parked) ORDER BY log_position',
  );
  const parkedCount = database.prepare<[], number>('SELECT count(DISTINCT log_position) FROM parked').pluck();
  const lostRows = database.prepare<[number], JournalRow>(
    'SELECT * FROM journal WHERE log_position IS NULL AND outcome IS NOT NULL AND lost IS NOT NULL ORDER BY lost LIMIT ?',
  );
  const lostCount = database
    .prepare<[], number>('SELECT count(lost) FROM journal WHERE log_position IS NULL AND outcome IS NOT NULL')
    .pluck();
  const lastSequence = database
    .prepare<[string], number>('SELECT coalesce(max(sequence), 0) FROM journal WHERE device = ?')
    .pluck();
  const readMark = database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck();
  const writeMark = database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  const recordCount = database.prepare<[], number>('SELECT count(*) FROM record WHERE record IS NOT NULL').pluck();
  // Of the log's versions that something waits on: what is shown instead.
  const share = database.prepare<[], { changed: number; deleted: number }>(
    `SELECT count(r.record) AS changed, count(*) - count(r.record) AS deleted
     FROM confirmed c JOIN record r ON r.type = c.type AND r.locator = c.locator WHERE c.record IS NOT NULL`,
  );
  const everything = database.prepare<[], RecordKey>('SELECT type, locator FROM record');

  const of = (): number => recordCount.get() ?? 0;

  /** One transaction, after which everybody reads the journal anew. */
  function inOne<T>(work: () => T): T {
    try {
      return database.transaction(work).immediate();
    } finally {
      options.changed();
    }
  }
  /**
   * The same for what the log can give again. It is on the disk only with the next commit of somebody or the next checkpoint, which take
   * everything before them along: a power cut before that leaves the store at an earlier place of the log.
   * @param much more comes: the same pages of indexes change each time, and are copied into the file once in a while
   */
  function fetched<T>(much: boolean, work: () => T): T {
    database.pragma(`wal_autocheckpoint = ${much ? CHECKPOINT_FETCHING : CHECKPOINT}`);
    database.pragma('synchronous = NORMAL');
    try {
      return inOne(work);
    } finally {
      database.pragma('synchronous = FULL');
    }
  }
  function needed(): NonNullable<ReturnType<typeof state.read>> {
    const standing = state.read();
    if (standing) return standing;
    throw new Problem('wrong-state', 'This workbench has no cloud: enrol it first.');
  }
  function etagOf({ type, locator }: RecordKey): string | undefined {
    const row = records.row(type, locator);
    return row && (row.etag ?? idAt.get(row.updated));
  }

  return {
    etagOf,
    hashAt: (sequence) => hashAt.get(device(), sequence),
    logged: (of, after) => loggedOf.all(of, after),
    status() {
      const standing = state.read();
      if (!standing) return undefined;
      const { position, settled, snapshot } = standing;
      const last = lastSequence.get(device()) ?? 0;
      return {
        becoming: becoming(database, device()),
        position,
        settled,
        lastSequence: last,
        waiting: {
          // Sequences have no gap (J4).
          entries: Math.max(0, last - settled),
          // Every step of a round asks for the state, and few look at this: it goes through all that waits.
          get bytes() {
            return out.bytes(device(), settled);
          },
        },
        parked: parkedCount.get() ?? 0,
        lost: lostCount.get() ?? 0,
        unindexed: later.left(),
        snapshot: snapshot === null ? undefined : (JSON.parse(snapshot) as SnapshotPlace),
      };
    },
    enrol: () =>
      inOne(() => {
        if (state.read()) return;
        state.write({ position: 0, settled: 0, baseline: 0, snapshot: JSON.stringify({ done: 0 }) });
        // What waits is everything, and the log has nothing of it.
        const none = database.prepare('INSERT OR IGNORE INTO confirmed (type, locator) VALUES (?, ?)');
        for (const key of everything.all()) if (isReplicated(key)) none.run(key.type, key.locator);
      }),
    // What is to be journaled again first is sent only then.
    pending: (after, mostEntries, mostBytes) =>
      becoming(database, device()) ? [] : out.pending(device(), after, mostEntries, mostBytes),
    waiting: (limit) => out.waiting(device(), state.read()?.settled ?? 0, limit),
    apply: (items, allow) =>
      fetched(items.length > MUCH, () => {
        const inbound = incoming(options, items.length > MUCH ? later : undefined);
        const counts = { applied: 0, parked: 0, known: 0 };
        for (const item of items) counts[inbound.take(item)] += 1;
        const share = inbound.finish();
        allow?.({ ...share, of });
        return { applied: counts.applied, parked: counts.parked };
      }),
    share: () => ({ ...(share.get() ?? { changed: 0, deleted: 0 }), of }),
    replayParked: () =>
      inOne(() => {
        const inbound = incoming(options);
        const replayed = parkedRows.all().filter((row) => inbound.replay(itemOf(row))).length;
        inbound.finish();
        return replayed;
      }),
    files: waitingFiles(database),
    mark: (name) => readMark.get(`replica.${name}`),
    setMark: (name, value) => void writeMark.run(`replica.${name}`, value),
    applySnapshot: (page) => fetched(page.next !== undefined, () => takeSnapshot(page, options, later)),
    fetchAgain: () =>
      inOne(() => {
        const standing = needed();
        state.write({ ...standing, baseline: standing.position, snapshot: JSON.stringify({ done: 0 }) });
      }),
    indexSome: () => fetched(true, () => later.some()),
    beginIdentity: (next) =>
      inOne(() => {
        needed();
        return beginIdentity(database, device(), next ?? options.newId());
      }),
    endIdentity: () => inOne(() => endIdentity(database, state, device(), options.newId)),
    rewind: (position, notes) =>
      inOne(() => {
        needed();
        const rewound = rewind(position, options);
        for (const [name, value] of Object.entries(notes(rewound))) writeMark.run(`replica.${name}`, value);
        // Whoever forgets them is perhaps killed before.
        if (rewound && rewound.erased.length > 0)
          writeMark.run(`replica.${ERASE_AGAIN}`, JSON.stringify(rewound.erased));
        return rewound;
      }),
    lost: (limit) => lostRows.all(limit).map(out.logged),
    entry(id): LoggedEntry | undefined {
      const row = byId.get(id);
      return row && out.logged(row);
    },
    versionAt(key, etag): JsonObject | null | undefined {
      if (etagOf(key) === etag) {
        const row = records.row(key.type, key.locator);
        return row && records.valueOf(row);
      }
      const kept = confirmed.get(key);
      if (kept && kept !== 'none' && (kept.etag ?? idAt.get(kept.updated)) === etag) return records.valueOf(kept);
      const row = byId.get(entryOf(etag));
      if (!row) return undefined;
      const body = parseBody(unpacked(row.body));
      const effects = row.outcome === null ? [] : effectsOf(row);
      const effect = effects.find((one) => one.type === key.type && one.locator === key.locator && one.etag === etag);
      if (effect) return contentOf(effect, row.id, body, row.position, keys.unseal)?.value;
      const change = etag === row.id ? changeOf(key, body) : undefined;
      return change && (change.record && change.seal ? keys.unseal(change.record, change.seal) : change.record);
    },
  };
}

/** The same, with the failures of SQLite and the file system as Problems. @param file of the database */
export function guardedReplication(inner: Replication, file: string): Replication {
  return {
    status: () => guarded(file, () => inner.status()),
    enrol: () => guarded(file, () => inner.enrol()),
    pending: (after, mostEntries, mostBytes) => guarded(file, () => inner.pending(after, mostEntries, mostBytes)),
    waiting: (limit) => guarded(file, () => inner.waiting(limit)),
    apply: (items, allow) => guarded(file, () => inner.apply(items, allow)),
    share: () => guarded(file, () => inner.share()),
    replayParked: () => guarded(file, () => inner.replayParked()),
    files: guardedFiles(inner.files, file),
    mark: (name) => guarded(file, () => inner.mark(name)),
    setMark: (name, value) => guarded(file, () => inner.setMark(name, value)),
    applySnapshot: (page) => guarded(file, () => inner.applySnapshot(page)),
    fetchAgain: () => guarded(file, () => inner.fetchAgain()),
    indexSome: () => guarded(file, () => inner.indexSome()),
    hashAt: (sequence) => guarded(file, () => inner.hashAt(sequence)),
    logged: (device, after) => guarded(file, () => inner.logged(device, after)),
    beginIdentity: (next) => guarded(file, () => inner.beginIdentity(next)),
    endIdentity: () => guarded(file, () => inner.endIdentity()),
    rewind: (position, notes) => guarded(file, () => inner.rewind(position, notes)),
    lost: (limit) => guarded(file, () => inner.lost(limit)),
    entry: (id) => guarded(file, () => inner.entry(id)),
    versionAt: (key, etag) => guarded(file, () => inner.versionAt(key, etag)),
    etagOf: (key) => guarded(file, () => inner.etagOf(key)),
  };
}

function guardedFiles(inner: WaitingFiles, file: string): WaitingFiles {
  return {
    counts: () => guarded(file, () => inner.counts()),
    look: (entries, has) => guardedAsync(file, () => inner.look(entries, has)),
    due: (now, limit) => guarded(file, () => inner.due(now, limit)),
    crossed: (hash) => guarded(file, () => inner.crossed(hash)),
    later: (hash, due) => guarded(file, () => inner.later(hash, due)),
    wanted: (hash) => guarded(file, () => inner.wanted(hash)),
  };
}

/** A received item as it came. */
function itemOf(row: JournalRow): IncomingItem {
  const { log_position: position, device, sequence, id, hash, body, outcome } = row;
  const effects = effectsOf(row);
  return {
    position: position ?? 0,
    device,
    sequence,
    id,
    hash,
    outcome: outcome ?? 'accepted',
    body,
    keys: [],
    effects,
  };
}
