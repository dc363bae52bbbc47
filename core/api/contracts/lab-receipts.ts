/** What the resources of price receipts take and answer (core/lab/receipt/SPEC.md). */
import type { JsonObject } from '#core/model/json.ts';

/** `POST /api/lab/receipts` with `{of}`: a policy, quote or transaction. To be kept and confirmed as it is. */
export interface PriceReceipt extends JsonObject {
  readonly format: string;
  readonly hash: string;
}

export type {
  /** `POST /api/lab/receipts/confirm` with `{receipt, folder? | zip?}` (base64). */
  Confirmation as ReceiptConfirmation,
  /** `POST /api/lab/receipts/compare` with `{receipt, published}`: the first published step that differs. */
  PublishedComparison,
} from '#core/lab/receipt/confirmation.ts';
