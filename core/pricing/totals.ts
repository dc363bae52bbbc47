import { Decimal } from '#core/model/decimal.ts';
import { moneyText, roundHalfUp } from '#core/model/money.ts';
import type { PerilCharacteristics, PolicyResponse } from '#core/model/policy.ts';
import type { Trace } from '#core/model/trace.ts';
import type { PricedFee, PricedPeril } from './contract.ts';

export interface Totals {
  readonly grossPremium: string;
  readonly grossTaxes: string;
  readonly grossTechnicalPremium?: string;
  readonly taxGroups: readonly { readonly name: string; readonly amount: string }[];
}
type Prices = Readonly<Record<string, PricedPeril>>;
type Amounts = Pick<PerilCharacteristics, 'premium' | 'technicalPremium' | 'taxes'>;

/** Sums over all current rows of the policy's last term, priced now or before (P43). Amounts as text with `decimals`. */
export function policyTotals(policy: PolicyResponse, prices: Prices, decimals: number, trace?: Trace): Totals {
  let premium = new Decimal(0);
  let taxes = new Decimal(0);
  let technical: Decimal | undefined = new Decimal(0);
  const groups = new Map<string, Decimal>();
  for (const row of currentPerilRows(policy)) {
    const amounts: Amounts = Object.hasOwn(prices, row.locator) ? (prices[row.locator] ?? row) : row;
    if (amounts.premium === undefined) {
      trace?.warn(`The row ${row.locator} has no premium and was not to be priced: it counts as 0 in the totals.`);
    }
    premium = premium.plus(amounts.premium ?? 0);
    technical = amounts.technicalPremium === undefined ? undefined : technical?.plus(amounts.technicalPremium);
    for (const tax of amounts.taxes ?? []) {
      taxes = taxes.plus(tax.amount);
      groups.set(tax.name, (groups.get(tax.name) ?? new Decimal(0)).plus(tax.amount));
    }
  }
  const text = (amount: Decimal): string => moneyText(amount, Math.max(decimals, amount.decimalPlaces()));
  const totals = {
    grossPremium: text(premium),
    grossTaxes: text(taxes),
    ...(technical ? { grossTechnicalPremium: text(technical) } : {}),
    taxGroups: [...groups].map(([name, amount]) => ({ name, amount: text(amount) })),
  };
  trace?.add({ kind: 'amount', what: 'gross premium', value: totals.grossPremium });
  for (const { name, amount } of totals.taxGroups) trace?.add({ kind: 'amount', what: `tax ${name}`, value: amount });
  trace?.add({ kind: 'amount', what: 'gross taxes', value: totals.grossTaxes });
  return totals;
}

/** Sum of the calculated fees, or of the policy's own that are not reversed (P44). */
export function feesTotal(policy: PolicyResponse, fees: readonly PricedFee[] | undefined, decimals: number): string {
  const counted = fees ?? policy.fees.filter((fee) => !fee.reversed);
  const sum = counted.reduce((total, fee) => total.plus(fee.amount), new Decimal(0));
  return moneyText(roundHalfUp(sum, decimals), decimals);
}

/** Current peril rows of the last term: a renewal's totals and fees are those of its own term (P43). */
function* currentPerilRows(policy: PolicyResponse): Iterable<PerilCharacteristics> {
  const start = termStart(policy);
  for (const exposure of policy.exposures) {
    for (const peril of exposure.perils) {
      for (const row of peril.characteristics)
        if (row.replacedTimestamp === undefined && Number(row.coverageStartTimestamp) >= start) yield row;
    }
  }
}

/** Start of the last term, milliseconds: terms follow each other, so what begins later belongs to it. */
function termStart(policy: PolicyResponse): number {
  const starts = policy.characteristics
    .filter((row) => row.replacedTimestamp === undefined)
    .map((row) => Number(row.policyStartTimestamp));
  return starts.length === 0 ? Number.NEGATIVE_INFINITY : Math.max(...starts);
}

/**
 * The policy with prices in place: amounts on the priced peril rows, gross premium, taxes and tax groups on its current policy
 * rows. What underwriting, documents and the fee calculation see.
 */
export function applyPrices(
  policy: PolicyResponse,
  prices: { readonly perils: Prices } & Totals,
  currency: string,
): PolicyResponse {
  const { grossPremium, grossTaxes } = prices;
  const taxGroups = prices.taxGroups.map((group) => ({ ...group, amountCurrency: currency }));
  const gross = { grossPremium, grossPremiumCurrency: currency, grossTaxes, grossTaxesCurrency: currency, taxGroups };
  const priceRow = (row: PerilCharacteristics): PerilCharacteristics => {
    const price = Object.hasOwn(prices.perils, row.locator) ? prices.perils[row.locator] : undefined;
    return price ? { ...row, ...price, premiumCurrency: currency } : row;
  };
  const start = termStart(policy);
  return {
    ...policy,
    characteristics: policy.characteristics.map((row) =>
      row.replacedTimestamp === undefined && Number(row.policyStartTimestamp) >= start ? { ...row, ...gross } : row,
    ),
    exposures: policy.exposures.map((exposure) => ({
      ...exposure,
      perils: exposure.perils.map((peril) => ({ ...peril, characteristics: peril.characteristics.map(priceRow) })),
    })),
  };
}
