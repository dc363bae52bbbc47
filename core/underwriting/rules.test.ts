import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { type CaseFile, draftPolicy, policyholder, policyOfCase } from '#core/model/policy.fixture.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { type Rule, type RuleEffect, rulesOf } from '#core/model/rules.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import { underwrite } from './underwrite.ts';

const sandbox = openSandbox();
afterAll(() => sandbox.close());

interface Decided {
  readonly worksheet: Worksheet;
  readonly decision: string;
  readonly notes: readonly string[];
}
async function decide(configuration: Configuration, product: Product, policy: PolicyResponse): Promise<Decided> {
  const context = { clock: Number(policy.originalContractStartTimestamp), seed: 'test', worksheet: true };
  const operation = 'new_business' as const;
  const input = { configuration, product, operation, policy, policyholder: policyholder(), context };
  const answer = await underwrite(input, { sandbox });
  if (!answer.ok || !answer.worksheet || !answer.result) throw new Error('was not decided');
  return { worksheet: answer.worksheet, ...answer.result };
}

/** The rules of a guidelines text, over a policy whose one thing has this value. */
async function rulesFor(text: string, value = '5') {
  const files = {
    'config.json': '{"timezone": "UTC", "currency": "USD"}',
    'products/p/policy/policy.json': '{}',
    'products/p/policy/exposures/thing/exposure.json':
      '{"name":"thing","fields":[{"name":"v","title":"V","type":"number"}]}',
    'products/p/policy/underwriting.guidelines.liquid': text,
  };
  const bytes = Object.entries(files).map(([path, one]): [string, Uint8Array] => [path, new TextEncoder().encode(one)]);
  const configuration = await loadConfiguration({ files: new Map(bytes) });
  const [product] = configuration.products;
  if (!product) throw new Error('no product');
  const exposures = [{ name: 'thing', fieldValues: { v: [value] }, perils: [] }];
  const policy = draftPolicy({ productName: 'p', start: 0, end: 1, exposures });
  return rulesOf((await decide(configuration, product, policy)).worksheet);
}
const short = ({ condition, held, fired, inside, does }: Rule): unknown => ({
  [condition]: [held ? 'held' : 'did not hold', fired ? 'fired' : 'silent'],
  does: does.map(({ value }) => value),
  inside: inside.map(short),
});

const EXAMPLES = new URL('../../examples/', import.meta.url);
const cases: [string, Configuration, Product, CaseFile][] = [];
for (const { name } of readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const configuration = await loadConfiguration({ folder: new URL(name, EXAMPLES).pathname });
  for (const product of configuration.products)
    for (const path of product.caseFiles) {
      const file = JSON.parse(new TextDecoder().decode(configuration.files.get(path))) as CaseFile;
      if (file.expect.decision) cases.push([path, configuration, product, file]);
    }
}
const effectsOf = (rules: readonly Rule[]): readonly RuleEffect[] =>
  rules.flatMap((rule) => (rule.held ? [...rule.does, ...effectsOf(rule.inside)] : []));

test.each(cases)(
  'U13: the rules of %s are what its decision came from',
  async (_path, configuration, product, file) => {
    const { worksheet, decision, notes } = await decide(
      configuration,
      product,
      policyOfCase(file, () => ({})),
    );
    const book = rulesOf(worksheet);
    expect(book.by).toBe(product.plugins.getUnderwritingResult ? 'plugin' : 'guidelines');
    if (book.by === 'plugin') {
      expect(book.remarks).toContainEqual(expect.objectContaining({ path: 'answer', value: { decision, notes } }));
      return;
    }
    const effects = [...book.always, ...effectsOf(book.rules)];
    const valuesOf = (filter: string) => effects.filter((effect) => effect.filter === filter).map(({ value }) => value);
    expect(valuesOf('add_underwriting_note')).toEqual(notes);
    expect(valuesOf('set_underwriting_decision').at(-1)).toBe(decision);
    const deciding = book.rules.filter(({ decides }) => decides);
    expect(deciding.map(({ does }) => does.map(({ value }) => value).includes(decision))).toEqual(
      decision === 'accept' ? [] : [true],
    );
  },
);

test('U13: of `a and b` it is told which part failed, with its value and where that was read', async () => {
  const [, configuration, product, file] = cases.find(([path]) => path.endsWith('reject-losses.case.json')) ?? [];
  if (!configuration || !product || !file) throw new Error('no such case');
  const { worksheet } = await decide(
    configuration,
    product,
    policyOfCase(file, () => ({})),
  );
  const rule = rulesOf(worksheet).rules.at(-1);
  expect(rule?.asked.map(({ text, holds, left, right }) => [text, holds, left, right])).toEqual([
    ['exposure.name == "dwelling"', true, 'dwelling', 'dwelling'],
    ['exposure.characteristics.last.field_values.limit > 750000', false, '91000', '750000'],
  ]);
  expect(rule?.asked[1]?.reads).toEqual(['data.policy.exposures[0].characteristics.last.field_values.limit']);
  expect(rule?.does.map(({ value }) => value)).toEqual(['reject', 'Limits above 750,000 need the high-value program.']);
});

test('U13: rules stand in the rule around them; an else names what did not hold', async () => {
  const book = await rulesFor(`{{ "accept" | set_underwriting_decision }}
{% for e in data.policy.exposures %}{% if e.name == "thing" %}
  {% if v > 10 %}{{ "reject" | set_underwriting_decision }}{% else %}{{ "small" | add_underwriting_note }}{% endif %}
  {{ "seen" | add_underwriting_note }}
{% endif %}{% endfor %}
{% if v == 1 %}{{ "one" | add_underwriting_note }}{% endif %}`);
  expect(book.always.map(({ value }) => value)).toEqual(['accept']);
  expect(book.rules.map(short)).toEqual([
    {
      'e.name == "thing"': ['held', 'fired'],
      does: ['seen'],
      inside: [
        { 'v > 10': ['did not hold', 'silent'], does: ['reject'], inside: [] },
        { else: ['held', 'fired'], does: ['small'], inside: [] },
      ],
    },
    { 'v == 1': ['did not hold', 'silent'], does: ['one'], inside: [] },
  ]);
  expect(book.rules[0]?.inside[1]?.otherwise).toBe('v > 10');
  expect(book.rules.map(({ decides }) => decides)).toEqual([false, false]);
});

test('U13: the rule whose call came last decides, also through the rule around it', async () => {
  const book = await rulesFor(`{% if v > 1 %}{{ "reject" | set_underwriting_decision }}{% endif %}
{% if v > 2 %}{% if v > 3 %}{{ "none" | set_underwriting_decision }}{% endif %}{% endif %}`);
  expect(book.rules.map(({ decides }) => decides)).toEqual([false, true]);
});

test('U13: a part names what was read for it, and nothing that was read before it', async () => {
  const book = await rulesFor(
    '{% for e in data.policy.exposures %}{{ v }}{% if e.name == "thing" %}{% endif %}{% endfor %}',
  );
  expect(book.rules[0]?.asked[0]?.reads).toEqual(['data.policy.exposures[0].name']);
});

test('U13: a product without gate has no rules', () => {
  expect(
    rulesOf({ engine: '1', product: 'p', configuration: 'c', operation: 'new_business', steps: [] }),
  ).toMatchObject({ by: 'nothing', rules: [] });
});
