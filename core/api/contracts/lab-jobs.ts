/**
 * `GET /api/lab/jobs/{id}?wait=` (milliseconds: answers when the job ends, at the latest then), `DELETE` ends it, and its answer is
 * `GET /api/lab/jobs/{id}/result`, which refuses as the request would have that began a job that failed.
 */
export type { LabJob } from '#core/lab/job-contract.ts';
