import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '#core/model/problem.ts';
import type { Configuration } from '#core/model/product.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { type CaseFile, type CaseResult, runCase } from './case-run.ts';
import { printJson, printProblem, progress } from './output.ts';
import { chooseProduct, configurationAt } from './source.ts';

/**
 * `fieldwriter test`: the products' own `tests/*.case.json`, or the `*.case.json` of a folder.
 * @returns 0 when all pass, 1 when one fails or there is none
 */
export async function test(
  source: string,
  options: { readonly product?: string; readonly cases?: string; readonly json?: boolean },
): Promise<number> {
  let workbench: ThrowawayDesk | undefined;
  try {
    const configuration = await configurationAt(source);
    const all = options.cases === undefined ? ownCases(configuration) : await casesIn(options.cases, configuration);
    const cases = all.filter(({ product }) => options.product === undefined || product === options.product);
    if (cases.length === 0)
      throw new Problem(
        'not-found',
        `${options.cases ?? source} has no cases${options.product ? ` for ${options.product}` : ''}: expected ${options.cases === undefined ? 'products/<product>/tests/' : ''}*.case.json.`,
      );
    workbench = await openThrowawayDesk(configuration, { documents: 'later' });
    const bar = progress(cases.length, 'Testing');
    const results: CaseResult[] = [];
    for (const one of cases) {
      results.push(await runCase(workbench, configuration.timeZone, one));
      bar.step(results.length);
    }
    bar.end();
    report(results, options.json === true);
    return results.every(({ passed }) => passed) ? 0 : 1;
  } catch (error) {
    printProblem(error);
    return 1;
  } finally {
    await workbench?.close();
  }
}

/** The cases that a configuration brings. */
export function ownCases({ products, files }: Configuration): readonly CaseFile[] {
  return products.flatMap(({ name, caseFiles }) =>
    caseFiles.map((file) => ({ file, product: name, text: new TextDecoder().decode(files.get(file)) })),
  );
}

/** The cases of a folder; each names its product where the configuration has several. Throws `not-found`. */
export async function casesIn(folder: string, configuration: Configuration): Promise<readonly CaseFile[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Problem('not-found', `${folder} can not be read.`, { place: { file: folder }, cause });
  });
  const files = names.filter((name) => name.endsWith('.case.json')).sort();
  return Promise.all(
    files.map(async (name): Promise<CaseFile> => {
      const file = path.join(folder, name);
      const text = await readFile(file, 'utf8');
      return { file, product: chooseProduct(configuration, productNamed(text)).name, text };
    }),
  );
}

/** What cannot be read is said when the case is run. */
function productNamed(text: string): string | undefined {
  try {
    const { product } = JSON.parse(text) as { readonly product?: unknown };
    return typeof product === 'string' ? product : undefined;
  } catch {
    return undefined;
  }
}

function report(results: readonly CaseResult[], json: boolean): void {
  const failed = results.filter(({ passed }) => !passed);
  if (json) {
    printJson({ passed: results.length - failed.length, failed: failed.length, cases: results });
    return;
  }
  for (const { file, passed, differences, worksheet, milliseconds } of results) {
    process.stdout.write(`${passed ? 'pass' : 'FAIL'}  ${file}  ${milliseconds} ms\n`);
    for (const { what, expected, actual } of differences)
      process.stdout.write(`      ${what}: expected ${expected}, got ${actual}\n`);
    for (const line of worksheet ?? []) process.stdout.write(`      | ${line}\n`);
  }
  process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
}
