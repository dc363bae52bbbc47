/** `POST /api/lab/second-opinion` with a working copy, `product` and a slice of its sample (core/lab/second-opinion/SPEC.md). */
import type { JsonValue } from '#core/model/json.ts';
import type { Worksheet } from '#core/model/worksheet.ts';

export interface LabOpinion {
  readonly product: string;
  readonly seed: string;
  readonly evaluators: readonly ('calculations' | 'plugins')[];
  readonly risks: number;
  readonly agreed: number;
  /** Risks that the second engine can not judge, with the first reason. */
  readonly unable: { readonly risks: number; readonly why?: string };
  readonly disagreements: readonly LabDisagreement[];
}
export interface LabDisagreement {
  readonly sample: number;
  readonly request: JsonValue;
  readonly what: string;
  readonly first: string;
  readonly second: string;
  readonly firstStep: {
    readonly path: readonly string[];
    readonly first: string | null;
    readonly second: string | null;
  } | null;
  readonly worksheets: { readonly first: Worksheet | null; readonly second: Worksheet | null };
}
