import { beforeAll, describe, expect, it } from 'vitest';
import type { KeptBook, RatingRun } from '#core/api/contracts/lab-rating.ts';
import { deployProduct, openTestWorkbench, smallProduct } from './support.ts';

const opened = await openTestWorkbench();
const call = opened.call;
const ended = async (id: string): Promise<RatingRun> =>
  (await call<RatingRun>('GET', `/api/lab/rate/${id}?wait=9000`)).body;
const start = (book: object) => call<RatingRun>('POST', '/api/lab/rate', { product: 'small', version: 1, book });

describe('batch rating over the door (BR40)', () => {
  beforeAll(async () => {
    await deployProduct(
      opened,
      'small',
      smallProduct({
        'policy/exposures/thing/exposure.json':
          '{"name":"thing","displayName":"Thing","fields":[{"name":"zone","title":"Zone","type":"string"}]}',
        'policy/exposures/thing/perils/loss.premium.liquid':
          '{% assign zone = "zone" | lookup: data.exposure_characteristics.field_values.zone %}{{ 100.005 | times: zone | set_year_premium }}',
        'policy/tables/zone.csv': 'key,value\nnorth,1.2\nsouth,0.9\n',
      }),
    );
  });

  it('keeps a book, rates it, answers its lines, and goes on where it was stopped', async () => {
    const cells = Array.from({ length: 40 }, (_, row) => `R${row},${['north', 'south', ''][row % 3]}`);
    const content = `No,thing[0].zone\n${cells.join('\n')}\n`;
    const kept = await call<KeptBook>('POST', '/api/lab/books', {
      ...{ name: 'book.csv', format: 'csv', content },
      ...{ columns: { No: 'key' }, constants: { start: '2026-01-01', end: '2027-01-01' } },
    });
    expect(kept).toMatchObject({ status: 201, body: { name: 'book.csv', format: 'csv', size: content.length } });
    const { books } = (await call<{ books: KeptBook[] }>('GET', '/api/lab/books')).body;
    expect(books).toEqual([kept.body]);

    const { locator } = kept.body;
    const book = { kind: 'stored', locator };
    const started = await start(book);
    const stopped = await call<RatingRun>('DELETE', `/api/lab/rate/${started.body.id}`);
    expect(stopped.body.state).toMatch(/stopped|done/);
    if (stopped.body.state === 'stopped') await call('POST', `/api/lab/rate/${started.body.id}/resume`, {});
    const run = await ended(started.body.id);
    // 14 × 120.006 and 13 × 90.0045, rounded half up each; rows without a zone have no exposure and cost nothing.
    expect(run).toMatchObject({ state: 'done', done: 40, summary: { failed: 0, sums: [{ premium: '2850.14' }] } });
    const headers = { authorization: `Bearer ${opened.workbench.access.token}` };
    const linesOf = async (query: string): Promise<string> =>
      (await opened.raw(`/api/lab/rate/${run.id}/lines${query}`, { headers })).text();
    const lines = await linesOf('');
    const rated = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { key: string; line: number });
    expect(rated.map(({ key, line }) => [key, line])).toEqual(cells.map((_, row) => [`R${row}`, row + 2]));
    expect((await call('POST', `/api/lab/rate/${run.id}/resume`, {})).status).toBe(409);
    const { runs } = (await call<{ runs: RatingRun[] }>('GET', '/api/lab/rate')).body;
    expect(runs).toMatchObject([{ id: run.id, product: 'small', book: 'book.csv', done: 40, total: 40 }]);
    expect(await linesOf('?count=2')).toBe(`${lines.split('\n', 2).join('\n')}\n`);
    expect((await call('DELETE', `/api/lab/books/${locator}`)).status).toBe(200);
    expect((await call<{ books: unknown[] }>('GET', '/api/lab/books')).body.books).toEqual([]);
    expect((await start(book)).status).toBe(404);
  });

  it('rates the policies in force, and says what is not there', async () => {
    const run = await ended((await start({ kind: 'in-force' })).body.id);
    expect(run).toMatchObject({ state: 'done', done: 0 });
    expect((await call('GET', '/api/lab/rate/none')).status).toBe(404);
    expect((await start({ kind: 'stored', locator: 'none' })).status).toBe(404);
  });
});
