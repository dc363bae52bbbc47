import { canonicalJson } from '#core/model/json.ts';
import type { PushedEntry } from '#core/sync/contract.ts';
import { type Answer, Authority, type Logged } from './authority.ts';
import { handled, type Reply, type Request } from './cloud.ts';
import { Died, Laptop } from './laptop.ts';
import { inspect } from './oracle.ts';
import { Random } from './random.ts';
import { difference, nameOf } from './records.ts';
import { work } from './work.ts';

/** What may happen, and how often, in one run: probabilities of each message or step. */
export interface Weather {
  readonly laptops: number;
  readonly steps: number;
  readonly loss: number;
  readonly duplication: number;
  readonly partition: number;
  /** A process dies: of a laptop between two writes, of a copy of the cloud between two transactions. */
  readonly death: number;
  /** A laptop is restored from a backup that it made before. */
  readonly restore: number;
  /** A new laptop comes; one is turned away for good. */
  readonly coming: number;
  readonly going: number;
}
/** Weather of a seed; every kind is met in some hundred seeds, calm weather too. */
export function weatherOf(seed: number): Weather {
  const random = new Random(seed ^ 0x5eed);
  const some = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
  return {
    laptops: 2 + random.below(4),
    steps: 60 + random.below(240),
    loss: some(0.3),
    duplication: some(0.3),
    partition: some(0.1),
    death: some(0.08),
    restore: some(0.03),
    coming: some(0.01),
    going: some(0.003),
  };
}
/** What came of a run, to see that there was something to find. */
export interface Sums {
  entries: number;
  refused: number;
  merged: number;
  followed: number;
  restored: number;
  joined: number;
  parked: number;
  deaths: number;
  turnedAway: number;
}

const LEAST_NUMBERS = 2;
const SERIES = ['policyNumber', 'invoice', 'payment'] as const;
const YEAR = 365 * 86_400_000;

/** Runs one seed to its quiet end and checks what must hold. Throws what does not. */
export function simulate(seed: number, weather: Weather = weatherOf(seed)): Sums {
  return new World(seed, weather).run();
}

/** A laptop with what is only in its memory. */
interface Host {
  laptop: Laptop;
  /** Its clock may be wrong by years. */
  readonly offset: number;
  /** Sequence behind which it pushes: what was answered, whether or not it has pulled it yet. */
  answered: number;
  cut: boolean;
  gone: boolean;
  /** Whether its store ever had two lives. */
  restored: boolean;
  backup: ReturnType<Laptop['backup']> | undefined;
}
/** Something on its way: a request, one that a copy works on, or an answer. */
interface Message {
  readonly from: Host;
  /** The life of the process that asked; answers to another one are dropped, as a closed connection does. */
  readonly asked: Laptop['disk'];
  readonly request: Request;
  work?: Generator<undefined, Reply>;
  reply?: Reply;
}

class World {
  readonly #random: Random;
  #weather: Weather;
  readonly #authority = new Authority();
  readonly #hosts: Host[] = [];
  #messages: Message[] = [];
  /** Commands that were answered to their user: by id, whose they are. */
  readonly #acknowledged = new Map<string, Host>();
  readonly #sums: Sums = {
    entries: 0,
    refused: 0,
    merged: 0,
    followed: 0,
    restored: 0,
    joined: 0,
    parked: 0,
    deaths: 0,
    turnedAway: 0,
  };
  #clock = 1_700_000_000_000;
  #names = 0;

  constructor(seed: number, weather: Weather) {
    this.#random = new Random(seed);
    this.#weather = weather;
    for (let i = 0; i < weather.laptops; i += 1) this.#arrive(this.#random.chance(0.3) ? 1 : 2, false);
  }

  run(): Sums {
    const { steps, partition, restore, coming, going, death } = this.#weather;
    const random = this.#random;
    for (let step = 0; step < steps; step += 1) {
      this.#clock += random.below(1_000);
      const host = random.pick(this.#hosts.filter(({ gone }) => !gone));
      if (!host) break;
      if (random.chance(partition)) host.cut = !host.cut;
      if (random.chance(death)) host.laptop.fuse = 1 + random.below(8);
      if (random.chance(0.05)) host.backup = host.laptop.backup();
      if (random.chance(restore)) this.#restore(host);
      if (random.chance(coming)) this.#arrive(2, true);
      if (random.chance(going)) this.#turnAway(host);
      if (random.chance(0.01)) this.#upgrade(host);
      this.#alive(host, () => this.#step(host));
    }
    this.#calm();
    this.#check();
    return this.#sums;
  }

  #step(host: Host): void {
    const random = this.#random;
    const what = random.next();
    if (what < 0.45) this.#work(host);
    else if (what < 0.65) {
      if (!host.cut) this.#ask(host);
    } else {
      // Whatever is under way may overtake what was sent before it.
      for (let i = random.below(6); i >= 0; i -= 1) {
        const message = random.pick(this.#messages);
        if (message) this.#carry(message);
      }
    }
  }

  #arrive(format: number, late: boolean): void {
    this.#names += 1;
    const laptop = new Laptop(`d${this.#names}`, format, late ? { at: undefined, after: undefined } : undefined);
    const offset = this.#random.chance(0.3) ? (this.#random.below(20) - 10) * YEAR : 0;
    this.#hosts.push({ laptop, offset, answered: 0, cut: false, gone: false, restored: false, backup: undefined });
    this.#authority.enrol(laptop.device, undefined);
    if (late) this.#sums.joined += 1;
    else for (const series of SERIES) laptop.addNumbers(this.#authority.grant(laptop.device, series, 4));
  }

  #turnAway(host: Host): void {
    const device = this.#authority.devices.get(host.laptop.device);
    if (device) device.revoked = true;
    host.gone = true;
    this.#sums.turnedAway += 1;
  }

  #work(host: Host): void {
    const { laptop } = host;
    const at = this.#clock + host.offset;
    // Nobody begins before he can see something (SY43), but need not wait for the end.
    const done =
      laptop.disk.joining?.at === undefined && laptop.disk.joining ? undefined : work(laptop, this.#random, at);
    const entry = done && laptop.commit(done.command, done.user, at, done.made);
    if (entry) this.#acknowledged.set(entry.id, host);
  }

  #ask(host: Host): void {
    const request = this.#next(host);
    if (this.#random.chance(this.#weather.loss)) return;
    this.#messages.push({ from: host, asked: host.laptop.disk, request });
    // A message that was sent may arrive again, and much later.
    if (this.#random.chance(this.#weather.duplication))
      this.#messages.push({ from: host, asked: host.laptop.disk, request });
  }

  /** What its client asks for next. */
  #next(host: Host): Request {
    const { laptop } = host;
    const random = this.#random;
    const { forked, position, joining } = laptop.disk;
    if (forked && forked.device === undefined) {
      this.#names += 1;
      return { ask: 'enrol', device: `d${this.#names}`, formerly: laptop.device };
    }
    if (forked && position >= forked.until) {
      laptop.goOn();
      host.answered = 0;
    }
    const { device, journal, disk } = laptop;
    // A new identity pulls as who it is now.
    const as = disk.forked?.device ?? device;
    const pull = { ask: 'pull', device: as, after: position, count: 1 + random.below(8) } as const;
    if (disk.forked) return pull;
    if (joining) return { ask: 'snapshot', device, ...joining, count: 1 + random.below(12) };
    const short = SERIES.find((series) => this.#left(laptop, series) < LEAST_NUMBERS);
    if (short && random.chance(0.5)) return { ask: 'range', device, series: short };
    if (random.chance(0.05)) return { ask: 'hello', device };
    const from = Math.max(disk.settled, Math.min(host.answered, journal.length));
    if (from === journal.length || random.chance(0.5)) return pull;
    // Sometimes from the beginning of what it does not know to be there, or behind what it believes to be under way.
    const start = random.chance(0.1) ? disk.settled : random.chance(0.05) ? from + 1 : from;
    return { ask: 'push', device, entries: journal.slice(start, start + 1 + random.below(5)) };
  }

  #left(laptop: Laptop, series: string): number {
    return laptop.disk.numbers.reduce(
      (sum, range) => sum + (range.series === series ? Math.max(0, range.last - range.first + 1) : 0),
      0,
    );
  }

  /** One step of a message: it arrives, a copy does one transaction for it, or its answer arrives. */
  #carry(message: Message): void {
    const random = this.#random;
    const drop = (): void => {
      this.#messages = this.#messages.filter((one) => one !== message);
    };
    if (message.reply) {
      drop();
      // Half-open: the request arrived, and the answer never does.
      if (message.from.cut || random.chance(this.#weather.loss)) return;
      this.#alive(message.from, () => this.#answered(message.from, message));
      return;
    }
    message.work ??= handled(message.request, this.#authority);
    if (random.chance(this.#weather.death)) {
      // The copy dies with everything it is working on; others go on.
      this.#sums.deaths += 1;
      const working = this.#messages.filter((one) => one.work && !one.reply && random.chance(0.3));
      this.#messages = this.#messages.filter((one) => one !== message && !working.includes(one));
      return;
    }
    const { done, value } = message.work.next();
    if (done) message.reply = value;
  }

  #answered(host: Host, { asked, request, reply }: Message): void {
    const { laptop } = host;
    if (!reply || (asked !== laptop.disk && this.#random.chance(0.7))) return;
    const { forked } = laptop.disk;
    if (reply.reply === 'enrol') laptop.enrolled(reply.device, reply.position);
    else if (reply.reply === 'snapshot' && request.ask === 'snapshot') laptop.join(reply.page, request);
    else if (reply.reply === 'pull') this.#pulled(host, reply.items);
    else if (request.device !== laptop.device || forked) return;
    else if (reply.reply === 'range') laptop.addNumbers(reply.range);
    else if (reply.reply === 'push' && request.ask === 'push') this.#pushed(host, request.entries, reply.answers);
    else if (reply.reply === 'hello' && reply.sequence > 0 && laptop.journal[reply.sequence - 1]?.hash !== reply.hash)
      this.#forked(host);
  }

  #pushed(host: Host, entries: readonly PushedEntry[], answers: readonly Answer[]): void {
    for (const answer of answers) {
      if (answer.answer === 'fork') this.#forked(host);
      if (answer.answer === 'fork' || answer.answer === 'turned-away') return;
      if (answer.answer === 'gap') {
        host.answered = answer.expected - 1;
        return;
      }
      const { item } = this.#authority.log[answer.position - 1] ?? {};
      const sent = entries.find(({ sequence }) => sequence === answer.sequence);
      if (!sent || item?.device !== sent.device || item.hash !== sent.hash || item.outcome !== answer.answer)
        throw new Error(`${host.laptop.device} was told of ${answer.sequence} what the log does not hold (SY10)`);
      host.answered = Math.max(host.answered, answer.sequence);
    }
  }

  #pulled(host: Host, items: readonly Logged[]): void {
    const { laptop } = host;
    for (const logged of items) {
      if (laptop.disk.joining) return;
      try {
        if (!laptop.apply(logged)) {
          this.#forked(host);
          return;
        }
      } catch (error) {
        // An answer that came late: what it holds is there already, or does not follow.
        if (logged.item.position === laptop.disk.position + 1) throw error;
        continue;
      }
      this.#showsItsOwn(laptop, logged.item.effects.map(nameOf));
    }
  }

  /** What its user did last and nobody has answered is what he sees; everything else is as the log says at that place (SY41). */
  #showsItsOwn(laptop: Laptop, names: readonly string[]): void {
    const { pending, disk } = laptop;
    for (const name of names) {
      if (disk.parkedNames.has(name)) continue;
      const mine = pending.findLast(({ changes }) =>
        changes.some(({ type, locator }) => `${type} ${locator}` === name),
      );
      const shown = laptop.shown.get(name);
      const there = this.#authority.history.get(name)?.findLast(({ position }) => position <= disk.position);
      const expected = mine?.id ?? there?.version.etag;
      if (shown?.etag !== expected)
        throw new Error(`${laptop.device} shows ${name} as ${shown?.etag} and should show ${expected} (SY41)`);
      if (!mine && shown?.version !== there?.version.version)
        throw new Error(
          `${laptop.device} has ${name} under number ${shown?.version}, the log ${there?.version.version}`,
        );
    }
  }

  #forked(host: Host): void {
    if (!host.restored) throw new Error(`${host.laptop.device} was never restored, and is told of a fork (SY11)`);
    host.laptop.fork();
  }

  #upgrade(host: Host): void {
    if (host.laptop.format === 2) return;
    this.#sums.parked += host.laptop.disk.parked.length;
    const before = host.laptop.disk.parkedNames;
    this.#alive(host, () => {
      host.laptop.upgrade();
      this.#showsItsOwn(host.laptop, [...before]);
    });
  }

  /** The disk as a backup had it: what was done since is gone, unless the log has it or it is under way. */
  #restore(host: Host): void {
    if (!host.backup) return;
    const { laptop, backup } = host;
    const kept = new Set([...backup.journals.values()].flat().map(({ id }) => id));
    for (const [id, whose] of this.#acknowledged) {
      let name: string | undefined = id;
      while (name !== undefined && !kept.has(name)) name = laptop.renamed.get(name);
      if (whose === host && name === undefined) this.#acknowledged.delete(id);
    }
    laptop.disk = backup;
    host.backup = laptop.backup();
    host.answered = 0;
    host.restored = true;
    this.#sums.restored += 1;
    // It starts with the program of today, which may read what was parked then.
    laptop.fuse = undefined;
    if (laptop.format === 2 && backup.parked.length > 0) laptop.upgrade();
  }

  /** The laptop may die at any write: its transaction never was, and its process starts again from the disk. */
  #alive(host: Host, what: () => void): void {
    try {
      what();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.#sums.deaths += 1;
      host.answered = 0;
    }
  }

  /** The weather clears: everything that is under way arrives, everybody has the newest program, and syncs until nothing is left. */
  #calm(): void {
    for (const host of this.#hosts) {
      host.cut = false;
      host.laptop.fuse = undefined;
      this.#upgrade(host);
    }
    this.#weather = { ...this.#weather, loss: 0, duplication: 0, death: 0 };
    for (let round = 0; round < 5_000; round += 1) {
      const [message] = this.#messages;
      if (message) {
        this.#carry(message);
        continue;
      }
      const waiting = this.#hosts.find(({ gone, laptop }) => {
        const { joining, forked, position } = laptop.disk;
        return !gone && (joining || forked || laptop.pending.length > 0 || position < this.#authority.log.length);
      });
      if (!waiting) return;
      this.#ask(waiting);
    }
    throw new Error('it never comes to rest');
  }

  #check(): void {
    const fail = (what: string): never => {
      throw new Error(what);
    };
    const authority = this.#authority;
    inspect(authority);
    const places = new Set(authority.log.map(({ item }) => item.id));
    for (const { gone, laptop } of this.#hosts) {
      if (gone) continue;
      if (laptop.disk.confirmed.size > 0)
        fail(`${laptop.device} still keeps ${[...laptop.disk.confirmed.keys()]} beside`);
      const other = difference(laptop.shown, authority.heads);
      if (other !== undefined) fail(`${laptop.device} holds other bytes of ${other} than the authority (SY2)`);
    }
    for (const [id, { gone, laptop }] of this.#acknowledged) {
      // Journaled again it has another name, perhaps more than once.
      let name: string | undefined = id;
      while (name !== undefined && !places.has(name)) name = laptop.renamed.get(name);
      if (!gone && name === undefined) fail(`${id} was acknowledged and is not in the log (SY1)`);
    }
    for (const { item, entry } of authority.log) {
      this.#sums.entries += 1;
      if (item.outcome === 'refused') this.#sums.refused += 1;
      if (item.outcome === 'merged') this.#sums.merged += 1;
      const conflict = authority.heads.get(`conflict ${entry.id}`)?.record;
      if (conflict && canonicalJson(conflict.reason).includes('follows')) this.#sums.followed += 1;
    }
  }
}
