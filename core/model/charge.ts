import type { Millis } from './time.ts';

/**
 * One amount that a transaction charges or gives back (formats §2.9). The charges of all issued transactions of a policy add up
 * to gross premium + taxes + fees + holdbacks, commissions beside them (money law, settled questions 3). A row that a transaction
 * replaces is charged back whole, the rows that stand in its place are charged whole: an endorsement usually gives four charges
 * a peril.
 */
export interface Charge {
  /** Unique within the policy and the same whenever the transaction is worked out again. */
  readonly locator: string;
  readonly type: ChargeType;
  /** With the currency's decimals; negative gives back. */
  readonly amount: string;
  /** Coverage that it pays for, milliseconds. */
  readonly start: Millis;
  readonly end: Millis;
  /** The transaction (policy modification) that charges it. */
  readonly transactionLocator: string;
  /** The charge that this one takes back, charged by an earlier transaction. */
  readonly reverses?: string;
  readonly exposureLocator?: string;
  readonly exposureName?: string;
  readonly perilLocator?: string;
  readonly perilName?: string;
  readonly perilCharacteristicsLocator?: string;
  readonly taxName?: string;
  readonly feeName?: string;
  readonly feeLocator?: string;
  /** Of a fee. */
  readonly description?: string;
  readonly commissionRecipient?: string;
}
export type ChargeType = 'premium' | 'tax' | 'fee' | 'commission' | 'holdback';
