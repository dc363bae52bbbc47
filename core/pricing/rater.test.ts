import { describe, expect, test } from 'vitest';
import type { JsonValue } from '#core/model/json.ts';
import { allRows, draftPolicy } from '#core/model/policy.fixture.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { Trace } from '#core/model/trace.ts';
import { readRaterAnswer } from './rater.ts';
import { rowsToPrice } from './rows.ts';

const policy = draftPolicy({
  productName: 'auto',
  start: 0,
  end: 1,
  exposures: [{ name: 'vehicle', perils: ['fire', 'theft'] }],
});
const product = { exposures: [] } as unknown as Product;
const rows = rowsToPrice(policy, allRows(policy), product);
const fire = 'x0-fire';
const theft = 'x0-theft';
const answer = (entries: Record<string, JsonValue>): JsonValue => ({ pricedPerilCharacteristics: entries });
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (cause) {
    if (cause instanceof Problem) return cause;
    throw cause;
  }
  throw new Error('nothing was thrown');
};

describe('what a rater answers', () => {
  test('P12: aliases, numbers by their shortest text, numeric text, commissions', () => {
    const rates = readRaterAnswer(
      answer({
        [fire]: { premium: 0.1, technicalPremium: ' 12.50 ', commissions: [{ recipient: 'a', amount: 1.5 }] },
        [theft]: {
          yearlyPremium: '3',
          premium: '999',
          exactPremium: 2,
          exactTechnicalPremium: 1,
          commissions: [{ recipient: 'b', yearlyAmount: null, exactAmount: '4' }],
        },
      }),
      rows,
    );
    const shown = JSON.parse(JSON.stringify([rates.get(fire), rates.get(theft)]));
    expect(shown).toEqual([
      {
        premium: { yearly: '0.1' },
        technical: { yearly: '12.5' },
        commissions: [{ recipient: 'a', rate: { yearly: '1.5' } }],
      },
      {
        premium: { yearly: '3', exact: '2' },
        technical: { exact: '1' },
        commissions: [{ recipient: 'b', rate: { exact: '4' } }],
      },
    ]);
  });

  test('P12: a recipient may be a number, or a field: a list of one', () => {
    const commissions = [
      { recipient: ['Ann'], amount: 1 },
      { recipient: 1234, amount: 2 },
    ];
    const rates = readRaterAnswer(answer({ [fire]: { premium: 1, commissions }, [theft]: { premium: 1 } }), rows);
    expect(rates.get(fire)?.commissions.map(({ recipient }) => recipient)).toEqual(['Ann', '1234']);
  });

  test('P12: zero is a price', () => {
    expect(readRaterAnswer(answer({ [fire]: { yearlyPremium: 0 }, [theft]: { premium: '0' } }), rows).size).toBe(2);
  });

  test('P13: an exceptionMessage refuses, in its own words', () => {
    const problem = problemOf(() => readRaterAnswer({ exceptionMessage: 'No appetite.' }, rows));
    expect([problem.code, problem.status, problem.message]).toEqual(['rater-refused', 409, 'No appetite.']);
  });

  test.each([
    ['is missing', { [fire]: { premium: 1 } }, 'vehicle 1 / theft (x0-theft): it is missing'],
    ['has no amount', { [fire]: { premium: 1 }, [theft]: {} }, 'neither yearlyPremium nor exactPremium'],
    ['is null, which NaN becomes', { [fire]: { premium: null }, [theft]: { premium: 1 } }, 'premium is null'],
    ['is no number', { [fire]: { premium: 'NaN' }, [theft]: { premium: 1 } }, 'premium is "NaN", not a number'],
    ['has a thousands separator', { [fire]: { premium: '1,200' }, [theft]: { premium: 1 } }, '"1,200"'],
    ['is a list', { [fire]: [1], [theft]: { premium: 1 } }, 'x0-fire'],
    ['is inherited only', { [theft]: { premium: 1 }, ...JSON.parse('{"__proto__": {"premium": 1}}') }, 'x0-fire'],
    [
      'has a commission for nobody',
      { [fire]: { premium: 1, commissions: [{ amount: 1 }] }, [theft]: { premium: 1 } },
      'no recipient',
    ],
  ])('P14: a price that %s fails and names peril and locator', (_what, entries, said) => {
    const problem = problemOf(() => readRaterAnswer(answer(entries as Record<string, JsonValue>), rows));
    expect(problem.code).toBe('pricing-failed');
    expect(problem.message).toContain(said);
  });

  test('P14: every faulty row is named at once, and the script that answered', () => {
    const file = 'scripts/main/rater.js';
    const { message, place } = problemOf(() => readRaterAnswer(answer({}), rows, undefined, { file }));
    expect(place).toEqual({ file });
    expect(message).toContain(fire);
    expect(message).toContain(theft);
  });

  test.each([[null], [[]], ['text'], [{}], [{ pricedPerilCharacteristics: [] }], [7]])(
    'P14: an answer %j is no answer',
    (value) => {
      expect(problemOf(() => readRaterAnswer(value as JsonValue, rows)).code).toBe('pricing-failed');
    },
  );

  test('P15: prices nobody asked for are ignored with a warning', () => {
    const trace = new Trace();
    const rates = readRaterAnswer(answer({ [fire]: { premium: 1 }, [theft]: { premium: 1 }, x9: {} }), rows, trace);
    expect([...rates.keys()]).toEqual([fire, theft]);
    expect(trace.steps).toEqual([{ kind: 'warning', message: expect.stringContaining('x9') }]);
  });
});

test('P4: a listed row that the policy does not hold fails', () => {
  const unknown = { ...allRows(policy)[0], perilCharacteristicsLocator: 'gone' } as (typeof rows)[number]['triple'];
  expect(problemOf(() => rowsToPrice(policy, [unknown], product)).message).toContain('gone');
});
