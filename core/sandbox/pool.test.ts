import { runInNewContext } from 'node:vm';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '#core/model/json.ts';
import type { PluginOutcome, PluginRun, Program } from './contract.ts';
import { openSandbox } from './pool.ts';

const context = { clock: Date.UTC(2021, 5, 28, 12, 30), seed: 'seed', worksheet: false };
const sandbox = openSandbox({ hosts: 2 });
afterAll(() => sandbox.close());

let programs = 0;
function program(scripts: Record<string, string>, more: Partial<Program> = {}): Program {
  programs += 1;
  const parts = { timeZone: 'America/New_York', currency: 'USD', calculations: {}, templates: {}, tables: {} };
  return { hash: `program-${programs}`, ...parts, scripts, ...more };
}
/** Runs `exports.run` of a single script with this body. */
function run(body: string, more: Partial<PluginRun> = {}): Promise<PluginOutcome> {
  const scripts = { 'main.js': `exports.run = function (data) {\n${body}\n};` };
  return sandbox.runPlugin({
    program: program(scripts, { tables: TABLES }),
    path: 'main.js',
    function: 'run',
    arguments: [null],
    context,
    ...more,
  });
}
const value = (outcome: PluginOutcome): JsonValue => {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
};
const TABLES = {
  rates: {
    name: 'rates',
    file: 'policy/tables/rates.csv',
    columns: ['key', 'value'],
    rows: [
      ['A', '1.50'],
      ['18', '2'],
    ],
  },
  pairs: {
    name: 'pairs',
    file: 'policy/tables/pairs.csv',
    columns: ['state', 'class', 'factor'],
    rows: [['NE', '1', '0.9']],
    schema: {
      keys: [
        { column: 'state', match: 'exact' as const },
        { column: 'class', match: 'exact' as const },
      ],
      values: ['factor'],
    },
  },
};

describe('calls', () => {
  it('S1 calls the export with copies of the arguments', async () => {
    const scripts = {
      'a/rater.js': 'module.exports = { base: 2, rate(data, x) { data.a.push(4); return [this.base, data, x]; } };',
    };
    const data = { a: [1, 2.5, '3'] };
    const outcome = await sandbox.runPlugin({
      program: program(scripts),
      path: 'a/rater.js',
      function: 'rate',
      arguments: [data, 0.1],
      context,
    });
    expect(outcome).toMatchObject({
      ok: true,
      value: [2, { a: [1, 2.5, '3', 4] }, 0.1],
      log: [],
      steps: [],
      auxData: [],
    });
    expect(data).toEqual({ a: [1, 2.5, '3'] });
  });

  it('S2 leaves nothing from one call to the next', async () => {
    const body = `globalThis.n = (globalThis.n || 0) + 1; Array.prototype.m = (Array.prototype.m || 0) + 1;
      require('./count.js').n += 1; return [n, [].m, require('./count.js').n, Math.random(), Date.now()];`;
    const scripts = { 'main.js': `exports.run = () => { ${body} };`, 'count.js': 'exports.n = 0;' };
    const call = { program: program(scripts), path: 'main.js', function: 'run', arguments: [], context };
    const first = value(await sandbox.runPlugin(call));
    expect((first as number[]).slice(0, 3)).toEqual([1, 1, 1]);
    for (let i = 0; i < 5; i += 1) expect(value(await sandbox.runPlugin(call))).toEqual(first);
  });

  it('S3 names what is missing', async () => {
    const call = { program: program({ 'a.js': 'exports.b = 1;' }), arguments: [], context };
    expect(await sandbox.runPlugin({ ...call, path: 'nope.js', function: 'run' })).toMatchObject({
      ok: false,
      code: 'plugin-failed',
      message: expect.stringContaining('there is no script scripts/nope.js'),
    });
    expect(await sandbox.runPlugin({ ...call, path: 'a.js', function: 'b' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('scripts/a.js exports no function "b"'),
    });
  });
});

describe('modules', () => {
  it('S5 finds relative paths, index.js, JSON, and serves cycles', async () => {
    const scripts = {
      'p/main.js': `const { tool } = require('../lib/tool'); const dir = require('../lib');
        exports.run = () => [tool(2), dir.name, require('./data.json').x[1], require('../lib/a').b.a.done, __filename, __dirname, module.id];`,
      'lib/tool.js': 'exports.tool = (x) => x * 2;',
      'lib/index.js': 'exports.name = "index";',
      'p/data.json': '{"x": [1, 2.50]}',
      'lib/a.js': 'exports.done = false; exports.b = require("./b"); exports.done = true;',
      'lib/b.js': 'exports.a = require("./a.js"); exports.early = exports.a.done;',
    };
    const call = { program: program(scripts), path: 'p/main.js', function: 'run', arguments: [], context };
    expect(value(await sandbox.runPlugin(call))).toEqual([
      4,
      'index',
      2.5,
      true,
      'scripts/p/main.js',
      'scripts/p',
      'p/main.js',
    ]);
  });

  it('S5 lets a script require a package that it never uses, and fails where it uses one', async () => {
    const scripts = {
      'main.js': `'use strict';\nvar unused = require('csv-parse');\nexports.rate = () => 7;
exports.call = () => unused('a,b');\nexports.read = () => { const { DateTime } = require('luxon'); return DateTime; };
exports.given = () => require('node:fs');`,
    };
    const call = { program: program(scripts), path: 'main.js', arguments: [], context };
    const rated = await sandbox.runPlugin({ ...call, function: 'rate' });
    expect(value(rated)).toBe(7);
    expect(rated.log).toMatchObject([{ level: 'warn', text: expect.stringContaining('require("csv-parse")') }]);
    for (const [name, package_, line] of [
      ['call', 'csv-parse', 4],
      ['read', 'luxon', 5],
      ['given', 'node:fs', undefined],
    ] as const)
      expect(await sandbox.runPlugin({ ...call, function: name })).toMatchObject({
        ok: false,
        message: expect.stringContaining(`require("${package_}"): only scripts of this configuration can be used`),
        ...(line === undefined ? {} : { place: { file: 'scripts/main.js', line } }),
      });
  });

  it('S6 reports a syntax error with file and line, and only where the script is used', async () => {
    const scripts = {
      'main.js': 'exports.good = () => 1; exports.bad = () => require("./broken.js");',
      'broken.js': '#!/usr/bin/env node\nconst a = 1;\nlet x = ;\n',
    };
    const call = { program: program(scripts), path: 'main.js', arguments: [], context };
    expect(value(await sandbox.runPlugin({ ...call, function: 'good' }))).toBe(1);
    expect(await sandbox.runPlugin({ ...call, function: 'bad' })).toMatchObject({
      ok: false,
      message: expect.stringContaining("SyntaxError: Unexpected token ';'"),
      place: { file: 'scripts/broken.js', line: 3 },
    });
  });
});

describe('time and chance', () => {
  it("S7 shows only the transaction's clock, in UTC and en-US", async () => {
    const body = `class Mine extends Date {}
      return [Date.now(), new Date().toISOString(), new Mine().getTime(), Date(), new Date(2020, 0, 1).getTime(), new Date().getTimezoneOffset(),
        new Date(5).getTime(), Date.UTC(1970, 0, 2), new Date('2020-01-01').constructor === Date, new Date() instanceof Date,
        new Intl.DateTimeFormat().format(), new Intl.DateTimeFormat('en', { year: 'numeric' }).formatToParts()[0].value,
        new Date().toLocaleDateString(), (1234.5).toLocaleString(), Intl.DateTimeFormat().resolvedOptions().timeZone];`;
    expect(value(await run(body))).toEqual([
      context.clock,
      '2021-06-28T12:30:00.000Z',
      context.clock,
      'Mon Jun 28 2021 12:30:00 GMT+0000 (Coordinated Universal Time)',
      Date.UTC(2020, 0, 1),
      0,
      5,
      86_400_000,
      true,
      true,
      '6/28/2021',
      '2021',
      '6/28/2021',
      '1,234.5',
      'UTC',
    ]);
  });

  it('S9 gives nothing but the language and what the rules name', async () => {
    const names = value(await run('return Object.getOwnPropertyNames(globalThis)')) as string[];
    // Of the language itself these are missing on purpose.
    for (const name of [
      'SharedArrayBuffer',
      'Atomics',
      'WebAssembly',
      'WeakRef',
      'FinalizationRegistry',
      'gc',
      '$define',
    ]) {
      expect(names).not.toContain(name);
    }
    const language = new Set<string>(runInNewContext('Object.getOwnPropertyNames(globalThis)'));
    const entities =
      'Policy Policyholder Claim Invoice Quote PolicyQuote Endorsement Renewal Cancellation Reinstatement Exposure Peril Payment PolicyModification PremiumReport Grace Product';
    expect(names.filter((name) => !language.has(name)).sort()).toEqual(
      ['global', 'socotraApi', ...entities.split(' ')].sort(),
    );
  });

  it('S8 draws the same numbers from the same seed', async () => {
    const body = 'return Array.from({ length: 5 }, Math.random)';
    const [a, b, c] = await Promise.all(
      ['one', 'one', 'two'].map(async (seed) => value(await run(body, { context: { ...context, seed } })) as number[]),
    );
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
    expect(new Set(a).size).toBe(5);
    expect(a?.every((number) => number >= 0 && number < 1)).toBe(true);
    // Pinned: recorded seeds must give the same numbers for ever.
    expect(a?.[0]).toBe(0.3481218926907984);
  });
});

describe('socotraApi and console', () => {
  it('S10 looks tables up', async () => {
    const body = `const t = socotraApi.tableLookup;
      return [t(0, 'rates', 'A'), t(0, 'rates', 'Z'), t(0, 'rates', 18), t(0, 'rates', ['A']), t(0, 'pairs', ['NE', 1]), t(0, 'rates', 'A', '1600000000000'), t(0, 'rates', undefined)];`;
    expect(value(await run(body))).toEqual(['1.50', '', '2', '1.50', '0.9', '1.50', '']);
    expect(await run('\nreturn socotraApi.tableLookup(0, "rats", "A")')).toMatchObject({
      ok: false,
      message: expect.stringContaining('there is no table "rats"'),
      place: { file: 'scripts/main.js', line: 3 },
    });
  });

  it('S11 shows every lookup in the worksheet, found or missed', async () => {
    const body = 'socotraApi.tableLookup(0, "rates", "A");\nreturn socotraApi.tableLookup(0, "rates", "Z");';
    const place = (line: number) => ({ file: 'scripts/main.js', line });
    expect(await run(body, { context: { ...context, worksheet: true } })).toMatchObject({
      steps: [
        { kind: 'lookup', table: 'rates', keys: ['A'], found: true, value: '1.50', rows: [2], place: place(2) },
        { kind: 'lookup', table: 'rates', keys: ['Z'], found: false, value: null, rows: [], place: place(3) },
      ],
    });
    expect(await run(body)).toMatchObject({ ok: true, steps: [] });
  });

  it('S12 S13 reads through the reader and sees its own writes', async () => {
    const reader = {
      fetchByLocator: async (entity: string, locator: string) => {
        if (locator === 'gone') throw new Error('no such record');
        return { entity, locator };
      },
      getAuxData: async (locator: string, key: string) => (key === 'known' ? `${locator} ${key}` : null),
    };
    const body = `const { fetchByLocator, getAuxData, setAuxData } = socotraApi;
      const before = [fetchByLocator(Policy, 'p1'), getAuxData('p1', 'known'), getAuxData('p1', 'other')];
      setAuxData('p1', 'known', 5); setAuxData('global', 'k', 'v', 'string');
      let caught; try { fetchByLocator(Invoice, 'gone') } catch (error) { caught = [error instanceof Error, error.message]; }
      return [...before, getAuxData('p1', 'known'), caught];`;
    expect(await run(body, { reader })).toMatchObject({
      ok: true,
      value: [{ entity: 'Policy', locator: 'p1' }, 'p1 known', null, '5', [true, 'no such record']],
      auxData: [
        { locator: 'p1', key: 'known', value: '5' },
        { locator: 'global', key: 'k', value: 'v', uiType: 'string' },
      ],
    });
    expect(await run('return socotraApi.getAuxData("a", "b")')).toMatchObject({ ok: true, value: null });
    expect(await run('return socotraApi.fetchByLocator(Policy, "a")')).toMatchObject({ ok: false });
  });

  it('S12 stops a guest whose reader never answers', async () => {
    const never = { fetchByLocator: () => new Promise<never>(() => undefined), getAuxData: async () => null };
    expect(
      await run('return socotraApi.fetchByLocator(Policy, "a")', { reader: never, limits: { time: 200 } }),
    ).toMatchObject({
      ok: false,
      code: 'plugin-timeout',
    });
    expect(await run('return socotraApi.getAuxData("a", "b")', { reader: never })).toMatchObject({
      ok: true,
      value: null,
    });
  });

  it('S14 keeps the log, for success and failure, and cuts it off', async () => {
    const body =
      'console.log("a", 1, { b: [2] }, null, undefined); console.error(new RangeError("no").message); throw new Error("end");';
    expect(await run(body)).toMatchObject({
      ok: false,
      log: [
        { kind: 'log', level: 'log', text: 'a 1 {"b":[2]} null undefined' },
        { kind: 'log', level: 'error', text: 'no' },
      ],
    });
    const long = await run('for (let i = 0; i < 1000; i++) console.log("x".repeat(100)); return 1', {
      limits: { output: 2_000 },
    });
    expect(long).toMatchObject({ ok: true, value: 1 });
    expect(long.log.at(-1)?.text).toContain('larger than 2000 bytes');
    expect(JSON.stringify(long.log).length).toBeLessThan(4_000);
  });
});

describe('answers', () => {
  it.each([
    ['[0.1 + 0.2, 1e21, -0, 5]', [0.30000000000000004, 1e21, 0, 5]],
    ['{ a: undefined, b: [undefined, () => 1], c: null }', { b: [null, null], c: null }],
    ['{ at: new Date(0), money: { toJSON: () => "12.30" } }', { at: '1970-01-01T00:00:00.000Z', money: '12.30' }],
    ['new (class { #secret = 1; shown = 2; get hidden() { return 3 } })()', { shown: 2 }],
    ['{ get shown() { return 3 } }', { shown: 3 }],
    ['undefined', null],
    ['[new Number(1.5), new String("a"), Object(false)]', [1.5, 'a', false]],
    ['"\\ud800 é \\u2028"', '\ud800 é \u2028'],
    ['new Proxy({ a: [1] }, {})', { a: [1] }],
    ['Object.assign(Object.create({ inherited: 1 }), { own: 2 })', { own: 2 }],
  ])('S15 S16 answers %s', async (expression, expected) => {
    expect(value(await run(`return ${expression}`))).toEqual(expected);
  });

  it.each([
    ['({ a: [1, { b: 0 / 0 }] })', "the answer's a[1].b is NaN"],
    ['({ a: { b: 1n } })', "the answer's a.b is a BigInt"],
    ['new Set([1])', 'the answer is a Set'],
    ['(() => { const a = {}; a.self = [a]; return a })()', "the answer's self[0] contains itself"],
  ])('S15 refuses %s', async (expression, message) => {
    expect(await run(`return ${expression}`)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  it('S17 awaits a promise', async () => {
    expect(value(await run('return (async () => { await null; return { a: await 5 } })()'))).toEqual({ a: 5 });
    expect(await run('return (async () => { await null; throw new TypeError("late") })()')).toMatchObject({
      message: expect.stringContaining('TypeError: late'),
      place: { file: 'scripts/main.js', line: 2 },
    });
  });

  it("S18 shows the author's own text alone", async () => {
    expect(await run('throw "StartUIerror Vehicles older than 30 years are not insured. EndUIerror"')).toMatchObject({
      message: 'Vehicles older than 30 years are not insured.',
    });
    expect(await run('\nthrow new Error("x StartUIerror: Call us EndUIerror y")')).toMatchObject({
      message: 'Call us',
      place: { file: 'scripts/main.js', line: 3 },
    });
    expect(await run('throw "plain"')).toMatchObject({
      message: 'run in scripts/main.js failed: plain',
      place: { file: 'scripts/main.js' },
    });
  });
});

describe('Liquid and templates', () => {
  const calculations = {
    'a.premium.liquid':
      '{% assign rate = "rates" | lookup: "A" %}{{ data.base | times: rate | plus: data.own | set_year_premium }}',
    'broken.premium.liquid': '{% if a %}',
    'long.premium.liquid': '{% for i in (1..500) %}{% assign x = i %}{% endfor %}{{ 7 | set_year_premium }}',
  };
  const templates = {
    'a.template.liquid': '<p>{{ data.name }} {{ "rates" | lookup: "A" }}</p>',
    'loop.template.liquid': '{% for i in (1..100000) %}{% for j in (1..100000) %}{% endfor %}{% endfor %}',
  };
  const liquid = program({}, { calculations, templates, tables: TABLES });
  const shared = { data: { base: 100, own: 0 } };

  it.each(['compiled', 'interpreted'] as const)('S20 runs every call over the shared data, %s', async (evaluator) => {
    const calls = [
      { file: 'a.premium.liquid', scope: { data: { own: 1 } } },
      { file: 'broken.premium.liquid', scope: {} },
      { file: 'missing.liquid', scope: {} },
      { file: 'a.premium.liquid', scope: { data: { own: { $decimal: '0.05' } } } },
    ];
    const outcome = await sandbox.runLiquid({ program: liquid, shared, calls, context, evaluator });
    const effect = (premium: string) => ({ ok: true, effects: [{ filter: 'set_year_premium', value: premium }] });
    expect(outcome).toMatchObject({
      ok: true,
      calls: [
        effect('151'),
        { ok: false, place: { file: 'broken.premium.liquid', line: 1 } },
        { ok: false, place: { file: 'missing.liquid' } },
        effect('150.05'),
      ],
    });
  });

  it('S21 cuts a worksheet that is too long, not the answer', async () => {
    const calls = [{ file: 'long.premium.liquid', scope: {} }];
    const traced = { ...context, worksheet: true };
    const outcome = await sandbox.runLiquid({
      program: liquid,
      shared,
      calls,
      context: traced,
      limits: { output: 20_000 },
    });
    expect(outcome).toMatchObject({ ok: true, calls: [{ ok: true, effects: [{ value: '7' }] }] });
    expect(JSON.stringify(outcome).length).toBeLessThan(21_000);
    expect(JSON.stringify(outcome)).toContain('The worksheet is cut off here');
  });

  it('S22 renders templates under the same limits', async () => {
    const render = (template: string) =>
      sandbox.renderTemplate({ program: liquid, template, data: { data: { name: 'A & B' } }, context });
    expect(await render('a.template.liquid')).toMatchObject({ ok: true, html: expect.stringContaining('1.50</p>') });
    expect(await render('loop.template.liquid')).toMatchObject({ ok: false });
    expect(await render('missing.template.liquid')).toMatchObject({ ok: false, code: 'document-failed' });
    expect(await render('a.template.liquid')).toMatchObject({ ok: true });
  });
});

describe('limits', () => {
  it('S4 does not count loading against the guest', async () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => [`key ${i}`, `${i}`] as const);
    const large = program(
      { 'main.js': 'exports.run = () => socotraApi.tableLookup(0, "large", "key 299999");' },
      { tables: { large: { name: 'large', file: 'policy/tables/large.csv', columns: ['key', 'value'], rows } } },
    );
    const call = { program: large, path: 'main.js', function: 'run', arguments: [], context, limits: { time: 300 } };
    expect(await sandbox.runPlugin(call)).toMatchObject({ ok: true, value: '299999' });
  });

  it('S30 heeds limits of the run', async () => {
    expect(await run('for (;;);', { limits: { time: 50 } })).toMatchObject({
      code: 'plugin-timeout',
      message: expect.stringContaining('50 ms'),
      place: { file: 'scripts/main.js', line: 2 },
    });
    expect(await run('return "x".repeat(200)', { limits: { output: 100 } })).toMatchObject({ ok: false });
  });

  it('S31 answers many runs at once', async () => {
    const shared = program({ 'main.js': 'exports.run = (a) => a * 2;' });
    const runs = Array.from({ length: 50 }, async (_, i) =>
      value(await sandbox.runPlugin({ program: shared, path: 'main.js', function: 'run', arguments: [i], context })),
    );
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 50 }, (_, i) => i * 2));
  });

  it('S32 answers a failure when it is closed', async () => {
    const own = openSandbox({ hosts: 1 });
    const call = {
      program: program({ 'main.js': 'exports.run = () => { for (;;); };' }),
      path: 'main.js',
      function: 'run',
      arguments: [],
      context,
    };
    const running = own.runPlugin(call);
    const waiting = own.runPlugin(call);
    await own.close();
    for (const outcome of [await running, await waiting, await own.runPlugin(call)]) {
      expect(outcome).toMatchObject({ ok: false, code: 'internal' });
    }
  });
});
