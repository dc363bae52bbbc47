import type { ConflictRecord, Refusal } from '#core/desk/conflict-record.ts';
import { personalIn } from '#core/desk/records.ts';
import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import { emptied } from '#core/store/personal.ts';
import type { Effect, LogItem, Outcome, RecordKey, Version } from '#core/store/replica/contract.ts';
import { aggregateOf, creationOf, namedBy, restsOn } from './aggregate.ts';
import type { Facts, PushedChange, PushedEntry, Verdict } from './contract.ts';
import { refusalOf } from './lawful.ts';
import { ERASURE } from './set-back.ts';
import { mergeDrafts } from './three-way.ts';

/** Who the workbench is where it acts by itself (core/desk/workbench.ts); its refused work is nobody's (SY17). */
const ITSELF = 'workbench';
/** So many versions of one record a log that was set back may have told of and lost. */
const MOST_LOST = 1_000_000;

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
  if (entry.command === ERASURE) return erased(entry, facts);
  const aggregates = aggregatesOf(entry, facts);
  const follows = followed(entry, aggregates, facts) ?? onLost(entry, facts);
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
    const refusal = refusalOf(merged ? { ...change, record: merged } : change, head, entry, facts);
    if (refusal) return refused(entry, facts, aggregates, refusal);
  }
  return taken(entry, facts, judged);
}

/** The change against what stands there: as it was made, merged, or the fields that disagree (SY13, SY14). */
function weighed(
  change: PushedChange,
  head: Version | undefined,
  facts: Facts,
): Judged | (RecordKey & { readonly fields: readonly string[] }) {
  if ((head?.etag ?? null) === change.base) return { change, head };
  const { type, locator, record: mine, base } = change;
  // Auxiliary data has one record for whatever it is attached to: made by both sides, it is still the same thing (SY25).
  const nothing: JsonObject | undefined = type === 'auxData' ? {} : undefined;
  const before = base === null ? nothing : facts.versionAt(change, base);
  if (!before || !head?.record || !mine) return { type, locator, fields: [] };
  const merge = mergeDrafts(type, before, head.record, mine);
  return merge.ok ? { change, head, merged: merge.record } : { type, locator, fields: merge.fields };
}

/** Forgetting a person never conflicts: what stands there is emptied, whatever it was made from (SY29). */
function erased(entry: PushedEntry, facts: Facts): Verdict {
  const judged = entry.changes.flatMap((change): Judged[] => {
    const head = facts.head(change);
    if (!head?.record) return [];
    const record = emptied(head.record, personalIn(change.type, '', head.record)?.paths ?? []);
    const asMade = head.etag === change.base && canonicalJson(record) === canonicalJson(change.record);
    return [asMade ? { change, head } : { change, head, merged: record }];
  });
  const gone = entry.changes.filter((change) => !facts.head(change)?.record);
  return taken(
    entry,
    facts,
    judged,
    gone.map((change) => left(entry, change, facts)),
  );
}

function taken(
  entry: PushedEntry,
  facts: Facts,
  judged: readonly Judged[],
  besides: readonly Effect[] = [],
): Extract<Verdict, { kind: 'item' }> {
  const outcome = judged.some(({ merged }) => merged !== undefined) ? 'merged' : 'accepted';
  const effects = [...judged.map((one) => effectOf(entry, one, facts)), ...besides];
  return { kind: 'item', item: itemOf(entry, facts, outcome, effects), refuses: [], conflict: null };
}

function effectOf(entry: PushedEntry, { change, head, merged }: Judged, facts: Facts): Effect {
  const { type, locator, record } = change;
  const current = head?.version ?? 0;
  const version = numberOf(entry, change, head, facts);
  if (merged) {
    return {
      type,
      locator,
      from: 'merge',
      version: Math.max(current, version) + 1,
      etag: `${madeHere(entry, facts)}+`,
      record: merged,
    };
  }
  return { type, locator, from: 'entry', version: Math.max(current + 1, version), etag: entry.id, record };
}

function refused(entry: PushedEntry, facts: Facts, aggregates: readonly string[], reason: Refusal): Verdict {
  const { id, device, sequence, user, command, at } = entry;
  const key = { type: 'conflict', locator: id } as const;
  const effects = entry.changes.map((change) => left(entry, change, facts));
  // What the workbench did by itself holds back only what it did by itself, and what rests on what it made (SY17).
  const holds = entry.user === ITSELF && reason.code !== 'follows' ? aggregates.map(ofItself) : aggregates;
  const refuses = [...holds, ...missing(entry, facts)];
  // A chain of refusals is one piece of work: all of them name the first that somebody must look at.
  const first = reason.code === 'follows' ? reason.conflict : null;
  if (needsNobody(entry, facts))
    return { kind: 'item', item: itemOf(entry, facts, 'refused', effects), refuses, conflict: first };
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
  // An entry may itself have tried to make the record of its own conflict: numbers only rise (SY3).
  const forged = effects.find(({ type, locator }) => type === key.type && locator === id);
  // A log that was set back may know that this one was once resolved.
  const before = facts.setBack === undefined ? undefined : facts.head(key);
  const opened: Effect = {
    ...key,
    from: 'conflict',
    version: Math.max(forged?.version ?? 0, before?.version ?? 0) + 1,
    etag: madeHere(entry, facts),
    record: conflict as unknown as JsonObject,
  };
  return {
    kind: 'item',
    item: itemOf(entry, facts, 'refused', [...effects, opened]),
    refuses,
    conflict: first ?? id,
  };
}

/** Work of the workbench itself that somebody else did meanwhile (SY17), and a conflict that is resolved already (SY32). */
function needsNobody(entry: PushedEntry, facts: Facts): boolean {
  if (entry.user === ITSELF) return true;
  const resolved = (change: PushedChange): boolean =>
    change.type === 'conflict' && facts.head(change)?.record?.state === 'resolved';
  return entry.changes.length > 0 && entry.changes.every(resolved);
}

/** What the authority itself makes of an entry is another thing after its log was set back: it may have met something else (SY3). */
function madeHere({ id }: PushedEntry, { setBack }: Facts): string {
  return setBack === undefined ? id : `${id}~${setBack}`;
}

/** What a refusal leaves of a record: what stands there under a higher number, or nothing (SY3). */
function left(entry: PushedEntry, change: PushedChange, facts: Facts): Effect {
  const { type, locator } = change;
  const head = facts.head(change);
  const version = Math.max(head?.version ?? 0, numberOf(entry, change, head, facts)) + 1;
  if (head) return { type, locator, from: 'head', version, etag: head.etag };
  return { type, locator, from: 'head', version, etag: `${entry.id}-`, record: null };
}

/**
 * The number that the device gave the record. It counts from one that it was told and adds one for each entry of its own: a higher
 * one is invented, and would leave no numbers for anybody else. What a log that was set back told before it does not know any more.
 */
function numberOf(
  { sequence }: PushedEntry,
  { version }: PushedChange,
  head: Version | undefined,
  { setBack }: Facts,
): number {
  return Math.min(version, (head?.version ?? 0) + sequence + (setBack === undefined ? 0 : MOST_LOST));
}

function itemOf(entry: PushedEntry, facts: Facts, outcome: Outcome, effects: readonly Effect[]): LogItem {
  const { device, sequence, id, hash } = entry;
  return { position: facts.position + 1, device, sequence, id, hash, outcome, effects };
}

/** By what is there and by what it was made from as well as by what is wanted: nobody leaves an aggregate by naming another. */
function aggregatesOf(entry: PushedEntry, facts: Facts): readonly string[] {
  const names = entry.changes.flatMap((change) => {
    const head = facts.head(change);
    const { base } = change;
    const from = base === null || base === head?.etag ? null : (facts.versionAt(change, base) ?? null);
    const known = [change.record, head?.record ?? null, from].filter((record) => record !== null);
    return known.length === 0 ? [aggregateOf(change, null)] : known.map((record) => aggregateOf(change, record));
  });
  return [...new Set(names)].sort();
}

/** The name under which refused work of the workbench holds back its own. */
function ofItself(aggregate: string): string {
  return `the workbench's ${aggregate}`;
}

/** The refusal that this work rests on without having seen it (SY16). */
function followed(
  entry: PushedEntry,
  aggregates: readonly string[],
  facts: Facts,
): { readonly conflict: string | null } | undefined {
  const rests = entry.changes.flatMap(({ record }) => restsOn(record).map(creationOf));
  const itsOwn = entry.user === ITSELF ? aggregates.map(ofItself) : [];
  for (const name of [...aggregates, ...itsOwn, ...new Set(rests)]) {
    const refusal = facts.refused(entry.device, name);
    if (refusal && entry.seen < refusal.position) return refusal;
  }
  return undefined;
}

/** It names what a log that was set back does not hold, and does not bring it itself (SY99). */
function onLost({ changes }: PushedEntry, facts: Facts): { readonly conflict: null } | undefined {
  if (facts.setBack === undefined) return undefined;
  const brings = (key: RecordKey): boolean =>
    changes.some(({ type, locator, record }) => record !== null && type === key.type && locator === key.locator);
  const lost = changes.some(({ record }) => namedBy(record).some((key) => !facts.head(key)?.record && !brings(key)));
  return lost ? { conflict: null } : undefined;
}

/** The records that a refused entry would have made or kept and that are not there as it has them: what rests on them is refused too. */
function missing(entry: PushedEntry, facts: Facts): readonly string[] {
  return entry.changes.flatMap((change) =>
    change.base === null || !facts.head(change)?.record ? [creationOf(change)] : [],
  );
}
