import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from '#core/api/parse.ts';
import { QuoteRequest } from '#core/api/schemas.ts';
import type { PolicyResponse } from '#core/model/policy.ts';
import type { PolicyCreateRequest } from '#core/model/request.ts';
import { runQuote } from '#core/policy/quote-run.ts';
import type { Sandbox } from '#core/sandbox/contract.ts';
import { ACTOR, deployExample, openTestWorkbench } from './support.ts';

/** A request with every amount that it must come to, one a line of the fixture. */
interface WorkedOut {
  /** The term in words, for whoever reads a failure. */
  readonly term: string;
  readonly policy: PolicyCreateRequest;
  readonly perils: readonly {
    readonly peril: string;
    readonly premium: string;
    readonly monthPremium: string;
    readonly technicalPremium?: string;
    /** `recipient amount` */
    readonly commissions: readonly string[];
    readonly taxes: readonly string[];
  }[];
  readonly grossPremium: string;
  readonly grossTaxes: string;
  /** `name amount` */
  readonly fees: readonly string[];
  readonly decision: string;
  readonly notes: readonly string[];
}

/**
 * The examples at their edges: ends of tables, half cents, one-second and ten-year terms, starts on the 29th to 31st and in the
 * hours that daylight saving skips or repeats. The amounts were worked out apart from the engine, in exact fractions, from the
 * text of the premium files and formats §2.5, §2.6 and §2.8. Both evaluators of Liquid must come to them.
 */
describe.each(['personal-auto', 'homeowners', 'commercial-property'])('%s, worked out apart', async (name) => {
  const opened = await openTestWorkbench();
  await deployExample(opened, name);
  const { desk } = opened.workbench;
  const fixture = path.join(import.meta.dirname, 'fixtures/worked-out', `${name}.json`);
  const cases: readonly WorkedOut[] = JSON.parse(readFileSync(fixture, 'utf8'));

  it.each(['compiled', 'interpreted'] as const)('comes to the cent and to the same decision, %s', async (evaluator) => {
    const sandbox: Sandbox = {
      runPlugin: (run) => desk.sandbox.runPlugin(run),
      runLiquid: (run) => desk.sandbox.runLiquid({ ...run, evaluator }),
      renderTemplate: (run) => desk.sandbox.renderTemplate(run),
      close: () => desk.sandbox.close(),
    };
    expect(cases.length).toBeGreaterThan(5);
    for (const { policy: request, ...expected } of cases) {
      const body = parse(QuoteRequest, { policy: { ...request, productName: name } }, 'The case');
      const { policy, underwriting } = await runQuote({ ...desk, sandbox }, { actor: ACTOR }, body);
      expect({
        term: expected.term,
        ...amountsOf(policy),
        decision: underwriting?.decision,
        notes: underwriting?.notes,
      }).toEqual(expected);
    }
  });
});

function amountsOf(policy: PolicyResponse): Omit<WorkedOut, 'term' | 'policy' | 'decision' | 'notes'> {
  const [row] = policy.characteristics;
  return {
    perils: policy.exposures.flatMap(({ perils }) =>
      perils.flatMap(({ name, characteristics }) =>
        characteristics.map(({ premium = '', monthPremium = '', technicalPremium, commissions = [], taxes = [] }) => ({
          peril: name,
          premium,
          monthPremium,
          ...(technicalPremium === undefined ? {} : { technicalPremium }),
          commissions: commissions.map(({ recipient, amount }) => `${recipient} ${amount}`),
          taxes: taxes.map(({ amount }) => amount),
        })),
      ),
    ),
    grossPremium: row?.grossPremium ?? '',
    grossTaxes: row?.grossTaxes ?? '',
    fees: policy.fees.map(({ name, amount }) => `${name} ${amount}`),
  };
}
