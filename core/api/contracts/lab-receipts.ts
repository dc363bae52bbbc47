/** What the resources of price receipts take and answer (core/lab/receipt/SPEC.md). */
import type { JsonObject } from '#core/model/json.ts';
import type { Operation } from '#core/model/worksheet.ts';

/** `POST /api/lab/receipts` with `{of}`: a policy, quote or transaction. To be kept and confirmed as it is. */
export interface PriceReceipt extends JsonObject {
  readonly format: string;
  readonly hash: string;
}

/** `POST /api/lab/receipts/confirm` with `{receipt, folder? | zip?}` (base64). */
export interface ReceiptConfirmation {
  readonly verdict: 'confirmed' | 'differs' | 'no-configuration';
  readonly about: {
    readonly policy: string;
    readonly priced: string;
    readonly operation: Operation;
    readonly product: string;
    readonly currency: string;
  };
  readonly tampered: readonly {
    readonly part: 'configuration' | 'input' | 'result' | 'receipt';
    readonly message: string;
  }[];
  readonly configuration: {
    readonly from: 'store' | 'given' | null;
    readonly hash: string;
    readonly changed: readonly { readonly path: string; readonly kind: 'added' | 'removed' | 'changed' }[];
  };
  readonly engine: { readonly recorded: string; readonly here: string };
  readonly amounts: readonly {
    readonly what: string;
    readonly recorded: string | null;
    readonly rated: string | null;
  }[];
  readonly firstDifference?: {
    readonly path: readonly string[];
    readonly before: string | null;
    readonly after: string | null;
  };
  readonly problem?: { readonly code: string; readonly message: string };
}

/** `POST /api/lab/receipts/compare` with `{receipt, published}`: the first published step that differs. */
export interface PublishedComparison {
  readonly source?: string;
  readonly steps: readonly {
    readonly step: string;
    readonly published: string;
    readonly rated: string;
    readonly same: boolean;
  }[];
  readonly firstDiffering: number | null;
  readonly explanation: readonly string[];
}
