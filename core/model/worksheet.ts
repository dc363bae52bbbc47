import { ENGINE } from './engine.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Place } from './problem.ts';
import type { Configuration, Product } from './product.ts';

/**
 * A worksheet: how a price or a decision came about, as data, in the order in which it happened. Kept for success and failure.
 * It is a tree: `section` steps hold steps. Values are text in full precision; `null` is nil.
 */
export interface Worksheet {
  readonly engine: string;
  readonly product: string;
  readonly configuration: string;
  readonly operation: Operation;
  readonly steps: readonly WorksheetStep[];
}

/** The worksheet of an engine's run over these steps, which may still grow. */
export function worksheetOf(
  input: {
    readonly product: Pick<Product, 'name'>;
    readonly configuration: Pick<Configuration, 'hash'>;
    readonly operation: Operation;
  },
  steps: readonly WorksheetStep[],
): Worksheet {
  const { product, configuration, operation } = input;
  return { engine: ENGINE, product: product.name, configuration: configuration.hash, operation, steps };
}

export type Operation = 'new_business' | 'endorsement' | 'renewal' | 'reinstatement';

export type WorksheetStep =
  | SectionStep
  | InputStep
  | LookupStep
  | AssignStep
  | BranchStep
  | SetStep
  | RoundStep
  | AmountStep
  | LogStep
  | WarningStep
  | FailureStep;

interface Step {
  readonly place?: Place;
}
/** A part of the work: an exposure, a peril, a tax, the fees, a plugin call. */
export interface SectionStep extends Step {
  readonly kind: 'section';
  readonly title: string;
  readonly locator?: string;
  readonly steps: readonly WorksheetStep[];
}
/** A value that was read from the policy, e.g. `data.exposure_characteristics.field_values.vehicle_value`. */
export interface InputStep extends Step {
  readonly kind: 'input';
  readonly path: string;
  readonly value: JsonValue;
}
/** A table lookup: found with the row (file line) that answered, or missed, never silently zero. */
export interface LookupStep extends Step {
  readonly kind: 'lookup';
  readonly table: string;
  readonly keys: readonly string[];
  readonly found: boolean;
  readonly value: string | null;
  /** Lines of the table's file that answered: one, or two for an interpolation. */
  readonly rows: readonly number[];
  readonly why?: string;
}
export interface AssignStep extends Step {
  readonly kind: 'assign';
  readonly name: string;
  readonly value: JsonValue;
  readonly expression?: string;
}
/** A condition and whether it held: the rules that fired and those that did not. */
export interface BranchStep extends Step {
  readonly kind: 'branch';
  readonly condition: string;
  readonly taken: boolean;
  /** How many branches that were taken stand around it; absent for none. */
  readonly depth?: number;
  /** The parts of the condition that were asked, in their order: what they left open decided nothing. */
  readonly asked?: readonly AskedPart[];
  /** Of a branch that was not taken: what the calls in it would have set, as the author wrote it. */
  readonly would?: readonly { readonly filter: string; readonly value: string }[];
}
/** One comparison of a condition as it was asked, with both sides at that moment. */
export interface AskedPart {
  readonly text: string;
  readonly holds: boolean;
  readonly left: JsonValue;
  /** Absent where there is nothing to compare with: `{% if insured %}`, `x == blank`. */
  readonly right?: JsonValue;
  /** Paths of the inputs that were read for it. */
  readonly reads?: readonly string[];
}
/** A call that sets a result: `set_year_premium`, `add_fee`, `set_underwriting_decision`, … */
export interface SetStep extends Step {
  readonly kind: 'set';
  readonly filter: string;
  readonly value: JsonValue;
  readonly arguments: readonly JsonValue[];
  /** How many branches that were taken stand around it; absent for none. */
  readonly depth?: number;
}
export interface RoundStep extends Step {
  readonly kind: 'round';
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly decimals: number;
}
/** A result with the arithmetic that made it, e.g. premium = 17.5000 × 12. */
export interface AmountStep extends Step {
  readonly kind: 'amount';
  readonly what: string;
  readonly value: string;
  readonly formula?: string;
}
export interface LogStep extends Step {
  readonly kind: 'log';
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug';
  readonly text: string;
}
export interface WarningStep extends Step {
  readonly kind: 'warning';
  readonly message: string;
}
export interface FailureStep extends Step {
  readonly kind: 'failure';
  readonly message: string;
  readonly details?: JsonObject;
}
