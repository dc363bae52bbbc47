import { type JobWithMetadata, PgBoss } from 'pg-boss';
import { Problem } from '#core/model/problem.ts';

/** How jobs of one name are kept and tried again. */
export interface QueueSettings {
  readonly name: string;
  /** Most tries after the first; the wait between them doubles from `retryDelay` to `retryDelayMax` seconds. 0: no wait. */
  readonly retryLimit: number;
  readonly retryDelay: number;
  readonly retryDelayMax: number;
  /** At most one job waits or runs for each key. */
  readonly onePerKey?: boolean;
  /** A job that runs longer is taken for lost, seconds. */
  readonly expire: number;
  /** How many of them this copy runs at once. */
  readonly atOnce: number;
}
/** A job as its handler gets it. */
export interface RunningJob {
  readonly id: string;
  readonly data: JobData;
  /** Tells a handler to come to an end: the copy closes, or the job was given to another. */
  readonly signal: AbortSignal;
}
/** What a job is about: locators and names, nothing personal. */
export type JobData = { readonly tenant: string } & Readonly<Record<string, string>>;
/** A job that was given up after its last try. */
export interface FailedJob {
  readonly id: string;
  readonly queue: string;
  readonly data: JobData;
  readonly reason: string;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly failedAt: number;
}
export interface QueueCount {
  readonly queue: string;
  readonly state: 'waiting' | 'active' | 'failed';
  readonly jobs: number;
}
/** What runs statements: the pool, or the transaction of a scope. */
export interface Statements {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/** Jobs that outlive every copy: what one copy promised, another one does (pg-boss, schema `pgboss`). */
export interface JobQueue {
  /** @param on the transaction that the job is part of; the job is there when it is committed, and not otherwise */
  add(queue: string, data: JobData, options?: { readonly key?: string; readonly on?: Statements }): Promise<void>;
  /** Whether a job about exactly this waits, runs, or was given up. */
  has(queue: string, data: JobData): Promise<boolean>;
  /** Lets this copy's workers look now instead of with their next poll. */
  wake(queue: string): void;
  /** Runs the jobs of a queue from now on; what the handler throws is the reason why it is tried again. */
  work(queue: string, handler: (job: RunningJob) => Promise<void>): Promise<void>;
  /** A job at every time that the expression names, once, whatever number of copies there is. @param key tells schedules of one queue apart */
  schedule(queue: string, key: string, cron: string, timeZone: string, data: JobData): Promise<void>;
  /**
   * The first time behind an instant that a cron expression names; undefined: there is none. Milliseconds.
   * Throws Problem malformed-request for what is no expression.
   */
  nextTime(cron: string, timeZone: string, after: number): number | undefined;
  failed(tenant?: string): Promise<readonly FailedJob[]>;
  /** Puts failed jobs back into their queues. @returns how many */
  retryFailed(filter: { readonly tenant?: string; readonly ids?: readonly string[] }): Promise<number>;
  /** As counted within the last minute, over all copies. */
  counts(): Promise<readonly QueueCount[]>;
  /** Takes no new job, lets those that run end for so many milliseconds, and leaves the rest to others. */
  stop(patience: number): Promise<void>;
}

/** Where jobs go that failed for good. */
const DEAD = 'dead-letter';
const SCHEMA = 'pgboss';
const DAY = 24 * 3600;
/** So long a failed job can still be looked at and tried again, seconds. */
const KEEP_FAILED = 90 * DAY;
const POLL = 5;
const HEARTBEAT = 30;
/** So often is looked whose heart stopped, and are jobs counted, seconds. */
const UPKEEP = 30;
const MOST_LISTED = 1_000;

/**
 * Starts the queue over the authority's own connections; makes or brings up to date its schema, which any number of copies may do at
 * once. @param onError told what its own upkeep met; it goes on by itself
 */
export async function startJobQueue(
  pool: Statements,
  queues: readonly QueueSettings[],
  onError: (error: unknown) => void,
): Promise<JobQueue> {
  const boss = new PgBoss({
    db: over(pool),
    schema: SCHEMA,
    // Nothing listens: a job waits a poll at most (CL2).
    useListenNotify: false,
    registerInstance: false,
    superviseIntervalSeconds: UPKEEP,
    monitorIntervalSeconds: UPKEEP,
  });
  boss.on('error', onError);
  await boss.start();
  await boss.createQueue(DEAD, { retentionSeconds: KEEP_FAILED, deleteAfterSeconds: KEEP_FAILED });
  for (const { name, retryLimit, retryDelay, retryDelayMax, onePerKey = false, expire } of queues)
    await boss.createQueue(name, {
      policy: onePerKey ? 'exclusive' : 'standard',
      retryLimit,
      retryDelay,
      ...(retryDelay > 0 && { retryBackoff: true, retryDelayMax }),
      expireInSeconds: expire,
      // A copy that was killed says nothing any more: another one takes its jobs over.
      heartbeatSeconds: HEARTBEAT,
      retentionSeconds: KEEP_FAILED,
      deadLetter: DEAD,
    });
  const workers = new Map<string, readonly string[]>();
  const closing = new AbortController();
  return {
    async add(queue, data, { key, on } = {}) {
      await boss.send(queue, data, {
        ...(key !== undefined && { singletonKey: key }),
        ...(on && { db: over(on) }),
      });
    },
    async has(queue, data) {
      const open = await boss.findJobs(queue, { data, limit: MOST_LISTED });
      if (open.some(({ state }) => state === 'created' || state === 'retry' || state === 'active')) return true;
      return (await boss.findJobs(DEAD, { data, queued: true, limit: 1 })).length > 0;
    },
    wake(queue) {
      for (const worker of workers.get(queue) ?? []) boss.notifyWorker(worker);
    },
    async work(queue, handler) {
      const { atOnce = 1 } = queues.find(({ name }) => name === queue) ?? {};
      const ids: string[] = [];
      workers.set(queue, ids);
      for (let i = 0; i < atOnce; i += 1)
        ids.push(
          await boss.work<JobData>(queue, { pollingIntervalSeconds: POLL }, async (jobs) => {
            try {
              for (const { id, data, signal } of jobs)
                await handler({ id, data, signal: AbortSignal.any([signal, closing.signal]) });
            } finally {
              // Where there was a job there may be another one: the next poll is for when there is none.
              const worker = ids[i];
              if (worker !== undefined) boss.notifyWorker(worker);
            }
          }),
        );
    },
    schedule: (queue, key, cron, timeZone, data) => boss.schedule(queue, cron, data, { key, tz: timeZone }),
    nextTime(cron, timeZone, after) {
      try {
        return boss.previewSchedule(cron, { tz: timeZone, from: new Date(after), count: 1 })[0]?.getTime();
      } catch (cause) {
        throw new Problem('malformed-request', `"${cron}" is no schedule that can be read in ${timeZone}.`, { cause });
      }
    },
    async failed(tenant) {
      const jobs = await boss.findJobs<JobData>(DEAD, {
        limit: MOST_LISTED,
        ...(tenant !== undefined && { data: { tenant } }),
      });
      return jobs.map(failedJob);
    },
    retryFailed: ({ tenant, ids }) =>
      boss.redrive(DEAD, { ...(tenant !== undefined && { data: { tenant } }), ...(ids && { ids: [...ids] }) }),
    async counts() {
      const found = await boss.getQueues([...queues.map(({ name }) => name), DEAD]);
      return found.flatMap(({ name: queue, queuedCount, activeCount }): QueueCount[] =>
        queue === DEAD
          ? [{ queue, state: 'failed', jobs: queuedCount }]
          : [
              { queue, state: 'waiting', jobs: queuedCount },
              { queue, state: 'active', jobs: activeCount },
            ],
      );
    },
    async stop(patience) {
      closing.abort();
      await boss.stop({ graceful: true, timeout: patience });
    },
  };
}

/** Answers go on as they are: of several statements at once they are a list. */
function over(statements: Statements) {
  return {
    executeSql: (text: string, values?: unknown[]) => statements.query(text, values) as Promise<{ rows: object[] }>,
  };
}

function failedJob({
  id,
  data,
  sourceOutput,
  sourceName,
  sourceCreatedOn,
  createdOn,
}: JobWithMetadata<JobData>): FailedJob {
  const { message } = (sourceOutput ?? {}) as { message?: unknown };
  return {
    id,
    queue: sourceName ?? '',
    data,
    reason: typeof message === 'string' ? message : JSON.stringify(sourceOutput ?? null),
    createdAt: (sourceCreatedOn ?? createdOn).getTime(),
    failedAt: createdOn.getTime(),
  };
}
