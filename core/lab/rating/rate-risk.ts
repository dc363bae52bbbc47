import type { Deployed } from '#core/desk/configurations.ts';
import type { Desk } from '#core/desk/desk.ts';
import { Decimal } from '#core/model/decimal.ts';
import { currencyDecimals, moneyText } from '#core/model/money.ts';
import { type FieldError, Problem } from '#core/model/problem.ts';
import type { Product } from '#core/model/product.ts';
import { filledCreate } from '#core/policy/autofill.ts';
import { guestReader } from '#core/policy/guest-reader.ts';
import { checkPolicyholder, type PolicyholderRules } from '#core/policy/policyholder-fields.ts';
import { newRisk, RiskErrors } from '#core/policy/risk.ts';
import type { PricingInput, PricingResult } from '#core/pricing/contract.ts';
import { priceTransaction } from '#core/pricing/price.ts';
import { withinTime } from '#core/product/time-limit.ts';
import type { RunContext } from '#core/sandbox/contract.ts';
import type { Rated, RatedPeril, RiskError } from './contract.ts';
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
    return { ok: true, line, key, ...amountsOf(input, priced) };
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

/** Throws `invalid-fields` when something is wrong. */
export function refuse(list: readonly FieldError[]): void {
  const [first] = list;
  if (!first) return;
  const more = list.length > 1 ? ` (and ${list.length - 1} more)` : '';
  const where = first.path === undefined ? first.fieldName : `${first.path}.${first.fieldName}`;
  throw new Problem('invalid-fields', `${where}: ${first.message}${more}`, { place: { field: where } });
}

/** What a book keeps of a price. */
export function amountsOf(
  { policy, configuration }: Pick<PricingInput, 'policy' | 'configuration'>,
  priced: Pick<Extract<PricingResult, { ok: true }>, 'perils' | 'grossPremium' | 'grossTaxes' | 'grossFees'>,
) {
  const currency = policy.currency ?? configuration.currency;
  const decimals = currencyDecimals(currency);
  const { grossPremium: premium, grossTaxes: taxes, grossFees: fees } = priced;
  const text = (amount: Decimal): string => moneyText(amount, Math.max(decimals, amount.decimalPlaces()));
  const perils: RatedPeril[] = policy.exposures.flatMap(({ name, perils }, i) =>
    perils.map((peril): RatedPeril => {
      const price = priced.perils[peril.characteristics[0]?.locator ?? ''];
      const levied = (price?.taxes ?? []).reduce((sum, tax) => sum.plus(tax.amount), new Decimal(0));
      return { exposure: `${name} ${i + 1}`, peril: peril.name, premium: price?.premium ?? '0', taxes: text(levied) };
    }),
  );
  return { currency, premium, taxes, fees, total: text(new Decimal(premium).plus(taxes).plus(fees)), perils };
}

export function errorOf({ code, message, place }: Problem): RiskError {
  return {
    code,
    message,
    ...(place?.field === undefined ? {} : { field: place.field }),
    ...(place?.file === undefined ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { fileLine: place.line }),
  };
}
