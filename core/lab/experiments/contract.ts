/** What experiments and cohorts say (SPEC.md). Times are milliseconds. */

export interface ExperimentArm {
  readonly name: string;
  readonly configVersion: number;
  /** Of the risks in the experiment; all together 1. */
  readonly share: number;
}
/** An experiment with how many risks each arm got, and whether that can be chance. */
export interface ExperimentView {
  readonly locator: string;
  readonly product: string;
  readonly name: string;
  readonly seed: string;
  /** Of all new risks those that take part. */
  readonly traffic: number;
  readonly arms: readonly ExperimentArm[];
  readonly key: readonly string[];
  readonly from: number;
  readonly until?: number | undefined;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly state: 'planned' | 'running' | 'ended';
  readonly counts: readonly { readonly arm: string; readonly risks: number; readonly expected: number }[];
  /** Whether the arms got what their shares say; `p` is the probability of such counts by chance. */
  readonly ratio: { readonly p: number; readonly alarm: boolean };
}

/** What became of the quotes of one version (and arm); amounts as text in its currency, up to an instant. */
export interface Cohort {
  readonly configVersion: number;
  /** Of an experiment, where one was asked for. */
  readonly arm?: string;
  readonly currency: string;
  /** Risks that were entered, priced, and issued. */
  readonly quotes: number;
  readonly priced: number;
  readonly issued: number;
  /** Issued of priced, with its 95 % interval; absent where nothing was priced. */
  readonly conversion?: { readonly rate: number; readonly low: number; readonly high: number };
  readonly written: string;
  readonly earned: string;
  readonly claims: number;
  readonly incurred: string;
  /** Incurred over earned; absent where nothing was earned. */
  readonly lossRatio?: number;
}
export interface CohortReport {
  /** Until when. */
  readonly at: number;
  readonly cohorts: readonly Cohort[];
}
