import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPREADSHEET_NAMES } from '#core/liquid/spreadsheet/names.ts';
import { checkConfiguration } from '#core/product/check.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { programOf } from '#core/product/program.ts';
import { SOUND } from '#core/product/testing/sound.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import { openSandbox } from '#core/sandbox/pool.ts';

/** Rules SF of core/liquid/spreadsheet/SPEC.md, in the plugin hosts. */
let sandbox: Sandbox;
beforeAll(() => {
  sandbox = openSandbox({ hosts: 1 });
});
afterAll(() => sandbox.close());

const context = { clock: 0, seed: '1', worksheet: false };
const bare = { timeZone: 'UTC', currency: 'USD', scripts: {}, calculations: {}, templates: {}, tables: {} };

/** Every call as a filter, compiled and interpreted, and as a plugin's: [name, arguments as JSON numbers or text]. */
async function everywhere(calls: readonly (readonly [string, readonly (number | string)[]])[]) {
  const liquid = calls
    .map(([name, args], at) => {
      const [input, ...rest] = args.map((arg) => (typeof arg === 'string' ? `"${arg}"` : String(arg)));
      const filter = `${input} | ${name.replaceAll('.', '_')}${rest.length > 0 ? `: ${rest.join(', ')}` : ''}`;
      return `{{ ${filter} | add_fee: "f${at}" }}`;
    })
    .join('\n');
  const program = {
    ...bare,
    hash: `calls ${JSON.stringify(calls)}`,
    calculations: { 'a.liquid': liquid },
    scripts: {
      'a.js': `const sheet = require('spreadsheet');
exports.run = (calls) => calls.map(([name, args]) => { try { return String(sheet[name](...args)); } catch (e) { return e.message; } });`,
    },
  };
  const shared = {};
  const run = async (evaluator: 'compiled' | 'interpreted') => {
    const outcome = await sandbox.runLiquid({
      program,
      shared,
      calls: [{ file: 'a.liquid', scope: {} }],
      context,
      evaluator,
    });
    if (!outcome.ok) throw new Error(outcome.message);
    const [call] = outcome.calls;
    if (!call?.ok) throw new Error(call?.message);
    return call.effects.map((effect) => ('value' in effect ? String(effect.value) : ''));
  };
  const plugin = await sandbox.runPlugin({
    program,
    path: 'a.js',
    function: 'run',
    arguments: [calls as never],
    context,
  });
  if (!plugin.ok) throw new Error(plugin.message);
  return { compiled: await run('compiled'), interpreted: await run('interpreted'), plugin: plugin.value as string[] };
}

it('SF3, SF5: rounds the digits that stand there, the same in all three places', async () => {
  const traps: readonly (readonly [string, readonly (number | string)[], string])[] = [
    ['ROUND', [1.005, 2], '1.01'],
    ['ROUND', [2.675, 2], '2.68'],
    ['ROUND', [-2.5, 0], '-3'],
    ['ROUND', [2.5, 0], '3'],
    ['ROUND', [1234.5, -2], '1200'],
    ['ROUND', [7.155, 2], '7.16'],
    ['ROUND', ['465.375', 2], '465.38'],
    ['ROUNDUP', [1.001, 2], '1.01'],
    ['ROUNDUP', [-1.001, 2], '-1.01'],
    ['ROUNDDOWN', [-1.009, 2], '-1'],
    ['TRUNC', [-8.9], '-8'],
    ['INT', [-8.9], '-9'],
    ['MROUND', [6.05, 0.1], '6.1'],
    ['MROUND', [-10, -3], '-9'],
    ['CEILING', [2.5, 1], '3'],
    ['CEILING', [-2.5, -2], '-4'],
    ['CEILING', [-2.5, 2], '-2'],
    ['CEILING', [0.3, 0.1], '0.3'],
    ['FLOOR', [-2.5, -2], '-2'],
    ['FLOOR', [1.58, 0.1], '1.5'],
    ['FLOOR', [0.3, 0.1], '0.3'],
    ['CEILING.MATH', [-5.5, 2, 1], '-6'],
    ['CEILING.MATH', [-5.5, 2], '-4'],
    ['FLOOR.MATH', [-5.5, 2], '-6'],
    ['EVEN', [1.5], '2'],
    ['EVEN', [-1], '-2'],
    ['ODD', [1.5], '3'],
    ['ODD', [2], '3'],
    ['ODD', [3], '3'],
    ['ODD', [-2], '-3'],
    ['ODD', [0], '1'],
    ['MOD', [-3, 2], '1'],
    ['MOD', [0.3, 0.1], '0'],
    ['QUOTIENT', [-10, 3], '-3'],
    ['SUM', [0.1, 0.2], '0.3'],
    ['PRODUCT', [1.1, 1.1], '1.21'],
    ['POWER', [1.05, 3], '1.157625'],
    ['MAX', [0.1, '0.20', 0.15], '0.2'],
    ['AVERAGE', [0.1, 0.2, 0.3], '0.2'],
    ['IF', [1, 7, 8], '7'],
    ['NORM.DIST', [0, 0, 1, 'TRUE'], '0.5'],
  ];
  const answers = await everywhere(traps.map(([name, args]) => [name, args]));
  const wanted = traps.map(([, , answer]) => answer);
  expect(answers.plugin).toEqual(wanted);
  expect(answers.compiled).toEqual(wanted);
  expect(answers.interpreted).toEqual(wanted);
});

describe('what has no answer', () => {
  it.each([
    ['SQRT', [-1], 'SQRT: #NUM!'],
    ['MROUND', [5, -2], 'MROUND: #NUM!'],
    ['MOD', [5, 0], 'MOD: #DIV/0!'],
    ['ROUND', ['much', 2], 'ROUND: #VALUE!'],
    ['LN', [0], 'LN: #NUM!'],
  ] as const)('SF4: %s of %j ends with %s', async (name, args, message) => {
    await expect(everywhere([[name, args]])).rejects.toThrow(message);
  });
});

it('SF2: is what the library has, without clock, chance and errors', async () => {
  const file = fileURLToPath(import.meta.resolve('@formulajs/formulajs'));
  const library = (await import(file)) as Record<string, unknown>;
  for (const name of SPREADSHEET_NAMES) {
    const found = name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], library);
    expect([name, typeof found]).toEqual([name, 'function']);
  }
  expect(SPREADSHEET_NAMES.length).toBeGreaterThan(350);
  expect(SPREADSHEET_NAMES).not.toContain('RAND');
  const text = readFileSync(new URL('../browser/formula.js', import.meta.resolve('@formulajs/formulajs')), 'utf8');
  // What they could ask of the outside: chance is seeded and the clock stands still in a realm all the same.
  expect(text).not.toMatch(/XMLHttpRequest|fetch\(|Date\.now/);
});

it('SF6, SF7: check finds names that are none; nobody else is given the functions', async () => {
  const vehicle = 'products/auto/policy/exposures/vehicle/perils/collision.premium.liquid';
  const files = {
    ...SOUND,
    [vehicle]: `${SOUND[vehicle]}\n{% assign x = 1.005 | ROUND: 2 | ROUNDD: 2 %}`,
    'scripts/main/installments.js': `const { ROUND, ROUNDD } = require('spreadsheet'); const sheet = require('spreadsheet');\n${SOUND['scripts/main/installments.js']}\nsheet.CEILING_MATH(1); sheet.CEILNG(1);`,
  };
  const content = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const configuration = await loadConfiguration({ files: content });
  const said = checkConfiguration(configuration)
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, message }) => `${code}: ${message}`);
  expect(said.filter((line) => /spreadsheet|ROUND|CEIL/.test(line))).toEqual([
    expect.stringMatching(/^unknown-filter: There is no filter "ROUNDD".*ROUND/),
    expect.stringMatching(/^unknown-function: The spreadsheet functions have no "ROUNDD".*ROUND/),
    expect.stringMatching(/^unknown-function: The spreadsheet functions have no "CEILNG".*CEILING/),
  ]);
  expect(Object.keys(programOf(configuration).scripts)).not.toContain('spreadsheet');
  const program = {
    ...bare,
    hash: 'none',
    scripts: { 'a.js': "exports.run = () => typeof require('spread' + 'sheet').ROUND;" },
  };
  const outcome = await sandbox.runPlugin({ program, path: 'a.js', function: 'run', arguments: [], context });
  expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('only scripts of this configuration') });
});
