import { readXlsx } from 'hucre/xlsx';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  ImpactAttribution,
  ImpactDecisions,
  ImpactResult,
  ImpactRisk,
  ImpactRun,
  ImpactSide,
  ImpactSolution,
} from '#core/api/contracts/lab-impact.ts';
import type { LabJob } from '#core/api/contracts/lab-jobs.ts';
import { Decimal } from '#core/model/decimal.ts';
import { deployProduct, labJob, openTestWorkbench, smallProduct } from './support.ts';

const TABLES = 'products/small/policy/tables';
const zones = (north: string) => `key,value\nnorth,${north}\nsouth,0.9\n`;
const ages = (young: string) => `key,value\nyoung,${young}\nold,1\n`;
const AFTER: ImpactSide = {
  version: 1,
  changes: { [`${TABLES}/zone.csv`]: zones('1.32'), [`${TABLES}/age.csv`]: ages('1.65') },
};
const BOOK = [...['north,young', 'north,old', 'south,young', 'south,old', 'west,old', 'nowhere']].map(
  (cells, row) => `P${row},${cells}${cells.includes(',') ? '' : ','}`,
);

const opened = await openTestWorkbench();
const call = opened.call;

async function ended(body: object): Promise<ImpactRun> {
  const started = await call<ImpactRun>('POST', '/api/lab/impact/runs', {
    product: 'small',
    before: { version: 1 },
    ...body,
  });
  expect(started.status).toBe(200);
  for (;;) {
    const { body: run } = await call<ImpactRun>('GET', `/api/lab/impact/runs/${started.body.id}?wait=10000`);
    if (['done', 'failed', 'cancelled'].includes(run.state)) return run;
  }
}
const result = async (id: string, query = '') =>
  (await call<ImpactResult>('GET', `/api/lab/impact/runs/${id}/result?${query}`)).body;

describe('impact over the door', () => {
  let run: ImpactRun;

  beforeAll(async () => {
    await deployProduct(
      opened,
      'small',
      smallProduct({
        'policy/exposures/thing/exposure.json':
          '{"name":"thing","displayName":"Thing","fields":[{"name":"zone","title":"Zone","type":"string"},{"name":"age","title":"Age","type":"string"}]}',
        'policy/exposures/thing/perils/loss.premium.liquid': `{% assign thing = data.exposure_characteristics.field_values %}
{% assign base = 100 %}
{% assign zone = "zone" | lookup: thing.zone %}
{% assign age = "age" | lookup: thing.age %}
{{ base | times: zone | times: age | set_year_premium }}`,
        'policy/underwriting.guidelines.liquid': `{{ "accept" | set_underwriting_decision }}
{% if data.policy.characteristics.last.gross_premium > 200 %}
{{ "none" | set_underwriting_decision }}{{ "Premium over 200" | add_underwriting_note }}
{% endif %}`,
        'policy/tables/zone.csv': zones('1.2'),
        'policy/tables/age.csv': ages('1.5'),
      }),
    );
    run = await ended({
      after: AFTER,
      book: {
        kind: 'file',
        name: 'book.csv',
        format: 'csv',
        content: `No,Area,thing[0].age\n${BOOK.join('\n')}\n`,
        columns: { No: 'key', Area: 'thing[0].zone' },
        constants: { start: '2026-01-01', end: '2027-01-01' },
      },
    });
  });

  it('rates a book before and after an unsaved change, to the cent, with what has no price apart (IM1, IM4, IM14)', async () => {
    expect(run).toMatchObject({ state: 'done', done: 6 });
    const { whole, bands, failures, sides, by, losers, cells } = await result(
      run.id,
      'by=thing[0].zone&and=thing[0].age&top=2',
    );
    expect(failures).toEqual({
      count: 1,
      first: [{ index: 5, key: 'P5', before: expect.any(String), after: expect.any(String) }],
    });
    expect(whole).toEqual({ count: 5, before: '525.00', after: '588.30', percent: '12.0571' });
    expect(bands.filter(({ count }) => count > 0).map(({ kind, from, to, count }) => [kind, from, to, count])).toEqual([
      ['same', 0, 0, 2],
      ['range', 10, 20, 2],
      ['range', 20, null, 1],
    ]);
    expect(by?.levels.map(({ label, before, after }) => [label, before, after])).toEqual([
      ['north', '300.00', '349.80'],
      ['south', '225.00', '238.50'],
      ['west', '0.00', '0.00'],
    ]);
    expect(cells?.cells).toHaveLength(5);
    expect(losers.map(({ key, index, before, after }) => [key, index, before, after])).toEqual([
      ['P0', 0, '180.00', '217.80'],
      ['P2', 2, '135.00', '148.50'],
    ]);
    expect(sides.after).toMatchObject({ version: 1, changed: [`${TABLES}/age.csv`, `${TABLES}/zone.csv`] });
  });

  it('holds risks within caps and says what that costs (IM10)', async () => {
    const { whole, caps } = await result(run.id, 'cap=12.5');
    expect(whole.after).toBe('573.00');
    expect(caps).toMatchObject({
      capped: 1,
      floored: 0,
      givenAway: '15.30',
      kept: '0.00',
      uncapped: { after: '588.30' },
    });
  });

  it('shows one risk on both sides with the steps that moved it, to the cent (IM15, IM20)', async () => {
    const { body } = await call<ImpactRisk>('GET', `/api/lab/impact/runs/${run.id}/risks/0`);
    expect(body).toMatchObject({ key: 'P0', before: { total: '180.00' }, after: { total: '217.80' } });
    expect(body.difference?.steps.map(({ label, difference }) => [label, difference])).toEqual([
      ['zone', '18'],
      ['age', '19.8'],
    ]);
  });

  it('tells by files what the worksheets can not tell apart (IM25)', async () => {
    const tables = 'products/sum/policy/tables';
    await deployProduct(
      opened,
      'sum',
      smallProduct({
        'policy/exposures/thing/perils/loss.premium.liquid': `{% assign one = "one" | lookup: "a" %}
{% assign two = "two" | lookup: "a" %}
{{ one | plus: two | set_year_premium }}`,
        'policy/tables/one.csv': 'key,value\na,100\n',
        'policy/tables/two.csv': 'key,value\na,20\n',
      }),
    );
    const changes = { [`${tables}/one.csv`]: 'key,value\na,110\n', [`${tables}/two.csv`]: 'key,value\na,25\n' };
    const sampled = { kind: 'sampled', count: 1, seed: 'x' };
    const one = await ended({ product: 'sum', before: { version: 2 }, after: { version: 2, changes }, book: sampled });
    const { body } = await call<ImpactRisk>('GET', `/api/lab/impact/runs/${one.id}/risks/0`);
    const parts = Number(body.before.total) / 120;
    expect(body.difference?.steps.map(({ kind, label }) => [kind, label])).toEqual([['together', 'one, two']]);
    expect(body.byFile).toEqual([
      { name: 'one.csv', difference: String(10 * parts) },
      { name: 'two.csv', difference: String(5 * parts) },
    ]);
  });

  it('solves the factor for a wanted change, on everything and on a table (IM11, IM12)', async () => {
    const solve = (on: unknown, percent: string) =>
      labJob<ImpactSolution>(opened, `/api/lab/impact/runs/${run.id}/solve`, { percent, on });
    const all = (await solve('all', '5')).body;
    expect(all).toMatchObject({ target: '551.25', method: 'linear' });
    expect(new Decimal(all.reached).minus(all.target).toFixed(2)).toBe(all.residual);
    expect(Math.abs(Number(all.residual))).toBeLessThanOrEqual(0.03);
    const table = (await solve({ table: 'age', column: 'value', decimals: 6 }, '0')).body;
    const again = await ended({
      after: { version: 1, changes: { ...AFTER.changes, ...table.changes } },
      book: { kind: 'loaded', book: run.book },
    });
    expect((await result(again.id)).whole.after).toBe(table.reached);
    expect((await solve({ table: 'age', column: 'factor', decimals: 2 }, '0')).status).toBe(404);
  });

  it('says what of the change comes from which table, in an order that it tells (IM13)', async () => {
    const path = `/api/lab/impact/runs/${run.id}/attribution`;
    const { body } = await labJob<ImpactAttribution>(opened, path);
    expect(body.steps.map(({ name, before, after, difference }) => [name, before, after, difference])).toEqual([
      ['age.csv', '525.00', '556.50', '31.50'],
      ['zone.csv', '556.50', '588.30', '31.80'],
    ]);
    expect(body).toMatchObject({ count: 5, leftOut: 1 });
    // Ended at once: nothing is answered, and it says so.
    const begun = await call<LabJob>('POST', path, {});
    const ended = await call<LabJob>('DELETE', `/api/lab/jobs/${begun.body.id}`);
    expect(ended.body.state).toBe('cancelled');
    expect((await call('GET', `/api/lab/jobs/${begun.body.id}/result`)).body.code).toBe('wrong-state');
    expect((await call('GET', '/api/lab/jobs/none')).status).toBe(404);
  });

  it('says which decisions of the rules change, as they see the new premiums (UB1, UB2, UB7)', async () => {
    const path = `/api/lab/impact/runs/${run.id}/decisions`;
    const { body } = await labJob<ImpactDecisions>(opened, path);
    expect(body).toMatchObject({
      before: { accept: 5, none: 0, reject: 0, failed: 1 },
      after: { accept: 4, none: 1, reject: 0, failed: 1 },
      moves: [{ from: 'accept', to: 'none', count: 1 }],
      changed: { count: 1 },
      otherNotes: 0,
    });
    expect(body.changed.first).toEqual([
      {
        index: 0,
        key: 'P0',
        before: { outcome: 'accept', notes: [] },
        after: { outcome: 'none', notes: ['Premium over 200'] },
      },
    ]);
  });

  it('writes the report as a workbook with numbers (IM16)', async () => {
    const response = await opened.raw(`/api/lab/impact/runs/${run.id}/report?format=xlsx&by=thing[0].zone`, {
      headers: { authorization: 'Bearer the-token-of-this-test' },
    });
    const { sheets } = await readXlsx(new Uint8Array(await response.arrayBuffer()));
    expect(sheets.map(({ name }) => name)).toContain('By thing_0_.zone');
    const bands = sheets.find(({ name }) => name === 'Bands')?.rows ?? [];
    expect(bands.find(([title]) => title === 'Unchanged')).toEqual(['Unchanged', 2, 90, 90, 0]);
    expect(sheets[0]?.rows.flat().join(' ')).toMatch(/with unsaved changes of .*zone\.csv/);
  });

  it('ends the run that a newer one replaces, and answers clearly for what is wrong', async () => {
    const sampled = { kind: 'sampled', count: 5000, seed: 'x' };
    const first = await call<ImpactRun>('POST', '/api/lab/impact/runs', {
      product: 'small',
      before: { version: 1 },
      after: AFTER,
      book: sampled,
    });
    const second = await ended({
      after: { version: 1 },
      book: { kind: 'loaded', book: run.book },
      replaces: first.body.id,
    });
    expect((await result(second.id)).whole.percent).toBe('0');
    const old = () => call<ImpactRun>('GET', `/api/lab/impact/runs/${first.body.id}?wait=1000`);
    await expect.poll(async () => (await old()).body.state, { timeout: 30_000 }).toBe('cancelled');
    expect((await call('GET', `/api/lab/impact/runs/${first.body.id}/result`)).status).toBe(409);
    expect(await ended({ after: { version: 7 }, book: sampled })).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('version 7'),
    });
    expect(await ended({ after: AFTER, book: { kind: 'loaded', book: 'gone' } })).toMatchObject({ state: 'failed' });
    expect((await call('GET', `/api/lab/impact/runs/${run.id}/result?by=colour`)).body.detail).toContain(
      'no field "colour"',
    );
    expect((await call('GET', `/api/lab/impact/runs/${run.id}/result?edges=1,x`)).status).toBe(400);
  });
});
