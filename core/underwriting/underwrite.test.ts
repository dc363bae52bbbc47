import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonValue } from '#core/model/json.ts';
import { type CaseFile, draftPolicy, policyholder, policyOfCase } from '#core/model/policy.fixture.ts';
import type { WorksheetStep } from '#core/model/worksheet.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { openSandbox } from '#core/sandbox/pool.ts';
import type { UnderwritingInput, UnderwritingResult } from './contract.ts';
import { underwrite } from './underwrite.ts';
import { readAnswer } from './verdict.ts';

const sandbox = openSandbox();
afterAll(() => sandbox.close());

const POLICY = 'products/p/policy';
const CLOCK = Date.UTC(2026, 0, 1);
const guidelines = (text: string): Record<string, string> => ({ [`${POLICY}/underwriting.guidelines.liquid`]: text });
const plugin = (body: string): Record<string, string> => ({
  [`${POLICY}/policy.json`]: JSON.stringify({
    plugins: { getUnderwritingResult: { path: 'm/uw.js', enabled: true } },
  }),
  'scripts/m/uw.js': `exports.getUnderwritingResult = (data) => { ${body} };`,
});

async function inputOf(
  files: Readonly<Record<string, string>>,
  values: Readonly<Record<string, readonly string[]>> = {},
): Promise<UnderwritingInput> {
  const all: Record<string, string> = {
    'config.json': '{"timezone": "UTC", "currency": "USD"}',
    [`${POLICY}/policy.json`]: '{}',
    [`${POLICY}/exposures/thing/exposure.json`]: JSON.stringify({
      name: 'thing',
      fields: [{ name: 'vehicle_value', title: 'Value', type: 'number', optional: true }],
    }),
    ...files,
  };
  const bytes = Object.entries(all).map(([path, text]): [string, Uint8Array] => [path, new TextEncoder().encode(text)]);
  const configuration = await loadConfiguration({ files: new Map(bytes) });
  const [product] = configuration.products;
  if (!product) throw new Error(JSON.stringify(configuration.diagnostics));
  const policy = draftPolicy({
    productName: 'p',
    start: CLOCK,
    end: CLOCK + 1,
    exposures: [{ name: 'thing', fieldValues: values, perils: [] }],
  });
  return {
    configuration,
    product,
    operation: 'new_business',
    policy,
    policyholder: policyholder(),
    context: { clock: CLOCK, seed: 'test', worksheet: true },
  };
}

const run = async (input: UnderwritingInput): Promise<UnderwritingResult> => underwrite(input, { sandbox });
async function decided(input: UnderwritingInput): Promise<Extract<UnderwritingResult, { ok: true }>> {
  const result = await run(input);
  if (!result.ok) throw result.problem;
  return result;
}
async function failed(input: UnderwritingInput): Promise<Extract<UnderwritingResult, { ok: false }>> {
  const result = await run(input);
  if (result.ok) throw new Error('was decided');
  return result;
}
const flat = (steps: readonly WorksheetStep[] = []): WorksheetStep[] =>
  steps.flatMap((step) => (step.kind === 'section' ? [step, ...flat(step.steps)] : [step]));
const warnings = (result: UnderwritingResult): string[] =>
  flat(result.worksheet?.steps).flatMap((step) => (step.kind === 'warning' ? [step.message] : []));

describe('guidelines', () => {
  // the seed's own example
  const seed = `{{ "accept" | set_underwriting_decision }}
{% if vehicle_value > 100000 %}
  {{ "reject" | set_underwriting_decision }}
  {{ "Exotic_vehicles_are_notinsurable_(UW-008)" | add_underwriting_note }}
{% endif %}`;

  test.each([
    ['100000', 'accept', []],
    ['100000.01', 'reject', ['Exotic_vehicles_are_notinsurable_(UW-008)']],
  ])('U7, U9, U10: the example of the seed decides %s', async (value, decision, notes) => {
    const { result } = await decided(await inputOf(guidelines(seed), { vehicle_value: [value] }));
    expect(result).toEqual({ decision, notes, decisionTimestamp: String(CLOCK) });
  });

  test('U12: deciding changes nothing, so a dry run answers what the decision will be', async () => {
    const input = await inputOf(guidelines(seed), { vehicle_value: ['100000.01'] });
    const before = structuredClone(input.policy);
    const dryRun = await decided(input);
    expect(await decided(input)).toEqual(dryRun);
    expect(input.policy).toEqual(before);
  });

  test('U7: the last decision wins, notes accumulate whatever the decision', async () => {
    const text = `{{ "reject" | set_underwriting_decision }}{{ "one" | add_underwriting_note }}
      {{ "accept" | set_underwriting_decision }}{{ 2 | add_underwriting_note }}{{ nil | add_underwriting_note }}`;
    const answer = await decided(await inputOf(guidelines(text)));
    expect(answer.result).toMatchObject({ decision: 'accept', notes: ['one', '2'] });
    expect(warnings(answer)).toEqual([expect.stringContaining('add_underwriting_note')]);
  });

  test('U7: no decision call is none, and said', async () => {
    const answer = await decided(await inputOf(guidelines('{{ "a note" | add_underwriting_note }}')));
    expect(answer.result).toMatchObject({ decision: 'none', notes: ['a note'] });
    expect(warnings(answer)).toEqual([expect.stringContaining('none')]);
  });

  test('U8: a decision outside the enum fails, even when a later one is right', async () => {
    const text = '\n{{ "deny" | set_underwriting_decision }}\n{{ "accept" | set_underwriting_decision }}';
    const { problem } = await failed(await inputOf(guidelines(text)));
    expect(problem).toMatchObject({ code: 'underwriting-failed', place: { line: 2 } });
    expect(problem.message).toContain('"deny"');
  });

  test('U11: every rule call and branch is in the worksheet, taken or not', async () => {
    const { worksheet } = await decided(await inputOf(guidelines(seed), { vehicle_value: ['5'] }));
    const steps = flat(worksheet?.steps);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'branch', taken: false }));
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'set', filter: 'set_underwriting_decision' }));
    expect(steps.at(-1)).toEqual({ kind: 'amount', what: 'decision', value: 'accept' });
  });

  test('U11: a broken file fails with its place and keeps the steps', async () => {
    const { problem, worksheet } = await failed(
      await inputOf(
        guidelines('{{ "accept" | set_underwriting_decision }}\n{{ 1 | no_such_filter | add_underwriting_note }}'),
      ),
    );
    expect(problem.code).toBe('underwriting-failed');
    expect(problem.message).toContain('underwriting.guidelines.liquid:2');
    expect(flat(worksheet?.steps).at(-1)).toMatchObject({ kind: 'failure' });
  });
});

describe('plugin', () => {
  test('U1: the plugin wins over guidelines, with a warning', async () => {
    const files = {
      ...guidelines('{{ "reject" | set_underwriting_decision }}'),
      ...plugin("return { decision: 'accept' };"),
    };
    const answer = await decided(await inputOf(files));
    expect(answer.result).toMatchObject({ decision: 'accept', notes: [] });
    expect(warnings(answer)).toEqual([expect.stringContaining('guidelines are not used')]);
  });

  test('U3, U5: it sees operation, policy and policyholder as text', async () => {
    const body = `return { decision: 'none', notes: [data.operation, data.policy.locator, typeof data.policyholder.version,
      data.policy.characteristics[0].policyStartTimestamp] };`;
    const { result } = await decided(await inputOf(plugin(body)));
    expect(result).toMatchObject({ decision: 'none', notes: ['new_business', 'policy', 'string', String(CLOCK)] });
  });

  test.each([
    ['throws', 'throw "no service";', 'plugin-failed', 'no service'],
    ['loops', 'for (;;);', 'plugin-timeout', 'm/uw.js'],
    ['answers deny', "return { decision: 'deny' };", 'underwriting-failed', '"deny"'],
    ['answers nothing', '', 'underwriting-failed', 'm/uw.js'],
  ])('U4, U6: a plugin that %s decides nothing', async (_what, body, code, said) => {
    const { problem, worksheet } = await failed(await inputOf(plugin(`console.log('here'); ${body}`)));
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(said);
    expect(flat(worksheet?.steps).at(-1)).toMatchObject({ kind: 'failure' });
  });

  test.each<[JsonValue, string]>([
    [null, 'null'],
    ['accept', '"accept"'],
    [['accept'], '["accept"]'],
    [{}, 'undefined'],
    [{ decision: 'Accept' }, '"Accept"'],
    [{ decision: true }, 'true'],
    [{ decision: 'accept', notes: 'one' }, '"one"'],
  ])('U4, U5: the answer %j fails and is shown', (answer, shown) => {
    expect(() => readAnswer(answer, 'm/uw.js')).toThrow(shown);
  });

  test('U5: notes that are null are none, notes that are no text are kept as JSON', () => {
    expect(readAnswer({ decision: 'reject', notes: null }, 'm/uw.js')).toEqual({ decision: 'reject', notes: [] });
    expect(readAnswer({ decision: 'accept', notes: [{ code: 7 }] }, 'm/uw.js').notes).toEqual(['{"code":7}']);
  });
});

test('U2: neither plugin nor guidelines: no gate, no result', async () => {
  const answer = await decided(await inputOf({}));
  expect('result' in answer).toBe(false);
});

const EXAMPLES = new URL('../../examples/', import.meta.url);
const examples = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const cases: [string, UnderwritingInput, CaseFile['expect']][] = [];
for (const { name } of examples) {
  const configuration = await loadConfiguration({ folder: new URL(name, EXAMPLES).pathname });
  for (const product of configuration.products) {
    for (const path of product.caseFiles) {
      const file = JSON.parse(new TextDecoder().decode(configuration.files.get(path))) as CaseFile;
      const policy = policyOfCase(file, () => ({}));
      const context = { clock: Number(policy.originalContractStartTimestamp), seed: 'test', worksheet: false };
      const input: UnderwritingInput = {
        configuration,
        product,
        operation: 'new_business',
        policy,
        policyholder: policyholder(),
        context,
      };
      if (file.expect.decision) cases.push([path, input, file.expect]);
    }
  }
}

test.each(cases)('the decision of %s', async (_path, input, expected) => {
  const { result, worksheet } = await decided(input);
  expect(result?.decision).toBe(expected.decision);
  if (expected.notes) expect(result?.notes).toEqual(expected.notes);
  expect(worksheet).toBeUndefined();
});
