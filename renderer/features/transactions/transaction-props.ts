import type { ProductForm, StoredRisk } from '#core/api/contract.ts';
import type { ProductLifecycle, TransactionPreview, TransactionResponse } from '#core/api/contracts/transactions.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { TimelineResponse } from '#core/model/timeline/response.ts';
import type { TransactionAction } from '../../app/route.ts';

/** A transaction that is saved and not issued, with what issuing it would do. */
export interface SavedTransaction {
  readonly response: TransactionResponse;
  readonly preview: TransactionPreview;
  /** The policy as if it were issued: of endorsements and renewals. */
  readonly whenIssued?: PolicyResponse;
}
export interface TransactionProps {
  readonly action: TransactionAction;
  readonly stored: StoredRisk;
  readonly product: ProductForm;
  readonly timeline: TimelineResponse;
  readonly lifecycle: ProductLifecycle;
  readonly saved: SavedTransaction | undefined;
}
