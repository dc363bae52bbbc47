import { type Answer, Authority, type Logged } from './authority.ts';
import { Laptop } from './laptop.ts';
import { Random } from './random.ts';
import { all, exported, nameOf } from './records.ts';
import { work } from './work.ts';

/** What may happen, and how often, in one run. */
export interface Weather {
  readonly laptops: number;
  readonly steps: number;
  /** Probabilities for each message and step. */
  readonly loss: number;
  readonly duplication: number;
  readonly partition: number;
}

/** Runs one seed to its quiet end and checks what must hold. Throws what does not. */
export function simulate(
  seed: number,
  weather: Weather,
): { readonly entries: number; readonly refused: number; readonly merged: number } {
  const random = new Random(seed);
  const authority = new Authority();
  const laptops = Array.from({ length: weather.laptops }, (_, i) => new Laptop(`d${i}`));
  const late: (() => void)[] = [];
  const acknowledged: string[] = [];
  const cut = new Set<Laptop>();
  let clock = 1_000;

  const push = (laptop: Laptop, from: number): void => {
    const batch = laptop.journal.slice(from, from + 1 + random.below(5));
    const deliver = (): readonly Answer[] => batch.map((entry) => authority.push(entry));
    if (random.chance(weather.loss)) return;
    // A message that was sent may arrive again, and much later.
    if (random.chance(weather.duplication)) late.push(deliver);
    deliver();
  };
  const pull = (laptop: Laptop): void => {
    if (random.chance(weather.loss)) return;
    const items = authority.pull(laptop.position, 1 + random.below(6));
    const take = (some: readonly Logged[]): void => {
      for (const logged of some) if (logged.item.position === laptop.position + 1) laptop.apply(logged);
    };
    if (random.chance(weather.duplication)) late.push(() => take(items));
    // The laptop may be killed between two items: what is applied is applied.
    take(random.chance(0.1) ? items.slice(0, random.below(items.length + 1)) : items);
  };
  for (let step = 0; step < weather.steps; step += 1) {
    clock += random.below(1_000) - 100;
    const laptop = random.pick(laptops) as Laptop;
    const what = random.next();
    if (random.chance(weather.partition)) {
      if (cut.has(laptop)) cut.delete(laptop);
      else cut.add(laptop);
    }
    if (what < 0.5) {
      const done = work(laptop, random, clock);
      if (done) acknowledged.push(laptop.commit(done[0], done[1], clock, done[2]).id);
    } else if (!cut.has(laptop)) {
      if (what < 0.7) push(laptop, random.chance(0.2) ? laptop.settled : authority.chain(laptop.device).sequence);
      else if (what < 0.95) pull(laptop);
      else late.splice(random.below(late.length), 1)[0]?.();
    }
  }
  for (const message of late) message();
  for (const laptop of laptops) for (const entry of laptop.journal) authority.push(entry);
  for (const laptop of laptops)
    while (laptop.position < authority.log.length)
      for (const logged of authority.pull(laptop.position, 50)) laptop.apply(logged);
  check(authority, laptops, acknowledged);
  const outcomes = authority.log.map(({ item }) => item.outcome);
  return {
    entries: outcomes.length,
    refused: outcomes.filter((outcome) => outcome === 'refused').length,
    merged: outcomes.filter((outcome) => outcome === 'merged').length,
  };
}

function check(authority: Authority, laptops: readonly Laptop[], acknowledged: readonly string[]): void {
  const fail = (what: string): never => {
    throw new Error(what);
  };
  const truth = exported(authority.heads);
  if (exported(authority.fold()) !== truth) fail('the heads are not the fold of the log (SY2)');
  for (const laptop of laptops) {
    if (laptop.pending > 0 || laptop.beside > 0) fail(`${laptop.device} still waits`);
    if (exported(laptop.shown) !== truth) fail(`${laptop.device} holds other bytes than the authority (SY2)`);
  }
  const places = new Map<string, number>();
  for (const { item } of authority.log) places.set(item.id, (places.get(item.id) ?? 0) + 1);
  for (const id of acknowledged)
    if (places.get(id) !== 1) fail(`${id} stands ${places.get(id) ?? 0} times in the log (SY1)`);
  for (const { item, entry } of authority.log) {
    if (item.outcome !== 'refused' || entry.user === 'workbench') continue;
    if (entry.command === 'conflict.resolve') continue;
    if (!authority.heads.has(nameOf({ type: 'conflict', locator: item.id })))
      fail(`${item.id} was refused without a work item (SY15)`);
  }
  const periods = new Set<string>();
  for (const { policyLocator, period } of all(authority.heads, 'invoice')) {
    const one = `${policyLocator} ${period}`;
    if (periods.has(one)) fail(`period ${one} is charged twice`);
    periods.add(one);
  }
  const numbers = all(authority.heads, 'policy').flatMap(({ issuedAt, displayId }) =>
    issuedAt === undefined ? [] : [displayId],
  );
  if (new Set(numbers).size !== numbers.length) fail('a number is printed on two policies');
}
