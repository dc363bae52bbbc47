import { expect, test } from 'vitest';
import { type Analysis, analyze } from './analyze.ts';
import { parse } from './parse.ts';

const analysisOf = (source: string): Analysis => analyze(parse(source, 'f.liquid').template);

test('L95 reads follow aliases to the data and say what is not assigned', () => {
  const { reads } = analysisOf(`{% assign v = data.policy_characteristics.field_values %}
{% if v.channel == 'Direct' and policy_c.channel == 'x' %}{% assign total = total | times: 2 %}{% endif %}
{% for exp in data.policy.exposures %}{{ exp.characteristics.last.field_values.area | plus: later }}{% assign later = 1 %}{% endfor %}
{{ total }}`);
  expect(reads.map(({ text, path, origin, line }) => [line, text, origin, path])).toEqual([
    [1, 'data.policy_characteristics.field_values', 'data', 'data.policy_characteristics.field_values'],
    [2, 'v.channel', 'assigned', 'data.policy_characteristics.field_values.channel'],
    [2, 'policy_c.channel', 'bare', undefined],
    [2, 'total', 'late', undefined],
    [3, 'data.policy.exposures', 'data', 'data.policy.exposures'],
    [
      3,
      'exp.characteristics.last.field_values.area',
      'loop',
      'data.policy.exposures[].characteristics[].field_values.area',
    ],
    [3, 'later', 'assigned', undefined],
    [4, 'total', 'assigned', undefined],
  ]);
});

test('L95 lookups name their table and where their keys come from', () => {
  const { lookups } = analysisOf(`{% assign v = data.exposure_characteristics.field_values %}
{% assign age = v.year | minus: 1900 %}
{% assign k = v.state | append: "/" | append: v.sex %}
{% if age > 5 %}{% assign band = "old" %}{% else %}{% assign band = "new" %}{% endif %}
{% capture c %}{{ v.state }}-{{ band }}{% endcapture %}
{{ "a" | lookup: v.type }}{{ "b" | lookup: age }}{{ "c" | lookup: k }}{{ "d" | lookup: band }}{{ "e" | lookup: c }}{{ "f" | lookup: "X", v.type }}`);
  const path = (name: string) => ({
    kind: 'path',
    path: `data.exposure_characteristics.field_values.${name}`,
    filters: [],
  });
  const literal = (value: string) => ({ kind: 'literal', value });
  expect(lookups.map(({ table, keys }) => [table.kind === 'literal' && table.value, ...keys])).toEqual([
    ['a', path('type')],
    ['b', { kind: 'number' }],
    ['c', { kind: 'composite', parts: [{ kind: 'composite', parts: [path('state'), literal('/')] }, path('sex')] }],
    ['d', { kind: 'oneOf', options: [literal('old'), literal('new')] }],
    [
      'e',
      {
        kind: 'composite',
        parts: [path('state'), literal('-'), { kind: 'oneOf', options: [literal('old'), literal('new')] }],
      },
    ],
    ['f', literal('X'), path('type')],
  ]);
});

test('L95 setters, comparisons with literals, constant conditions', () => {
  const { setters, comparisons, constantConditions } = analysisOf(`{% assign d = "deny" %}
{{ d | set_underwriting_decision }}{{ 5 | add_fee: "policy", "why" }}
{% if 100 < data.v %}{% elsif data.s == "a" or "b" %}{% endif %}
{% case data.s %}{% when "x", 2 %}{% endcase %}`);
  expect(setters).toMatchObject([
    { filter: 'set_underwriting_decision', value: { kind: 'literal', value: 'deny' }, line: 2, column: 8 },
    { filter: 'add_fee', value: { kind: 'number', value: '5' }, arguments: [{ value: 'policy' }, { value: 'why' }] },
  ]);
  expect(comparisons.map(({ operator, literal, line }) => [operator, literal.type, literal.value, line])).toEqual([
    ['>', 'number', '100', 3],
    ['==', 'string', 'a', 3],
    ['==', 'string', 'x', 4],
    ['==', 'number', '2', 4],
  ]);
  expect(constantConditions).toMatchObject([{ text: '"b"', value: true, line: 3 }]);
});

test('L95 divisions of whole numbers, unknown filters, wrong arguments, first rows', () => {
  const { integerDivisions, diagnostics, filters } =
    analysisOf(`{{ data.v | divided_by: 100 }}{{ data.v | times: 1.0 | divided_by: 100 }}
{{ 7 | round | divided_by: 2 }}{{ data.v | divided_by: 360.00 }}
{{ 1 | add_month_commissionn: "A" }}{{ 1 | times }}
{{ data.policy.characteristics[0].field_values.x }}`);
  expect(integerDivisions.map(({ line, certain }) => [line, certain])).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(diagnostics.map(({ severity, code, line, column }) => `${severity} ${code} ${line}:${column}`)).toEqual([
    'error unknown-filter 3:8',
    'warning filter-arguments 3:44',
    'info first-characteristics 4:4',
  ]);
  expect(diagnostics[0]?.message).toContain('is `add_month_commission` meant?');
  expect(filters.find(({ known }) => !known)?.name).toBe('add_month_commissionn');
});
