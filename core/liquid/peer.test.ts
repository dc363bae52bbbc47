import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import * as exact from './exact.ts';
import { arithmetic, constant, plainKit } from './plain.ts';
import { assigned } from './testing.ts';

/** A fixed seed: a failure here fails everywhere. */
const SEED = 20_210_628;

// Numbers that binary floats hold exactly, typed names, no nil in orderings: what both dialects read alike.
const number = fc.oneof(
  fc.integer({ min: -40, max: 40 }).map(String),
  fc.integer({ min: -40, max: 40 }).map((n) => (n / 4).toFixed(2)),
  fc.constantFrom('i', 'j', 'data.n', 'data.d'),
);
const word = fc.oneof(fc.constantFrom('"ab"', '"Car and Van"', '"x<y>&z"', '" pad "', '""', 's', 't', 'data.s'));
const list = fc.constantFrom('l', 'data.l', 'm');
const piped = (start: fc.Arbitrary<string>, filter: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(start, fc.array(filter, { maxLength: 3 })).map((parts) => parts.flat().join(' | '));
const calculation = piped(
  number,
  fc.oneof(
    fc.tuple(fc.constantFrom('plus', 'minus', 'at_least', 'at_most'), number).map(([f, n]) => `${f}: ${n}`),
    fc.constantFrom(
      'times: 2',
      'times: -0.5',
      'divided_by: 2.0',
      'divided_by: 0.25',
      'modulo: 3',
      'modulo: -4',
      'round',
      'round: 1',
      'ceil',
      'floor',
      'abs',
    ),
  ),
);
const phrase = piped(
  word,
  fc.oneof(
    fc
      .tuple(
        fc.constantFrom('append', 'prepend', 'remove', 'remove_first'),
        fc.constantFrom('"a"', '"Car"', '"-"', 's'),
      )
      .map(([f, w]) => `${f}: ${w}`),
    fc.constantFrom(
      'upcase',
      'downcase',
      'capitalize',
      'strip',
      'lstrip',
      'rstrip',
      'escape',
      'replace: "a", "o"',
      'replace_first: "a", "o"',
      'truncate: 6',
      'truncatewords: 2',
      'slice: 1, 2',
      'slice: -2',
      'strip_html',
      'url_encode',
      'default: "none"',
    ),
  ),
);
const listing = piped(list, fc.constantFrom('sort', 'reverse', 'uniq', 'compact', 'concat: l', 'concat: data.l'));
const shown = fc.oneof(
  calculation,
  phrase,
  listing.map((l) => `${l} | join: "/"`),
  listing.map((l) => `${l} | size`),
  listing.map((l) => `${l} | first`),
  fc.constantFrom(
    'data.o | map: "k" | join',
    'data.o | where: "k", "a" | map: "n" | join',
    'data.o | sum: "n"',
    'data.o | sort: "n" | map: "k" | join',
    'data.o.size',
    'data.o.last.k',
    'data.l[-1]',
    'data.o[0].n',
  ),
);
const comparison = fc.oneof(
  fc.tuple(number, fc.constantFrom('==', '!=', '<', '<=', '>', '>='), number).map((parts) => parts.join(' ')),
  fc.tuple(word, fc.constantFrom('==', '!=', 'contains'), word).map((parts) => parts.join(' ')),
  fc.tuple(list, fc.constantFrom('"a"', '"c"')).map((parts) => parts.join(' contains ')),
  fc.constantFrom('data.none', 'data.none == nil', 'data.l == empty', 's == blank', 'true', 'false', 'nil'),
);
const condition = fc
  .tuple(comparison, fc.array(fc.tuple(fc.constantFrom(' and ', ' or '), comparison), { maxLength: 3 }))
  .map((parts) => parts.flat(2).join(''));

const { block } = fc.letrec<{ block: string; node: string }>((tie) => ({
  block: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join(' ')),
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    shown.map((e) => `{{ ${e} }};`),
    fc.tuple(fc.constantFrom('i', 'j'), calculation).map(([n, e]) => `{%- assign ${n} = ${e} -%}`),
    fc.tuple(fc.constantFrom('s', 't'), phrase).map(([n, e]) => `{% assign ${n} = ${e} %}`),
    listing.map((e) => `{% assign m = ${e} %}`),
    fc.constantFrom('{% increment c %}', '{% decrement c %}', '{% cycle "p", "q", i %}'),
    fc
      .tuple(condition, tie('block'), condition, tie('block'), tie('block'))
      .map(([c, a, d, b, e]) => `{% if ${c} %}${a}{% elsif ${d} %}${b}{% else %}${e}{% endif %}`),
    fc.tuple(condition, tie('block')).map(([c, b]) => `{% unless ${c} %}${b}{% endunless %}`),
    fc
      .tuple(word, word, word, tie('block'), tie('block'))
      .map(([c, v, w, a, b]) => `{% case ${c} %}{% when ${v}, ${w} %}${a}{% else %}${b}{% endcase %}`),
    fc
      .tuple(
        fc.oneof(list, fc.constantFrom('(1..4)', 'data.none')),
        fc.constantFrom('', 'limit: 2', 'offset: 1', 'reversed limit: 3 offset: 1'),
        fc.constantFrom('', '{% break %}', '{% continue %}'),
        tie('block'),
        tie('block'),
      )
      .map(
        ([l, m, j, b, e]) =>
          `{% for x in ${l} ${m} %}{{ x }}{{ forloop.index }}{{ forloop.last }}{% if forloop.first %}${j}{% endif %}${b}{% else %}${e}{% endfor %}`,
      ),
    fc.tuple(fc.constantFrom('s', 't'), tie('block')).map(([n, b]) => `{% capture ${n} %}${b}{% endcapture %}`),
  ),
}));

test('L81 liquidjs gives the same text wherever the dialects meet', () => {
  const peer = new Liquid({ outputEscape: (value: unknown) => String(value) });
  const start =
    '{% assign i = 3 %}{% assign j = 0.5 %}{% assign s = "ab" %}{% assign t = "Car" %}{% assign l = "b,a,c" | split: "," %}{% assign m = l %}';
  const data = {
    n: 12,
    d: 2.75,
    s: 'Van',
    l: ['a', 'b', 'a'],
    o: [
      { k: 'b', n: 2 },
      { k: 'a', n: 1.5 },
    ],
  };
  fc.assert(
    fc.property(block, (body) => {
      const theirs = peer.parseAndRenderSync(`${start}${body}`, { data });
      const ours = assigned(`${start}{% capture everything %}${body}{% endcapture %}`, data).everything;
      expect(ours).toBe(theirs);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('L50 L80 fast exact numbers and plain decimals agree to the last digit', () => {
  const coefficient = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.constantFrom(0, 1, -1, 5, Number.MAX_SAFE_INTEGER),
  );
  const operand = fc.oneof(
    fc
      .tuple(coefficient, fc.integer({ min: 0, max: 20 }))
      .map(([c, s]) => [new Decimal(c).times(`1e-${s}`).toFixed(s), s === 0] as const),
    fc.tuple(coefficient, coefficient).map(([a, b]) => [new Decimal(a).times(b).times(1000).toFixed(), true] as const),
    coefficient.map((c) => [new Decimal(c).div(7).toFixed(), false] as const),
  );
  const names = [
    'plus',
    'minus',
    'times',
    'divided_by',
    'modulo',
    'round',
    'ceil',
    'floor',
    'abs',
    'at_least',
    'at_most',
  ] as const;
  const fast = { ...exact, divided_by: exact.dividedBy, at_least: exact.atLeast, at_most: exact.atMost };
  const outcome = (
    compute: () => unknown,
    text: (value: unknown) => string,
    again: (value: unknown) => string,
  ): string[] => {
    try {
      const value = compute();
      return [text(value), again(value)];
    } catch (error) {
      return [error instanceof Error ? error.message : ''];
    }
  };
  fc.assert(
    fc.property(
      operand,
      operand,
      fc.constantFrom(...names),
      fc.integer({ min: -3, max: 8 }),
      ([a, wholeA], [b, wholeB], name, places) => {
        const isRound = name === 'round';
        const ours = outcome(
          () =>
            (fast[name] as (a: unknown, b: unknown) => unknown)(
              exact.constant(a, wholeA),
              isRound ? places : exact.constant(b, wholeB),
            ),
          exact.exactKit.numberText,
          // Halving shows whether the result counts as an integer.
          (value) => exact.exactKit.numberText(exact.dividedBy(value, 2)),
        );
        const plain = outcome(
          () => arithmetic[name]?.(constant(a, wholeA), isRound ? plainKit.fromInteger(places) : constant(b, wholeB)),
          plainKit.numberText,
          (value) => plainKit.numberText(arithmetic.divided_by?.(value, plainKit.fromInteger(2))),
        );
        expect(ours).toEqual(plain);
        expect(exact.exactKit.compareNumbers(exact.constant(a, wholeA), exact.constant(b, wholeB)) + 0).toBe(
          plainKit.compareNumbers(constant(a, wholeA), constant(b, wholeB)) + 0,
        );
      },
    ),
    { seed: SEED, numRuns: 8_000 },
  );
});

test('L30 numbers of the data read alike in both evaluators', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, min: -1000, max: 1000 }),
        fc.integer(),
      ),
      (raw) => {
        expect(exact.exactKit.numberText(exact.read(raw))).toBe(plainKit.numberText(plainKit.read(raw)));
      },
    ),
    { seed: SEED, numRuns: 5_000 },
  );
});
