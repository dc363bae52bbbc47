import type {
  AutomatedUnderwritingResultResponse,
  DocumentResponse,
  ExposureResponse,
  FeeResponse,
  InvoiceResponse,
  PolicyCharacteristics,
  QuoteState,
} from './policy.ts';

/** PolicyQuoteResponse (formats §3.5): the characteristics are one object, not a list. */
export interface PolicyQuoteResponse {
  readonly locator: string;
  readonly name: string;
  readonly policyLocator: string;
  readonly policyholderLocator: string;
  readonly productLocator: string;
  readonly productName: string;
  readonly state: QuoteState;
  readonly selected: boolean;
  readonly createdTimestamp: string;
  readonly updatedTimestamp: string;
  readonly contractStartTimestamp: string;
  readonly contractEndTimestamp: string;
  readonly characteristics: PolicyCharacteristics | undefined;
  readonly exposures: readonly ExposureResponse[];
  readonly documents: readonly DocumentResponse[];
  readonly invoices: readonly InvoiceResponse[];
  readonly fees: readonly FeeResponse[];
  readonly grossFees: string;
  readonly currency: string;
  readonly paymentScheduleName?: string;
  readonly automatedUnderwritingResult?: AutomatedUnderwritingResultResponse;
}
