import type { FieldGroups, FieldValues } from './field.ts';

/**
 * The shapes that the original platform's API answers with (formats §3.1–3.8). Timestamps are milliseconds as text, money is
 * text with the currency's decimals.
 */
export interface PolicyResponse {
  readonly locator: string;
  readonly displayId: string;
  readonly policyholderLocator: string;
  readonly productLocator: string;
  readonly productName: string;
  readonly currency?: string;
  readonly configVersion?: number;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly issuedTimestamp?: string;
  readonly originalContractStartTimestamp: string;
  readonly originalContractEndTimestamp: string;
  readonly effectiveContractEndTimestamp: string;
  readonly characteristics: readonly PolicyCharacteristics[];
  readonly exposures: readonly ExposureResponse[];
  readonly modifications: readonly PolicyModificationResponse[];
  readonly documents: readonly DocumentResponse[];
  readonly invoices: readonly InvoiceResponse[];
  readonly fees: readonly FeeResponse[];
  readonly grossFees: string;
  readonly grossFeesCurrency?: string;
  readonly paymentScheduleName?: string;
  readonly quoteLocator?: string;
  readonly quoteSummary?: QuoteSummary;
  /** Set while coverage ends before the contract does. */
  readonly cancellation?: {
    readonly effectiveTimestamp: string;
    readonly modificationLocator: string;
    readonly modificationName: string;
  };
}
export interface QuoteSummary {
  readonly selected: string;
  readonly notDiscarded: readonly { readonly locator: string; readonly name: string; readonly state: QuoteState }[];
}
export type QuoteState = 'draft' | 'quoted' | 'accepted' | 'declined' | 'discarded';

interface Characteristics {
  readonly locator: string;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly issuedTimestamp?: string;
  readonly replacedTimestamp?: string;
  readonly fieldValues: FieldValues;
  readonly fieldGroupsByLocator: FieldGroups;
  readonly mediaByLocator: Readonly<Record<string, MediaResponse>>;
}
export interface PolicyCharacteristics extends Characteristics {
  readonly policyLocator: string;
  readonly policyholderLocator: string;
  readonly productLocator: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly policyStartTimestamp: string;
  readonly policyEndTimestamp: string;
  readonly grossPremium?: string;
  readonly grossPremiumCurrency?: string;
  readonly grossTaxes?: string;
  readonly grossTaxesCurrency?: string;
  readonly taxGroups: readonly { readonly name: string; readonly amount: string; readonly amountCurrency: string }[];
}
export interface ExposureCharacteristics extends Characteristics {
  readonly exposureLocator: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
}
export interface ExposureResponse {
  readonly locator: string;
  readonly name: string;
  readonly displayId: string;
  readonly policyLocator: string;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly characteristics: readonly ExposureCharacteristics[];
  readonly perils: readonly PerilResponse[];
}
export interface PerilResponse {
  readonly locator: string;
  readonly name: string;
  readonly displayId: string;
  readonly exposureLocator: string;
  /** Stays equal across terms although perils are copied at renewal. */
  readonly renewalGroup: string;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly characteristics: readonly PerilCharacteristics[];
}
export interface PerilCharacteristics extends Characteristics {
  readonly perilLocator: string;
  readonly policyCharacteristicsLocator: string;
  readonly exposureCharacteristicsLocator: string;
  readonly policyModificationLocator: string;
  readonly coverageStartTimestamp: string;
  readonly coverageEndTimestamp: string;
  readonly premium?: string;
  readonly premiumCurrency?: string;
  /** Four decimals. */
  readonly monthPremium?: string;
  readonly technicalPremium?: string;
  readonly monthTechnicalPremium?: string;
  readonly commissions?: readonly CommissionResponse[];
  readonly taxes?: readonly TaxAmount[];
  readonly deductible?: string;
  readonly deductibleCurrency?: string;
  readonly lumpSumPayment?: string;
  readonly lumpSumPaymentCurrency?: string;
  readonly indemnityPerItem?: string;
  readonly indemnityPerItemCurrency?: string;
  readonly indemnityPerEvent?: string;
  readonly indemnityPerEventCurrency?: string;
  readonly indemnityInAggregate?: string;
  readonly indemnityInAggregateCurrency?: string;
  /** The version of the logic that priced it. */
  readonly premiumTemplateRevision?: string;
}
export interface CommissionResponse {
  readonly locator?: string;
  readonly recipient: string;
  readonly amount: string;
}
export interface TaxAmount {
  readonly name: string;
  readonly amount: string;
  readonly description?: string;
}
export interface MediaResponse {
  readonly locator: string;
  readonly fileName?: string;
  readonly mimeType: string;
  readonly url: string;
  readonly expiresTimestamp?: string;
}
export interface PolicyModificationResponse {
  readonly locator: string;
  readonly number: string;
  readonly name: string;
  readonly displayId: string;
  readonly policyLocator: string;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly effectiveTimestamp?: string;
  readonly issuedTimestamp?: string;
  readonly policyEndTimestamp?: string;
  readonly premiumChange?: string;
  readonly premiumChangeCurrency?: string;
  readonly configVersion: number;
  readonly automatedUnderwritingResult?: AutomatedUnderwritingResultResponse;
  readonly exposureModifications: readonly ExposureModification[];
  readonly newPolicyCharacteristicsLocator?: string;
  readonly newPolicyCharacteristicsLocators?: readonly string[];
  readonly endorsementLocator?: string;
  readonly renewalLocator?: string;
  readonly cancellationName?: string;
  readonly fieldValues: FieldValues;
  readonly mediaByLocator: Readonly<Record<string, MediaResponse>>;
}
export interface ExposureModification {
  readonly locator: string;
  readonly exposureLocator: string;
  readonly newExposureCharacteristicsLocator?: string;
  readonly perilModifications: readonly {
    readonly locator: string;
    readonly perilLocator: string;
    readonly newPerilCharacteristicsLocator?: string;
    readonly replacedPerilCharacteristicsLocator?: string;
    readonly premiumChange?: string;
    readonly premiumChangeCurrency?: string;
  }[];
}
export type UnderwritingDecision = 'accept' | 'reject' | 'none';
export interface AutomatedUnderwritingResultResponse {
  readonly decision: UnderwritingDecision;
  readonly decisionTimestamp: string;
  readonly notes: readonly string[];
}
export interface DocumentResponse {
  readonly locator: string;
  readonly displayName: string;
  readonly fileName: string;
  readonly type: 'pdf' | 'html';
  readonly url?: string;
  readonly urlExpirationTimestamp?: string;
  readonly policyModificationLocator?: string;
  readonly createdTimestamp?: string;
}
export interface FeeResponse {
  readonly locator: string;
  readonly name: string;
  readonly description: string;
  readonly amount: string;
  readonly amountCurrency: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly reversed: boolean;
}
export interface InvoiceResponse {
  readonly locator: string;
  readonly displayId: string;
  readonly policyLocator: string;
  readonly invoiceType:
    | 'newBusiness'
    | 'endorsement'
    | 'renewal'
    | 'cancellation'
    | 'reinstatement'
    | 'installment'
    | 'premiumReporting'
    | 'other';
  readonly createdTimestamp: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly dueTimestamp: string;
  readonly totalDue: string;
  readonly totalDueCurrency: string;
  readonly settlementStatus: 'outstanding' | 'settled';
  readonly settlementType?: 'paid' | 'writtenOff' | 'zeroDue' | 'invalidated' | 'carriedForward';
  readonly statuses: readonly { readonly status: string; readonly timestamp: string }[];
  readonly payments: readonly PaymentResponse[];
  readonly documents: readonly DocumentResponse[];
  readonly financialTransactions: readonly FinancialTransaction[];
  readonly transactionIssued: boolean;
  readonly policyModificationLocator?: string;
}
export interface PaymentResponse {
  readonly locator: string;
  readonly displayId: string;
  readonly invoiceLocator: string;
  /** Negative: a refund. */
  readonly amount: string;
  readonly amountCurrency: string;
  readonly postedTimestamp: string;
  readonly reversedTimestamp?: string;
  readonly fieldValues: FieldValues;
  readonly mediaByLocator: Readonly<Record<string, MediaResponse>>;
}
export interface FinancialTransaction {
  readonly type: 'premium' | 'tax' | 'fee' | 'commission' | 'holdback';
  readonly amount: string;
  readonly amountCurrency: string;
  readonly startTimestamp: string;
  readonly endTimestamp: string;
  readonly perilCharacteristicsLocator?: string;
  readonly perilName?: string;
  readonly taxName?: string;
  readonly feeName?: string;
  readonly policyModificationLocator?: string;
}
export interface PolicyholderResponse {
  readonly locator: string;
  readonly version: number;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly completed: boolean;
  readonly entity: { readonly values: FieldValues; readonly completed: boolean };
}

/** Names the three rows of one peril to be priced (seed: External Rater). */
export interface PolicyExposurePeril {
  readonly policyCharacteristicsLocator: string;
  readonly exposureCharacteristicsLocator: string;
  readonly perilCharacteristicsLocator: string;
}
