import * as z from 'zod';
import { parse, parseJsonText } from '#core/api/parse.ts';
import { PolicyCreate } from '#core/api/schemas.ts';
import { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { Worksheet, WorksheetStep } from '#core/model/worksheet.ts';
import { type Difference, differencesOf, Expectation } from '#core/policy/case-expectations.ts';
import { type QuoteAnswer, runQuote } from '#core/policy/quote-run.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { printJson, printProblem, progress } from './output.ts';
import { configurationAt } from './source.ts';

const Case = z.strictObject({
  description: z.string().optional(),
  source: z.string().optional(),
  product: z.string().optional(),
  operation: z.literal('new_business').default('new_business'),
  policyholder: z.strictObject({ values: z.record(z.string(), z.json()).default({}) }).optional(),
  policyCreate: PolicyCreate.partial({ productName: true }),
  expect: Expectation,
});

interface CaseResult {
  readonly file: string;
  readonly product: string;
  readonly description: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  /** How the first difference came about: the lines of the worksheet that led to it. */
  readonly worksheet?: readonly string[];
  readonly milliseconds: number;
}

/** `fieldwriter test`: the products' own `tests/*.case.json`. @returns 0 when all pass, 1 when one fails or there is none */
export async function test(
  source: string,
  options: { readonly product?: string; readonly json?: boolean },
): Promise<number> {
  let workbench: ThrowawayDesk | undefined;
  try {
    const configuration = await configurationAt(source);
    const products = configuration.products.filter(
      ({ name }) => options.product === undefined || name === options.product,
    );
    const cases = products.flatMap((product) => product.caseFiles.map((file) => ({ product, file })));
    if (cases.length === 0)
      throw new Problem(
        'not-found',
        `${source} has no cases${options.product ? ` for ${options.product}` : ''}: expected products/<product>/tests/*.case.json.`,
      );
    workbench = await openThrowawayDesk(configuration, { documents: 'later' });
    const bar = progress(cases.length, 'Testing');
    const results: CaseResult[] = [];
    for (const { product, file } of cases) {
      results.push(await runCase(workbench, configuration, product, file));
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

async function runCase(
  { desk, caller }: ThrowawayDesk,
  configuration: Configuration,
  product: Product,
  file: string,
): Promise<CaseResult> {
  const started = performance.now();
  let description = '';
  const result = (differences: readonly Difference[], answer?: QuoteAnswer): CaseResult => {
    const worksheet = answer && differences[0] ? explanation(answer.worksheet, differences[0]) : [];
    return {
      file,
      product: product.name,
      description,
      passed: differences.length === 0,
      differences,
      ...(worksheet.length > 0 ? { worksheet } : {}),
      milliseconds: Math.round(performance.now() - started),
    };
  };
  let expected: Expectation = {};
  try {
    const text = new TextDecoder().decode(configuration.files.get(file));
    const { policyCreate, policyholder, expect, description: what } = parse(Case, parseJsonText(text, file), file);
    description = what ?? '';
    expected = expect;
    const { premiumReportName: _p, overrideResourcesAsOfTimestamp: _o, ...policy } = policyCreate;
    const answer = await runQuote(desk, caller, {
      ...(policyholder ? { policyholder } : {}),
      policy: { ...policy, productName: product.name },
    });
    if (expect.problem !== undefined)
      return result([{ what: 'problem', expected: expect.problem, actual: 'it was quoted' }], answer);
    return result(differencesOf(expect, answer), answer);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (expected.problem === error.code) return result([]);
    return result([
      { what: 'problem', expected: expected.problem ?? 'none', actual: `${error.code}: ${error.message}` },
    ]);
  }
}

const MOST_LINES = 40;

/** The section of the worksheet that made the amount; the whole of it for anything that belongs to no peril. */
function explanation(worksheet: Worksheet | null, difference: Difference): readonly string[] {
  const steps = worksheet?.steps ?? [];
  const section = difference.row === undefined ? undefined : sectionOf(steps, difference.row);
  const wanted = section ? [section] : steps.filter((step) => step.kind === 'section' && step.locator === undefined);
  return wanted.flatMap((step) => linesOf(step, 0)).slice(0, MOST_LINES);
}

function sectionOf(steps: readonly WorksheetStep[], locator: string): WorksheetStep | undefined {
  for (const step of steps) {
    if (step.kind !== 'section') continue;
    if (step.locator === locator) return step;
    const inside = sectionOf(step.steps, locator);
    if (inside) return inside;
  }
  return undefined;
}

function linesOf(step: WorksheetStep, depth: number): readonly string[] {
  const place = step.place?.line === undefined ? '' : `  (${step.place.file?.split('/').at(-1)}:${step.place.line})`;
  const line = `${'  '.repeat(depth)}${stepText(step)}${step.kind === 'section' ? '' : place}`;
  return step.kind === 'section' ? [line, ...step.steps.flatMap((inner) => linesOf(inner, depth + 1))] : [line];
}

function stepText(step: WorksheetStep): string {
  switch (step.kind) {
    case 'section':
      return step.title;
    case 'input':
      return `${step.path} is ${show(step.value)}`;
    case 'lookup':
      return `${step.table}[${step.keys.join(', ')}] ${step.found ? `= ${step.value}` : `MISSED${step.why ? ` (${step.why})` : ''}`}`;
    case 'assign':
      return `${step.name} = ${show(step.value)}`;
    case 'branch':
      return `${step.taken ? 'holds' : 'does not hold'}: ${step.condition}`;
    case 'set':
      return `${step.filter}: ${show(step.value)}`;
    case 'round':
      return `${step.what}: ${step.from} rounded to ${step.to}`;
    case 'amount':
      return `${step.what} = ${step.value}${step.formula ? ` (${step.formula})` : ''}`;
    case 'log':
      return `console: ${step.text}`;
    case 'warning':
    case 'failure':
      return `${step.kind}: ${step.message}`;
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
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
