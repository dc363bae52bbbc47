import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import type { KeyColumn, TableSchema, TableSource } from '#core/model/table.ts';
import { indexTable } from '#core/model/table-index.ts';
import type { Program, Sandbox } from './contract.ts';
import { LargeTable } from './large-table.ts';
import { openSandbox } from './pool.ts';
import { openSecondEngine } from './second-engine.ts';

/** Rules S50, S51: every table stays with these two, and goes to the hosts of the third. */
const [keeping, quick, sending] = [
  openSandbox({ hosts: 1, largeTable: 0 }),
  openSecondEngine({ largeTable: 0 }),
  openSandbox({ hosts: 1 }),
];
afterAll(() => Promise.all([keeping, quick, sending].map((one) => one.close())));

const table = (name: string, text: string, schema?: TableSchema): [string, TableSource] => {
  const [columns = [], ...rows] = text.split('\n').map((line) => line.trim().split(','));
  return [name, { name, file: `tables/${name}.csv`, columns, rows, ...(schema ? { schema } : {}) }];
};
const TABLES = Object.fromEntries([
  table('plain', 'key,value\nA,B\nB,C\nC,7\nA,B2\nB2,9\n9,done'),
  table(
    'bands',
    'state,from,to,since,factor\nNE,0,9,2020-01-01,1\nNE,10,,2020-01-01,2\nNE,10,,2021-01-01,2.5\nKS,0,9,2020-01-01,3',
    {
      keys: [
        { column: 'state', match: 'exact' },
        { column: 'from', match: 'range', to: 'to' },
      ],
      values: ['factor'],
      effective: { from: 'since' },
      default: 'none',
    },
  ),
  table('curve', 'x,y\n0,1\n10,2\n20,4', {
    keys: [{ column: 'x', match: 'interpolate', above: 'clamp' }],
    values: ['y'],
  }),
]);
const JUNE = Date.UTC(2021, 5, 28);
/** Each lookup depends on the one before; the last is tried until it is found; one is wrong on purpose. */
const SCRIPT = `exports.run = () => {
  const look = (...args) => socotraApi.tableLookup(0, ...args);
  const chain = look('plain', look('plain', look('plain', 'A')));
  let n = 12;
  while (look('plain', String.fromCharCode(65 + n)) === '') n -= 1;
  let wrong = '';
  try { look('nowhere', 'x'); } catch (error) { wrong = error.message; }
  return [chain, n, wrong, look('bands', ['NE', '12']), look('bands', [' NE', '12'], ${Date.UTC(2020, 5, 1)}),
    look('bands', ['KS', '12']), look('bands', ['KS']), look('curve', '5'), look('curve', 99)];
};`;
const LIQUID = `{% assign a = "plain" | lookup: "A" %}{% assign b = "plain" | lookup: a %}{% assign c = "bands" | lookup: "NE", 12 %}
{{ "curve" | lookup: 15 | plus: c | plus: b | set_year_premium }}`;
const program: Program = {
  ...{ hash: 'kept', timeZone: 'America/New_York', currency: 'USD', tables: TABLES },
  scripts: { 'main.js': SCRIPT },
  calculations: { 'a.premium.liquid': LIQUID },
  templates: { 'a.template.liquid': '{{ "plain" | lookup: "C" }}' },
};
const context = { clock: JUNE, seed: 's', worksheet: true };
const plugin = (sandbox: Sandbox) =>
  sandbox.runPlugin({ program, path: 'main.js', function: 'run', context, arguments: [] });
const told = (outcome: object): object => ({ ...outcome, duration: 0 });

it('S50 a table that stays answers as one that was sent: value, worksheet, misses, dates, bands', async () => {
  const whole = await plugin(sending);
  expect(whole).toMatchObject({
    ok: true,
    value: ['done', 2, expect.stringContaining('nowhere'), '2.5', '2', 'none', '', '1.5', '4'],
  });
  for (let time = 0; time < 2; time += 1) expect(told(await plugin(keeping))).toEqual(told(whole));
  expect(await plugin(quick)).toMatchObject({ ok: true, value: whole.ok && whole.value });
  for (const evaluator of ['compiled', 'interpreted'] as const) {
    const run = { program, shared: {}, calls: [{ file: 'a.premium.liquid', scope: {} }], context, evaluator };
    const [kept, sent] = [await keeping.runLiquid(run), await sending.runLiquid(run)];
    expect(sent).toMatchObject({ ok: true, calls: [{ ok: true }] });
    expect(told(kept)).toEqual(told(sent));
  }
  const page = { program, template: 'a.template.liquid', data: {}, context };
  expect(await keeping.renderTemplate(page)).toMatchObject({ ok: true, html: expect.stringContaining('7') });
});

it('S51 neither a limit that a guess leads into nor a script that goes through a table changes the answer', async () => {
  const step = `exports.run = (wanted) => { const step = Number(socotraApi.tableLookup(0, 'plain', 'C')); const list = [];
    for (let i = 0; i < 7; i += step) list.push(new Array(100000).fill(i));
    return list.length + wanted.map((key) => socotraApi.tableLookup(0, 'plain', key)).length; };`;
  const run = (many: number) =>
    keeping.runPlugin({
      program: { ...program, hash: 'greedy', scripts: { 'main.js': step } },
      ...{ path: 'main.js', function: 'run', context: { ...context, worksheet: false } },
      arguments: [Array.from({ length: many }, (_, key) => String(key))],
    });
  expect(await run(1)).toMatchObject({ ok: true, value: 2 });
  expect(await run(11_000)).toMatchObject({ ok: true, value: 11_001 });
});

it('S50 an answer out of a large table is that of its whole index', () => {
  const match = fc.constantFrom('exact', 'prefix', 'range', 'floor', 'interpolate');
  const cell = fc.constantFrom('1', '2', '10', '1.5', 'a', 'ab', '');
  const row = fc
    .array(cell, { minLength: 7, maxLength: 7 })
    .chain((cells) => fc.constantFrom('2020-01-01', '2021-01-01', '').map((since) => [...cells, since]));
  const columns = ['a', 'a2', 'b', 'b2', 'c', 'c2', 'v', 'since'];
  const keys = fc.array(fc.oneof(cell, fc.constantFrom(' 1', 'abc', '7', '-1')), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 12 }),
      fc.array(match, { maxLength: 3 }),
      fc.boolean(),
      fc.array(keys, { maxLength: 8 }),
      (rows, matches, dated, asked) => {
        const schema: TableSchema = {
          keys: matches.map((one, at): KeyColumn => {
            const column = columns[at * 2] ?? 'a';
            if (one === 'range') return { column, match: one, to: `${column}2` };
            return one === 'exact' || one === 'prefix'
              ? { column, match: one }
              : { column, match: one, below: 'clamp' };
          }),
          values: ['v', 'c2'],
          ...(dated ? { effective: { from: 'since' } } : {}),
        };
        const source = { name: 't', file: 't.csv', columns, rows, ...(matches.length > 0 ? { schema } : {}) };
        const [large, whole] = [new LargeTable(source, 'UTC'), indexTable(source, 'UTC')];
        for (const [at, one] of asked.entries())
          for (const column of [undefined, 'c2', 'none']) {
            const question = { table: 't', keys: one, asOf: JUNE - (at % 2) * 9e10, ...(column ? { column } : {}) };
            expect(large.answer(question)).toEqual(whole.lookup(one, question.asOf, column));
          }
      },
    ),
    { seed: 20_261_127, numRuns: 400 },
  );
});
