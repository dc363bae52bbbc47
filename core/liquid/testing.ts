import { canonicalJson, type JsonObject } from '#core/model/json.ts';
import type { TableIndex } from '#core/model/table.ts';
import { compileCalculation, interpretCalculation } from './calculation.ts';
import type { CalculationInput, LiquidCallOutcome } from './contract.ts';
import { instantiate } from './runtime.ts';

/** Test helper: runs a file in both evaluators, which must agree, and answers with the outcome. */
export function run(source: string, data: JsonObject = {}, more: Partial<CalculationInput> = {}): LiquidCallOutcome {
  const input: CalculationInput = {
    scope: { data },
    tables: () => undefined,
    clock: 1_624_863_600_000,
    timeZone: 'America/Los_Angeles',
    currency: 'USD',
    worksheet: true,
    ...more,
  };
  const outcome = instantiate(compileCalculation(source, 'test.liquid').code).run(input);
  const [compiled, interpreted] = [outcome, interpretCalculation(source, 'test.liquid', input)].map(canonicalJson);
  if (compiled !== interpreted) throw new Error(`the evaluators disagree:\n${compiled}\n${interpreted}`);
  return outcome;
}

/** The values that a file assigns. */
export function assigned(source: string, data?: JsonObject, more?: Partial<CalculationInput>): JsonObject {
  const outcome = run(source, data, more);
  if (!outcome.ok) throw new Error(`${outcome.message} (line ${outcome.place.line})`);
  return outcome.assigned;
}

/** The value of one expression. */
export function value(expression: string, data?: JsonObject, more?: Partial<CalculationInput>): unknown {
  return assigned(`{% assign value = ${expression} %}`, data, more).value;
}

/** The values of the effects of a file, e.g. the last premium. */
export function effects(source: string, data?: JsonObject, more?: Partial<CalculationInput>): unknown[] {
  const outcome = run(source, data, more);
  if (!outcome.ok) throw new Error(`${outcome.message} (line ${outcome.place.line})`);
  return outcome.effects.map(({ filter, value: set }) => [filter, set]);
}

/** The warnings of a file's worksheet. */
export function warnings(source: string, data?: JsonObject): string[] {
  return run(source, data).steps.flatMap((step) => (step.kind === 'warning' ? [step.message] : []));
}

const table = (name: string, rows: Record<string, string>, schema?: TableIndex['source']['schema']): TableIndex => ({
  source: { name, file: `${name}.csv`, columns: [], rows: [], ...(schema && { schema }) },
  lookup: (keys, asOf) => {
    const found = rows[`${keys.join('|')}@${asOf}`] ?? rows[keys.join('|')];
    return found === undefined
      ? { found: false, value: null, rows: [], why: 'no such key' }
      : { found: true, value: found, rows: [2] };
  },
});
/** `rates` with text keys (one of them as of 5 ms) and `pairs` with two key columns. */
export const tables = (name: string): TableIndex | undefined =>
  ({
    rates: table('rates', { Car: '1.1', '36': '2', 'Car@5': '9' }),
    pairs: table(
      'pairs',
      { 'NE|18': '0.7' },
      {
        keys: [
          { column: 'a', match: 'exact' },
          { column: 'b', match: 'exact' },
        ],
        values: ['v'],
      },
    ),
  })[name];
