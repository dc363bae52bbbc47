import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Configuration } from '#core/model/product.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { sampleRequests } from '#core/product/sample.ts';
import type { RatingProgram } from './contract.ts';
import { openRatingEngine, type RatingEngine } from './engine.ts';
import { fitScripts } from './fit-scripts.ts';
import { linesOfRated } from './rated-line.ts';
import { oneByOne, ratingCase } from './slow.ts';
import { spoiler } from './spoiler.fixture.ts';

const CLOCK = Date.UTC(2026, 5, 1);
const EXAMPLES = ['personal-auto', 'homeowners', 'commercial-property', 'private-motor-france'];
let configurations: readonly Configuration[];
let workbench: ThrowawayDesk;
let engine: RatingEngine;

beforeAll(async () => {
  configurations = await Promise.all(EXAMPLES.map((name) => loadConfiguration({ folder: `examples/${name}` })));
  workbench = await openThrowawayDesk(configurations[0] as Configuration, { documents: 'later' });
  engine = openRatingEngine(workbench.desk, 1);
});
afterAll(async () => {
  await engine.close();
  await workbench.close();
});

function programOf(configuration: Configuration): RatingProgram {
  const product = configuration.products[0]?.name ?? '';
  return { configuration, product, configVersion: 1, clock: CLOCK, seed: '1' };
}

async function both(program: RatingProgram, texts: readonly string[]) {
  const lines = { first: 1, count: texts.length, text: texts.join('\n') };
  const { rate, why } = engine.rater(program);
  const slow = await oneByOne(workbench.desk, ratingCase(program), 4)(lines);
  const { text, ...sums } = await rate(lines);
  const { text: expected, ...expectedSums } = linesOfRated(slow, program.configuration.currency);
  expect(text).toBe(expected);
  expect(sums).toEqual(expectedSums);
  return { why, rated: slow };
}

test('many at a time and one by one give the same bytes, errors too (BR30)', async () => {
  for (const configuration of configurations) {
    const [product] = configuration.products;
    if (!product) throw new Error('no product');
    const requests = [...sampleRequests(product, configuration, { count: 5, seed: 'fast', now: CLOCK })];
    const spoiled = fc.sample(spoiler(requests), { numRuns: 12, seed: 7 });
    const texts = [...requests, ...spoiled].map((request) => JSON.stringify(request));
    const [first] = requests;
    const endless = [undefined, 'undefined'].map((policyEndTimestamp) =>
      JSON.stringify({ ...first, policy: { ...(first?.policy as object), policyEndTimestamp } }),
    );
    const nearly = [`${texts[0]}\r`, `${texts[0]}\u00a0`, `${texts[0]}\f`, `{"key":["K"],${texts[0]?.slice(1)}`];
    const { why, rated } = await both(programOf(configuration), [...texts, ...endless, ...nearly, 'no JSON', '']);
    expect(why).toBeUndefined();
    expect(rated.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(5);
    expect(rated.filter(({ ok }) => !ok).length).toBeGreaterThan(3);
  }
});

/** An example with a rater of one's own. */
function withRater(source: string, more: Readonly<Record<string, string>> = {}, example = 0): RatingProgram {
  const configuration = configurations[example] as Configuration;
  const [product] = configuration.products;
  if (!product) throw new Error('no product');
  const plugins = { getPerilRates: { path: 'own.js', enabled: true } };
  const scripts = { ...configuration.scripts, 'own.js': source, ...more };
  const hash = `${configuration.hash} ${source}`;
  return programOf({ ...configuration, hash, scripts, products: [{ ...product, plugins }] });
}
/** Without Liquid that reads what it likes. */
function untaxed({ configuration, ...program }: RatingProgram): RatingProgram {
  const products = configuration.products.map(({ feesFile: _, ...product }) => ({ ...product, taxes: [] }));
  return { ...program, configuration: { ...configuration, products } };
}
const priced = (rate: string): string => `
  const priced = {};
  for (const { perilCharacteristicsLocator: at } of data.policyExposurePerils) priced[at] = ${rate};
  return { pricedPerilCharacteristics: priced };`;
function sampled(count: number, example = 0): string[] {
  const configuration = configurations[example] as Configuration;
  const [product] = configuration.products;
  if (!product) return [];
  const requests = sampleRequests(product, configuration, { count, seed: 'own', now: CLOCK });
  return [...requests].map((request, i) => JSON.stringify({ key: `K${i}`, ...request }));
}

test('nothing of a risk reaches the next: modules, intrinsics and globals are as new (BR3, BR31)', async () => {
  const kept = withRater(
    `const { more } = require('./state.js'); let calls = 0;
     exports.getPerilRates = function (data) { calls += 1; const n = more(); data.policy.exposures.length = 0;
       ${priced('{ yearlyPremium: 100 * calls + n + (typeof gc).length, commissions: [{ recipient: "a", yearlyAmount: 1 }] }')} };`,
    {
      'state.js': 'let n = 0; const seen = []; exports.more = () => { seen.push(1); n += 1; return n + seen.length; };',
    },
  );
  const { why, rated } = await both(kept, sampled(6));
  expect(why).toBeUndefined();
  expect(rated[3]).toMatchObject({ ok: true });
  // State that the syntax does not show by a method's name, that only some risks touch, and that the modules ask for as they are made.
  for (const source of [
    `const method = ['pu', 'sh'].join(''); const all = [];
     exports.getPerilRates = (data) => { all[method](1); ${priced('{ yearlyPremium: 100 + all.length }')} };`,
    `const memo = new Map(); let misses = 0; const cost = (k) => { misses += 1; memo.set(k, k.length * 10); };
     exports.getPerilRates = (data) => { const n = misses;
       const k = data.policy.characteristics[0].fieldValues.channel[0]; if (!memo.has(k)) cost(k);
       ${priced('{ yearlyPremium: 100 + n + (memo.get(k) || 0) }')} };`,
    `const began = Date.now() % 1000; let calls = 0;
     exports.getPerilRates = (data) => { calls++; ${priced('{ yearlyPremium: 100 + began + calls }')} };`,
    `exports.getPerilRates = (data) => { data.policy.exposures.reverse(); const text = String(exports.getPerilRates);
       ${priced('{ yearlyPremium: text.length }')} };`,
    // What runs while the answer is read, what is caught, and chance.
    `let n = 0; const more = () => { n += 1; return n; }; exports.getPerilRates = (data) => {
       ${priced('{ toJSON() { try { return { yearlyPremium: 100 + more() }; } catch { return { yearlyPremium: 5 }; } } }')} };`,
    `let n = 0; exports.getPerilRates = (data) => { ${priced('{ toJSON() { n += 1; return { yearlyPremium: 100 + n }; } }')} };`,
    `exports.getPerilRates = (data) => { let n = 9; try { socotraApi.getAuxData('x', 'y'); } catch { n = 5; }
       ${priced('{ yearlyPremium: 100 + n }')} };`,
    `const kept = require('./kept.json'); exports.getPerilRates = (data) => {
       try { kept.n = (kept.n || 0) + 1; } catch { } ${priced('{ yearlyPremium: 100 + (kept.n || 0) }')} };`,
    `exports.getPerilRates = (data) => { const n = Math[['ran', 'dom'].join('')](); ${priced('{ yearlyPremium: Math.ceil(1000 * n) }')} };`,
  ])
    expect((await both(withRater(source, { 'kept.json': '{}' }), sampled(3))).why).toBeUndefined();
  // What would leave a trace in what all risks share fails in the frozen realm, and is rated in one of its own.
  const tracing =
    withRater(`exports.getPerilRates = (data) => { const box = [Math][0]; box.calls = (box.calls || 0) + 1;
       ${priced('{ yearlyPremium: 10 * Math.calls }')} };`);
  const traced = await both(tracing, sampled(4));
  expect(new Set(traced.rated.map((one) => one.ok && Number(one.perils[0]?.premium)))).toEqual(new Set([10]));
});

test('what scripts do not name is not read of a request, unless they read it without a name (BR38)', async () => {
  const reads = (source: string): boolean => {
    const fit = fitScripts({ scripts: { 'own.js': source } }, 'own.js');
    return fit.fit && fit.reads !== undefined;
  };
  const rater = (work: string): string => `exports.getPerilRates = (data) => {
    const all = data.policy.characteristics[0].fieldValues; const car = data.policy.exposures[0].characteristics[0].fieldValues;
    let n = 0; ${work} ${priced('{ yearlyPremium: 100 + n }')} };`;
  for (const [work, known] of [
    ['n = car.make[0].length; for (const one of [1, 2]) n += one;', true],
    // Names that are worked out are heard of while they are used, and the risk is read whole; an error that is caught hides nothing.
    ['n = car[["ma", "ke"].join("")][0].length;', true],
    ['try { n = car[["mo", "del"].join("")][0].length; } catch { n = 7; }', true],
    ['const at = ["mo"] + "del"; n = Object.is(car[at], undefined) ? 5 : car[at][0].length;', true],
    ['for (const name in car) n += car[name][0].length;', false],
    ['n = Object.keys(car).length + Object.values(all).flat().join("").length;', false],
    ['n = JSON.stringify(data).length;', false],
    ['n = Object.keys({ ...car, ...all }).length;', false],
    ['const { make, ...others } = car; n = make[0].length + String(others.model).length;', false],
    ['for (const name of ["ma" + "ke"]) if (name in car) n += 3;', false],
    ['for (const name of ["ma" + "ke"]) if (car.hasOwnProperty(name)) n += 3;', false],
    ['const read = JSON; n = read.stringify(car).length;', false],
    ['n = JSON.parse("[1, 2]").length;', true],
    [
      'class Heard { go(k, v) { n += 1; if (k === "a") this.b = car; return v; } } JSON.parse(`{"a":1,"b":1}`, new Heard().go);',
      false,
    ],
    ['const { parse } = JSON; n = parse("[1]").length;', false],
    // Functions of the language under names that are worked out.
    ['const own = ({})[["constr", "uctor"].join("")]; n = own.getOwnPropertyNames(car).length;', true],
    ['const own = ({})[["constr", "uctor"].join("")]; n = own[["ke", "ys"].join("")](car).length;', true],
    ['n = (() => 0)[["constr", "uctor"].join("")]("c", "return Object.keys(c).length")(car);', true],
    ['if (car[["hasOwn", "Property"].join("")](["mo", "del"].join(""))) n = 3;', true],
  ] as const) {
    const source = rater(work);
    expect([work, reads(source)]).toEqual([work, known]);
    const { why, rated } = await both(untaxed(withRater(source, {}, 3)), sampled(3, 3));
    expect([why, rated.map(({ ok }) => ok)]).toEqual([undefined, [true, true, true]]);
  }
  // What is answered besides amounts is made of the whole request.
  const chatty = `exports.getPerilRates = (data) => { const note = data.policy.exposures[0].characteristics[0].fieldValues;
    ${priced('{ yearlyPremium: 100, note, commissions: [{ recipient: String(note.make), yearlyAmount: 1 }] }')} };`;
  await both(untaxed(withRater(chatty, {}, 3)), sampled(2, 3));
});

test('a script that loops costs its own risk and no other; what has to be asked is asked (BR33)', async () => {
  const looping = withRater(`exports.getPerilRates = (data) => {
    const first = data.policy.exposures[0].perils[0].characteristics[0].indemnityPerEvent;
    if (data.policy.characteristics[0].fieldValues.channel[0] === 'Loop') for (;;) {}
    if (data.policy.characteristics[0].fieldValues.channel[0] === 'Ask') socotraApi.getAuxData('x', 'y');
    ${priced('{ yearlyPremium: first ? 100 : 50 }')} };`);
  const { configuration } = looping;
  const [product] = configuration.products;
  const fields = product?.fields.map((field) => (field.name === 'channel' ? { ...field, values: [] } : field)) ?? [];
  const open = { ...looping, configuration: { ...configuration, products: [{ ...product, fields }] } } as RatingProgram;
  const texts = sampled(7).map((text, i) =>
    text.replace(/"channel":"[^"]*"/, `"channel":"${['Loop', '', 'Ask'][i - 2] || 'Direct'}"`),
  );
  const { rated } = await both(open, texts);
  expect(rated.map(({ ok }) => ok)).toEqual([true, true, false, true, true, true, true]);
  expect(rated[2]).toMatchObject({ key: 'K2', error: { code: 'plugin-timeout' } });
  // Batches that are on their way behind the one that loops are rated all the same, in a realm that is there.
  const { rate } = engine.rater(open);
  const batches = [2, 0, 3, 5].map((at) => {
    const lines = texts.slice(at, at === 2 ? 3 : at + 2);
    return rate({ first: at + 1, count: lines.length, text: lines.join('\n') });
  });
  const [, ...behind] = await Promise.all(batches);
  const others = rated.filter(({ key }) => key !== 'K2');
  expect(behind.map(({ text }) => text).join('\n')).toBe(linesOfRated(others, open.configuration.currency).text);
});

test('scripts that would mean something else in a frozen realm are not fit for it (BR32)', () => {
  const why = (source: string): string => {
    const fit = fitScripts({ scripts: { 'a.js': source, 'b.js': 'exports.b = 1;' } }, 'a.js');
    return fit.fit ? 'fit' : fit.why.replace(/ in line .*/, '');
  };
  const fit = [
    'const { b } = require("./b.js"); class A { #x = 1; get x() { return this.#x; } } exports.a = () => new A().x + b;',
    'function* some() { yield 1; } exports.a = () => [...some()];',
    'function outer() { function inner() { return 1; } return inner(); } exports.a = outer; var o = { prototype: 1 };',
  ];
  for (const source of fit) expect(why(source)).toBe('fit');
  for (const [source, reason] of [
    ['exports.a = function () { return this; };', 'this'],
    ['exports.a = function () { return arguments.length; };', 'arguments'],
    ['Array.prototype.sum = 1;', 'prototype'],
    ['exports.a = () => Math.random();', 'random'],
    ['const { random } = Math;', 'random'],
    ['exports.a = () => ({ get b() { return 1; } });', 'a getter'],
    ['const [{ "constructor": own }] = [{}];', 'constructor'],
    ['if (x) { function f() {} }', 'a function inside a block'],
    ['const g = globalThis;', 'globalThis'],
    ['require(name);', 'require of a name that is worked out'],
    ['var a = 010;', 'Invalid number'],
  ] as const)
    expect(why(source)).toBe(`a.js: ${reason}`);
});
