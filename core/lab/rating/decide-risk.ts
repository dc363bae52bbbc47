import type { Desk } from '#core/desk/desk.ts';
import type { UnderwritingDecision } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { guestReader } from '#core/policy/guest-reader.ts';
import { underwrite } from '#core/underwriting/underwrite.ts';
import type { BookLines, FailedRisk } from './contract.ts';
import { pricedBusiness } from './priced-business.ts';
import { ofPriced, type RatingCase } from './rate-risk.ts';
import { riskByRisk } from './slow.ts';

export interface DecidedRisk {
  readonly ok: true;
  readonly line: number;
  readonly key: string;
  readonly decision: UnderwritingDecision;
  readonly notes: readonly string[];
}
export type Decided = DecidedRisk | FailedRisk;

/** What decides on risks of a product (U1): its plugin, else its guidelines. Throws `wrong-state` where there is neither (UB5). */
export function deciderOf({ plugins, guidelinesFile, name }: Product): { plugin: string } | { guidelines: string } {
  const plugin = plugins.getUnderwritingResult;
  if (plugin?.enabled) return { plugin: plugin.path };
  if (guidelinesFile !== undefined) return { guidelines: guidelinesFile };
  throw new Problem(
    'wrong-state',
    `${name} has no rules: neither a plugin getUnderwritingResult nor underwriting.guidelines.liquid. There is nothing to decide.`,
  );
}

/** Prices and decides on the risks of a batch, each through the doors that a quote goes through (UB1), several in flight. */
export function decidedOneByOne(desk: Desk, rating: RatingCase, width: number) {
  return (lines: BookLines, signal?: AbortSignal): Promise<readonly Decided[]> =>
    riskByRisk(lines, width, (line, text) =>
      ofPriced(desk, rating, line, text, signal, async (input, priced) => {
        const { configuration, product, operation, policyholder, context } = input;
        const currency = input.policy.currency ?? configuration.currency;
        const policy = pricedBusiness(input.policy, priced, currency);
        const decided = await underwrite(
          { configuration, product, operation, policy, policyholder, context },
          { sandbox: desk.sandbox, reader: guestReader(desk) },
        );
        if (!decided.ok) throw decided.problem;
        const { decision = 'none', notes = [] } = decided.result ?? {};
        return { decision, notes };
      }),
    );
}
