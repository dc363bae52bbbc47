import type { FieldDefinition } from '#core/model/field.ts';
import type { ProductForm } from '../contract.ts';

/** What the screens of an issued policy's transactions, bills and claims take beside the original's shapes. */
export type { ClaimResponse, PayableResponse, ReserveResponse, SubClaimResponse } from '#core/claims/responses.ts';
export type { PolicyBilling } from '#core/policy/invoices.ts';
export type { TransactionDetails } from '#core/policy/transactions/details.ts';
export type { ConflictPreview, TransactionPreview } from '#core/policy/transactions/preview.ts';
export type { PriceChange } from '#core/policy/transactions/price.ts';

/** `GET /api/products/{name}/lifecycle`: what can happen to an issued policy of a product, as its configuration says. */
export interface ProductLifecycle {
  readonly endorsements: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly reprice: 'never' | 'always' | 'all' | 'input';
  }[];
  readonly cancellations: readonly {
    readonly name: string;
    readonly title: string;
    readonly categories: readonly string[];
  }[];
  readonly fees: readonly { readonly name: string; readonly displayName: string }[];
  readonly taxes: readonly { readonly name: string; readonly displayName: string }[];
  readonly paymentSchedules: readonly { readonly name: string; readonly displayName: string }[];
  readonly paymentFields: readonly FieldDefinition[];
  readonly claimFields: readonly FieldDefinition[];
  /** Of every sub-claim, and by peril where a peril has its own. */
  readonly subclaims: readonly { readonly name: string; readonly fields: readonly FieldDefinition[] }[];
  /** Of these fields. */
  readonly lookups: ProductForm['lookups'];
}

/** `POST /policies/{l}/endorsements` and the others answer more (formats §3.6, §3.7); this is what the screens read of it. */
export interface TransactionResponse {
  readonly locator: string;
  readonly policyLocator: string;
  readonly state: string;
  readonly effectiveTimestamp: string;
  readonly endorsementName?: string;
  readonly renewalEndTimestamp?: string;
  /** Of a cancellation. */
  readonly name?: string;
  readonly cancellationCategory?: string;
  readonly cancellationComments?: string;
  /** Of a reinstatement. */
  readonly cancellationLocator?: string;
}

/** `POST /policies/{l}/coverageSummary`: what is covered at an instant. */
export interface CoverageSummary {
  readonly inForce: boolean;
  readonly coverages: readonly {
    readonly exposureLocator: string;
    readonly exposureName: string;
    readonly perilLocator: string;
    readonly perilName: string;
    readonly coverageStartTimestamp: string;
    readonly coverageEndTimestamp: string;
    readonly deductible?: string;
    readonly lumpSumPayment?: string;
    readonly indemnityPerItem?: string;
    readonly indemnityPerEvent?: string;
    readonly indemnityInAggregate?: string;
  }[];
}
