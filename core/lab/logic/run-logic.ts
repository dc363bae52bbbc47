import type { Desk } from '#core/desk/desk.ts';
import type { UnderwritingDecision } from '#core/model/policy.ts';
import type { Problem } from '#core/model/problem.ts';
import type { Worksheet } from '#core/model/worksheet.ts';
import { priceResponse } from '#core/policy/price-response.ts';
import { decide, priceQuote } from '#core/policy/rate.ts';
import { sampledSubjects, storedSubject, take } from '#core/policy/studio/risks.ts';
import type { Side } from '#core/policy/studio/working-copy.ts';
import type { RunContext } from '#core/sandbox/contract.ts';

/** The risk that logic is tried on: number `index` of a seed's samples, or a stored policy as its selected quote says. */
export type ChosenRisk =
  | { readonly kind: 'sampled'; readonly seed: string; readonly index: number }
  | { readonly kind: 'stored'; readonly locator: string };

/** What the logic of a working copy makes of one risk; nothing is stored. */
export interface LogicRun {
  readonly label: string;
  readonly price?: ReturnType<typeof priceResponse>;
  readonly decision?: UnderwritingDecision;
  readonly notes: readonly string[];
  /** Of the price, then of the decision: kept when it fails too, up to where it failed. */
  readonly worksheets: readonly Worksheet[];
  readonly problem?: Problem;
}

/**
 * Prices and decides a risk with its worksheets, by the working copy, always with the same seed: only what is typed makes a
 * difference. A product with an external rater is decided without a price. Throws `not-found`; `invalid-fields` for a risk that
 * the copy cannot take.
 */
export async function runLogic(desk: Desk, side: Side, risk: ChosenRisk): Promise<LogicRun> {
  const context: RunContext = { clock: desk.now(), seed: '0', worksheet: true };
  const [subject] =
    risk.kind === 'stored'
      ? [storedSubject(desk, risk.locator)]
      : sampledSubjects(side, { seed: risk.seed, from: risk.index, count: 1, now: context.clock });
  if (!subject) return { label: '', notes: [], worksheets: [] };
  const { label } = subject;
  const { rated } = take(desk, side, subject);
  const worksheets: Worksheet[] = [];
  let { quote } = rated.view;
  if (side.product.externalRater === undefined) {
    const priced = await priceQuote(desk, rated, context);
    if (priced.worksheet) worksheets.push(priced.worksheet);
    if (!priced.ok) return { label, notes: [], worksheets, problem: priced.problem };
    quote = priced.quote;
  }
  const decided = await decide(desk, rated, quote, context);
  if (decided.worksheet) worksheets.push(decided.worksheet);
  const price = quote.price ? { price: priceResponse(quote) } : {};
  if (!decided.ok) return { label, ...price, notes: [], worksheets, problem: decided.problem };
  const { decision, notes = [] } = decided.result ?? {};
  return { label, ...price, ...(decision === undefined ? {} : { decision }), notes, worksheets };
}
