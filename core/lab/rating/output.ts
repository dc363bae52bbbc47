import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Problem } from '#core/model/problem.ts';
import { linesOf } from './book-lines.ts';
import type { RatingProgram } from './contract.ts';
import { lineAgainst } from './rated-line.ts';
import type { RatedBatch } from './run.ts';
import { type RunSummary, Totals, type WrittenLine } from './summary.ts';

export interface OutputOptions {
  /** File; undefined for standard output. */
  readonly out: string | undefined;
  /** Name of the book, to tell another run's file from ours. */
  readonly book: string;
  readonly program: RatingProgram;
  readonly against?: RatingProgram;
}
/** Where a run's lines go; a file that a stopped run left is gone on with (BR9). */
export interface RatingOutput {
  /** Lines that stood there before. */
  readonly resumed: number;
  /** Number of the last line that stood there; 0 when there was none. */
  readonly lastLine: number;
  /** Clock and seed of the run: of the one that is gone on with, where there is one. */
  readonly context: { readonly clock: number; readonly seed: string };
  /** Lines in all. */
  readonly written: number;
  write(batch: RatedBatch): Promise<void>;
  finish(seconds: number): Promise<RunSummary>;
  close(): Promise<void>;
}

/** What a run was, kept beside its file until it is done. */
interface RunMark {
  readonly book: string;
  readonly product: string;
  readonly configuration: string;
  readonly against?: string;
  readonly clock: number;
  readonly seed: string;
}

/** Opens where a run writes. Throws `wrong-state` for a file that is done, or that another run left. */
export async function openRatingOutput(options: OutputOptions): Promise<RatingOutput> {
  const { out, program, against, book } = options;
  const { clock, seed, product, configuration } = program;
  const { currency } = configuration;
  const totals = new Totals(currency);
  if (out === undefined) return outputTo(stdoutWriter(), totals, { clock, seed, resumed: 0, lastLine: 0 });
  const mark: RunMark = {
    book,
    product,
    configuration: configuration.hash,
    ...(against ? { against: against.configuration.hash } : {}),
    clock,
    seed,
  };
  const before = await markOf(out);
  if (before) {
    const other = (['book', 'product', 'configuration', 'against'] as const).find(
      (name) => before[name] !== mark[name],
    );
    if (other)
      throw new Problem(
        'wrong-state',
        `${out} was begun with another ${other}: finish that run, or remove the file and ${markFile(out)}.`,
      );
  } else if ((await stat(out).catch(() => undefined)) !== undefined) {
    throw new Problem('wrong-state', `${out} is there already: remove it, or choose another file.`, {
      place: { file: out },
    });
  }
  const { clock: startedAt, seed: startedWith } = before ?? mark;
  const { end, lastLine, count } = before ? await wholeLines(out, totals) : { end: 0, lastLine: 0, count: 0 };
  await writeFile(markFile(out), `${JSON.stringify(before ?? mark)}\n`);
  const file = await open(out, before ? 'r+' : 'w').catch(() => open(out, 'w'));
  await file.truncate(end);
  const writer = fileWriter(file, end, () => rm(markFile(out), { force: true }));
  return outputTo(writer, totals, { clock: startedAt, seed: startedWith, resumed: count, lastLine });
}

const markFile = (out: string): string => `${out}.run.json`;

async function markOf(out: string): Promise<RunMark | undefined> {
  const text = await readFile(markFile(out), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as RunMark;
  } catch {
    throw new Problem('wrong-state', `${markFile(out)} can not be read: remove it together with ${out}.`);
  }
}

/** What of a file can be kept: everything up to its last whole line. */
async function wholeLines(out: string, totals: Totals) {
  let end = 0;
  let lastLine = 0;
  let count = 0;
  const size = (await stat(out).catch(() => undefined))?.size ?? 0;
  if (size === 0) return { end, lastLine, count };
  for await (const { text } of linesOf(createReadStream(out))) {
    for (const line of text.split('\n')) {
      const bytes = Buffer.byteLength(line) + 1;
      if (end + bytes > size) break;
      try {
        const read = JSON.parse(line) as WrittenLine & { readonly line: number };
        totals.addWritten(read);
        lastLine = read.line;
      } catch (cause) {
        throw new Problem('wrong-state', `${out} holds a line that no run wrote: ${line.slice(0, 80)}. Remove it.`, {
          cause,
        });
      }
      end += bytes;
      count += 1;
    }
  }
  return { end, lastLine, count };
}

interface Writer {
  write(text: string): Promise<void>;
  done(): Promise<void>;
  close(): Promise<void>;
}

function stdoutWriter(): Writer {
  return {
    async write(text) {
      if (process.stdout.destroyed) throw new Error('nobody reads any more');
      if (process.stdout.write(text)) return;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          process.stdout.off('drain', go).off('close', go);
          resolve();
        };
        process.stdout.once('drain', go).once('close', go);
      });
    },
    done: async () => {},
    close: async () => {},
  };
}

function fileWriter(file: FileHandle, from: number, done: () => Promise<void>): Writer {
  let position = from;
  return {
    async write(text) {
      const bytes = Buffer.from(text);
      for (let offset = 0; offset < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, offset, bytes.length - offset, position);
        offset += bytesWritten;
        position += bytesWritten;
      }
    },
    async done() {
      await file.sync();
      await done();
    },
    close: () => file.close(),
  };
}

function outputTo(
  writer: Writer,
  totals: Totals,
  at: { clock: number; seed: string; resumed: number; lastLine: number },
): RatingOutput {
  const { clock, seed, resumed, lastLine } = at;
  return {
    resumed,
    lastLine,
    context: { clock, seed },
    get written() {
      return totals.risks;
    },
    async write({ rated, against }) {
      if (rated.rated === 0) return;
      if (!against) {
        totals.addBatch(rated);
        await writer.write(`${rated.text}\n`);
        return;
      }
      const others = against.text.split('\n');
      const lines = rated.text.split('\n').map((line, i) => lineAgainst(line, others[i] ?? '{}'));
      for (const line of lines) totals.addWritten(JSON.parse(line) as WrittenLine);
      await writer.write(`${lines.join('\n')}\n`);
    },
    async finish(seconds) {
      await writer.done();
      return totals.summary(seconds);
    },
    close: () => writer.close(),
  };
}
