import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '#core/model/json.ts';
import type { ProblemCode } from '#core/model/problem.ts';
import type { Program, Sandbox } from './contract.ts';
import { openSandbox } from './pool.ts';

// Rule S30: whatever a guest does costs one clear error (or is harmless), in bounded time, and the next call works.

type Stopped = readonly ProblemCode[];
const FAILED: Stopped = ['plugin-failed'];
const LOOPED: Stopped = ['plugin-timeout'];
/** A bomb meets whichever limit it reaches first, or an error of the language (`Invalid string length`). */
const BOMBED: Stopped = ['plugin-memory', 'plugin-timeout', 'plugin-failed'];

/** Name, body of `exports.run = function (data) { … }`, and what must come of it: codes, or the harmless answer. */
const GUESTS: readonly (readonly [string, string, Stopped | { readonly value: JsonValue }])[] = [
  ['an endless loop', 'for (;;);', LOOPED],
  ['an endless loop that catches everything', 'for (;;) try { for (;;); } catch {} finally { for (;;); }', LOOPED],
  ['an endless loop in a module', 'require("./spin.js")', LOOPED],
  ['an endless getter', 'return { get a() { for (;;); } }', LOOPED],
  ['an endless toJSON', 'return { toJSON() { for (;;); } }', LOOPED],
  ['toJSON that makes itself again', 'const f = () => ({ a: { toJSON: f } }); return f()', FAILED],
  ['an endless sort', 'const a = Array.from({ length: 3 }, (_, i) => i); for (;;) a.sort(() => { for (;;); })', LOOPED],
  ['a catastrophic regular expression', 'return /^(a+)+$/.test("a".repeat(40) + "b")', LOOPED],
  ['a flood of microtasks', 'const f = () => Promise.resolve().then(f); return f()', BOMBED],
  ['an endless async loop', 'return (async () => { for (;;) await null; })()', LOOPED],
  ['a flood of promises', 'for (;;) new Promise(() => {})', BOMBED],
  ['a promise that never settles', 'return new Promise(() => {})', FAILED],
  ['a rejected promise', 'return Promise.reject(new Error("no"))', FAILED],
  ['a thenable that calls twice', 'return { then(f, g) { f(1); g(2); f(3); } }', { value: 1 }],
  ['an array bomb', 'const a = []; for (;;) a.push(new Array(1000).fill(1.5))', BOMBED],
  ['an object bomb', 'let o = {}; for (;;) o = { o, p: { q: [o] } }', BOMBED],
  ['a bomb of a Map', 'const m = new Map(); for (let i = 0; ; i++) m.set("k" + i, { i })', BOMBED],
  ['a bomb of buffers', 'const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))', BOMBED],
  ['a bomb of strings', 'const a = []; let s = "x"; for (;;) { s += s.length; a.push(JSON.stringify(s)); }', BOMBED],
  ['string doubling', 'let s = "x".repeat(1 << 20); for (;;) s += s', BOMBED],
  ['flattened string doubling', 'let s = "ab"; for (;;) { s = s + s; s.charCodeAt(1); }', BOMBED],
  ['repeat to the limit', 'return "x".repeat(2 ** 29 - 30).length > "y".repeat(2 ** 29 - 30).split("").length', BOMBED],
  ['padStart, replaceAll', 'return "a".padStart(2 ** 28, "ab").replaceAll("a", "b".repeat(1000)).length', BOMBED],
  ['an array length bomb', 'return new Array(2 ** 32 - 2).join("abc").length', BOMBED],
  ['a huge sparse answer', 'const a = []; a.length = 4e9; return a', BOMBED],
  ['Array.from of a giant', 'return Array.from({ length: 2 ** 31 }, () => ({})).length', BOMBED],
  ['a BigInt that grows', 'let b = 3n; for (;;) b *= b', BOMBED],
  [
    'JSON that explodes',
    'let a = [1]; for (let i = 0; i < 40; i++) a = [a, a, a]; return JSON.stringify(a).length',
    BOMBED,
  ],
  ['a regular expression that is too large', 'return new RegExp("(".repeat(1e6) + ")".repeat(1e6)).test("")', BOMBED],
  ['source text that is too deep', 'return eval("[".repeat(1e6))', BOMBED],
  ['deep recursion', 'const f = () => f() + 1; return f()', FAILED],
  [
    'deep recursion into the workbench',
    'const f = () => { try { socotraApi.tableLookup(0, "t", "a"); } catch {} f(); }; f()',
    FAILED,
  ],
  ['a stack overflow in toString', 'throw { toString() { return String(this) } }', FAILED],
  ['a huge answer', 'return "x".repeat(5e6)', FAILED],
  ['a huge answer in pieces', 'return Array.from({ length: 1e6 }, (_, i) => "piece " + i)', FAILED],
  ['a deep answer', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a', FAILED],
  ['an answer that contains itself', 'const a = {}; a.a = { b: [a] }; return a', FAILED],
  [
    'an endless Proxy',
    'const p = () => new Proxy({}, { ownKeys: () => ["a"], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }), get: () => p() }); return p()',
    FAILED,
  ],
  [
    'a Proxy without end of keys',
    'return new Proxy({}, { ownKeys: () => Array.from({ length: 1e7 }, (_, i) => "k" + i) })',
    BOMBED,
  ],
  ['a revoked Proxy', 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy', FAILED],
  ['not a number', 'return { a: [1, { b: NaN }] }', FAILED],
  ['infinity', 'return 1 / 0', FAILED],
  ['a BigInt', 'return { a: 1n }', FAILED],
  ['a symbol', 'return Symbol.iterator', FAILED],
  [
    'symbols as keys',
    'return { [Symbol.toPrimitive]: () => { for (;;); }, [Symbol("a")]: 1, b: 2 }',
    { value: { b: 2 } },
  ],
  ['a Map', 'return { a: new Map([[1, 2]]) }', FAILED],
  ['a thrown symbol', 'throw Symbol("x")', FAILED],
  ['a thrown null', 'throw null', FAILED],
  ['a thrown function', 'throw () => { for (;;); }', FAILED],
  ['a thrown Proxy', 'throw new Proxy({}, { get() { throw 1 } })', FAILED],
  [
    'an error with hostile parts',
    'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { throw e } }); throw e',
    FAILED,
  ],
  ['a huge message', 'throw new Error("x".repeat(1e8))', FAILED],
  ['a huge log', 'for (let i = 0; i < 1e5; i++) console.log("x".repeat(1000)); return 1', { value: 1 }],
  ['a log entry of 500 MB', 'console.log("x".repeat(5e8)); return 1', { value: 1 }],
  [
    'a log of hostile things',
    'console.log(new Proxy({}, { get() { throw 1 } }), { toJSON() { throw 2 } }, Symbol("a"), 1n); return 1',
    { value: 1 },
  ],
  [
    'a polluted prototype',
    'Object.prototype.polluted = 1; Array.prototype[Symbol.iterator] = null; JSON.stringify = null; Function.prototype.call = null; Object.prototype.toJSON = undefined; return [{ a: 1 }]',
    { value: [{ a: 1 }] },
  ],
  ['__proto__ in the answer', 'return JSON.parse(\'{"__proto__": {"polluted": 1}}\')', FAILED],
  ['process through a constructor', 'return this.constructor.constructor("return process")()', FAILED],
  [
    'process through every function in reach',
    'const seen = []; for (const f of [require, console.log, socotraApi.tableLookup, Date, Math.random, Intl.DateTimeFormat.prototype.formatToParts]) seen.push(typeof f.constructor("return globalThis")().process); return seen.join()',
    { value: 'undefined,undefined,undefined,undefined,undefined,undefined' },
  ],
  [
    'an iterator that speaks for others',
    'Array.prototype[Symbol.iterator] = function* () { yield { toString: () => "a" } }; return socotraApi.tableLookup(0, "t", "a")',
    { value: '1.5' },
  ],
  ['the caller of the function', 'return [arguments.callee.caller, exports.run.caller]', { value: [null, null] }],
  [
    'call sites',
    'Error.prepareStackTrace = (_, sites) => sites.map((site) => [typeof site.getThis(), typeof site.getFunction()].join()); const stack = new Error().stack; delete Error.prepareStackTrace; return stack.slice(1).every((site) => site === "undefined,undefined")',
    { value: true },
  ],
  ['process by name', 'return process.exit(1)', FAILED],
  ['require of Node', 'return require("child_process").execSync("id")', FAILED],
  ['require of node:fs', 'return require("node:fs")', FAILED],
  ['require outside scripts', 'return require("../../../../etc/passwd")', FAILED],
  ['require of an absolute path', 'return require("/etc/passwd")', FAILED],
  ['require of __proto__', 'return require("./__proto__")', FAILED],
  ['dynamic import', 'return import("node:fs")', FAILED],
  ['a script that closes its wrapper', 'return require("./escape.js")', FAILED],
  ['WebAssembly', 'return new WebAssembly.Memory({ initial: 65536 })', FAILED],
  ['waiting without end', 'return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', FAILED],
  ['finalizers', 'return new FinalizationRegistry(() => { for (;;); })', FAILED],
  [
    'timers and network',
    'return [typeof setTimeout, typeof fetch, typeof XMLHttpRequest, typeof Buffer]',
    { value: ['undefined', 'undefined', 'undefined', 'undefined'] },
  ],
  [
    'the tools it is given',
    'try { console.log = socotraApi.tableLookup = null; delete globalThis.Date } catch {} return 1',
    { value: 1 },
  ],
  ['lookups without end', 'for (;;) socotraApi.tableLookup(0, "t", "a")', LOOPED],
  ['auxiliary data without end', 'for (;;) socotraApi.setAuxData("l", "k", "x".repeat(1000))', FAILED],
  ['a lookup with a hostile key', 'return socotraApi.tableLookup(0, "t", { toString() { for (;;); } })', LOOPED],
  [
    'names of Object in lookups',
    'return socotraApi.tableLookup(0, "t", "__proto__") + socotraApi.tableLookup(0, "t", "constructor")',
    { value: '' },
  ],
  [
    'hostile with statements',
    'with (new Proxy({}, { has: () => true, get: () => undefined })) { return socotraApi }',
    { value: null },
  ],
];

const program: Program = {
  hash: 'hostile',
  timeZone: 'UTC',
  currency: 'USD',
  calculations: {},
  templates: {},
  tables: { t: { name: 't', file: 't.csv', columns: ['key', 'value'], rows: [['a', '1.5']] } },
  scripts: {
    'good.js':
      'exports.run = (data) => ({ twice: data.a * 2, clean: {}.polluted === undefined && [].polluted === undefined });',
    'spin.js': 'for (;;);',
    'escape.js': '}); for (;;); (function () {',
    ...Object.fromEntries(GUESTS.map(([, body], i) => [`guest-${i}.js`, `exports.run = function (data) { ${body} };`])),
  },
};
const context = { clock: 1_700_000_000_000, seed: 'seed', worksheet: false };

describe('S30 hostile plugins', () => {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = openSandbox({ hosts: 2 });
  });
  afterAll(() => sandbox.close());

  it.each(GUESTS.map((guest, i) => [guest[0], i, guest[2]] as const))('%s', async (_name, i, expected) => {
    const run = { program, function: 'run', arguments: [{ a: 21 }], context };
    const started = performance.now();
    // What must end by something else than its time gets time enough for a slow machine to come to that.
    const timed = !('value' in expected) && expected.includes('plugin-timeout');
    const limits = timed ? {} : { limits: { time: 5_000 } };
    const outcome = await sandbox.runPlugin({ ...run, ...limits, path: `guest-${i}.js` });
    const took = performance.now() - started;
    if ('value' in expected) expect(outcome).toMatchObject({ ok: true, value: expected.value });
    else {
      expect(outcome).toMatchObject({ ok: false, code: expect.toBeOneOf([...expected]) });
      expect(outcome.ok ? '' : outcome.message).toMatch(/\S{3}/);
    }
    expect(JSON.stringify(outcome).length).toBeLessThan(6_000_000);
    // The first call loads the program; every other costs its guest's limit (700 ms) and little more. The bound leaves a busy
    // machine ten times that: a guest that nothing stops would still be far beyond it.
    if (i > 0) expect(took).toBeLessThan(7_000);

    const next = await sandbox.runPlugin({ ...run, path: 'good.js' });
    expect(next).toMatchObject({ ok: true, value: { twice: 42, clean: true } });
  });
});
