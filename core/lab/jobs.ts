import { randomUUID } from 'node:crypto';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { JobControl, LabJob } from './job-contract.ts';

/** The jobs of the lab, in memory only: closing the workbench ends and forgets them. */
export interface LabJobs {
  /** Begins at once. @param work throws what it failed with, or anything once its signal is given */
  start(work: (control: JobControl) => Promise<unknown>): LabJob;
  /** How far it is; answers when it ended, at the latest after `wait` milliseconds. Throws `not-found`. */
  status(id: string, wait?: number): Promise<LabJob>;
  /** Throws `not-found`; one that has ended stays as it is. */
  cancel(id: string): void;
  /** Throws `not-found`, `wrong-state` while it is not done, and what a failed one failed with. */
  result(id: string): unknown;
  close(): Promise<void>;
}

/** So many that have ended are remembered. */
const MOST_ENDED = 20;

interface Job {
  readonly id: string;
  readonly stop: AbortController;
  readonly started: number;
  state: LabJob['state'];
  phase: string | undefined;
  done: number;
  total: number;
  ended: number | undefined;
  result: unknown;
  error: unknown;
  work: Promise<void>;
}

export function openLabJobs(desk: Pick<Desk, 'log'>): LabJobs {
  const jobs = new Map<string, Job>();

  async function run(job: Job, work: (control: JobControl) => Promise<unknown>): Promise<void> {
    try {
      job.result = await work({
        signal: job.stop.signal,
        onProgress: ({ done, total }) => Object.assign(job, { done, total }),
        phase: (phase) => Object.assign(job, { phase, done: 0, total: 0 }),
      });
      job.state = 'done';
    } catch (error) {
      job.state = job.stop.signal.aborted ? 'cancelled' : 'failed';
      job.error = error;
      if (job.state === 'failed' && !(error instanceof Problem))
        desk.log('A job of the lab broke', { error: error instanceof Error ? (error.stack ?? '') : String(error) });
    } finally {
      job.ended = performance.now();
    }
  }

  function need(id: string): Job {
    const job = jobs.get(id);
    if (job) return job;
    throw new Problem('not-found', 'This job is not in memory any more: start it again.');
  }

  return {
    start(work) {
      const job: Job = {
        id: randomUUID(),
        stop: new AbortController(),
        started: performance.now(),
        state: 'running',
        phase: undefined,
        done: 0,
        total: 0,
        ended: undefined,
        result: undefined,
        error: undefined,
        work: Promise.resolve(),
      };
      const ended = [...jobs.values()].filter((old) => old.ended !== undefined);
      for (const old of ended.slice(0, Math.max(0, ended.length - MOST_ENDED + 1))) jobs.delete(old.id);
      jobs.set(job.id, job);
      job.work = run(job, work);
      return statusOf(job);
    },
    async status(id, wait = 0) {
      const job = need(id);
      if (wait > 0 && job.ended === undefined) {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, wait);
        });
        await Promise.race([job.work, late]);
        clearTimeout(timer);
      }
      return statusOf(job);
    },
    cancel(id) {
      const job = need(id);
      if (job.ended === undefined) job.stop.abort();
    },
    result(id) {
      const { state, result, error } = need(id);
      if (state === 'done') return result;
      if (state === 'failed') throw error;
      throw new Problem('wrong-state', `This job is ${state}: there is no result of it.`);
    },
    async close() {
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ work }) => work));
    },
  };
}

function statusOf({ id, state, phase, done, total, started, ended, error }: Job): LabJob {
  return {
    id,
    state,
    ...(phase === undefined ? {} : { phase }),
    done,
    total,
    milliseconds: Math.round((ended ?? performance.now()) - started),
    ...(state === 'failed' ? { problem: error instanceof Error ? error.message : String(error) } : {}),
  };
}
