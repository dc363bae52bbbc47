import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Deployed, productOf } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import { type BookFile, requestsIn } from './book-file.ts';
import type { BookSource, RatingProgram } from './contract.ts';
import type { ColumnMap } from './csv-columns.ts';
import { openRatingEngine } from './engine.ts';
import { inForce } from './in-force.ts';
import { rateBook } from './run.ts';
import { storedBook, storedBookFile, storedMap } from './stored-books.ts';
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
  readonly product: string;
  readonly version: number;
  /** The name of a kept book; null: the policies in force. */
  readonly book: string | null;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** Risks rated or failed so far. */
  readonly done: number;
  /** Lines of a kept book, about; 0 while nobody knows. */
  readonly total: number;
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
  /** All runs in memory, newest first. */
  list(): readonly RatingJobStatus[];
  /** The lines so far, NDJSON; @param count only so many, from the first on. Throws `not-found`. */
  lines(id: string, count?: number): string;
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
  readonly book: string | null;
  total: number;
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
  const statusOf = ({ id, request, book, clock, state, totals, total, seconds, problem }: Job): RatingJobStatus => ({
    id,
    product: request.product,
    version: request.version,
    book,
    startedAt: clock,
    state,
    done: totals.risks,
    total,
    summary: totals.summary(seconds),
    ...(problem === undefined ? {} : { problem }),
  });

  return {
    start(request) {
      const { list } = desk.configurations;
      const record = list().find(({ configVersion }) => configVersion === request.version);
      if (!record) throw new Problem('not-found', `There is no configuration version ${request.version}.`);
      const { book } = request;
      const job: Job = {
        id: randomUUID(),
        request,
        book: book.kind === 'stored' ? storedBook(desk, book.locator).name : null,
        total: 0,
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
    list: () => [...jobs.values()].reverse().map(statusOf),
    lines(id, count = Number.POSITIVE_INFINITY) {
      let text = '';
      let lines = 0;
      for (const batch of need(id).batches) {
        if (lines >= count) break;
        const more = gunzipSync(batch).toString('utf8');
        text += more;
        lines += more.split('\n').length - 1;
      }
      return lines <= count ? text : `${text.split('\n', count).join('\n')}\n`;
    },
    async close() {
      for (const { stop } of jobs.values()) stop.abort();
      await Promise.all([...jobs.values()].map(({ work }) => work));
    },
  };
}

function programOf({ request, clock }: Job, { configuration, record }: Deployed): RatingProgram {
  return { configuration, product: request.product, configVersion: record.configVersion, clock, seed: '1' };
}

async function sourceOf(desk: Desk, job: Job, deployed: Deployed, program: RatingProgram): Promise<BookSource> {
  const { request, lastLine } = job;
  const { book } = request;
  const product = productOf(deployed, request.product);
  if (book.kind === 'in-force') return inForce(desk, product, program.clock, lastLine);
  const file = await storedBookFile(desk, book.locator);
  const map = book.map ?? storedMap(desk, book.locator);
  job.total ||= await linesIn(file);
  // The header of a CSV is line 1.
  const skip = file.format === 'csv' ? Math.max(0, lastLine - 1) : lastLine;
  return requestsIn(file, { configuration: deployed.configuration, product, skip, map });
}

/** Lines of a book without the header of a CSV; more where cells hold line breaks. */
async function linesIn({ format, open }: BookFile): Promise<number> {
  let lines = 0;
  let last = 0x0a;
  for await (const bytes of open()) {
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1;
    last = bytes.at(-1) ?? last;
  }
  return Math.max(0, lines + (last === 0x0a ? 0 : 1) - (format === 'csv' ? 1 : 0));
}

function lineOf(text: string): number {
  return (JSON.parse(text) as { readonly line: number }).line;
}
