import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal } from '#core/model/decimal.ts';
import type { TableIndex } from '#core/model/table.ts';
import { compileCalculation, interpretCalculation } from './calculation.ts';
import type { CalculationInput } from './contract.ts';
import { instantiate } from './runtime.ts';

/** A fixed seed: a failure here fails everywhere. */
const SEED = 20_210_628;

// Templates are made from a small grammar over a few names, so that assignments, reads and loops meet each other.
const names = ['a', 'b', 'vehicle_value', 'data', 'x'];
const keys = [
  'n',
  'd',
  's',
  't',
  'list',
  'o',
  '10_year',
  'first',
  'size',
  'last',
  '0',
  'constructor',
  '__proto__',
  'length',
];
const word = fc.constantFrom(
  'Yes',
  'No',
  '',
  ' ',
  '7',
  '-3',
  '2.50',
  '.5',
  '1e3',
  '00012',
  '9007199254740993',
  'ünlimited',
  'a,b,c',
);
const decimalText = fc.oneof(
  fc
    .tuple(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.nat(6))
    .map(([c, s]) => new Decimal(c).div(10 ** s).toFixed(s)),
  fc.tuple(fc.maxSafeInteger(), fc.nat(15)).map(([c, s]) => new Decimal(c).times(`1e-${s}`).toFixed(s)),
);
const numberLiteral = fc.oneof(
  decimalText,
  fc.integer({ min: -20, max: 20 }).map(String),
  fc.constantFrom('0', '.05', '100', '12.0'),
);
const quoted = (text: string): string => `"${text}"`;
const key = fc.oneof(
  fc.constantFrom(...keys).map((name) => `.${name}`),
  fc.integer({ min: -2, max: 3 }).map((i) => `[${i}]`),
  fc.constantFrom('[a]', '[x]', '["s"]', '[data.s]', '[forloop.index0]'),
);
const path = fc
  .tuple(fc.constantFrom(...names), fc.array(key, { maxLength: 3 }))
  .map(([root, rest]) => root + rest.join(''));
const primary = fc.oneof(
  { weight: 4, arbitrary: path },
  { weight: 3, arbitrary: numberLiteral },
  { weight: 2, arbitrary: word.map(quoted) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('nil', 'true', 'false', 'forloop.index', 'forloop.last', 'forloop.parentloop.index'),
  },
);
const filter = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom('plus', 'minus', 'times', 'divided_by', 'modulo', 'at_least', 'at_most'), primary)
      .map(([name, argument]) => `${name}: ${argument}`),
  },
  { weight: 2, arbitrary: fc.constantFrom('round', 'round: 2', 'round: 4', 'round: -1', 'ceil', 'floor', 'abs') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'downcase',
      'capitalize',
      'size',
      'first',
      'last',
      'reverse',
      'sort',
      'uniq',
      'sum',
      'join: "/"',
      'compact',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          'append',
          'prepend',
          'split',
          'default',
          'remove',
          'concat',
          'map',
          'truncate',
          'slice',
          'where',
        ),
        primary,
      )
      .map(([name, argument]) => `${name}: ${argument}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'timestamp_millis_print: "d MMM YYYY"',
      'timestamp_millis_add: "day", 1',
      'format_number',
      'no_such_filter',
    ),
  },
);
const expression = fc.tuple(primary, fc.array(filter, { maxLength: 3 })).map((parts) => parts.flat().join(' | '));
const lookup = fc
  .tuple(fc.constantFrom('"t"', '"missing"', 'data.s'), primary)
  .map(([table, argument]) => `${table} | lookup: ${argument}`);
const comparison = fc
  .tuple(
    primary,
    fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'contains'),
    fc.oneof(primary, fc.constantFrom('empty', 'blank')),
  )
  .map((parts) => parts.join(' '));
const condition = fc
  .array(fc.oneof(comparison, primary), { minLength: 1, maxLength: 3 })
  .chain((parts) =>
    fc.tuple(fc.constant(parts), fc.array(fc.constantFrom(' and ', ' or '), { minLength: 2, maxLength: 2 })),
  )
  .map(([parts, glue]) => parts.reduce((text, part, i) => text + (i === 0 ? '' : glue[i - 1]) + part, ''));
const setter = fc.constantFrom('set_year_premium', 'add_fee: "f", a', 'add_underwriting_note', 'set_peril_tax');

const { block } = fc.letrec<{ block: string; node: string }>((tie) => ({
  block: fc.array(tie('node'), { maxLength: 4 }).map((nodes) => nodes.join('\n')),
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.tuple(fc.constantFrom('a', 'b', 'x'), fc.oneof(expression, lookup)).map(([n, e]) => `{% assign ${n} = ${e} %}`),
    fc.tuple(expression, setter).map(([e, s]) => `{{ ${e}\n | ${s} }}`),
    expression.map((e) => `{{ ${e} }} text `),
    fc.constantFrom('{% increment a %}', '{% decrement c %}', '{% cycle "p", a %}', '{%- break -%}', '{% continue %}'),
    fc
      .tuple(condition, tie('block'), condition, tie('block'), tie('block'))
      .map(([c, b, d, e, f]) => `{% if ${c} %}${b}{% elsif ${d} %}${e}{% else %}${f}{% endif %}`),
    fc.tuple(condition, tie('block')).map(([c, b]) => `{% unless ${c} %}${b}{% endunless %}`),
    fc
      .tuple(expression, primary, primary, tie('block'), tie('block'))
      .map(([s, v, w, b, e]) => `{% case ${s} %}{% when ${v}, ${w} %}${b}{% else %}${e}{% endcase %}`),
    fc
      .tuple(
        fc.constantFrom('x', 'a'),
        fc.oneof(path, fc.constant('(1..4)')),
        fc.constantFrom('', 'limit: 2', 'offset: 1 reversed', 'limit: a'),
        tie('block'),
        tie('block'),
      )
      .map(([v, c, m, b, e]) => `{% for ${v} in ${c} ${m} %}${b}{% else %}${e}{% endfor %}`),
    fc.tuple(fc.constantFrom('a', 'b'), tie('block')).map(([n, b]) => `{% capture ${n} %}${b}{% endcapture %}`),
  ),
}));

const leaf = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  decimalText.map((text) => ({ $decimal: text })),
  word,
  fc.boolean(),
  fc.constant(null),
);
const members = fc.record({ n: leaf, d: leaf, s: word, t: leaf, '10_year': word }, { requiredKeys: [] });
const data = fc.record(
  {
    n: leaf,
    d: leaf,
    s: word,
    t: leaf,
    list: fc.array(fc.oneof(leaf, members), { maxLength: 4 }),
    o: members,
    policy_characteristics: fc.record({ field_values: fc.record({ vehicle_value: leaf }) }),
  },
  { requiredKeys: [] },
);

const table: TableIndex = {
  source: { name: 't', file: 't.csv', columns: ['key', 'value'], rows: [] },
  lookup: ([key]) =>
    key === 'Yes'
      ? { found: true, value: '0.89', rows: [2] }
      : { found: false, value: null, rows: [], why: 'no such key' },
};
const inputOf = (scope: CalculationInput['scope'], worksheet: boolean): CalculationInput => ({
  scope,
  tables: (name) => (name === 't' ? table : undefined),
  clock: 1_624_863_600_000,
  timeZone: 'America/Los_Angeles',
  currency: 'USD',
  worksheet,
});

test('L80 the interpreter and the compiled form give the same outcome, with and without a worksheet', () => {
  fc.assert(
    fc.property(block, data, (source, content) => {
      const scope = { data: JSON.parse(JSON.stringify(content)) };
      const compiled = compileCalculation(source, 'generated.liquid');
      expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const calculation = instantiate(compiled.code);
      const traced = calculation.run(inputOf(scope, true));
      expect(traced).toEqual(interpretCalculation(source, 'generated.liquid', inputOf(scope, true)));
      const plain = calculation.run(inputOf(scope, false));
      expect(plain).toEqual(interpretCalculation(source, 'generated.liquid', inputOf(scope, false)));
      expect(plain).toEqual({ ...traced, steps: [] });
    }),
    { seed: SEED, numRuns: 500 },
  );
});
