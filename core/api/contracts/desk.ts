import type { MissingCode, RiskStage, RiskState } from '#core/model/risk-list.ts';

/** A row of `GET /api/risks`. Times are milliseconds, amounts decimal text. */
export interface RiskSummary {
  readonly locator: string;
  readonly quoteLocator: string;
  readonly policyholderLocator: string;
  readonly productName: string;
  /** The policyholder's name. */
  readonly insured: string;
  /** What is insured, in a few words. */
  readonly items: string;
  readonly state: RiskState;
  readonly stage: RiskStage;
  readonly policyNumber?: string;
  readonly start: number;
  readonly end: number;
  readonly premium?: string;
  readonly currency: string;
  readonly decision?: 'accept' | 'reject' | 'none';
  /** What the next step still needs. */
  readonly missing: readonly MissingCode[];
  /** The latest transaction under way on an issued policy. */
  readonly open?: { readonly kind: string; readonly state: string };
  readonly updated: number;
  readonly created: number;
  readonly issued?: number;
}
/** `GET /api/risks?q=&stage=&state=&product=&decision=&from=&to=&premiumFrom=&premiumTo=&sort=-updated&offset=&limit=` */
export interface RiskList {
  readonly total: number;
  readonly rows: readonly RiskSummary[];
}

/** `GET /api/desk` */
export interface DeskInfo {
  /** Of the tenant (IANA): every day on the desk is one of this zone. */
  readonly timeZone: string;
}

/** The columns of the board, in the order of the work. */
export const BOARD_COLUMNS = [
  'incomplete',
  'ready',
  'waiting',
  'quoted',
  'accepted',
  'declined',
  'issued',
  'expiring',
] as const;
export type BoardColumn = (typeof BOARD_COLUMNS)[number];
/** `GET /api/risks/board` */
export interface Board {
  /** The period of `issued` and `expiring`, in days. */
  readonly issuedDays: number;
  readonly expiringDays: number;
  readonly columns: readonly ({ readonly name: BoardColumn } & RiskList)[];
}

export const HIT_TYPES = ['risk', 'policyholder', 'exposure', 'quote', 'claim', 'document'] as const;
export type HitType = (typeof HIT_TYPES)[number];
export interface SearchHit {
  readonly type: HitType;
  readonly locator: string;
  readonly title: string;
  readonly snippet: string;
  /** The policy that it belongs to: what opening it opens. */
  readonly policy: string;
}
/** `GET /api/search?q=&limit=`: the best of each type. */
export interface SearchAnswer {
  readonly groups: readonly { readonly type: HitType; readonly hits: readonly SearchHit[] }[];
}

/** What the list shows: kept as a view under a name. */
export interface ListFilters {
  readonly q?: string | undefined;
  readonly stage?: readonly RiskStage[] | undefined;
  readonly state?: readonly RiskState[] | undefined;
  readonly product?: readonly string[] | undefined;
  readonly decision?: readonly string[] | undefined;
  /** Calendar days (`2026-11-27`) of the start of cover. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}
export interface SavedView {
  readonly id: string;
  readonly name: string;
  readonly filters: ListFilters;
  readonly sort: string;
  readonly columns: readonly string[];
}
/** `GET /api/settings/{name}`, `PUT` with the same: of the person who works here. */
export interface Settings {
  readonly views: { readonly views: readonly SavedView[] };
  readonly pinned: { readonly risks: readonly string[] };
  readonly display: { readonly mode: 'board' | 'list'; readonly columns: readonly string[] };
}
export type SettingName = keyof Settings;
