import { expect, test } from 'vitest';
import { parseScript } from '#core/product/script-syntax.ts';
import { wiredScripts } from './stateless.ts';
import { WIRES } from './watched-names.ts';

/** How many functions of a script have a wire; `never` where wires are not enough. */
function wires(source: string): number | 'never' {
  const parsed = parseScript(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.message}`);
  const text = wiredScripts(new Map([['a.js', { source, program: parsed.program }]]))?.get('a.js');
  if (text === undefined) return 'never';
  // It is still a script.
  expect(parseScript(text).ok).toBe(true);
  return text.split(`${WIRES.trip}()`).length - 1;
}

test('a script gets a wire wherever a change may outlive its call (BR36)', () => {
  const cases: readonly (readonly [source: string, wires: number | 'never'])[] = [
    // What the top of a script does it does once, before the first risk.
    ['let n = 0; n += 1; const t = []; t.push(n); exports.a = () => t.length + n;', 0],
    // Locals, and what was made by the same call.
    ['exports.a = (d) => { let n = 0; for (let i = 0; i < 3; i += 1) n += d[i]; d = n; return d; };', 0],
    ['exports.a = (d) => { const o = {}; for (const k of d) o[k] = 1; delete o.x; o.n++; return o; };', 0],
    ['exports.a = () => { const m = new Map(); m.set(1, 2); const l = [...m.keys()]; return l.sort(); };', 0],
    ['exports.a = (d) => d.map((x) => x + 1).sort().concat([1].reverse());', 0],
    ['exports.a = (d) => { let l; l = [], d.forEach((x) => { l.push(x); }); return l; };', 0],
    [
      'class A { #n; constructor(n) { this.#n = n; this.m = n; } get n() { return this.#n; } } exports.a = (d) => new A(d);',
      0,
    ],
    ['exports.a = (d) => d.text.replace(/x/g, "y");', 0],
    // State, however it is reached.
    ['let n = 0; exports.a = () => { n += 1; return n; };', 1],
    ['let n = 0; exports.a = () => (n++, n);', 1],
    ['let n = 0; exports.a = (d) => { [n] = d; for (n of d); };', 1],
    ['function make() { let n = 0; return () => { n += 1; return n; }; } exports.a = make();', 1],
    ['const memo = new Map(); exports.a = (k) => { if (!memo.has(k)) memo.set(k, k * 2); return memo.get(k); };', 1],
    ['const memo = {}; exports.a = (k) => (memo[k] ??= k * 2);', 1],
    ['const all = []; exports.a = (x) => { const l = all; l.push(x); return l.length; };', 1],
    ['const all = [[]]; exports.a = (x) => { let l = []; if (x) l = all[0]; l.push(x); return l.length; };', 1],
    ['exports.a = (d) => { d.exposures.length = 0; };', 1],
    ['exports.a = ({ list }) => list.sort();', 1],
    ['exports.a = function a() { a.calls = (a.calls || 0) + 1; return a.calls; };', 1],
    ['exports.a = () => { exports.n = (exports.n || 0) + 1; return exports.n; };', 1],
    ['class A { n = 0; next() { this.n += 1; return this.n; } } const one = new A(); exports.a = () => one.next();', 2],
    ['class A extends B { constructor() { super(); this.n = 1; } } exports.a = () => new A();', 1],
    ['const when = new Date(0); exports.a = () => when.setDate(when.getDate() + 1);', 1],
    ['const o = {}; exports.a = (d) => Object.assign(o, d);', 1],
    [
      'const own = { map: (f) => f }; function make() { let n = 0; return own.map(() => { n += 1; return n; }); } exports.a = make();',
      1,
    ],
    ['const o = {}; exports.a = (t) => { const p = JSON.parse(t, () => o); p.n = 1; };', 1],
    ['exports.a = (t) => { const p = JSON.parse(t); p.n = 1; };', 0],
    // Where no wire is sure to be touched in time, or a method may hide behind another name.
    ['let n = 0; exports.a = (x = (n += 1)) => x;', 'never'],
    ['let n = 0; class A { m = (n += 1); } exports.a = () => new A().m;', 'never'],
    ['const shared = []; shared.more = shared.push; exports.a = (x) => shared.more(x);', 'never'],
    ['const { push: more } = []; exports.a = more;', 'never'],
    ['const l = []; exports.a = (x) => l.push.call(l, x);', 'never'],
    [
      'const all = []; class L extends Array { constructor() { super(); return all; } } exports.a = (x) => new L().map(() => x);',
      'never',
    ],
    ['const o = {}; function B() { return o; } class A extends B { n = 1; } exports.a = () => new A();', 'never'],
    ['const re = /x/g; exports.a = (t) => re.test(t);', 'never'],
    ['const it = [1, 2].values(); exports.a = () => [...it].length;', 'never'],
    ['function* count() { yield 1; } const it = count(); exports.a = () => [...it].length;', 'never'],
    ['exports.a = () => require("./b.js").b;', 'never'],
    ['const \\u0024fieldwriterTrip = () => 0; exports.a = () => 1;', 'never'],
  ];
  for (const [source, expected] of cases) expect(wires(source), source).toBe(expected);
});
