import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { smallProduct } from '#test/contract/support.ts';
import { Random } from '#test/simulation/random.ts';
import { TestDevice } from '../../cloud/test-device.ts';
import type { SpawnedCopy, TestCloud } from '../../cloud/testing.ts';
import { KilledLaptop, Refused, Silent } from './laptop.ts';
import { type Found, nothingLost } from './nothing-lost.ts';
import { doSomething } from './user.ts';

export interface KillOptions {
  /** Durable: what PostgreSQL committed outlives its death. */
  readonly cloud: TestCloud;
  /** For the laptops' data. */
  readonly folder: string;
  readonly seed: number;
  readonly laptops: number;
  /** Copies that are killed. */
  readonly copies: number;
  /** Whether the laptops know the copies in this process too, which are not killed. */
  readonly alsoUnkilled?: boolean;
  readonly kills: number;
  /** When no more is killed, milliseconds of the clock. */
  readonly until: number;
  /** Longest time between two kills, milliseconds. */
  readonly pause: number;
  said(line: string): void;
}
export interface Killed {
  readonly laptops: number;
  readonly copies: number;
  readonly postgres: number;
}

/** Of so many kills one is of PostgreSQL, and so many of copies; the others are of laptops. */
const OF = 10;
const POSTGRES = 1;
const COPIES = 3;
/** So many commands of each laptop are acknowledged at least. */
const LEAST = 5;
/** Longest wait for everybody to be in step. */
const QUIET = 180_000;

const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * Laptops whose users work without a break and copies of the cloud over one PostgreSQL, each a process of its own, of which one after
 * the other is killed with kill -9 and started again; then everything comes to rest, and nothing that was acknowledged may be lost.
 */
export async function killAtRandom(options: KillOptions): Promise<{ readonly killed: Killed; readonly found: Found }> {
  const { cloud, seed, said } = options;
  const random = new Random(seed);
  const tenant = await cloud.newTenant(`Killed ${seed}`);
  const laptops = Array.from({ length: options.laptops }, (_, i) => {
    const name = `laptop-${i + 1}`;
    return new KilledLaptop(name, path.join(options.folder, name), new Random(seed + i + 1));
  });
  const killed = { laptops: 0, copies: 0, postgres: 0 };
  let ended = false;
  try {
    const product = path.join(options.folder, 'product');
    writeProduct(product);
    const [copies] = await Promise.all([
      Promise.all(Array.from({ length: options.copies }, () => cloud.spawnCopy())),
      ...laptops.map((laptop, i) => laptop.start(...(i === 0 ? ['--configuration', product] : []))),
    ]);
    const addresses = [...copies, ...(options.alsoUnkilled ? cloud.copies : [])].map(({ address }) => address);
    const working = laptops.map(async (laptop, i) => {
      await join(laptop, [...addresses.slice(i % addresses.length), ...addresses.slice(0, i % addresses.length)], () =>
        cloud.newCode(tenant),
      );
      while (!ended) await workOn(laptop);
    });
    const failed = Promise.all(working).then(() => new Promise<never>(() => undefined));
    const killing = (async () => {
      for (let count = 0; count < options.kills && Date.now() < options.until; count += 1) {
        await wait(random.next() * options.pause);
        await killOne(options, copies, laptops, random, killed);
      }
      // Everybody has done something, also where the machine is slow.
      while (laptops.some(({ acknowledged }) => acknowledged.size < LEAST)) await wait(50);
    })();
    await Promise.race([killing, failed]);
    ended = true;
    await Promise.all(working);
    said(`killed ${JSON.stringify(killed)}; waiting for quiet`);
    await quiet(laptops);
    said('quiet; looking for what was lost');
    for (const laptop of laptops) await laptop.kill('SIGTERM');
    const reader = await new TestDevice(addresses[0] ?? '').enrol(await cloud.newCode(tenant));
    return { killed, found: await nothingLost(laptops, reader) };
  } finally {
    ended = true;
    await Promise.all(laptops.map((laptop) => laptop.kill()));
  }
}

async function killOne(
  { cloud }: KillOptions,
  copies: SpawnedCopy[],
  laptops: readonly KilledLaptop[],
  random: Random,
  killed: { -readonly [K in keyof Killed]: number },
): Promise<void> {
  const whom = random.below(OF);
  if (whom < POSTGRES) {
    await cloud.killPostgres();
    killed.postgres += 1;
  } else if (whom < POSTGRES + COPIES) {
    const at = random.below(copies.length);
    const port = Number(new URL(copies[at]?.address ?? '').port);
    await copies[at]?.kill('SIGKILL');
    copies[at] = await cloud.spawnCopy(port);
    killed.copies += 1;
  } else {
    const laptop = random.pick(laptops);
    await laptop?.kill();
    await laptop?.start();
    killed.laptops += 1;
  }
}

/** Enrols it, however often it dies meanwhile. */
async function join(laptop: KilledLaptop, addresses: readonly string[], newCode: () => Promise<string>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      if ((await laptop.sync()).cloud) return;
      await laptop.ask('POST', '/api/sync/enrol', { address: addresses.join(','), code: await newCode() });
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await wait(100);
    }
  }
}

/** A moment of its user's day. */
async function workOn(laptop: KilledLaptop): Promise<void> {
  try {
    const { blocked } = await laptop.sync();
    if (blocked) throw new Error(`${laptop.name} stands still: ${blocked.message}`);
    // It syncs by itself; somebody who is impatient makes it meet more.
    if (laptop.random.chance(0.3)) await laptop.ask('POST', '/api/sync/now');
    for (let i = laptop.random.below(5); i >= 0; i -= 1) await doSomething(laptop);
    await wait(laptop.random.below(200));
  } catch (error) {
    if (!(error instanceof Silent)) throw error;
    await wait(50);
  }
}

/** Until nobody has anything that waits and all are at the end of the log. */
async function quiet(laptops: readonly KilledLaptop[]): Promise<void> {
  const until = Date.now() + QUIET;
  for (;;) {
    for (const laptop of laptops) await laptop.ask('POST', '/api/sync/now').catch(unlessRefused);
    await wait(100);
    const all = await Promise.all(laptops.map((laptop) => laptop.sync()));
    const end = Math.max(...all.map(({ position, cloudPosition }) => Math.max(position, cloudPosition ?? 0)));
    const open = all.filter(
      ({ waiting, position, activity, complete }) =>
        waiting.entries > 0 ||
        waiting.files + waiting.fetches > 0 ||
        position < end ||
        activity.phase !== 'waiting' ||
        !complete,
    );
    if (open.length === 0) return;
    if (Date.now() > until) throw new Error(`It never comes to rest: ${JSON.stringify(open)}`);
  }
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof Refused)) throw error;
}

/** A product with two fields that several may write. */
function writeProduct(folder: string): void {
  const field = (name: string) => ({ name, title: name, type: 'string', optional: true });
  const files = smallProduct({ 'policy/policy.json': JSON.stringify({ fields: [field('note'), field('remark')] }) });
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(folder, 'products/small', file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  writeFileSync(path.join(folder, 'config.json'), '{"timezone":"UTC","currency":"USD"}');
}
