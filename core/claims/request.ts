import type { ClaimStatus, ReserveType } from '#core/desk/claim-records.ts';
import type { FieldChanges, RequestGroup, RequestValues } from '#core/model/request.ts';

/** The requests of the original platform's claim resources (SPEC, Paths). Timestamps are milliseconds, amounts carry its sign. */
export interface ClaimTimes {
  readonly incidentTimestamp?: string | number;
  readonly notificationTimestamp?: string | number;
}
export interface ClaimCreateRequest extends ClaimTimes {
  readonly policyLocator: string;
  readonly status?: 'pending' | 'open';
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
}
export interface ClaimUpdateRequest extends ClaimTimes, FieldChanges {
  readonly status?: Exclude<ClaimStatus, 'discarded' | 'pending'>;
  readonly addSubClaims?: readonly SubClaimCreateRequest[];
  readonly updateSubClaims?: readonly SubClaimUpdateRequest[];
}
export interface Reserves {
  readonly lossReserve?: string | number;
  readonly expenseReserve?: string | number;
}
export interface SubClaimCreateRequest extends Reserves {
  readonly perilLocator: string;
  /** For a peril that was not in force: looking into the claim costs money, the loss is not paid (K13). */
  readonly expensesOnly?: boolean;
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
}
export interface SubClaimUpdateRequest extends Reserves, FieldChanges {
  readonly subClaimLocator: string;
  readonly status?: 'open' | 'closed';
}
export interface PayableCreateRequest {
  readonly subClaimLocator: string;
  readonly reserveType: ReserveType;
  readonly amount: string | number;
  readonly recipient: string;
  readonly comment?: string;
}
