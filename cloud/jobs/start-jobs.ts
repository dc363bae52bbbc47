import { openSandbox } from '#core/sandbox/pool.ts';
import type { JobQueue, QueueSettings, RunningJob } from '../database/job-queue.ts';
import type { JobContext, Jobs } from './contract.ts';
import { follow } from './follow.ts';
import { addLostJobs, STILL } from './lost-jobs.ts';
import { INVOICE_MAIL } from './mail/invoice-mail-rows.ts';
import { mailInvoice } from './mail/mail-invoice.ts';
import { openReplicas } from './replicas.ts';
import { addDueReports, REPORT } from './reports/report-runs.ts';
import { sendReport } from './reports/send-report.ts';
import { removeAbandoned } from './scratch.ts';
import { TRY_EVERY, TRY_FOR } from './verification/verifications.ts';

const FOLLOW = 'follow';
const LOOK = 'look';
const EVERY_MINUTE = '* * * * *';
const HOUR = 3_600;

const QUEUES: readonly QueueSettings[] = [
  // Which logs went on since.
  { name: LOOK, retryLimit: 0, retryDelay: 1, retryDelayMax: 1, onePerKey: true, expire: 60, atOnce: 1 },
  { name: FOLLOW, retryLimit: 5, retryDelay: 5, retryDelayMax: 600, onePerKey: true, expire: HOUR, atOnce: 2 },
  // What belongs to a mail may come a day later; a mail server may be away for as long.
  { name: INVOICE_MAIL, retryLimit: 16, retryDelay: 20, retryDelayMax: 4 * HOUR, expire: 600, atOnce: 2 },
  { name: REPORT, retryLimit: 10, retryDelay: 20, retryDelayMax: HOUR, expire: 600, atOnce: 1 },
];
/** Plugin hosts of a copy: jobs are to leave it something for requests. */
const HOSTS = 2;
/** What runs ends at its next step; a copy that closes waits for it so long, milliseconds. */
const PATIENCE = 20_000;

/** Starts the background jobs of a copy. Any number of copies do so; one of them runs a job. */
export async function startJobs(context: JobContext): Promise<Jobs> {
  const { database, log, metrics, now } = context;
  const sandbox = openSandbox({
    hosts: HOSTS,
    log: ({ message, ...details }) => log.warn({ event: 'plugin host', message, complaint: String(details.complaint) }),
  });
  await removeAbandoned();
  const replicas = openReplicas(context, sandbox);
  const queue = await database.startJobs(queuesOf(context), (error) =>
    log.warn({ event: 'job queue', error: error instanceof Error ? error.message : String(error) }),
  );
  const followOne = (tenant: string): Promise<void> => queue.add(FOLLOW, { tenant }, { key: tenant });
  const handlers: Readonly<Record<string, (job: RunningJob) => Promise<void>>> = {
    async [LOOK]() {
      for (const tenant of await database.directory.toFollow(now(), now() - TRY_FOR, now() - TRY_EVERY, now() - STILL))
        await followOne(tenant);
      queue.wake(FOLLOW);
    },
    async [FOLLOW]({ data, signal }) {
      await follow(context, replicas, data.tenant, signal);
      await addDueReports(context, queue, data.tenant);
      await addLostJobs(context, queue, data.tenant);
      for (const one of [INVOICE_MAIL, REPORT]) queue.wake(one);
    },
    [REPORT]: (job) => sendReport(context, replicas, job),
    [INVOICE_MAIL]: (job) => mailInvoice(context, replicas, job),
  };
  for (const [name, handler] of Object.entries(handlers))
    await queue.work(name, (job) => counted(context, name, job, handler));
  await queue.schedule(LOOK, 'look', EVERY_MINUTE, 'UTC', { tenant: '' });
  return {
    async follow(tenant) {
      await followOne(tenant);
      queue.wake(FOLLOW);
    },
    checkSchedule: (cron, timeZone) => void queue.nextTime(cron, timeZone, now()),
    failed: queue.failed,
    async retryFailed(filter) {
      const count = await queue.retryFailed(filter);
      for (const { name } of QUEUES) queue.wake(name);
      return count;
    },
    counts: () => countsOf(queue, metrics),
    async close() {
      await queue.stop(PATIENCE);
      await replicas.close();
      await sandbox.close();
    },
  };
}

function queuesOf({ retries }: JobContext): readonly QueueSettings[] {
  if (!retries) return QUEUES;
  return QUEUES.map((queue) => ({ ...queue, retryLimit: retries.limit, retryDelay: retries.delay }));
}

async function counted(
  { log, metrics }: JobContext,
  queue: string,
  job: RunningJob,
  run: (job: RunningJob) => Promise<void>,
): Promise<void> {
  try {
    await run(job);
    metrics.count('fieldwriter_jobs_total', { queue, outcome: 'done' });
  } catch (error) {
    // A job that has to end because its copy does is another copy's: nothing failed.
    const outcome = job.signal.aborted ? 'ended' : 'failed';
    metrics.count('fieldwriter_jobs_total', { queue, outcome });
    const { id, data } = job;
    const reason = error instanceof Error ? error.message : String(error);
    if (outcome === 'failed') log.warn({ event: 'job failed', queue, job: id, ...data, reason });
    throw error instanceof Error ? new Error(error.message) : error;
  }
}

/** As gauges too: what waits, runs and was given up, over all copies. */
async function countsOf(queue: JobQueue, metrics: JobContext['metrics']): ReturnType<JobQueue['counts']> {
  const counts = await queue.counts();
  for (const { queue: name, state, jobs } of counts) metrics.set('fieldwriter_jobs', { queue: name, state }, jobs);
  return counts;
}
