import { type Deployed, productOf } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { policyholderRules } from '#core/policy/policyholder-fields.ts';
import type { BookLines, Rated, RatedLines, RatingProgram } from './contract.ts';
import { inOrder } from './in-order.ts';
import { type RatingCase, rateRisk } from './rate-risk.ts';

/** Rates a batch of a book, in its order. Lines that are empty are no risks. */
export type BatchRater = (lines: BookLines, signal?: AbortSignal) => Promise<RatedLines>;

/** With what a run rates. Throws `not-found` and `invalid-configuration`: a product that can not be used rates no book. */
export function ratingCase(program: RatingProgram): RatingCase {
  const { configuration, clock, seed, configVersion = 0 } = program;
  const { hash } = configuration;
  const record = { locator: hash, configVersion, commit: hash, hash, deployedAt: clock, products: [] };
  const deployed: Deployed = { configuration, record };
  return {
    deployed,
    product: productOf(deployed, program.product),
    holderRules: policyholderRules(configuration),
    context: { clock, seed, worksheet: false },
  };
}

/** One risk at a time through the doors that a quote goes through, several in flight. */
export function oneByOne(desk: Desk, rating: RatingCase, width: number) {
  return (lines: BookLines, signal?: AbortSignal): Promise<readonly Rated[]> =>
    riskByRisk(lines, width, (line, text) => rateRisk(desk, rating, line, text, signal));
}

/** What is said of each risk of a batch, in its order. @param width risks in flight */
export async function riskByRisk<T>(
  lines: BookLines,
  width: number,
  one: (line: number, text: string) => Promise<T>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const said of inOrder(risksIn(lines), width, ({ line, text }) => one(line, text))) all.push(said);
  return all;
}

async function* risksIn({ first, text }: BookLines): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  let line = first;
  for (const one of text.split('\n')) {
    if (one.trim() !== '') yield { line, text: one };
    line += 1;
  }
}
