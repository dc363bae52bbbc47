import { type LabJobs, openLabJobs } from '#core/lab/jobs.ts';
import type { LabJob } from '../contracts/lab-jobs.ts';
import type { Door } from '../door.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Pricing lab: jobs';

/** How far the lab's longer work is, and its answers. Jobs live in memory: closing the workbench ends and forgets them. */
export function labJobResources(door: Door): LabJobs {
  const jobs = openLabJobs(door.desk);
  const path = '/api/lab/jobs/:id';
  door.on(
    {
      method: 'get',
      path,
      tag,
      summary: 'How far a job is',
      query: { wait: 'milliseconds, at most 10,000: answer when it ended, at the latest then' },
      answer: 'LabJob',
    },
    ({ param, query }): Promise<LabJob> =>
      jobs.status(param('id'), Math.min(10_000, numberIn(query('wait'), 'wait') ?? 0)),
  );
  door.on({ method: 'delete', path, tag, summary: 'End a job', answer: 'LabJob' }, ({ param }): Promise<LabJob> => {
    jobs.cancel(param('id'));
    return jobs.status(param('id'), 1_000);
  });
  door.on(
    {
      method: 'get',
      path: `${path}/result`,
      tag,
      summary: 'What a job came to; a failed one refuses with its reason',
      answer: 'what the request promised that began it',
    },
    ({ param }) => jobs.result(param('id')),
  );
  return jobs;
}
