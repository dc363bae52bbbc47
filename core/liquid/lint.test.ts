import { expect, test } from 'vitest';
import { lint } from './lint.ts';
import { parse } from './parse.ts';

const found = (source: string): string[] =>
  lint(parse(source, 'f.liquid').template).map(({ code, line, column }) => `${code} ${line}:${column}`);

test('L95 a division of whole numbers cuts the decimals off', () => {
  expect(found('{% assign days = data.a | get_30_360_day_count: data.b %}\n{{ days | divided_by: 360 }}')).toEqual([
    'truncation 2:11',
  ]);
  expect(found('{{ data.v | round | divided_by: 100 | times: 0.5 }}')).toEqual(['truncation 1:21']);
  expect(found('{{ data.v | divided_by: 100 }}{{ 7 | divided_by: 2.0 }}{{ 7 | times: 1.0 | divided_by: 2 }}')).toEqual(
    [],
  );
});

test('L95 conditions that never change', () => {
  expect(found('{% if data.a == "x" or "y" %}{% endif %}')).toEqual(['constant-condition 1:24']);
  expect(found('{% if 1 == 2 %}{% elsif true %}{% endif %}')).toEqual(['constant-condition 1:7']);
  expect(found('{% if data.a == "x" or data.a == "y" %}{% endif %}')).toEqual([]);
});

test('L95 names that are read before they are assigned', () => {
  expect(found('{% case data.s %}{% when "CA" %}{% assign f = f | times: 1.35 %}{% endcase %}')).toEqual([
    'read-before-assign 1:47',
  ]);
  // In a loop the turn before may have assigned it.
  expect(
    found('{% for x in data.l %}{% if seen %}{{ x }}{% endif %}{% assign seen = x %}{% endfor %}{{ seen }}{{ x }}'),
  ).toEqual([]);
  expect(found('{% assign a = 1 %}{% if data.b %}{% assign a = a | plus: 1 %}{% endif %}')).toEqual([]);
});

test('L95 arguments too few or too many', () => {
  expect(found('{{ 1 | times }}{{ 1 | add_fee: "a", "b", "c" }}{{ 1 | no_such_filter }}')).toEqual([
    'filter-arguments 1:8',
    'filter-arguments 1:23',
  ]);
});
