import { setImmediate as turn } from 'node:timers/promises';
import type * as z from 'zod';
import type { Desk } from '#core/desk/desk.ts';
import { withoutNumbers } from '#core/desk/numbers.ts';
import { recordValidators } from '#core/desk/records.ts';
import { WORKBENCH } from '#core/desk/workbench.ts';
import { ENGINE } from '#core/model/engine.ts';
import { FORMAT } from '#core/store/entry.ts';
import type { SnapshotPage } from '#core/store/replica/replication-contract.ts';
import { framed } from '../frames.ts';
import {
  HelloAnswer,
  type HelloRequest,
  ItemHead,
  MOST_BYTES,
  OLDEST_PROTOCOL,
  PROTOCOL,
  PullHead,
  PushAnswer,
  RangeAnswer,
  SnapshotHead,
} from '../protocol.ts';
import { agreedUpTo, forgets, type SetBack } from '../set-back.ts';
import { type Ahead, page, type Reading } from './ahead.ts';
import { brake } from './brake.ts';
import { type Agreed, exchangeBranches } from './branches.ts';
import { carryConfigurations } from './carry.ts';
import type { Direction, RoundAction, SyncEvent } from './contract.ts';
import { moveFiles } from './files.ts';
import { FORK } from './machine.ts';
import { entryFrame, type Pulled } from './messages.ts';
import { askedFor, keepRange, lowSeries } from './numbers.ts';
import type { PageReader } from './page-reader.ts';
import { type DeviceIdentity, SyncFailure, type Transport } from './transport.ts';
import { forgetAgain, goBack, type Holding, knownSetBacks } from './way-back.ts';

/** What one round keeps between its steps. */
export interface Round {
  /** Last sequence of this device that the log has. */
  acknowledged: number;
  cloudPosition: number | null;
  /** What the cloud said that it went through (SY96). */
  setBacks: readonly SetBack[];
  /** What the round has done to records that were there. */
  changed: number;
  deleted: number;
  /** The last entry that the brake has looked at. */
  weighed: number;
  ahead: readonly Ahead[];
  /** The batch behind the one that is answered next: the cloud reads it while it waits for its database. */
  sent: Batch | undefined;
  /** One batch at a time. */
  single: boolean;
}
/** Entries on their way. */
interface Batch {
  /** The entry that they follow. */
  readonly after: number;
  readonly last: number;
  readonly answer: Promise<Uint8Array>;
}
/** A round that has not begun. */
export function newRound(): Round {
  return {
    acknowledged: 0,
    cloudPosition: null,
    setBacks: [],
    changed: 0,
    deleted: 0,
    weighed: 0,
    ahead: [],
    sent: undefined,
    single: false,
  };
}
export interface RoundParts {
  readonly desk: Desk;
  readonly transport: Transport;
  readonly identity: DeviceIdentity;
  readonly round: Round;
  readonly reader: PageReader;
  /** Who goes first after the cloud was set back. */
  readonly others: Holding;
  readonly allowed: Direction | null;
  /** The network is metered: files wait. */
  readonly spare: boolean;
  /** Somebody asked for this round and waits for it. */
  readonly asked?: boolean;
  readonly wipe?: () => Promise<void>;
  /** `total` null: not known. */
  progress(done: number, total: number | null): void;
}

/** Entries of one batch: what is applied in one transaction keeps the workbench from answering for that long. */
const BATCH = 200;
/** Records of the first fetch that are applied in one. */
const PART = 500;
const ITSELF = { actor: WORKBENCH };
/** Marks of the store: what this device and the cloud agreed upon, and when they last looked. */
const BRANCHES = 'branches';
const BRANCHES_AT = 'branches-at';
const BRANCHES_EVERY = 120_000;

/** Does one thing of a round and says what came of it. Throws SyncFailure, Problem. */
export async function runAction(action: RoundAction, parts: RoundParts): Promise<SyncEvent> {
  switch (action) {
    case 'greet':
      return greet(parts);
    case 'rewind':
      goBack(parts.desk, parts.round.setBacks);
      return { event: 'done', more: false };
    case 'snapshot':
      return fetchHeads(parts);
    case 'pull':
      return pull(parts);
    case 'push':
      return push(parts);
    case 'numbers':
      return numbers(parts);
    case 'blobs': {
      const { desk, transport, identity, progress } = parts;
      const ask = (method: 'GET' | 'PUT', path: string, body?: Uint8Array) =>
        transport.ask(identity, method, path, body);
      const more = await moveFiles(desk, ask, parts.spare, () => progress(1, null));
      if (!more && !parts.spare) await meetBranches(parts);
      return { event: 'done', more };
    }
    case 'end-identity': {
      const { desk } = parts;
      desk.store.replication.endIdentity();
      // The life that was lost may have printed the others (SY11).
      desk.store.commit(
        { name: 'numbers.withdraw', version: 1, arguments: {}, actor: WORKBENCH, at: desk.now() },
        withoutNumbers(desk),
      );
      return { event: 'done', more: false };
    }
    case 'wipe':
      await parts.wipe?.();
      return { event: 'done', more: false };
  }
}

async function greet({ desk, transport, identity, round }: RoundParts): Promise<SyncEvent> {
  forgetAgain(desk);
  const hello: z.infer<typeof HelloRequest> = {
    protocol: { oldest: OLDEST_PROTOCOL, newest: PROTOCOL },
    journalFormat: FORMAT,
    schemas: Object.fromEntries(Object.keys(recordValidators).map((type) => [type, 0])),
    engine: ENGINE,
  };
  const answer = HelloAnswer.parse(
    jsonIn(await transport.ask({ ...identity, since: undefined }, 'POST', '/v1/hello', bytesOf(hello))),
  );
  const { replication } = desk.store;
  const { chain, position, tooOld, order, setBacks = [] } = answer;
  const known = knownSetBacks(replication);
  // Under a new identity the log has nothing of it yet.
  const same = replication.status()?.becoming?.device === identity.device || chain.sequence === 0;
  Object.assign(round, { ...newRound(), acknowledged: chain.sequence, cloudPosition: position, setBacks });
  return {
    event: 'greeted',
    position,
    sequence: chain.sequence,
    chain: same || replication.hashAt(chain.sequence) === chain.hash ? 'same' : 'fork',
    tooOld,
    order,
    setBack: forgets(known, setBacks) ? 'unsaid' : agreedUpTo(known, setBacks) === undefined ? undefined : 'said',
  };
}

async function fetchHeads(parts: RoundParts): Promise<SyncEvent> {
  const { replication } = parts.desk.store;
  const reading: Reading<SnapshotPage> = {
    read: parts.reader.heads,
    next({ first }) {
      const { at, next } = SnapshotHead.parse(first);
      return next === undefined ? undefined : headsAfter({ at, next });
    },
  };
  let fetched: SnapshotPage;
  try {
    fetched = await page(parts, headsAfter(replication.status()?.snapshot ?? {}), reading);
  } catch (error) {
    if (!(error instanceof SyncFailure) || error.reason !== 'snapshot-expired') throw error;
    // The log has gone on too far since it began (cloud/SPEC.md CL6): the heads of now.
    replication.fetchAgain();
    return { event: 'done', more: true };
  }
  const { next, total, records } = fetched;
  for (let from = 0; from + PART < records.length; from += PART) {
    replication.applySnapshot({ ...fetched, records: records.slice(from, from + PART), part: true });
    parts.progress(PART, total);
    await turn();
  }
  const rest = records.slice(Math.max(0, Math.ceil(records.length / PART) - 1) * PART);
  replication.applySnapshot({ ...fetched, records: rest });
  parts.progress(rest.length, total);
  return { event: 'done', more: next !== undefined };
}

function headsAfter({ at, next }: { readonly at?: number; readonly next?: string }): string {
  const query = new URLSearchParams();
  if (at !== undefined) query.set('at', String(at));
  if (next !== undefined) query.set('after', next);
  const text = query.toString();
  return `/v1/snapshot${text && `?${text}`}`;
}

async function pull(parts: RoundParts): Promise<Extract<SyncEvent, { event: 'done' }>> {
  const { desk, round, allowed, progress } = parts;
  const { replication } = desk.store;
  const itemsAfter = (position: number): string => `/v1/pull?after=${position}&entries=${BATCH}`;
  const reading: Reading<Pulled> = {
    read: parts.reader.items,
    next: ({ first, last }) =>
      PullHead.parse(first).more && last !== undefined ? itemsAfter(ItemHead.parse(last).position) : undefined,
  };
  const after = replication.status()?.position ?? 0;
  const { head, items } = await page(parts, itemsAfter(after), reading);
  round.cloudPosition = head.position;
  let done = { changed: 0, deleted: 0 };
  replication.apply(items, (share) => {
    done = share;
    const counts = { changed: round.changed + share.changed, deleted: round.deleted + share.deleted };
    if (allowed !== 'pull') refuseUnusual('pull', { ...counts, of: share.of });
  });
  round.changed += done.changed;
  round.deleted += done.deleted;
  progress(items.length, head.position - after);
  // The guard counts progress: an answer without an item ends the round.
  return { event: 'done', more: head.more && items.length > 0 };
}

async function push(parts: RoundParts): Promise<SyncEvent> {
  const { desk, round, allowed, progress } = parts;
  const { replication } = desk.store;
  await carryConfigurations(desk);
  const waits = replication.status()?.lastSequence ?? 0;
  if (allowed !== 'push' && waits !== round.weighed) refuseUnusual('push', replication.share());
  round.weighed = waits;
  const before = round.acknowledged;
  const batch = round.sent?.after === before ? round.sent : send(parts, before);
  round.sent = undefined;
  if (!batch) return { event: 'done', more: false };
  await turn();
  round.sent = round.single ? undefined : send(parts, batch.last);
  if ((round.sent ?? batch).last === waits) await pullMeanwhile(parts, batch);
  const { answers } = PushAnswer.parse(jsonIn(await batch.answer));
  if (answers[0]?.answer === 'gap' && !round.single) {
    // It may have overtaken the one before it, on its way to another copy: from here on one at a time.
    Object.assign(round, { sent: undefined, single: true });
    return { event: 'done', more: true };
  }
  for (const answer of answers) {
    if (answer.answer === 'fork') throw new SyncFailure({ kind: 'blocked', ...FORK });
    round.acknowledged = answer.answer === 'gap' ? answer.expected - 1 : answer.sequence;
  }
  if (round.acknowledged === before)
    throw new SyncFailure({ kind: 'away', message: 'The cloud took nothing of what was sent.' });
  const { lastSequence = 0 } = replication.status() ?? {};
  progress(Math.max(0, round.acknowledged - before), lastSequence - before);
  return { event: 'done', more: round.acknowledged < lastSequence };
}

/** Once everything is out, what was decided of the first entries is fetched while the cloud judges the last ones. */
async function pullMeanwhile(parts: RoundParts, { after, answer }: Batch): Promise<void> {
  const { replication } = parts.desk.store;
  let waits = true;
  const come = (): void => {
    waits = false;
  };
  answer.then(come, come);
  while (waits && (replication.status()?.settled ?? 0) < after) {
    const { more } = await pull(parts);
    if (!more) return;
  }
}

/** Branches and releases change seldom: they are looked at now and then, and when somebody asks. What fails there holds nothing up. */
async function meetBranches({ desk, transport, identity, asked }: RoundParts): Promise<void> {
  const { exchange, store } = desk;
  const { replication } = store;
  if (!exchange) return;
  if (!asked && desk.now() < Number(replication.mark(BRANCHES_AT) ?? 0) + BRANCHES_EVERY) return;
  replication.setMark(BRANCHES_AT, String(desk.now()));
  const agreed = JSON.parse(replication.mark(BRANCHES) ?? '{}') as Agreed;
  // The end of a UUID is what is random of it.
  const sign = identity.device.replaceAll(/[^A-Za-z0-9]/g, '').slice(-6);
  await desk.configurations
    .arrive()
    .catch((error: unknown) => desk.log('A configuration can not be taken in.', { why: String(error) }));
  try {
    const met = await exchangeBranches(
      exchange,
      (method, path, body) => transport.ask(identity, method, path, body),
      agreed,
      sign,
    );
    replication.setMark(BRANCHES, JSON.stringify(met.agreed));
    if (met.refused.length > 0) desk.log('The cloud does not take a branch.', { why: [...met.refused] });
  } catch (error) {
    if (!(error instanceof SyncFailure) || error.failure.kind !== 'away') throw error;
    desk.log('Branches were not exchanged.', { why: error.message });
  }
}

/** Sends what waits behind an entry; undefined: nothing does. */
function send({ desk, transport, identity, others }: RoundParts, after: number): Batch | undefined {
  const waiting = desk.store.replication.pending(after, BATCH, MOST_BYTES);
  const entries = waiting.slice(0, others.goes(waiting.map(({ id }) => id)));
  const last = entries.at(-1);
  if (!last) return undefined;
  const answer = transport.ask(identity, 'POST', '/v1/push', framed(entries.map(entryFrame)));
  // Whoever waits for the answer meets its failure; perhaps nobody does.
  answer.catch(() => undefined);
  return { after, last: last.sequence, answer };
}

async function numbers({ desk, transport, identity }: RoundParts): Promise<SyncEvent> {
  for (const series of lowSeries(desk)) {
    const request = bytesOf({ series, count: askedFor(series) });
    keepRange(desk, ITSELF, RangeAnswer.parse(jsonIn(await transport.ask(identity, 'POST', '/v1/ranges', request))));
  }
  return { event: 'done', more: false };
}

function refuseUnusual(
  direction: Direction,
  counts: { readonly changed: number; readonly deleted: number; of(): number },
): void {
  if (brake(counts) === 'passes') return;
  const { changed, deleted } = counts;
  const of = counts.of();
  const what = deleted > 0 ? `change ${changed} and delete ${deleted}` : `change ${changed}`;
  throw new SyncFailure({
    kind: 'blocked',
    reason: 'brake',
    message: `This would ${what} of ${of} records ${direction === 'pull' ? 'here' : 'in the cloud'}, which is unusual: look at it, and let it pass if it is meant.`,
    direction,
    changed,
    deleted,
    of,
  });
}

function bytesOf(message: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

function jsonIn(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
