import { expect, test } from 'vitest';
import { parse } from './parse.ts';
import { assigned, effects, run, value } from './testing.ts';

const codes = (source: string): string[] =>
  parse(source, 'f.liquid').diagnostics.map((d) => `${d.severity} ${d.code} ${d.line}:${d.column}`);

test('L1 whitespace control trims the text beside a tag', () => {
  expect(assigned('{% capture a %} x {%- if true -%} y {%- endif %} z {{- 1 -}} \n w{% endcapture %}').a).toBe(
    ' xy z1w',
  );
  expect(effects('\uFEFF{{ 1\r\n | set_year_premium }}\r\n')).toEqual([['set_year_premium', '1']]);
});

test('L2 quotes protect closing marks, apostrophes in text do not open a quote', () => {
  expect(value('"}} %}"')).toBe('}} %}');
  expect(assigned(`It's {% assign a = 1 %} isn't {% assign b = 2 %}`)).toEqual({ a: '1', b: '2' });
});

test('L2 a case tag without its percent sign is closed with a warning', () => {
  const source = '{% case data.state}\n{% when "CA" %}{% assign f = 1.35 %}{% else %}{% assign f = 1 %}{% endcase %}';
  expect(codes(source)).toEqual(['warning liquid-malformed-close 1:1']);
  expect(assigned(source, { state: 'CA' }).f).toBe('1.35');
});

test('L3 comments, raw and the liquid tag', () => {
  const source = `{% comment %} {% if %} {% comment %} it's {% endcomment %} {{ {% endcomment %}{% # note %}
{% liquid
  assign a = 2
  comment
    assign a = 3
  endcomment
  if a == 2
    assign b = a | times: 2
  endif
  echo b | set_year_premium
%}{% capture c %}{% raw %}{{ a }}{% endraw %}{% endcapture %}`;
  expect(codes(source)).toEqual([]);
  expect(assigned(source)).toEqual({ a: '2', b: '4', c: '{{ a }}' });
  expect(effects(source)).toEqual([['set_year_premium', '4']]);
});

test('L4 header and footer blocks calculate, their text does not count', () => {
  expect(
    assigned('{% header %}x{% assign a = 1 %}{% endheader %}{% footer %}{{ | page_number }}{% endfooter %}'),
  ).toEqual({ a: '1' });
});

test('L4 else if reads as elsif with a warning', () => {
  const source = '{% if false %}{% else if true %}{% assign a = 1 %}{% endif %}';
  expect(codes(source)).toEqual(['warning liquid-else-if 1:15']);
  expect(assigned(source).a).toBe('1');
});

test('L4 a branch after else is never reached, with a warning', () => {
  const source = '{% if false %}{% else %}{% assign a = 1 %}{% elsif true %}{% assign a = 2 %}{% endif %}';
  expect(codes(source)).toEqual(['warning liquid-after-else 1:43']);
  expect(assigned(source).a).toBe('1');
});

test('L90 long chains of branches are read, endless ones refused', () => {
  const many = (count: number, text: string): string =>
    Array.from({ length: count }, (_, i) => text.replace('#', String(i))).join('');
  expect(
    assigned(`{% if false %}${many(3_000, '{% elsif data.n == # %}{% assign a = "yes" %}')}{% endif %}`, { n: 2_999 })
      .a,
  ).toBe('yes');
  expect(codes(`{{ 1${many(500, ' | plus: #')} }}`)[0]).toContain('error liquid-syntax');
  expect(codes(`{% if a${many(500, ' or a == #')} %}{% endif %}`)[0]).toContain('error liquid-syntax');
  expect(codes(`{{ ${'1'.repeat(500)} }}`)[0]).toContain('error liquid-syntax');
});

test('L9 signs of other languages and braces inside a condition are read with a warning', () => {
  const data = { state: 'CA', age: 30 };
  const source = '{% if data.state == "NV" || {{data.age}} > 20 && data.state == "CA" %}{% assign a = 1 %}{% endif %}';
  expect(codes(source)).toEqual([
    'warning liquid-operator 1:26',
    'warning liquid-braces 1:29',
    'warning liquid-operator 1:47',
  ]);
  expect(assigned(source, data).a).toBe('1');
  expect(codes('{% if data.state }} == "CA" %}{% endif %}')).toEqual(['warning liquid-braces 1:18']);
});

test('L8 a doubled equals sign assigns, with a warning', () => {
  const source = '{% assign row =  = data.row %}{% assign a = row.rate %}';
  expect(codes(source)).toEqual(['warning liquid-doubled-equals 1:18']);
  expect(assigned(source, { row: { rate: 2 } }).a).toBe('2');
});

test.each([
  ['{% if a %}\n{{ 1 }}', 'error liquid-unclosed-tag 1:1'],
  ['x\n{% for a in b %}{% if c %}{% endfor %}', 'error liquid-unclosed-tag 2:17'],
  ['{% comment %} never', 'error liquid-unclosed-tag 1:1'],
  ['{{ a', 'error liquid-unclosed-tag 1:1'],
  ['{% endif %}', 'error liquid-stray-tag 1:1'],
  ['{% include "x" %}', 'error liquid-unknown-tag 1:1'],
  ['\n  {{ a + 1 }}', 'error liquid-syntax 2:8'],
  ['{{ a | times 2 }}', 'error liquid-syntax 1:14'],
  ['{% assign a %}', 'error liquid-syntax 1:13'],
  ['{% for a of b %}{% endfor %}', 'error liquid-syntax 1:10'],
  ['{{ a. }}', 'error liquid-syntax 1:7'],
  ['{{ "a }}', 'error liquid-syntax 1:4'],
])('L5 %j is an error with its place: %s', (source, expected) => {
  expect(codes(source)).toEqual([expected]);
});

test('L5 one file reports every error, and an unclosed block names its line', () => {
  const { diagnostics } = parse('{% assign = 1 %}\n{% if x %}\n{{ | }}\n{{ 1 2 }}', 'f.liquid');
  expect(diagnostics.map((d) => d.line)).toEqual([1, 2, 3, 4]);
  expect(diagnostics[1]?.message).toContain('`{% if x %}` of line 2 is never closed with `{% endif %}`');
});

test('L5 nesting without end is an error, not a crash', () => {
  expect(codes('{% if a %}'.repeat(5_000))).toContain('error liquid-too-deep 1:1001');
  expect(codes(`{% if ${'('.repeat(5_000)}a %}{% endif %}`)[0]).toMatch(/^error liquid-syntax/);
});

test('L6 names may begin with digits and hold hyphens', () => {
  const data = { policy: { '10_year_felony_conviction': 'Yes', 'a-b': 1, '2020': 'y' } };
  expect(value('data.policy.10_year_felony_conviction', data)).toBe('Yes');
  expect(value('data.policy.a-b', data)).toBe('1');
  expect(value('data.policy.2020', data)).toBe('y');
});

test('L7 literals', () => {
  expect(value('.05 | times: 2')).toBe('0.1');
  expect(value('7 | divided_by: 2.')).toBe('3.5');
  expect(value('-.5 | plus: -1')).toBe('-1.5');
  expect(value(`'it "is"'`)).toBe('it "is"');
  expect(value('null')).toBe(null);
});

test('L8 pipes without blanks, doubled, trailing, and without input', () => {
  expect(value('0.014| round: 2')).toBe('0.01');
  expect(value('10 | | divided_by: 4.0')).toBe('2.5');
  expect(codes('{{ a || round | }}')).toEqual(['warning liquid-doubled-pipe 1:7', 'warning liquid-trailing-pipe 1:15']);
  expect(value('| default: 3')).toBe('3');
});

const holds = (condition: string, data = {}): boolean =>
  assigned(`{% if ${condition} %}{% assign yes = 1 %}{% endif %}`, data).yes === '1';

test('L9 every way of writing a condition', () => {
  expect(holds('1 === 1 and 2 <> 3 and "a" !== "b"')).toBe(true);
  expect(holds('1 = 1')).toBe(true);
  expect(codes('{% if 1 = 1 %}{% endif %}')).toEqual(['warning liquid-single-equals 1:9']);
  expect(holds('(data.a or data.b) and data.c', { a: true, b: false, c: false })).toBe(false);
  expect(holds('data.list | size >= 2', { list: [1, 2] })).toBe(true);
  expect(holds('not data.a', { a: false })).toBe(true);
  expect(holds('(1..3) contains 2')).toBe(true);
});

test('L10 and, or bind from right to left; parentheses group', () => {
  expect(holds('true or false and false')).toBe(true);
  expect(holds('false and false or true')).toBe(false);
  expect(holds('(false and false) or true')).toBe(true);
});

test('L83 a file with errors runs to a failure with its first error', () => {
  const outcome = run('{{ 1 | set_year_premium }}\n{% if x %}');
  expect(outcome).toMatchObject({ ok: false, place: { file: 'test.liquid', line: 2 } });
});
