import type { Operation } from '#core/model/worksheet.ts';

/** What a receipt is about. */
export interface ReceiptAbout {
  readonly policy: string;
  /** The quote, or the transaction after the issue. */
  readonly priced: string;
  readonly operation: Operation;
  readonly product: string;
  readonly currency: string;
}
export type ReceiptPart = 'configuration' | 'input' | 'result';

/** The first step of two worksheets that is not the same. */
export interface FirstDifference {
  /** Titles of the sections around it, from the outside in. */
  readonly path: readonly string[];
  /** In words, or null where that side has no such step. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What confirming a receipt found. */
export interface Confirmation {
  /** `confirmed`: to the cent, step by step, and nothing was changed. `no-configuration`: it could not be rated here. */
  readonly verdict: 'confirmed' | 'differs' | 'no-configuration';
  readonly about: ReceiptAbout;
  /** Parts that are not as they were when the receipt was made. */
  readonly tampered: readonly { readonly part: ReceiptPart | 'receipt'; readonly message: string }[];
  /** Where the configuration was found, and the files of it that are not those of the receipt. */
  readonly configuration: {
    readonly from: 'store' | 'given' | null;
    readonly hash: string;
    readonly changed: readonly { readonly path: string; readonly kind: 'added' | 'removed' | 'changed' }[];
  };
  readonly engine: { readonly recorded: string; readonly here: string };
  /** Amounts of the receipt beside those of rating again; only what differs when `verdict` is not `confirmed`. */
  readonly amounts: readonly {
    readonly what: string;
    readonly recorded: string | null;
    readonly rated: string | null;
  }[];
  readonly firstDifference?: FirstDifference;
  /** Why it could not be rated again. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/** Amounts that somebody else published beside those of a worksheet (PR10). */
export interface PublishedComparison {
  readonly source?: string;
  readonly steps: readonly {
    readonly step: string;
    readonly published: string;
    readonly rated: string;
    readonly same: boolean;
  }[];
  /** Position of the first step that is not the same; null when all are. */
  readonly firstDiffering: number | null;
  /** How the first differing amount came about here, line by line. */
  readonly explanation: readonly string[];
}
