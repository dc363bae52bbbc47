import { beforeAll, describe, expect, it } from 'vitest';
import type { LabCaseResult, LabMadeCase, LabPropertyResult, LabTestList } from '#core/api/contracts/lab-tests.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import { deployProduct, openTestWorkbench, smallProduct, type TestWorkbench } from './support.ts';

/** Rules PT of core/lab/tests/SPEC.md, through the API. */
const PRODUCT = 'shed';
const LIQUID = 'policy/exposures/thing/perils/loss.premium.liquid';
const files = smallProduct({
  'policy/policy.json': JSON.stringify({
    fields: [
      { name: 'region', title: 'Region', type: 'select', values: ['North', 'South', 'Coast'] },
      { name: 'note', title: 'Note', type: 'string', optional: true },
    ],
  }),
  'policy/exposures/thing/exposure.json': JSON.stringify({
    name: 'thing',
    displayName: 'Thing',
    fields: [
      { name: 'value', title: 'Value', type: 'number', minimum: 1, maximum: 1000 },
      { name: 'age', title: 'Age', type: 'number', minimum: 0, maximum: 40 },
    ],
  }),
  // Falls by a cent at 17, in the South only.
  [LIQUID]: `{% assign thing = data.exposure_characteristics.field_values %}
{% assign region = data.policy_characteristics.field_values.region %}
{% assign rate = thing.age | times: 0.5 | plus: 100 %}
{% if region == "South" and thing.age == 17 %}{% assign rate = 107.99 %}{% endif %}
{{ thing.value | times: 0.01 | plus: rate | round: 2 | set_year_premium }}`,
  'tests/rates.cases.csv': [
    'description,start,end,policy.region,thing[0].value,thing[0].age,thing[0].loss.deductible,expect.grossPremium,expect.premiums.loss',
    'young,2026-01-01,2027-01-01,North,100,10,500,106.00,106',
    '',
    '"two, things",2026-01-01,2027-01-01,North,200,0,250,102,103',
    'nothing expected,2026-01-01,2027-01-01,North,200,0,,,',
    'wrong option,2026-01-01,2027-01-01,West,200,0,,102,',
  ].join('\r\n'),
  'tests/rises.property.json': JSON.stringify({
    description: 'Older things cost more',
    law: 'monotone',
    field: 'thing[0].age',
    direction: 'increasing',
    from: 15,
    to: 18,
    samples: 20,
    seed: 7,
  }),
  'tests/smooth.property.json': JSON.stringify({ law: 'noJump', field: 'thing[0].age', percent: 1, samples: 1 }),
  'tests/bounded.property.json': JSON.stringify({
    law: 'bounds',
    minimum: '100',
    maximum: '124.99',
    of: 'perils.loss',
    given: { 'thing[0].value': 500, 'policy.region': 'Coast' },
    samples: 60,
  }),
});

let opened: TestWorkbench;
const run = async <T>(test: string, changes: object = {}): Promise<T> =>
  (await opened.call<T>('POST', '/api/lab/tests/run', { base: 1, changes, product: PRODUCT, test })).body;
const at = (name: string): string => `products/${PRODUCT}/tests/${name}`;

beforeAll(async () => {
  opened = await openTestWorkbench();
  await deployProduct(opened, PRODUCT, files);
});

describe('tables of cases', () => {
  it('PT1, PT6: a row is a case with its line; one that is wrong fails by itself', async () => {
    const list = await opened.call<LabTestList>('POST', '/api/lab/tests/list', { base: 1, product: PRODUCT });
    expect(list.body.tests.map(({ id, kind, description }) => [id, kind, description])).toEqual([
      [at('bounded.property.json'), 'property', ''],
      [`${at('rates.cases.csv')}:2`, 'case', 'young'],
      [`${at('rates.cases.csv')}:4`, 'case', 'two, things'],
      [`${at('rates.cases.csv')}:5`, 'case', ''],
      [`${at('rates.cases.csv')}:6`, 'case', 'wrong option'],
      [at('rises.property.json'), 'property', 'Older things cost more'],
      [at('smooth.property.json'), 'property', ''],
    ]);
    expect(await run<LabCaseResult>(`${at('rates.cases.csv')}:2`)).toMatchObject({ passed: true, differences: [] });
    const [silent, wrong] = await Promise.all([
      run<LabCaseResult>(`${at('rates.cases.csv')}:5`),
      run<LabCaseResult>(`${at('rates.cases.csv')}:6`),
    ]);
    expect(silent.differences[0]?.actual).toContain(`${at('rates.cases.csv')}, line 5: the row expects nothing`);
    expect(wrong).toMatchObject({ passed: false, line: 6 });
    expect(wrong.differences[0]?.actual).toMatch(/^invalid-fields: .*region/);
  });

  it('PT7: a failing case carries its worksheet', async () => {
    const failed = await run<LabCaseResult>(`${at('rates.cases.csv')}:4`);
    expect(failed.differences.map(({ what, expected, actual }) => [what, expected, actual])).toEqual([
      ['premium of loss', '103', '102.00'],
    ]);
    expect(JSON.stringify(failed.worksheet)).toContain(failed.differences[0]?.row);
    expect(JSON.stringify(failed.worksheet)).toContain('set_year_premium');
  });

  it.each([
    [
      'thing[0].valu',
      /column 1, "thing\[0\]\.valu", means nothing: thing has neither a field nor a peril "valu"; it has value, age, loss/,
    ],
    ['things[0].value', /is none of key, start, end, .*thing\[0\]\.<field>/],
    ['expect.grosPremium', /nothing is called expect.grosPremium.*grossPremium/],
    ['expect.premiums', /say of which, as in expect.premiums.<name>/],
    ['"policy.region', /no CSV|quote/i],
  ])('PT3: the header %s fails the file', async (header, message) => {
    const file = at('odd.cases.csv');
    const result = await run<LabCaseResult>(file, { [file]: `${header},expect.grossPremium\n1,2\n` });
    expect(result.passed).toBe(false);
    expect(result.differences[0]?.actual).toMatch(message);
  });
});

describe('properties', () => {
  it('PT9, PT13, PT14: finds the fall and shrinks it to what is needed, the same every time', async () => {
    const result = await run<LabPropertyResult>(at('rises.property.json'));
    expect(result).toMatchObject({ passed: false, seed: '7', law: 'premium never falls as thing[0].age goes up' });
    expect(result.counterExample?.at.map(({ value }) => value)).toEqual(['16', '17']);
    expect(result.counterExample?.request).toMatchObject({
      policyholder: { values: {} },
      policy: { fieldValues: { region: 'South' }, exposures: [{ fieldValues: { value: '1', age: '17' } }] },
    });
    const shrunk = result.counterExample?.request as { policy: { fieldValues: object; exposures: object[] } };
    expect([shrunk.policy.exposures.length, Object.keys(shrunk.policy.fieldValues)]).toEqual([1, ['region']]);
    const again = await run<LabPropertyResult>(at('rises.property.json'));
    expect({ ...again, milliseconds: 0 }).toEqual({ ...result, milliseconds: 0 });
    const quoted = await opened.call<{ total: string }>('POST', `/api/products/${PRODUCT}/price`, {
      ...(result.counterExample?.request as object),
    });
    expect(JSON.stringify(quoted.body)).toContain('"108.00"');
  });

  it('PT10: neighbours that lie within the percentage pass, and a jump does not', async () => {
    expect(await run<LabPropertyResult>(at('smooth.property.json'))).toMatchObject({ passed: true, risks: 1 });
    const steep = {
      [at('smooth.property.json')]: JSON.stringify({
        law: 'noJump',
        field: 'thing[0].age',
        percent: 0.4,
        values: [4, 5, 20],
      }),
    };
    const result = await run<LabPropertyResult>(at('smooth.property.json'), steep);
    expect(result.counterExample?.why).toMatch(/^jumps 0\.\d+ % from 1\d\d\.?\d* at 4 to .*, more than 0.4 %$/);
  });

  it('PT11, PT12: bounds are allowed themselves, and one beyond them is found', async () => {
    const found = await run<LabPropertyResult>(at('bounded.property.json'));
    // Only with the greatest age 40 × 0.5 + 100 + 5 does one thing reach 125; two things together always do.
    expect(found.passed).toBe(false);
    expect(found.counterExample?.why).toMatch(/is above the largest allowed, 124.99$/);
    const wide = {
      [at('bounded.property.json')]: JSON.stringify({ law: 'bounds', minimum: 101.01, maximum: 390, samples: 5 }),
    };
    expect(await run<LabPropertyResult>(at('bounded.property.json'), wide)).toMatchObject({ passed: true, risks: 5 });
  });

  it('PT2, PT15: what cannot be read or priced fails with the reason', async () => {
    const file = at('odd.property.json');
    const odd = await run<LabPropertyResult>(file, {
      [file]: '{"law":"monotone","field":"thing[0].colour","direction":"increasing"}',
    });
    expect(odd.problem).toMatch(/thing has neither a field nor a peril "colour"/);
    const misspelt = await run<LabPropertyResult>(file, { [file]: '{"law":"bounds","maximun":3}' });
    expect(misspelt.problem).toMatch(/maximun/);
    const broken = await run<LabPropertyResult>(file, {
      [file]: '{"law":"bounds","maximum":3,"samples":4}',
      [`products/${PRODUCT}/${LIQUID}`]: '{{ 1 | nosuch | set_year_premium }}',
    });
    expect(broken.problem).toMatch(/^None of 4 sampled risks could be priced: .*nosuch/);
  });
});

it('PT16, PT17: a case of a quote asks for the same risk, passes, and is saved as a version', async () => {
  const holder = await opened.call<{ locator: string }>('POST', '/policyholder/create', { values: {} });
  const created = await opened.call<PolicyResponse>('POST', '/policy', {
    policyholderLocator: holder.body.locator,
    productName: PRODUCT,
    policyStartTimestamp: '1767225600000',
    policyEndTimestamp: '1782864000000',
    fieldValues: { region: 'South', note: 'seen' },
    exposures: [{ exposureName: 'thing', fieldValues: { value: 250, age: 17 }, perils: [{ name: 'loss' }] }],
    finalize: true,
  });
  const { locator } = created.body;
  const made = await opened.call<LabMadeCase>('POST', '/api/lab/tests/case', { policy: locator, name: 'seen' });
  expect(made.body.path).toBe(at('seen.case.json'));
  expect(JSON.parse(made.body.text).expect).toMatchObject({ grossPremium: '55.26', premiums: { '0/loss': '55.26' } });
  const passed = await run<LabCaseResult>(made.body.path, { [made.body.path]: made.body.text });
  expect(passed.differences).toEqual([]);
  const saved = await opened.call<LabMadeCase>('POST', '/api/lab/tests/case', {
    policy: locator,
    name: 'seen',
    message: 'A case from a quote',
  });
  expect(saved.body.deployment).toMatchObject({ configVersion: 2 });
  const twice = await opened.call('POST', '/api/lab/tests/case', { policy: locator, name: 'seen', message: 'Again' });
  expect([twice.status, twice.body.code]).toEqual([409, 'wrong-state']);
});
