import { productOf } from '#core/desk/configurations.ts';
import { type Desk, need } from '#core/desk/desk.ts';
import type { QuotePrice, QuoteRecord, WorksheetRecord } from '#core/desk/records.ts';
import { unpackWorksheet } from '#core/desk/worksheets.ts';
import { replayingExchanges } from '#core/integrations/exchanges.ts';
import { canonicalJson } from '#core/model/json.ts';
import type { PolicyholderResponse } from '#core/model/policy.ts';
import { Problem } from '#core/model/problem.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { needPolicy, openCase, viewPolicy } from './policies.ts';
import { decide, priceQuote, type Rated } from './rate.ts';

export interface Replay {
  /** Price, decision and worksheets came out byte for byte as they were recorded. */
  readonly same: boolean;
  readonly engine: { readonly recorded: string };
  /** What came out otherwise: its name, with the recorded and the new text. */
  readonly differences: readonly { readonly what: string; readonly recorded: string; readonly replayed: string }[];
}

/** A quote with everything that was recorded when it was priced: what makes the same price again. */
export interface RecordedQuote {
  readonly quote: QuoteRecord;
  readonly price: QuotePrice;
  readonly recorded: WorksheetRecord;
  readonly rated: Rated;
  readonly context: RunContext;
}

/**
 * What was recorded of a priced quote. @param quoteLocator default the selected quote of the policy
 * Throws `wrong-state` when it was never priced, or its person was erased.
 */
export async function recordedQuote(desk: Desk, locator: string, quoteLocator?: string): Promise<RecordedQuote> {
  const { policy, quote } = await openCase(desk, locator, quoteLocator);
  const { worksheet: worksheetLocator, price } = quote.record;
  if (worksheetLocator === undefined || !price)
    throw new Problem(
      'wrong-state',
      `Policy ${needPolicy(desk, locator).locator} was not finalized: there is nothing to replay.`,
    );
  const recorded = need(desk, 'worksheet', worksheetLocator).record;
  const policyholder = recorded.policyholder as Partial<PolicyholderResponse>;
  if (policyholder.locator === undefined)
    throw new Problem(
      'wrong-state',
      `The personal data of policy ${policy.locator} was erased: it can not be replayed any more.`,
    );
  const deployed = await desk.configurations.version(recorded.configVersion, recorded.configuration);
  const context = { clock: recorded.clock, seed: recorded.seed, worksheet: true };
  // As it was before it was locked; of what came after only issue and upgrade would show in what the engines see.
  const { issuedAt: _, ...unissued } = policy.record;
  const asPriced = { ...unissued, displayId: policy.locator, configVersion: recorded.configVersion };
  const rated = {
    view: { ...viewPolicy(desk, asPriced, quote.record), transactions: [] },
    deployed,
    product: productOf(deployed, policy.record.productName),
    policyholder: policyholder as PolicyholderResponse,
  };
  return { quote: quote.record, price, recorded, rated, context };
}

/**
 * Prices and underwrites a finalized policy again with everything that was recorded: its configuration, clock, seed and
 * policyholder as they were. Saves nothing. Throws `wrong-state` when it was never priced.
 * @param quoteLocator default the selected quote of the policy
 */
export async function replayPolicy(desk: Desk, locator: string, quoteLocator?: string): Promise<Replay> {
  const { quote, price, recorded, rated, context } = await recordedQuote(desk, locator, quoteLocator);
  const recordedAnswers = replayingExchanges(desk, quote.policyLocator, quote.locator);
  const priced = await priceQuote(recordedAnswers, rated, context);
  if (!priced.ok) throw priced.problem;
  const decided = await decide(desk, rated, priced.quote, context);
  if (!decided.ok) throw decided.problem;
  return compared(recorded.engine, [
    ['price', amountsOf(price), priced.quote.price && amountsOf(priced.quote.price)],
    ['underwriting', quote.underwriting, decided.result],
    ['pricing worksheet', unpackWorksheet(recorded.pricing), priced.worksheet],
    ['underwriting worksheet', unpackWorksheet(recorded.underwriting), decided.worksheet],
  ]);
}

/** What was recorded beside what came out of a replay, by name; compared byte for byte. @param engine that recorded it */
export function compared(
  engine: string,
  pairs: readonly (readonly [what: string, recorded: unknown, replayed: unknown])[],
): Replay {
  const differences = pairs
    .map(([what, a, b]) => ({ what, recorded: canonicalJson(a ?? null), replayed: canonicalJson(b ?? null) }))
    .filter((pair) => pair.recorded !== pair.replayed);
  return { same: differences.length === 0, engine: { recorded: engine }, differences };
}

/** Everything of a price but the locators of its fees, which are made anew. */
function amountsOf({ fees, ...price }: QuotePrice): object {
  return { ...price, fees: fees.map(({ locator: _, ...fee }) => fee) };
}
