import { canonicalJson } from '#core/model/json.ts';
import type { PushedEntry } from '#core/sync/contract.ts';
import { type Answer, Authority, type AuthorityBackup } from './authority.ts';
import { type Copy, handled, type Reply, type Request } from './cloud.ts';
import { AWAY, blockedBy, Host, TIMEOUT } from './host.ts';
import { Died, Laptop } from './laptop.ts';
import { inspect } from './oracle.ts';
import { Random } from './random.ts';
import { difference, nameOf } from './records.ts';
import { noSums, type Sums, type Weather, weatherOf } from './weather.ts';
import { work } from './work.ts';

const SERIES = ['policyNumber', 'invoice', 'payment'] as const;
const YEAR = 365 * 86_400_000;

/** Runs one seed to its quiet end and checks what must hold. Throws what does not. */
export function simulate(seed: number, weather: Weather = weatherOf(seed)): Sums {
  return new World(seed, weather).run();
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
  readonly #sums = noSums();
  /** Oldest program that the cloud lets in. */
  #oldest = 1;
  #clock = 1_700_000_000_000;
  #names = 0;
  /** Of the cloud; what is drawn for it leaves the other draws as they were. */
  readonly #fate: Random;
  #backup: AuthorityBackup;
  /** By device, whose place it took. */
  readonly #formerly = new Map<string, string | undefined>();
  /** Ids that the log lost. */
  readonly #lost = new Set<string>();

  constructor(seed: number, weather: Weather) {
    this.#random = new Random(seed);
    this.#fate = new Random(seed ^ 0xbac);
    this.#backup = this.#authority.backup();
    this.#weather = weather;
    for (let i = 0; i < weather.laptops; i += 1) this.#arrive(this.#random.chance(0.6) ? 1 : 2, false);
  }

  run(): Sums {
    const { steps, partition, restore, coming, going, death } = this.#weather;
    const random = this.#random;
    for (let step = 0; step < steps; step += 1) {
      this.#clock += random.below(random.chance(0.1) ? 60_000 : 2_000);
      const host = random.pick(this.#hosts.filter(({ gone }) => !gone));
      if (!host) break;
      if (random.chance(partition)) host.cut = !host.cut;
      if (random.chance(death)) host.laptop.fuse = 1 + random.below(8);
      if (random.chance(0.05)) host.backup = host.laptop.backup();
      if (random.chance(restore)) this.#restore(host);
      if (random.chance(coming)) this.#arrive(this.#oldest, true);
      if (random.chance(going)) this.#turnAway(host);
      if (random.chance(0.01)) this.#upgrade(host);
      // From some day on the cloud speaks to new programs only.
      if (random.chance(0.002)) this.#oldest = 2;
      if (this.#fate.chance(0.04)) this.#backup = this.#authority.backup();
      if (this.#fate.chance(this.#weather.setBack)) this.#setBack();
      this.#alive(host, () => this.#step(host));
    }
    this.#calm();
    this.#check();
    return this.#sums;
  }

  #now(host: Host): number {
    return this.#clock + host.offset;
  }

  #step(host: Host): void {
    const random = this.#random;
    const what = random.next();
    if (what < 0.4) this.#work(host);
    else if (what < 0.65) this.#goOn(host);
    else {
      // Whatever is under way may overtake what was sent before it.
      for (let i = random.below(6); i >= 0; i -= 1) {
        const message = random.pick(this.#messages);
        if (message) this.#carry(message);
      }
    }
  }

  /** Time passes for its client, or its user does something about replication. */
  #goOn(host: Host): void {
    const random = this.#random;
    const now = this.#now(host);
    if (host.asking && now - host.asking.since > TIMEOUT) this.#gaveUp(host);
    else if (random.chance(0.05)) this.#stray(host);
    else if (host.state.phase === 'blocked') this.#mend(host);
    else if (random.chance(0.1))
      this.#send(host, host.follow({ event: 'switched', on: random.chance(0.6), metered: random.chance(0.3) }, now));
    else this.#send(host, host.follow({ event: random.chance(0.5) ? 'asked' : 'tick' }, now));
  }

  #gaveUp(host: Host): void {
    this.#sums.failed += 1;
    host.fail(AWAY, this.#now(host));
  }

  /** What only a person can mend. */
  #mend(host: Host): void {
    const { laptop, state } = host;
    const now = this.#now(host);
    if (state.blocked?.reason === 'brake') {
      this.#sums.braked += 1;
      this.#send(host, host.follow({ event: 'confirmed', direction: state.blocked.direction }, now));
    } else if (state.blocked?.reason === 'revoked' && !this.#authority.devices.has(host.identity)) {
      // It was enrolled after the backup that the cloud was set back to.
      const device = host.identity;
      this.#put(host, { ask: 'enrol', device, formerly: this.#formerly.get(device) });
    } else if (state.blocked?.reason === 'fork' || state.blocked?.reason === 'revoked') {
      if (host.wish?.formerly !== laptop.device) {
        this.#names += 1;
        host.wish = { device: `d${this.#names}`, formerly: laptop.device };
        this.#formerly.set(host.wish.device, laptop.device);
      }
      // Already under way to a new one, which was turned away too: there is nobody to become.
      if (laptop.disk.forked) host.gone = true;
      else this.#put(host, { ask: 'enrol', ...host.wish });
    } else {
      if (state.blocked?.reason === 'device-too-old') this.#upgrade(host);
      this.#send(host, host.follow({ event: 'asked' }, now));
    }
  }

  /** A request that its client does not wait for: of an attempt at another address, from further back, or further on. */
  #stray(host: Host): void {
    const random = this.#random;
    const { journal, disk, device } = host.laptop;
    const start = random.chance(0.7) ? random.below(disk.settled + 1) : disk.settled + 1;
    const entries = journal.slice(start, start + 1 + random.below(5));
    if (!disk.forked && !disk.joining && entries.length > 0)
      this.#put(host, { ask: 'push', device, entries, since: disk.setBacks.at(-1)?.id });
  }

  #arrive(format: number, late: boolean): void {
    this.#names += 1;
    const laptop = new Laptop(`d${this.#names}`, format, late ? { at: undefined, after: undefined } : undefined);
    const offset = this.#random.chance(0.3) ? (this.#random.below(20) - 10) * YEAR : 0;
    this.#hosts.push(new Host(laptop, offset, this.#random));
    this.#authority.enrol(laptop.device, undefined);
    if (late) this.#sums.joined += 1;
    else for (const series of SERIES) laptop.addNumbers(this.#authority.grant(laptop.device, series, 4));
  }

  #turnAway(host: Host): void {
    const device = this.#authority.devices.get(host.identity);
    if (!device || device.revoked) return;
    device.revoked = true;
    // Stolen, and to be wiped; given away; or a mistake, and it comes again under a new identity.
    const fate = this.#random.next();
    if (fate < 0.3) device.wipe = true;
    else if (fate < 0.5) host.gone = true;
    this.#sums.turnedAway += 1;
  }

  #work(host: Host): void {
    const { laptop } = host;
    const at = this.#now(host);
    // Nobody begins before he can see something (SY43), but need not wait for the end.
    const done =
      laptop.disk.joining?.at === undefined && laptop.disk.joining ? undefined : work(laptop, this.#random, at);
    const entry = done && laptop.commit(done.command, done.user, at, done.made);
    if (entry) this.#acknowledged.set(entry.id, host);
  }

  /** What its client asks: lost at once where it has no network. */
  #send(host: Host, request: Request | undefined): void {
    if (!request) return;
    if (host.cut && this.#random.chance(0.5)) this.#gaveUp(host);
    else if (!host.cut) this.#put(host, request);
  }

  #put(host: Host, request: Request): void {
    if (host.cut || this.#random.chance(this.#weather.loss)) return;
    this.#messages.push({ from: host, asked: host.laptop.disk, request });
    // A message that was sent may arrive again, and much later.
    if (this.#random.chance(this.#weather.duplication))
      this.#messages.push({ from: host, asked: host.laptop.disk, request });
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
    message.work ??= handled(message.request, this.#authority, this.#copy());
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

  /** One of the copies: some are not updated yet. */
  #copy(): Copy {
    return { oldest: this.#oldest, tooOld: this.#random.chance(this.#weather.old) };
  }

  #answered(host: Host, { asked, request, reply }: Message): void {
    const { laptop, identity } = host;
    if (!reply || (asked !== laptop.disk && this.#random.chance(0.7))) return;
    if (reply.reply === 'push' && request.ask === 'push') this.#isInTheLog(request.entries, reply.answers);
    const position = laptop.disk.position;
    const next = host.hear(request, reply, this.#now(host));
    if (reply.reply === 'pull') {
      const applied = this.#authority.log.slice(position, laptop.disk.position);
      this.#showsItsOwn(
        laptop,
        applied.flatMap(({ item }) => item.effects.map(nameOf)),
      );
    }
    const { blocked } = host.state;
    if (blocked?.reason === 'fork' && !host.restored)
      throw new Error(`${laptop.device} was never restored, and is told of a fork (SY11)`);
    if (blocked?.reason.endsWith('too-old')) this.#sums.tooOld += 1;
    if (host.gone) this.#sums.wiped += 1;
    if (host.identity !== identity) this.#sums.enrolledAgain += 1;
    this.#send(host, next);
  }

  /** What a device was told of what it sent. */
  #isInTheLog(entries: readonly PushedEntry[], answers: readonly Answer[]): void {
    for (const answer of answers) {
      if (!('position' in answer)) return;
      const { item } = this.#authority.log[answer.position - 1] ?? {};
      const sent = entries.find(({ sequence }) => sequence === answer.sequence);
      if (!sent || item?.device !== sent.device || item.hash !== sent.hash || item.outcome !== answer.answer)
        throw new Error(`${sent?.device} was told of ${answer.sequence} what the log does not hold (SY10)`);
    }
  }

  /** What its user did last and nobody has answered is what he sees; everything else is as the log says at that place (SY41). */
  #showsItsOwn(laptop: Laptop, names: readonly string[]): void {
    const { pending, disk } = laptop;
    // It has not met what its cloud became.
    if (disk.setBacks.at(-1)?.id !== this.#authority.setBacks.at(-1)?.id) return;
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

  #upgrade(host: Host): void {
    if (host.laptop.format === 2) return;
    this.#sums.parked += host.laptop.disk.parked.length;
    const before = host.laptop.disk.parkedNames;
    this.#alive(host, () => {
      host.laptop.upgrade();
      this.#showsItsOwn(host.laptop, [...before]);
    });
  }

  /**
   * The cloud's database as a backup had it. The copies ended with it, and with them what they worked on and what they had answered;
   * what is on its way still may arrive.
   */
  #setBack(): void {
    const kept = new Set(this.#backup.log.map(({ item }) => item.id));
    for (const { item } of this.#authority.log) if (!kept.has(item.id)) this.#lost.add(item.id);
    this.#sums.setBack += 1;
    this.#authority.setBack(this.#backup, `s${this.#sums.setBack}`);
    this.#backup = this.#fate.chance(0.5) ? this.#authority.backup() : this.#backup;
    this.#messages = this.#messages.filter((one) => !one.work && !one.reply);
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
    host.restart();
    host.wish = undefined;
    host.restored = true;
    this.#sums.restored += 1;
    // It starts with the program of today, which may read what was parked then.
    laptop.fuse = undefined;
    if (laptop.format === 2 && backup.parked.length > 0) laptop.upgrade();
  }

  /**
   * The laptop may die at any write: its transaction never was, and its process starts again from the disk. Or the disk is full: then
   * neither was it, and the process goes on.
   */
  #alive(host: Host, what: () => void): void {
    try {
      what();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      if (this.#random.chance(0.3)) {
        this.#sums.diskFull += 1;
        // A command that was not done stops no round.
        if (error.inRound) host.fail(blockedBy('disk-full'), this.#now(host));
        return;
      }
      this.#sums.deaths += 1;
      host.restart();
    }
  }

  /** The weather clears: everything that is under way arrives, everybody has the newest program, and syncs until nothing is left. */
  #calm(): void {
    for (const host of this.#hosts) {
      host.cut = false;
      host.laptop.fuse = undefined;
      this.#upgrade(host);
    }
    this.#weather = { ...this.#weather, loss: 0, duplication: 0, death: 0, old: 0 };
    for (let round = 0; round < 5_000; round += 1) {
      const [message] = this.#messages;
      if (message) {
        this.#carry(message);
        continue;
      }
      const host = this.#hosts.find((one) => !one.gone && !one.isAtRest(this.#authority));
      if (!host) return;
      this.#alone(host);
    }
    throw new Error('it never comes to rest');
  }

  /** The next thing that happens to a laptop that nobody sends anything: it has to go on by itself (SY81), once it is switched on. */
  #alone(host: Host): void {
    const { phase, nextTry } = host.state;
    if (host.asking) {
      this.#clock = Math.max(this.#clock, host.asking.since + TIMEOUT + 1 - host.offset);
      this.#gaveUp(host);
    } else if (phase === 'blocked') this.#mend(host);
    else if (phase === 'off' || host.state.metered)
      this.#send(host, host.follow({ event: 'switched', on: true, metered: false }, this.#now(host)));
    else {
      this.#clock = Math.max(this.#clock, (nextTry ?? 0) - host.offset);
      this.#send(host, host.follow({ event: 'tick' }, this.#now(host)));
    }
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
      const aside = laptop.disk.lost.some(({ item }) => item.id === id);
      if (!gone && name === undefined && !aside) fail(`${id} was acknowledged and is not in the log (SY1)`);
    }
    for (const { gone, laptop } of this.#hosts) {
      this.#sums.aside += laptop.stoodAside;
      for (const { item } of gone ? [] : laptop.disk.lost) {
        if (places.has(item.id)) fail(`${item.id} came again and still stands aside at ${laptop.device} (SY98)`);
        const whose = this.#hosts.find((one) => !one.gone && !one.restored && one.laptop.device === item.device);
        if (whose) fail(`${item.id} did not come again, although ${item.device} did (SY97)`);
      }
    }
    for (const id of this.#lost) if (places.has(id)) this.#sums.cameAgain += 1;
    for (const { item, entry } of authority.log) {
      this.#sums.entries += 1;
      if (item.outcome === 'refused') this.#sums.refused += 1;
      if (item.outcome === 'merged') this.#sums.merged += 1;
      const conflict = authority.heads.get(`conflict ${entry.id}`)?.record;
      if (conflict && canonicalJson(conflict.reason).includes('follows')) this.#sums.followed += 1;
    }
  }
}
