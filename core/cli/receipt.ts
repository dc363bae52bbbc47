import { writeFile } from 'node:fs/promises';
import { parse } from '#core/api/parse.ts';
import { confirmReceipt } from '#core/lab/receipt/confirm.ts';
import type { Confirmation } from '#core/lab/receipt/confirmation.ts';
import { makeReceipt } from '#core/lab/receipt/make.ts';
import { comparePublished, Published } from '#core/lab/receipt/published.ts';
import { readReceipt } from '#core/lab/receipt/read.ts';
import { canonicalJson } from '#core/model/json.ts';
import { printJson, printProblem } from './output.ts';
import { configurationAt, jsonAt } from './source.ts';
import { withDesk } from './with-desk.ts';

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

/** `fieldwriter receipt make <policy|quote|transaction>`: the receipt as canonical JSON. @returns the exit code */
export function make(locator: string, options: Options & { readonly out?: string }): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const text = `${canonicalJson(await makeReceipt(desk, locator))}\n`;
    if (options.out === undefined) process.stdout.write(text);
    else await writeFile(options.out, text);
    return 0;
  });
}

/** `fieldwriter receipt confirm <file>`: 0 when it is confirmed to the cent, 1 with what differs. */
export async function confirm(file: string, options: Options & { readonly configuration?: string }): Promise<number> {
  return withDesk(options.data, async (desk) => {
    const receipt = readReceipt(await jsonAt(file));
    const given = options.configuration === undefined ? undefined : await configurationAt(options.configuration);
    const confirmation = await confirmReceipt(desk, receipt, given);
    if (options.json) printJson(confirmation);
    else process.stdout.write(`${words(confirmation).join('\n')}\n`);
    return confirmation.verdict === 'confirmed' ? 0 : 1;
  });
}

/** `fieldwriter receipt compare <file> <published>`: the first published step that differs. @returns 1 when one does */
export async function compare(file: string, published: string, options: Options): Promise<number> {
  try {
    const steps = readReceipt(await jsonAt(file)).result.steps;
    const compared = comparePublished(parse(Published, await jsonAt(published), published), steps);
    if (options.json) printJson(compared);
    else {
      for (const { step, published: theirs, rated, same } of compared.steps)
        process.stdout.write(`${same ? 'same     ' : 'DIFFERENT'}  ${step}: published ${theirs}, rated ${rated}\n`);
      const first = compared.firstDiffering === null ? undefined : compared.steps[compared.firstDiffering];
      if (first) process.stdout.write(`First differing step: ${first.step}\n  ${compared.explanation.join('\n  ')}\n`);
    }
    return compared.firstDiffering === null ? 0 : 1;
  } catch (error) {
    printProblem(error);
    return 1;
  }
}

function words(found: Confirmation): readonly string[] {
  const { verdict, about, tampered, configuration, firstDifference: first, amounts, problem, engine } = found;
  const total = amounts.find(({ what }) => what === 'total' || what === 'total after');
  return [
    verdict === 'confirmed'
      ? `Confirmed to the cent: ${about.product} ${about.priced}, ${total?.rated ?? ''} ${about.currency}.`
      : verdict === 'differs'
        ? `NOT CONFIRMED: ${about.product} ${about.priced}.`
        : 'It could not be rated here.',
    ...(engine.recorded === engine.here ? [] : [`Priced by ${engine.recorded}, rated again by ${engine.here}.`]),
    ...tampered.map(({ message }) => message),
    ...configuration.changed.map(({ path, kind }) => `Not the file of the receipt: ${path} (${kind}).`),
    ...(problem ? [problem.message] : []),
    ...(first
      ? [
          `First differing step: ${first.path.join(' › ') || 'at the outermost level'}`,
          `  receipt: ${first.before ?? 'no such step'}`,
          `  now:     ${first.after ?? 'no such step'}`,
        ]
      : []),
    ...(verdict === 'differs'
      ? amounts.map(({ what, recorded, rated }) => `${what}: receipt ${recorded ?? 'none'}, now ${rated ?? 'none'}`)
      : []),
  ];
}
