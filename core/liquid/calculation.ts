import type { Diagnostic } from '#core/model/diagnostic.ts';
import { compileFailure, compileTemplate } from './compile.ts';
import type { CalculationInput, CompileResult, LiquidCallOutcome } from './contract.ts';
import { interpret } from './interpret.ts';
import { CalculationProblem } from './kit.ts';
import { type ParseResult, parse } from './parse.ts';
import { plainKit } from './plain.ts';
import { Run } from './run.ts';

/**
 * Parses and compiles one calculation file (premium, tax, fee or guidelines) to JavaScript for `instantiate` of runtime.ts.
 * Pure: same text, same answer; `file` is only used for places. A file with errors compiles to one that answers with the first.
 */
export function compileCalculation(source: string, file: string): CompileResult {
  const parsed = parse(source, file);
  const error = firstError(parsed);
  const code = error ? compileFailure(file, error.message, error.line) : compileTemplate(parsed.template);
  return { code, diagnostics: parsed.diagnostics };
}

/** Parses and runs one calculation file in the plain interpreter: the second opinion. Same outcome as the compiled form. */
export function interpretCalculation(source: string, file: string, input: CalculationInput): LiquidCallOutcome {
  const parsed = parse(source, file);
  const error = firstError(parsed);
  if (error) return new Run(file, input, plainKit).failed(new CalculationProblem(error.message), error.line);
  return interpret(parsed.template, input);
}

const firstError = ({ diagnostics }: ParseResult): Diagnostic | undefined =>
  diagnostics.find(({ severity }) => severity === 'error');
