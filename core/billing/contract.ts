import type { BillingOperation } from '#core/desk/billing-records.ts';
import type { Deployed } from '#core/desk/configurations.ts';
import type { JobRecord } from '#core/desk/records.ts';
import type { Charge } from '#core/model/charge.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { Product } from '#core/model/product.ts';
import type { Millis } from '#core/model/time.ts';
import type { GuestReader, RunContext } from '#core/sandbox/contract.ts';

/** A transaction that is to be billed. */
export interface BillingInput {
  readonly deployed: Deployed;
  readonly product: Product;
  readonly policy: {
    readonly locator: string;
    readonly policyholderLocator: string;
    readonly productName: string;
    readonly currency: string;
    readonly originalContractStart: Millis;
    readonly quoteLocator?: string;
  };
  readonly transaction: {
    readonly locator: string;
    readonly operation: BillingOperation;
    readonly effective: Millis;
    readonly coverageStart: Millis;
    readonly coverageEnd: Millis;
  };
  /** What it charges and takes back; never what earlier transactions charged. */
  readonly charges: readonly Charge[];
  /** Default: the policy's, or the product's first. */
  readonly paymentScheduleName?: string;
  readonly oldPaymentScheduleName?: string;
  readonly at: Millis;
  readonly context: RunContext;
  readonly reader?: GuestReader;
  /** The policy with the transaction in it, for the schedule plugin, which reads its terms and rows. */
  readonly policyResponse?: () => PolicyResponse;
  /** Accepted transactions that are taken back when this one is accepted; the latest ones. */
  readonly invalidates?: readonly string[];
}

/** Whose reserved document is to be made: an invoice's, or a grace period's with the invoice that it is about. */
export interface BillingDocument {
  readonly policyLocator: string;
  readonly quoteLocator: string;
  readonly modification: string;
  readonly invoice: string;
  readonly gracePeriod?: string;
}
/** What billing asks of the floor above. */
export interface BillingPorts {
  /**
   * Cancels a policy as `lapse`, effective then, and issues it, with the grace period that ended in the same commits. @returns the cancellation's locator, also of a lapse that was
   * issued before; undefined for a policy that is cancelled otherwise or has expired
   */
  readonly lapse?: (policyLocator: string, effective: Millis, gracePeriod: string) => Promise<string | undefined>;
  readonly reader?: GuestReader;
  /** The job that makes a document, saved with what it is about; the caller runs it afterwards. */
  readonly documentJob?: (product: Product, document: BillingDocument) => JobRecord | undefined;
}
