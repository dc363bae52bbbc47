import type { JsonValue } from './json.ts';
import type { PerilAmount } from './product.ts';

/**
 * The requests of the original platform's policy resources (formats §3.4). Clients send text, numbers and booleans, alone or in
 * lists (formats §1.5); what is stored and answered is always lists of text.
 */
export type RequestValues = Readonly<Record<string, JsonValue>>;
export interface RequestGroup {
  readonly fieldName: string;
  readonly fieldValues: RequestValues;
}
/** Who fills in what a request leaves open, in order; absent or null: as configured, empty: nobody (formats §2.11). */
export type AutofillList = readonly string[] | null;
/** `POST /policy`. Without a start it begins today at midnight in the tenant's zone, without an end it runs for a year. */
export interface PolicyCreateRequest {
  readonly policyholderLocator?: string;
  readonly productName: string;
  /** Milliseconds. */
  readonly policyStartTimestamp?: string | number;
  readonly policyEndTimestamp?: string | number;
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
  readonly exposures?: readonly ExposureCreateRequest[];
  readonly paymentScheduleName?: string;
  readonly currency?: string;
  readonly finalize?: boolean;
  /** The version to be used, whatever experiment runs; default the newest. */
  readonly configVersion?: number;
  /** The version whose form was filled in: used too, unless it is the newest and an experiment has an arm for the risk. */
  readonly formVersion?: number;
  readonly autofill?: AutofillList;
}
export interface ExposureCreateRequest {
  readonly exposureName: string;
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
  readonly perils?: readonly (PerilCreateRequest & { readonly name: string })[];
}
export interface PerilCreateRequest extends Readonly<Partial<Record<PerilAmount, string | number>>> {
  readonly fieldValues?: RequestValues;
  readonly fieldGroups?: readonly RequestGroup[];
}

/** Changes of one entity's fields. A value that is null or an empty list takes the field away. */
export interface FieldChanges {
  readonly fieldValues?: RequestValues;
  readonly addFieldGroups?: readonly RequestGroup[];
  readonly updateFieldGroups?: readonly {
    readonly fieldGroupLocator: string;
    readonly fieldName?: string;
    readonly fieldValues: RequestValues;
  }[];
  readonly removeFieldGroups?: readonly string[];
}
/** `POST /policy/{locator}/update` and `PATCH /quotes/{locator}`: drafts only. */
export interface PolicyUpdateRequest extends FieldChanges {
  readonly policyStartTimestamp?: string | number;
  readonly policyEndTimestamp?: string | number;
  readonly paymentScheduleName?: string;
  readonly name?: string;
  readonly autofill?: AutofillList;
  readonly addExposures?: readonly ExposureCreateRequest[];
  readonly updateExposures?: readonly ExposureUpdateRequest[];
  readonly removeExposures?: readonly string[];
}
export interface ExposureUpdateRequest extends FieldChanges {
  readonly exposureLocator: string;
  readonly addPerils?: readonly (PerilCreateRequest & { readonly name: string })[];
  readonly updatePerils?: readonly PerilUpdateRequest[];
  readonly removePerils?: readonly string[];
}
export interface PerilUpdateRequest
  extends FieldChanges,
    Readonly<Partial<Record<PerilAmount, string | number | null>>> {
  readonly perilLocator: string;
}

/** What `POST /policies/{locator}/endorsements` changes (formats §3.6). Exposures and perils end; they are never removed. */
export interface EndorsementUpdateRequest extends FieldChanges {
  /** Milliseconds; default today at midnight in the tenant's zone. */
  readonly startTimestamp?: string | number;
  readonly addExposures?: readonly ExposureCreateRequest[];
  readonly updateExposures?: readonly (Omit<ExposureUpdateRequest, 'removePerils'> & {
    readonly endPerils?: readonly string[];
  })[];
  readonly endExposures?: readonly string[];
  readonly newPaymentScheduleName?: string;
  readonly autofill?: AutofillList;
  readonly reprice?: boolean;
  /** Settings of later transactions that give way to this one's, as the preview names them. */
  readonly resolutions?: readonly { readonly transactionLocator: string; readonly path: string }[];
}
export interface EndorsementCreateRequest extends EndorsementUpdateRequest {
  readonly endorsementName: string;
  /** How far to go at once; default `application`. */
  readonly state?: 'application' | 'quoted' | 'accepted' | 'issued';
  readonly conflictHandling?: 'block' | 'invalidate';
}
/** `POST /policies/{locator}/renewals`: the new term begins where the last one ends. */
export interface RenewalCreateRequest extends EndorsementUpdateRequest {
  /** Milliseconds; default a year after the start. */
  readonly renewalEndTimestamp?: string | number;
  readonly state?: 'application' | 'quoted' | 'accepted' | 'issued';
  readonly conflictHandling?: 'block' | 'invalidate';
}
/** `POST /policies/{locator}/cancellations` (formats §3.7). */
export interface CancellationCreateRequest {
  readonly name: string;
  readonly effectiveTimestamp: string | number;
  readonly cancellationCategory?: string;
  readonly cancellationComments?: string;
  readonly reinstatementDeadlineTimestamp?: string | number;
  readonly issue?: boolean;
  readonly conflictHandling?: 'block' | 'invalidate';
}
/** `PATCH /cancellations/{locator}/reinstate` (formats §3.7). */
export interface ReinstatementCreateRequest {
  /** Default the cancellation's own time: no gap. */
  readonly effectiveTimestamp?: string | number;
  readonly reinstatementDeadlineTimestamp?: string | number;
  readonly issue?: boolean;
}
/** `PATCH /policy/{locator}/fees`: fees that a person adds to an issued policy (formats §1.8). */
export interface FeesCreateRequest {
  readonly addFees: readonly {
    readonly feeName: string;
    /** Negative gives back. */
    readonly amount: string | number;
    readonly description?: string;
  }[];
  /** From when on they are for the rest of the term, milliseconds; default today, or the start of a policy that begins later. */
  readonly startTimestamp?: string | number;
  readonly conflictHandling?: 'block' | 'invalidate';
}
