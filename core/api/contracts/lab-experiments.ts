/** What the resources of experiments take and answer (core/lab/experiments/SPEC.md). Times are milliseconds. */
export type {
  Cohort,
  /** `GET /api/lab/cohorts/{product}?at=&experiment=`, and as a job (lab-jobs.ts) by `POST`; newest version first, amounts as text. */
  CohortReport,
  /** `GET /api/lab/experiments/{product}`, newest first. */
  ExperimentView as Experiment,
} from '#core/lab/experiments/contract.ts';
