import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/model/json.ts';
import type { TableIndex } from '#core/model/table.ts';
import { createDocumentRenderer, type RenderInput, type RenderOutcome, renderDocument } from './render.ts';

const PATH = 'products/auto/policy/schedule.template.liquid';

function render(template: string, data: JsonObject = {}, more: Partial<RenderInput> = {}): RenderOutcome {
  return renderDocument({
    templates: { [PATH]: template },
    template: PATH,
    data: { data },
    clock: Date.UTC(2024, 0, 2, 3),
    timeZone: 'America/Los_Angeles',
    currency: 'USD',
    ...more,
  });
}

function made(template: string, data?: JsonObject, more?: Partial<RenderInput>) {
  const outcome = render(template, data, more);
  if (!outcome.ok) throw new Error(`${outcome.message} ${JSON.stringify(outcome.place)}`);
  return outcome;
}
const html = (template: string, data?: JsonObject, more?: Partial<RenderInput>): string =>
  made(template, data, more).html;

function refused(template: string, data?: JsonObject, more?: Partial<RenderInput>) {
  const outcome = render(template, data, more);
  if (outcome.ok) throw new Error(`rendered: ${outcome.html.slice(0, 100)}`);
  return outcome;
}

describe('the lenient reading (D1)', () => {
  test.each([
    ['{{ data.v.10_year_conviction }}', 'Yes'],
    ['{% if {{data.v.state}} != "CA" %}other{% else %}CA{% endif %}', 'CA'],
    ['{% if data.v.state}} == "CA" %}CA{% endif %}', 'CA'],
    ['{% case data.v.state}{% when "CA" %}west{% endcase %}', 'west'],
    ['{{ 10 | | times: 2 }}', '20'],
    ['{{ 10 || times: 2 }}', '20'],
    ['{{ 10 | times: .05 }}', '0.5'],
    ['{{ 0.014| round: 2 }}', '0.01'],
    ['{% assign x = | default: "d" %}{{ x }}', 'd'],
    ['{% assign x =  = data.v %}{{ x.age }}', '30'],
    ['{% if (data.v.state == "NV" or data.v.state == "CA") and data.v.age > 20 %}in{% endif %}', 'in'],
    ['{% if data.v.state === "CA" && data.v.age !== 3 %}in{% endif %}', 'in'],
    ['{% if data.v.state == “CA” %}in{% endif %}', 'in'],
    ['{% if data.v.none == null and data.v.none == nil %}nil{% endif %}', 'nil'],
    ['{% if false %}a{% else if data.v.age > 20 %}b{% endif %}', 'b'],
    ['{% if false %}a{% elseif data.v.age > 20 %}b{% endif if %}', 'b'],
    ['{%{{data.v.x | format_number_pattern: "0" }} <br>%}after', 'after'],
    ['{% comment %} {{ never closed {% if %} {% endcomment %}after', 'after'],
    ['{% raw %}{{ a | | b }}{% endraw %}', '{{ a | | b }}'],
    ['{{ data.v.state } and {{ data.v.age }}', 'CA and 30'],
    ["{{ 'C:\\temp\\' }}", 'C:\\temp\\'],
    ['{{ }}empty', 'empty'],
    ['{% for e in data.v.map %}{{ e[0] }}={{ e[1] }};{% endfor %}', 'a=1;b=2;'],
    ['{{ data.list.last }}{{ data.list.first }}{{ data.list[1] }}', '312'],
    ['{% if data.list contains 2 and data.v.state contains "C" %}both{% endif %}', 'both'],
  ])('%s', (template, expected) => {
    const data = {
      v: { '10_year_conviction': 'Yes', state: 'CA', age: 30, map: { a: 1, b: 2 } },
      list: [1, 2, 3],
    };
    expect(html(template, data)).toBe(expected);
  });

  test('every rewriting is a warning with its place in the author’s text', () => {
    const { warnings } = made('first\n{{ 1 | | plus: 1 }} {{ 2 === 3 | nothing }}');
    expect(warnings.map(({ message, place }) => [message, place.line, place.column])).toEqual([
      ['a doubled pipe is read as one', 2, 8],
      ['"===" is read as "=="', 2, 26],
      ['there is no filter "nothing": the value passes through it unchanged', 2, 34],
    ]);
  });

  test('an error is told with file, line and column of the author’s text, behind rewritings too', () => {
    const { message, place } = refused('a\n{{ 1 | | plus: 1 }} {% nonsense %}');
    expect(message).toContain('"nonsense"');
    expect(place).toEqual({ file: PATH, line: 2, column: 21 });
    expect(refused('a\n  {{ x').place).toEqual({ file: PATH, line: 2, column: 3 });
    expect(refused('{% comment %} x').message).toContain('endcomment');
    expect(refused('{% if a %}').message).toContain('not closed');
    expect(refused('{% header %}').message).toContain('endheader');
  });
});

describe('numbers (D2)', () => {
  test.each([
    ['{{ 0.1 | plus: 0.2 }}', '0.3'],
    ['{{ 10 | divided_by: 4 }}', '2'],
    ['{{ 10 | times: 1.0 | divided_by: 4 }}', '2.5'],
    ['{{ 1.0 | divided_by: 8 }}', '0.125'],
    ['{{ -7 | divided_by: 2 }} {{ -7 | modulo: 3 }}', '-3 2'],
    ['{{ 2.5 | round }} {{ -2.5 | round }} {{ 1.005 | round: 2 }}', '3 -3 1.01'],
    ['{{ 4.2 | ceil }} {{ 4.8 | floor }} {{ -3 | abs }} {{ 3 | at_least: 5 }} {{ 9 | at_most: 5 }}', '5 4 3 5 5'],
    ['{{ nothing | plus: 2 | plus: "text" }}', '2'],
    ['{{ data.big }} {{ data.tiny }}', '1000000000000000000000 0.0000001'],
    ['{{ data.money }} {{ data.money | plus: 0.16 }}', '1524.80 1524.96'],
    ['{{ data.perils | map: "premium" | sum }}', '3.5'],
    ['{% if data.money > 1000 and data.money == 1524.8 and data.money < 2000.5 %}ok{% endif %}', 'ok'],
    ['{% if nothing > 0 %}no{% elsif nothing < 1 %}no{% else %}nil has no order{% endif %}', 'nil has no order'],
    ['{% case data.year %}{% when 2018 %}that year{% endcase %}', 'that year'],
    ['{{ 5 | divided_by: 0 }}nothing', 'nothing'],
    ['{% for i in (1..3) %}{{ forloop.index | times: 2 }}{% endfor %}', '246'],
  ])('%s', (template, expected) => {
    const data: JsonObject = {
      big: 1e21,
      tiny: 1e-7,
      money: { $decimal: '1524.80' },
      year: 2018,
      perils: [{ premium: { $decimal: '1.25' } }, { premium: { $decimal: '2.25' } }],
    };
    expect(html(template, data)).toBe(expected);
  });
});

describe('filters of the original (D3)', () => {
  const table: TableIndex = {
    source: { name: 'rates', file: 'rates.csv', columns: ['key', 'value'], rows: [['CA', '1.5']] },
    lookup: ([key], asOf) => ({ found: key === 'CA', value: key === 'CA' ? `1.5${asOf ?? ''}` : null, rows: [] }),
  };
  const tables = { tables: (name: string) => (name === 'rates' ? table : undefined) };

  test.each([
    ['{{ 123456.7 | format_number: "en", "US" }}', '123,456.7'],
    ['{{ 123456.7 | format_number_currency: "en", "US" }}', '$123,456.70'],
    ['{{ nothing | format_number_currency: "en", "US" }}', ''],
    ['{{ 5.25 | format_number_pattern: "0.0" }}', '5.3'],
    ['{{ "now" | get_timestamp_millis | timestamp_millis_print: "d MMM YYYY" }}', '1 Jan 2024'],
    ['{{ 1704164400000 | timestamp_millis_add: "day", -1 | timestamp_millis_print: "MMM dd, YYYY" }}', 'Dec 31, 2023'],
    ['{{ "2024-03-10" | timestamp_millis_round_day_ceiling }}', '1710057600000'],
    ['{{ "2024-03-10T09:00" | timestamp_millis_round_day_floor }}', '1710057600000'],
    ['{{ "2024-01-31" | get_30_360_day_count: "2024-03-31" }}', '60'],
    ['{{ "now" | date: "%Y-%m-%d" }}', '2024-01-01'],
    ['{{ "rates" | lookup: "CA" }}', '1.5'],
    ['{{ "rates" | lookup_effective: "CA", 7 }}', '1.57'],
    ['{{ "rates" | lookup: "NV" }}missed', 'missed'],
    ['{% assign h = "p1" | get_policyholder_info_from_id %}{{ h.entity.values.name }}', 'Ann'],
    ['{{ "logo.png" | image_url }}', 'logo.png'],
  ])('%s', (template, expected) => {
    const data = { policyholder: { id: 'p1', entity: { values: { name: 'Ann' } } } };
    expect(html(template, data, tables)).toBe(expected);
  });

  test('a missed lookup is a warning, never silent', () => {
    expect(made('{{ "rates" | lookup: "NV" }}', {}, tables).warnings[0]?.message).toContain('no row for NV');
    expect(made('{{ "other" | lookup: "NV" }}', {}, tables).warnings[0]?.message).toContain('no table "other"');
  });

  test('an undefined variable is empty, whatever is read from it', () => {
    expect(made('[{{ a.b.c[0].d }}]')).toMatchObject({ html: '[]', warnings: [] });
  });
});

describe('blocks and decisions (D4, D5)', () => {
  test('header and footer are rendered apart, with the marks of page numbers', () => {
    const outcome = made(
      '{% header %}H {{ data.n }}{% endheader %}body{% footer %}{{ | page_number }}/{{ | page_count }}{% endfooter %}',
      { n: 7 },
    );
    expect(outcome).toMatchObject({
      html: 'body',
      header: 'H 7',
      footer: '<span class="pageNumber"></span>/<span class="totalPages"></span>',
    });
  });
  test('nil suppresses, a name substitutes, the last one wins', () => {
    expect(made('  {{ nil | render_static_document }}').suppressed).toBe(true);
    expect(made('{{ "a.pdf" | render_static_document }}').staticDocument).toBe('a.pdf');
    const both = made('{{ "a.pdf" | render_static_document }}{{ "b.pdf" | render_effective_document }} text');
    expect(both.staticDocument).toBe('b.pdf');
    expect(both.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('the last one wins'),
      expect.stringContaining('is left out'),
    ]);
  });
  test('partials come from the given templates only, beside the template first', () => {
    const templates = {
      [PATH]: '{% include "terms" %}{% render "common/legal.liquid", n: 2 %}',
      'products/auto/policy/terms.template.liquid': 'terms {{ data.x | | upcase }} ',
      'common/legal.liquid': 'legal {{ n }}{{ data.x }}',
    };
    const renderer = createDocumentRenderer({ templates, timeZone: 'UTC', currency: 'USD' });
    const first = renderer.render({ template: PATH, data: { data: { x: 'a' } }, clock: 0 });
    expect(first).toMatchObject({ html: 'terms A legal 2' });
    expect(renderer.render({ template: PATH, data: { data: { x: 'a' } }, clock: 0 })).toEqual(first);
    expect(refused('{% include "/etc/passwd" %}').message).toContain('/etc/passwd');
    expect(refused('{% include "../../../package.json" %}').ok).toBe(false);
  });
});

describe('hostile templates (D6)', () => {
  test.each([
    ['{{ "".constructor }}{{ data.constructor.constructor }}{{ data.__proto__ }}{{ data.toString }}', ''],
    ['{{ constructor }}{{ __proto__ }}{{ "x" | constructor }}', 'x'],
  ])('prototypes are out of reach: %s', (template, expected) => {
    expect(html(template, { a: 1 })).toBe(expected);
  });
  test.each([
    ['{% include "self" %}', /without end/],
    ['{% for i in (1..100000000) %}{% endfor %}', /memory|limit/],
    ['{% for i in (1..9999) %}{% for j in (1..9999) %}{{ j }}{% endfor %}{% endfor %}', /limit|prints more/],
    [
      '{% capture x %}0123456789{% endcapture %}{% for i in (1..60) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}',
      /prints more/,
    ],
    ['{% assign x = "0123456789" %}{% for i in (1..60) %}{% assign x = x | append: x %}{% endfor %}', /limit/],
    [
      '{% for i in (1..99999) %}literal text, a lot of it, again and again, so that it becomes too much{% endfor %}',
      /prints more/,
    ],
    ['{% layout "x" %}', /layout/],
  ])('%s', (template, expected) => {
    const templates = { [PATH]: template, 'products/auto/policy/self.liquid': '{% include "self" %}' };
    expect(refused('', {}, { templates, limits: { time: 1_000 } }).message).toMatch(expected);
  });
  test('the machine’s clock and zone never show', () => {
    expect(html('{{ "now" | date: "%s" }} {{ "today" | date: "%Y" }}')).toBe('1704164400 2024');
  });
});
