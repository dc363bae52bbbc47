import type { Diagnostic } from '#core/model/diagnostic.ts';
import type { ImpactBand, ImpactFailure, ImpactMover, ImpactSums } from '../impact/contract.ts';
import type { FileDifference } from '../versions/contract.ts';

export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;
export type EnvironmentKind = (typeof ENVIRONMENTS)[number];

/** An environment of this computer: a data folder. Times are milliseconds. */
export interface EnvironmentEntry {
  readonly folder: string;
  readonly kind: EnvironmentKind;
  readonly name: string;
  readonly clonedAt?: number | undefined;
  readonly clonedFrom?: string | undefined;
}

export interface Cloned {
  readonly versions: number;
  /** Policies of the sample, with their premiums as they are. */
  readonly policies: number;
  readonly of: number;
}

/** What promoting a version would change in the environment that it goes to (EN4). */
export interface PromotionPlan {
  readonly product: string;
  readonly from: { readonly commit: string; readonly hash: string };
  /** The newest version there; absent where the product is new. */
  readonly onto?: { readonly configVersion: number; readonly hash: string };
  readonly files: readonly FileDifference[];
  /** Documents of the product that would come out otherwise, by their names. */
  readonly documents: readonly ChangedDocument[];
  readonly errors: readonly Diagnostic[];
  readonly tests: {
    readonly passed: number;
    readonly failed: readonly { readonly name: string; readonly why: string }[];
  };
  /** What it does to the book there; absent where the product is new, or has errors. */
  readonly impact?: PlannedImpact;
  readonly secondPerson: boolean;
}
export interface ChangedDocument {
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What of it differs: its template, its entry in the product, files that any template may bring in. */
  readonly files: readonly string[];
}

/** Amounts are decimal text in the currency of the book, percentages text. */
export type PlannedImpact =
  /** Nobody rated it, and why. */
  { readonly state: 'left-out'; readonly why: string } | ({ readonly state: 'rated' } & PlannedChange);

/** A whole book before and after. */
export interface PlannedChange {
  readonly currency: string;
  readonly book: { readonly title: string; readonly size: number };
  readonly whole: ImpactSums;
  readonly histogram: readonly ImpactBand[];
  readonly winners: readonly ImpactMover[];
  readonly losers: readonly ImpactMover[];
  readonly failures: { readonly count: number; readonly first: readonly ImpactFailure[] };
}

/** Whether promotions to an environment need a second person, and those that wait for one. */
export interface Promotions {
  readonly secondPerson: boolean;
  readonly pending: readonly PendingPromotion[];
}
export interface PendingPromotion {
  readonly locator: string;
  readonly product: string;
  readonly hash: string;
  /** The branch that holds it: what differs is shown as any difference of versions. */
  readonly branch: string;
  readonly message: string;
  readonly by: string;
  readonly byName: string;
  readonly at: number;
}
