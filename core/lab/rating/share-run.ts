import type { BookSource } from './contract.ts';
import { type FastProgram, RISK_TIME, type Worker } from './fast.ts';
import type { FastRules } from './fast-rules.ts';

/** Megabytes that one worker's share and tables may take. */
export const MEMORY = 4_096;
/** What a worker does before it can be stopped, milliseconds. */
const BUDGET = 150;
const LOAD_TIME = 60_000;

/** A stretch of the book in a worker's share: its place there, and in the book. */
interface Stretch {
  readonly inShare: number;
  readonly inBook: number;
  readonly count: number;
}
export interface Share {
  readonly worker: Worker;
  readonly stretches: Stretch[];
  size: number;
  /** Places in the share of risks whose rating had to be stopped, under the program that did it. */
  readonly skipped: Set<number>;
  /** Realm that the share was loaded into. */
  loadedInto: number;
}

/** Reads the book into shares. @param wanted those to be loaded; the others are only counted */
export async function fill(
  shares: readonly Share[],
  source: BookSource,
  wanted: readonly Share[],
  seen: (text: string, line: number) => void,
): Promise<void> {
  for (const share of wanted) {
    share.stretches.length = 0;
    share.size = 0;
  }
  let next = 0;
  let inBook = 0;
  for await (const batch of source()) {
    const share = shares[next % shares.length] as Share;
    next += 1;
    let count = 0;
    batch.text.split('\n').forEach((text, i) => {
      if (text.trim() === '') return;
      count += 1;
      seen(text, batch.first + i);
    });
    if (wanted.includes(share)) {
      const kept = await share.worker.host.call('keep', [batch.text], LOAD_TIME);
      if (!kept.ok) throw new Error(`The book does not fit into memory: ${kept.message}`);
      share.stretches.push({ inShare: share.size, inBook, count });
      share.size += count;
    }
    inBook += count;
  }
  for (const share of wanted) share.loadedInto = share.worker.host.generation;
}

/** What a stretch of a share says, as text, and where its risks are. */
export interface Said {
  readonly text: string;
  /** Place in the share of its first risk. */
  readonly from: number;
  /** Place in the book of a place in the share. */
  place(index: number): number;
  /** The request of a risk of the share. */
  request(index: number): Promise<string>;
}
export interface ShareRunning {
  readonly source: BookSource;
  readonly shares: readonly Share[];
  readonly fast: FastProgram;
  readonly rules?: FastRules;
  /** Function of the realm that works on the share from a place on. */
  readonly call: 'rateShare' | 'decideShare';
  readonly clock: number;
  readonly seed: string;
  readonly signal: AbortSignal | undefined;
  /** Takes what a stretch said. @returns the place in the share to go on from */
  take(said: Said): Promise<number>;
}

/** One share on its way through a run; what ends its worker is found and left to the slow way. */
export class ShareRun {
  readonly #run: ShareRunning;
  readonly #share: Share;

  constructor(run: ShareRunning, share: Share) {
    this.#run = run;
    this.#share = share;
  }

  async go(): Promise<void> {
    const { clock, seed, signal, call, take } = this.#run;
    const { worker, skipped, size } = this.#share;
    skipped.clear();
    for (let from = 0; from < size; ) {
      signal?.throwIfAborted();
      await this.#ready();
      const outcome = await worker.host.call(call, [from, clock, seed, BUDGET], BUDGET + RISK_TIME);
      if (outcome.ok) {
        const place = (index: number): number => this.#place(index);
        from = await take({ text: outcome.text, from, place, request: (index) => this.#request(index) });
      } else if (outcome.at >= 0) skipped.add(outcome.at);
      // Nobody knows which one was to blame: the next stretch is worked on risk by risk.
      else for (let at = from; at < Math.min(size, from + 50); at += 1) skipped.add(at);
    }
  }

  /** The share and the program in the worker, loaded anew where it was lost. */
  async #ready(): Promise<void> {
    const { fast, rules, shares, source } = this.#run;
    const { worker, skipped, loadedInto } = this.#share;
    if (!worker.isLoaded) await worker.open(MEMORY);
    if (!(await worker.load(fast, MEMORY))) throw new Error('The program could not be loaded into a worker.');
    if (rules && !(await worker.loadRules(rules))) throw new Error('The rules could not be loaded into a worker.');
    if (loadedInto === worker.host.generation) return;
    await fill(shares, source, [this.#share], () => {});
    for (const index of skipped) await worker.host.call('skip', [index], LOAD_TIME);
  }

  async #request(index: number): Promise<string> {
    const text = await this.#share.worker.host.call('textAt', [index], LOAD_TIME);
    if (!text.ok) throw new Error(text.message);
    return text.text;
  }

  /** The stretches stand in the share and in the book in the same order. */
  #place(index: number): number {
    const { stretches } = this.#share;
    let low = 0;
    let high = stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((stretches[middle]?.inShare ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    const stretch = stretches[low];
    return (stretch?.inBook ?? 0) + index - (stretch?.inShare ?? 0);
  }
}
