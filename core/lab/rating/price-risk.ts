import type { Effect } from '#core/liquid/contract.ts';
import { Decimal } from '#core/model/decimal.ts';
import type { JsonObject, JsonValue } from '#core/model/json.ts';
import { currencyDecimals } from '#core/model/money.ts';
import { Problem } from '#core/model/problem.ts';
import type { TaxDefinition } from '#core/model/product.ts';
import type { PricedFee, PricedPeril, PricingInput } from '#core/pricing/contract.ts';
import { segmentMonths } from '#core/pricing/duration.ts';
import { ratesFromEffects } from '#core/pricing/effects.ts';
import { feesFromEffects } from '#core/pricing/fee.ts';
import { type Money, type PerilRates, perilAmounts } from '#core/pricing/premium.ts';
import { readRaterAnswer } from '#core/pricing/rater.ts';
import { type PricedRow, rowsToPrice, rowTitle } from '#core/pricing/rows.ts';
import { feeScope, type LiquidScopes, liquidScopes } from '#core/pricing/scope.ts';
import { taxFromEffects } from '#core/pricing/tax.ts';
import { applyPrices, feesTotal, policyTotals } from '#core/pricing/totals.ts';

/** What runs the author's code; here, at once. Each throws when only the slow way can say what is wrong. */
export interface PricingHere {
  /** Answer of `getPerilRates`; absent where Liquid prices. */
  readonly askRater?: (input: PricingInput) => JsonValue;
  readonly runLiquid: (file: string, shared: JsonObject, scope: JsonObject) => readonly Effect[];
  /** Asked for what the fees file sees instead of being charged fees. */
  readonly seePriced?: (policy: PricingInput['policy']) => void;
}
export interface PriceHere {
  readonly perils: Readonly<Record<string, PricedPeril>>;
  readonly fees: readonly PricedFee[];
  readonly taxGroups: readonly { readonly name: string; readonly amount: string }[];
  readonly grossPremium: string;
  readonly grossTaxes: string;
  readonly grossFees: string;
}

/**
 * Prices new business where the author's code runs, in one go and without a worksheet: the steps of `priceTransaction`, made of the
 * same parts. A test holds the two together (BR30).
 */
export function priceHere(input: PricingInput, here: PricingHere): PriceHere {
  const { policy, product } = input;
  const currency = policy.currency ?? input.configuration.currency;
  const money: Money = { currencyDecimals: currencyDecimals(currency), rules: product.rating };
  const rows = rowsToPrice(policy, input.toPrice, product);
  let scopes: LiquidScopes | undefined;
  const scoped = (): LiquidScopes => {
    scopes ??= liquidScopes(input, policy, rows);
    return scopes;
  };
  const rates = here.askRater ? askRater(input, rows, here.askRater) : premiumFiles(rows, scoped, here);
  const perils: Record<string, PricedPeril> = {};
  const [first] = rows;
  const months = first ? monthsOf(input, first) : new Decimal(0);
  for (const row of rows) {
    const rowRates = rates.get(row.row.locator);
    if (!rowRates) throw new Problem('internal', `No rates for ${rowTitle(row)}.`);
    perils[row.row.locator] = { ...perilAmounts(rowRates, months, { ...money, where: rowTitle(row) }), taxes: [] };
  }
  levyTaxes(input, rows, perils, money, scoped, here);
  const totals = policyTotals(policy, perils, money.currencyDecimals);
  const priced = (): PricingInput['policy'] => applyPrices(policy, { perils, ...totals }, currency);
  here.seePriced?.(priced());
  const fees = here.seePriced ? [] : chargeFees(input, here, money, priced);
  return { perils, fees, ...totals, grossFees: feesTotal(policy, fees, money.currencyDecimals) };
}

function askRater(input: PricingInput, rows: readonly PricedRow[], ask: NonNullable<PricingHere['askRater']>) {
  const path = input.product.plugins.getPerilRates?.path ?? '';
  return readRaterAnswer(ask(input), rows, undefined, { file: `scripts/${path}` });
}

function premiumFiles(rows: readonly PricedRow[], scopes: () => LiquidScopes, here: PricingHere) {
  const rates = new Map<string, PerilRates>();
  for (const row of rows) {
    const file = row.definition?.premiumFile;
    const effects = file ? here.runLiquid(file, scopes().shared, scopes().call(row)) : undefined;
    rates.set(
      row.row.locator,
      effects && file
        ? ratesFromEffects(effects, file, undefined)
        : { premium: { exact: new Decimal(0) }, commissions: [] },
    );
  }
  return rates;
}

function levyTaxes(
  { product }: PricingInput,
  rows: readonly PricedRow[],
  perils: Record<string, PricedPeril>,
  money: Money,
  scopes: () => LiquidScopes,
  here: PricingHere,
): void {
  const levied = product.taxes.filter(
    (tax): tax is TaxDefinition & { readonly file: string } => tax.file !== undefined,
  );
  if (levied.length === 0) return;
  for (const row of rows) {
    const { locator } = row.row;
    const peril = perils[locator];
    if (!peril) continue;
    const { shared, call } = scopes();
    const scope = call(row, { premium: { $decimal: peril.premium } });
    const taxes = levied.flatMap((tax) => {
      const how = { ...money, where: `${rowTitle(row)}, tax ${tax.name}` };
      return taxFromEffects(tax, here.runLiquid(tax.file, shared, scope), tax.file, how) ?? [];
    });
    perils[locator] = { ...peril, taxes };
  }
}

function chargeFees(
  input: PricingInput,
  here: PricingHere,
  money: Money,
  priced: () => PricingInput['policy'],
): readonly PricedFee[] {
  const { feesFile: file, fees } = input.product;
  if (!file) return [];
  return feesFromEffects(fees, here.runLiquid(file, feeScope(input, priced()), {}), file, money);
}

/** All rows of new business cover the contract's term. */
function monthsOf(input: PricingInput, { row }: PricedRow): Decimal {
  return segmentMonths(
    Number(row.coverageStartTimestamp),
    Number(row.coverageEndTimestamp),
    Number(input.policy.originalContractStartTimestamp),
    input.configuration.timeZone,
    input.product.rating.proration,
  );
}
