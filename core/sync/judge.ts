import type { ConflictRecord, Refusal } from '#core/desk/conflict-record.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Effect, LogItem, Outcome, RecordKey, Version } from '#core/store/replica/contract.ts';
import { aggregateOf } from './aggregate.ts';
import type { Facts, PushedChange, PushedEntry, Verdict } from './contract.ts';
import { refusalOf } from './lawful.ts';
import { mergeDrafts } from './three-way.ts';

/** Who the workbench is where it acts by itself (core/desk/workbench.ts); its refused work is nobody's (SY17). */
const ITSELF = 'workbench';

/** A change beside what stands there, and what a merge made of both. */
interface Judged {
  readonly change: PushedChange;
  readonly head: Version | undefined;
  readonly merged?: JsonObject;
}

/**
 * What becomes of an entry: the authority's whole decision, without any effect (SY10 to SY17, SY20).
 * The same entry and facts always give the same verdict.
 */
export function judge(entry: PushedEntry, facts: Facts): Verdict {
  const { chain } = facts;
  if (entry.sequence <= chain.sequence)
    return { kind: facts.hashAt(entry.sequence) === entry.hash ? 'duplicate' : 'fork' };
  if (entry.sequence > chain.sequence + 1) return { kind: 'gap', expected: chain.sequence + 1 };
  if (entry.previousHash !== chain.hash) return { kind: 'fork' };
  const aggregates = aggregatesOf(entry, facts);
  const follows = followed(entry, aggregates, facts);
  if (follows) return refused(entry, facts, aggregates, { code: 'follows', conflict: follows.conflict });
  const judged: Judged[] = [];
  const movedOn: (RecordKey & { readonly fields: readonly string[] })[] = [];
  for (const change of entry.changes) {
    const head = facts.head(change);
    const against = weighed(change, head, facts);
    if ('fields' in against) movedOn.push(against);
    else judged.push(against);
  }
  if (movedOn.length > 0) return refused(entry, facts, aggregates, { code: 'moved-on', records: movedOn });
  for (const { change, head, merged } of judged) {
    const refusal = refusalOf(merged ? { ...change, record: merged } : change, head, entry.device, facts);
    if (refusal) return refused(entry, facts, aggregates, refusal);
  }
  const outcome = judged.some(({ merged }) => merged !== undefined) ? 'merged' : 'accepted';
  const effects = judged.map((one) => taken(entry, one));
  return { kind: 'item', item: itemOf(entry, facts, outcome, effects), refuses: [], conflict: null };
}

/** The change against what stands there: as it was made, merged, or the fields that disagree (SY13, SY14). */
function weighed(
  change: PushedChange,
  head: Version | undefined,
  facts: Facts,
): Judged | (RecordKey & { readonly fields: readonly string[] }) {
  if ((head?.etag ?? null) === change.base) return { change, head };
  const { type, locator, record: mine, base } = change;
  const before = base === null ? undefined : facts.versionAt(change, base);
  if (!before || !head?.record || !mine) return { type, locator, fields: [] };
  const merge = mergeDrafts(type, before, head.record, mine);
  return merge.ok ? { change, head, merged: merge.record } : { type, locator, fields: merge.fields };
}

function taken({ id }: PushedEntry, { change, head, merged }: Judged): Effect {
  const { type, locator, record } = change;
  const current = head?.version ?? 0;
  if (merged)
    return {
      type,
      locator,
      from: 'merge',
      version: Math.max(current, change.version) + 1,
      etag: `${id}+`,
      record: merged,
    };
  return { type, locator, from: 'entry', version: Math.max(current + 1, change.version), etag: id, record };
}

function refused(entry: PushedEntry, facts: Facts, aggregates: readonly string[], reason: Refusal): Verdict {
  const { id, device, sequence, user, command, at } = entry;
  const effects = entry.changes.map((change) => left(entry, change, facts.head(change)));
  // Work of the workbench itself that somebody else did meanwhile needs no person (SY17).
  if (user === ITSELF) {
    return { kind: 'item', item: itemOf(entry, facts, 'refused', effects), refuses: aggregates, conflict: null };
  }
  const conflict: ConflictRecord = {
    locator: id,
    device,
    user,
    command,
    at,
    sequence,
    position: facts.position + 1,
    reason,
    aggregates,
    changes: entry.changes.map(({ type, locator, base }) => {
      return { type, locator, base, head: facts.head({ type, locator })?.etag ?? null };
    }),
    state: 'open',
  };
  const opened: Effect = {
    type: 'conflict',
    locator: id,
    from: 'conflict',
    version: 1,
    etag: id,
    record: conflict as unknown as JsonObject,
  };
  return {
    kind: 'item',
    item: itemOf(entry, facts, 'refused', [...effects, opened]),
    refuses: aggregates,
    // A chain of refusals is one piece of work: all of them name the first.
    conflict: reason.code === 'follows' ? (reason.conflict ?? id) : id,
  };
}

/** What a refusal leaves of a record: what stands there under a higher number, or nothing (SY3). */
function left({ id }: PushedEntry, { type, locator, version }: PushedChange, head: Version | undefined): Effect {
  if (head) return { type, locator, from: 'head', version: Math.max(head.version, version) + 1, etag: head.etag };
  return { type, locator, from: 'head', version: version + 1, etag: `${id}-`, record: null };
}

function itemOf(entry: PushedEntry, facts: Facts, outcome: Outcome, effects: readonly Effect[]): LogItem {
  const { device, sequence, id, hash } = entry;
  return { position: facts.position + 1, device, sequence, id, hash, outcome, effects };
}

/** By what is there as well as by what is wanted: nobody leaves an aggregate by naming another. */
function aggregatesOf(entry: PushedEntry, facts: Facts): readonly string[] {
  const names = entry.changes.flatMap((change) => {
    const before = facts.head(change)?.record ?? null;
    return [aggregateOf(change, change.record), ...(before ? [aggregateOf(change, before)] : [])];
  });
  return [...new Set(names)].sort();
}

/** The refusal that this work rests on without having seen it (SY16). */
function followed(
  entry: PushedEntry,
  aggregates: readonly string[],
  facts: Facts,
): { readonly conflict: string | null } | undefined {
  for (const aggregate of aggregates) {
    const refusal = facts.refused(entry.device, aggregate);
    if (refusal && entry.seen < refusal.position) return refusal;
  }
  return undefined;
}
