import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { caseReader } from '#core/api/case-reader.ts';
import { ownTests, testsAt } from '#core/cli/test-cases.ts';
import { comparePublished, Published } from '#core/lab/receipt/published.ts';
import type { CaseTest, ProductTest } from '#core/lab/tests/contract.ts';
import { runCase } from '#core/lab/tests/run-case.ts';
import { openThrowawayDesk, type ThrowawayDesk } from '#core/policy/throwaway.ts';
import { loadConfiguration } from '#core/product/load.ts';
import { ROOT } from './support.ts';

/** Cases as data: what `fieldwriter test` runs, here for test/cases and the examples' cases with transactions and tables of cases (core/pricing has the others). */
const CASES = path.join(ROOT, 'test/cases');
const EXAMPLES = path.join(ROOT, 'examples');

interface Suite {
  readonly name: string;
  readonly workbench: ThrowawayDesk;
  readonly timeZone: string;
  readonly cases: readonly CaseTest[];
}
const suites: Suite[] = [];
for (const source of ['proration', 'cancellations', 'lifetime'].map((name) => path.join(CASES, name)))
  suites.push(await suiteOf(source));
suites.push(await suiteOf(path.join(EXAMPLES, 'personal-auto'), path.join(CASES, 'golden')));
for (const name of readdirSync(EXAMPLES).filter((entry) => !entry.includes('.'))) {
  const suite = await suiteOf(path.join(EXAMPLES, name));
  suites.push({
    ...suite,
    cases: suite.cases.filter(({ given, line }) => line !== undefined || 'transactions' in Object(given)),
  });
}
afterAll(() => Promise.all(suites.map(({ workbench }) => workbench.close())));

async function suiteOf(source: string, folder?: string): Promise<Suite> {
  const configuration = await loadConfiguration({ folder: source });
  return {
    name: path.relative(ROOT, folder ?? source),
    workbench: await openThrowawayDesk(configuration, { documents: 'later' }),
    timeZone: configuration.timeZone,
    cases: (folder === undefined ? ownTests(configuration) : await testsAt(folder, configuration)).filter(isCase),
  };
}

function isCase(test: ProductTest): test is CaseTest {
  return test.kind === 'case';
}

describe.each(suites.filter(({ cases }) => cases.length > 0))('$name', ({ workbench, timeZone, cases }) => {
  it.each(cases)('$file', async (given) => {
    const { differences } = await runCase({ workbench, timeZone, reader: caseReader(timeZone) }, given);
    expect(differences).toEqual([]);
  });
});

it('a page that prints a wrong sum: the first step that differs is the contents, and how ours came about', async () => {
  const suite = suites.find(({ name }) => name === 'examples/published-cases');
  const wrong = suite?.cases.find(({ description }) => description.includes('a page prints'));
  if (!suite || !wrong) throw new Error('There is no such case.');
  const printed = { ...(wrong.given as object), expect: { grossPremium: '5554.20' } } as CaseTest['given'];
  const bench = { workbench: suite.workbench, timeZone: suite.timeZone, reader: caseReader(suite.timeZone) };
  const { differences, worksheet } = await runCase(bench, { ...wrong, given: printed });
  expect(differences).toMatchObject([{ what: 'grossPremium', expected: '5554.20', actual: '5562.20' }]);
  const published = readFileSync(
    path.join(EXAMPLES, 'published-cases/products/fire/published/printed-wrong.json'),
    'utf8',
  );
  const compared = comparePublished(Published.parse(JSON.parse(published)), worksheet?.steps ?? []);
  expect(compared.firstDiffering).toBe(1);
  expect(compared.steps[1]).toMatchObject({ published: '2,814.40', rated: '2822.40' });
  expect(compared.explanation.join('\n')).toContain('0.42');
});

describe('a case that is not met', () => {
  const suite = suites.find(({ name }) => name === 'test/cases/lifetime');
  const differences = async (name: string, edit: (file: JsonCase) => void) => {
    const given = suite?.cases.find(({ file }) => file.endsWith(`/${name}.case.json`));
    if (!suite || !given) throw new Error(`There is no case ${name}.`);
    const file = structuredClone(given.given) as unknown as JsonCase;
    edit(file);
    const { workbench, timeZone } = suite;
    const edited = { ...given, given: file as unknown as CaseTest['given'] };
    const result = await runCase({ workbench, timeZone, reader: caseReader(timeZone) }, edited);
    return result.differences.map(({ what, expected, actual }) => [what, expected, actual]);
  };
  interface JsonCase {
    transactions: { type: string; request: Record<string, unknown>; expect: Record<string, unknown> }[];
  }
  const first = ({ transactions }: JsonCase) => {
    const [transaction] = transactions;
    if (!transaction) throw new Error('The case has no transactions.');
    return transaction;
  };

  it.each([
    [
      'a piece too few',
      'reprice-always',
      (file: JsonCase) => Object.assign(first(file).expect, { premiums: { '0/fire': [180] } }),
      [['transactions[0] (endorsement change): premium of 0/fire', '180', '60.00, 120.00']],
    ],
    [
      'a piece too many',
      'reprice-always',
      (file: JsonCase) => Object.assign(first(file).expect, { premiums: { '1/fire': [60, 0] } }),
      [['transactions[0] (endorsement change): premium of 1/fire', '60, 0', '60.00']],
    ],
    [
      'another change of the total',
      'cancelled-at-three-quarters',
      (file: JsonCase) => Object.assign(first(file).expect, { totalChange: '-55.49' }),
      [['transactions[0] (cancellation insured_request): totalChange', '-55.49', '-55.50']],
    ],
    [
      'a declined transaction that nobody expects',
      'declined',
      (file: JsonCase) => Object.assign(first(file), { expect: {} }),
      [['transactions[0] (endorsement change): state', 'issued', 'declined']],
    ],
    [
      'a problem that did not come',
      'reprice-always',
      (file: JsonCase) => Object.assign(first(file), { expect: { problem: 'invalid-fields' } }),
      [['transactions[0] (endorsement change): problem', 'invalid-fields', 'it was issued']],
    ],
    [
      'a problem that nobody expects',
      'reprice-by-choice',
      (file: JsonCase) => Object.assign(first(file), { expect: {} }),
      [
        [
          'transactions[0] (endorsement by_choice): problem',
          'none',
          'invalid-fields: transactions[0] (endorsement): The endorsement "by_choice" asks whether to reprice: give reprice true or false.',
        ],
      ],
    ],
    [
      'a misspelt expectation',
      'reprice-always',
      (file: JsonCase) => Object.assign(first(file).expect, { premiumchange: 60 }),
      [['problem', 'none', expect.stringContaining('transactions[0].expect.premiumchange: there is no such member')]],
    ],
    [
      'a misspelt member of a transaction',
      'reprice-always',
      (file: JsonCase) => Object.assign(first(file), { isuedTimestamp: '2023-06-20' }),
      [
        [
          'transactions[0] (endorsement change): problem',
          'none',
          expect.stringContaining('isuedTimestamp: there is no such member'),
        ],
      ],
    ],
  ])('%s', async (_, name, edit, expected) => {
    expect(await differences(name, edit)).toEqual(expected);
  });
});
