import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BookSpec, bookOf } from '#core/lab/impact/books.ts';
import { type Impact, loadBook, programOf as sideProgram } from '#core/lab/impact/impact.ts';
import { reportWorkbook } from '#core/lab/impact/report-excel.ts';
import { printReport } from '#core/lab/impact/report-pdf.ts';
import { bandName } from '#core/lab/impact/report-tables.ts';
import { type Result, resultOf } from '#core/lab/impact/result.ts';
import type { Side } from '#core/lab/impact/sides.ts';
import { bookAt, columnMapAt } from '#core/lab/rating/book-file.ts';
import { Problem } from '#core/model/problem.ts';
import { assertUsable } from '#core/product/load.ts';
import { printJson, printProblem, progress } from './output.ts';
import { deskFor, programOf } from './rate.ts';

export interface ImpactOptions {
  readonly product?: string;
  readonly by?: string;
  readonly and?: string;
  readonly out?: string;
  readonly map?: string;
  readonly title?: string;
  readonly taxes?: boolean;
  readonly fees?: boolean;
  readonly cap?: number;
  readonly floor?: number;
  readonly seed: string;
  readonly clock?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * `fieldwriter impact <before> <after> <book>`: what a change does to a book (core/lab/impact/SPEC.md). The book is a file, `in-force`, or
 * `sample:<n>`. @returns the exit code
 */
export async function impact(before: string, after: string, book: string, options: ImpactOptions): Promise<number> {
  let desk: Awaited<ReturnType<typeof deskFor>> | undefined;
  try {
    const write = writerFor(options.out);
    desk = await deskFor(before, book, {
      against: after,
      ...(options.data === undefined ? {} : { data: options.data }),
    });
    const opened = desk.desk;
    const was = await programOf(opened, before, options, options.product);
    const is = await programOf(opened, after, options, was.product);
    for (const one of [was, is]) assertUsable(one.configuration, one.product);
    const { product } = was;
    const named = bookOf(opened, await specOf(book, options), {
      configuration: was.configuration,
      product,
      now: was.clock,
    });
    const loaded = { ...(await loadBook(opened, named)), clock: was.clock, seed: was.seed };
    try {
      const side = (source: string, { configuration, configVersion = 0 }: typeof was): Side => ({
        configuration,
        ...(/^\d+$/.test(source)
          ? { version: configVersion, commit: configuration.hash }
          : { version: 0, commit: `${path.resolve(source)}, hash ${configuration.hash.slice(0, 12)}` }),
        changed: [],
      });
      const sides = { before: side(before, was), after: side(after, is) };
      const bar = progress(2 * loaded.resident.size, 'Rating');
      const rate = (one: Side, from: number) =>
        loaded.resident.rate(sideProgram(loaded, one, product), { onProgress: ({ done }) => bar.step(from + done) });
      const rated = { before: await rate(sides.before, 0), after: await rate(sides.after, loaded.resident.size) };
      bar.end();
      const done: Impact = { product, book: loaded, sides, rated };
      const result = resultOf(done, {
        measure: { taxes: options.taxes === true, fees: options.fees === true },
        top: 10,
        movers: 'amount',
        ...(options.by === undefined ? {} : { by: options.by }),
        ...(options.and === undefined ? {} : { and: options.and }),
        cap: options.cap ?? null,
        floor: options.floor ?? null,
      });
      await write(opened, result, { title: options.title ?? 'Impact of a rate change', product, at: opened.now() });
      if (options.json) printJson(result);
      else print(result);
      return 0;
    } finally {
      await loaded.resident.close();
    }
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await desk?.close();
  }
}

/** A book as the command line names it: a file, `in-force`, or `sample:<n>`. */
export async function specOf(book: string, { seed, map }: Pick<ImpactOptions, 'seed' | 'map'>): Promise<BookSpec> {
  if (book === 'in-force') return { kind: 'in-force' };
  const [, count] = /^sample:(\d{1,7})$/.exec(book) ?? [];
  if (count !== undefined) return { kind: 'sampled', count: Number(count), seed };
  return { kind: 'file', file: await bookAt(book), ...(map === undefined ? {} : { map: await columnMapAt(map) }) };
}

type Write = (
  desk: Parameters<typeof printReport>[0],
  result: Result,
  report: Parameters<typeof printReport>[2],
) => Promise<void>;

/** How the report is written, by the ending of its file: asked before a book is rated for nothing. */
function writerFor(out: string | undefined): Write {
  if (out === undefined) return async () => {};
  switch (path.extname(out).toLowerCase()) {
    case '.xlsx':
      return async (_desk, result, report) => writeFile(out, await reportWorkbook(result, report));
    case '.pdf':
      return async (desk, result, report) => writeFile(out, await printReport(desk, result, report));
    case '.json':
      return async (_desk, result) => writeFile(out, `${JSON.stringify(result, null, 2)}\n`);
    default:
      throw new Problem('malformed-request', `${out} says no format: end it in .xlsx, .pdf or .json.`, {
        place: { file: out },
      });
  }
}

function print({ whole, bands, by, failures, currency, caps }: Result): void {
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  const percent = (text: string | null): string =>
    text === null ? '–' : `${text.startsWith('-') ? '' : '+'}${text} %`;
  out(`${whole.count} risks: ${whole.before} → ${whole.after} ${currency} (${percent(whole.percent)})`);
  if (caps)
    out(
      `within caps; without: ${caps.uncapped.after} (${percent(caps.uncapped.percent)}), given away ${caps.givenAway}, kept ${caps.kept}`,
    );
  if (failures.count > 0) out(`${failures.count} not compared, first: ${failures.first[0]?.key}`);
  for (const band of bands) if (band.count > 0) out(`  ${bandName(band).padEnd(22)} ${String(band.count).padStart(9)}`);
  for (const level of by?.levels ?? [])
    out(
      `  ${(level.label || '(none)').padEnd(22)} ${String(level.count).padStart(9)}  ${percent(level.percent).padStart(11)}  ${level.offBalance ?? '–'}`,
    );
}
