import type { FieldGroups, FieldValues } from '../field.ts';
import type { PerilAmount } from '../product.ts';
import type { Millis } from '../time.ts';

/**
 * The timeline of a policy (SPEC.md): its transactions, and what replaying them gives. Pure data; a replay mutates nothing but
 * the timeline that it is making.
 */

/** Fields of one entity: the policy, an exposure or a peril. */
export interface Values {
  readonly fieldValues: FieldValues;
  readonly fieldGroupsByLocator: FieldGroups;
}
/** Limits and deductibles of a peril as given: a number as text, or `unlimited`. */
export type Limits = Readonly<Partial<Record<PerilAmount, string>>>;

/** What is insured, whatever the time: what a transaction finds and what it leaves. */
export interface Insured extends Values {
  readonly exposures: readonly InsuredExposure[];
}
export interface InsuredExposure extends Values {
  readonly locator: string;
  readonly name: string;
  readonly perils: readonly InsuredPeril[];
}
export interface InsuredPeril extends Values {
  readonly locator: string;
  readonly name: string;
  /** Stays the same when a renewal copies the peril. */
  readonly renewalGroup: string;
  readonly amounts: Limits;
}

/** Fields that a transaction sets (null takes one away), and field groups that it adds, changes or takes away. */
export interface ValuesPatch {
  readonly fields: Readonly<Record<string, readonly string[] | null>>;
  /** By group field: the locators that come and go. */
  readonly lists: Readonly<Record<string, { readonly add: readonly string[]; readonly remove: readonly string[] }>>;
  /** By locator of the group: what it sets there. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, readonly string[] | null>>>>;
}
/** What a transaction changes, by entity: applied again on whatever stands before it. */
export interface Change {
  readonly values?: ValuesPatch;
  readonly addExposures: readonly InsuredExposure[];
  readonly endExposures: readonly string[];
  /** By exposure locator. */
  readonly exposures: Readonly<Record<string, ExposureChange>>;
}
export interface ExposureChange {
  readonly values?: ValuesPatch;
  readonly addPerils: readonly InsuredPeril[];
  readonly endPerils: readonly string[];
  /** By peril locator. */
  readonly perils: Readonly<Record<string, PerilChange>>;
}
export interface PerilChange {
  readonly values?: ValuesPatch;
  readonly amounts?: Readonly<Partial<Record<PerilAmount, string | null>>>;
}

interface Moment {
  readonly locator: string;
  readonly effective: Millis;
  /** Position in the order of issue: breaks ties of the effective time. */
  readonly order: number;
}
/** Whether later rows are rated anew (`changed`: where their data changed; `all`: everywhere) or split by time alone. */
export type Repricing = 'changed' | 'all' | 'none';
export type Transaction =
  | (Moment & { readonly kind: 'create'; readonly end: Millis; readonly insured: Insured; readonly rows: CreateRows })
  | (Moment & { readonly kind: 'endorsement'; readonly change: Change; readonly repricing: Repricing })
  | (Moment & { readonly kind: 'renewal'; readonly change: Change; readonly end: Millis })
  | (Moment & { readonly kind: 'cancellation' })
  /** Of one cancellation; without a gap at the same instant. */
  | (Moment & { readonly kind: 'reinstatement'; readonly cancellation: string })
  | (Moment & { readonly kind: 'withdrawal' })
  /** Fees that a person adds; they cover the rest of the term. */
  | (Moment & { readonly kind: 'fees'; readonly fees: readonly NewFee[] });

/** Locators of the first rows, which a quote has given already: of the policy, and by exposure and peril. */
export interface CreateRows {
  readonly policy: string;
  readonly exposures: Readonly<Record<string, string>>;
  readonly perils: Readonly<Record<string, string>>;
}

/** Another transaction's setting that gives way: of two that set the same field, the person chose the newer one (TL31). */
export interface Resolution {
  readonly transaction: string;
  /** As `conflictsWith` names it. */
  readonly path: string;
}

/** What is charged for one peril row; amounts as text with the currency's decimals. */
export interface RowPrice {
  readonly premium: string;
  readonly monthPremium: string;
  readonly technicalPremium?: string;
  readonly monthTechnicalPremium?: string;
  readonly commissions: readonly { readonly recipient: string; readonly amount: string }[];
  readonly taxes: readonly { readonly name: string; readonly amount: string; readonly description?: string }[];
  /** Commit of the configuration that rated it. */
  readonly revision?: string;
}
export interface NewFee {
  readonly locator: string;
  readonly name: string;
  readonly description: string;
  readonly amount: string;
  readonly proration: 'proratable' | 'flat';
}
export interface NewHoldback {
  readonly locator: string;
  readonly amount: string;
  /** What it was held back of: of the row that was cut, in the end of the piece that is kept. */
  readonly of: 'premium' | 'technicalPremium' | 'tax' | 'commission' | 'fee';
  readonly perilRow?: string;
  readonly taxName?: string;
  readonly feeName?: string;
}

/** The amounts that one application of a transaction found: stored with the transaction that caused it, used again by replays. */
export interface Result {
  /** The transaction whose quoting made this application necessary: itself, or a back-dated one before it. */
  readonly cause: string;
  /** What it was applied on: `Applied.basis`. */
  readonly basis: string;
  /** By `rowKey`: the pieces before a split, and the rows that were rated. */
  readonly rows: Readonly<Record<string, RowPrice>>;
  readonly fees: readonly NewFee[];
  /** By `feeKey` of a fee that is cut: what is kept of it. */
  readonly feePieces: Readonly<Record<string, string>>;
  readonly holdbacks: readonly NewHoldback[];
}
/** Of an application that has nothing to find. */
export const NO_AMOUNTS = { rows: {}, fees: [], feePieces: {}, holdbacks: [] } as const;

/** A characteristics row: values of an entity over a span of time. */
export interface Row extends Values {
  readonly locator: string;
  readonly start: Millis;
  /** Exclusive. */
  readonly end: Millis;
  /** The transaction that made it. */
  readonly by: string;
  /** The transaction that replaced it; absent: it is current. */
  replacedBy?: string;
}
export interface PerilRow extends Row {
  /** What it hung on when it was made; a current row hangs on the current row that covers it (TL12b). */
  readonly policyRow: string;
  readonly exposureRow: string;
  readonly amounts: Limits;
  /** Absent while it is being rated. */
  price?: RowPrice;
}
export interface FeeRow extends NewFee {
  /** Locator of the fee as it was first charged: pieces and restored fees have names of their own. */
  readonly root: string;
  /** Found after the row stands, when it is a piece of another fee. */
  amount: string;
  readonly start: Millis;
  readonly end: Millis;
  readonly by: string;
  replacedBy?: string;
}
export interface HoldbackRow extends NewHoldback {
  readonly start: Millis;
  readonly end: Millis;
  readonly by: string;
  replacedBy?: string;
}
export interface PerilTrack {
  readonly locator: string;
  readonly name: string;
  readonly renewalGroup: string;
  readonly by: string;
  readonly rows: PerilRow[];
}
export interface ExposureTrack {
  readonly locator: string;
  readonly name: string;
  readonly by: string;
  readonly rows: Row[];
  readonly perils: PerilTrack[];
}
/** A contract period: the first, and one for each renewal. */
export interface Term {
  readonly start: Millis;
  readonly end: Millis;
  readonly by: string;
}
/** Rows of a policy with what replaced what: what a replay gives, and what the records of a policy add up to. */
export interface Timeline {
  readonly terms: Term[];
  readonly policyRows: Row[];
  readonly exposures: ExposureTrack[];
  readonly fees: FeeRow[];
  readonly holdbacks: HoldbackRow[];
  /** Set while coverage has ended early: by which transaction, from when. */
  ended?: { readonly by: string; readonly at: Millis };
}
