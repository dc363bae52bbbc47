/** `POST /api/lab/second-opinion` with a working copy, `product` and a slice of its sample (core/lab/second-opinion/SPEC.md). */
export type { Disagreement as LabDisagreement, Opinion as LabOpinion } from '#core/lab/second-opinion/contract.ts';
