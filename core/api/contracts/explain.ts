import type { NearChange } from '#core/model/near-miss.ts';
import type { UnderwritingDecision } from '#core/model/policy.ts';
import type { FieldError } from '#core/model/problem.ts';
import type { ProblemDocument } from '../contract.ts';

/** `POST /api/products/{name}/nearest` with a QuoteRequest: the nearest changes that would be accepted; nothing is stored. */
export interface NearestAnswer {
  /** Of the risk as it is; absent where the product has no gate, or the risk could not be decided. */
  readonly decision?: UnderwritingDecision;
  readonly currency: string;
  /** Nearest first; each was priced and decided before it is proposed. */
  readonly proposals: readonly NearestProposal[];
  /** How many changed risks were decided. */
  readonly evaluations: number;
  /** Everything that may change was tried: nothing is nearer. */
  readonly exhausted: boolean;
  readonly fieldErrors: readonly FieldError[];
  readonly problem?: ProblemDocument;
}
export interface NearestProposal {
  readonly changes: readonly NearChange[];
  readonly decision: 'accept';
  readonly total?: string;
  /** Its total minus the risk's own, with sign. */
  readonly difference?: string;
}
