import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpretCalculation } from '#core/liquid/calculation.ts';
import type { FieldDefinition } from '#core/model/field.ts';
import type { NearChange } from '#core/model/near-miss.ts';
import type { Configuration, Product } from '#core/model/product.ts';
import { withChanges } from './apply.ts';
import { type AskedRisk, adjustableInputs, decidingText } from './inputs.ts';
import { searchNearest, type Verdict } from './search.ts';

/** A fixed seed: a failure here fails everywhere. */
const SEED = 20_260_301;

const field = (name: string, more: Partial<FieldDefinition>): FieldDefinition => ({
  name,
  title: name.toUpperCase(),
  type: 'number',
  optional: false,
  repeatable: false,
  ...more,
});
const GRADES = ['low', 'mid', 'high'];
const FIELDS = [
  field('a', { minimum: '0', maximum: '9' }),
  field('b', { minimum: '0', maximum: '9' }),
  field('grade', { type: 'select', values: GRADES }),
];
const at = {
  configuration: { policyholder: { fields: [] }, tables: {} } as unknown as Configuration,
  product: { fields: FIELDS, exposures: [] } as unknown as Product,
};
interface Risk {
  readonly a: number;
  readonly b: number;
  readonly grade: string;
}
const riskOf = (values: Risk): AskedRisk => ({ policy: { productName: 'p', fieldValues: { ...values } } });

/** Guidelines over plain names, decided by the interpreter. */
function decide(text: string, values: Risk): string {
  const { a, b, grade } = values;
  const scope = { a: Number(a), b: Number(b), grade: String(grade) };
  const outcome = interpretCalculation(text, 'g.liquid', {
    scope,
    tables: () => undefined,
    clock: 0,
    timeZone: 'UTC',
    currency: 'USD',
    worksheet: false,
  });
  if (!outcome.ok) throw new Error(outcome.message);
  return String(outcome.effects.findLast(({ filter }) => filter === 'set_underwriting_decision')?.value);
}

function search(text: string, values: Risk, more: { most?: number; over?: () => boolean } = {}) {
  const risk = riskOf(values);
  const verdict = (asked: AskedRisk): Verdict => {
    const one = Object.fromEntries(
      Object.entries(asked.policy.fieldValues ?? {}).map(([name, value]) => [
        name,
        Array.isArray(value) ? value[0] : value,
      ]),
    );
    const decision = decide(text, one as unknown as Risk);
    return { accepted: decision === 'accept', outcome: decision };
  };
  return searchNearest(adjustableInputs(risk, at, decidingText([text])), {
    before: verdict(risk),
    evaluate: async (changes) => verdict(withChanges(risk, changes, at)),
    most: more.most ?? 5_000,
    over: more.over ?? (() => false),
  });
}
const brief = (changes: readonly NearChange[]): unknown => changes.map(({ path, to }) => [path, to[0]]);

const condition = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), fc.nat(9))
    .map(([name, operator, constant]) => `${name} ${operator} ${constant}`),
  fc
    .tuple(fc.constantFrom('==', '!='), fc.constantFrom(...GRADES))
    .map(([operator, grade]) => `grade ${operator} "${grade}"`),
);
const rule = fc
  .tuple(condition, fc.constantFrom(' and ', ' or '), fc.option(condition))
  .map(([one, by, other]) => (other === null ? one : one + by + other))
  .map((text) => `{% if ${text} %}{{ "reject" | set_underwriting_decision }}{% endif %}`);
const guidelines = fc
  .array(rule, { minLength: 1, maxLength: 3 })
  .map((rules) => ['a b grade', '{{ "accept" | set_underwriting_decision }}', ...rules].join('\n'));
const anyRisk = fc.record({ a: fc.nat(9), b: fc.nat(9), grade: fc.constantFrom(...GRADES) });

/** Everything that a risk could be, tried one after another, by the definition of nearness and nothing else. */
function bruteForce(text: string, from: Risk): { changes: number; distance: number } | undefined {
  let best: { changes: number; distance: number } | undefined;
  const moved = (one: number, other: number): number =>
    one === other ? 0 : Math.abs(one - other) / Math.max(one, other);
  for (let a = 0; a <= 9; a += 1)
    for (let b = 0; b <= 9; b += 1)
      for (const grade of GRADES) {
        const changes = Number(a !== from.a) + Number(b !== from.b) + Number(grade !== from.grade);
        if (changes === 0 || changes > 2 || decide(text, { a, b, grade }) !== 'accept') continue;
        const distance = moved(from.a, a) + moved(from.b, b) + Number(grade !== from.grade);
        const nearer = !best || changes < best.changes || (changes === best.changes && distance < best.distance);
        if (nearer) best = { changes, distance };
      }
  return best;
}

test('N10, N11: over rules that compare fields with constants, nothing is nearer than what is found first', async () => {
  await fc.assert(
    fc.asyncProperty(guidelines, anyRisk, async (text, risk) => {
      fc.pre(decide(text, risk) === 'reject');
      const expected = bruteForce(text, risk);
      const found = await search(text, risk);
      expect(found.exhausted).toBe(true);
      const [first] = found.accepted;
      expect(first?.length).toBe(expected?.changes);
      if (!first || !expected) return;
      const moved = first.reduce((sum, { path, to, from }) => {
        if (path === 'grade') return sum + 1;
        const [before, after] = [Number(from[0]), Number(to[0])];
        return sum + Math.abs(before - after) / Math.max(before, after);
      }, 0);
      expect(moved).toBeCloseTo(expected.distance, 9);
      for (const changes of found.accepted) {
        const value = (name: string): string | undefined => changes.find(({ path }) => path === name)?.to[0];
        const changed = {
          a: Number(value('a') ?? risk.a),
          b: Number(value('b') ?? risk.b),
          grade: value('grade') ?? risk.grade,
        };
        expect(decide(text, changed)).toBe('accept');
      }
    }),
    { seed: SEED, numRuns: 150 },
  );
});

describe('the search', () => {
  const both = `{{ "accept" | set_underwriting_decision }}
{% if a > 4 %}{{ "reject" | set_underwriting_decision }}{% endif %}{% if b > 6 %}{{ "reject" | set_underwriting_decision }}{% endif %}
{% if grade == "high" %}{% endif %}`;

  test('N11: pairs come only when no single change does', async () => {
    const one = await search(both, { a: 7, b: 5, grade: 'low' });
    expect(one.accepted.map(brief)).toEqual([[['a', '4']]]);
    const two = await search(both, { a: 7, b: 9, grade: 'low' });
    expect(two.accepted.map(brief)).toEqual([
      [
        ['a', '4'],
        ['b', '6'],
      ],
    ]);
  });

  test('N12: a bound that stands in no text is found by halves', async () => {
    const text = `{{ "accept" | set_underwriting_decision }}{% assign s = a | times: b %}
{% if s >= 21 %}{{ "reject" | set_underwriting_decision }}{% endif %}`;
    const found = await search(text, { a: 7, b: 7, grade: 'low' });
    expect(found.accepted.map(brief)).toEqual([[['a', '2']], [['b', '2']]]);
  });

  test('N13: what is left out is said', async () => {
    const found = await search(both, { a: 7, b: 9, grade: 'low' }, { most: 3 });
    expect(found).toMatchObject({ accepted: [], evaluations: 3, exhausted: false });
  });

  test('N14: cancelled, it ends before the next evaluation', async () => {
    let asked = 0;
    const found = await search(both, { a: 7, b: 9, grade: 'low' }, { over: () => asked++ >= 2 });
    expect(found).toMatchObject({ evaluations: 2, exhausted: false });
  });

  test('N1: fields that the rules do not name stay as they are', () => {
    const inputs = adjustableInputs(riskOf({ a: 1, b: 2, grade: 'low' }), at, decidingText(['{% if b > 1 %}']));
    expect(inputs.map(({ change }) => change.path)).toEqual(['b']);
    const all = adjustableInputs(riskOf({ a: 1, b: 2, grade: 'low' }), at, decidingText(['nothing']));
    expect(all.map(({ change }) => change.path)).toEqual(['a', 'b', 'grade']);
  });

  test('N3: constants are read as they are written, not inside of names', () => {
    const { constants } = decidingText(['x_past_3_years > 750000 or v >= .5 or "12.50" == y2']);
    expect(constants.map(String)).toEqual(['750000', '12.5']);
  });
});
