/**
 * `node test/soak/kills.ts [--kills n] [--minutes n]`: three copies of the cloud in processes of their own, and PostgreSQL, are killed
 * with kill -9 at random while five devices push through whatever copy answers. In the end every entry stands in the log once, where
 * its device was told, and the positions have no gap.
 */
import { ItemHead, PullHead } from '#core/sync/protocol.ts';
import { TestDevice, type TestEntry } from '../../cloud/test-device.ts';
import { type SpawnedCopy, startTestCloud } from '../../cloud/testing.ts';

const COPIES = 3;
const DEVICES = 5;
/** One kill in so many is of PostgreSQL. */
const POSTGRES = 8;
/** Most entries of one push. */
const BATCH = 20;

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const kills = option('--kills', 100);
const until = Date.now() + option('--minutes', 60) * 60_000;
const pause = (most: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * most));

/** A device and what it remembers: its journal, and the position that each entry was told. */
interface Laptop {
  readonly device: TestDevice;
  readonly journal: TestEntry[];
  readonly told: Map<number, number>;
  answered: number;
}

const cloud = await startTestCloud({ durable: true });
const copies: SpawnedCopy[] = [];
let ended = false;
let killed = 0;
let refusedAnswers = 0;

async function pushed(laptop: Laptop): Promise<void> {
  const { device, journal, told } = laptop;
  device.address = copies[Math.floor(Math.random() * copies.length)]?.address ?? device.address;
  // Sometimes from further back: what was answered already is answered the same.
  const from = Math.max(0, laptop.answered - Math.floor(Math.random() * 3));
  try {
    const { answers } = await device.push(journal.slice(from, from + BATCH));
    for (const answer of answers) {
      if (!('position' in answer)) throw new Error(`${device.id} was told ${JSON.stringify(answer)}.`);
      const before = told.get(answer.sequence);
      if (before !== undefined && before !== answer.position) throw new Error(`${device.id} was told two positions.`);
      told.set(answer.sequence, answer.position);
      laptop.answered = Math.max(laptop.answered, answer.sequence);
    }
  } catch (error) {
    if (error instanceof Error && error.message.includes('was told')) throw error;
    refusedAnswers += 1;
    if (error instanceof Error && error.message.startsWith('401')) await device.newToken().catch(() => undefined);
    await pause(50);
  }
}

async function work(laptop: Laptop): Promise<void> {
  const { device, journal } = laptop;
  while (!ended) {
    for (let i = Math.floor(Math.random() * 5); i >= 0; i -= 1) {
      const locator = crypto.randomUUID();
      const record = { locator, createdAt: 1, updatedAt: 1, completed: true, entity: { values: { name: ['A'] } } };
      const personal = { person: locator, paths: ['entity.values'] };
      journal.push(device.entry([{ type: 'policyholder', locator, base: null, record, personal }]));
    }
    await pushed(laptop);
    await pause(40);
  }
}

async function kill(): Promise<void> {
  if (Math.floor(Math.random() * POSTGRES) === 0) await cloud.killPostgres();
  else {
    const at = Math.floor(Math.random() * copies.length);
    await copies[at]?.kill('SIGKILL');
    copies[at] = await cloud.spawnCopy();
  }
  killed += 1;
}

try {
  const tenant = await cloud.newTenant('Killed');
  for (let i = 0; i < COPIES; i += 1) copies.push(await cloud.spawnCopy());
  const laptops: Laptop[] = [];
  for (let i = 0; i < DEVICES; i += 1) {
    const device = await new TestDevice(copies[0]?.address ?? '').enrol(await cloud.newCode(tenant));
    laptops.push({ device, journal: [], told: new Map(), answered: 0 });
  }
  const working = laptops.map(work);
  while (killed < kills && Date.now() < until) {
    await pause(200);
    await kill();
  }
  ended = true;
  await Promise.all(working);
  for (const laptop of laptops) while (laptop.answered < laptop.journal.length) await pushed(laptop);

  const [reader] = laptops;
  if (!reader) throw new Error('There is nobody.');
  const places = new Map<string, number>();
  let position = 0;
  for (let more = true; more; ) {
    const [head, ...items] = await reader.device.pull(position, '&entries=500');
    more = PullHead.parse(head?.head).more;
    for (const item of items) {
      const { device, hash, position: at } = ItemHead.parse(item.head);
      if (at !== position + 1) throw new Error(`Position ${at} follows ${position}.`);
      if (places.has(`${device} ${hash}`)) throw new Error(`${device} stands in the log twice.`);
      places.set(`${device} ${hash}`, at);
      position = at;
    }
  }
  for (const { device, journal, told } of laptops)
    for (const { head } of journal)
      if (places.get(`${device.id} ${head.hash}`) !== told.get(head.sequence))
        throw new Error(`${device.id} ${head.sequence} is not where it was told.`);
  const entries = laptops.reduce((sum, { journal }) => sum + journal.length, 0);
  if (entries !== places.size) throw new Error(`${entries} entries were made and ${places.size} stand in the log.`);
  console.log(
    `${killed} kills, ${refusedAnswers} requests without an answer, ${entries} entries: each stands in the log once.`,
  );
} finally {
  await cloud.stop();
}
