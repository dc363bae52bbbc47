import { availableParallelism } from 'node:os';
import { bookAt, columnMapAt, requestsIn } from '#core/lab/rating/book-file.ts';
import type { BookSource, RatingProgram } from '#core/lab/rating/contract.ts';
import { openRatingEngine, type RatingEngine } from '#core/lab/rating/engine.ts';
import { inForce } from '#core/lab/rating/in-force.ts';
import { openRatingOutput, type RatingOutput } from '#core/lab/rating/output.ts';
import { rateBook } from '#core/lab/rating/run.ts';
import type { RunSummary } from '#core/lab/rating/summary.ts';
import type { Configuration } from '#core/model/product.ts';
import { type OpenDesk, openDesk } from '#core/policy/open-desk.ts';
import { openThrowawayDesk } from '#core/policy/throwaway.ts';
import { loadKey } from '#core/store/key.ts';
import { dataFolder } from './folders.ts';
import { printProblem, progress } from './output.ts';
import { clockOf } from './plugin.ts';
import { chooseProduct, configurationAt } from './source.ts';

export interface RateOptions {
  readonly product?: string;
  readonly workers?: number;
  readonly out?: string;
  readonly against?: string;
  readonly map?: string;
  readonly clock?: string;
  readonly seed: string;
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * `fieldwriter rate`: a book rated as new business, one line out for each risk, in the order of the book (core/lab/rating/SPEC.md).
 * @returns 0; 1 when nothing could be rated at all; 130 when it was stopped. A risk without a price is an answer, not a failure.
 */
export async function rate(source: string, book: string, options: RateOptions): Promise<number> {
  const stop = new AbortController();
  const stopped = (): void => stop.abort(new Error('stopped'));
  for (const signal of SIGNALS) process.on(signal, stopped);
  let desk: { readonly desk: OpenDesk; close(): Promise<void> } | undefined;
  let output: RatingOutput | undefined;
  try {
    desk = await deskFor(source, book, options);
    const program = await programOf(desk.desk, source, options, options.product);
    const against =
      options.against === undefined ? undefined : await programOf(desk.desk, options.against, options, program.product);
    output = await openRatingOutput({ out: options.out, book, program, ...(against ? { against } : {}) });
    if (output.resumed > 0)
      process.stderr.write(`${options.out} has ${output.resumed} rated already: going on after them.\n`);
    const summary = await run(desk.desk, book, options, { program, against, output, signal: stop.signal });
    report(summary, options.json === true);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) {
      printProblem(error);
      return 1;
    }
    const goOn =
      options.out === undefined ? '' : ` ${options.out} holds whole lines only: the same command goes on after them.`;
    process.stderr.write(`Stopped after ${output?.written ?? 0} rated.${goOn}\n`);
    return 130;
  } finally {
    await output?.close();
    await desk?.close();
    for (const signal of SIGNALS) process.off(signal, stopped);
  }
}
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Run {
  readonly program: RatingProgram;
  readonly against: RatingProgram | undefined;
  readonly output: RatingOutput;
  readonly signal: AbortSignal;
}

async function run(desk: OpenDesk, book: string, options: RateOptions, given: Run): Promise<RunSummary> {
  const { output, signal, against } = given;
  const program = { ...given.program, ...output.context };
  const workers = Math.max(1, options.workers ?? availableParallelism());
  const started = performance.now();
  const source = await sourceOf(desk, book, options, program, output.lastLine);
  const engine = openRatingEngine(desk, workers);
  try {
    const raters = {
      rate: raterOf(engine, program),
      ...(against ? { against: raterOf(engine, against, output) } : {}),
    };
    const bar = progress(0, 'Rating');
    for await (const batch of rateBook(source, raters, workers + 1, signal)) {
      signal.throwIfAborted();
      await output.write(batch);
      bar.step(output.written);
    }
    bar.end();
    return await output.finish((performance.now() - started) / 1_000);
  } finally {
    await engine.close();
  }
}

function raterOf(engine: RatingEngine, program: RatingProgram, output?: RatingOutput) {
  const { rate, why } = engine.rater({ ...program, ...output?.context });
  if (why !== undefined) process.stderr.write(`${program.product} is rated one by one, which is slower: ${why}.\n`);
  return rate;
}

async function sourceOf(
  desk: OpenDesk,
  book: string,
  options: RateOptions,
  program: RatingProgram,
  lastLine: number,
): Promise<BookSource> {
  const { configuration } = program;
  const product = chooseProduct(configuration, program.product);
  if (book === 'in-force') return inForce(desk, product, program.clock, lastLine);
  const map = options.map === undefined ? {} : { map: await columnMapAt(options.map) };
  const file = await bookAt(book);
  // The header of a CSV is line 1.
  const skip = file.format === 'csv' ? Math.max(0, lastLine - 1) : lastLine;
  return requestsIn(file, { configuration, product, skip, ...map });
}

/** The store of `--data` where policies or versions of it are asked for; otherwise one that is thrown away. */
export async function deskFor(source: string, book: string, options: Pick<RateOptions, 'against' | 'data'>) {
  const stored = book === 'in-force' || [source, options.against].some((one) => one !== undefined && isVersion(one));
  if (stored) {
    const folder = dataFolder(options.data);
    const desk = openDesk({ folder, key: loadKey(process.env, folder), documents: 'later' });
    return { desk, close: () => desk.close() };
  }
  return openThrowawayDesk(await configurationAt(source), { documents: 'later', interrupts: 'by-caller' });
}

const isVersion = (text: string): boolean => /^\d{1,6}$/.test(text);

export async function programOf(
  desk: OpenDesk,
  source: string,
  options: Pick<RateOptions, 'clock' | 'seed'>,
  productName: string | undefined,
): Promise<RatingProgram> {
  const deployed = isVersion(source) ? await desk.configurations.version(Number(source)) : undefined;
  const configuration: Configuration = deployed?.configuration ?? (await configurationAt(source));
  return {
    configuration,
    product: chooseProduct(configuration, productName).name,
    configVersion: deployed?.record.configVersion ?? 1,
    clock: options.clock === undefined ? Date.now() : clockOf(options.clock),
    seed: options.seed,
  };
}

function report(summary: RunSummary, json: boolean): void {
  if (json) {
    process.stderr.write(`${JSON.stringify(summary)}\n`);
    return;
  }
  const { risks, failed, sums, seconds, against } = summary;
  process.stderr.write(
    `${risks} rated in ${seconds} s${failed > 0 ? `, ${failed} without a price: see their error` : ''}\n`,
  );
  for (const { currency, premium, taxes, fees, total } of sums)
    process.stderr.write(`${currency}: premium ${premium}, taxes ${taxes}, fees ${fees}, total ${total}\n`);
  for (const { currency, premium, total, change } of against ?? [])
    process.stderr.write(
      `${currency}, the other version over the same risks: premium ${premium}, total ${total} (${change} %)\n`,
    );
}
