import { compileCalculation, interpretCalculation } from '#core/liquid/calculation.ts';
import type { CalculationInput, CompiledCalculation, LiquidCallOutcome } from '#core/liquid/contract.ts';
import { instantiate } from '#core/liquid/runtime.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import type { Service } from './service.ts';

/** What the calculations of a program share, as JSON text crosses. */
export interface CalculationsText {
  readonly calculations: Readonly<Record<string, string>>;
  readonly timeZone: string;
  readonly currency: string;
}
/** The data of a run, as JSON text crosses. */
export interface LiquidText {
  readonly shared: JsonObject;
  readonly calls: readonly { readonly file: string; readonly scope: JsonObject }[];
}

/** The calculation Liquid of a program inside the isolate. */
export interface Calculations {
  /** Compiles a file once; one with errors answers with its first error when it runs. */
  prepare(file: string): void;
  /** @param text JSON of `LiquidText`; @returns JSON of a `LiquidCallOutcome` for each call */
  run(text: string, interpreted: boolean, clock: number, worksheet: boolean, output: number): string;
}

/** @param text JSON of `CalculationsText` */
export function createCalculations(service: Service, text: string): Calculations {
  const { calculations, timeZone, currency }: CalculationsText = JSON.parse(text);
  const tables = service.table;
  const compiled = new Map<string, CompiledCalculation>();

  const runOne = (file: string, interpreted: boolean, input: CalculationInput): LiquidCallOutcome => {
    const source = Object.hasOwn(calculations, file) ? calculations[file] : undefined;
    if (source === undefined) {
      return { ok: false, message: `there is no calculation file ${file}`, place: { file }, steps: [] };
    }
    if (interpreted) return interpretCalculation(source, file, input);
    const ready = compiled.get(file) ?? instantiate(compileCalculation(source, file).code);
    compiled.set(file, ready);
    return ready.run(input);
  };

  return {
    prepare(file) {
      const source = Object.hasOwn(calculations, file) ? calculations[file] : undefined;
      if (source !== undefined) compiled.set(file, instantiate(compileCalculation(source, file).code));
    },
    run(dataText, interpreted, clock, worksheet, output) {
      const { shared, calls }: LiquidText = JSON.parse(dataText);
      const outcomes = calls.map(({ file, scope }) => {
        const input = { scope: over(shared, scope), tables, clock, timeZone, currency, worksheet };
        return fitting(runOne(file, interpreted, input), file, output);
      });
      return `[${outcomes.join(',')}]`;
    },
  };
}

/** An outcome's text within the limit: a worksheet that is too long is cut, and says so; an answer that is too long fails. */
function fitting(outcome: LiquidCallOutcome, file: string, output: number): string {
  const whole = JSON.stringify(outcome);
  if (whole.length <= output) return whole;
  const kept = Math.floor((outcome.steps.length * output * 0.75) / whole.length);
  const message = `The worksheet is cut off here: with all of its ${outcome.steps.length} steps the answer is larger than ${output} bytes.`;
  const steps: WorksheetStep[] = [...outcome.steps.slice(0, kept), { kind: 'warning', message }];
  const short = JSON.stringify({ ...outcome, steps });
  if (short.length <= output) return short;
  const failure: LiquidCallOutcome = {
    ok: false,
    message: `the answer is larger than ${output} bytes`,
    place: { file },
    steps: [],
  };
  return JSON.stringify(failure);
}

/** A call's own scope over what all calls share; `data` is laid over member by member. */
function over(shared: JsonObject, scope: JsonObject): JsonObject {
  const both = { ...shared, ...scope };
  return isObject(shared.data) && isObject(scope.data) ? { ...both, data: { ...shared.data, ...scope.data } } : both;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
