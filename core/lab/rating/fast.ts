import type { Product } from '#core/model/product.ts';
import type { TableSource } from '#core/model/table.ts';
import { policyholderRules } from '#core/policy/policyholder-fields.ts';
import { programOf } from '#core/product/program.ts';
import { type BatchHost, type BatchOutcome, openBatchHost } from '#core/sandbox/batch-host.ts';
import { hasPlugin } from '#core/sandbox/product-plugin.ts';
import type { BookLines, RatedLines, RatingProgram } from './contract.ts';
import type { FastRules } from './fast-rules.ts';
import { fitScripts } from './fit-scripts.ts';
import type { BatchAnswer, RatingSetup } from './guest/rating.ts';
import { joined } from './rated-line.ts';
import type { BatchRater } from './slow.ts';

/** Megabytes of a worker's isolate beside its tables. */
const MEMORY = 512;
/** What a worker does before it answers, milliseconds. */
const BUDGET = 400;
/** What one risk may take (sandbox, S30). */
export const RISK_TIME = 700;
const LOAD_TIME = 60_000;

/** What a worker is loaded with for a program. */
export interface FastProgram {
  readonly setup: string;
  /** Path → source. */
  readonly scripts: readonly (readonly [string, string])[];
  readonly tables: Readonly<Record<string, TableSource>>;
}

/** Whether a program can be rated many risks at a time, inside a worker's isolate (BR32); else why not, for a person. */
export function fastProgram(
  program: RatingProgram,
  product: Product,
): { readonly ok: true; readonly program: FastProgram } | { readonly ok: false; readonly why: string } {
  const { configuration, configVersion = 0 } = program;
  if (product.externalRater !== undefined) return { ok: false, why: `${product.externalRater} outside prices it` };
  if (hasPlugin(product, 'getDataAutofill')) return { ok: false, why: 'a plugin fills in its requests' };
  const rater = hasPlugin(product, 'getPerilRates') ? product.plugins.getPerilRates?.path : undefined;
  const fit =
    rater === undefined
      ? { fit: true as const, paths: [], catches: false, wired: undefined, reads: undefined }
      : fitScripts(configuration, rater);
  if (!fit.fit) return { ok: false, why: fit.why };
  const { calculations, scripts, tables } = programOf(configuration);
  const { fields, authored } = policyholderRules(configuration);
  const files = filesOf(product, rater);
  const setup: RatingSetup = {
    product,
    configVersion,
    currency: configuration.currency,
    timeZone: configuration.timeZone,
    holder: { fields, authored },
    calculations: Object.fromEntries(files.map((file) => [file, calculations[file] ?? ''])),
    ...(rater === undefined ? {} : { rater }),
    catches: fit.catches,
    wired: fit.wired !== undefined,
    // What Liquid reads of a risk is not known here.
    ...(fit.reads && files.length === 0 ? { reads: [...fit.reads] } : {}),
  };
  return {
    ok: true,
    program: {
      setup: JSON.stringify(setup),
      scripts: fit.paths.map((path) => [path, fit.wired?.get(path) ?? scripts[path] ?? ''] as const),
      tables,
    },
  };
}

/** The Liquid that prices a product. */
function filesOf(product: Product, rater: string | undefined): readonly string[] {
  const premiums =
    rater === undefined
      ? product.exposures.flatMap(({ perils }) => perils.flatMap(({ premiumFile }) => premiumFile ?? []))
      : [];
  return [
    ...premiums,
    ...product.taxes.flatMap(({ file }) => file ?? []),
    ...(product.feesFile ? [product.feesFile] : []),
  ];
}

/** A worker: a host process with what it was loaded with. */
export class Worker {
  readonly host: BatchHost = openBatchHost();
  #generation = -1;
  #setup = '';
  #scripts: FastProgram['scripts'] = [];
  readonly #tables = new Map<string, TableSource>();
  #rules: FastRules | undefined;
  readonly #unloadable = new WeakSet<FastProgram | FastRules>();
  #queue: Promise<unknown> = Promise.resolve();
  #program: FastProgram | undefined;
  /** Ends when all batches on their way have ended. */
  #onTheWay: Promise<unknown> = Promise.resolve();

  /** Runs one thing after the other. */
  turn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(work, work);
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** Whether what was loaded is still there. */
  get isLoaded(): boolean {
    return this.#generation === this.host.generation;
  }

  /** Loads what of a program is not there yet: tables that changed, other scripts. @returns false for one that can not be loaded here */
  async load(program: FastProgram, memory = MEMORY): Promise<boolean> {
    if (this.#unloadable.has(program)) return false;
    if (this.#program === program && this.isLoaded) return true;
    await this.#onTheWay;
    try {
      await this.#load(program, memory);
      this.#program = program;
      return true;
    } catch {
      this.#unloadable.add(program);
      return false;
    }
  }

  /** Rates lines of the program that is loaded; several batches may be on their way, one behind the other. */
  rate({ first, text, bytes }: BookLines, clock: number, seed: string): Promise<BatchOutcome> {
    const sent = this.host.call('rate', [first, clock, seed, BUDGET], BUDGET + RISK_TIME, bytes ?? Buffer.from(text));
    this.#onTheWay = Promise.all([this.#onTheWay, sent]);
    return sent;
  }

  /** Loads what decides on the risks of the program that is loaded, where it is not there yet. @returns as `load` */
  async loadRules(rules: FastRules): Promise<boolean> {
    if (this.#unloadable.has(rules)) return false;
    try {
      if (this.#rules && JSON.stringify(this.#rules) === JSON.stringify(rules)) return true;
      this.#rules = undefined;
      await this.#call('rules', rules.setup);
      for (const [path, source] of rules.scripts)
        await this.#call(path.endsWith('.json') ? 'ruleJson' : 'ruleScript', path, source);
      this.#rules = rules;
      return true;
    } catch {
      this.#unloadable.add(rules);
      return false;
    }
  }

  /** Makes a realm in which nothing is loaded yet. Throws what opening says. */
  async open(memory: number): Promise<void> {
    this.#program = undefined;
    await this.#must(this.host.open(memory));
    await this.#call('freeze');
    this.#tables.clear();
    this.#scripts = [];
    this.#setup = '';
    this.#rules = undefined;
    this.#generation = this.host.generation;
  }

  async #load(program: FastProgram, memory: number): Promise<void> {
    if (!this.isLoaded) {
      const cells = Object.values(program.tables).reduce(
        (sum, { rows, columns }) => sum + rows.length * columns.length,
        0,
      );
      await this.open(memory + Math.ceil((cells * 80) / 1024 / 1024));
    }
    // The zone in which tables are read comes with the set-up.
    const other = this.#setup !== program.setup;
    if (other) {
      this.#rules = undefined;
      await this.#call('configure', program.setup);
    }
    for (const [name, source] of Object.entries(program.tables)) {
      if (this.#tables.get(name) === source && !(other && source.schema?.effective)) continue;
      await this.#call('table', name, JSON.stringify(source));
      this.#tables.set(name, source);
    }
    for (const name of [...this.#tables.keys()]) {
      if (Object.hasOwn(program.tables, name)) continue;
      await this.#call('table', name, '');
      this.#tables.delete(name);
    }
    if (JSON.stringify(this.#scripts) !== JSON.stringify(program.scripts)) {
      await this.#call('clearScripts');
      for (const [path, source] of program.scripts)
        await this.#call(path.endsWith('.json') ? 'json' : 'script', path, source);
    }
    this.#setup = program.setup;
    this.#scripts = program.scripts;
  }

  async #call(name: string, ...args: readonly string[]): Promise<void> {
    await this.#must(this.host.call(name, args, LOAD_TIME));
  }
  async #must(outcome: ReturnType<BatchHost['call']>): Promise<void> {
    const { ok, ...rest } = await outcome;
    if (!ok) throw new Error('message' in rest ? rest.message : 'it could not be loaded');
  }
}

/**
 * Rates batches inside the workers' isolates, one crossing for many risks; what they can not answer for goes the slow way (BR30 to BR33).
 */
export function inWorkers(
  program: RatingProgram,
  fast: FastProgram,
  workers: readonly Worker[],
  slow: BatchRater,
): BatchRater {
  let next = 0;
  return (lines, signal) => {
    const worker = workers[next % workers.length] as Worker;
    next += 1;
    return new BatchRun(program, fast, worker, slow, lines, signal).rate();
  };
}

/** One batch on its way through a worker. */
class BatchRun {
  readonly #program: RatingProgram;
  readonly #fast: FastProgram;
  readonly #worker: Worker;
  readonly #slow: BatchRater;
  readonly #lines: BookLines;
  readonly #signal: AbortSignal | undefined;
  #texts: readonly string[] | undefined;

  constructor(
    program: RatingProgram,
    fast: FastProgram,
    worker: Worker,
    slow: BatchRater,
    lines: BookLines,
    signal: AbortSignal | undefined,
  ) {
    this.#program = program;
    this.#fast = fast;
    this.#worker = worker;
    this.#slow = slow;
    this.#lines = lines;
    this.#signal = signal;
  }

  async rate(): Promise<RatedLines> {
    const { count } = this.#lines;
    // The turn ends when it is sent: the next batch is on its way while this one is being worked on.
    const sent = await this.#worker.turn(() => this.#send(0, count));
    const outcome = await sent?.outcome;
    if (outcome?.ok) {
      const { done, lines } = await this.#read(outcome.text, 0);
      if (done >= count) return lines;
      return joined([lines, ...(await this.#worker.turn(() => this.#range(done, count)))]);
    }
    return joined(await this.#worker.turn(() => this.#range(0, count, outcome)));
  }

  /** @returns undefined for a program that can not be loaded here */
  async #send(from: number, end: number): Promise<{ readonly outcome: Promise<BatchOutcome> } | undefined> {
    this.#signal?.throwIfAborted();
    if (!(await this.#worker.load(this.#fast))) return undefined;
    const { clock, seed } = this.#program;
    return { outcome: this.#worker.rate(this.#some(from, end), clock, seed) };
  }

  /**
   * Rates some of the lines; what ends the worker is found, rated on its own, and the others are rated again without it.
   * @param had what already came of it
   */
  async #range(start: number, end: number, had?: BatchOutcome): Promise<readonly RatedLines[]> {
    const rated: RatedLines[] = [];
    let known = had;
    for (let from = start; from < end; known = undefined) {
      const outcome = known ?? (await (await this.#send(from, end))?.outcome);
      if (!outcome) return [...rated, await this.#slowly(from, end)];
      if (outcome.ok) {
        const { done, lines } = await this.#read(outcome.text, from);
        rated.push(lines);
        from += done;
      } else if (outcome.gone) {
        // Another one's fault.
      } else if (outcome.at < 0) {
        // Nobody knows which: each one speaks for itself.
        rated.push(await this.#slowly(from, end));
        from = end;
      } else {
        const guilty = from + outcome.at;
        rated.push(...(await this.#range(from, guilty)), await this.#slowly(guilty, guilty + 1));
        from = guilty + 1;
      }
    }
    return rated;
  }

  async #read(text: string, from: number): Promise<{ readonly done: number; readonly lines: RatedLines }> {
    const end = text.indexOf('\n');
    const { done, elsewhere, sums, failed, rated } = JSON.parse(end < 0 ? text : text.slice(0, end)) as BatchAnswer;
    const body = end < 0 ? '' : text.slice(end + 1);
    if (elsewhere.length === 0) return { done, lines: { text: body, rated, failed, sums } };
    // Empty lines stand for what goes the slow way.
    const others: RatedLines[] = [];
    for (const at of elsewhere) others.push(await this.#slowly(from + at, from + at + 1));
    let next = 0;
    const whole = body.split('\n').map((line) => (line === '' ? (others[next++]?.text ?? '') : line));
    const all = joined([{ text: '', rated, failed, sums }, ...others]);
    return { done, lines: { ...all, text: whole.join('\n') } };
  }

  #slowly(from: number, end: number): Promise<RatedLines> {
    return this.#slow(this.#some(from, end), this.#signal);
  }

  #some(from: number, end: number): BookLines {
    if (from === 0 && end === this.#lines.count) return this.#lines;
    this.#texts ??= this.#lines.text.split('\n');
    return { first: this.#lines.first + from, count: end - from, text: this.#texts.slice(from, end).join('\n') };
  }
}
