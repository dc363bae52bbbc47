import { createWriteStream, existsSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { bookOf } from '#core/lab/impact/books.ts';
import {
  comparedDecisions,
  countedOutcomes,
  type DecisionSide,
  type OutcomeCounts,
  sidesOf,
} from '#core/lab/impact/decisions.ts';
import { openResidentBook } from '#core/lab/rating/resident.ts';
import { Problem } from '#core/model/problem.ts';
import { assertUsable } from '#core/product/load.ts';
import { specOf } from './impact.ts';
import { printProblem, progress } from './output.ts';
import { deskFor, programOf } from './rate.ts';

export interface UnderwriteOptions {
  readonly product?: string;
  readonly workers?: number;
  readonly out?: string;
  readonly against?: string;
  readonly changed?: boolean;
  readonly map?: string;
  readonly clock?: string;
  readonly seed: string;
  readonly data?: string;
  readonly json?: boolean;
}
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `fieldwriter underwrite <configuration> <book>`: the rules of a version over a whole book (core/lab/rating/SPEC.md, UB1 to UB7), one line
 * out for each risk, in the order of the book. @returns the exit code; a risk that is rejected, or wrong, is an answer and no failure
 */
export async function underwrite(source: string, book: string, options: UnderwriteOptions): Promise<number> {
  const stop = new AbortController();
  const stopped = (): void => stop.abort(new Error('stopped'));
  for (const signal of SIGNALS) process.on(signal, stopped);
  let desk: Awaited<ReturnType<typeof deskFor>> | undefined;
  try {
    if (options.out !== undefined && existsSync(options.out))
      throw new Problem('wrong-state', `${options.out} is there already: remove it, or choose another file.`, {
        place: { file: options.out },
      });
    if (options.changed && options.against === undefined)
      throw new Problem('malformed-request', '--changed needs --against: give the version to compare with.');
    desk = await deskFor(source, book, options);
    const opened = desk.desk;
    const program = await programOf(opened, source, options, options.product);
    const other =
      options.against === undefined
        ? undefined
        : { ...(await programOf(opened, options.against, options, program.product)), clock: program.clock };
    for (const one of other ? [program, other] : [program]) assertUsable(one.configuration, one.product);
    const { configuration, product, clock: now } = program;
    const named = bookOf(opened, await specOf(book, options), { configuration, product, now });
    const { signal } = stop;
    const started = performance.now();
    const resident = await openResidentBook(opened, named.source, { signal }, options.workers);
    try {
      const bar = progress((other ? 2 : 1) * resident.size, 'Deciding');
      const decide = (which: typeof program, from: number) =>
        resident.decide(which, { signal, onProgress: ({ done }) => bar.step(from + done) });
      const decided = await decide(program, 0);
      const against = other ? await decide(other, resident.size) : undefined;
      bar.end();
      const compared = against && comparedDecisions(against, decided);
      const others = against && sidesOf(against);
      const changed = new Set(compared?.changed.map(({ index }) => index));
      const sides = sidesOf(decided);
      await write(options.out, sides, (index) => {
        if (options.changed && !changed.has(index)) return undefined;
        const beside = others?.[index];
        return {
          risk: index + 1,
          key: decided.keys[index],
          ...said(sides[index]),
          ...(beside ? { against: said(beside), changed: changed.has(index) } : {}),
        };
      });
      const seconds = Math.round(performance.now() - started) / 1_000;
      const counts = countedOutcomes(sides);
      const moved = compared && { before: compared.before, moves: compared.moves, otherNotes: compared.otherNotes };
      if (options.json)
        process.stderr.write(
          `${JSON.stringify({ risks: sides.length, ...counts, ...(moved ? { against: moved } : {}), seconds })}\n`,
        );
      else {
        process.stderr.write(`${sides.length} risks in ${seconds} s: ${inWords(counts)}\n`);
        if (compared) {
          process.stderr.write(`by the other version: ${inWords(compared.before)}\n`);
          for (const { from, to, count } of compared.moves) process.stderr.write(`${count} from ${from} to ${to}\n`);
          process.stderr.write(`${compared.changed.length} changed, ${compared.otherNotes} with other notes only\n`);
        }
      }
      return 0;
    } finally {
      await resident.close();
    }
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('Stopped; nothing was written.\n');
      return 130;
    }
    printProblem(error);
    return 1;
  } finally {
    await desk?.close();
    for (const signal of SIGNALS) process.off(signal, stopped);
  }
}

function said(side: DecisionSide | undefined): object {
  if (!side) return {};
  const { outcome, notes, problem } = side;
  return outcome === 'failed' ? { error: problem } : { decision: outcome, notes };
}

function inWords({ accept, none, reject, failed }: OutcomeCounts): string {
  const without = failed > 0 ? `, ${failed} without a decision: see their error` : '';
  return `${accept} accepted, ${none} referred (none), ${reject} rejected${without}`;
}

/** A line for each risk, to a file or to standard output, no faster than it is read. */
async function write(
  out: string | undefined,
  sides: readonly DecisionSide[],
  lineOf: (index: number) => object | undefined,
): Promise<void> {
  const stream = out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx' });
  // Heard at its end, or by the one who waits.
  let broken: Error | undefined;
  stream.once('error', (error) => {
    broken = error;
  });
  for (let index = 0; index < sides.length && !stream.destroyed; index += 1) {
    const line = lineOf(index);
    if (line && !stream.write(`${JSON.stringify(line)}\n`))
      await new Promise<void>((resolve) => {
        const go = (): void => {
          stream.off('drain', go).off('close', go);
          resolve();
        };
        stream.once('drain', go).once('close', go);
      });
  }
  if (out === undefined) return;
  stream.end();
  await finished(stream).catch(() => undefined);
  if (broken) throw new Problem('not-found', `${out} can not be written: ${broken.message}`, { place: { file: out } });
}
