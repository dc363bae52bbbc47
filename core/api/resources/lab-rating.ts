import { openRatingJobs, type RatingJobRequest, type RatingJobs } from '#core/lab/rating/jobs.ts';
import { forgetBook, keepBook, storedBooks } from '#core/lab/rating/stored-books.ts';
import type { KeepBook, KeptBook, RatingRun, StartRating } from '../contracts/lab-rating.ts';
import type { Door } from '../door.ts';
import { fileResponse } from '../files.ts';
import { BookKeep, RatingStart } from '../lab-rating-schemas.ts';
import { numberIn } from './policyholders.ts';

const tag = 'Pricing lab: books';

/** Books that are kept, and runs over them. Runs live in memory: closing the workbench forgets them. */
export function labRatingResources(door: Door): Pick<RatingJobs, 'close'> {
  const jobs = openRatingJobs(door.desk);
  door.on(
    { method: 'get', path: '/api/lab/books', tag, summary: 'The books that are kept', answer: 'KeptBook[]' },
    ({ desk }): { books: readonly KeptBook[] } => ({ books: storedBooks(desk) }),
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/books',
      tag,
      summary: 'Keep a book: NDJSON of requests, or CSV with dotted headers',
      body: BookKeep,
      answer: 'KeptBook',
      status: 201,
    },
    ({ desk, body, caller }): Promise<KeptBook> => {
      const { columns, constants, ...book } = body as KeepBook;
      const map = { ...(columns ? { columns } : {}), ...(constants ? { constants } : {}) };
      return keepBook(desk, caller(), { ...book, map });
    },
  );
  door.on(
    {
      method: 'delete',
      path: '/api/lab/books/:locator',
      tag,
      summary: 'Take a book out of the store',
      answer: 'Nothing',
    },
    ({ desk, param, caller }) => forgetBook(desk, caller(), param('locator')),
  );
  door.on(
    { method: 'get', path: '/api/lab/rate', tag, summary: 'The runs in memory, newest first', answer: 'RatingRun[]' },
    (): { runs: readonly RatingRun[] } => ({ runs: jobs.list() }),
  );
  door.on(
    {
      method: 'post',
      path: '/api/lab/rate',
      tag,
      summary: 'Rate a book, or the policies in force, by a version',
      body: RatingStart,
      answer: 'RatingRun',
    },
    ({ body }): RatingRun => jobs.start(requestOf(body as StartRating)),
  );
  const run = '/api/lab/rate/:id';
  door.on(
    {
      method: 'get',
      path: run,
      tag,
      summary: 'How far a run is',
      query: { wait: 'milliseconds, at most 10,000: answer when it ended, at the latest then' },
      answer: 'RatingRun',
    },
    ({ param, query }): Promise<RatingRun> =>
      jobs.status(param('id'), Math.min(10_000, numberIn(query('wait'), 'wait') ?? 0)),
  );
  door.on(
    { method: 'delete', path: run, tag, summary: 'Stop a run; what is rated stays', answer: 'RatingRun' },
    ({ param }): Promise<RatingRun> => {
      jobs.stop(param('id'));
      return jobs.status(param('id'), 5_000);
    },
  );
  door.on(
    { method: 'post', path: `${run}/resume`, tag, summary: 'Go on after the last line', answer: 'RatingRun' },
    ({ param }): RatingRun => jobs.resume(param('id')),
  );
  door.on(
    {
      method: 'get',
      path: `${run}/lines`,
      tag,
      summary: 'A line of JSON for each risk so far',
      query: { count: 'only so many, from the first on' },
      answer: 'a file',
    },
    ({ param, query }) => {
      const lines = jobs.lines(param('id'), numberIn(query('count'), 'count'));
      return fileResponse(new TextEncoder().encode(lines), 'rated.ndjson', 'application/x-ndjson');
    },
  );
  return jobs;
}

function requestOf({ product, version, book }: StartRating): RatingJobRequest {
  if (book.kind === 'in-force') return { product, version, book };
  const { locator, columns, constants } = book;
  if (!columns && !constants) return { product, version, book: { kind: 'stored', locator } };
  const map = { ...(columns ? { columns } : {}), ...(constants ? { constants } : {}) };
  return { product, version, book: { kind: 'stored', locator, map } };
}
