import type { JsonValue } from '#core/model/json.ts';
import type { Worksheet } from '#core/model/worksheet.ts';

/** What two independent evaluators say of some sampled risks (SPEC.md). */
export interface Opinion {
  readonly product: string;
  readonly seed: string;
  /** What evaluates what: `calculations` by the compiler and the interpreter, `plugins` by V8 and QuickJS. */
  readonly evaluators: readonly ('calculations' | 'plugins')[];
  readonly risks: number;
  readonly agreed: number;
  /** Risks that the second engine can not judge, with the first reason: nobody says that they are right. */
  readonly unable: { readonly risks: number; readonly why?: string };
  readonly disagreements: readonly Disagreement[];
}
export interface Disagreement {
  /** Number of the sampled risk, from 0. */
  readonly sample: number;
  /** `{policyholder, policy}`: can be quoted as it is. */
  readonly request: JsonValue;
  /** The first amount that differs: `premium of vehicle 1 / collision`, `decision`. */
  readonly what: string;
  readonly first: string;
  readonly second: string;
  /** The first step of the worksheets that is not the same; null when only the results differ. */
  readonly firstStep: {
    readonly path: readonly string[];
    readonly first: string | null;
    readonly second: string | null;
  } | null;
  readonly worksheets: { readonly first: Worksheet | null; readonly second: Worksheet | null };
}
