import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { filledCreate } from '#core/policy/autofill.ts';
import { guestReader } from '#core/policy/guest-reader.ts';
import { checkPolicyholder, type PolicyholderRules } from '#core/policy/policyholder-fields.ts';
import { newRisk, RiskErrors } from '#core/policy/risk.ts';
import type { PricingInput, PricingResult } from '#core/pricing/contract.ts';
import { priceTransaction } from '#core/pricing/price.ts';
import { withinTime } from '#core/product/time-limit.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import { amountsOf, errorOf, refuse } from './amounts.ts';
import type { FailedRisk, Rated } from './contract.ts';
import { CountedLocators, newBusiness, newPolicyholder } from './new-business.ts';
import { type RatingRequest, readRequest } from './request.ts';

/** With what every risk of a run is rated. */
export interface RatingCase {
  readonly deployed: Deployed;
  readonly product: Product;
  readonly holderRules: PolicyholderRules;
  readonly context: RunContext;
}

/**
 * Rates one line of a book as new business, through the doors that a quote goes through: autofill, field checks, rater or Liquid,
 * taxes, fees. Nothing is stored. Whatever is wrong with the risk is its error (BR6); only a defect of ours is thrown.
 */
export async function rateRisk(
  desk: Desk,
  rating: RatingCase,
  line: number,
  text: string,
  signal?: AbortSignal,
): Promise<Rated> {
  return ofPriced(desk, rating, line, text, signal, async (input, priced) => amountsOf(input, priced));
}

type PricedNow = Extract<PricingResult, { ok: true }>;

/** Prices a line of a book and says something about it; whatever is wrong with the risk is its error (BR6). */
export async function ofPriced<T extends object>(
  desk: Desk,
  rating: RatingCase,
  line: number,
  text: string,
  signal: AbortSignal | undefined,
  say: (input: PricingInput, priced: PricedNow) => Promise<T>,
): Promise<({ readonly ok: true; readonly line: number; readonly key: string } & T) | FailedRisk> {
  const { configuration } = rating.deployed;
  let key = String(line);
  try {
    const request = readRequest(text, rating.product.name, configuration.timeZone);
    key = request.key ?? key;
    const input = await pricingInput(desk, rating, request);
    const externalRater = desk.raters(configuration);
    const ports = { sandbox: desk.sandbox, reader: guestReader(desk), externalRater, ...(signal ? { signal } : {}) };
    const priced = await priceTransaction(input, ports);
    if (!priced.ok) throw priced.problem;
    return { ok: true, line, key, ...(await say(input, priced)) };
  } catch (error) {
    if (signal?.aborted || !(error instanceof Problem) || error.code === 'internal') throw error;
    return { ok: false, line, key, error: errorOf(error) };
  }
}

/** Prices one line of a book as above, with the worksheet that the case asks for. Throws what is wrong with the risk. */
export async function explainRisk(desk: Desk, rating: RatingCase, text: string): Promise<PricingResult> {
  const { configuration } = rating.deployed;
  const request = readRequest(text, rating.product.name, configuration.timeZone);
  const input = await pricingInput(desk, rating, request);
  const externalRater = desk.raters(configuration);
  return priceTransaction(input, { sandbox: desk.sandbox, reader: guestReader(desk), externalRater });
}

/** Everything that the price depends on. Throws `invalid-fields` with what is wrong with the risk, and what autofill throws. */
async function pricingInput(desk: Desk, rating: RatingCase, request: RatingRequest): Promise<PricingInput> {
  const { deployed, product, context } = rating;
  const { configuration, record } = deployed;
  const locators = new CountedLocators();
  const identity = locators.identity();
  const asked = { deployed, product, policyholderLocator: identity.policyholder };
  // In the rating's own time, as what is checked and priced after it.
  const clocked: Desk = { ...desk, now: () => context.clock };
  const filled = (await filledCreate(clocked, asked, request.policy))?.request ?? request.policy;
  const at = { configuration, product, now: context.clock, newLocator: locators.next };
  const { risk, holder } = withinTime(`The fields of ${product.name}`, () => checked(filled, request, rating, at));
  const { policy, toPrice } = newBusiness(risk, product.name, record.configVersion, context.clock, identity);
  return {
    configuration,
    product,
    operation: 'new_business',
    policy,
    policyholder: newPolicyholder(identity.policyholder, context.clock, holder),
    toPrice,
    fees: true,
    context,
    locators: { quoteLocator: identity.quote },
  };
}

type Checking = Parameters<typeof newRisk>[1];

/** Risk and policyholder in their stored form. Missing values of a policyholder change no price; wrong ones may (BR5). */
function checked(policy: RatingRequest['policy'], request: RatingRequest, rating: RatingCase, at: Checking) {
  const errors = new RiskErrors();
  const risk = newRisk(policy, at, errors);
  const holder = checkPolicyholder(request.policyholder, rating.holderRules, at);
  refuse([...errors.list, ...holder.errors.filter(({ code }) => code !== 'MISSING')]);
  return { risk, holder: holder.values };
}
