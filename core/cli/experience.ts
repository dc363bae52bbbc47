import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bookOf } from '#core/lab/impact/books.ts';
import { readClaims } from '#core/lab/impact/claims-file.ts';
import { type Experience, experienceBy } from '#core/lab/impact/experience.ts';
import { experiencePage } from '#core/lab/impact/experience-page.ts';
import { loadBook, programOf as sideProgram } from '#core/lab/impact/impact.ts';
import { bookAt, columnMapAt } from '#core/lab/rating/book-file.ts';
import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import { printJson, printProblem, progress } from './output.ts';
import { deskFor, programOf } from './rate.ts';

export interface ExperienceOptions {
  readonly product?: string;
  readonly map?: string;
  readonly by?: readonly string[];
  readonly claimKey: string;
  readonly claimAmount: string;
  readonly out?: string;
  readonly seed: string;
  readonly json?: boolean;
}

/** Values that a chart can still tell apart, where nobody says by which fields; a field with one value says nothing. */
const MOST_TEXTS = 400;

/** `fieldwriter experience`: claims of a book by its fields beside the plan's premiums. @returns the exit code */
export async function experience(
  source: string,
  book: string,
  claims: string,
  options: ExperienceOptions,
): Promise<number> {
  let desk: Awaited<ReturnType<typeof deskFor>> | undefined;
  try {
    const { out } = options;
    if (out !== undefined && !['.html', '.json'].includes(path.extname(out).toLowerCase()))
      throw new Problem('malformed-request', `${out} says no format: end it in .html or .json.`, {
        place: { file: out },
      });
    const [bookFile, claimsFile] = [await bookAt(book), await bookAt(claims)];
    desk = await deskFor(source, book, {});
    const program = await programOf(desk.desk, source, options, options.product);
    const { configuration, product, clock } = program;
    const map = options.map === undefined ? {} : { map: await columnMapAt(options.map) };
    const named = bookOf(desk.desk, { kind: 'file', file: bookFile, ...map }, { configuration, product, now: clock });
    const loaded = { ...(await loadBook(desk.desk, named)), clock, seed: program.seed };
    try {
      const { currency } = configuration;
      const read = await readClaims(claimsFile, {
        key: options.claimKey.split(','),
        amount: options.claimAmount,
        keys: loaded.resident.keys,
        decimals: currencyDecimals(currency),
      });
      const bar = progress(loaded.resident.size, 'Rating');
      const rated = await loaded.resident.rate(sideProgram(loaded, { configuration, version: 0 }, product), {
        onProgress: ({ done }) => bar.step(done),
      });
      bar.end();
      const { by } = options;
      for (const name of by ?? [])
        if (!loaded.columns.some((column) => column.name === name))
          throw new Problem(
            'not-found',
            `The book has no field "${name}". It has: ${loaded.columns.map((column) => column.name).join(', ')}.`,
          );
      const wanted = loaded.columns.filter(({ name, labels }) =>
        by ? by.includes(name) : labels.length > 2 && labels.length <= MOST_TEXTS,
      );
      const experiences = wanted.map((column) => experienceBy(column, rated, read));
      const facts = [
        `${loaded.resident.size} policies of ${path.basename(book)}, ${rated.failures.length} without a price; ${read.read} claims of ${path.basename(claims)}, ${read.strangers} of policies that are not in the book.`,
        `Rated by ${product}, configuration ${configuration.hash.slice(0, 12)}, premiums without taxes and fees.`,
      ];
      const title = `Claims beside the plan: ${product}`;
      if (out?.toLowerCase().endsWith('.html'))
        await writeFile(out, experiencePage(title, facts, experiences, currency));
      else if (out !== undefined) await writeFile(out, `${JSON.stringify(experiences, null, 2)}\n`);
      if (options.json) printJson(experiences);
      else print(facts, experiences);
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

function print(facts: readonly string[], experiences: readonly Experience[]): void {
  const out = (text: string): void => void process.stdout.write(`${text}\n`);
  for (const fact of facts) out(fact);
  for (const { field, levels } of experiences) {
    out(`\n${field.padEnd(24)} policies   claims   burning cost    premium   actual     plan`);
    for (const level of levels)
      out(
        `  ${(level.label || '(none)').padEnd(22)} ${String(level.policies).padStart(8)} ${String(level.claims).padStart(8)} ${level.burningCost.padStart(14)} ${level.averagePremium.padStart(10)} ${(level.actual ?? '–').padStart(8)} ${(level.plan ?? '–').padStart(8)}`,
      );
  }
}
