import type { CalculationInput, CompiledCalculation, LiquidCallOutcome } from './contract.ts';
import * as exact from './exact.ts';
import { makeFilters } from './filters.ts';
import { CalculationProblem, contains, equals, isBlank, isEmpty, member, truthy, type Value } from './kit.ts';
import { Run } from './run.ts';
import type { RunTrace } from './run-trace.ts';

/** What the source made by `compile.ts` answers when it is evaluated. */
interface CompiledModule {
  readonly file: string;
  readonly plain?: (run: Run) => LiquidCallOutcome;
  readonly traced?: (run: Run, trace: RunTrace) => LiquidCallOutcome;
  readonly failure?: { readonly message: string; readonly line: number };
}

/** Numbers and numeric text by amount, text by its characters; NaN when there is no order: no comparison holds (rule L42). */
function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const left = exact.comparable(a);
  const right = exact.comparable(b);
  if (left !== undefined && right !== undefined) return exact.compareNumbers(left, right);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return Number.NaN;
}

/** All that compiled code can reach beside its run. */
const runtime = Object.freeze({
  read: exact.read,
  plus: exact.plus,
  minus: exact.minus,
  times: exact.times,
  dividedBy: exact.dividedBy,
  modulo: exact.modulo,
  round: exact.round,
  ceil: exact.ceil,
  floor: exact.floor,
  abs: exact.abs,
  atLeast: exact.atLeast,
  atMost: exact.atMost,
  constant: exact.constant,
  filters: makeFilters(exact.exactKit),
  truthy,
  isEmpty,
  isBlank,
  order,
  equals: (a: Value, b: Value): boolean => a === b || equals(a, b, exact.exactKit),
  contains: (value: Value, part: Value): boolean => contains(value, part, exact.exactKit),
  member: (target: unknown, key: Value): unknown =>
    typeof key === 'number' && key >= 0 && Array.isArray(target) ? target[key] : member(target, key, exact.exactKit),
});

function evaluate(code: string): CompiledModule {
  try {
    return new Function('R', code)(runtime);
  } catch (error) {
    // Never what the file says, only how much of it: nested deeper than the engine reads.
    const message = `this file can not be compiled: ${error instanceof Error ? error.message : String(error)}`;
    return { file: '', failure: { message, line: 1 } };
  }
}

/**
 * Makes the code of `compileCalculation` ready to run; evaluates it, so it belongs into a sandbox.
 * @param code only what `compileCalculation` made: it is trusted to hold no text of a template but literals
 */
export function instantiate(code: string): CompiledCalculation {
  const compiled = evaluate(code);
  return {
    run: (input: CalculationInput): LiquidCallOutcome => {
      const run = new Run(compiled.file, input, exact.exactKit);
      if (run.trace && compiled.traced) return compiled.traced(run, run.trace);
      if (compiled.plain) return compiled.plain(run);
      const { message = 'this file is empty', line = 1 } = compiled.failure ?? {};
      return run.failed(new CalculationProblem(message), line);
    },
  };
}
