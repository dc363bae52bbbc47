/** One row of the list of risks. What its words mean is the projector's affair; the store keeps, orders and filters them. */
export interface RiskRow {
  /** Locator of the policy. */
  readonly policy: string;
  /** Locator of the quote that the policy shows. */
  readonly quote: string;
  readonly policyholder: string;
  readonly product: string;
  /** The policyholder's name; empty where there is none, or none any more. */
  readonly insured: string;
  /** What is insured, in a few words. */
  readonly items: string;
  readonly state: string;
  readonly stage: string;
  readonly number: string | null;
  /** Milliseconds. */
  readonly starts: number;
  readonly ends: number;
  /** Decimal text. */
  readonly premium: string | null;
  readonly currency: string;
  readonly decision: string | null;
  /** Codes of what the next step still needs. */
  readonly missing: readonly string[];
  /** What is under way on an issued policy. */
  readonly open: string | null;
  readonly updated: number;
  readonly created: number;
  readonly issued: number | null;
}
/** The orders that the list has an index for. */
export const RISK_ORDERS = [
  'updated',
  'insured',
  'product',
  'stage',
  'number',
  'starts',
  'ends',
  'premium',
  'issued',
] as const;
export type RiskOrder = (typeof RISK_ORDERS)[number];

/** Which risks, in which order. Ranges include their beginning and their end. */
export interface RiskQuery {
  /** Words that people typed: each begins a word of the risk. */
  readonly text?: string;
  /** Locators of policies: those alone. */
  readonly policies?: readonly string[];
  readonly stages?: readonly string[];
  readonly states?: readonly string[];
  readonly products?: readonly string[];
  readonly decisions?: readonly string[];
  readonly starts?: Range;
  readonly ends?: Range;
  readonly issued?: Range;
  readonly premium?: Range;
  readonly order: RiskOrder;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Where nobody asks how many there are: counting stops here. */
  readonly mostTotal?: number;
}
export interface Range {
  readonly from?: number;
  readonly to?: number;
}
export interface RiskPage {
  /** How many there are in all. */
  readonly total: number;
  readonly rows: readonly RiskRow[];
}
