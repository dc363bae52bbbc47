import type { Charge } from '#core/model/charge.ts';
import type { Insured, Resolution, Result, Timeline, Transaction } from '#core/model/timeline/contract.ts';
import { type Effect, effectOf, recordedTimeline } from '#core/model/timeline/history.ts';
import { chargesOf } from '#core/model/timeline/money.ts';
import { type Application, type Replayed, replay } from '#core/model/timeline/replay.ts';
import { amountsOf, type Insurer } from './insurer.ts';

/** A policy as an application keeps it: what was issued, in the order of issue, and what that recorded. */
export interface Book {
  readonly insurer: Insurer;
  readonly transactions: Transaction[];
  readonly effects: Effect[];
  /** What the effects add up to. */
  recorded: Timeline;
  readonly charges: Charge[];
  readonly resolutions: Resolution[];
  /** By transaction: every amount that was ever found for it. */
  readonly results: Map<string, Result[]>;
}
/** What issuing a transaction did. */
export interface Issued {
  readonly replayed: Replayed;
  readonly recorded: Timeline;
  readonly effect: Effect;
  /** Applications that were priced. */
  readonly priced: readonly Application[];
}

export function emptyBook(insurer: Insurer): Book {
  return {
    insurer,
    transactions: [],
    effects: [],
    recorded: recordedTimeline([]),
    charges: [],
    resolutions: [],
    results: new Map(),
  };
}

export function locatorFor(...parts: readonly (string | number)[]): string {
  return parts.join('/');
}

/** Issues a transaction: replays the policy with it, re-using every amount that was found before, and records the difference. */
export function issue(book: Book, transaction: Transaction, resolutions: readonly Resolution[] = []): Issued {
  const priced: Application[] = [];
  book.transactions.push(transaction);
  book.resolutions.push(...resolutions);
  const replayed = run(book, book.transactions, { cause: transaction.locator, priced });
  const before = book.recorded;
  const results = Object.fromEntries(
    replayed.applied
      .filter(({ result }) => result.cause === transaction.locator)
      .map(({ transaction: { locator }, result }) => [locator, result]),
  );
  const fresh = (locator: string): string => `${locator}~${transaction.locator}`;
  const effect = effectOf(transaction.locator, before, replayed.timeline, { results, resolutions }, fresh);
  book.charges.push(...chargesOf(effect, before));
  book.effects.push(effect);
  for (const [locator, result] of Object.entries(results))
    book.results.set(locator, [...(book.results.get(locator) ?? []), result]);
  book.recorded = recordedTimeline(book.effects);
  return { replayed, recorded: book.recorded, effect, priced };
}

/** Replays transactions of a policy with the amounts that it has, or with none. */
export function run(
  book: Book,
  transactions: readonly Transaction[],
  {
    cause,
    priced,
    results = book.results,
    insurer = book.insurer,
  }: {
    readonly cause?: string;
    readonly priced?: Application[];
    readonly results?: ReadonlyMap<string, readonly Result[]>;
    readonly insurer?: Insurer;
  } = {},
): Replayed {
  const steps = replay({
    transactions,
    resolutions: book.resolutions,
    results,
    ...(cause === undefined ? {} : { cause }),
    locatorFor,
  });
  let step = steps.next();
  while (!step.done) {
    if (step.value.kind === 'price') {
      priced?.push(step.value);
      step = steps.next(amountsOf(insurer, step.value, locatorFor));
    } else step = steps.next(undefined);
  }
  return step.value;
}

/** What is insured at an instant, as what is issued and takes effect until then leaves it. */
export function insuredAt(book: Book, at: number): Insured {
  const until = book.transactions.filter(({ effective }) => effective <= at);
  return run(book, until).making.insured;
}
