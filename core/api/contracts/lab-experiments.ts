/** What the resources of experiments take and answer (core/lab/experiments/SPEC.md). Times are milliseconds. */

export interface ExperimentArm {
  readonly name: string;
  readonly configVersion: number;
  /** Of the risks in the experiment; all together 1. */
  readonly share: number;
}
/** `GET /api/lab/experiments/{product}`, newest first. */
export interface Experiment {
  readonly locator: string;
  readonly product: string;
  readonly name: string;
  readonly seed: string;
  /** Of all new risks those that take part. */
  readonly traffic: number;
  readonly arms: readonly ExperimentArm[];
  readonly key: readonly string[];
  readonly from: number;
  readonly until?: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly state: 'planned' | 'running' | 'ended';
  readonly counts: readonly { readonly arm: string; readonly risks: number; readonly expected: number }[];
  /** Whether the arms got what their shares say; `p` is the probability of such counts by chance. */
  readonly ratio: { readonly p: number; readonly alarm: boolean };
}
/** `GET /api/lab/cohorts/{product}?at=&experiment=`, newest version first; amounts as text. */
export interface Cohort {
  readonly configVersion: number;
  readonly arm?: string;
  readonly currency: string;
  readonly quotes: number;
  readonly priced: number;
  readonly issued: number;
  readonly conversion?: { readonly rate: number; readonly low: number; readonly high: number };
  readonly written: string;
  readonly earned: string;
  readonly claims: number;
  readonly incurred: string;
  readonly lossRatio?: number;
}
export interface CohortReport {
  readonly at: number;
  readonly cohorts: readonly Cohort[];
}
