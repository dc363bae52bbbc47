import { SERIES, type Series } from '#core/desk/numbers.ts';
import { brake } from '#core/sync/client/brake.ts';
import type {
  Blocked,
  Direction,
  Failure,
  RoundAction,
  SyncEvent,
  SyncFacts,
  SyncState,
} from '#core/sync/client/contract.ts';
import { FORK, firstState, next } from '#core/sync/client/machine.ts';
import type { PushedEntry } from '#core/sync/contract.ts';
import { agreedUpTo, asideOf, forgets, goesNow, LETS_GO_FIRST, type SetBack } from '#core/sync/set-back.ts';
import type { Authority } from './authority.ts';
import type { Reply, Request } from './cloud.ts';
import { Died, type Laptop } from './laptop.ts';
import type { Random } from './random.ts';

/** A request that nobody answers is given up after so long, milliseconds. */
export const TIMEOUT = 20_000;
/** So few numbers are left that others are asked for. */
const LEAST_NUMBERS = 2;
/** What the numbers of the brake are meant for is a book; here every record stands for so many. */
const STANDS_FOR = 100;
/** Between two tries (SY81). */
const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 5 * 60_000;

/** The brake holds a batch. */
class Held extends Error {}
type Blocks = Exclude<Blocked['reason'], 'brake' | 'fork'>;

/** A laptop with what is only in its memory: the machine of the product (core/sync/client), which says what it asks for. */
export class Host {
  readonly laptop: Laptop;
  /** Its clock may be wrong by years. */
  readonly offset: number;
  cut = false;
  gone = false;
  /** Whether its store ever had two lives. */
  restored = false;
  backup: ReturnType<Laptop['backup']> | undefined;
  /** The identity that it asked for, and whose place that takes: kept before it asks (SY83). */
  wish: { readonly device: string; readonly formerly: string } | undefined;
  state: SyncState = firstState(true, false);
  /** The one request that it waits for, and since when. */
  asking: { readonly request: Request; readonly since: number } | undefined;
  /** Last sequence of its identity that it was told to be in the log. */
  #answered = 0;
  #rewound = false;
  /** Until when others go first, by its clock. */
  #othersFirst = 0;
  #now = 0;
  /** What the greeting told of its cloud. */
  #told: readonly SetBack[] = [];
  /** What its round did to records that were there. */
  #done = { changed: 0, deleted: 0 };
  readonly #random: Random;

  constructor(laptop: Laptop, offset: number, random: Random) {
    this.laptop = laptop;
    this.offset = offset;
    this.#random = random;
  }

  /** Who it is for the cloud: a new identity pulls as who it is going to be. */
  get identity(): string {
    return this.laptop.disk.forked?.device ?? this.laptop.device;
  }
  /** Everything is here, and nothing waits. */
  isAtRest({ log, setBacks }: Pick<Authority, 'log' | 'setBacks'>): boolean {
    const { pending, disk } = this.laptop;
    if (disk.setBacks.at(-1)?.id !== setBacks.at(-1)?.id) return false;
    return !disk.joining && !disk.forked && pending.length === 0 && disk.position === log.length;
  }
  left(series: Series): number {
    return this.laptop.disk.numbers.reduce(
      (sum, range) => sum + (range.series === series ? Math.max(0, range.last - range.first + 1) : 0),
      0,
    );
  }

  /** What happened, and all that follows from it. @returns what it asks the cloud for */
  follow(event: SyncEvent, now: number): Request | undefined {
    if (!this.asking) return this.#follow(event, now);
    // A round is under way: only its switches change.
    if (event.event === 'switched') this.state = next(this.state, event, this.#facts(now)).state;
    return undefined;
  }

  /** An answer, perhaps to what it does not wait for any more: the store takes what fits, the round does not go on by it. */
  hear(request: Request, reply: Reply, now: number): Request | undefined {
    const waited = this.asking?.request === request;
    const result = inRound(waited, () => this.#heard(request, reply, waited));
    if (reply.reply === 'enrol') return this.asking ? undefined : this.#follow({ event: 'enrolled' }, now);
    if (!waited || !result) return undefined;
    this.asking = undefined;
    if ('event' in result) {
      const asks = this.#follow(result, now);
      if (result.event === 'greeted' && result.order && (asks || !this.gone))
        throw new Error(`${this.laptop.device} is told to throw its key away, and does not (SY85)`);
      return asks;
    }
    this.asking = { request: this.#sent(result), since: now };
    return this.asking.request;
  }

  /** Nobody answered, or the disk was full. */
  fail(failure: Failure, now: number): void {
    this.asking = undefined;
    this.#follow({ event: 'failed', failure }, now);
    if (this.state.phase === 'waiting' && (this.state.nextTry ?? 0) < now + SHORTEST_WAIT)
      throw new Error(`${this.laptop.device} failed and tries again at once (SY81)`);
  }

  /** The process starts anew: what it knows is in the store. */
  restart(): void {
    this.state = { ...firstState(this.state.on, this.state.metered), lastSuccess: this.state.lastSuccess };
    this.asking = undefined;
    this.#answered = 0;
  }

  #follow(first: SyncEvent, now: number): Request | undefined {
    let event: SyncEvent | undefined = first;
    while (event) {
      const step: ReturnType<typeof next> = next(this.state, event, this.#facts(now));
      this.#sound(step.state, now);
      this.state = step.state;
      if (!step.action || step.action === 'succeed') return undefined;
      const { action } = step;
      const result: SyncEvent | Request = inRound(true, () => this.#act(action));
      if (!('event' in result)) {
        this.asking = { request: this.#sent(result), since: now };
        return this.asking.request;
      }
      event = result;
    }
    return undefined;
  }

  /** Only a greeting asks what the cloud went through: everything else says what it was told. */
  #sent(request: Request): Request {
    return request.ask === 'hello' ? request : { ...request, since: this.laptop.disk.setBacks.at(-1)?.id };
  }

  #facts(now: number): SyncFacts {
    const { laptop } = this;
    const { forked, position, settled, parked, joining } = laptop.disk;
    const replica = {
      becoming: forked && { device: forked.device, formerly: laptop.device },
      position,
      settled,
      lastSequence: laptop.journal.length,
      waiting: { entries: laptop.pending.length, bytes: 0 },
      parked: parked.length,
      lost: laptop.disk.lost.length,
      unindexed: 0,
      snapshot: joining && { done: 0 },
    };
    const numbersLow = this.#short() !== undefined;
    this.#now = now;
    const holds = laptop.pending.length > 0 && this.#goes(laptop.pending.slice(0, 1)) === 0;
    return { now, jitter: this.#random.next(), replica, succeeds: false, holds, numbersLow };
  }

  /** How many go now: others go first after the cloud was set back. */
  #goes(entries: readonly PushedEntry[]): number {
    if (this.#now >= this.#othersFirst || this.#now < this.#othersFirst - LETS_GO_FIRST) return entries.length;
    const { disk, lostAt } = this.laptop;
    const aside = asideOf(disk.lost.map(({ item, entry }) => ({ ...entry, lostAt: item.position })));
    return goesNow(
      entries.map((entry) => ({ ...entry, lostAt: lostAt.get(entry.id) ?? null })),
      aside,
    );
  }

  #short(): Series | undefined {
    return SERIES.find((series) => series !== 'locator' && this.left(series) < LEAST_NUMBERS);
  }

  /** What must hold of the machine, whatever happens (SY81, SY44). */
  #sound({ phase, nextTry, blocked, on }: SyncState, now: number): void {
    const wait = (nextTry ?? now) - now;
    if (wait > LONGEST_WAIT) throw new Error(`${this.laptop.device} waits for ${wait} ms (SY81)`);
    if ((phase === 'blocked') !== (blocked !== null))
      throw new Error(`${this.laptop.device} stands still without a reason`);
    if (phase === 'waiting' && !on) throw new Error(`${this.laptop.device} is off and tries again`);
  }

  #act(action: RoundAction): SyncEvent | Request {
    const { laptop, identity: device } = this;
    const random = this.#random;
    const { position, joining } = laptop.disk;
    switch (action) {
      case 'greet':
        // A round that went back goes on although it was switched off meanwhile.
        if (!this.state.on && !this.state.asked && !this.#rewound) throw new Error(`${device} is off and sends`);
        this.#rewound = false;
        return { ask: 'hello', device, format: laptop.format };
      case 'snapshot':
        if (!joining) return { event: 'done', more: false };
        return { ask: 'snapshot', device, ...joining, count: 1 + random.below(12) };
      case 'pull':
        return { ask: 'pull', device, after: position, count: 1 + random.below(8) };
      case 'push': {
        if (joining) throw new Error(`${device} sends before it has the heads (SY44)`);
        if (this.#holds('push', laptop.share())) return braked('push');
        const entries = laptop.disk.forked ? [] : laptop.journal.slice(Math.max(laptop.disk.settled, this.#answered));
        if (entries.length === 0) return { event: 'done', more: false };
        const batch = entries.slice(0, 1 + random.below(5));
        const goes = batch.slice(0, this.#goes(batch));
        return goes.length > 0 ? { ask: 'push', device, entries: goes } : { event: 'done', more: false };
      }
      case 'numbers': {
        const series = this.#short();
        return series ? { ask: 'range', device, series } : { event: 'done', more: false };
      }
      case 'end-identity':
        laptop.goOn();
        this.#answered = 0;
        return { event: 'done', more: false };
      case 'rewind':
        laptop.rewind(agreedUpTo(laptop.disk.setBacks, this.#told), this.#told);
        this.#answered = 0;
        this.#othersFirst = this.#now + LETS_GO_FIRST;
        this.#rewound = true;
        return { event: 'done', more: false };
      case 'wipe':
        this.gone = true;
        return { event: 'done', more: false };
      case 'blobs':
        return { event: 'done', more: false };
    }
  }

  /** Takes what an answer holds. @param waited it is the answer that the round waits for */
  #heard(request: Request, reply: Reply, waited: boolean): SyncEvent | Request | undefined {
    const { laptop } = this;
    switch (reply.reply) {
      case 'turned-away':
        return failed('revoked');
      case 'set-back':
        return waited ? { event: 'failed', failure: AWAY } : undefined;
      case 'enrol':
        if (request.ask === 'enrol' && request.formerly === laptop.device)
          laptop.enrolled(reply.device, reply.position);
        return undefined;
      case 'snapshot':
        if (request.ask === 'snapshot') laptop.join(reply.page, request);
        return { event: 'done', more: laptop.disk.joining !== undefined };
      case 'pull':
        return this.#pulled(reply, waited);
      case 'range':
        if (request.device === laptop.device && !laptop.disk.forked) laptop.addNumbers(reply.range);
        return waited ? this.#act('numbers') : undefined;
      case 'push':
        return waited ? this.#pushed(reply.answers) : undefined;
      case 'hello': {
        if (!waited) return undefined;
        const { sequence, hash, position, tooOld, order } = reply;
        const same = laptop.disk.forked !== undefined || sequence === 0 || laptop.journal[sequence - 1]?.hash === hash;
        this.#answered = sequence;
        this.#done = { changed: 0, deleted: 0 };
        this.#told = reply.setBacks;
        const { setBacks } = laptop.disk;
        if (forgets(setBacks, this.#told)) throw new Error(`${laptop.device} is told less than it was (SY93)`);
        const setBack = agreedUpTo(setBacks, this.#told) === undefined ? undefined : 'said';
        return { event: 'greeted', sequence, position, tooOld, order, setBack, chain: same ? 'same' : 'fork' };
      }
    }
  }

  #pulled({ items, position }: Extract<Reply, { reply: 'pull' }>, waited: boolean): SyncEvent | undefined {
    const { laptop } = this;
    if (laptop.disk.joining) {
      if (waited) throw new Error(`${laptop.device} pulls before it has the heads (SY43)`);
      return undefined;
    }
    const next = items.filter(({ item }) => item.position > laptop.disk.position);
    // An answer that came late: what it holds does not follow.
    if (!waited && next[0]?.item.position !== laptop.disk.position + 1) return undefined;
    const done = { ...this.#done };
    try {
      const applied = laptop.apply(next, (changed, deleted) => {
        done.changed += changed;
        done.deleted += deleted;
        if (this.#holds('pull', done)) throw new Held();
      });
      if (!applied) return { event: 'failed', failure: { kind: 'blocked', ...FORK } };
    } catch (error) {
      if (error instanceof Held) return braked('pull');
      throw error;
    }
    this.#done = done;
    return { event: 'done', more: laptop.disk.position < position && items.length > 0 };
  }

  #pushed(answers: Extract<Reply, { reply: 'push' }>['answers']): SyncEvent {
    const before = this.#answered;
    for (const answer of answers) {
      if (answer.answer === 'turned-away') return failed('revoked');
      if (answer.answer === 'fork') return { event: 'failed', failure: { kind: 'blocked', ...FORK } };
      this.#answered = answer.answer === 'gap' ? answer.expected - 1 : answer.sequence;
    }
    if (this.#answered === before) return { event: 'failed', failure: AWAY };
    return { event: 'done', more: this.#answered < this.laptop.journal.length };
  }

  #holds(direction: Direction, { changed, deleted }: { readonly changed: number; readonly deleted: number }): boolean {
    const counts = { changed: changed * STANDS_FOR, deleted: deleted * STANDS_FOR };
    return (
      this.state.allowed !== direction &&
      brake({ ...counts, of: () => this.laptop.shown.size * STANDS_FOR }) !== 'passes'
    );
  }
}

function inRound<T>(is: boolean, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (is && error instanceof Died) error.inRound = true;
    throw error;
  }
}

export const AWAY: Failure = { kind: 'away', message: 'away' };
function failed(reason: Blocks): SyncEvent {
  return { event: 'failed', failure: blockedBy(reason) };
}
export function blockedBy(reason: Blocks): Failure {
  return { kind: 'blocked', reason, message: reason };
}
function braked(direction: Direction): SyncEvent {
  const failure: Failure = {
    kind: 'blocked',
    reason: 'brake',
    message: 'brake',
    direction,
    changed: 0,
    deleted: 0,
    of: 0,
  };
  return { event: 'failed', failure };
}
