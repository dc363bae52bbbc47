import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { JsonObject } from '#core/model/json.ts';
import type { Place } from '#core/model/problem.ts';
import type { TableIndex } from '#core/model/table.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';

/** What one run of a calculation file is given (premium, tax, fee or guidelines). */
export interface CalculationInput {
  /**
   * The names that the file sees, e.g. `{data: {policy_characteristics: …}}`, already merged and typed by the caller.
   * A JSON number is an integer or a decimal by its shortest text; `{"$decimal": "10000.00"}` is an exact decimal.
   */
  readonly scope: JsonObject;
  readonly tables: (name: string) => TableIndex | undefined;
  /** The transaction's clock, milliseconds: what `"now"` means. */
  readonly clock: number;
  /** IANA zone of the tenant. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Collect worksheet steps; switched off they cost nothing. */
  readonly worksheet: boolean;
  /** Nobody asks what was assigned: the answer leaves it empty. */
  readonly effectsOnly?: true;
}

/** A call of a filter that acts instead of printing: `set_year_premium`, `add_fee`, `set_underwriting_decision`, … */
export interface Effect {
  readonly filter: string;
  /** Decimal text for a number; null for nil. */
  readonly value: string | boolean | null;
  readonly arguments: readonly (string | boolean | null)[];
  readonly line: number;
}

/** The answer of one run. */
export type LiquidCallOutcome =
  | {
      readonly ok: true;
      readonly effects: readonly Effect[];
      /** Final value of every assigned variable: numbers as decimal text. */
      readonly assigned: JsonObject;
      readonly steps: readonly WorksheetStep[];
    }
  | { readonly ok: false; readonly message: string; readonly place: Place; readonly steps: readonly WorksheetStep[] };

/** A calculation that is ready to run: what `instantiate(code)` of runtime.ts answers. Never throws for what the file did. */
export interface CompiledCalculation {
  run(input: CalculationInput): LiquidCallOutcome;
}

export interface CompileResult {
  /** JavaScript source for `instantiate`; a file with errors compiles to one that answers with its first error. */
  readonly code: string;
  /** `product` is null; the caller knows it. */
  readonly diagnostics: readonly Diagnostic[];
}
