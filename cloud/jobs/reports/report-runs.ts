import type { JobQueue } from '../../database/job-queue.ts';
import type { Scope } from '../../database/scope.ts';
import type { JobContext } from '../contract.ts';
import type { MailRow, MailState } from '../mail/deliver.ts';
import { readJobSettings } from '../settings.ts';

/** A report that was due, as an administrator sees it. Times are milliseconds. */
export interface ReportRun {
  readonly report: string;
  readonly dueAt: number;
  readonly state: MailState;
  readonly reason: string | null;
  readonly tries: number;
  readonly changedAt: number;
}

export const REPORT = 'report';
/** A schedule is looked through for so many times at once. */
const MOST_TIMES = 10_000;

/**
 * Adds a run and its job for each report that became due, in one transaction with the note of when the next one is (VJ41). Of several
 * times that passed meanwhile the last one counts.
 */
export async function addDueReports(
  { database, master, now }: JobContext,
  queue: JobQueue,
  tenant: string,
): Promise<void> {
  await database.inTenant(tenant, async (scope) => {
    const [row] = await scope.rows<{ written: number; next: number | null }>(
      'reports-at',
      'SELECT written_at AS written, reports_at AS next FROM job_settings WHERE tenant = $1 FOR UPDATE',
    );
    if (!row || row.next === null || row.next > now()) return;
    const { reports } = await readJobSettings(scope, master);
    const last = await lastRuns(scope);
    const nexts: number[] = [];
    for (const { name, schedule, timeZone } of reports) {
      const from = Math.max(last.get(name) ?? 0, row.written);
      const { due, next } = timesOf((after) => queue.nextTime(schedule, timeZone, after), from, now());
      if (due !== undefined) await addRun(scope, name, due, now());
      if (next !== undefined) nexts.push(next);
    }
    await scope.rows('next-report', 'UPDATE job_settings SET reports_at = $2 WHERE tenant = $1', [
      nexts.length === 0 ? null : Math.min(...nexts),
    ]);
  });
}

/** The last time behind `from` that has come, and the first that has not. */
function timesOf(
  nextTime: (after: number) => number | undefined,
  from: number,
  now: number,
): { readonly due: number | undefined; readonly next: number | undefined } {
  let due: number | undefined;
  let next = nextTime(from);
  for (let i = 0; i < MOST_TIMES && next !== undefined && next <= now; i += 1) {
    due = next;
    next = nextTime(next);
  }
  return { due, next };
}

async function lastRuns(scope: Scope): Promise<ReadonlyMap<string, number>> {
  const rows = await scope.rows<{ report: string; last: number }>(
    'last-reports',
    'SELECT report, max(due_at) AS last FROM report_run WHERE tenant = $1 GROUP BY report',
  );
  return new Map(rows.map(({ report, last }) => [report, last]));
}

/** A run of a report, and its job. */
export async function addRun(scope: Scope, report: string, dueAt: number, now: number): Promise<void> {
  const added = await scope.rows(
    'add-report-run',
    `INSERT INTO report_run (tenant, report, due_at, state, changed_at) VALUES ($1, $2, $3, 'waiting', $4)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [report, dueAt, now],
  );
  if (added.length > 0) await scope.addJob(REPORT, { report, due: String(dueAt) });
}

/** What is written down of the mail with a run. */
export function reportMail(report: string, dueAt: number): MailRow {
  return {
    async state(scope) {
      const [row] = await scope.rows<Pick<ReportRun, 'state'>>(
        'state-of-report',
        'SELECT state FROM report_run WHERE tenant = $1 AND report = $2 AND due_at = $3',
        [report, dueAt],
      );
      return row?.state;
    },
    async claim(scope, now, since) {
      const claimed = await scope.rows(
        'claim-report',
        `UPDATE report_run SET state = 'sending', tries = tries + 1, reason = NULL, changed_at = $4
         WHERE tenant = $1 AND report = $2 AND due_at = $3
           AND (state = 'waiting' OR (state = 'sending' AND changed_at <= $5)) RETURNING 1`,
        [report, dueAt, now, since],
      );
      return claimed.length > 0;
    },
    async settle(scope, state, reason, now) {
      await scope.rows(
        'settle-report',
        `UPDATE report_run SET state = $4, reason = $5, changed_at = $6
         WHERE tenant = $1 AND report = $2 AND due_at = $3`,
        [report, dueAt, state, reason, now],
      );
    },
  };
}

/** Newest first. */
export function listReportRuns(scope: Scope, limit: number): Promise<readonly ReportRun[]> {
  return scope.rows<ReportRun>(
    'report-runs',
    `SELECT report, due_at AS "dueAt", state, reason, tries, changed_at AS "changedAt" FROM report_run
     WHERE tenant = $1 ORDER BY due_at DESC, report LIMIT $2`,
    [limit],
  );
}
