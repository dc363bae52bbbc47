/** What the resources of environments take and answer (core/lab/environments/SPEC.md). Times are milliseconds. */
import type { Cloned, EnvironmentEntry, EnvironmentKind } from '#core/lab/environments/contract.ts';

export type {
  EnvironmentEntry as Environment,
  EnvironmentKind,
  PromotionPlan,
  /** `GET /api/lab/promotions`: what waits here for a second person. */
  Promotions,
} from '#core/lab/environments/contract.ts';

/** `GET /api/lab/environments` */
export interface Environments {
  /** Data folder of the one that answers. */
  readonly current: string;
  /** Whether others can be opened from here: for a clone, a plan, a promotion. */
  readonly opens: boolean;
  readonly environments: readonly EnvironmentEntry[];
}
/** `POST /api/lab/environments/clone`, a job (lab-jobs.ts); its result is an EnvironmentCloned. */
export interface CloneEnvironment {
  readonly kind: EnvironmentKind;
  /** Of the new data folder, beside this one, and of the environment. */
  readonly name: string;
  /** How many of them come along, personal data replaced. */
  readonly policies: number;
}
export interface EnvironmentCloned extends Cloned {
  readonly folder: string;
}
/** `POST /api/lab/environments/plan`, a job; its result is a PromotionPlan. */
export interface PlanPromotion {
  readonly product: string;
  /** A version, branch, tag or commit here; default the newest version. */
  readonly ref?: string;
  /** Of the environment that it goes to. */
  readonly folder: string;
}
/** `POST /api/lab/environments/promote`, a job; its result is a Promoted. */
export interface PromoteVersion extends PlanPromotion {
  readonly message: string;
  /** Hashes of the plan that somebody looked at: of what goes there, and of what it replaces. */
  readonly seen: { readonly hash: string; readonly onto: string | null };
}
/** Deployed there as a version, or waiting there for a second person. */
export type Promoted = { readonly configVersion: number } | { readonly waiting: string };
