import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Deployed, productOf } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { requestsIn } from './book-file.ts';
import type { BookSource, RatingProgram } from './contract.ts';
import type { ColumnMap } from './csv-columns.ts';
import { openRatingEngine } from './engine.ts';
import { inForce } from './in-force.ts';
import { rateBook } from './run.ts';
import { storedBookFile } from './stored-books.ts';
import { type RunSummary, Totals } from './summary.ts';

export interface RatingJobRequest {
  readonly product: string;
  readonly version: number;
  readonly book:
    | { readonly kind: 'in-force' }
    | { readonly kind: 'stored'; readonly locator: string; readonly map?: ColumnMap };
  readonly workers?: number;
}
export interface RatingJobStatus {
  readonly id: string;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** Risks rated or failed so far. */
  readonly done: number;
  readonly summary: RunSummary;
  readonly problem?: string;
}
/** Runs over a book that somebody waits for, in memory only (BR40). */
export interface RatingJobs {
  start(request: RatingJobRequest): RatingJobStatus;
  /** Answers when it ended, at the latest after `wait` milliseconds. Throws `not-found`. */
  status(id: string, wait?: number): Promise<RatingJobStatus>;
  /** Stops it after the batches in flight; `resume` goes on after them. */
  stop(id: string): void;
  /** Throws `wrong-state` for one that runs or is done. */
  resume(id: string): RatingJobStatus;
  /** The lines so far, NDJSON. Throws `not-found`. */
  lines(id: string): string;
  close(): Promise<void>;
}

const MOST_JOBS = 5;

interface Job {
  readonly id: string;
  readonly request: RatingJobRequest;
  readonly clock: number;
  readonly totals: Totals;
  /** Lines of each batch, compressed. */
  readonly batches: Buffer[];
  lastLine: number;
  seconds: number;
  state: RatingJobStatus['state'];
  problem: string | undefined;
  stop: AbortController;
  work: Promise<void>;
}

export function openRatingJobs(desk: Desk): RatingJobs {
  const jobs = new Map<string, Job>();

  async function run(job: Job): Promise<void> {
    const started = performance.now();
    const engine = openRatingEngine(desk, job.request.workers);
    try {
      const deployed = await desk.configurations.version(job.request.version);
      const program = programOf(job, deployed);
      const source = await sourceOf(desk, job, deployed, program);
      const { rate } = engine.rater(program);
      for await (const { rated } of rateBook(source, { rate }, engine.workers.length + 1, job.stop.signal)) {
        if (rated.rated > 0) {
          job.totals.addBatch(rated);
          job.batches.push(gzipSync(`${rated.text}\n`, { level: 1 }));
          job.lastLine = lineOf(rated.text.slice(rated.text.lastIndexOf('\n') + 1));
        }
        job.stop.signal.throwIfAborted();
      }
      job.state = 'done';
    } catch (error) {
      job.state = job.stop.signal.aborted ? 'stopped' : 'failed';
      if (job.state === 'failed') job.problem = error instanceof Error ? error.message : String(error);
      if (job.state === 'failed' && !(error instanceof Problem))
        desk.log('Rating a book broke', { error: String(error) });
    } finally {
      job.seconds += (performance.now() - started) / 1_000;
      await engine.close();
    }
  }

  const need = (id: string): Job => {
    const job = jobs.get(id);
    if (job) return job;
    throw new Problem('not-found', `There is no run ${id}: runs are forgotten when the workbench is closed.`);
  };
  const statusOf = ({ id, state, totals, seconds, problem }: Job): RatingJobStatus => ({
    id,
    state,
    done: totals.risks,
    summary: totals.summary(seconds),
    ...(problem === undefined ? {} : { problem }),
  });

  return {
    start(request) {
      const { list } = desk.configurations;
      const record = list().find(({ configVersion }) => configVersion === request.version);
      if (!record) throw new Problem('not-found', `There is no configuration version ${request.version}.`);
      const job: Job = {
        id: randomUUID(),
        request,
        clock: desk.now(),
        totals: new Totals(''),
        batches: [],
        lastLine: 0,
        seconds: 0,
        state: 'running',
        problem: undefined,
        stop: new AbortController(),
        work: Promise.resolve(),
      };
      for (const [id, old] of jobs) {
        if (jobs.size < MOST_JOBS) break;
        if (old.state !== 'running') jobs.delete(id);
      }
      if (jobs.size >= MOST_JOBS)
        throw new Problem('wrong-state', `${MOST_JOBS} books are being rated: wait for one, or stop it.`);
      jobs.set(job.id, job);
      job.work = run(job);
      return statusOf(job);
    },
    async status(id, wait = 0) {
      const job = need(id);
      if (wait > 0 && job.state === 'running') {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, wait);
        });
        await Promise.race([job.work, late]);
        clearTimeout(timer);
      }
      return statusOf(job);
    },
    stop: (id) => need(id).stop.abort(),
    resume(id) {
      const job = need(id);
      if (job.state !== 'stopped' && job.state !== 'failed')
        throw new Problem('wrong-state', `The run is ${job.state}: only one that was stopped goes on.`);
      Object.assign(job, { state: 'running', problem: undefined, stop: new AbortController() });
      job.work = run(job);
      return statusOf(job);
    },
    lines: (id) =>
      need(id)
        .batches.map((batch) => gunzipSync(batch).toString('utf8'))
        .join(''),
    async close() {
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ work }) => work));
    },
  };
}

function programOf({ request, clock }: Job, { configuration, record }: Deployed): RatingProgram {
  return { configuration, product: request.product, configVersion: record.configVersion, clock, seed: '1' };
}

async function sourceOf(
  desk: Desk,
  { request, lastLine }: Job,
  deployed: Deployed,
  program: RatingProgram,
): Promise<BookSource> {
  const product = productOf(deployed, request.product);
  const { book } = request;
  if (book.kind === 'in-force') return inForce(desk, product, program.clock, lastLine);
  const file = await storedBookFile(desk, book.locator);
  const { map } = book;
  // The header of a CSV is line 1.
  const skip = file.format === 'csv' ? Math.max(0, lastLine - 1) : lastLine;
  return requestsIn(file, { configuration: deployed.configuration, product, skip, ...(map ? { map } : {}) });
}

function lineOf(text: string): number {
  return (JSON.parse(text) as { readonly line: number }).line;
}
