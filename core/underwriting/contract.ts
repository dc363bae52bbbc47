import type { AutomatedUnderwritingResultResponse, PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { Problem } from '#core/model/problem.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import type { Operation, Worksheet } from '#core/model/worksheet.ts';
import type { GuestReader, RunContext, Sandbox } from '#core/sandbox/contract.ts';

export interface UnderwritingInput {
  readonly configuration: Configuration;
  readonly product: Product;
  readonly operation: Operation;
  /** With the pending changes and prices applied. */
  readonly policy: PolicyResponse;
  readonly policyholder: PolicyholderResponse;
  readonly context: RunContext;
}
export type UnderwritingResult =
  /** `result` is absent when the product has neither guidelines nor plugin: no gate (formats §4.1). */
  | { readonly ok: true; readonly result?: AutomatedUnderwritingResultResponse; readonly worksheet?: Worksheet }
  | { readonly ok: false; readonly problem: Problem; readonly worksheet?: Worksheet };

export type Underwrite = (
  input: UnderwritingInput,
  ports: { readonly sandbox: Sandbox; readonly reader?: GuestReader },
) => Promise<UnderwritingResult>;
