import type { PolicyRecord, QuoteRecord } from '#core/desk/records.ts';
import type { TransactionRecord } from '#core/desk/transaction-record.ts';
import type { JsonValue } from '#core/model/json.ts';
import type { PolicyExposurePeril, PolicyholderResponse, PolicyResponse } from '#core/model/policy.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import type { ReceiptAbout, ReceiptPart } from './confirmation.ts';

export const RECEIPT_FORMAT = 'fieldwriter price receipt 1';

/**
 * A price receipt (SPEC.md): everything that a price was made from and came to, with no more personal data than the price needs.
 * Made twice of the same price it has the same bytes. Times are milliseconds, amounts are text.
 */
export interface Receipt {
  readonly format: typeof RECEIPT_FORMAT;
  readonly about: ReceiptAbout;
  /** Name and version of the program that priced it. */
  readonly engine: string;
  readonly configuration: ReceiptConfiguration;
  readonly run: { readonly clock: number; readonly seed: string };
  /** Hash of the whole input as it was recorded with the price; absent for what older programs priced. */
  readonly recordedInput?: string;
  readonly input: ReceiptInput;
  readonly answers: Answers;
  /** Names of the fields that the price did not need, sorted. */
  readonly leftOut: readonly string[];
  readonly result: RatedReceipt;
  /** SHA-256 (hex) of the canonical JSON of each part. */
  readonly hashes: Readonly<Record<ReceiptPart, string>>;
  /** SHA-256 (hex) of the canonical JSON of the whole receipt without this member. */
  readonly hash: string;
}

export interface ReceiptConfiguration {
  /** Commit in the Git repository of the store that made the receipt. */
  readonly commit: string;
  /** Configuration.hash: names the exact content, on any store. */
  readonly hash: string;
  /** SHA-256 (hex) of every file by its path, so that a changed table can be named. */
  readonly files: Readonly<Record<string, string>>;
}

export type ReceiptInput =
  | {
      readonly kind: 'quote';
      readonly policy: PolicyResponse;
      readonly policyholder: PolicyholderResponse;
      readonly toPrice: readonly PolicyExposurePeril[];
    }
  | {
      readonly kind: 'transaction';
      readonly policy: PolicyRecord;
      readonly quote: QuoteRecord;
      /** What was issued before it. */
      readonly issued: readonly TransactionRecord[];
      readonly transaction: TransactionRecord;
      readonly policyholder: PolicyholderResponse;
    };

/** What was answered from outside the engines while it was priced, in order. */
export interface Answers {
  /** External raters: the question as a hash, and the answer. */
  readonly raters: readonly { readonly asked: string; readonly answer: JsonValue }[];
  /** What plugins read from the store. */
  readonly reads: readonly { readonly asked: string; readonly answer: JsonValue }[];
}

export interface RatedReceipt {
  readonly amounts: readonly NamedAmount[];
  readonly steps: readonly WorksheetStep[];
}
export interface NamedAmount {
  readonly what: string;
  readonly amount: string;
}
