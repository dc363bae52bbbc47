import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { caseReader } from '#core/api/case-reader.ts';
import type { CaseResult, ProductTest, PropertyResult, TestResult } from '#core/lab/tests/contract.ts';
import { isTestFile, testsIn, testsOf } from '#core/lab/tests/find-tests.ts';
import { runTest } from '#core/lab/tests/run-tests.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { explanation } from './explain.ts';
import { printJson, printProblem, progress } from './output.ts';
import { chooseProduct, configurationAt } from './source.ts';

/**
 * `fieldwriter test`: the products' own tests (`tests/*.case.json`, `*.cases.csv`, `*.property.json`), or those of a folder.
 * @returns 0 when all pass, 1 when one fails or there is none
 */
export async function test(
  source: string,
  options: { readonly product?: string; readonly cases?: string; readonly json?: boolean },
): Promise<number> {
  let workbench: ThrowawayDesk | undefined;
  try {
    const configuration = await configurationAt(source);
    const all = options.cases === undefined ? ownTests(configuration) : await testsAt(options.cases, configuration);
    const tests = all.filter(({ product }) => options.product === undefined || product === options.product);
    if (tests.length === 0)
      throw new Problem(
        'not-found',
        `${options.cases ?? source} has no cases${options.product ? ` for ${options.product}` : ''}: expected ${options.cases === undefined ? 'products/<product>/tests/' : ''}*.case.json, *.cases.csv or *.property.json.`,
      );
    workbench = await openThrowawayDesk(configuration, { documents: 'later' });
    const bar = progress(tests.length, 'Testing');
    const results: TestResult[] = [];
    for (const one of tests) {
      results.push(await runTest(await benchOf(workbench, configuration, one.product), one));
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

/** What the tests of a product run on, over a store that is thrown away. */
export async function benchOf(workbench: ThrowawayDesk, configuration: Configuration, name: string) {
  const { timeZone } = configuration;
  const deployed = await workbench.desk.configurations.newestOf(name);
  const product = chooseProduct(deployed.configuration, name);
  return {
    cases: { workbench, timeZone, reader: caseReader(timeZone) },
    properties: { desk: workbench.desk, side: { deployed, product } },
  };
}

/** The tests that a configuration brings. */
export function ownTests(configuration: Configuration): readonly ProductTest[] {
  return configuration.products.flatMap((product) => testsOf(configuration, product));
}

/** The tests of a folder; each names its product where the configuration has several. Throws `not-found`. */
export async function testsAt(folder: string, configuration: Configuration): Promise<readonly ProductTest[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Problem('not-found', `${folder} can not be read.`, { place: { file: folder }, cause });
  });
  const read = await Promise.all(
    names
      .filter(isTestFile)
      .sort()
      .map(async (name) => {
        const file = path.join(folder, name);
        const text = await readFile(file, 'utf8');
        const product = productOf(configuration, name, text);
        return testsIn({ file, product, policyholder: configuration.policyholder.fields, text });
      }),
  );
  return read.flat();
}

/** The product that a file names: a table in its name (`auto.cases.csv`), any other as its member. */
function productOf(configuration: Configuration, name: string, text: string): Product {
  const [first] = name.split('.');
  const named = name.endsWith('.csv') ? configuration.products.find((one) => one.name === first)?.name : memberOf(text);
  return chooseProduct(configuration, named);
}

/** What cannot be read is said when the case is run. */
function memberOf(text: string): string | undefined {
  try {
    const { product } = JSON.parse(text) as { readonly product?: unknown };
    return typeof product === 'string' ? product : undefined;
  } catch {
    return undefined;
  }
}

function report(results: readonly TestResult[], json: boolean): void {
  const failed = results.filter(({ passed }) => !passed);
  if (json) {
    const cases = results.map((result) => (result.kind === 'case' ? withLines(result) : result));
    printJson({ passed: results.length - failed.length, failed: failed.length, cases });
    return;
  }
  for (const result of results) {
    process.stdout.write(`${result.passed ? 'pass' : 'FAIL'}  ${result.id}  ${result.milliseconds} ms\n`);
    for (const line of result.kind === 'case' ? caseLines(result) : propertyLines(result))
      process.stdout.write(`      ${line}\n`);
  }
  process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
}

/** The lines of the worksheet that led to the first difference, instead of the whole of it. */
function withLines({ worksheet, ...result }: CaseResult): object {
  const lines = worksheet && result.differences[0] ? explanation(worksheet, result.differences[0].row) : [];
  return { ...result, ...(lines.length > 0 ? { worksheet: lines } : {}) };
}

function caseLines({ differences, worksheet }: CaseResult): readonly string[] {
  const lines = worksheet && differences[0] ? explanation(worksheet, differences[0].row) : [];
  return [
    ...differences.map(({ what, expected, actual }) => `${what}: expected ${expected}, got ${actual}`),
    ...lines.map((line) => `| ${line}`),
  ];
}

function propertyLines({ law, seed, risks, ratings, unpriced, counterExample, problem }: PropertyResult): string[] {
  const lines = law === '' ? [] : [`${law}: ${risks} risks, ${ratings} prices, seed ${seed}`];
  if (unpriced.risks > 0) lines.push(`${unpriced.risks} risks could not be priced: ${unpriced.why}`);
  if (problem !== undefined) lines.push(problem);
  if (counterExample) {
    lines.push(`${counterExample.why} (sample ${counterExample.sample}, ${counterExample.shrunk} simpler risks tried)`);
    lines.push(
      ...JSON.stringify(counterExample.request, null, 2)
        .split('\n')
        .map((line) => `| ${line}`),
    );
  }
  return lines;
}
