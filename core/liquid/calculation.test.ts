import { expect, test } from 'vitest';
import { compileCalculation } from './calculation.ts';
import { assigned, effects, run, tables, value, warnings } from './testing.ts';

const holds = (condition: string, data = {}): boolean =>
  assigned(`{% if ${condition} %}{% assign yes = 1 %}{% endif %}`, data).yes === '1';
test('L30 numbers of the data: integers, decimals by their shortest text, exact decimals', () => {
  const data = { i: 7, f: 0.1, e: { $decimal: '10000.00' }, big: 1e21, tiny: 1e-9 };
  expect(value('data.i | divided_by: 2', data)).toBe('3');
  expect(value('data.f | times: 3', data)).toBe('0.3');
  expect(value('data.e | divided_by: 3', data)).toBe('3333.333333333333333333333333333333');
  expect(value('data.big | plus: 1', data)).toBe('1000000000000000000001');
  expect(value('data.tiny', data)).toBe('0.000000001');
});

test('L31 only own members are visible', () => {
  const data = { o: { a: 'x' }, s: 'text', l: [1] };
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    expect(value(`data.o.${name}`, data)).toBe(null);
    expect(value(`data.o["${name}"]`, data)).toBe(null);
    expect(value(`data.s.${name}`, data)).toBe(null);
    expect(value(`data.l.${name}.constructor`, data)).toBe(null);
    expect(value(name, data)).toBe(null);
  }
  expect(value('data.l.length', data)).toBe(null);
  expect(value('data.o.constructor', { o: JSON.parse('{"constructor": 5, "__proto__": 6}') })).toBe('5');
  expect(value('data.o.__proto__', { o: JSON.parse('{"__proto__": 6}') })).toBe('6');
});

test('L32 L33 lists, objects and single values', () => {
  const data = { rows: [{ n: 1 }, { n: 2 }], one: 'Car', none: null };
  expect(value('data.rows[0].n', data)).toBe('1');
  expect(value('data.rows.last.n', data)).toBe('2');
  expect(value('data.rows[-1].n', data)).toBe('2');
  expect(value('data.rows.first.size', data)).toBe('1');
  expect(value('data.rows.size', data)).toBe('2');
  expect(value('data.rows[9].n.x', data)).toBe(null);
  expect(value('data.one.first', data)).toBe('Car');
  expect(value('data.one[0]', data)).toBe('Car');
  expect(value('data.one[1]', data)).toBe(null);
  expect(value('data.none.first', data)).toBe(null);
});

test('L34 L35 loops', () => {
  const text = (body: string, data = {}): unknown => assigned(`{% capture t %}${body}{% endcapture %}`, data).t;
  expect(text('{% for x in data.o %}{{ x[0] }}={{ x[1] }};{% endfor %}', { o: { a: 1, b: 2 } })).toBe('a=1;b=2;');
  expect(text('{% for x in data.v %}{{ x }}{% else %}none{% endfor %}', { v: 'Car' })).toBe('Car');
  expect(text('{% for x in data.v %}{{ x }}{% else %}none{% endfor %}')).toBe('none');
  expect(text('{% for x in (1..6) reversed limit: 3 offset: 1 %}{{ x }}{% endfor %}')).toBe('432');
  expect(
    text(
      '{% for x in (1..9) %}{% if x == 2 %}{% continue %}{% endif %}{% if x > 4 %}{% break %}{% endif %}{{ x }}{% endfor %}',
    ),
  ).toBe('134');
  expect(
    text(
      '{% for x in (1..2) %}{% for y in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.rindex }}{{ forloop.last }} {% endfor %}{% endfor %}',
    ),
  ).toBe('12false 11true 22false 21true ');
  expect(assigned('{% assign x = 9 %}{% for x in (1..2) %}{% assign y = x %}{% assign x = 5 %}{% endfor %}')).toEqual({
    x: '5',
    y: '2',
  });
  expect(
    text(
      '{% increment i %}{% increment i %}{% decrement d %}{% cycle "a", "b" %}{% cycle "a", "b" %}{% cycle "a", "b" %}',
    ),
  ).toBe('01-1aba');
});

const seed = `{{ "accept" | set_underwriting_decision }}
{% if vehicle_value > 100000 %}
 {{ "reject" | set_underwriting_decision }}
     {{ "Exotic_vehicles_are_notinsurable_(UW-008)" | add_underwriting_note }}
{% endif %}`;

test("L36 the seed's guidelines find vehicle_value on the only exposure that has it", () => {
  const vehicle = (amount: number) => ({
    name: 'vehicle',
    characteristics: [
      { replaced_timestamp: 5, field_values: { vehicle_value: 1 } },
      { field_values: { vehicle_value: amount } },
    ],
  });
  const policy = (...exposures: object[]) =>
    ({ policy: { characteristics: [{ field_values: {} }], exposures } }) as never;
  const house = { name: 'house', characteristics: [{ field_values: { area: 1 } }] };
  expect(effects(seed, policy(house, vehicle(100_001)))).toEqual([
    ['set_underwriting_decision', 'accept'],
    ['set_underwriting_decision', 'reject'],
    ['add_underwriting_note', 'Exotic_vehicles_are_notinsurable_(UW-008)'],
  ]);
  expect(effects(seed, policy(vehicle(100_000)))).toEqual([['set_underwriting_decision', 'accept']]);
  // Two vehicles: nobody knows which is meant.
  expect(effects(seed, policy(vehicle(200_000), vehicle(200_000)))).toEqual([['set_underwriting_decision', 'accept']]);
  expect(warnings(seed, policy(vehicle(200_000), vehicle(200_000)))[0]).toContain('`vehicle_value` is not assigned');
  expect(run(seed, policy(vehicle(7))).steps).toContainEqual({
    kind: 'input',
    path: 'data.policy.exposures[0].characteristics[1].field_values.vehicle_value',
    value: '7',
    place: { file: 'test.liquid', line: 2 },
  });
});

test('L36 the policy comes before the exposure, an assigned variable before both', () => {
  const data = {
    policy_characteristics: { field_values: { a: 'policy' } },
    exposure_characteristics: { field_values: { a: 'exposure', b: 'exposure' } },
  };
  expect(assigned('{% assign x = a %}{% assign y = b %}{% assign a = "own" %}{% assign z = a %}', data)).toEqual({
    x: 'policy',
    y: 'exposure',
    a: 'own',
    z: 'own',
  });
  expect(assigned('{% assign a = nil %}{% assign z = a %}', data)).toEqual({ a: null, z: null });
});

test('L37 nil and false do not hold', () => {
  expect([holds('0'), holds('""'), holds('nil'), holds('false'), holds('data.none')]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('L40 L41 equality', () => {
  expect(holds('1 == 1.00')).toBe(true);
  expect(holds('"1" == 1')).toBe(false);
  expect(holds('data.d == 10000', { d: { $decimal: '10000.00' } })).toBe(true);
  expect(holds('data.a == data.b', { a: [1, 'x'], b: [1.0, 'x'] })).toBe(true);
  expect(holds('data.none == nil')).toBe(true);
  expect(holds('"" == empty')).toBe(true);
  expect(holds('data.l == empty', { l: [] })).toBe(true);
  expect(holds('" " == blank')).toBe(true);
  expect(holds('data.l != empty', { l: [1] })).toBe(true);
});

test('L42 order: numbers and numeric text by amount, never nil', () => {
  expect(holds('data.v >= 100000', { v: { $decimal: '100000.00' } })).toBe(true);
  expect(holds('"30000.00" > 0')).toBe(true);
  expect(holds('"10" < "9"')).toBe(false);
  expect(holds('"2021-06-28" < "2021-07-01"')).toBe(true);
  expect(holds('"1-10%" >= 50')).toBe(false);
  expect(holds('nil < 5')).toBe(false);
  expect(holds('5 >= nil')).toBe(false);
  expect(warnings('{% if data.age > 5 %}{% endif %}')).toEqual([
    '`data.age > 5` does not hold: a value is missing (nil)',
  ]);
});

test('L43 contains', () => {
  expect(holds('data.s contains "None"', { s: 'None at all' })).toBe(true);
  expect(holds('data.l contains "Yes"', { l: ['No', 'Yes'] })).toBe(true);
  expect(holds('data.l contains 2', { l: [1, 2] })).toBe(true);
  expect(holds('data.l contains "2"', { l: [1, 2] })).toBe(false);
  expect(holds('data.o contains "k"', { o: { k: null } })).toBe(true);
  expect(holds('data.none contains "x"')).toBe(false);
});

test('L50 exact decimals: the float trap', () => {
  expect(value('182.50 | times: 2.55 | round: 2')).toBe('465.38');
  expect(Math.round(182.5 * 2.55 * 100) / 100).toBe(465.37);
  expect(value('0.1 | plus: 0.2')).toBe('0.3');
  expect(value('1.005 | times: 100 | round')).toBe('101');
});

test('L50 nil and text that is no number count as 0, and the worksheet says so', () => {
  const source = '{% assign a = data.missing | plus: 5 %}{% assign b = "unlimited" | times: 2 %}';
  expect(assigned(source)).toEqual({ a: '5', b: '0' });
  expect(warnings(source)).toEqual([
    'plus: a value is missing (nil) and counts as 0',
    'times: "unlimited" is no number and counts as 0',
  ]);
  expect(value('"2021" | minus: "1985" | downcase')).toBe('36');
});

test('L51 L52 division: integers truncate, a decimal makes it exact', () => {
  expect(value('7 | divided_by: 2')).toBe('3');
  expect(value('-7 | divided_by: 2')).toBe('-3');
  expect(value('7 | times: 1.0 | divided_by: 2')).toBe('3.5');
  expect(value('"7" | divided_by: "2"')).toBe('3');
  expect(value('10 | divided_by: 3.0')).toBe('3.333333333333333333333333333333333');
  expect(value('-7 | modulo: 3')).toBe('2');
  expect(run('\n{{ 1 | divided_by: 0 }}')).toMatchObject({
    ok: false,
    message: 'division by zero',
    place: { line: 2 },
  });
});

test('L53 rounding: half away from zero', () => {
  expect(value('2.5 | round')).toBe('3');
  expect(value('-2.5 | round')).toBe('-3');
  expect(value('2.345 | round: 2')).toBe('2.35');
  expect(value('1234 | round: -2')).toBe('1200');
  expect(value('-1.2 | ceil')).toBe('-1');
  expect(value('-1.2 | floor')).toBe('-2');
  expect(value('4.6 | round | divided_by: 2')).toBe('2');
});

test('L54 numbers print plain', () => {
  expect(value('0.00000000012 | append: "/" | append: 2.50')).toBe('0.00000000012/2.5');
  expect(value('1.0 | append: ""')).toBe('1');
});

test.each([
  ['"a/b//" | split: "/" | join: "+"', 'a+b'],
  ['"  x " | strip | append: "|" | prepend: "|"', '|x|'],
  ['"hELLO" | capitalize', 'Hello'],
  ['"a-b-a" | replace: "a", "$&"', '$&-b-$&'],
  ['"a-b-a" | remove_last: "a" | remove_first: "a"', '-b-'],
  ['"abcdef" | slice: -3, 2', 'de'],
  ['"abcdefgh" | truncate: 5', 'ab...'],
  ['"one two three" | truncatewords: 2', 'one two...'],
  ['"<b>&amp;&" | escape_once', '&lt;b&gt;&amp;&amp;'],
  ['"<p>x</p>" | strip_html', 'x'],
  ['"a b&c" | url_encode', 'a+b%26c'],
  ['"a+b%zz" | url_decode', 'a+b%zz'],
  ['"x" | size', '1'],
])('L55 text: %s', (expression, expected) => {
  expect(value(expression)).toBe(expected);
});

test.each([
  ['data.l | sort | join: ","', '1,2,10'],
  ['data.l | sum', '13'],
  ['data.l | reverse | first', '2'],
  ['data.l | concat: data.l | uniq | size', '3'],
  ['data.o | map: "n" | join: ","', '2,,1'],
  ['data.o | where: "n", 1 | map: "k" | first', 'c'],
  ['data.o | sort: "n" | map: "k" | join', 'c a b'],
  ['data.o | find: "k", "b" | default: "none"', '(object of 1)'],
  ['data.o | find_index: "k", "c"', '2'],
  ['data.o | sum: "n"', '3'],
  ['data.o | reject: "n" | map: "k" | first', 'b'],
  ['data.s | sort_natural | join: ","', 'a,B,c'],
  ['data.s | compact | last', 'c'],
])('L56 lists: %s', (expression, expected) => {
  const data = { l: [10, 1, 2], o: [{ k: 'a', n: 2 }, { k: 'b' }, { k: 'c', n: 1 }], s: ['B', 'a', 'c'] };
  expect(value(expression, data)).toBe(expected);
});

test('L57 L58 default', () => {
  expect(value('nil | default: 5')).toBe('5');
  expect(value('"" | default: 5')).toBe('5');
  expect(value('0 | default: 5')).toBe('0');
  expect(value('false | default: 5')).toBe('5');
  expect(value('false | default: 5, allow_false: true')).toBe(false);
});

test('L66 setters give effects in order with their arguments', () => {
  const outcome = run('{{ 3 | times: 0.03 | add_fee: "transaction", "Fee of 3%" }}\n{{ nil | set_year_premium }}');
  expect(outcome).toMatchObject({
    effects: [
      { filter: 'add_fee', value: '0.09', arguments: ['transaction', 'Fee of 3%'], line: 1 },
      { filter: 'set_year_premium', value: null, arguments: [], line: 2 },
    ],
  });
});

test('L67 an unknown filter fails only when it is reached, and names itself', () => {
  const source = '{% if data.agent %}\n{{ 1 | set_year_premiumm }}{% endif %}';
  expect(run(source).ok).toBe(true);
  expect(run(source, { agent: true })).toMatchObject({
    ok: false,
    message: 'there is no filter `set_year_premiumm`; correct its name',
    place: { file: 'test.liquid', line: 2 },
  });
  expect(run('{% assign x = 1 | tims: 2 %}').ok).toBe(false);
  expect(run('{% capture x %}{{ 1 | tims: 2 }}{% endcapture %}').ok).toBe(false);
  expect(run('{{ 1 | tims: 2 | set_year_premium }}').ok).toBe(false);
});

test('L67 an unknown filter at the end of an output, where nothing reads it, is lost with a warning', () => {
  const outcome = run('{{ 5 | set_year_premium }}\n{{ 1 | add_month_commissionn: "A" }}');
  expect(outcome).toMatchObject({ ok: true, effects: [{ filter: 'set_year_premium', value: '5' }] });
  expect(outcome.steps.at(-1)).toMatchObject({
    kind: 'warning',
    message: 'there is no filter `add_month_commissionn`: this call does nothing; correct its name',
    place: { line: 2 },
  });
});

test('L70 the worksheet tells how a price came about, in order', () => {
  const source = `{% assign v = data.value %}
{% if v > 100000 %}{{ 0 | set_year_premium }}
{% elsif data.type == "Car" %}{% assign f = "rates" | lookup: data.type %}{% endif %}
{{ v | times: 0.0119 | round | times: f | set_year_premium }}`;
  const steps = run(source, { value: 10_050, type: 'Car' }, { tables }).steps;
  expect(steps.map(({ place, ...step }) => [place?.line, step])).toEqual([
    [1, { kind: 'input', path: 'data.value', value: '10050' }],
    [1, { kind: 'assign', name: 'v', value: '10050', expression: 'data.value' }],
    [
      2,
      {
        kind: 'branch',
        condition: 'v > 100000',
        taken: false,
        asked: [{ text: 'v > 100000', holds: false, left: '10050', right: '100000' }],
        would: [{ filter: 'set_year_premium', value: '0' }],
      },
    ],
    [3, { kind: 'input', path: 'data.type', value: 'Car' }],
    [
      3,
      {
        kind: 'branch',
        condition: 'data.type == "Car"',
        taken: true,
        asked: [{ text: 'data.type == "Car"', holds: true, left: 'Car', right: 'Car', reads: ['data.type'] }],
      },
    ],
    [3, { kind: 'input', path: 'data.type', value: 'Car' }],
    [3, { kind: 'lookup', table: 'rates', keys: ['Car'], found: true, value: '1.1', rows: [2] }],
    [3, { kind: 'assign', name: 'f', value: '1.1', expression: '"rates" | lookup: data.type' }],
    [4, { kind: 'round', what: 'v | times: 0.0119', from: '119.595', to: '120', decimals: 0 }],
    [4, { kind: 'set', filter: 'set_year_premium', value: '132', arguments: [] }],
  ]);
});

test('L70 inputs are named by their path in the data, whatever the file calls them', () => {
  const source = `{% assign rows = data.policy.exposures %}
{% for row in rows reversed %}{% assign c = row.characteristics.last %}{{ c.v | set_year_premium }}{% endfor %}`;
  const data = { policy: { exposures: [{ characteristics: [{ v: 1 }, { v: 2 }] }, { characteristics: [{ v: 3 }] }] } };
  const inputs = run(source, data).steps.flatMap((step) => (step.kind === 'input' ? [step.path] : []));
  expect(inputs.filter((path) => path.endsWith('.v'))).toEqual([
    'data.policy.exposures[1].characteristics.last.v',
    'data.policy.exposures[0].characteristics.last.v',
  ]);
});

test('L73 a branch tells which parts of its condition were asked, with both sides; what they left open is not among them', () => {
  const source = `{% if data.a > 1 and data.b == "x" or data.c %}{{ 1 | set_year_premium }}{% endif %}
{% case data.b %}{% when "x", "y" %}{% when "z" %}{% endcase %}{% if data.b == blank %}{% endif %}`;
  const asked = run(source, { a: 2, b: 'z', c: false }).steps.flatMap((step) =>
    step.kind === 'branch'
      ? [[step.taken, ...(step.asked ?? []).map(({ reads: _, ...part }) => Object.values(part))]]
      : [],
  );
  expect(asked).toEqual([
    [false, ['data.a > 1', true, '2', '1'], ['data.b == "x"', false, 'z', 'x'], ['data.c', false, false]],
    [false, ['case data.b when "x", "y"', false, 'z']],
    [true, ['case data.b when "z"', true, 'z']],
    [false, ['data.b == blank', false, 'z']],
  ]);
});

test('L74 what stands in a branch knows how deep; leaving by break or continue ends it', () => {
  const source = `{% if true %}{% for i in (1..2) %}{% if i == 1 %}{{ 1 | set_month_premium }}{% continue %}{% endif %}
{% unless false %}{{ 2 | set_month_premium }}{% break %}{% endunless %}{% endfor %}{{ 3 | set_month_premium }}{% endif %}
{{ 4 | set_month_premium }}`;
  const depths = run(source).steps.flatMap((step) => (step.kind === 'set' ? [[step.value, step.depth ?? 0]] : []));
  expect(depths).toEqual([
    ['1', 2],
    ['2', 2],
    ['3', 1],
    ['4', 0],
  ]);
});

test('L75 a branch that was not taken says what it would have set, as it is written', () => {
  const source = `{% if false %}{% capture n %}Worth {{ data.v }}.{% endcapture %}{{ n | add_underwriting_note }}
{{ "reject" | set_underwriting_decision }}{{ data.v | times: 2 | set_year_premium }}{% if true %}{{ 1 | set_month_premium }}{% endif %}{% endif %}`;
  const [step] = run(source, { v: 5 }).steps;
  expect(step).toMatchObject({
    would: [
      { filter: 'add_underwriting_note', value: 'Worth {data.v}.' },
      { filter: 'set_underwriting_decision', value: 'reject' },
      { filter: 'set_year_premium', value: 'data.v | times: 2' },
    ],
  });
});

test('L70 a failed run keeps its worksheet and ends with the failure', () => {
  const { steps } = run('{% assign a = 1 %}\n{{ a | modulo: 0 }}');
  expect(steps.map((step) => step.kind)).toEqual(['assign', 'failure']);
});

test('L71 the worksheet writes numbers as decimal text and names what is large', () => {
  const data = {
    n: { $decimal: '1500000.50' },
    o: { a: 1, b: 2 },
    l: Array.from({ length: 51 }, (_, i) => i),
    s: [1, 2.5],
  };
  const { steps } = run(
    '{% assign n = data.n %}{% assign o = data.o %}{% assign l = data.l %}{% assign s = data.s %}',
    data,
  );
  expect(steps.flatMap((step) => (step.kind === 'assign' ? [step.value] : []))).toEqual([
    '1500000.5',
    '(object of 2)',
    '(list of 51)',
    ['1', '2.5'],
  ]);
});

test('L72 without a worksheet only the steps are missing', () => {
  const source = '{% assign v = data.v | times: 2 %}{{ v | set_year_premium }}';
  const [on, off] = [true, false].map((worksheet) => run(source, { v: 3 }, { worksheet }));
  expect(off).toEqual({ ...on, steps: [] });
});

test('L82 hostile text stays text', () => {
  const hostile = '"; globalThis.pwned = 1; //';
  for (const source of [
    '{% assign `$' + '{globalThis.pwned=1}` = 1 %}',
    `{% assign a = '${hostile}' %}{{ a | set_year_premium }}`,
    `{% assign __proto__ = '${hostile}' %}{{ __proto__.x }}`,
    `{% if data["constructor"]["constructor"] %}{% endif %}{{ data | constructor: 'return 1' }}`,
    `{% for __proto__ in (1..2) %}{{ constructor }}{% endfor %}`,
    `{% capture x %}\u2028${hostile}*/{% endcapture %}`,
  ]) {
    run(source, JSON.parse('{"a": {"__proto__": {"x": 1}}}'));
    expect(Object.hasOwn(globalThis, 'pwned')).toBe(false);
  }
  expect(compileCalculation(`{{ '${hostile}' }}`, hostile).code).toContain(JSON.stringify(hostile));
  expect(Object.getOwnPropertyDescriptor(assigned('{% assign __proto__ = 5 %}'), '__proto__')?.value).toBe('5');
});

test.each([
  ['{% for a in (1..1001) %}{% for b in (1..1000) %}{% endfor %}{% endfor %}', 'turns'],
  ['{% assign s = "0123456789" %}{% for i in (1..30) %}{% assign s = s | append: s %}{% endfor %}', 'characters'],
  ['{% assign s = "a" | split: "b" %}{% for i in (1..30) %}{% assign s = s | concat: s %}{% endfor %}', 'items'],
  ['{% capture c %}{% for a in (1..100000) %}0123456789 0123456789{% endfor %}{% endcapture %}', 'characters'],
  ['{% assign n = 10 %}{% for i in (1..30) %}{% assign n = n | times: n %}{% endfor %}', 'bounds'],
  ['{% for i in (1..9007199254740991) %}{% endfor %}', 'range'],
  ['{% assign s = "aaaaaaaaaa" %}{% for i in (1..20) %}{% assign s = s | replace: "a", s %}{% endfor %}', 'characters'],
])('L90 %s ends with a clear failure', (source, word) => {
  const outcome = run(source, {}, { worksheet: false });
  expect(outcome.ok ? '' : outcome.message).toContain(word);
});
