import type { JobData, JobQueue } from '../database/job-queue.ts';
import type { Scope } from '../database/scope.ts';
import type { JobContext } from './contract.ts';
import { INVOICE_MAIL } from './mail/invoice-mail-rows.ts';
import { REPORT } from './reports/report-runs.ts';

/** Longer than any wait between two tries: a mail of which nothing became for so long may have lost its job, milliseconds. */
export const STILL: number = 6 * 3_600_000;
const MOST = 100;

/** Gives a job again to mails that have none (VJ6); those whose job was given up stay so. They are looked at again after as long. */
export async function addLostJobs({ database, now }: JobContext, queue: JobQueue, tenant: string): Promise<void> {
  const still = await database.inTenant(tenant, (scope) => takeStill(scope, now()));
  for (const { queue: name, about } of still) {
    const data: JobData = { ...about, tenant };
    if (!(await queue.has(name, data))) await queue.add(name, data);
  }
}

interface Still {
  readonly queue: string;
  readonly about: Readonly<Record<string, string>>;
}

/** Takes note that they are looked at now, so that no other copy does the same. */
async function takeStill(scope: Scope, now: number): Promise<readonly Still[]> {
  const invoices = await scope.rows<{ invoice: string }>(
    'still-invoices',
    `UPDATE invoice_mail SET looked_at = $2 WHERE tenant = $1 AND invoice IN (
       SELECT invoice FROM invoice_mail WHERE tenant = $1 AND state IN ('waiting', 'sending') AND changed_at < $3 AND looked_at < $3
       LIMIT $4
     ) RETURNING invoice`,
    [now, now - STILL, MOST],
  );
  const reports = await scope.rows<{ report: string; due: number }>(
    'still-reports',
    `UPDATE report_run SET looked_at = $2 WHERE tenant = $1 AND (report, due_at) IN (
       SELECT report, due_at FROM report_run WHERE tenant = $1 AND state IN ('waiting', 'sending') AND changed_at < $3 AND looked_at < $3
       LIMIT $4
     ) RETURNING report, due_at AS due`,
    [now, now - STILL, MOST],
  );
  return [
    ...invoices.map(({ invoice }) => ({ queue: INVOICE_MAIL, about: { invoice } })),
    ...reports.map(({ report, due }) => ({ queue: REPORT, about: { report, due: String(due) } })),
  ];
}
